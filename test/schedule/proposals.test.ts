import { describe, expect, test } from 'vitest';
import { daysThatMatter } from '../../src/schedule/days-that-matter.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { findConflicts, flagDays } from '../../src/schedule/proposals.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { Assessment, Phase } from '../../src/study/study.ts';
import { attended, day, days, given, missed, moved } from '../support/happenings.ts';

/** Monday, 22 June, is closed too. */
const CLOSED = [{ from: day('06-22'), to: day('06-22'), reason: 'closed' }];
const MARK = daysThatMatter({ code: 'X', name: 'X', closed: CLOSED }, () => []);

function plan(phase: Partial<Phase>, assessments: readonly Assessment[] = []): Visit[] {
  return visitsOf({ phases: [{ name: 'a', days: days(1), ...phase }], assessments });
}

/** Each flag as the visit, its date, what is proposed, and why. Day 1 is a Monday, 1 June 2026. */
function flags(visits: readonly Visit[], ...happened: Happening[]): string[] {
  return flagDays(visits, day('06-01'), happened, MARK).map(
    ({ visit, date, proposals, reason }) => {
      return `${visit} ${date.slice(5)} → ${proposals.map((one) => one.slice(5)).join()}: ${reason}`;
    },
  );
}

const INSIDE = 'inside its window, on a working day, without moving other injections';

describe('a visit on a day that matters', () => {
  test('gets the working days of its window, the nearest first, and the earlier one of two', () => {
    // Day 13 is Saturday, 13 June; Day 14 is the Sunday after it.
    const window = { before: 4, after: 4 };
    expect(flags(plan({ days: days(1, 13), window }))).toEqual([
      `D13 06-13 → 06-12,06-11,06-15,06-10,06-16,06-09,06-17: ${INSIDE}`,
    ]);
    expect(flags(plan({ days: days(1, 14), window }))).toEqual([
      `D14 06-14 → 06-15,06-12,06-16,06-11,06-17,06-10,06-18: ${INSIDE}`,
    ]);
    const [flag] = flagDays(plan({ days: days(1, 13), window }), day('06-01'), [], MARK);
    expect(flag?.marks.map(({ text }) => text)).toEqual(['a Saturday']);
  });

  test('gets the days that are nearest to its planned day, also if it is moved', () => {
    const visits = plan({ days: days(1, 11), window: { before: 2, after: 4 } });
    expect(flags(visits)).toEqual([]);
    // Day 11 is Thursday, 11 June.
    expect(flags(visits, moved(2, 'D11', '06-14'))).toEqual([
      `D11 06-14 → 06-11,06-10,06-12,06-09,06-15: ${INSIDE}`,
    ]);
  });

  test('gets none if it is over', () => {
    const visits = plan({ days: days(1, 13), window: { before: 1, after: 0 } });
    expect(flags(visits, given(2, 'D13', '06-13'))).toEqual([]);
    expect(flags(visits, missed(2, 'D13', '06-13'))).toEqual([]);
    expect(flags(visits, missed(2, 'D1', '06-01'))).toEqual([]);
  });

  test('gets none without a window', () => {
    expect(flags(plan({ days: days(1, 13) }))).toEqual([
      'D13 06-13 → : it has no window in study.yaml',
    ]);
    expect(
      flags(plan({ days: days(1, 8), window: { before: 1, after: 1 } }), moved(2, 'D1', '06-06')),
    ).toEqual([
      'D1 06-06 → : Day 1 has no window: it can be any working day, and all other visits move with it',
      `D8 06-13 → 06-12: ${INSIDE}`,
    ]);
  });

  test('says why no date is better', () => {
    expect(flags(plan({ days: days(1, 13), window: { before: 0, after: 1 } }))).toEqual([
      'D13 06-13 → : no allowed date is a working day: 2026-06-13: a Saturday; 2026-06-14: a Sunday',
    ]);
    // From Saturday to Monday, 22 June.
    expect(flags(plan({ days: days(1, 20), window: { before: 0, after: 2 } }))).toEqual([
      'D20 06-20 → : no allowed date is a working day: 2026-06-20: a Saturday; 2026-06-21: a Sunday; ' +
        '2026-06-22: the site is closed',
    ]);
    const near = plan({ days: days(1, 13), window: { before: 1, after: 0 }, leastInterval: 6 });
    expect(flags(near, given(2, 'D1', '06-01'), moved(3, 'D13', '06-13'))).toEqual([
      `D13 06-13 → 06-12: ${INSIDE}`,
    ]);
    const two = plan({ days: days(1, 9, 13), window: { before: 1, after: 0 }, leastInterval: 5 });
    expect(flags(two)).toEqual([
      'D13 06-13 → : no date of its window is far enough from the other injections',
    ]);
  });

  test('lists four days of many, and says that there are more', () => {
    const always = daysThatMatter({ code: 'X', name: 'X', openDays: [] }, () => []);
    const reasons = (after: number) =>
      flagDays(plan({ days: days(1, 2), window: { before: 0, after } }), day('06-01'), [], always)
        .filter(({ visit }) => visit === 'D2')
        .map(({ reason }) => reason);
    const four = ['06-02: the site does not work on Tue', '06-03: the site does not work on Wed']
      .concat('06-04: the site does not work on Thu', '06-05: the site does not work on Fri')
      .map((one) => `2026-${one}`)
      .join('; ');
    expect(reasons(3)).toEqual([`no allowed date is a working day: ${four}`]);
    expect(reasons(4)).toEqual([`no allowed date is a working day: ${four}; …`]);
  });
});

