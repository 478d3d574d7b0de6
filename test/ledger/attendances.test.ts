import { expect, test } from 'vitest';
import { attendancesOf, checkAttendances, countAttendances } from '../../src/ledger/attendances.ts';
import type { Entry } from '../../src/ledger/entry.ts';

/** Entries with only the members that are read. */
function entries(...acts: Record<string, unknown>[]): Entry[] {
  return acts.map((act, index) => ({ seq: index + 1, subject: 'A', ...act }) as unknown as Entry);
}

const randomization = { action: 'randomization' };
const about = { action: 'attendance', visit: 'D60', corrects: null };
const both = { ...about, assessments: ['Blood', 'Mood'], result: 'done' };
const mood = { ...about, assessments: ['Mood'], result: 'not done', corrects: 2 };
const back = { ...about, assessments: ['Blood'], result: 'retracted', corrects: 2 };

test('of two assessments in one record one is corrected, and the other taken back and recorded again', () => {
  const all = entries(randomization, both, { ...mood, subject: 'a' }, back);
  expect(checkAttendances(all)).toEqual([]);
  expect([...attendancesOf(all, 'D60')].map(([name, { seq }]) => [name, seq])).toEqual([
    ['Mood', 3],
  ]);
  expect(countAttendances(all)).toEqual({ done: 0, notDone: 1 });
  const again = entries(randomization, both, mood, back, { ...both, assessments: ['Blood'] });
  expect(checkAttendances(again)).toEqual([]);
  expect(countAttendances(again)).toEqual({ done: 1, notDone: 1 });
});

test.each([
  ['nobody', [both], 'A was not randomized before'],
  ['before the randomization', [{ ...both, subject: 'B' }, randomization], 'B was not randomized'],
  [
    'again',
    [randomization, both, { ...mood, corrects: null }],
    'records Mood of D60 of A again without correcting entry 2',
  ],
  [
    'twice in one entry',
    [randomization, { ...both, assessments: ['Blood', 'Blood'] }],
    'records an assessment of D60 of A twice',
  ],
  [
    'a correction of nothing',
    [randomization, { ...mood, corrects: 1 }],
    'corrects entry 1, which is not a record of Mood of D60 of A',
  ],
  [
    'a correction of an older record',
    [randomization, both, mood, mood],
    'records Mood of D60 of A again without correcting entry 3',
  ],
  [
    'a retraction of another record',
    [randomization, both, { ...back, corrects: 1 }],
    'takes back entry 1, which is not the record in force of Blood of D60 of A',
  ],
  [
    'a retraction of nothing',
    [randomization, { ...back, corrects: null }],
    'takes back entry 0, which is not the record in force',
  ],
])('%s is reported', (_, acts, message) => {
  const problems = checkAttendances(entries(...acts));
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toContain(message);
});
