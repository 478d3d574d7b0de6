import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateVisits, makeCalendar } from '../../src/schedule/calendar.ts';
import { daysThatMatter, type MarkDay } from '../../src/schedule/days-that-matter.ts';
import { judgeCalendar } from '../../src/schedule/deviations.ts';
import { rankFirstDays } from '../../src/schedule/first-days.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { brokenBy, constraintsOn, legalDates } from '../../src/schedule/legal-dates.ts';
import { findConflicts, flagDays } from '../../src/schedule/proposals.ts';
import { changesBetween, reviseCalendar } from '../../src/schedule/revisions.ts';
import { beginsCourse, type Visit, visitsOf, visitText } from '../../src/schedule/visits.ts';
import { addDays, type CivilDate, datesBetween, daysBetween } from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';
import type { CourseRules } from '../../src/study/sections/schedule.ts';
import type { Phase } from '../../src/study/study.ts';

/** A Monday. */
const DAY1 = '2026-06-01' as CivilDate;
const SUBJECT = {
  subject: 'S1' as SubjectId,
  site: 'PAR',
  number: 'R001',
  kit: 'XEE6Q3J',
  day1: DAY1,
  made: '2026-05-28T08:00:00.000Z',
};
const WEEKEND: MarkDay = daysThatMatter({ code: 'X', name: 'X' }, () => []);

/** Five days every 28 days, three times. */
function fiveDays(course: CourseRules, more: Partial<Phase> = {}): Visit[] {
  const cycles = [1, 29, 57];
  const days = cycles.flatMap((first) => [0, 1, 2, 3, 4].map((offset) => first + offset));
  const phase = { name: 'treatment', days: days as StudyDay[], cycles: cycles as StudyDay[] };
  return visitsOf({ phases: [{ ...phase, course, ...more }], assessments: [] });
}

const FIXED = fiveDays({ window: { before: 3, after: 3 }, anchor: 'day 1' });
const RELATIVE = fiveDays({ window: { before: 3, after: 3 }, anchor: 'course before' });

const about = (seq: number, visit: string, date: string) => ({
  seq,
  time: `2026-06-01T08:00:${String(seq).padStart(2, '0')}.000Z`,
  visit,
  date: date as CivilDate,
  reason: null,
  deviations: [],
});
const moved = (seq: number, visit: string, date: string): Happening => {
  return { ...about(seq, visit, date), action: 'move' };
};
const given = (seq: number, visit: string, date: string): Happening => {
  return { ...about(seq, visit, date), action: 'dose', result: 'given', kit: null };
};
const missed = (seq: number, visit: string, date: string): Happening => {
  return { ...about(seq, visit, date), action: 'dose', result: 'not done', kit: null };
};

/** The month and the day of each injection from a study day on. */
function datesFrom(day: number, visits: readonly Visit[], happenings: Happening[]): string[] {
  const dated = dateVisits(visits, DAY1, happenings).visits;
  return dated.filter(({ visit }) => visit.day >= day).map(({ date }) => date.slice(5));
}

