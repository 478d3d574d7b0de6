import { describe, expect, test } from 'vitest';
import {
  amendmentsText,
  assessmentWindow,
  dateVisits,
  eventLabel,
  makeCalendar,
  visitLabel,
} from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';
import type { Assessment, Phase, Schedule } from '../../src/study/study.ts';
import {
  additional,
  amended,
  attended,
  day,
  days,
  given,
  missed,
  moved,
  renamed,
  SUBJECT,
  takenBack,
  transferred,
  withdrawn,
} from '../support/happenings.ts';

/** A Monday. */
const DAY1 = day('06-01');

function plan(
  phases: readonly Partial<Phase>[],
  assessments: readonly Assessment[] = [],
  more: Partial<Schedule> = {},
): Visit[] {
  const all = phases.map((phase) => ({ name: 'weekly', days: days(1, 8, 15, 22), ...phase }));
  return visitsOf({ phases: all, assessments, ...more });
}

/** Each visit with its date and its status. */
function dated(visits: readonly Visit[], ...happened: Happening[]): string[] {
  return dateVisits(visits, DAY1, happened).visits.map(
    ({ visit, date, status }) => `${visit.name} ${date.slice(5)} ${status}`,
  );
}

/** Each event with its date and its status. */
function eventsOf(visits: readonly Visit[], ...happened: Happening[]): string[] {
  return makeCalendar(visits, SUBJECT, happened).events.map(
    ({ visit, title, date, status }) => `${visit} ${title}: ${date.slice(5)} ${status}`,
  );
}

