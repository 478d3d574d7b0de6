import { expect, test } from 'vitest';
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
