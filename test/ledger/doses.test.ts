import { describe, expect, test } from 'vitest';
import {
  checkVisits,
  doseOf,
  dosesInForce,
  dosesInForceBySubject,
  movesOf,
  visitEntries,
  visitEntriesBySubject,
} from '../../src/ledger/doses.ts';
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
  ['an injection of nobody', [dose], 'A was not randomized before'],
  ['a move of nobody', [{ action: 'move', visit: 'D1' }], 'A was not randomized before'],
  [
    'an injection of somebody else',
    [randomization, { ...dose, subject: 'B' }],
    'B was not randomized before',
  ],
  [
    'twice the same injection',
    [randomization, dose, { ...dose, subject: 'a' }],
    'records D1 of a again without correcting entry 2',
  ],
  [
    'a correction of an entry that was corrected before',
    [randomization, dose, { ...dose, corrects: 2 }, { ...dose, corrects: 2 }],
    'records D1 of A again without correcting entry 3',
  ],
  [
    'a correction of nothing',
    [randomization, { ...dose, corrects: 1 }],
    'corrects entry 1, which is not a record of D1 of A',
  ],
  [
    'a move afterwards',
    [randomization, dose, { action: 'move', visit: 'D1' }],
    'moves D1 of A, which was already recorded',
  ],
])('%s is reported', (_, acts, message) => {
  expect(checkVisits(entries(...acts))).toEqual([
    { file: 'ledger.jsonl', line: acts.length, message },
  ]);
});

test('what was wrong in one participant says nothing of another one, nor of another visit', () => {
  const acts = [randomization, { ...randomization, subject: 'B' }, dose];
  expect(checkVisits(entries(...acts, { ...dose, subject: 'B' }))).toEqual([]);
  expect(checkVisits(entries(...acts, { action: 'move', visit: 'D15' }))).toEqual([]);
  expect(checkVisits(entries(...acts, { ...dose, visit: 'D15' }))).toEqual([]);
});

test('attendances are not checked here', () => {
  expect(checkVisits(entries({ action: 'attendance', visit: 'D1', corrects: 7 }))).toEqual([]);
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

  test.each<[string, Record<string, unknown>[], ...string[]]>([
    [
      'of nothing',
      [randomization, { ...back, corrects: null }],
      'takes back entry 0, which is not the record in force of D1 of A',
    ],
    [
      'that does not say what it takes back',
      [randomization, dose, { ...back, corrects: null }],
      'takes back entry 0, which is not the record in force of D1 of A',
    ],
    [
      'of a record that was corrected',
      [randomization, dose, { ...dose, corrects: 2 }, back],
      'takes back entry 2, which is not the record in force of D1 of A',
    ],
    [
      'of a record that was taken back',
      [randomization, dose, back, back],
      'takes back entry 2, which is not the record in force of D1 of A',
    ],
    [
      'before a later injection',
      [randomization, dose, { ...dose, visit: 'D2' }, back],
      'takes back D1 of A, although D2 is recorded',
    ],
    [
      'before two later injections, by the number of their day',
      [
        ...[randomization, { ...dose, visit: 'D15' }, { ...dose, visit: 'D2' }],
        ...[
          { ...dose, visit: 'D100' },
          { ...dose, visit: 'D22' },
        ],
        { ...back, visit: 'D15' },
      ],
      'takes back D15 of A, although D100, D22 is recorded',
    ],
    [
      'of another record, before a later injection',
      [randomization, dose, { ...dose, visit: 'D2' }, { ...back, corrects: 3 }],
      'takes back entry 3, which is not the record in force of D1 of A',
      'takes back D1 of A, although D2 is recorded',
    ],
    [
      'that is then corrected',
      [randomization, dose, back, { ...dose, corrects: 2 }],
      'corrects entry 2, which is not a record of D1 of A',
    ],
    [
      'of a move that is not the last',
      [randomization, moved, moved, movedBack],
      'takes back entry 2, which is not the last move of D15 of A',
    ],
    [
      'of a move of another visit',
      [randomization, moved, { ...movedBack, visit: 'D22' }],
      'takes back entry 2, which is not the last move of D22 of A',
    ],
    [
      'of a move that was taken back',
      [randomization, moved, movedBack, movedBack],
      'takes back entry 2, which is not the last move of D15 of A',
    ],
    [
      'of a move with another date',
      [randomization, moved, { ...movedBack, from: '2026-07-01' }],
      'takes back entry 2 of 2026-06-30, but says that it is of 2026-07-01',
    ],
    [
      'of a move of a visit that was recorded',
      [randomization, moved, { ...dose, visit: 'D15' }, movedBack],
      'moves D15 of A, which was already recorded',
    ],
    [
      'of another move of a visit that was recorded',
      [randomization, moved, { ...dose, visit: 'D15' }, { ...movedBack, retracts: 1 }],
      'moves D15 of A, which was already recorded',
      'takes back entry 1, which is not the last move of D15 of A',
    ],
    [
      'of a move with another date, of a visit that was recorded',
      [randomization, moved, { ...dose, visit: 'D15' }, { ...movedBack, from: '2026-07-01' }],
      'moves D15 of A, which was already recorded',
      'takes back entry 2 of 2026-06-30, but says that it is of 2026-07-01',
    ],
  ])('%s is reported', (_, acts, ...messages) => {
    expect(checkVisits(entries(...acts))).toEqual(
      messages.map((message) => ({ file: 'ledger.jsonl', line: acts.length, message })),
    );
  });

  test('of the second of two moves leaves the first in force', () => {
    const later = { ...moved, from: '2026-06-30', date: '2026-07-01' };
    const laterBack = { ...later, from: '2026-07-01', date: '2026-06-30', retracts: 3 };
    const acts = [randomization, moved, later, laterBack];
    expect(checkVisits(entries(...acts, movedBack))).toEqual([]);
    const own = visitEntries(entries(...acts), 'A');
    expect(movesOf(own, 'D15').map(({ seq }) => seq)).toEqual([2]);
  });

  test('of a later injection does not depend on the earlier ones', () => {
    const later = { ...dose, visit: 'D15' };
    const acts = [randomization, dose, later, { ...later, result: 'retracted', corrects: 3 }];
    expect(checkVisits(entries(...acts))).toEqual([]);
  });
});

