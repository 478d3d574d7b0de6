import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateVisits } from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { daysThatMatter, type MarkDay } from '../../src/schedule/days-that-matter.ts';
import { rankFirstDays } from '../../src/schedule/first-days.ts';
import { brokenBy, constraintsOn, legalDates } from '../../src/schedule/legal-dates.ts';
import { flagDays } from '../../src/schedule/proposals.ts';
import { publicHolidays } from '../../src/schedule/public-holidays.ts';
import { reviseCalendar } from '../../src/schedule/revisions.ts';
import { dateOfStudyDay, studyDayOf } from '../../src/schedule/study-day.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import {
  addDays,
  type CivilDate,
  dateOfEpochDay,
  datesBetween,
  daysBetween,
  epochDay,
  parseCivilDate,
  weekday,
} from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';
import type { Phase, Site } from '../../src/study/study.ts';

const date = (text: string) => text as CivilDate;
const anyDate = fc
  .integer({ min: epochDay(date('2000-01-01')), max: epochDay(date('2099-06-30')) })
  .map(dateOfEpochDay);

describe('dates', () => {
  test('are those of the proleptic calendar that Date knows, every day of a century', () => {
    for (let day = epochDay(date('2000-01-01')); day <= epochDay(date('2099-12-31')); day += 1) {
      const text = dateOfEpochDay(day);
      const instant = new Date(`${text}T12:00:00Z`);
      expect(parseCivilDate(text)).toEqual({ date: text });
      expect(epochDay(text)).toBe(day);
      expect(weekday(text)).toBe(instant.getUTCDay() === 0 ? 7 : instant.getUTCDay());
    }
  });

  test('study day and date invert each other, over leap days and years', () => {
    const days = fc.integer({ min: -3653, max: 3653 }).filter((day) => day !== 0);
    fc.assert(
      fc.property(anyDate, days, (day1, day) => {
        const on = dateOfStudyDay(day1, day as StudyDay);
        expect(studyDayOf(day1, on)).toBe(day);
        expect(daysBetween(day1, on)).toBe(day > 0 ? day - 1 : day);
      }),
    );
  });
});

/** A schedule of one phase with about one injection per week. */
const anyPhase: fc.Arbitrary<Phase> = fc
  .record({
    gaps: fc.array(fc.integer({ min: 5, max: 9 }), { minLength: 1, maxLength: 5 }),
    before: fc.integer({ min: 0, max: 2 }),
    after: fc.integer({ min: 0, max: 2 }),
    leastInterval: fc.integer({ min: 1, max: 5 }),
    countedFrom: fc.constantFrom('day 1' as const, 'visit before' as const),
    afterMissed: fc.constantFrom('nothing' as const, 'move' as const),
  })
  .map(({ gaps, before, after, ...rules }) => {
    const days = gaps.reduce<number[]>((all, gap) => [...all, all.at(-1)! + gap], [1]);
    return { name: 'a', days: days as StudyDay[], window: { before, after }, ...rules };
  });

const WEEKEND: MarkDay = daysThatMatter({ code: 'X', name: 'X' }, () => []);

