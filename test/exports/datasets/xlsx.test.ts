import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type Dataset, measured } from '../../../src/exports/datasets/dataset.ts';
import { formatXlsx } from '../../../src/exports/datasets/xlsx.ts';
import { testFolder } from '../../support/command-line.ts';
import { testWithTool } from '../../support/tools.ts';

const DATASET: Dataset = {
  name: 'TRANSFER',
  label: 'Participants',
  columns: [
    { name: 'KITNO', label: 'Kit', type: 'text', key: 1 },
    { name: 'STRAT1', label: 'Factor', type: 'text', title: 'âge' },
    { name: 'SHARE', label: 'Share', type: 'number' },
    { name: 'DAY1DTC', label: 'Day 1', type: 'date' },
    { name: 'RANDDTC', label: 'Time', type: 'datetime' },
  ],
  rows: [
    ['34679E4', 'Hélène & <la>', 0.5, '2026-06-15', '2026-06-15T08:30:00Z'],
    ['001', '=1+1', -1, null, null],
    ['', '', null, '2026-06', null],
  ],
};
const ABOUT = [
  ['Study', 'DEPIL-2'],
  ['Ledger', '12:ab'],
] as const;

test('the same dataset gives the same bytes at any time', async () => {
  const first = await formatXlsx(measured(DATASET), ABOUT);
  vi.setSystemTime(new Date('2031-02-03T04:05:06Z'));
  const again = await formatXlsx(measured(DATASET), ABOUT);
  vi.useRealTimers();
  expect(Buffer.from(again).equals(Buffer.from(first))).toBe(true);
});

/** Debian's module is for Debian's Python, whichever comes first on the path. */
testWithTool(['/usr/bin/python3', '-c', 'import openpyxl'])(
  'Python reads it back: texts, numbers, dates, and a header that stays in view, with filters [R-102]',
  async () => {
    const file = join(testFolder(), 't.xlsx');
    writeFileSync(file, await formatXlsx(measured(DATASET), ABOUT));
    const program = `
import json, sys, zipfile, openpyxl
zip = zipfile.ZipFile(sys.argv[1])
assert zip.testzip() is None
assert {one.date_time for one in zip.infolist()} == {(1980, 1, 1, 0, 0, 0)}
book = openpyxl.load_workbook(sys.argv[1])
sheet = book['TRANSFER']
print(json.dumps({
  'sheets': book.sheetnames, 'frozen': sheet.freeze_panes,
  'about': [[cell.value for cell in row] for row in book['About'].iter_rows()],
  'cells': [[[cell.data_type, None if cell.value is None else str(cell.value)] for cell in row] for row in sheet.iter_rows()],
  'format': sheet['D2'].number_format,
  'time': sheet['E2'].number_format,
  'filter': sheet.auto_filter.ref, 'other': book['About'].auto_filter.ref,
  'width': sheet.column_dimensions['E'].width,
}))`;
    const { stdout, stderr } = spawnSync(
      '/usr/bin/python3',
      ['-W', 'ignore', '-W', 'error:Workbook contains no default style', '-c', program, file],
      {
        encoding: 'utf8',
        env: { ...process.env, PYTHONUTF8: '1' },
      },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      sheets: ['About', 'TRANSFER'],
      frozen: 'A2',
      about: [
        ['Participants', null],
        ['Study', 'DEPIL-2'],
        ['Ledger', '12:ab'],
        [null, null],
        ['KITNO', 'Kit'],
        ['âge', 'Factor'],
        ['SHARE', 'Share'],
        ['DAY1DTC', 'Day 1'],
        ['RANDDTC', 'Time'],
      ],
      cells: [
        [...['KITNO', 'âge', 'SHARE', 'DAY1DTC', 'RANDDTC'].map((value) => ['s', value])],
        [
          ['s', '34679E4'],
          ['s', 'Hélène & <la>'],
          ['n', '0.5'],
          ['d', '2026-06-15 00:00:00'],
          ['d', '2026-06-15 08:30:00'],
        ],
        [
          ['s', '001'],
          ['s', '=1+1'],
          ['n', '-1'],
          ['n', null],
          ['n', null],
        ],
        [
          ['n', null],
          ['n', null],
          ['n', null],
          ['s', '2026-06'],
          ['n', null],
        ],
      ],
      format: 'yyyy-mm-dd',
      time: 'yyyy-mm-dd hh:mm:ss',
      filter: 'A1:E4',
      other: null,
      width: 22,
    });
  },
);
