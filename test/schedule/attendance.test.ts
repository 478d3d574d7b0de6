import { describe, expect, test } from 'vitest';
import { assessmentsAt, whyCancelled } from '../../src/schedule/attendance.ts';
import { dateVisits } from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import { attended, day, days, given, missed, moved, withdrawn } from '../support/happenings.ts';

/** Blood before and a scan after the injections of Days 1 and 8; mood on Day -3 and on Day 10. */
const VISITS = visitsOf({
  phases: [{ name: 'weekly', days: days(1, 8) }],
  assessments: [
    { name: 'Blood', days: days(1, 8), timing: 'before dose', window: { before: 2, after: 1 } },
    { name: 'Scan', days: days(1, 8), timing: 'after dose' },
    { name: 'Photo', days: days(8) },
    { name: 'Mood', days: days(-3, 10) },
  ],
});
const at = (name: string, ...happened: Happening[]) =>
  assessmentsAt(dateVisits(VISITS, day('06-01'), happened), name);

/** Each assessment with the rules for its date. */
const rulesOf = (...asked: Parameters<typeof at>) =>
  at(...asked).map(({ assessment, constraints }) => [
    assessment.name,
    ...constraints.map(({ rule, from = '', to = '', text }) => {
      return `${rule} ${from.slice(5)}..${to.slice(5)}: ${text}`;
    }),
  ]);

describe('the rules for the date of an assessment', () => {
  const AFTER_DAY1 = 'order 06-02..: the visit is after Day 1, which is 2026-06-01 Mon';

  test('are its own window, and that later visits come after Day 1', () => {
    expect(rulesOf('D8')).toEqual([
      [
        'Blood',
        'window 06-06..06-09: its window is 2026-06-06 Sat to 2026-06-09 Tue (planned 2026-06-08)',
        AFTER_DAY1,
      ],
      ['Scan', AFTER_DAY1],
      ['Photo', AFTER_DAY1],
    ]);
    expect(rulesOf('D10')).toEqual([['Mood', AFTER_DAY1]]);
  });

  test('are not the order on Day 1 itself, or before it', () => {
    expect(rulesOf('D1').map(([, ...rules]) => rules.length)).toEqual([1, 0]);
    expect(rulesOf('D-3')).toEqual([['Mood']]);
  });

  test('have the injection of the visit, once it is given', () => {
    expect(rulesOf('D8', given(2, 'D8', '06-09'))).toEqual([
      [
        'Blood',
        'window 06-06..06-09: its window is 2026-06-06 Sat to 2026-06-09 Tue (planned 2026-06-08)',
        'timing ..06-09: it belongs before the injection, given on 2026-06-09',
        AFTER_DAY1,
      ],
      ['Scan', 'timing 06-09..: it belongs after the injection, given on 2026-06-09', AFTER_DAY1],
      ['Photo', AFTER_DAY1],
    ]);
    expect(rulesOf('D8', missed(2, 'D8', '06-09'))[1]).toEqual(['Scan', AFTER_DAY1]);
    expect(rulesOf('D8', moved(2, 'D8', '06-09'))[1]).toEqual(['Scan', AFTER_DAY1]);
  });

  test('follow Day 1 as it really was', () => {
    expect(rulesOf('D10', given(2, 'D1', '06-03'))).toEqual([
      ['Mood', 'order 06-04..: the visit is after Day 1, which is 2026-06-03 Wed'],
    ]);
  });
});

test('a visit that a participant does not have has no assessments', () => {
  expect(at('D9')).toEqual([]);
});

test('an assessment has its own record', () => {
  const [blood, scan] = at('D8', attended(2, 'D8', '06-07', ['Scan']));
  expect(blood?.record).toBeUndefined();
  expect(scan?.record).toMatchObject({ date: '2026-06-07', result: 'done' });
});

test('an assessment that is no longer planned says why, and has no rules', () => {
  const happened = [withdrawn(2, '06-02', 'study'), attended(3, 'D8', '06-07', ['Scan'])];
  const all = at('D8', ...happened);
  expect(
    all.map(({ assessment, constraints, cancelled, until }) => {
      return [assessment.name, constraints, cancelled, until];
    }),
  ).toEqual([
    ['Blood', [], 'withdrawn from study', undefined],
    ['Scan', [], 'withdrawn from study', undefined],
    ['Photo', [], 'withdrawn from study', undefined],
  ]);
  expect(all[1]?.record).toMatchObject({ date: '2026-06-07' });
  expect(all[0]?.record).toBeUndefined();
  expect(at('D10', ...happened).map(({ assessment }) => assessment.name)).toEqual(['Mood']);
});

describe('why an assessment should not have taken place', () => {
  const why = (date: string, ...happened: Happening[]) =>
    whyCancelled(at('D8', ...happened)[0]!, day(date));

  test('is nothing if it is planned', () => {
    expect(why('06-08')).toBeUndefined();
    expect(why('06-08', given(2, 'D1', '06-01'))).toBeUndefined();
  });

  test('is that the first injection was missed, after that day', () => {
    const text = 'the participant is not treated: D1 was missed on 2026-06-02';
    expect(why('06-03', missed(2, 'D1', '06-02'))).toBe(text);
    expect(why('06-02', missed(2, 'D1', '06-02'))).toBeUndefined();
    expect(why('06-01', missed(2, 'D1', '06-02'))).toBeUndefined();
  });

  test('is what took it out of the plan, on any day', () => {
    expect(why('06-01', withdrawn(2, '06-02', 'study'))).toBe('withdrawn from study');
  });

  test('is nothing if the schedule has nothing on Day 1', () => {
    const visits = visitsOf({ phases: [], assessments: [{ name: 'Mood', days: days(8) }] });
    const [mood] = assessmentsAt(dateVisits(visits, day('06-01'), []), 'D8');
    expect(mood?.until).toBeUndefined();
    expect(whyCancelled(mood!, day('06-08'))).toBeUndefined();
  });

  test('is nothing in a study without injections, if Day 1 was missed', () => {
    const visits = visitsOf({
      phases: [],
      assessments: [{ name: 'Mood', days: days(1, 8) }],
    });
    const none = attended(2, 'D1', '06-01', ['Mood'], { result: 'not done' });
    const [mood] = assessmentsAt(dateVisits(visits, day('06-01'), [none]), 'D8');
    expect(mood?.until).toBeUndefined();
  });
});
