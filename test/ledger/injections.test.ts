import { expect, test } from 'vitest';
import {
  type InjectionRecord,
  injectionsBySubject,
  isAdditional,
} from '../../src/ledger/injections.ts';
import { additionalDose, givenDose, kitLedger } from '../support/kit-records.ts';

const ENTRIES = kitLedger(
  additionalDose('p1', 1, null),
  givenDose('P1', 'D1', 2, null),
  additionalDose('P2', 3, null),
  givenDose('P1', 'D2', 4, null, { result: 'not done' }),
  givenDose('P3', 'D1', 5, null),
  additionalDose('P1', 6, null),
  additionalDose('P1', 7, null),
  additionalDose('P1', 7, null, { result: 'retracted', corrects: 7 }),
);

test('the injections of a participant are those of the schedule, then the additional ones', () => {
  const seqs = [...injectionsBySubject(ENTRIES)].map(([key, records]) => [
    key,
    records.map(({ seq }) => seq),
  ]);
  expect(seqs).toEqual([
    ['P1', [2, 4, 1, 6]],
    ['P3', [5]],
    ['P2', [3]],
  ]);
});

test('an injection is additional if the schedule does not have it', () => {
  const [additional, scheduled] = ENTRIES as InjectionRecord[];
  expect(isAdditional(additional!)).toBe(true);
  expect(isAdditional(scheduled!)).toBe(false);
});