describe('a schedule', () => {
  test('without records is Day 1 and the planned days', () => {
    fc.assert(
      fc.property(anyPhase, anyDate, (phase, day1) => {
        const visits = visitsOf({ phases: [phase], assessments: [] });
        const dated = dateVisits(visits, day1, []).visits;
        expect(dated.map((one) => daysBetween(day1, one.date) + 1)).toEqual(phase.days);
      }),
    );
  });

  test('with a late or missed injection moves the later ones as its rules say [R-073]', () => {
    fc.assert(
      fc.property(
        anyPhase,
        anyDate,
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        (phase, day1, late, isMissed) => {
          const visits = visitsOf({ phases: [phase], assessments: [] });
          const plan = dateVisits(visits, day1, []).visits;
          const second = plan[1]!;
          const happened: Happening[] = [
            record(1, 'D1', day1, 'given'),
            record(
              2,
              second.visit.name,
              addDays(second.date, late),
              isMissed ? 'not done' : 'given',
            ),
          ];
          const after = dateVisits(visits, day1, happened).visits.slice(2);
          const moves = isMissed
            ? phase.afterMissed === 'move'
            : phase.countedFrom === 'visit before';
          for (const [index, one] of after.entries()) {
            expect(daysBetween(plan[index + 2]!.date, one.date)).toBe(moves ? late : 0);
          }
        },
      ),
    );
  });

  test('allows exactly the dates that break no rule, and proposes only working days [R-071]', () => {
    fc.assert(
      fc.property(anyPhase, anyDate, (phase, day1) => {
        const visits = visitsOf({ phases: [phase], assessments: [] });
        const { visits: dated } = dateVisits(visits, day1, []);
        for (const { visit, date: planned } of dated.slice(1)) {
          const constraints = constraintsOn(dated, visit.name, 'move');
          const legal = legalDates(constraints);
          const around = datesBetween(addDays(planned, -12), addDays(planned, 12));
          const free = around.filter((one) => brokenBy(constraints, one).length === 0);
          expect(free).toEqual(legal === undefined ? [] : datesBetween(legal.from!, legal.to!));
          const flag = flagDays(visits, day1, [], WEEKEND).find((one) => one.visit === visit.name);
          expect(flag === undefined).toBe(weekday(planned) < 6);
          if (flag === undefined) continue;
          expect([...flag.proposals].sort()).toEqual(free.filter((one) => weekday(one) < 6));
        }
      }),
    );
  });

  test('a SEQUENCE never decreases, for any records', () => {
    const moves = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.integer({ min: -2, max: 2 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyPhase, anyDate, moves, (phase, day1, moved) => {
        const visits = visitsOf({ phases: [phase], assessments: [] });
        const subject = {
          subject: 'A' as SubjectId,
          site: 'X',
          number: 'R1',
          kit: 'K',
          day1,
          made: '2026-01-01T00:00:00.000Z',
        };
        const happened = moved.map(([place, days], index): Happening => {
          const visit = visits[place % visits.length]!;
          const on = addDays(dateOfStudyDay(day1, visit.day), days);
          return {
            seq: index,
            time: '',
            visit: visit.name,
            date: on,
            reason: null,
            deviations: [],
            action: 'move',
          };
        });
        let before = new Map<string, number>();
        for (let count = 0; count <= happened.length; count += 1) {
          const { events } = reviseCalendar(visits, subject, happened.slice(0, count));
          for (const event of events) {
            expect(event.sequence).toBeGreaterThanOrEqual(before.get(event.visit) ?? 0);
          }
          before = new Map(events.map((event) => [event.visit, event.sequence]));
        }
      }),
    );
  });
});

function record(
  seq: number,
  visit: string,
  on: CivilDate,
  result: 'given' | 'not done',
): Happening {
  const about = { seq, time: '', visit, date: on, reason: null, deviations: [] };
  return { ...about, action: 'dose', result, kit: null };
}

/** The least cost of all ways to place the injections, by brute force. */
function leastCost(visits: readonly Visit[], day1: CivilDate, mark: MarkDay): number[] {
  const ways: { dates: CivilDate[]; cost: [number, number, number] }[] = [
    { dates: [day1], cost: [mark(day1).length > 0 ? 1 : 0, 0, 0] },
  ];
  for (const [index, { injection, day }] of visits.entries()) {
    if (index === 0) continue;
    const { before, after } = injection!.window!;
    const longer = ways.splice(0).flatMap(({ dates, cost }) => {
      const last = dates.at(-1)!;
      const planned =
        injection!.countedFrom === 'day 1'
          ? dateOfStudyDay(day1, day)
          : addDays(last, day - visits[index - 1]!.day);
      return datesBetween(addDays(planned, -before), addDays(planned, after))
        .filter((one) => daysBetween(last, one) >= injection!.leastInterval)
        .map((one): (typeof ways)[number] => {
          const days = Math.abs(daysBetween(planned, one));
          const kept = cost[0] + (mark(one).length > 0 ? 1 : 0);
          return {
            dates: [...dates, one],
            cost: [kept, cost[1] + (days > 0 ? 1 : 0), cost[2] + days],
          };
        });
    });
    ways.push(...longer);
  }
  const order = (a: number[], b: number[]) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!;
  return ways.map(({ cost }) => cost).sort(order)[0]!;
}