describe('injections without a course', () => {
  test('are counted from Day 1 as it really was', () => {
    expect(dated(plan([{}]), given(2, 'D1', '06-03'))).toEqual([
      ...['D1 06-03 given', 'D8 06-10 planned', 'D15 06-17 planned', 'D22 06-24 planned'],
    ]);
    // Until it is given, from the date to which it was moved.
    expect(dated(plan([{}]), moved(2, 'D1', '06-02'))).toEqual([
      ...['D1 06-02 moved', 'D8 06-09 planned', 'D15 06-16 planned', 'D22 06-23 planned'],
    ]);
  });

  test('do not move the planned date of the first one, which it had at randomization', () => {
    const { visits } = dateVisits(plan([{}]), DAY1, [given(2, 'D1', '06-03')]);
    expect(visits.slice(0, 2)).toMatchObject([
      { planned: '2026-06-01', date: '2026-06-03' },
      { planned: '2026-06-10', date: '2026-06-10' },
    ]);
  });

  test('are counted from Day 1 if there is no visit before them any more', () => {
    // The withdrawal leaves the one that was recorded before it.
    const early = [given(2, 'D8', '06-09'), withdrawn(3, '05-30', 'study')];
    const { visits } = dateVisits(plan([{ countedFrom: 'visit before' }]), DAY1, early);
    expect(visits).toMatchObject([{ visit: { name: 'D8' }, planned: '2026-06-08' }]);
  });

  test('are not counted from an assessment of Day 1', () => {
    const blood = { name: 'Blood', days: days(1) };
    const visits = plan([{ days: days(1, 8) }], [blood]);
    expect(dated(visits, attended(2, 'D1', '06-03', ['Blood']))).toEqual([
      ...['D1 06-01 planned', 'D8 06-08 planned'],
    ]);
  });

  test('of which one is late do not move, unless they are counted from the visit before', () => {
    const late = given(2, 'D8', '06-10');
    expect(dated(plan([{}]), late)).toEqual([
      ...['D1 06-01 planned', 'D8 06-10 given', 'D15 06-15 planned', 'D22 06-22 planned'],
    ]);
    const chained = plan([{ countedFrom: 'visit before' }]);
    const all = ['D1 06-01 planned', 'D8 06-10 given', 'D15 06-17 planned', 'D22 06-24 planned'];
    expect(dated(chained, late)).toEqual(all);
    expect(dated(chained, moved(2, 'D8', '06-10'))).toEqual(all.with(1, 'D8 06-10 moved'));
    // It has a date of its own then, and the next is counted from that.
    expect(dated(chained, late, moved(3, 'D15', '06-16'))).toEqual([
      ...['D1 06-01 planned', 'D8 06-10 given', 'D15 06-16 moved', 'D22 06-23 planned'],
    ]);
  });

  test('of which one is missed stay, or move by the days that were lost', () => {
    const late = missed(2, 'D8', '06-10');
    const stay = [
      'D1 06-01 planned',
      'D8 06-10 not done',
      'D15 06-15 planned',
      'D22 06-22 planned',
    ];
    const move = [
      'D1 06-01 planned',
      'D8 06-10 not done',
      'D15 06-17 planned',
      'D22 06-24 planned',
    ];
    expect(dated(plan([{}]), late)).toEqual(stay);
    expect(dated(plan([{ countedFrom: 'visit before' }]), late)).toEqual(stay);
    expect(dated(plan([{ afterMissed: 'move' }]), late)).toEqual(move);
    expect(dated(plan([{ afterMissed: 'move', countedFrom: 'visit before' }]), late)).toEqual(move);
    // The days of two missed ones are added.
    const two = [late, missed(3, 'D15', '06-18')];
    expect(dated(plan([{ afterMissed: 'move' }]), ...two).at(-1)).toBe('D22 06-25 planned');
  });

  test('do not move because one was given late, or given up before its day', () => {
    const visits = plan([{ afterMissed: 'move' }]);
    expect(dated(visits, given(2, 'D8', '06-10')).slice(2)).toEqual([
      ...['D15 06-15 planned', 'D22 06-22 planned'],
    ]);
    expect(dated(visits, missed(2, 'D8', '06-06')).slice(2)).toEqual([
      ...['D15 06-15 planned', 'D22 06-22 planned'],
    ]);
    const chained = plan([{ afterMissed: 'move', countedFrom: 'visit before' }]);
    expect(dated(chained, missed(2, 'D8', '06-06')).slice(2)).toEqual([
      ...['D15 06-15 planned', 'D22 06-22 planned'],
    ]);
  });

  test('and assessments do not move an injection that is counted from the visit before', () => {
    const blood = { name: 'Blood', days: days(10) };
    const visits = plan([{ countedFrom: 'visit before' }], [blood]);
    expect(dated(visits, moved(2, 'D10', '06-12'))).toEqual([
      'D1 06-01 planned',
      'D8 06-08 planned',
      'D10 06-12 moved',
      'D15 06-15 planned',
      'D22 06-22 planned',
    ]);
  });

  test('are cancelled if the first one was missed', () => {
    const blood = { name: 'Blood', days: days(8, 10) };
    expect(dated(plan([{ days: days(1, 8) }], [blood]), missed(2, 'D1', '06-01'))).toEqual([
      ...['D1 06-01 not done', 'D8 06-08 cancelled', 'D10 06-10 cancelled'],
    ]);
  });

  test('move the courses after them by the days that missed ones lost', () => {
    // D8 is given up two days late: the course of Days 15 and 16 begins two days later.
    const visits = plan([
      { days: days(1, 8), afterMissed: 'move' },
      { days: days(15, 16), cycles: days(15), course: { anchor: 'day 1' } },
    ]);
    expect(dated(visits, missed(2, 'D8', '06-10')).slice(2)).toEqual([
      ...['D15 06-17 planned', 'D16 06-18 planned'],
    ]);
  });
});

test('the first course that is counted from the course before is counted from Day 1', () => {
  const visits = plan([
    { days: days(1) },
    { days: days(15, 16), cycles: days(15), course: { anchor: 'course before' } },
  ]);
  expect(dated(visits, given(2, 'D1', '06-03'))).toEqual([
    ...['D1 06-03 given', 'D15 06-17 planned', 'D16 06-18 planned'],
  ]);
});

test('an injection after a course, but of a phase without courses, does not move with it', () => {
  const visits = plan([
    { days: days(1, 2), cycles: days(1), course: { anchor: 'day 1' }, afterMissed: 'move' },
    { days: days(15) },
  ]);
  expect(dated(visits, missed(2, 'D2', '06-05')).at(-1)).toBe('D15 06-15 planned');
});

