import { describe, expect, test } from 'vitest';
import { checkVisits } from '../../src/ledger/doses.ts';
import type { Entry } from '../../src/ledger/entry.ts';

/** Entries with only the members that the check reads. */
function entries(...acts: Record<string, unknown>[]): Entry[] {
  return acts.map((act, index) => ({ seq: index + 1, subject: 'A', ...act }) as unknown as Entry);
}

const randomization = { action: 'randomization' };
const dose = { action: 'dose', visit: 'D1', corrects: null };

test('a participant who is randomized, recorded, corrected', () => {
  const moved = { action: 'move', visit: 'D1' };
  const corrected = { ...dose, subject: 'a', corrects: 3 };
  expect(checkVisits(entries(randomization, moved, dose, corrected))).toEqual([]);
});

test.each([
  ['nobody', [dose], 'A was not randomized before'],
  ['twice', [randomization, dose, dose], 'again without correcting entry 2'],
  [
    'a correction of nothing',
    [randomization, { ...dose, corrects: 1 }],
    'which is not a record of',
  ],
  [
    'a move afterwards',
    [randomization, dose, { action: 'move', visit: 'D1' }],
    'which was already recorded',
  ],
])('%s is reported', (_, acts, message) => {
  const problems = checkVisits(entries(...acts));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ file: 'ledger.jsonl', line: acts.length });
  expect(problems[0]!.message).toContain(message);
});

test('a problem names the line of its entry, also if earlier lines could not be read', () => {
  const [first, ...rest] = entries(randomization, dose, dose);
  const readable = [first!, ...rest.map((entry) => ({ ...entry, seq: entry.seq + 5 }))];
  expect(checkVisits(readable)).toMatchObject([{ line: 8 }]);
});

describe('a retraction', () => {
  const back = { ...dose, result: 'retracted', corrects: 2 };
  const moved = { action: 'move', visit: 'D15', from: '2026-06-29', date: '2026-06-30' };
  const movedBack = { ...moved, from: '2026-06-30', date: '2026-06-29', retracts: 2 };

  test('frees the visit, which is then recorded or moved again', () => {
    const again = { action: 'move', visit: 'D1' };
    expect(checkVisits(entries(randomization, dose, back, again, dose))).toEqual([]);
    expect(checkVisits(entries(randomization, moved, movedBack, moved))).toEqual([]);
  });

  test.each([
    ['of nothing', [randomization, { ...back, corrects: null }], 'takes back entry 0'],
    [
      'of a record that was corrected',
      [randomization, dose, { ...dose, corrects: 2 }, back],
      'takes back entry 2, which is not the record in force of D1 of A',
    ],
    [
      'before a later injection',
      [randomization, dose, { ...dose, visit: 'D2' }, back],
      'takes back D1 of A, although D2 is recorded',
    ],
    [
      'that is then corrected',
      [randomization, dose, back, { ...dose, corrects: 2 }],
      'corrects entry 2, which is not a record of',
    ],
    [
      'of a move that is not the last',
      [randomization, moved, moved, movedBack],
      'takes back entry 2, which is not the last move of D15 of A',
    ],
    [
      'of a move with another date',
      [randomization, moved, { ...movedBack, from: '2026-07-01' }],
      'takes back entry 2 of 2026-06-30, but says that it is of 2026-07-01',
    ],
  ])('%s is reported', (_, acts, message) => {
    const problems = checkVisits(entries(...acts));
    expect(problems).toMatchObject([{ line: acts.length }]);
    expect(problems[0]!.message).toContain(message);
  });
});
