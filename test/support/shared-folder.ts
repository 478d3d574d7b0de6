import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For one run of all tests: a folder for the studies that they share (shared-studies.ts). */
export default function sharedFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'randose-shared-'));
  process.env.RANDOSE_TEST_SHARED = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
