import { describe, expect, test } from 'vitest';
import { daysThatMatter, type MarkDay } from '../../src/schedule/days-that-matter.ts';
import { type FirstDay, rankFirstDays } from '../../src/schedule/first-days.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { StudyDay } from '../../src/study/identifiers.ts';
import type { Assessment, Phase } from '../../src/study/study.ts';
import { day } from '../support/happenings.ts';

const WEEKEND: MarkDay = daysThatMatter({ code: 'X', name: 'X' }, () => []);
const EVERY_DAY: MarkDay = () => [{ kind: 'closed', name: '', text: 'the site is closed' }];

function plan(
  phases: readonly (Omit<Phase, 'name' | 'days'> & { on: number[] })[],
  assessments: readonly (Omit<Assessment, 'days'> & { on: number[] })[] = [],
): Visit[] {
  return visitsOf({
    phases: phases.map(({ on, ...more }) => ({ name: 'a', days: on as StudyDay[], ...more })),
    assessments: assessments.map(({ on, ...more }) => ({ days: on as StudyDay[], ...more })),
  });
}

/** What a single first day costs. */
function only(visits: readonly Visit[], date: string, mark = WEEKEND): FirstDay {
  return rankFirstDays(visits, day(date), day(date), mark)[0]!;
}

const told = ({ troubles }: FirstDay) =>
  troubles.map(({ visit, what, planned, date, why }) => {
    return `${visit} ${what}: ${planned.slice(5)} → ${date.slice(5)}: ${why}`;
  });

const NOTHING = {
  injectionsKept: 0,
  injectionsMoved: 0,
  daysMoved: 0,
  assessmentsKept: 0,
  assessmentsMoved: 0,
};

