import { describe, expect, test } from 'vitest';
import { dateVisits } from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import {
  brokenBy,
  type Constraint,
  constraintsOn,
  legalDates,
  notBeforeRandomization,
  notInTheFuture,
  possibleDatesText,
  type Purpose,
  windowConstraint,
} from '../../src/schedule/legal-dates.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { StudyDay } from '../../src/study/identifiers.ts';
import type { Phase } from '../../src/study/study.ts';
import { attended, day, days, given, missed, moved } from '../support/happenings.ts';

/** A Monday. */
const DAY1 = day('06-01');

/** Injections on Days 1, 8, 15 and 22, all Mondays. */
function weekly(more: Partial<Phase> = {}): Visit[] {
  const phase = { name: 'weekly', days: days(1, 8, 15, 22), window: { before: 1, after: 2 } };
  return visitsOf({ phases: [{ ...phase, ...more }], assessments: [] });
}

function constraints(
  visits: readonly Visit[],
  name: string,
  purpose: Purpose,
  ...happened: Happening[]
): Constraint[] {
  return constraintsOn(dateVisits(visits, DAY1, happened).visits, name, purpose);
}

/** Each constraint as `rule from..to: text`. */
function told(all: readonly Constraint[]): string[] {
  return all.map(({ rule, from = '', to = '', text }) => {
    return `${rule} ${from.slice(5)}..${to.slice(5)}: ${text}`;
  });
}

describe('the rules for the date of an injection', () => {
  const D15 =
    'window 06-14..06-17: its window is 2026-06-14 Sun to 2026-06-17 Wed (planned 2026-06-15)';

  test('are its window and the order', () => {
    expect(told(constraints(weekly(), 'D15', 'dose', given(2, 'D8', '06-09')))).toEqual([
      D15,
      'order 06-10..: it must come after D8, given on 2026-06-09',
    ]);
  });

  test('have the least interval from the one before, of the later one of both', () => {
    const rested = weekly({ leastInterval: 5 });
    expect(told(constraints(rested, 'D15', 'dose'))).toEqual([
      D15,
      'order 06-09..: it must come after D8, planned for 2026-06-08',
      'least interval 06-13..: the least interval is 5 days from D8, planned for 2026-06-08',
    ]);
  });

  test('have the least interval to a later one that was given', () => {
    const rested = weekly({ leastInterval: 5 });
    const happened = [given(2, 'D1', '06-01'), given(3, 'D22', '06-21')];
    expect(told(constraints(rested, 'D15', 'dose', ...happened))).toEqual([
      D15,
      'order 06-09..: it must come after D8, planned for 2026-06-08',
      'least interval 06-13..: the least interval is 5 days from D8, planned for 2026-06-08',
      'order ..06-20: it must come before D22, given on 2026-06-21',
      'least interval ..06-16: the least interval is 5 days to D22, given on 2026-06-21',
    ]);
  });

  test('are not more than the order if the least interval is one day', () => {
    const rules = constraints(weekly({ leastInterval: 1 }), 'D15', 'dose').map(({ rule }) => rule);
    expect(rules).toEqual(['window', 'order']);
  });

  test('leave out injections that were not done', () => {
    const happened = [moved(2, 'D1', '06-02'), missed(3, 'D8', '06-08')];
    expect(told(constraints(weekly(), 'D15', 'dose', ...happened))).toEqual([
      'window 06-15..06-18: its window is 2026-06-15 Mon to 2026-06-18 Thu (planned 2026-06-16)',
      'order 06-03..: it must come after D1, moved to 2026-06-02',
    ]);
  });

  test('for a move are also those of a later one that is planned, and counted from Day 1', () => {
    expect(told(constraints(weekly(), 'D15', 'move')).at(-1)).toBe(
      'order ..06-21: it must come before D22, planned for 2026-06-22',
    );
    expect(told(constraints(weekly(), 'D15', 'dose')).at(-1)).toContain('after D8');
  });

  test('for a move leave out a later one that is counted from it, and all of them for Day 1', () => {
    const chained = weekly({ countedFrom: 'visit before' });
    expect(told(constraints(chained, 'D15', 'move')).at(-1)).toContain('after D8');
    expect(constraints(weekly(), 'D1', 'move')).toEqual([]);
  });

  test('of Day 1 are those of later ones that were given', () => {
    expect(told(constraints(weekly(), 'D1', 'move', given(2, 'D8', '06-05')))).toEqual([
      'order ..06-04: it must come before D8, given on 2026-06-05',
    ]);
  });

  test('say the only date of a narrow window', () => {
    const strict = weekly({ window: { before: 0, after: 0 } });
    expect(told(constraints(strict, 'D15', 'dose'))[0]).toBe(
      'window 06-15..06-15: its window is only 2026-06-15 Mon (planned 2026-06-15)',
    );
  });

  test('have no window if the schedule has none', () => {
    expect(told(constraints(weekly({ window: undefined }), 'D15', 'dose'))).toEqual([
      'order 06-09..: it must come after D8, planned for 2026-06-08',
    ]);
  });

  test('cannot be asked of a visit that there is not', () => {
    expect(() => constraints(weekly(), 'D16', 'dose')).toThrow('there is no visit D16');
  });
});

