import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visitsInForce } from '../../src/schedule/visits-in-force.ts';
import { type CalendarSubject, makeCalendar } from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { reviseCalendar } from '../../src/schedule/revisions.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';
import type { Assessment } from '../../src/study/study.ts';

const DAY1 = '2026-06-01' as CivilDate;
const SUBJECT: CalendarSubject = {
  subject: 'S1' as SubjectId,
  site: 'CRT',
  number: 'R001',
  kit: 'XEE6Q3J',
  day1: DAY1,
  made: '2026-05-28T08:00:00.000Z',
};

function planned(days: readonly number[], assessments: Record<string, number[]> = {}) {
  return visitsOf({
    phases: [{ name: 'all', days: days as StudyDay[], window: { before: 1, after: 2 } }],
    assessments: Object.entries(assessments).map(([name, on]): Assessment => {
      return { name, days: on as StudyDay[] };
    }),
  });
}

const given = (seq: number, visit: string, date: string): Happening => ({
  action: 'dose',
  seq,
  time: `2026-06-01T08:00:0${seq}.000Z`,
  visit,
  date: date as CivilDate,
  reason: null,
  deviations: [],
  result: 'given',
  kit: null,
});

const amended = (seq: number, from: string, visits: readonly Visit[]): Happening => ({
  action: 'amendment',
  seq,
  time: `2026-06-01T08:00:0${seq}.000Z`,
  amendment: `A${seq}`,
  from: from as CivilDate,
  visits,
});

const takenBack = (seq: number, retracts: Happening): Happening => {
  return {
    ...retracts,
    seq,
    time: `2026-06-01T08:00:0${seq}.000Z`,
    retracts: retracts.seq,
  } as Happening;
};

const names = (visits: readonly Visit[]) => visits.map(({ name }) => name);

describe('from the date of an amendment on', () => {
  // Day 15 is 2026-06-15.
  const base = planned([1, 8, 15, 22], { Safety: [1, 22] });
  const other = planned([1, 10, 17, 24], { Safety: [24], Scan: [17] });

  test('an injection that was recorded before stays, also if its record is corrected later', () => {
    const early = given(2, 'D15', '2026-06-15');
    const change = amended(3, '2026-06-12', other);
    const corrected = given(4, 'D15', '2026-06-16');
    const kept = names(visitsInForce(base, DAY1, [early, change]).visits);
    expect(kept).toContain('D15');
    expect(names(visitsInForce(base, DAY1, [early, change, corrected]).visits)).toEqual(kept);
  });

  test('a move that is taken back leaves the plan as it was, and the calendar counts both changes', () => {
    const change = amended(3, '2026-06-12', other);
    const happenings = [change, takenBack(4, change)];
    const { visits: asBefore, dropped } = visitsInForce(base, DAY1, happenings);
    expect(asBefore).toEqual(base);
    // What was planned in between is in calendars that people have: it is cancelled there.
    expect(dropped.map(({ visit, why }) => `${visit.name} ${why}`)).toEqual([
      'D17 amendment A3, taken back',
      'D24 amendment A3, taken back',
    ]);
    const { events, amendments } = reviseCalendar(base, SUBJECT, happenings);
    expect(amendments).toEqual([]);
    const injections = events.filter(({ kind }) => kind === 'injection');
    // D15 was planned, cancelled, and planned again; D8 is before the amendment, and counts among as many.
    expect(injections.map(({ visit, status, sequence }) => [visit, status, sequence])).toEqual([
      ['D1', 'planned', 0],
      ['D8', 'planned', 0],
      ['D15', 'planned', 2],
      ['D17', 'cancelled', 1],
      ['D22', 'planned', 2],
      ['D24', 'cancelled', 1],
    ]);
    const again = amended(5, '2026-06-20', other);
    const { visits } = visitsInForce(base, DAY1, [...happenings, again]);
    expect(names(visits)).toEqual(['D1', 'D8', 'D15', 'D24']);
  });

  test('the visits are those of the amended schedule; earlier ones stay', () => {
    const { visits, dropped } = visitsInForce(base, DAY1, [amended(3, '2026-06-12', other)]);
    expect(names(visits)).toEqual(['D1', 'D8', 'D17', 'D24']);
    expect(visits.map(({ injection }) => injection?.index)).toEqual([1, 2, 3, 4]);
    expect(visits.map(({ assessments }) => assessments.map(({ name }) => name))).toEqual([
      ['Safety'],
      [],
      ['Scan'],
      ['Safety'],
    ]);
    expect(dropped.map(({ visit, why }) => [visit.name, why])).toEqual([
      ['D15', 'amendment A3'],
      ['D22', 'amendment A3'],
    ]);
  });

  test('the day itself is counted from Day 1 as it really was', () => {
    const late = [given(2, 'D1', '2026-06-05'), amended(3, '2026-06-12', other)];
    expect(names(visitsInForce(base, DAY1, late).visits)).toEqual(['D1', 'D10', 'D17', 'D24']);
    expect(names(visitsInForce(base, DAY1, [amended(3, '2026-06-08', other)]).visits)).toEqual([
      ...['D1', 'D10', 'D17', 'D24'],
    ]);
  });

  test('a visit that was recorded before it was entered keeps its plan', () => {
    const before = [given(2, 'D15', '2026-06-14'), amended(3, '2026-06-12', other)];
    expect(names(visitsInForce(base, DAY1, before).visits)).toContain('D15');
    const after = [amended(3, '2026-06-12', other), given(4, 'D17', '2026-06-16')];
    expect(names(visitsInForce(base, DAY1, after).visits)).toEqual(['D1', 'D8', 'D17', 'D24']);
  });

  test('a visit that keeps its day gets the new rules', () => {
    const wide = visitsOf({
      phases: [
        { name: 'all', days: [1, 8, 15, 22] as StudyDay[], window: { before: 2, after: 2 } },
      ],
      assessments: [],
    });
    const { visits } = visitsInForce(base, DAY1, [amended(3, '2026-06-12', wide)]);
    expect(visits.map(({ injection }) => injection?.window?.before)).toEqual([undefined, 1, 2, 2]);
  });

  test('another amendment changes it again, and may bring an event back', () => {
    const twice = [amended(3, '2026-06-12', other), amended(4, '2026-06-20', base)];
    const { visits, dropped } = visitsInForce(base, DAY1, twice);
    expect(names(visits)).toEqual(['D1', 'D8', 'D17', 'D22']);
    expect(dropped.map(({ visit }) => visit.name)).toEqual(['D15', 'D24']);
  });

  test('what is dropped stays in the calendar as cancelled, and others count on by SEQUENCE', () => {
    const events = reviseCalendar(base, SUBJECT, [amended(3, '2026-06-12', other)]).events;
    const told = events.map(({ visit, kind, status, sequence }) => {
      return [visit, kind, status, sequence].join(' ');
    });
    expect(told).toEqual([
      ...['D1 injection planned 0', 'D1 assessment planned 0', 'D8 injection planned 0'],
      ...['D15 injection cancelled 1', 'D17 injection planned 0', 'D17 assessment planned 0'],
      ...['D22 injection cancelled 1', 'D22 assessment cancelled 1'],
      ...['D24 injection planned 0', 'D24 assessment planned 0'],
    ]);
    expect(events.find(({ visit }) => visit === 'D15')?.reason).toBe('amendment A3');
  });
});