describe('a schedule without injections', () => {
  const visits = visitsOf({
    phases: [],
    assessments: [
      { name: 'Blood', days: days(1, 8) },
      { name: 'Mood', days: days(1, 8), window: { before: 1, after: 2 } },
    ],
  });

  test('is counted from the first assessment of Day 1 as it really was', () => {
    expect(dated(visits)).toEqual(['D1 06-01 planned', 'D8 06-08 planned']);
    expect(dated(visits, attended(2, 'D1', '06-03', ['Blood']))).toEqual([
      ...['D1 06-03 moved', 'D8 06-10 planned'],
    ]);
    expect(dated(visits, attended(2, 'D1', '06-03', ['Mood']))).toEqual([
      ...['D1 06-01 planned', 'D8 06-08 planned'],
    ]);
    const none = attended(2, 'D1', '06-03', ['Blood'], { result: 'not done' });
    expect(dated(visits, none)).toEqual(['D1 06-01 planned', 'D8 06-08 planned']);
    expect(dated(visits, moved(2, 'D1', '06-02'))).toEqual([
      ...['D1 06-02 moved', 'D8 06-09 planned'],
    ]);
  });

  test('is counted from Day 1, also if there are visits before it', () => {
    const screened = visitsOf({
      phases: [],
      assessments: [
        { name: 'Screening', days: days(-1) },
        { name: 'Blood', days: days(1, 8) },
      ],
    });
    expect(dated(screened, attended(2, 'D1', '06-03', ['Blood'])).at(-1)).toBe('D8 06-10 planned');
  });

  test('is counted from the planned Day 1 if nothing is planned for that day', () => {
    const later = visitsOf({ phases: [], assessments: [{ name: 'Blood', days: days(8) }] });
    expect(dated(later, attended(2, 'D8', '06-09', ['Blood']))).toEqual(['D8 06-09 done']);
  });

  test('has the window of Day 1 around the day on which it was', () => {
    const windowOf = (...happened: Happening[]) => {
      const { events } = makeCalendar(visits, SUBJECT, happened);
      return events.find(({ visit, title }) => visit === 'D1' && title === 'Mood')!.window;
    };
    expect(windowOf()).toEqual({ from: '2026-05-31', to: '2026-06-03' });
    expect(windowOf(attended(2, 'D1', '06-03', ['Blood']))).toEqual({
      from: '2026-06-02',
      to: '2026-06-05',
    });
  });
});

describe('the window of an assessment', () => {
  const mood = { name: 'Mood', days: days(1, 8), window: { before: 1, after: 2 } };
  const windowOf = (name: string, ...happened: Happening[]) => {
    const { visits } = dateVisits(plan([{ days: days(1, 8) }], [mood]), DAY1, happened);
    return assessmentWindow(
      visits.find(({ visit }) => visit.name === name)!,
      mood,
    );
  };

  test('on Day 1 is around the injection as it was given or moved', () => {
    expect(windowOf('D1')).toEqual({ from: '2026-05-31', to: '2026-06-03' });
    expect(windowOf('D1', given(2, 'D1', '06-05'))).toEqual({
      from: '2026-06-04',
      to: '2026-06-07',
    });
    expect(windowOf('D1', moved(2, 'D1', '06-05'))).toEqual({
      from: '2026-06-04',
      to: '2026-06-07',
    });
    expect(windowOf('D1', missed(2, 'D1', '06-05'))).toEqual({
      from: '2026-05-31',
      to: '2026-06-03',
    });
  });

  test('on a later day is around the planned day', () => {
    expect(windowOf('D8', given(2, 'D8', '06-10'))).toEqual({
      from: '2026-06-07',
      to: '2026-06-10',
    });
    expect(windowOf('D8', moved(2, 'D8', '06-10'))).toEqual({
      from: '2026-06-07',
      to: '2026-06-10',
    });
  });
});

describe('a visit without an injection', () => {
  const visits = plan(
    [{ days: days(1) }],
    [
      { name: 'Blood', days: days(8) },
      { name: 'Mood', days: days(8) },
    ],
  );
  const blood = (result: 'done' | 'not done') =>
    attended(2, 'D8', '06-09', ['Blood'], { result, reason: 'snow' });
  const mood = (result: 'done' | 'not done') =>
    attended(3, 'D8', '06-10', ['Mood'], { result, reason: 'ice' });
  const end = (...happened: Happening[]) => {
    const { date, status, reason } = dateVisits(visits, DAY1, happened).visits[1]!;
    return [date.slice(5), status, reason];
  };

  test('is done when every assessment is recorded, on the day of the first one that took place', () => {
    expect(end(blood('done'))).toEqual(['06-08', 'planned', null]);
    expect(end(mood('done'))).toEqual(['06-08', 'planned', null]);
    expect(end(blood('done'), mood('done'))).toEqual(['06-09', 'done', 'snow']);
    expect(end(blood('not done'), mood('done'))).toEqual(['06-10', 'done', 'ice']);
    expect(end(blood('done'), mood('not done'))).toEqual(['06-09', 'done', 'snow']);
  });

  test('is not done if no assessment took place', () => {
    expect(end(blood('not done'), mood('not done'))).toEqual(['06-09', 'not done', 'snow']);
  });

  test('is moved, with the reason', () => {
    expect(end(moved(2, 'D8', '06-11', { reason: 'holiday' }))).toEqual([
      ...['06-11', 'moved', 'holiday'],
    ]);
    // A move to the planned day is a move: somebody said so.
    expect(end(moved(2, 'D8', '06-08'))).toEqual(['06-08', 'moved', null]);
    expect(end(moved(2, 'D8', '06-11'), takenBack(3, moved(2, 'D8', '06-11')))).toEqual([
      ...['06-08', 'planned', null],
    ]);
  });
});