test('the rules for an injection of a participant who is not treated say that the others are cancelled', () => {
  const happened = [missed(2, 'D1', '06-01')];
  expect(told(constraints(weekly(), 'D15', 'dose', ...happened)).at(-1)).toBe(
    'order 06-09..: it must come after D8, cancelled, planned for 2026-06-08',
  );
});

describe('the window of a visit without an injection', () => {
  const visits = visitsOf({
    phases: [{ name: 'one', days: days(1) }],
    assessments: [
      { name: 'Blood', days: days(15), window: { before: 3, after: 1 } },
      { name: 'Mood', days: days(15, 29), window: { before: 2, after: 4 } },
      { name: 'Photo', days: days(15, 36) },
    ],
  });

  test('has the dates that are in the windows of all its assessments', () => {
    expect(told(constraints(visits, 'D15', 'move'))).toEqual([
      'window 06-13..06-16: its window is 2026-06-13 Sat to 2026-06-16 Tue (planned 2026-06-15)',
    ]);
  });

  test('leaves out an assessment that is recorded', () => {
    const blood = attended(2, 'D15', '06-14', ['Blood']);
    expect(told(constraints(visits, 'D15', 'move', blood))).toEqual([
      'window 06-13..06-19: its window is 2026-06-13 Sat to 2026-06-19 Fri (planned 2026-06-15)',
    ]);
  });

  test('is not there if no assessment has one', () => {
    expect(constraints(visits, 'D36', 'move')).toEqual([]);
  });
});

describe('a date', () => {
  const on = (date: string, ...all: Constraint[]) =>
    brokenBy(all, day(date)).map((one) => one.text);

  test('breaks a window that it is not in; the first and the last day are in it', () => {
    const window = windowConstraint({ from: day('06-14'), to: day('06-17') }, day('06-15'));
    const text = 'its window is 2026-06-14 Sun to 2026-06-17 Wed (planned 2026-06-15)';
    expect(on('06-13', window)).toEqual([text]);
    expect(on('06-14', window)).toEqual([]);
    expect(on('06-17', window)).toEqual([]);
    expect(on('06-18', window)).toEqual([text]);
  });

  test('is not in the future, and not before the randomization', () => {
    const both = [notInTheFuture(day('06-10')), notBeforeRandomization('CRT-001', day('06-08'))];
    expect(on('06-11', ...both)).toEqual(['today is 2026-06-10']);
    expect(on('06-10', ...both)).toEqual([]);
    expect(on('06-08', ...both)).toEqual([]);
    expect(on('06-07', ...both)).toEqual(['CRT-001 was randomized on 2026-06-08 Mon']);
    expect(both.map(({ rule }) => rule)).toEqual(['not in the future', 'before randomization']);
  });

  test('on the day of another injection says so, and not which comes first', () => {
    const all = constraints(weekly(), 'D15', 'dose', given(2, 'D8', '06-15'));
    expect(on('06-15', ...all)).toEqual(['it is on the same day as D8, given on 2026-06-15']);
    expect(on('06-14', ...all)).toEqual(['it must come after D8, given on 2026-06-15']);
    expect(on('06-16', ...all)).toEqual([]);
  });
});

