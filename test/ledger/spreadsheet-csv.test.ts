import { describe, expect, test } from 'vitest';
import {
  withoutEmptyColumns,
  withoutMarks,
  withoutSeparatorLine,
} from '../../src/ledger/spreadsheet-csv.ts';

describe('a first line that names the separator', () => {
  test.each([
    ['sep=;\na;b\n', '\na;b\n', ';'],
    ['sep=,\r\na,b', '\r\na,b', ','],
    ['SEP=|\na|b', '\na|b', '|'],
    ['\ufeffsep=;\na;b', '\na;b', ';'],
    ['"sep=;"\na;b', '\na;b', ';'],
    ['sep=;,,;\t\na;b', '\na;b', ';'],
    ['sep=;', '', ';'],
  ])('%j is read as an empty line', (text, rest, separator) => {
    expect(withoutSeparatorLine(text)).toEqual({ text: rest, separator });
  });

  test.each([
    ...['a;b\nsep=;\n', 'sep=\na', 'sep=;;x\na', 'sep=ab\na', 'a sep=;\na', 'sep=;\ra', ''],
    'subject,sep=;\na',
  ])('%j has none, and stays as it is', (text) => {
    expect(withoutSeparatorLine(text)).toEqual({ text, separator: undefined });
  });
});

test.each([
  ['="001"', '001'],
  ['="="', '='],
  ['=""', ''],
  ["'=1+1", '=1+1'],
  ["'+33 1", '+33 1'],
  ["'@a", '@a'],
  ["'-5", '-5'],
  ["'\ta", '\ta'],
  ["'\ra", '\ra'],
  [`="'=1"`, '=1'],
])('the field %j is %j without its mark', (field, text) => {
  expect(withoutMarks(field)).toBe(text);
});

test.each(["O'=1", "'Aa", "x'=1", 'a="1"', '="1"b', '=1', '"1"', "'", ''])(
  'the field %j has no mark',
  (field) => {
    expect(withoutMarks(field)).toBe(field);
  },
);

describe('a column', () => {
  const cells = (...records: string[][]) =>
    withoutEmptyColumns(records.map((record) => ({ record }))).map(({ record }) => record);

  test('that is empty in each row is left out, wherever it is', () => {
    expect(cells(['', 'a', '', 'b', ''], ['', '1', '', '2', ''])).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test('with a name or a single cell stays, also if rows are short or long', () => {
    expect(cells(['a', 'b'], ['1'])).toEqual([['a', 'b'], ['1']]);
    expect(cells(['a'], ['1', '', 'x'])).toEqual([['a'], ['1', 'x']]);
  });

  test('leaves the rest of its row as it is', () => {
    expect(withoutEmptyColumns([{ line: 3, record: ['', 'a'] }])).toEqual([
      { line: 3, record: ['a'] },
    ]);
    expect(withoutEmptyColumns([])).toEqual([]);
  });
});
