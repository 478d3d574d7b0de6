import { expect, test } from 'vitest';
import { additionalDosesInForce, checkAdditionalDoses } from '../../src/ledger/additional-doses.ts';
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

test.each([
  ['nobody', [given], 'A was not randomized before'],
  ['a correction', [randomization, { ...given, corrects: 1 }], 'corrects entry 1'],
  ['a retraction of nothing', [randomization, { ...back, corrects: null }], 'takes back entry 0'],
  ['a retraction of a retraction', [randomization, given, back, back], 'takes back entry 2'],
  [
    "a retraction of somebody else's",
    [
      randomization,
      { ...randomization, subject: 'B' },
      given,
      { ...back, subject: 'B', corrects: 3 },
    ],
    'takes back entry 3, which is not an additional dose of B in force',
  ],
])('%s is reported', (_, acts, message) => {
  const problems = checkAdditionalDoses(entries(...acts));
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toContain(message);
});
