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

  test('is planned once if an amendment plans it for that day too', () => {
    const { visits } = visitsInForce(base, DAY1, [
      attended(3, 'D15', 'Blood'),
      amended(4, '2026-06-12', planned([1, 15], { Blood: [15], Mood: [15] })),
    ]);
    expect(shown(visits)).toEqual(['D1 injection', 'D15 injection Blood Mood']);
  });

  test('and others that were recorded are each planned once', () => {
    const { visits } = visitsInForce(base, DAY1, [
      attended(3, 'D15', 'Blood'),
      attended(4, 'D15', 'Mood'),
      amended(5, '2026-06-12', planned([1, 15], { Blood: [15], Mood: [15], Photo: [15] })),
    ]);
    expect(shown(visits)).toEqual(['D1 injection', 'D15 injection Blood Mood Photo']);
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

describe('a withdrawal', () => {
  const base = planned([1, 8, 15], { Blood: [8], Mood: [15, 20] });
  const left = (seq: number, date: string, from: 'treatment' | 'study'): Happening => {
    return { action: 'withdrawal', seq, time: '', date: date as CivilDate, from };
  };
  const shown = (visits: readonly Visit[]) =>
    visits.map(({ name, injection, assessments }) => {
      const of = injection && `${injection.index}/${injection.of}`;
      return [name, of, ...assessments.map((one) => one.name)].filter((one) => one).join(' ');
    });
  const after = (...happenings: Happening[]) => {
    const { visits, dropped } = visitsInForce(base, DAY1, happenings);
    return [shown(visits), dropped.map(({ visit, why }) => `${shown([visit]).join()}: ${why}`)];
  };

  test('from treatment leaves the assessments; the day itself is still planned', () => {
    // Day 8 is 8 June.
    expect(after(left(2, '2026-06-08', 'treatment'))).toEqual([
      ['D1 1/3', 'D8 2/3 Blood', 'D15 Mood', 'D20 Mood'],
      ['D15 3/3: withdrawn from treatment'],
    ]);
    expect(after(left(2, '2026-06-07', 'treatment'))).toEqual([
      ['D1 1/3', 'D8 Blood', 'D15 Mood', 'D20 Mood'],
      ['D8 2/3: withdrawn from treatment', 'D15 3/3: withdrawn from treatment'],
    ]);
  });

  test('from the study leaves nothing', () => {
    expect(after(left(2, '2026-06-08', 'study'))).toEqual([
      ['D1 1/3', 'D8 2/3 Blood'],
      ['D15 3/3 Mood: withdrawn from study', 'D20 Mood: withdrawn from study'],
    ]);
  });

  test('leaves an injection that was recorded before', () => {
    expect(after(given(2, 'D15', '2026-06-15'), left(3, '2026-06-08', 'study'))).toEqual([
      ['D1 1/3', 'D8 2/3 Blood', 'D15 3/3 Mood'],
      ['D20 Mood: withdrawn from study'],
    ]);
    expect(after(left(2, '2026-06-08', 'study'), given(3, 'D15', '2026-06-15'))[0]).toEqual([
      ...['D1 1/3', 'D8 2/3 Blood'],
    ]);
  });

  test('counts also if an amendment comes later, and not if it is taken back', () => {
    const away = left(2, '2026-06-08', 'study');
    const other = amended(3, '2026-06-08', planned([1, 8, 15, 29]));
    expect(after(away, other)[0]).toEqual(['D1 1/4', 'D8 2/4']);
    expect(after(away, takenBack(3, away))).toEqual([shown(base), []]);
  });

  test('from the study comes after one from treatment', () => {
    const both = [left(2, '2026-06-01', 'treatment'), left(3, '2026-06-16', 'study')];
    expect(after(...both)).toEqual([
      ['D1 1/3', 'D8 Blood', 'D15 Mood'],
      [
        'D8 2/3: withdrawn from treatment',
        'D15 3/3: withdrawn from treatment',
        'D20 Mood: withdrawn from study',
      ],
    ]);
  });
});

test('nothing that happened to a plan leaves it as it is', () => {
  const base = planned([1, 8]);
  const { visits, dropped } = visitsInForce(base, DAY1, [given(2, 'D1', '2026-06-02')]);
  expect(visits).toBe(base);
  expect(dropped).toEqual([]);
});

describe('an amendment', () => {
  const assessmentsOf = (visits: readonly Visit[]) =>
    visits.map(({ name, injection, assessments }) => {
      const own = assessments.map((one) => one.name);
      return [name, ...(injection === undefined ? [] : ['injection']), ...own].join(' ');
    });

  test('drops one event of a visit, and adds another', () => {
    const base = planned([1, 8], { Blood: [8], Mood: [8] });
    const { visits, dropped } = visitsInForce(base, DAY1, [
      amended(2, '2026-06-02', planned([1], { Mood: [8], Photo: [8] })),
    ]);
    expect(assessmentsOf(visits)).toEqual(['D1 injection', 'D8 Mood Photo']);
    expect(dropped.map(({ visit }) => assessmentsOf([visit]).join())).toEqual([
      'D8 injection Blood',
    ]);
  });

  test('plans what comes before an earlier visit in the order of days', () => {
    const base = planned([1, 20]);
    const early = given(2, 'D20', '2026-06-20');
    const { visits } = visitsInForce(base, DAY1, [
      early,
      amended(3, '2026-06-05', planned([1, 10, 20, 30])),
    ]);
    expect(
      visits.map(({ name, injection }) => `${name} ${injection?.index}/${injection?.of}`),
    ).toEqual(['D1 1/4', 'D10 2/4', 'D20 3/4', 'D30 4/4']);
  });

  test('that is taken back is cancelled from its date on, and only what is not planned again', () => {
    const base = planned([1, 8], { Blood: [8] });
    const change = amended(2, '2026-06-05', planned([1, 3, 8, 10], { Blood: [8, 10], Mood: [8] }));
    const { visits, dropped } = visitsInForce(base, DAY1, [change, takenBack(3, change)]);
    expect(visits).toBe(base);
    expect(dropped.map(({ visit, why }) => `${assessmentsOf([visit]).join()}: ${why}`)).toEqual([
      'D8 Mood: amendment A2, taken back',
      'D10 injection Blood: amendment A2, taken back',
    ]);
  });

  test('that is taken back does not name what another one took out', () => {
    const base = planned([1, 8]);
    const first = amended(2, '2026-06-05', planned([1, 9]));
    const second = amended(4, '2026-06-05', planned([1, 9, 12]));
    const third = amended(5, '2026-06-05', planned([1, 8]));
    const { dropped } = visitsInForce(base, DAY1, [first, takenBack(3, first), second, third]);
    expect(dropped.map(({ visit, why }) => `${visit.name} ${why}`)).toEqual([
      'D9 amendment A5',
      'D12 amendment A5',
    ]);
  });

  test('counts its date from Day 1 of a study without injections', () => {
    const assessments = (on: number[]): Assessment[] => [
      { name: 'Blood', days: on as StudyDay[] },
      { name: 'Mood', days: on as StudyDay[] },
    ];
    const base = visitsOf({ phases: [], assessments: assessments([1, 8]) });
    const other = visitsOf({ phases: [], assessments: assessments([1, 9]) });
    const attendedOn = (name: string, result: 'done' | 'not done'): Happening => ({
      action: 'attendance',
      seq: 2,
      time: '',
      visit: 'D1',
      date: '2026-06-05' as CivilDate,
      reason: null,
      deviations: [],
      assessments: [name],
      result,
    });
    const after = (record: Happening) =>
      names(visitsInForce(base, DAY1, [record, amended(3, '2026-06-09', other)]).visits);
    // Day 8 is 12 June if Day 1 was 5 June, and else 8 June.
    expect(after(attendedOn('Blood', 'done'))).toEqual(['D1', 'D9']);
    expect(after(attendedOn('Mood', 'done'))).toEqual(['D1', 'D8', 'D9']);
    expect(after(attendedOn('Blood', 'not done'))).toEqual(['D1', 'D8', 'D9']);
  });
});

test('a visit that a change leaves without any event is not a visit', () => {
  const away: Happening = {
    action: 'withdrawal',
    seq: 2,
    time: '',
    date: '2026-06-02' as CivilDate,
    from: 'treatment',
  };
  expect(names(visitsInForce(planned([1, 8]), DAY1, [away]).visits)).toEqual(['D1']);
});

test('an injection that was recorded before an amendment gets no new assessments', () => {
  const early = given(2, 'D15', '2026-06-15');
  const other = planned([1, 15], { Photo: [15] });
  const { visits, dropped } = visitsInForce(planned([1, 15]), DAY1, [
    early,
    amended(3, '2026-06-12', other),
  ]);
  expect(visits.map(({ assessments }) => assessments.length)).toEqual([0, 0]);
  // They were never planned, so that nothing is cancelled.
  expect(dropped).toEqual([]);
});

test('what an amendment plans for its very day is cancelled if it is taken back', () => {
  // Day 5 is 5 June.
  const change = amended(2, '2026-06-05', planned([1, 5, 8]));
  const { dropped } = visitsInForce(planned([1, 8]), DAY1, [change, takenBack(3, change)]);
  expect(dropped.map(({ visit }) => visit.name)).toEqual(['D5']);
});

test('an amendment that is taken back counts from its own date, not from that of the entry that says so', () => {
  const change = amended(2, '2026-06-05', planned([1, 3, 8, 10]));
  const back = { ...takenBack(3, change), from: DAY1 } as Happening;
  const { dropped } = visitsInForce(planned([1, 8]), DAY1, [change, back]);
  expect(dropped.map(({ visit }) => visit.name)).toEqual(['D10']);
});