describe('a first day', () => {
  // 1 June 2026 is a Monday.
  test('on which everything is on working days costs nothing', () => {
    const visits = plan([{ on: [1, 3, 8] }], [{ name: 'Blood', on: [10] }]);
    expect(only(visits, '06-01')).toEqual({
      day1: '2026-06-01',
      rank: 1,
      cost: NOTHING,
      troubles: [],
    });
  });

  test('has an injection on a weekend that can be moved, by the fewest days', () => {
    const window = { before: 3, after: 3 };
    const saturday = only(plan([{ on: [1, 13], window }]), '06-01');
    expect(told(saturday)).toEqual([
      'D13 Injection 2 of 2: 06-13 → 06-12: a Saturday; could be 2026-06-12 (-1)',
    ]);
    expect(saturday.cost).toEqual({ ...NOTHING, injectionsMoved: 1, daysMoved: 1 });
    const sunday = only(plan([{ on: [1, 14], window }]), '06-01');
    expect(told(sunday)).toEqual([
      'D14 Injection 2 of 2: 06-14 → 06-15: a Sunday; could be 2026-06-15 (+1)',
    ]);
    const late = only(plan([{ on: [1, 13], window: { before: 0, after: 3 } }]), '06-01');
    expect(told(late)).toEqual([
      'D13 Injection 2 of 2: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
    ]);
    expect(late.cost).toEqual({ ...NOTHING, injectionsMoved: 1, daysMoved: 2 });
  });

  test('has an injection on a weekend without a better date', () => {
    expect(told(only(plan([{ on: [1, 13] }]), '06-01'))).toEqual([
      'D13 Injection 2 of 2: 06-13 → 06-13: a Saturday; it has no window',
    ]);
    const narrow = only(plan([{ on: [1, 13], window: { before: 0, after: 1 } }]), '06-01');
    expect(told(narrow)).toEqual([
      'D13 Injection 2 of 2: 06-13 → 06-13: a Saturday; every date of its window has the same problem',
    ]);
    expect(narrow.cost).toEqual({ ...NOTHING, injectionsKept: 1 });
  });

  test('is on a weekend itself, and has no window', () => {
    const first = only(plan([{ on: [1, 8], window: { before: 2, after: 2 } }]), '06-06');
    expect(told(first)).toEqual([
      'D1 Injection 1 of 2: 06-06 → 06-06: a Saturday; it has no window',
      'D8 Injection 2 of 2: 06-13 → 06-12: a Saturday; could be 2026-06-12 (-1)',
    ]);
    expect(first.cost).toEqual({ ...NOTHING, injectionsKept: 1, injectionsMoved: 1, daysMoved: 1 });
  });

  test('moves an injection that would be too close to the one before', () => {
    // Day 7 is a Sunday: on Monday it is one day before Day 9.
    const visits = plan([
      { on: [1, 7], window: { before: 0, after: 1 } },
      { on: [9], window: { before: 0, after: 1 }, leastInterval: 2 },
    ]);
    const first = only(visits, '06-01');
    expect(told(first)).toEqual([
      'D7 Injection 2 of 3: 06-07 → 06-08: a Sunday; could be 2026-06-08 (+1)',
      'D9 Injection 3 of 3: 06-09 → 06-10: too close to the injection before; could be 2026-06-10 (+1)',
    ]);
    expect(first.cost).toEqual({ ...NOTHING, injectionsMoved: 2, daysMoved: 2 });
  });

  test('never has two injections on one day', () => {
    const visits = plan([{ on: [1, 7, 8], window: { before: 0, after: 1 } }]);
    expect(told(only(visits, '06-01'))).toEqual([
      'D7 Injection 2 of 3: 06-07 → 06-08: a Sunday; could be 2026-06-08 (+1)',
      'D8 Injection 3 of 3: 06-08 → 06-09: too close to the injection before; could be 2026-06-09 (+1)',
    ]);
  });

  test('counts an injection from the one before if the schedule does', () => {
    // Day 13 is a Saturday. From the Monday after it, Day 20 is a Monday too.
    const window = { before: 0, after: 3 };
    const chained = plan([{ on: [1, 13, 20], window, countedFrom: 'visit before' }]);
    expect(told(only(chained, '06-01'))).toEqual([
      'D13 Injection 2 of 3: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
    ]);
    expect(told(only(plan([{ on: [1, 13, 20], window }]), '06-01'))).toEqual([
      'D13 Injection 2 of 3: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
      'D20 Injection 3 of 3: 06-20 → 06-22: a Saturday; could be 2026-06-22 (+2)',
    ]);
  });

  test('moves a course as a whole', () => {
    // Days 13 and 14 are a Saturday and a Sunday; from Monday on they are a Monday and a Tuesday.
    const course = { window: { before: 0, after: 3 }, anchor: 'day 1' } as const;
    const cycles = [1, 13] as StudyDay[];
    const visits = plan([{ on: [1, 2, 13, 14], cycles, course }]);
    expect(told(only(visits, '06-01'))).toEqual([
      'D13 Injection 3 of 4: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
    ]);
  });

  test('moves the next course too if that is counted from the course before', () => {
    const courseOf = (anchor: 'day 1' | 'course before') => {
      const cycles = [1, 13, 20] as StudyDay[];
      return plan([
        { on: [1, 13, 20], cycles, course: { window: { before: 0, after: 3 }, anchor } },
      ]);
    };
    expect(told(only(courseOf('course before'), '06-01'))).toEqual([
      'D13 Injection 2 of 3: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
    ]);
    expect(told(only(courseOf('day 1'), '06-01'))).toEqual([
      'D13 Injection 2 of 3: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
      'D20 Injection 3 of 3: 06-20 → 06-22: a Saturday; could be 2026-06-22 (+2)',
    ]);
  });

  test('moves the first of two injections so that the second is not kept on a weekend', () => {
    // Day 12 is a Friday: if it were not early, Day 13 could not be on that Friday.
    const visits = plan([{ on: [1, 12, 13], window: { before: 1, after: 0 } }]);
    expect(told(only(visits, '06-01'))).toEqual([
      'D12 Injection 2 of 3: 06-12 → 06-11: a later injection gets a better date; could be 2026-06-11 (-1)',
      'D13 Injection 3 of 3: 06-13 → 06-12: a Saturday; could be 2026-06-12 (-1)',
    ]);
  });
});

