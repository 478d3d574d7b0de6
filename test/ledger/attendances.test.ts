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

test('each visit of each participant has its own records', () => {
  const later = { ...both, visit: 'D90', assessments: ['Mood'], result: 'not done' };
  const other = { ...both, subject: 'B', assessments: ['Blood'], result: 'not done' };
  const all = entries(randomization, { ...randomization, subject: 'B' }, both, later, other);
  expect(checkAttendances(all)).toEqual([]);
  expect(countAttendances(all)).toEqual({ done: 2, notDone: 2 });
  const own = all.filter(({ subject }) => subject === 'A');
  expect([...attendancesOf(own, 'D60').keys()]).toEqual(['Blood', 'Mood']);
  expect([...attendancesOf(own, 'D90').keys()]).toEqual(['Mood']);
  expect(attendancesOf(own, 'D1').size).toBe(0);
});

test('what is not about an attendance does not count', () => {
  const dose = { ...both, action: 'dose' };
  expect(attendancesOf(entries(randomization, dose), 'D60').size).toBe(0);
  expect(countAttendances(entries(randomization, dose))).toEqual({ done: 0, notDone: 0 });
  expect(checkAttendances(entries(dose))).toEqual([]);
});

test('of a correction the last record counts', () => {
  const all = entries(randomization, both, mood, { ...mood, result: 'done', corrects: 3 });
  expect(checkAttendances(all)).toEqual([]);
  expect(countAttendances(all)).toEqual({ done: 2, notDone: 0 });
});

test.each([
  ['nobody', [both], 'A was not randomized before'],
  [
    'before the randomization',
    [{ ...both, subject: 'B' }, randomization],
    'B was not randomized before',
  ],
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
    'a correction of a record that was taken back',
    [randomization, both, back, { ...mood, assessments: ['Blood'] }],
    'corrects entry 2, which is not a record of Blood of D60 of A',
  ],
  [
    'a second retraction',
    [randomization, both, back, back],
    'takes back entry 2, which is not the record in force of Blood of D60 of A',
  ],
  [
    'a retraction of nothing',
    [randomization, { ...back, corrects: null }],
    'takes back entry 0, which is not the record in force of Blood of D60 of A',
  ],
])('%s is reported', (_, acts, message) => {
  const problems = checkAttendances(entries(...acts));
  expect(problems.map((one) => one.message)).toEqual([message]);
});