describe('the allowed dates', () => {
  const bound = (from: string | undefined, to: string | undefined): Constraint => ({
    rule: 'window',
    from: from === undefined ? undefined : day(from),
    to: to === undefined ? undefined : day(to),
    text: '',
  });
  const NOT_WEEKEND = (date: string) => ![0, 6].includes(new Date(date).getUTCDay());

  test('are those that all rules allow', () => {
    expect(legalDates([])).toEqual({ from: undefined, to: undefined });
    expect(legalDates([bound('06-03', undefined), bound('06-02', undefined)])).toEqual({
      from: '2026-06-03',
      to: undefined,
    });
    expect(legalDates([bound('06-03', '06-09'), bound('06-01', '06-08')])).toEqual({
      from: '2026-06-03',
      to: '2026-06-08',
    });
    expect(legalDates([bound('06-03', '06-03')])).toEqual({ from: '2026-06-03', to: '2026-06-03' });
    expect(legalDates([bound('06-03', undefined), bound(undefined, '06-02')])).toBeUndefined();
  });

  test('begin and end with one on which nothing else is in the way', () => {
    // From a Saturday to a Sunday.
    expect(legalDates([bound('06-06', '06-14')], NOT_WEEKEND)).toEqual({
      from: '2026-06-08',
      to: '2026-06-12',
    });
    expect(legalDates([bound('06-06', '06-07')], NOT_WEEKEND)).toBeUndefined();
  });

  test.each<[string, Constraint[], string]>([
    ['are any without a rule', [], 'Any date is allowed.'],
    ['have a first one', [bound('06-03', undefined)], 'Allowed: 2026-06-03 Wed or later.'],
    ['have a last one', [bound(undefined, '06-03')], 'Allowed: 2026-06-03 Wed or earlier.'],
    ['are one', [bound('06-03', '06-03')], 'Allowed: 2026-06-03 Wed.'],
    [
      'are listed if there are few',
      [bound('06-03', '06-05')],
      'Allowed: 2026-06-03 Wed, 2026-06-04 Thu, 2026-06-05 Fri.',
    ],
    [
      'are ten at most one by one',
      [bound('06-01', '06-10')],
      'Allowed: 2026-06-01 Mon, 2026-06-02 Tue, 2026-06-03 Wed, 2026-06-04 Thu, 2026-06-05 Fri, ' +
        '2026-06-06 Sat, 2026-06-07 Sun, 2026-06-08 Mon, 2026-06-09 Tue, 2026-06-10 Wed.',
    ],
    [
      'are a range if there are eleven',
      [bound('06-01', '06-11')],
      'Allowed: 2026-06-01 Mon to 2026-06-11 Thu.',
    ],
    [
      'are none',
      [bound('06-05', undefined), bound(undefined, '06-03')],
      'No date meets all these rules.',
    ],
    [
      'begin later than today',
      [bound('06-05', '06-08'), notInTheFuture(day('06-03'))],
      'Possible from 2026-06-05 Fri.',
    ],
    [
      'begin later than today, and not on a day that is taken',
      [bound('06-06', '06-09'), notInTheFuture(day('06-03'))],
      'Possible from 2026-06-08 Mon.',
    ],
    [
      'are none, also later',
      [bound('06-05', '06-04'), notInTheFuture(day('06-03'))],
      'No date meets all these rules.',
    ],
  ])('%s', (name, all, text) => {
    const isFree = name.includes('taken') ? NOT_WEEKEND : () => true;
    expect(possibleDatesText(all, isFree)).toBe(text);
  });
});