describe('a course of five days', () => {
  // By hand: Day 29 is 29 June, Day 57 is 27 July.
  const SECOND = ['06-29', '06-30', '07-01', '07-02', '07-03'];
  const SECOND_LATE = ['07-01', '07-02', '07-03', '07-04', '07-05'];
  const THIRD = ['07-27', '07-28', '07-29', '07-30', '07-31'];
  const THIRD_LATE = ['07-29', '07-30', '07-31', '08-01', '08-02'];

  test('is planned on its days', () => {
    expect(datesFrom(29, FIXED, [])).toEqual([...SECOND, ...THIRD]);
    expect(datesFrom(29, RELATIVE, [])).toEqual([...SECOND, ...THIRD]);
  });

  test.each([
    ['moved', moved],
    ['given', given],
  ])(
    'that is %s on another first day goes with it, and the next is counted from Day 1',
    (_, on) => {
      expect(datesFrom(29, FIXED, [on(2, 'D29', '2026-07-01')])).toEqual([
        ...SECOND_LATE,
        ...THIRD,
      ]);
    },
  );

  test('moves the next one if that is counted from the course before', () => {
    const late = [moved(2, 'D29', '2026-07-01')];
    expect(datesFrom(29, RELATIVE, late)).toEqual([...SECOND_LATE, ...THIRD_LATE]);
  });

  test('leaves an injection that was moved by itself, and a later day moves no other', () => {
    const late = [moved(2, 'D31', '2026-07-04'), moved(3, 'D29', '2026-06-30')];
    expect(datesFrom(29, FIXED, late).slice(0, 5)).toEqual([
      ...['06-30', '07-01', '07-04', '07-03', '07-04'],
    ]);
    expect(datesFrom(29, FIXED, [given(2, 'D33', '2026-07-06')]).slice(4)).toEqual([
      ...['07-06', ...THIRD],
    ]);
  });

  test('stays where it was moved if its first day is missed', () => {
    const happened = [moved(2, 'D29', '2026-07-01'), missed(3, 'D29', '2026-07-01')];
    expect(datesFrom(30, FIXED, happened).slice(0, 4)).toEqual(SECOND_LATE.slice(1));
  });

  test('stays where it was if its first day is missed on another day than planned', () => {
    expect(datesFrom(30, FIXED, [missed(2, 'D29', '2026-07-01')])).toEqual([
      ...SECOND.slice(1),
      ...THIRD,
    ]);
    // It was moved to 1 July, and given up on the day before the first.
    const visits = fiveDays({ anchor: 'day 1' }, { afterMissed: 'move' });
    const happened = [moved(2, 'D29', '2026-07-01'), missed(3, 'D29', '2026-06-29')];
    expect(datesFrom(30, visits, happened).slice(0, 4)).toEqual(SECOND_LATE.slice(1));
  });

  test('with afterMissed: move is longer by a missed day; the next is not', () => {
    const visits = fiveDays({ anchor: 'day 1' }, { afterMissed: 'move' });
    // Day 31 was planned for 1 July and given up two days later.
    expect(datesFrom(29, visits, [missed(2, 'D31', '2026-07-03')])).toEqual([
      ...['06-29', '06-30', '07-03', '07-04', '07-05', ...THIRD],
    ]);
    expect(datesFrom(29, visits, [missed(2, 'D29', '2026-07-01')])).toEqual([
      ...SECOND_LATE,
      ...THIRD,
    ]);
  });

  test('moves with Day 1, like everything', () => {
    const dates = datesFrom(1, FIXED, [given(2, 'D1', '2026-06-03')]);
    expect([dates[1], dates[4], dates[5], dates[10]]).toEqual(['06-04', '06-07', '07-01', '07-29']);
  });

  test('has its window on its first day, and the others that of the phase', () => {
    const { events } = makeCalendar(
      fiveDays(
        { window: { before: 3, after: 3 }, anchor: 'day 1' },
        { window: { before: 0, after: 0 } },
      ),
      SUBJECT,
      [moved(2, 'D29', '2026-07-01')],
    );
    const windows = new Map(events.map(({ visit, window }) => [visit, window]));
    expect(windows.get('D1')).toBeNull();
    expect(windows.get('D29')).toEqual({ from: '2026-06-26', to: '2026-07-02' });
    expect(windows.get('D30')).toEqual({ from: '2026-07-02', to: '2026-07-02' });
  });

  test('has names by cycle, also in its calendar', () => {
    expect(FIXED.map(visitText).slice(4, 7)).toEqual([
      ...['D5 (Cycle 1 Day 5)', 'D29 (Cycle 2 Day 1)', 'D30 (Cycle 2 Day 2)'],
    ]);
    expect(makeCalendar(FIXED, SUBJECT).events[14]).toMatchObject({
      visit: 'D61',
      cycle: 'Cycle 3 Day 5',
      title: 'Injection 15 of 15',
    });
  });

  test('changes in the calendar as a whole, and each event has a higher SEQUENCE', () => {
    const late = [moved(2, 'D29', '2026-07-01')];
    const changes = changesBetween(
      makeCalendar(FIXED, SUBJECT),
      makeCalendar(FIXED, SUBJECT, late),
    );
    expect(changes.map(({ visit, to }) => `${visit} ${to.slice(5)}`)).toEqual([
      ...['D30 07-02', 'D31 07-03', 'D32 07-04', 'D29 07-01', 'D33 07-05'].toSorted(),
    ]);
    const { events } = reviseCalendar(FIXED, SUBJECT, late);
    expect(events.filter(({ sequence }) => sequence > 0).map(({ visit }) => visit)).toEqual([
      ...['D29', 'D30', 'D31', 'D32', 'D33'],
    ]);
  });

  test('given outside its window is one deviation, not five', () => {
    const happened = [
      ...[
        given(2, 'D29', '2026-07-03'),
        given(3, 'D30', '2026-07-04'),
        given(4, 'D31', '2026-07-05'),
      ],
    ];
    const calendar = reviseCalendar(FIXED, SUBJECT, happened);
    const judged = judgeCalendar(FIXED, calendar, happened, {
      randomizedOn: DAY1,
      kitDeviations: () => [],
    });
    const found = judged.events.flatMap(({ visit, deviations }) =>
      deviations.map(({ rule }) => `${visit} ${rule}`),
    );
    expect(found).toEqual(['D29 window']);
  });
});

