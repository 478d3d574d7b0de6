import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { thisMachine } from '../../../src/store/postgres/machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'machine-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('reads a file with its permissions, and nothing that is not a file', () => {
  const path = join(folder, 'pgpass');
  writeFileSync(path, 'é');
  chmodSync(path, 0o640);
  const { readFile } = thisMachine();
  expect(readFile(path)).toMatchObject({ text: 'é', mode: 0o640 });
  expect(readFile(folder)).toBeUndefined();
  expect(readFile(join(path, 'below'))).toBeUndefined();
  expect(readFile(join(folder, 'missing'))).toBeUndefined();
});

test('finds a socket', async () => {
  const path = join(folder, '.s.PGSQL.5432');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const { hasSocket } = thisMachine();
  expect([hasSocket(path), hasSocket(folder), hasSocket(`${path}1`)]).toEqual([true, false, false]);
  await new Promise((resolve) => server.close(resolve));
});
