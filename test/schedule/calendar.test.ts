import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCalendar } from '../../src/schedule/calendar.ts';
import { dateOfStudyDay, trialWeek } from '../../src/schedule/study-day.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';
import { templateStudy } from '../support/designs.ts';

const visits = visitsOf(templateStudy().schedule);

function calendarFrom(day1: string) {
  return makeCalendar(visits, {
    subject: 'CRT-001' as SubjectId,
    site: 'CRT',
    number: 'R001',
    kit: '4KX9TM7',
    day1: day1 as CivilDate,
    made: '2026-01-01T00:00:00.000Z',
  });
}

function injectionDates(day1: string): string[] {
  const { events } = calendarFrom(day1);
  return events.filter((event) => event.kind === 'injection').map((event) => event.date);
}

describe('study days (CDISC: there is no Day 0)', () => {
  test.each([
    [1, '2026-06-15', 1],
    [2, '2026-06-16', 1],
    [7, '2026-06-21', 1],
    [8, '2026-06-22', 2],
    [15, '2026-06-29', 3],
    [36, '2026-07-20', 6],
    [60, '2026-08-13', 9],
    [-1, '2026-06-14', -1],
    [-7, '2026-06-08', -1],
    [-8, '2026-06-07', -2],
  ])('Day %i is %s, in Week %i', (day, date, week) => {
    expect(dateOfStudyDay('2026-06-15' as CivilDate, day as StudyDay)).toBe(date);
    expect(trialWeek(day as StudyDay)).toBe(week);
  });

  test('Day 0 does not exist [R-070]', () => {
    expect(() => dateOfStudyDay('2026-06-15' as CivilDate, 0 as StudyDay)).toThrow('no Day 0');
  });
});

describe('the nine injections of DEPIL-2', () => {
  // By hand, from a printed calendar; each crosses a date that often causes mistakes in software.
  test.each([
    [
      'across the change to summer time in Paris',
      '2026-03-26',
      [
        '2026-03-26',
        '2026-03-27',
        '2026-03-28',
        '2026-03-29',
        '2026-03-30',
        '2026-04-09',
        '2026-04-16',
        '2026-04-23',
        '2026-04-30',
      ],
    ],
    [
      'across Christmas and the new year',
      '2026-12-21',
      [
        '2026-12-21',
        '2026-12-22',
        '2026-12-23',
        '2026-12-24',
        '2026-12-25',
        '2027-01-04',
        '2027-01-11',
        '2027-01-18',
        '2027-01-25',
      ],
    ],
    [
      'onto 1 and 8 May',
      '2026-04-17',
      [
        '2026-04-17',
        '2026-04-18',
        '2026-04-19',
        '2026-04-20',
        '2026-04-21',
        '2026-05-01',
        '2026-05-08',
        '2026-05-15',
        '2026-05-22',
      ],
    ],
    [
      'across a leap day',
      '2028-02-25',
      [
        '2028-02-25',
        '2028-02-26',
        '2028-02-27',
        '2028-02-28',
        '2028-02-29',
        '2028-03-10',
        '2028-03-17',
        '2028-03-24',
        '2028-03-31',
      ],
    ],
  ])('%s', (_, day1, dates) => {
    expect(injectionDates(day1)).toEqual(dates);
  });

  test('are named, numbered and in their phases [R-070]', () => {
    const injections = calendarFrom('2026-06-15').events.filter((e) => e.kind === 'injection');
    expect(
      injections.map(({ visit, title, phase, week, weekday }) => [
        visit,
        title,
        phase,
        week,
        weekday,
      ]),
    ).toEqual([
      ['D1', 'Injection 1 of 9', 'induction', 1, 1],
      ['D2', 'Injection 2 of 9', 'induction', 1, 2],
      ['D3', 'Injection 3 of 9', 'induction', 1, 3],
      ['D4', 'Injection 4 of 9', 'induction', 1, 4],
      ['D5', 'Injection 5 of 9', 'induction', 1, 5],
      ['D15', 'Injection 6 of 9', 'maintenance', 3, 1],
      ['D22', 'Injection 7 of 9', 'maintenance', 4, 1],
      ['D29', 'Injection 8 of 9', 'maintenance', 5, 1],
      ['D36', 'Injection 9 of 9', 'maintenance', 6, 1],
    ]);
  });
});

test('assessments are on the days in study.yaml, after the injection of the day', () => {
  const { events } = calendarFrom('2026-06-15');
  const assessments = events.filter((event) => event.kind === 'assessment');
  expect(assessments.map(({ visit, title }) => `${visit} ${title}`)).toEqual([
    'D1 Treg blood sample',
    'D1 MADRS and IDS',
    'D1 Safety',
    'D5 Treg blood sample',
    'D15 Treg blood sample',
    'D60 Treg blood sample',
    'D60 Safety',
  ]);
  expect(events[0]?.kind).toBe('injection');
});

test('the dates follow Day 1 when it is moved', () => {
  const epochDay = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const anyDay = fc.integer({ min: epochDay('2000-01-01'), max: epochDay('2099-09-01') });
  fc.assert(
    fc.property(anyDay, (start) => {
      const day1 = new Date(start * 86_400_000).toISOString().slice(0, 10);
      const offsets = injectionDates(day1).map((date) => epochDay(date) - start);
      expect(offsets).toEqual([0, 1, 2, 3, 4, 14, 21, 28, 35]);
    }),
  );
});