describe('an assessment of a visit with an injection', () => {
  const visits = plan(
    [{ days: days(1, 8) }],
    [
      { name: 'Blood', days: days(1, 8), timing: 'before dose' },
      { name: 'Mood', days: days(1, 8), timing: 'after dose' },
    ],
  );

  test('comes before or after it, as the schedule says', () => {
    expect(eventsOf(visits)).toEqual([
      'D1 Blood: 06-01 planned',
      'D1 Injection 1 of 2: 06-01 planned',
      'D1 Mood: 06-01 planned',
      'D8 Blood: 06-08 planned',
      'D8 Injection 2 of 2: 06-08 planned',
      'D8 Mood: 06-08 planned',
    ]);
  });

  test('is still to be recorded when the injection was given, on the day of the injection', () => {
    expect(eventsOf(visits, given(2, 'D8', '06-08')).slice(3)).toEqual([
      ...['D8 Blood: 06-08 planned', 'D8 Injection 2 of 2: 06-08 given', 'D8 Mood: 06-08 planned'],
    ]);
    expect(eventsOf(visits, given(2, 'D8', '06-09')).slice(3)).toEqual([
      ...['D8 Blood: 06-09 moved', 'D8 Injection 2 of 2: 06-09 given', 'D8 Mood: 06-09 moved'],
    ]);
  });

  test('stays on the planned day if the injection was missed, without its reason', () => {
    const { events } = makeCalendar(visits, SUBJECT, [missed(2, 'D8', '06-10', { reason: 'ill' })]);
    expect(
      events.slice(3).map(({ title, date, status, reason }) => [title, date, status, reason]),
    ).toEqual([
      ['Blood', '2026-06-08', 'planned', null],
      ['Mood', '2026-06-08', 'planned', null],
      ['Injection 2 of 2', '2026-06-10', 'not done', 'ill'],
    ]);
  });

  test('of Day 1 is cancelled with all others if the first injection was missed', () => {
    expect(eventsOf(visits, missed(2, 'D1', '06-02'))).toEqual([
      'D1 Blood: 06-01 cancelled',
      'D1 Mood: 06-01 cancelled',
      'D1 Injection 1 of 2: 06-02 not done',
      'D8 Blood: 06-08 cancelled',
      'D8 Injection 2 of 2: 06-08 cancelled',
      'D8 Mood: 06-08 cancelled',
    ]);
  });

  test('is planned still if somebody records the injection after it was taken out', () => {
    const left = withdrawn(2, '06-05', 'treatment');
    const late = missed(3, 'D8', '06-10');
    expect(dated(visits, left, late)).toEqual(['D1 06-01 planned', 'D8 06-08 planned']);
    expect(dated(visits, left, given(3, 'D8', '06-10'))).toEqual(dated(visits, left, late));
  });

  test('moves with it, and has the reason', () => {
    const { events } = makeCalendar(visits, SUBJECT, [moved(2, 'D8', '06-09', { reason: 'ill' })]);
    expect(events.slice(3)).toMatchObject([
      { title: 'Blood', status: 'moved', date: '2026-06-09', deviation: 1, reason: 'ill' },
      { title: 'Injection 2 of 2', status: 'moved', date: '2026-06-09', reason: 'ill' },
      { title: 'Mood', status: 'moved', date: '2026-06-09', deviation: 1, weekday: 2 },
    ]);
    const done = [given(2, 'D8', '06-09', { reason: 'late' })];
    expect(makeCalendar(visits, SUBJECT, done).events[3]).toMatchObject({
      title: 'Blood',
      reason: 'late',
    });
  });
});