describe('of all ways to place the injections, a first day has', () => {
  const closedOn =
    (...dates: string[]): MarkDay =>
    (date) =>
      dates.includes(date.slice(5)) ? EVERY_DAY(date) : [];

  test('the one that moves the fewest, though by more days', () => {
    // Day 11 is closed from two days before on. One day later it would push Day 13.
    const mark = closedOn('06-09', '06-10', '06-11');
    const visits = plan([
      { on: [1] },
      { on: [11], window: { before: 3, after: 1 } },
      { on: [13, 20], window: { before: 0, after: 1 }, leastInterval: 2 },
    ]);
    const first = only(visits, '06-01', mark);
    expect(told(first)).toEqual([
      'D11 Injection 2 of 4: 06-11 → 06-08: the site is closed; could be 2026-06-08 (-3)',
    ]);
    expect(first.cost).toEqual({ ...NOTHING, injectionsMoved: 1, daysMoved: 3 });
  });

  test('the one that moves by the fewest days, of those that move as many', () => {
    const visits = plan([{ on: [1, 11, 20], window: { before: 3, after: 2 } }]);
    expect(told(only(visits, '06-01', closedOn('06-09', '06-10', '06-11')))).toEqual([
      'D11 Injection 2 of 3: 06-11 → 06-12: the site is closed; could be 2026-06-12 (+1)',
    ]);
  });

  test('a later date of one injection, if only then the next is on a working day', () => {
    // Day 11 is as far from Day 1 as it must be. Day 14 is a Sunday, and counted from it.
    const visits = plan([
      { on: [1] },
      { on: [11], window: { before: 0, after: 1 }, leastInterval: 10 },
      { on: [14], countedFrom: 'visit before' },
    ]);
    expect(told(only(visits, '06-01'))).toEqual([
      'D11 Injection 2 of 3: 06-11 → 06-12: a later injection gets a better date; could be 2026-06-12 (+1)',
    ]);
  });

  test('the earlier one of two that cost the same', () => {
    const visits = plan([{ on: [1, 10, 20], window: { before: 1, after: 1 } }]);
    expect(told(only(visits, '06-01', closedOn('06-10')))).toEqual([
      'D10 Injection 2 of 3: 06-10 → 06-09: the site is closed; could be 2026-06-09 (-1)',
    ]);
  });

  test('an injection that is moved, because it would be too close, to a day that matters', () => {
    // Day 4 is closed. A day later it pushes Day 6 from Saturday to Sunday.
    const mark: MarkDay = (date) => [...closedOn('06-04')(date), ...WEEKEND(date)];
    const visits = plan([
      { on: [1, 4], window: { before: 0, after: 1 } },
      { on: [6], window: { before: 0, after: 1 }, leastInterval: 2 },
    ]);
    const first = only(visits, '06-01', mark);
    expect(told(first)).toEqual([
      'D4 Injection 2 of 3: 06-04 → 06-05: the site is closed; could be 2026-06-05 (+1)',
      'D6 Injection 3 of 3: 06-06 → 06-07: a Sunday; every date of its window has the same problem',
    ]);
    expect(first.cost).toEqual({ ...NOTHING, injectionsKept: 1, injectionsMoved: 1, daysMoved: 2 });
  });

  test('a course that begins early, if only then its last day is a working day', () => {
    // Day 15 is on 15 June from both first days; Day 21 only from the earlier one on a working day.
    const course = { window: { before: 1, after: 0 }, anchor: 'day 1' } as const;
    const cycles = [1, 13] as StudyDay[];
    const window = { before: 0, after: 1 };
    const visits = plan([{ on: [1, 13, 15, 21], cycles, course, window }]);
    const first = only(visits, '06-01', closedOn('06-14', '06-21', '06-22'));
    expect(told(first)).toEqual([
      'D13 Injection 2 of 4: 06-13 → 06-12: a later injection gets a better date; could be 2026-06-12 (-1)',
      'D15 Injection 3 of 4: 06-14 → 06-15: the site is closed; could be 2026-06-15 (+1)',
    ]);
    expect(first.cost).toEqual({ ...NOTHING, injectionsMoved: 2, daysMoved: 2 });
  });
});

describe('a visit without an injection', () => {
  const first = (...assessments: Parameters<typeof plan>[1] & {}) =>
    only(plan([{ on: [1] }], assessments), '06-01');

  test('gets the nearest working day that is in the windows of all its assessments', () => {
    const wide = { before: 9, after: 9 };
    const found = first(
      { name: 'Blood', on: [13], window: { before: 0, after: 4 } },
      { name: 'Mood', on: [13], window: wide },
    );
    expect(told(found)).toEqual([
      'D13 Blood, Mood: 06-13 → 06-15: a Saturday; could be 2026-06-15 (+2)',
    ]);
    expect(found.cost).toEqual({ ...NOTHING, assessmentsMoved: 1 });
    const early = first(
      { name: 'Blood', on: [14], window: { before: 4, after: 0 } },
      { name: 'Mood', on: [14], window: wide },
    );
    expect(told(early)).toEqual([
      'D14 Blood, Mood: 06-14 → 06-12: a Sunday; could be 2026-06-12 (-2)',
    ]);
  });

  test('stays if no date of its window is better, or if one assessment has no window', () => {
    const narrow = first({ name: 'Blood', on: [13], window: { before: 0, after: 1 } });
    expect(told(narrow)).toEqual([
      'D13 Blood: 06-13 → 06-13: a Saturday; every date of its window has the same problem',
    ]);
    expect(narrow.cost).toEqual({ ...NOTHING, assessmentsKept: 1 });
    expect(told(first({ name: 'Blood', on: [13] }))).toEqual([
      'D13 Blood: 06-13 → 06-13: a Saturday; it has no window',
    ]);
    const window = { before: 2, after: 2 };
    expect(told(first({ name: 'Blood', on: [13], window }, { name: 'Mood', on: [13] }))).toEqual([
      'D13 Blood, Mood: 06-13 → 06-13: a Saturday; every date of its window has the same problem',
    ]);
  });

  test('can be before Day 1', () => {
    // Day -2 is two days before Monday.
    expect(told(first({ name: 'Screening', on: [-2], window: { before: 3, after: 0 } }))).toEqual([
      'D-2 Screening: 05-30 → 05-29: a Saturday; could be 2026-05-29 (-1)',
    ]);
  });
});

