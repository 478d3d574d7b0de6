import { describe, expect, test } from 'vitest';
import type { Act, Entry } from '../../src/ledger/entry.ts';
import {
  aheadText,
  awayText,
  dateOfList,
  objectionsToDay1,
  objectionToClosedSite,
  objectionToOpenList,
} from '../../src/ledger/randomization-rules.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { entriesOfActs } from '../support/ledger.ts';

const who = { name: 'Example Officer', role: 'officer', organisation: '' };
const date = (text: string) => text as CivilDate;
const allocation: Act = {
  action: 'allocation',
  who,
  batch: 1,
  list: 'ff',
  manifest: '0'.repeat(64),
};
const MADE = '2026-05-28T08:00:00.000Z';
const made = entriesOfActs([allocation], { time: MADE });

test.each([
  [1, '1 day ahead'],
  [0, '0 days ahead'],
  [-1, '1 day ago'],
  [-3, '3 days ago'],
])('%i days from today are %s', (days, text) => {
  expect(awayText(days)).toBe(text);
});

test.each([
  [183, '183 days ahead'],
  [184, '184 days ahead. Is the year right?'],
  [-183, '183 days ago'],
  [-184, '184 days ago. Is the year right?'],
])('more than half a year away may be a wrong year: %i days', (days, text) => {
  expect(aheadText(days)).toBe(text);
});

describe('Day 1', () => {
  const objections = (day1: string | undefined, entries: readonly Entry[] = made) =>
    objectionsToDay1(day1 === undefined ? undefined : date(day1), date('2026-06-20'), entries);

  test('can be up to 90 days ahead', () => {
    // 10 days of June, 31 of July, 31 of August and 18 of September.
    expect(objections('2026-09-18')).toEqual([]);
    expect(objections('2026-09-19')).toEqual([
      { rule: 'day 1 far from today', text: 'Day 1, 2026-09-19 Sat, is 91 days ahead' },
    ]);
  });

  test('can be up to 90 days ago', () => {
    // 19 days of June, 31 of May, 30 of April, and 10 of March: the 22nd to the 31st.
    expect(objections('2026-03-22', [])).toEqual([]);
    expect(objections('2026-03-21', [])).toEqual([
      { rule: 'day 1 far from today', text: 'Day 1, 2026-03-21 Sat, is 91 days ago' },
    ]);
  });

  test('is not before the list was made, in any time zone', () => {
    expect(dateOfList(made)).toBe('2026-05-27');
    expect(objections('2026-05-27')).toEqual([]);
    expect(objections('2026-05-26')).toEqual([
      {
        rule: 'day 1 before the list',
        text: 'Day 1, 2026-05-26 Tue, is before the list was made, on 2026-05-28 (UTC)',
      },
    ]);
  });

  test('is compared with the first batch of the list', () => {
    const [first, second] = [MADE, '2026-06-15T08:00:00.000Z'].map((time) =>
      entriesOfActs([allocation], { time }),
    );
    expect(objections('2026-06-01', [...first!, ...second!])).toEqual([]);
  });

  test('can be wrong in both ways', () => {
    expect(objections('2025-06-20').map(({ rule }) => rule)).toEqual([
      'day 1 far from today',
      'day 1 before the list',
    ]);
  });

  test('is not compared with a list that the ledger does not have', () => {
    expect(dateOfList([])).toBeUndefined();
    expect(objections('2026-05-26', [])).toEqual([]);
  });

  test('has no objection if the study has no schedule', () => {
    expect(objections(undefined)).toEqual([]);
  });
});

test('nobody is randomized at a site that is closed for enrolment', () => {
  const sites = [
    { code: 'S1', enrolment: 'closed' },
    { code: 'S2', enrolment: 'open' },
  ] as const;
  expect(objectionToClosedSite('S1', sites)).toEqual([
    {
      rule: 'enrolment closed',
      text: 'site S1 is closed for enrolment (study.yaml: enrolment)',
    },
  ]);
  expect(objectionToClosedSite('S2', sites)).toEqual([]);
  expect(objectionToClosedSite('S3', sites)).toEqual([]);
});

describe('after the whole list was opened', () => {
  const intent: Act = { action: 'list opening intent', who, reason: 'x', key: 'Example' };
  const outcome = (intent: number, result: 'opened' | 'refused'): Act => ({
    action: 'list opening outcome',
    who: { name: 'Another Person', role: '', organisation: '' },
    intent,
    result,
    error: result === 'opened' ? null : 'wrong-key',
  });
  const objections = (...acts: Act[]) =>
    objectionToOpenList(entriesOfActs(acts, { time: '2026-07-01T23:30:00.000Z' }));

  test('the arms are known, and who opened it is named', () => {
    expect(objections(allocation, intent, outcome(2, 'opened'))).toEqual([
      {
        rule: 'list was opened',
        text: 'the whole list was opened on 2026-07-01 (UTC) by Example Officer: the arms of the slots that are left are no longer secret',
      },
    ]);
  });

  test('it is told as well if the entry before the opening is missing', () => {
    expect(objections(allocation, outcome(9, 'opened')).map(({ text }) => text)).toEqual([
      'the whole list was opened on 2026-07-01 (UTC): the arms of the slots that are left are no longer secret',
    ]);
  });

  test('an opening that was refused does not count', () => {
    expect(objections(allocation, intent, outcome(2, 'refused'))).toEqual([]);
    expect(objections(allocation, intent)).toEqual([]);
    const other = { ...intent, who: { ...who, name: 'Second Officer' } };
    const both = [intent, outcome(1, 'refused'), other, outcome(3, 'opened')];
    expect(objections(...both)).toMatchObject([
      { text: expect.stringContaining(' by Second Officer: ') as string },
    ]);
  });
});