describe('an event of a calendar', () => {
  const visits = plan(
    [
      {
        name: 'treatment',
        days: days(1, 8),
        cycles: days(1, 8),
        dose: '1 mg',
        doses: { 8: '2 mg' },
        route: 'subcutaneous',
        window: { before: 1, after: 2 },
      },
    ],
    [{ name: 'Blood', days: days(8, 10), timing: 'after dose', window: { before: 0, after: 3 } }],
    { periods: [{ name: 'first', first: 8 as StudyDay, last: 9 as StudyDay, isWashout: false }] },
  );
  const D8 = { visit: 'D8', studyDay: 8, week: 2, planned: '2026-06-08', period: 'first' };

  test('has all that the schedule and the records say of an injection', () => {
    const own = { amount: '2 mg', weight: '70', reason: 'late train' };
    const { events } = makeCalendar(visits, SUBJECT, [given(2, 'D8', '06-10', own)]);
    expect(events[1]).toEqual({
      ...D8,
      kind: 'injection',
      title: 'Injection 2 of 2',
      phase: 'treatment',
      cycle: 'Cycle 2 Day 1',
      dose: '2 mg',
      route: 'subcutaneous',
      timing: undefined,
      date: '2026-06-10',
      site: 'CRT',
      weekday: 3,
      status: 'given',
      deviation: 2,
      window: { from: '2026-06-07', to: '2026-06-10' },
      ...own,
    });
    expect(events[0]).toMatchObject({ visit: 'D1', dose: '1 mg', window: null, week: 1 });
    expect(events[0]).not.toHaveProperty('period');
    expect(events[0]).not.toHaveProperty('amount');
  });

  test('has all that they say of an assessment', () => {
    const more = { reason: 'holiday' };
    const { events } = makeCalendar(visits, SUBJECT, [attended(2, 'D8', '06-09', ['Blood'], more)]);
    expect(events[2]).toEqual({
      ...D8,
      kind: 'assessment',
      title: 'Blood',
      phase: '',
      dose: undefined,
      route: undefined,
      timing: 'after dose',
      date: '2026-06-09',
      site: 'CRT',
      weekday: 2,
      status: 'done',
      deviation: 1,
      reason: 'holiday',
      window: { from: '2026-06-08', to: '2026-06-11' },
    });
    expect(events[3]).toMatchObject({ visit: 'D10', status: 'planned', deviation: 0 });
    expect(events[3]).not.toHaveProperty('period');
  });

  test('says the amount and the weight only if the record does', () => {
    const { events } = makeCalendar(visits, SUBJECT, [given(2, 'D1', '06-01', { weight: '70' })]);
    expect(events[0]).toMatchObject({ weight: '70' });
    expect(events[0]).not.toHaveProperty('amount');
    const amount = makeCalendar(visits, SUBJECT, [given(2, 'D1', '06-01', { amount: '1 mg' })]);
    expect(amount.events[0]).toMatchObject({ amount: '1 mg' });
    expect(amount.events[0]).not.toHaveProperty('weight');
  });

  test('has all that the record says of an injection that the schedule does not have', () => {
    const own = { reason: 'relapse', amount: '1 mg' };
    const happened = [given(2, 'D1', '06-02'), additional(3, '06-09', own)];
    const { events } = makeCalendar(visits, SUBJECT, happened);
    expect(events.find(({ kind }) => kind === 'additional injection')).toEqual({
      kind: 'additional injection',
      visit: 'additional 3',
      title: 'Additional injection',
      phase: '',
      dose: undefined,
      route: undefined,
      timing: undefined,
      studyDay: 8,
      week: 2,
      planned: '2026-06-09',
      date: '2026-06-09',
      site: 'CRT',
      weekday: 2,
      status: 'given',
      deviation: 0,
      window: null,
      ...own,
    });
  });

  test('is cancelled if an injection that the schedule does not have is taken back', () => {
    const first = additional(2, '06-03', { reason: 'relapse' });
    const second = additional(3, '06-04', { reason: 'again' });
    const back = additional(4, '06-03', {
      result: 'retracted',
      corrects: 2,
      reason: 'wrong person',
    });
    const { events } = makeCalendar(visits, SUBJECT, [first, second, back]);
    const found = events.filter(({ kind }) => kind === 'additional injection');
    expect(found.map(({ visit, status, reason }) => [visit, status, reason])).toEqual([
      ['additional 2', 'cancelled', 'wrong person'],
      ['additional 3', 'given', 'again'],
    ]);
  });

  test('stays as cancelled on its planned day if a withdrawal takes it out', () => {
    const happened = [given(2, 'D1', '06-02'), withdrawn(3, '06-05', 'study')];
    const { events } = makeCalendar(visits, SUBJECT, happened);
    expect(events.slice(1)).toMatchObject([
      {
        title: 'Injection 2 of 2',
        planned: '2026-06-09',
        date: '2026-06-09',
        deviation: 0,
        status: 'cancelled',
        reason: 'withdrawn from study',
      },
      { visit: 'D8', title: 'Blood', date: '2026-06-09', status: 'cancelled' },
      { visit: 'D10', title: 'Blood', date: '2026-06-11', status: 'cancelled' },
    ]);
    // Somebody may have come all the same.
    const came = [...happened, attended(4, 'D10', '06-12', ['Blood'])];
    expect(makeCalendar(visits, SUBJECT, came).events.at(-1)).toMatchObject({
      visit: 'D10',
      status: 'done',
      date: '2026-06-12',
    });
  });

  test('comes by date, and before others of its date if its visit does', () => {
    expect(eventsOf(visits, moved(2, 'D8', '06-11'))).toEqual([
      'D1 Injection 1 of 2: 06-01 planned',
      'D10 Blood: 06-10 planned',
      'D8 Injection 2 of 2: 06-11 moved',
      'D8 Blood: 06-11 moved',
    ]);
    expect(eventsOf(visits, moved(2, 'D8', '06-10')).slice(1)).toEqual([
      'D8 Injection 2 of 2: 06-10 moved',
      'D8 Blood: 06-10 moved',
      'D10 Blood: 06-10 planned',
    ]);
  });
});