describe('the first day of a course', () => {
  /** Cycles of Days 1, 2 and 4, every four weeks, and a visit on Day 43 between two of them. */
  const courses = (anchor: 'day 1' | 'course before', between: Partial<Phase> = {}) => {
    const cycles = days(1, 29, 57);
    const inside = cycles.flatMap((first) => [first, first + 1, first + 3]) as StudyDay[];
    const course = { window: { before: 20, after: 20 }, anchor };
    return visitsOf({
      phases: [
        { name: 'cycles', days: inside, cycles, course },
        { name: 'between', days: days(43), leastInterval: 3, ...between },
      ],
      assessments: [],
    });
  };
  const rulesOf = (visits: readonly Visit[], ...happened: Happening[]) =>
    told(constraints(visits, 'D29', 'move', ...happened)).slice(1);

  // Day 4 is 4 June, Day 29 is 29 June, Day 32 is 2 July, Day 43 is 13 July, Day 57 is 27 July.
  test('keeps its distance, and that of the days that move with it, from the visits around it', () => {
    expect(rulesOf(courses('day 1'))).toEqual([
      'order 06-05..: it must come after D4, planned for 2026-06-04',
      'order ..07-09: D32 moves with it: it must come before D43, planned for 2026-07-13',
      'least interval ..07-07: D32 moves with it: the least interval is 3 days to D43, planned for 2026-07-13',
    ]);
  });

  test('keeps the visit between two courses before the next course, which moves with it', () => {
    expect(rulesOf(courses('course before'))).toEqual([
      'order 06-05..: it must come after D4, planned for 2026-06-04',
      'order ..07-09: D32 moves with it: it must come before D43, planned for 2026-07-13',
      'least interval ..07-07: D32 moves with it: the least interval is 3 days to D43, planned for 2026-07-13',
      'order 06-16..: D57 moves with it: it must come after D43, planned for 2026-07-13',
    ]);
  });

  test('takes with it a visit that is counted from the one before', () => {
    expect(rulesOf(courses('day 1', { countedFrom: 'visit before' }))).toEqual([
      'order 06-05..: it must come after D4, planned for 2026-06-04',
      'order ..07-12: D43 moves with it: it must come before D57, planned for 2026-07-27',
    ]);
    expect(rulesOf(courses('course before', { countedFrom: 'visit before' }))).toEqual([
      'order 06-05..: it must come after D4, planned for 2026-06-04',
    ]);
  });

  test('leaves a day of it that was given, and names the day that comes too near', () => {
    const happened = [given(2, 'D30', '07-03')];
    const visits = courses('day 1');
    expect(rulesOf(visits, ...happened).slice(1, 3)).toEqual([
      'order ..07-02: it must come before D30, given on 2026-07-03',
      'order 07-01..: D32 moves with it: it must come after D30, given on 2026-07-03',
    ]);
    const all = constraints(visits, 'D29', 'move', ...happened);
    const broken = (date: string) => brokenBy(all, day(date)).map(({ text }) => text);
    expect(broken('07-03')).toEqual(['it is on the same day as D30, given on 2026-07-03']);
    expect(broken('06-30')).toEqual([
      'D32 moves with it: it is on the same day as D30, given on 2026-07-03',
    ]);
    expect(broken('07-01')).toEqual([]);
  });

  test('leaves a later course that has begun, and what is counted from that', () => {
    expect(rulesOf(courses('course before'), given(2, 'D57', '07-20')).at(-1)).toBe(
      'least interval ..07-07: D32 moves with it: the least interval is 3 days to D43, planned for 2026-07-13',
    );
  });

  test('takes everything with it if it is Day 1', () => {
    expect(constraints(courses('day 1'), 'D1', 'move')).toEqual([]);
    expect(told(constraints(courses('day 1'), 'D1', 'move', moved(2, 'D2', '06-03')))).toEqual([
      'order ..06-02: it must come before D2, moved to 2026-06-03',
      'order 06-01..: D4 moves with it: it must come after D2, moved to 2026-06-03',
    ]);
  });
});