test('whatever was recorded, an amendment to the same schedule changes no event [R-092]', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 2, max: 90 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 120 }),
      fc.nat(11),
      (days, offset, count) => {
        const visits = planned([1, ...days.toSorted((a, b) => a - b)], { Safety: [1, 60] });
        const from = new Date(Date.parse(DAY1) + offset * 86_400_000).toISOString().slice(0, 10);
        const records = visits
          .filter(({ injection }) => injection !== undefined)
          .slice(0, count)
          .map(({ name, day }, index) => {
            const date = new Date(Date.parse(DAY1) + (day - 1) * 86_400_000);
            return given(index + 2, name, date.toISOString().slice(0, 10));
          });
        const change = amended(records.length + 2, from, visits);
        const { events } = makeCalendar(visits, SUBJECT, [...records, change]);
        expect(events).toEqual(makeCalendar(visits, SUBJECT, records).events);
      },
    ),
  );
});

describe('an assessment that was recorded before a change', () => {
  const base = planned([1, 15], { Blood: [15], Mood: [15], Scan: [60] });
  const attended = (seq: number, visit: string, name: string): Happening => ({
    action: 'attendance',
    seq,
    time: '',
    visit,
    date: '2026-06-10' as CivilDate,
    reason: null,
    deviations: [],
    result: 'done',
    assessments: [name],
  });
  const left = (seq: number): Happening => ({
    action: 'withdrawal',
    seq,
    time: '',
    date: '2026-06-10' as CivilDate,
    from: 'study',
  });
  const shown = (visits: readonly Visit[]) =>
    visits.map(({ name, injection, assessments }) => {
      const own = assessments.map((one) => one.name);
      return [name, ...(injection === undefined ? [] : ['injection']), ...own].join(' ');
    });

  test('stays, without the injection and the other assessments of its visit', () => {
    const { visits, dropped } = visitsInForce(base, DAY1, [attended(3, 'D15', 'Blood'), left(4)]);
    expect(shown(visits)).toEqual(['D1 injection', 'D15 Blood']);
    expect(shown(dropped.map(({ visit }) => visit))).toEqual(['D15 injection Mood', 'D60 Scan']);
    const corrected = [attended(3, 'D15', 'Blood'), left(4), attended(5, 'D15', 'Blood')];
    expect(shown(visitsInForce(base, DAY1, corrected).visits)).toEqual([
      'D1 injection',
      'D15 Blood',
    ]);
  });

  test('does not stay if it was recorded afterwards', () => {
    const { visits } = visitsInForce(base, DAY1, [left(3), attended(4, 'D15', 'Blood')]);
    expect(shown(visits)).toEqual(['D1 injection']);
  });

  test('stays beside what an amendment plans for that day', () => {
    const other = planned([1, 15], { Mood: [15], Photo: [15] });
    const { visits } = visitsInForce(base, DAY1, [
      attended(3, 'D15', 'Blood'),
      amended(4, '2026-06-12', other),
    ]);
    expect(shown(visits)).toEqual(['D1 injection', 'D15 injection Blood Mood Photo']);
  });
});