test('the ranking of first days is the same as by brute force', () => {
  const short = anyPhase.filter(({ days }) => days.length <= 5);
  fc.assert(
    fc.property(short, anyDate, (phase, from) => {
      const visits = visitsOf({ phases: [phase], assessments: [] });
      const ranked = rankFirstDays(visits, from, addDays(from, 6), WEEKEND);
      expect(ranked).toHaveLength(7);
      for (const { day1, cost } of ranked) {
        const kept = cost.injectionsKept;
        // A kept one may be moved anyway; then it counts as kept.
        const [leastKept, , leastDays] = leastCost(visits, day1, WEEKEND);
        expect([kept, cost.daysMoved]).toEqual([leastKept, leastDays]);
      }
    }),
    { numRuns: 40 },
  );
});

describe('French holidays', () => {
  const names = (site: Partial<Site>, year: number) =>
    publicHolidays()({ code: 'X', name: 'X', country: 'FR', ...site }, year).map(
      (one) => `${one.date.slice(5)} ${one.name}`,
    );

  test('of 2027, from the law (Code du travail, L3133-1) [R-072]', () => {
    expect(names({}, 2027)).toEqual([
      ...['01-01 Nouvel An', '03-29 Lundi de Pâques', '05-01 Fête du travail', '05-06 Ascension'],
      ...['05-08 Fête de la Victoire 1945', '05-17 Lundi de Pentecôte'],
      ...['07-14 Fête Nationale de la France', '08-15 Assomption', '11-01 Toussaint'],
      ...['11-11 Armistice 1918', '12-25 Noël'],
    ]);
  });

  test.each(['57', '67', '68'])('Alsace-Moselle (%s) has two more', (region) => {
    const all = names({ region }, 2027);
    const more = all.filter((one) => !names({}, 2027).includes(one));
    expect(more).toEqual(['03-26 Vendredi saint', '12-26 Lendemain de Noël']);
  });

  test('an unknown country or region is an error', () => {
    expect(() => names({ country: 'XX' }, 2027)).toThrow('unknown country "XX"');
    expect(() => names({ region: 'A' }, 2027)).toThrow('unknown region "A" of FR');
  });
});

describe('the table of known first days', () => {
  const dates = (day1: string) => {
    const phases = [
      { name: 'induction', days: [1, 2, 3, 4, 5] as StudyDay[] },
      { name: 'maintenance', days: [15, 22, 29, 36] as StudyDay[] },
    ];
    const visits = visitsOf({ phases, assessments: [] });
    const { visits: dated } = dateVisits(visits, date(day1), []);
    return new Map(dated.map((one): [string, string] => [one.visit.name, one.date]));
  };

  test.each([
    ['2026-12-21', 'D5', '2026-12-25'],
    ['2026-12-21', 'D15', '2027-01-04'],
    ['2026-04-17', 'D15', '2026-05-01'],
    ['2026-04-17', 'D22', '2026-05-08'],
    ['2027-03-25', 'D4', '2027-03-28'],
    ['2027-03-25', 'D5', '2027-03-29'],
    ['2026-03-26', 'D4', '2026-03-29'],
  ])('Day 1 on %s: %s is %s', (day1, visit, expected) => {
    expect(dates(day1).get(visit)).toBe(expected);
  });
});
