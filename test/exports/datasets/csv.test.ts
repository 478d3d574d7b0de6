import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { formatDatasetCsv } from '../../../src/exports/datasets/csv.ts';
import { measured, type Dataset } from '../../../src/exports/datasets/dataset.ts';
import type { CsvFlavour } from '../../../src/exports/csv.ts';

const DATASET: Dataset = {
  name: 'T',
  label: 'Test',
  columns: [
    { name: 'KITNO', label: 'Kit', type: 'text', key: 1 },
    { name: 'STRAT1', label: 'Factor', type: 'text', title: 'âge' },
    { name: 'SHARE', label: 'Share', type: 'number' },
    { name: 'DAY1DTC', label: 'Day 1', type: 'date' },
  ],
  rows: [
    ['34679E4', 'Hélène; "la"', 0.5, '2026-06-15'],
    ['001', '=1+1', -1, null],
    ['JUN-001', '-2+3', null, '2026-06'],
    ['XEE6Q3J', '@SUM(A1)', 2, '2026-06-15'],
    ['R001', 'Vrai', 2, null],
  ],
};

const csvFor = (flavour?: CsvFlavour) => [...formatDatasetCsv(measured(DATASET), flavour)].join('');

test('CSV has the values as they are', () => {
  const csv = csvFor();
  expect(csv.split('\n')[0]).toBe('KITNO,âge,SHARE,DAY1DTC');
  expect(parse(csv, { from: 2 })).toEqual([
    ['34679E4', 'Hélène; "la"', '0.5', '2026-06-15'],
    ['001', '=1+1', '-1', ''],
    ['JUN-001', '-2+3', '', '2026-06'],
    ['XEE6Q3J', '@SUM(A1)', '2', '2026-06-15'],
    ['R001', 'Vrai', '2', ''],
  ]);
});

test('for Excel texts stay texts, and nothing is a formula [R-102]', () => {
  const csv = csvFor('excel-fr');
  expect(csv.startsWith('\u{FEFF}KITNO;âge;SHARE;DAY1DTC\r\n')).toBe(true);
  expect(parse(csv, { from: 2, bom: true, delimiter: ';' })).toEqual([
    ['="34679E4"', 'Hélène; "la"', '0,5', '2026-06-15'],
    ['="001"', "'=1+1", '-1', ''],
    ['="JUN-001"', "'-2+3", '', '="2026-06"'],
    ['XEE6Q3J', "'@SUM(A1)", '2', '2026-06-15'],
    ['R001', '="Vrai"', '2', ''],
  ]);
});

test('with English settings Excel takes commas and points', () => {
  const csv = csvFor('excel');
  expect(csv.split('\r\n')[0]).toBe('\u{FEFF}KITNO,âge,SHARE,DAY1DTC');
  expect(parse(csv, { from: 2, to: 2, bom: true })).toEqual([
    ['="34679E4"', 'Hélène; "la"', '0.5', '2026-06-15'],
  ]);
});