describe('the dates that are allowed for the first day of a course', () => {
  const wide = fiveDays(
    { window: { before: 24, after: 24 }, anchor: 'day 1' },
    { leastInterval: 1 },
  );
  const legal = (visits: readonly Visit[], happened: Happening[], name = 'D29') => {
    const dated = dateVisits(visits, DAY1, happened).visits;
    return legalDates(constraintsOn(dated, name, 'move'));
  };

  test('leave room for all its days', () => {
    // After D5 on 5 June; D33 comes four days later and before D57 on 27 July.
    expect(legal(wide, [])).toEqual({ from: '2026-06-06', to: '2026-07-22' });
    const rested = fiveDays(
      { window: { before: 24, after: 24 }, anchor: 'day 1' },
      { leastInterval: 1 },
    ).map((visit) => {
      const { injection } = visit;
      return visit.day === 57 && injection
        ? { ...visit, injection: { ...injection, leastInterval: 14 } }
        : visit;
    });
    expect(legal(rested, [])).toEqual({ from: '2026-06-06', to: '2026-07-09' });
  });

  test('have no end at a course that is counted from it', () => {
    expect(legal(RELATIVE, [])).toEqual({ from: '2026-06-26', to: '2026-07-02' });
    const far = fiveDays({ window: { before: 24, after: 60 }, anchor: 'course before' });
    expect(legal(far, [])?.to).toBe('2026-08-28');
  });

  test('keep the order with a day of the course that was moved by itself', () => {
    // D31 stays on 4 July: D30 must come before it, D32 after it.
    const own = [moved(2, 'D31', '2026-07-04')];
    expect(legal(wide, own)).toEqual({ from: '2026-07-02', to: '2026-07-02' });
    const dated = dateVisits(wide, DAY1, own).visits;
    const texts = brokenBy(constraintsOn(dated, 'D29', 'move'), '2026-06-29' as CivilDate);
    expect(texts.map(({ text }) => text)).toEqual([
      'D32 moves with it: it must come after D31, moved to 2026-07-04',
    ]);
  });

  test('what a late dose leaves in conflict is said', () => {
    // D33 is on 28 July then, a day after D57.
    const conflicts = findConflicts(wide, DAY1, [given(2, 'D29', '2026-07-24')]);
    expect(conflicts.map(({ visit }) => visit)).toEqual(['D57']);
  });
});

describe('better dates', () => {
  test('of a course spare its other days too', () => {
    // Day 1 on a Saturday: D29 is a Saturday too, and its course runs to a Wednesday.
    const day1 = '2026-06-06' as CivilDate;
    const flags = flagDays(FIXED, day1, [], WEEKEND);
    const second = flags.find(({ visit }) => visit === 'D29')!;
    expect(second.date).toBe('2026-07-04');
    // From Monday, 6 July, the whole course is on working days; on other dates it is not.
    expect(second.proposals[0]).toBe('2026-07-06');
    expect(second.reason).toContain('the course moves with it');
    expect(flags.find(({ visit }) => visit === 'D30')!.reason).toBe(
      'it has no window in study.yaml; it moves with D29, the first day of its course',
    );
  });

  const short = (
    first: number,
    inside: number[],
    before: number,
    after: number,
    anchor: CourseRules['anchor'],
  ) => {
    const cycles = [1, first, 2 * first - 1];
    const days = cycles.flatMap((one) => inside.map((offset) => one + offset));
    return visitsOf({
      phases: [
        {
          name: 'a',
          days: days as StudyDay[],
          cycles: cycles as StudyDay[],
          course: { window: { before, after }, anchor },
          window: { before: 0, after: 1 },
          leastInterval: 1,
        },
      ],
      assessments: [],
    });
  };

  /** The least number of injections on days that matter, by brute force. */
  function leastKept(visits: readonly Visit[], day1: CivilDate): number {
    const isKept = (date: CivilDate) => (WEEKEND(date).length > 0 ? 1 : 0);
    let ways = [{ last: day1, start: day1, first: 1, kept: isKept(day1) }];
    for (const visit of visits.slice(1)) {
      const { window, leastInterval, course } = visit.injection!;
      ways = ways.flatMap((way) => {
        const isNew = beginsCourse(visit);
        const from = isNew && course!.anchor === 'day 1' ? { start: day1, first: 1 } : way;
        const planned = addDays(from.start, visit.day - from.first);
        return datesBetween(addDays(planned, -window!.before), addDays(planned, window!.after))
          .filter((date) => daysBetween(way.last, date) >= leastInterval)
          .map((date) => ({
            last: date,
            start: isNew ? date : way.start,
            first: isNew ? visit.day : way.first,
            kept: way.kept + isKept(date),
          }));
      });
    }
    return Math.min(...ways.map(({ kept }) => kept));
  }

  test('for Day 1 are the same as by brute force', () => {
    const anchors = fc.constantFrom('day 1' as const, 'course before' as const);
    const ends = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(ends, ends, anchors, fc.nat(6), (before, after, anchor, offset) => {
        const visits = short(12, [0, 1, 4], before, after, anchor);
        const from = addDays(DAY1, offset);
        for (const { day1, cost } of rankFirstDays(visits, from, addDays(from, 1), WEEKEND)) {
          expect(cost.injectionsKept).toBe(leastKept(visits, day1));
        }
      }),
      { numRuns: 20 },
    );
  });
});

