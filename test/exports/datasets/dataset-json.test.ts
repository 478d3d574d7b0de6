import { Ajv2019 } from 'ajv/dist/2019.js';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Dataset, measured } from '../../../src/exports/datasets/dataset.ts';
import {
  formatDatasetJson,
  formatDatasetNdjson,
} from '../../../src/exports/datasets/dataset-json.ts';

const SOURCE = {
  created: '2026-06-15T08:30:00Z',
  study: 'DEPIL-2',
  originator: 'Assistance Publique - Hôpitaux de Paris',
  version: '0.1.0',
};
const DATASET: Dataset = {
  name: 'T',
  label: 'Test',
  columns: [
    { name: 'SUBJID', label: 'Subject', type: 'text', key: 1 },
    { name: 'NAME', label: 'Name', type: 'text', length: 40 },
    { name: 'COUNT', label: 'Count', type: 'number' },
    { name: 'SHARE', label: 'Share', type: 'number' },
    { name: 'DAY1DTC', label: 'Day 1', type: 'date' },
    { name: 'RANDDTC', label: 'Time', type: 'datetime' },
  ],
  rows: [
    ['CRT-001', 'Hélène', 3, 0.5, '2026-06-15', '2026-06-15T08:30:00Z'],
    ['CRT-002', '', null, 1, null, null],
  ],
};
const jsonOf = (dataset: Dataset) => [...formatDatasetJson(measured(dataset), SOURCE)].join('');
const ndjsonOf = (dataset: Dataset) => [...formatDatasetNdjson(measured(dataset), SOURCE)].join('');
const read = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('Dataset-JSON has its attributes in the order of the standard, and counts its rows', () => {
  const made = read(jsonOf(DATASET));
  expect(Object.keys(made)).toEqual([
    ...['datasetJSONCreationDateTime', 'datasetJSONVersion', 'fileOID', 'dbLastModifiedDateTime'],
    ...['originator', 'sourceSystem', 'studyOID', 'itemGroupOID', 'records', 'name', 'label'],
    ...['columns', 'rows'],
  ]);
  expect(made).toMatchObject({ records: 2, rows: DATASET.rows, itemGroupOID: 'IG.T' });
  // The length of a text is in bytes: Hélène has eight, SUBJID seven.
  expect(made.columns).toEqual([
    {
      itemOID: 'IT.T.SUBJID',
      name: 'SUBJID',
      label: 'Subject',
      dataType: 'string',
      length: 7,
      keySequence: 1,
    },
    { itemOID: 'IT.T.NAME', name: 'NAME', label: 'Name', dataType: 'string', length: 40 },
    { itemOID: 'IT.T.COUNT', name: 'COUNT', label: 'Count', dataType: 'integer' },
    { itemOID: 'IT.T.SHARE', name: 'SHARE', label: 'Share', dataType: 'double' },
    { itemOID: 'IT.T.DAY1DTC', name: 'DAY1DTC', label: 'Day 1', dataType: 'date' },
    { itemOID: 'IT.T.RANDDTC', name: 'RANDDTC', label: 'Time', dataType: 'datetime' },
  ]);
});

test('as NDJSON the first line has the metadata, and each further line a row', () => {
  const [about = '', ...rows] = ndjsonOf(DATASET).trimEnd().split('\n');
  expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(DATASET.rows);
  const whole = read(jsonOf(DATASET));
  expect({ ...read(about), rows: DATASET.rows }).toEqual(whole);
});

test('without rows it is a dataset too', () => {
  const empty = { ...DATASET, rows: [] };
  expect(read(jsonOf(empty))).toMatchObject({ records: 0, rows: [] });
  expect(ndjsonOf(empty).trimEnd().split('\n')).toHaveLength(1);
});

test('a row that has a cell too many, or of another type, is a bug', () => {
  const wrong = (row: (string | null)[]) => () => jsonOf({ ...DATASET, rows: [row] });
  expect(wrong(['CRT-001', '', null, null, null, null, null])).toThrow('row 1 has 7 cells');
  expect(wrong(['CRT-001', '', '3', null, null, null])).toThrow('row 1 has no number as COUNT');
});

/** CDISC's schema, dataset.schema.json (github.com/cdisc-org/DataExchange-DatasetJson). */
const SCHEMA = process.env.RANDOSE_DATASET_JSON_SCHEMA ?? '';

// It is not in the repository.
if (existsSync(SCHEMA)) {
  test('CDISC’s schema takes it', () => {
    const ajv = new Ajv2019({ strict: false });
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
    for (const dataset of [DATASET, { ...DATASET, rows: [] }]) {
      validate(read(jsonOf(dataset)));
      expect(validate.errors).toBeNull();
    }
  });
}
