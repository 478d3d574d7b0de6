import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();

/** Makes a folder that is gone when the test file is over, whatever happens to the tests. */
export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'randose-test-'));
  made.add(folder);
  return folder;
}

/** Removes one of these folders, or all. */
export function removeTestFolders(folders: Iterable<string> = made): void {
  for (const folder of [...folders]) {
    rmSync(folder, { recursive: true, force: true });
    made.delete(folder);
  }
}
