import { describe, expect, test } from 'vitest';
import { daysFromDay1, studyDayOf, trialWeek } from '../../src/schedule/study-day.ts';
import {
  beginsCourse,
  cycleCode,
  cycleText,
  hasInjections,
  visitsOf,
  visitText,
} from '../../src/schedule/visits.ts';
import type { StudyDay } from '../../src/study/identifiers.ts';
import { day, days } from '../support/happenings.ts';

describe('the visits of a schedule', () => {
  test('come by study day, with the injections of all phases counted together', () => {
    const visits = visitsOf({
      phases: [
        { name: 'late', days: days(15, 22), dose: '2 mg' },
        { name: 'early', days: days(1, 8), dose: '1 mg', doses: { 8: '3 mg' }, route: 'oral' },
      ],
      assessments: [
        { name: 'Screening', days: days(-7) },
        { name: 'Blood', days: days(8, 10) },
        { name: 'Mood', days: days(8) },
      ],
    });
    expect(
      visits.map(({ name, injection, assessments }) => [
        name,
        injection === undefined
          ? ''
          : `${injection.index}/${injection.of} ${injection.phase} ${injection.dose}`,
        assessments.map((one) => one.name).join(),
      ]),
    ).toEqual([
      ['D-7', '', 'Screening'],
      ['D1', '1/4 early 1 mg', ''],
      ['D8', '2/4 early 3 mg', 'Blood,Mood'],
      ['D10', '', 'Blood'],
      ['D15', '3/4 late 2 mg', ''],
      ['D22', '4/4 late 2 mg', ''],
    ]);
    expect(visits.map(({ injection }) => injection?.route)).toEqual([
      ...[undefined, 'oral', 'oral', undefined, undefined, undefined],
    ]);
  });

  test('have the rules of their phase, or those that count if it says nothing', () => {
    const window = { before: 1, after: 2 };
    const rules = {
      leastInterval: 5,
      countedFrom: 'visit before',
      afterMissed: 'move',
    } as const;
    const [first, second, third] = visitsOf({
      phases: [
        { name: 'a', days: days(1, 8), window, ...rules },
        { name: 'b', days: days(15) },
      ],
      assessments: [],
    });
    // The day of the first injection is Day 1, whenever it is.
    expect(first?.injection).toMatchObject({ window: undefined, ...rules });
    expect(second?.injection).toMatchObject({ window, ...rules, course: undefined });
    expect(third?.injection).toMatchObject({
      window: undefined,
      leastInterval: 0,
      countedFrom: 'day 1',
      afterMissed: 'nothing',
      cycle: undefined,
    });
  });

  test('have a period if the schedule has one then', () => {
    const period = { name: 'washout', first: 8 as StudyDay, last: 15 as StudyDay, isWashout: true };
    const visits = visitsOf({
      phases: [{ name: 'a', days: days(1, 8, 15, 22) }],
      assessments: [],
      periods: [period],
    });
    expect(visits.map((one) => one.period)).toEqual([undefined, 'washout', 'washout', undefined]);
    expect(visits[0]).not.toHaveProperty('period');
  });

  test('are in cycles that are counted over all phases', () => {
    const visits = visitsOf({
      phases: [
        { name: 'c', days: days(40) },
        { name: 'b', days: days(29, 31), cycles: days(29), course: { anchor: 'course before' } },
        { name: 'a', days: days(1, 3, 8, 10), cycles: days(1, 8) },
      ],
      assessments: [{ name: 'Blood', days: days(9) }],
    });
    expect(visits.map(visitText)).toEqual([
      'D1 (Cycle 1 Day 1)',
      'D3 (Cycle 1 Day 3)',
      'D8 (Cycle 2 Day 1)',
      'D9',
      'D10 (Cycle 2 Day 3)',
      'D29 (Cycle 3 Day 1)',
      'D31 (Cycle 3 Day 3)',
      'D40',
    ]);
    expect(visits.filter(beginsCourse).map(({ name }) => name)).toEqual(['D29']);
    expect(visits.at(-2)?.injection?.course).toEqual({ firstDay: 29, anchor: 'course before' });
    expect(visits[0]?.injection?.course).toBeUndefined();
  });

  test('can be assessments alone', () => {
    const assessments = [{ name: 'Blood', days: days(1, 8) }];
    const alone = visitsOf({ phases: [], assessments });
    expect(alone.map(({ name, injection }) => [name, injection])).toEqual([
      ['D1', undefined],
      ['D8', undefined],
    ]);
    expect(hasInjections(alone)).toBe(false);
    expect(hasInjections([])).toBe(false);
    expect(hasInjections(visitsOf({ phases: [{ name: 'a', days: days(8) }], assessments }))).toBe(
      true,
    );
    expect(alone.some(beginsCourse)).toBe(false);
  });
});

test('a day of a cycle is said in words and in short', () => {
  expect(cycleText({ cycle: 2, day: 8 })).toBe('Cycle 2 Day 8');
  expect(cycleCode({ cycle: 2, day: 8 })).toBe('C2D8');
});

test('there is no Day 0 and no Week 0', () => {
  expect(() => daysFromDay1(0 as StudyDay)).toThrow('there is no Day 0');
  expect(daysFromDay1(1 as StudyDay)).toBe(0);
  expect(daysFromDay1(-1 as StudyDay)).toBe(-1);
  expect(studyDayOf(day('06-15'), day('06-15'))).toBe(1);
  expect(studyDayOf(day('06-15'), day('06-14'))).toBe(-1);
  expect(studyDayOf(day('06-15'), day('06-16'))).toBe(2);
  expect([-8, -7, -1, 1, 7, 8, 14, 15].map((one) => trialWeek(one as StudyDay))).toEqual([
    ...[-2, -1, -1, 1, 1, 2, 2, 3],
  ]);
});
