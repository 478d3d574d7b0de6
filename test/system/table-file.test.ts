import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTable } from '../../src/system/table-file.ts';
import { testFolder } from '../support/command-line.ts';

function file(name: string, content: string | Uint8Array): string {
  const path = join(testFolder(), name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ['table.xlsx', 'PK\u0003\u0004\u0014\u0000\u0006\u0000'],
  ['table.csv', 'PK\u0003\u0004'],
  ['table.xls', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
])('%s of a spreadsheet program is not read as text', (name, content) => {
  expect(() => readTable(file(name, content))).toThrow(
    `${name} is a spreadsheet file: save it as CSV UTF-8`,
  );
});

test('text is read as it is, and another encoding is named', () => {
  expect(readTable(file('a.csv', 'PK,a\n'))).toBe('PK,a\n');
  expect(() => readTable(file('b.csv', Uint8Array.of(0xe9)))).toThrow('is not UTF-8 text');
});