/** Cycles of some days each, with windows that leave them apart. */
const anyCourses = fc
  .record({
    inside: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
    count: fc.integer({ min: 2, max: 5 }),
    period: fc.integer({ min: 20, max: 35 }),
    width: fc.integer({ min: 0, max: 5 }),
    anchor: fc.constantFrom('day 1' as const, 'course before' as const),
  })
  .map(({ inside, count, period, width, anchor }) => {
    const cycles = Array.from({ length: count }, (_, index) => 1 + index * period);
    const offsets = [0, ...inside.toSorted((a, b) => a - b)];
    const days = cycles.flatMap((first) => offsets.map((offset) => first + offset));
    const window = { before: width, after: width };
    const phase: Phase = {
      name: 'a',
      days: days as StudyDay[],
      cycles: cycles as StudyDay[],
      course: { window, anchor },
    };
    return { visits: visitsOf({ phases: [phase], assessments: [] }), anchor, width };
  });

describe('whatever course is moved inside its window', () => {
  const someMove = fc.record({
    courses: anyCourses,
    place: fc.nat(),
    days: fc.integer({ min: -5, max: 5 }),
  });

  test('every injection of it moves by the same days, and with anchor day 1 no other course moves', () => {
    fc.assert(
      fc.property(someMove, ({ courses: { visits, anchor, width }, place, days }) => {
        const firsts = visits.filter((visit) => beginsCourse(visit) && visit.day > 1);
        const first = firsts[place % firsts.length]!;
        const by = Math.max(-width, Math.min(width, days)) || 0;
        const before = dateVisits(visits, DAY1, []).visits;
        const date = addDays(before.find(({ visit }) => visit === first)!.date, by);
        const after = dateVisits(visits, DAY1, [moved(2, first.name, date)]).visits;
        for (const [index, one] of after.entries()) {
          const isSame = one.visit.injection!.course!.firstDay === first.day;
          const isLater = one.visit.day > first.day;
          const moves = isSame || (isLater && anchor === 'course before');
          expect(daysBetween(before[index]!.date, one.date)).toBe(moves ? by : 0);
          if (!moves) expect(one.planned).toBe(before[index]!.planned);
        }
        const dates = after.map((one) => one.date);
        expect(dates).toEqual([...new Set(dates)].toSorted());
      }),
    );
  });

  test('every date that is allowed leaves no conflict, and the days beside them do', () => {
    fc.assert(
      fc.property(anyCourses, fc.nat(), ({ visits }, place) => {
        const firsts = visits.filter((visit) => beginsCourse(visit) && visit.day > 1);
        const { name } = firsts[place % firsts.length]!;
        const dated = dateVisits(visits, DAY1, []).visits;
        const { from, to } = legalDates(constraintsOn(dated, name, 'move'))!;
        for (const date of datesBetween(from!, to!)) {
          expect(findConflicts(visits, DAY1, [moved(2, name, date)])).toEqual([]);
        }
        for (const date of [addDays(from!, -1), addDays(to!, 1)]) {
          expect(findConflicts(visits, DAY1, [moved(2, name, date)])).not.toEqual([]);
        }
      }),
    );
  });
});