describe('the participant of a calendar', () => {
  const visits = plan([{ days: days(1, 8) }]);

  test('is as randomized if nothing happened', () => {
    const calendar = makeCalendar(visits, SUBJECT);
    expect({ ...calendar, events: [] }).toEqual({
      ...SUBJECT,
      randomizedAs: 'CRT-001',
      plannedDay1: DAY1,
      sites: [{ site: 'CRT', from: null }],
      amendments: [],
      events: [],
    });
  });

  test('has the last id that was given, and the one at randomization', () => {
    const happened = [renamed(2, 'CRT-002'), renamed(3, 'CRT-003'), given(4, 'D1', '06-02')];
    const calendar = makeCalendar(visits, SUBJECT, happened);
    expect(calendar).toMatchObject({ subject: 'CRT-003', randomizedAs: 'CRT-001' });
    expect(calendar).toMatchObject({ day1: '2026-06-02', plannedDay1: '2026-06-01' });
    const later = makeCalendar(visits, { ...SUBJECT, randomizedAs: 'CRT-009' as SubjectId });
    expect(later).toMatchObject({ subject: 'CRT-009', randomizedAs: 'CRT-009' });
  });

  test('is at another site from the day of a transfer on', () => {
    const { site, sites, events } = makeCalendar(visits, SUBJECT, [transferred(2, 'PAR', '06-08')]);
    expect(site).toBe('PAR');
    expect(sites).toEqual([
      { site: 'CRT', from: null },
      { site: 'PAR', from: '2026-06-08' },
    ]);
    expect(events.map((event) => event.site)).toEqual(['CRT', 'PAR']);
  });

  test('has the amendments of the randomization and those that came later and count', () => {
    const second = amended(2, 'A2', '06-05', visits);
    const third = amended(4, 'A3', '06-07', visits);
    const happened = [second, takenBack(3, second), third, given(5, 'D1', '06-01')];
    const calendar = makeCalendar(visits, { ...SUBJECT, amendment: 'A1' }, happened);
    expect(calendar.amendments).toEqual([
      { id: 'A1', from: null },
      { id: 'A3', from: '2026-06-07' },
    ]);
    expect(calendar).not.toHaveProperty('amendment');
    expect(amendmentsText(calendar)).toBe('A1, A3 from 2026-06-07');
    expect(amendmentsText({ amendments: [] })).toBe('');
  });
});

test('an injection that the schedule does not have is known by its ledger entry', () => {
  expect(visitLabel('D15')).toBe('D15');
  expect(visitLabel('additional 12')).toBe('additional dose (ledger 12)');
  expect(visitLabel('an additional 12')).toBe('an additional 12');
  expect(visitLabel('additional 12 again')).toBe('additional 12 again');
  expect(eventLabel({ visit: 'D5', title: 'Safety' })).toBe('D5 Safety');
  expect(eventLabel({ visit: 'additional 12', title: 'Additional injection' })).toBe(
    'additional dose (ledger 12)',
  );
});