describe('first days', () => {
  const rank = (visits: readonly Visit[], from: string, to: string, mark = WEEKEND) =>
    rankFirstDays(visits, day(from), day(to), mark).map(
      (one) => `${one.rank} ${one.day1.slice(5)}`,
    );

  test('that cost the same have the same rank, the earlier one first', () => {
    // With a single injection, only a weekend costs something.
    expect(rank(plan([{ on: [1] }]), '06-04', '06-10')).toEqual([
      ...['1 06-04', '1 06-05', '1 06-08', '1 06-09', '1 06-10', '6 06-06', '6 06-07'],
    ]);
  });

  test('are ranked by injections that are kept, then by those that are moved, then by days', () => {
    // Day 6: on Saturday of a Monday, on Sunday of a Tuesday.
    const visits = plan([{ on: [1, 6], window: { before: 0, after: 2 } }]);
    expect(rank(visits, '06-01', '06-06')).toEqual([
      // Day 6 is a working day, then one day and two days late; Day 1 itself is on a Saturday last.
      ...['1 06-03', '1 06-04', '1 06-05', '4 06-02', '5 06-01', '6 06-06'],
    ]);
  });

  test('put one long move before two short ones', () => {
    // Of Monday, Day 6 is moved by two days; of Tuesday, Day 6 and Day 13 by one day each.
    const window = { before: 0, after: 2 };
    const visits = plan([{ on: [1, 6, 13], window, countedFrom: 'day 1' }]);
    expect(rank(visits, '06-02', '06-02')).toEqual(['1 06-02']);
    const closed: MarkDay = (date) =>
      ['2026-06-06', '2026-06-07', '2026-06-14'].includes(date) ? EVERY_DAY(date) : [];
    // Monday: Day 6 on 6 June, two days late. Tuesday: Day 6 on 7 June and Day 13 on 14 June, one day late.
    expect(rank(visits, '06-01', '06-02', closed)).toEqual(['1 06-01', '2 06-02']);
  });

  test('are ranked by visits without an injection last', () => {
    const window = { before: 0, after: 2 };
    const kept = plan([{ on: [1] }], [{ name: 'Blood', on: [6] }]);
    expect(rank(kept, '06-01', '06-03')).toEqual(['1 06-03', '2 06-01', '2 06-02']);
    const moved = plan([{ on: [1] }], [{ name: 'Blood', on: [6], window }]);
    expect(rank(moved, '06-01', '06-03')).toEqual(['1 06-03', '2 06-01', '2 06-02']);
    // One that is kept costs more than two that are moved.
    const both = plan(
      [{ on: [1] }],
      [
        { name: 'Blood', on: [6, 13], window },
        { name: 'Mood', on: [5] },
      ],
    );
    // Monday: Days 6 and 13 are moved. Wednesday: Day 5 is a Sunday.
    expect(rank(both, '06-01', '06-03')).toEqual(['1 06-01', '2 06-03', '3 06-02']);
  });

  test('are ranked by assessments alone if there are no injections', () => {
    const visits = plan([], [{ name: 'Blood', on: [1, 6] }]);
    // Day 6 is on a weekend from Monday and Tuesday on, Day 1 itself on Saturday.
    expect(rank(visits, '06-01', '06-06')).toEqual([
      ...['1 06-03', '1 06-04', '1 06-05', '4 06-01', '4 06-02', '4 06-06'],
    ]);
    expect(only(visits, '06-03').cost).toEqual(NOTHING);
  });

  test('are none if the period has no day', () => {
    expect(rank(plan([{ on: [1] }]), '06-02', '06-01')).toEqual([]);
  });
});
