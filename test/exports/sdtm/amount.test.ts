import { expect, test } from 'vitest';
import { readAmount } from '../../../src/exports/sdtm/subject-level/amount.ts';

test.each([
  ['31.25 mg', 31.25, 'mg'],
  ['0,5 mL', 0.5, 'mL'],
  ['0.5ml', 0.5, 'mL'],
  ['2 mg/kg', 2, 'mg/kg'],
  ['1 vial', 1, 'VIAL'],
  ['2 vials', 2, 'VIAL'],
  ['0.5 million IU', 0.5, '10^6 IU'],
  ['500000 IU', 500_000, 'IU'],
  ['250 µg', 250, 'ug'],
])('%s is %d %s', (written, value, unit) => {
  expect(readAmount(written)).toEqual({ value, unit });
});

test.each([
  ['', 'nothing'],
  ['half a vial', 'no number'],
  ['120', 'no unit'],
  ['1 spoon', 'no unit of CDISC'],
  ['1 constructor', 'a word of JavaScript'],
  // 1000 or 1: a comma and a dot are both, by country.
  ['1,000 IU', 'thousands or decimals'],
  ['1.000 IU', 'thousands or decimals'],
  // The thousandth of a unit, or a million of them.
  ['5 mIU', 'milli or mega'],
  ['0 mg', 'nothing of it'],
  ['1 mg to 2 mg', 'a range'],
  ['-1 mg', 'a sign'],
])('%j is not read: %s', (written) => {
  expect(readAmount(written)).toBeUndefined();
});
