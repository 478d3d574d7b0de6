import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileStem, parseSubjectId } from '../../src/study/identifiers.ts';
import { RANDOSE, testFolder } from '../support/command-line.ts';

const HOOK = join(import.meta.dirname, '..', 'support', 'like-windows.cjs');

/** Whether Windows takes a name: https://learn.microsoft.com/windows/win32/fileio/naming-a-file. */
function isLegal(name: string): boolean {
  const [stem = ''] = name.split('.');
  const isDevice = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i.test(stem.trimEnd());
  // eslint-disable-next-line no-control-regex -- Windows refuses them
  return !isDevice && !/[\u0000-\u001f<>:"/\\|?*]/.test(name) && !/[. ]$/.test(name);
}

function typed(folder: string, ...words: string[]) {
  return spawnSync(process.execPath, ['--require', HOOK, RANDOSE, ...words], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
  });
}

test('a whole trial runs with the manners that files have on Windows, and its names are legal there', () => {
  const folder = testFolder();
  const { status, stderr } = typed(folder, 'demo', 'trial');
  expect(stderr).toContain('All of this is yours to look at:');
  expect(status).toBe(0);
  const verified = typed(folder, 'verify', '--study', 'trial/depil-2');
  expect(verified.stdout).toMatch(/^verified: .* Nothing disagrees\.$/m);
  for (const format of ['csv', 'ics']) {
    expect(typed(folder, 'calendar', '--format', format, '--study', 'trial/depil-2').status).toBe(
      0,
    );
  }
  for (const what of ['transfer', 'accountability', 'ledger']) {
    expect(typed(folder, 'export', what, '--study', 'trial/depil-2').status).toBe(0);
  }
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).map(
    ({ name }) => name,
  );
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !isLegal(name))).toEqual([]);
  const lower = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.toLowerCase(),
  );
  expect(new Set(lower).size).toBe(lower.length);
});

test('a file that is named after any participant or site has a name that Windows takes', () => {
  const ids = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/),
    fc.constantFrom('CON', 'nul', 'Aux', 'COM1', 'lpt9', 'CON.1', 'prn.', 'COM', 'CON-001', 'A.'),
  );
  fc.assert(
    fc.property(ids, (id) => {
      expect(parseSubjectId(id)).toBe(id);
      for (const ending of ['csv', 'ics']) expect(isLegal(`${fileStem(id)}.${ending}`)).toBe(true);
      const isAsItIs = fileStem(id) === id;
      expect(isAsItIs).toBe(isLegal(`${id}.csv`));
    }),
  );
});