describe('a visit without an injection on a day that matters', () => {
  const window = { before: 2, after: 2 };
  const assessments = (mood?: typeof window): Assessment[] => [
    { name: 'Blood', days: days(13), window },
    { name: 'Mood', days: days(13), window: mood },
  ];

  test('gets the working days of the windows that its assessments have', () => {
    expect(flags(plan({}, assessments()))).toEqual([`D13 06-13 → 06-12,06-11,06-15: ${INSIDE}`]);
    expect(flags(plan({}, assessments({ before: 1, after: 1 })))).toEqual([
      `D13 06-13 → 06-12: ${INSIDE}`,
    ]);
  });

  test('gets none if the one that is still to come has no window', () => {
    expect(flags(plan({}, assessments()), attended(2, 'D13', '06-12', ['Blood']))).toEqual([
      'D13 06-13 → : it has no window in study.yaml',
    ]);
  });
});

describe('a course on days that matter', () => {
  const course = { window: { before: 2, after: 3 }, anchor: 'day 1' } as const;
  const cycles = days(1, 13);

  test('gets the first days on which the fewest of its injections are on such days', () => {
    // Days 13, 14 and 19: from Monday on, the third one is on a Sunday; on Tuesday, on the closed Monday.
    const visits = plan({ days: days(1, 13, 14, 19), cycles, course });
    expect(flags(visits)).toEqual([
      'D13 06-13 → 06-11,06-12,06-15,06-16: inside its window, on a working day; the course moves with it',
      'D14 06-14 → : it has no window in study.yaml; it moves with D13, the first day of its course',
    ]);
  });

  test('has only the day itself to think of if it has one day', () => {
    expect(flags(plan({ days: days(1, 13), cycles, course }))).toEqual([
      `D13 06-13 → 06-12,06-11,06-15,06-16: ${INSIDE}`,
    ]);
  });

  test('has no better date without a window', () => {
    expect(flags(plan({ days: days(1, 13, 14), cycles, course: { anchor: 'day 1' } }))).toEqual([
      'D13 06-13 → : it has no window in study.yaml',
      'D14 06-14 → : it has no window in study.yaml; it moves with D13, the first day of its course',
    ]);
  });

  test('does not think of what does not move with it', () => {
    // Days 19 and 20 of another phase, and blood on Day 19.
    const visits = visitsOf({
      phases: [
        { name: 'a', days: days(1, 13), cycles, course },
        { name: 'b', days: days(19, 20) },
      ],
      assessments: [{ name: 'Blood', days: days(12, 19) }],
    });
    expect(flags(visits)[0]).toBe(`D13 06-13 → 06-12,06-11,06-15,06-16: ${INSIDE}`);
  });

  test('leaves out days of it that are recorded or moved, and those of another course', () => {
    const visits = plan({ days: days(1, 13, 14, 19), cycles, course });
    const happened = [given(2, 'D14', '06-17'), moved(3, 'D19', '06-19')];
    expect(flags(visits, ...happened)[0]).toBe(`D13 06-13 → 06-12,06-11,06-15,06-16: ${INSIDE}`);
  });
});

describe('a conflict', () => {
  const visits = plan({ days: days(1, 8, 15), window: { before: 1, after: 1 }, leastInterval: 5 });
  const conflicts = (...happened: Happening[]) => findConflicts(visits, day('06-01'), happened);

  test('is an injection whose date breaks rules after what was recorded', () => {
    expect(conflicts()).toEqual([]);
    expect(conflicts(given(2, 'D8', '06-12'))).toEqual([
      {
        visit: 'D15',
        date: '2026-06-15',
        broken: ['the least interval is 5 days from D8, given on 2026-06-12'],
      },
    ]);
    expect(conflicts(moved(2, 'D15', '06-18')).map(({ broken }) => broken)).toEqual([
      ['its window is 2026-06-14 Sun to 2026-06-16 Tue (planned 2026-06-15)'],
    ]);
  });

  test('is not one of an injection that was given, missed or is cancelled', () => {
    expect(conflicts(given(2, 'D15', '06-18'))).toEqual([]);
    expect(conflicts(missed(2, 'D15', '06-18'))).toEqual([]);
    const late = [moved(2, 'D15', '06-18'), missed(3, 'D1', '06-01')];
    expect(conflicts(...late)).toEqual([]);
  });
});