describe('the records of visits', () => {
  const given = { ...dose, result: 'given' };
  const all = entries(
    { ...randomization, visit: 'D1' },
    given,
    { ...given, visit: 'D15', subject: 'B' },
    { ...given, subject: 'a', result: 'not done', corrects: 2 },
    { action: 'attendance', visit: 'D1', result: 'done' },
    { action: 'move', visit: 'D15', date: '2026-06-30' },
    { ...given, action: 'additional dose' },
    { ...given, visit: 'D15' },
    { ...given, visit: 'D15', result: 'retracted', corrects: 8 },
    { action: 'move', visit: 'D22', date: '2026-07-07' },
    { ...given, visit: 'D22' },
  );
  const seqs = (some: readonly { readonly seq: number }[]) => some.map(({ seq }) => seq);

  test('of a participant are injections, assessments and moves, in their order', () => {
    expect(seqs(visitEntries(all, 'a'))).toEqual([2, 4, 5, 6, 8, 9, 10, 11]);
    expect(seqs(visitEntries(all, 'B'))).toEqual([3]);
    expect(visitEntries(all, 'C')).toEqual([]);
    expect([...visitEntriesBySubject(all).keys()]).toEqual(['A', 'B']);
  });

  test('of an injection are in force if they are the last, and not taken back', () => {
    const own = visitEntries(all, 'A');
    expect(doseOf(own, 'D1')?.seq).toBe(4);
    expect(doseOf(own, 'D15')).toBeUndefined();
    expect(doseOf(own, 'D22')?.seq).toBe(11);
    expect(doseOf(own, 'D29')).toBeUndefined();
    expect(seqs(dosesInForce(all))).toEqual([4, 11, 3]);
    expect([...dosesInForceBySubject(all)].map(([key, own]) => [key, seqs(own)])).toEqual([
      ['A', [4, 11]],
      ['B', [3]],
    ]);
  });

  test('that move a visit are those of that visit', () => {
    const own = visitEntries(all, 'A');
    expect(seqs(movesOf(own, 'D22'))).toEqual([10]);
    expect(seqs(movesOf(own, 'D1'))).toEqual([]);
  });
});
