import { expect, test } from 'vitest';
import {
  additionalDosesBySubject,
  additionalDosesInForce,
  checkAdditionalDoses,
} from '../../src/ledger/additional-doses.ts';
import type { Entry } from '../../src/ledger/entry.ts';

/** Entries with only the members that are read. */
function entries(...acts: Record<string, unknown>[]): Entry[] {
  return acts.map((act, index) => ({ seq: index + 1, subject: 'A', ...act }) as unknown as Entry);
}

const randomization = { action: 'randomization' };
const given = { action: 'additional dose', result: 'given', corrects: null };
const back = { ...given, result: 'retracted', corrects: 2 };

test('of two additional doses, one is taken back', () => {
  const all = entries(randomization, given, given, { ...back, subject: 'a' });
  expect(checkAdditionalDoses(all)).toEqual([]);
  expect(additionalDosesInForce(all).map(({ seq }) => seq)).toEqual([3]);
});

test('the entries of a participant are in their order, with what was taken back', () => {
  const all = entries(
    ...[randomization, given, { ...given, subject: 'B' }, { action: 'dose', result: 'given' }],
    { ...back, subject: 'a' },
  );
  const bySubject = [...additionalDosesBySubject(all)];
  expect(bySubject.map(([key, own]) => [key, own.map(({ seq }) => seq)])).toEqual([
    ['A', [2, 5]],
    ['B', [3]],
  ]);
});

test.each<[string, Record<string, unknown>[], string]>([
  ['nobody', [given], 'A was not randomized before'],
  [
    'somebody else who was not randomized',
    [randomization, { ...given, subject: 'B' }],
    'B was not randomized before',
  ],
  [
    'a correction',
    [randomization, { ...given, corrects: 1 }],
    'corrects entry 1: an additional dose corrects none',
  ],
  [
    'a retraction of nothing',
    [randomization, { ...back, corrects: null }],
    'takes back entry 0, which is not an additional dose of A in force',
  ],
  [
    'a retraction of a retraction',
    [randomization, given, back, back],
    'takes back entry 2, which is not an additional dose of A in force',
  ],
  [
    "a retraction of somebody else's",
    [
      ...[randomization, { ...randomization, subject: 'B' }, given],
      { ...back, subject: 'B', corrects: 3 },
    ],
    'takes back entry 3, which is not an additional dose of B in force',
  ],
])('%s is reported', (_, acts, message) => {
  expect(checkAdditionalDoses(entries(...acts))).toEqual([
    { file: 'ledger.jsonl', line: acts.length, message },
  ]);
});
