import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { depil2, randoseAlone } from '../support/command-line.ts';

test('a command that ends before it is done says so, and fails', () => {
  const { study, plan } = depil2();
  const hook = join(import.meta.dirname, '..', 'support', 'never-read.cjs');
  const before = process.env.NODE_OPTIONS ?? '';
  vi.stubEnv('NODE_OPTIONS', `${before} --require ${hook}`);
  const { status, stdout, stderr } = randoseAlone('allocate', '--study', study, '--plan', plan);
  vi.stubEnv('NODE_OPTIONS', before);
  expect([status, stdout]).toEqual([70, '']);
  expect(stderr).toMatch(/^error: a bug in randose \S+: it stopped before it was done$/m);
  expect(existsSync(join(study, 'allocation'))).toBe(false);
});
