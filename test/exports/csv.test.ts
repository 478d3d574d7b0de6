import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv, formatRecords } from '../../src/exports/csv.ts';
import { withoutMarks } from '../../src/ledger/spreadsheet-csv.ts';

function excel(text: string): string {
  const rows: string[][] = parse(formatCsv(['a'], [[text]], 'excel'), { bom: true });
  return rows[1]![0]!;
}

test.each([
  ...['001', '34679E4', '12', '-1', '+33 1 49 81 21 11', '01 49 81 21 11', '(5)', '10 %', '1 1/2'],
  ...['1/2', '12:30', '3 pm', '5A', 'JUN-001', 'MARS4', '15 June 2026', '1-janv', 'Vrai', 'TRUE'],
  ...['2026-06', '1,5', '1.234,56'],
])('Excel would change %j: it is a formula that gives the text', (text) => {
  expect(excel(text)).toBe(`="${text}"`);
});

test.each([
  ...['CR-001', 'R001', 'XEE6Q3J', 'D15', '2026-06-15', '2026-06-15T08:30:00Z', '1 vial of 2'],
  ...['site=CRT/sex=F', 'Hôpital', ''],
])('Excel leaves %j as it is', (text) => {
  expect(excel(text)).toBe(text);
});

test('what Excel would calculate begins with an apostrophe', () => {
  for (const text of ['=1+1', '@SUM(A1)', '-a', '+a', '\ta']) expect(excel(text)).toBe(`'${text}`);
});

test('numbers stay numbers, with the decimal comma of French settings', () => {
  expect(formatCsv(['a', 'b'], [[1.5, null]], 'excel-fr')).toBe('\u{FEFF}a;b\r\n1,5;\r\n');
  const rows = [{ DAY: '-3', NO: '007' }, { DAY: '' }];
  expect(formatRecords(['NO', 'DAY'], rows, 'excel', ['DAY'])).toBe(
    '\u{FEFF}NO,DAY\r\n"=""007""",-3\r\n,\r\n',
  );
  expect(formatRecords(['NO', 'DAY'], rows)).toBe('NO,DAY\n007,-3\n,\n');
});

test('randose reads every text back as it was', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !text.startsWith("'")),
      (text) => {
        expect(withoutMarks(excel(text))).toBe(text);
      },
    ),
    { seed: 20261129 },
  );
});
