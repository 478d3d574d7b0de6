import { describe, expect, test } from 'vitest';
import {
  amountDeviations,
  changedDeviations,
  type Deviation,
  judgeCalendar,
  type JudgedCalendar,
} from '../../src/schedule/deviations.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { reviseCalendar } from '../../src/schedule/revisions.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { StudyDay, SubjectId } from '../../src/study/identifiers.ts';

const date = (text: string) => `2026-${text}` as CivilDate;
const days = (...all: number[]) => all as StudyDay[];
const WINDOW = { before: 1, after: 2 };

/** Injections on Days 1, 15 and 22; an assessment on Day 15 and one on Day 22 with a window of its own. */
const VISITS = visitsOf({
  phases: [{ name: 'weekly', days: days(1, 15, 22), window: WINDOW, leastInterval: 5 }],
  assessments: [
    { name: 'Mood', days: days(15) },
    { name: 'Blood', days: days(22), window: { before: 0, after: 0 } },
  ],
});
const SUBJECT = {
  subject: 'A1' as SubjectId,
  site: 'CRT',
  number: 'R001',
  kit: 'K1',
  day1: date('06-01'),
  made: '2026-05-30T08:00:00.000Z',
};

type Entered = Partial<Happening> & { visit: string; date: CivilDate };
const given = (visit: string, on: string, more: object = {}): Entered => {
  const about = { action: 'dose', visit, date: date(on), result: 'given', kit: null } as const;
  return { ...about, ...more };
};

function judged(...records: Entered[]): JudgedCalendar {
  const happenings = records.map((one, index) => {
    const seq = index + 3;
    return { seq, time: '', reason: null, deviations: [], ...one } as unknown as Happening;
  });
  return judgeCalendar(VISITS, reviseCalendar(VISITS, SUBJECT, happenings), happenings, {
    randomizedOn: date('05-30'),
    kitDeviations: ({ kit }): Deviation[] =>
      kit === null ? [] : [{ rule: 'kit', text: `from ${kit}` }],
  });
}

/** Visit and title → rules, of events with a deviation. */
function rulesOf({ events }: JudgedCalendar): Rules {
  return Object.fromEntries(
    events.flatMap(({ visit, title, kind, deviations }) =>
      deviations.length === 0
        ? []
        : [
            [
              kind === 'injection' ? visit : `${visit} ${title}`,
              deviations.map(({ rule }) => rule),
            ],
          ],
    ),
  );
}
type Rules = Record<string, string[]>;

describe('deviations', () => {
  test('are none where every record keeps to the schedule, and Day 1 is the day of the first injection', () => {
    expect(rulesOf(judged())).toEqual({});
    expect(rulesOf(judged(given('D1', '06-04'), given('D15', '06-20')))).toEqual({});
  });

  test.each<[string, Entered[], Rules]>([
    ['outside its window', [given('D1', '06-01'), given('D15', '06-18')], { D15: ['window'] }],
    [
      'too soon after the one before: once, for the later one',
      [given('D1', '06-01'), given('D15', '06-17'), given('D22', '06-21')],
      { D22: ['least interval'], 'D22 Blood': ['window'] },
    ],
    [
      'on the same day as the one before',
      [given('D1', '06-01'), given('D15', '06-21'), given('D22', '06-21')],
      { D15: ['window'], D22: ['order'], 'D22 Blood': ['window'] },
    ],
    ['before the randomization', [given('D1', '05-29')], { D1: ['before randomization'] }],
    ['from a wrong kit', [given('D1', '06-01', { kit: 'K2' })], { D1: ['kit'] }],
    [
      'missed',
      [given('D1', '06-01'), given('D15', '06-15', { result: 'not done', kit: 'K2' })],
      { D15: ['missed'] },
    ],
    [
      'moved out of its window',
      [given('D1', '06-01'), { action: 'move', visit: 'D15', date: date('06-18') }],
      { D15: ['window'] },
    ],
    [
      'none any more, because the record is taken back',
      [given('D1', '05-29', { kit: 'K2' }), given('D1', '05-29', { result: 'retracted' })],
      {},
    ],
  ])('%s', (_, records, rules) => {
    expect(rulesOf(judged(...records))).toEqual(rules);
  });

  test('are computed again after a correction of Day 1; what was declared stays beside them', () => {
    const declared = { deviations: ['window'], reason: 'snow' };
    const before = judged(given('D1', '06-01'), given('D15', '06-18', declared));
    const after = judged(
      given('D1', '06-01'),
      given('D15', '06-18', declared),
      given('D1', '06-03'),
    );
    const d15 = (calendar: JudgedCalendar) =>
      calendar.events.find(({ visit, kind }) => visit === 'D15' && kind === 'injection')!;
    const said = { rules: ['window'], reason: 'snow', seq: 4 };
    expect(d15(before)).toMatchObject({ deviations: [{ rule: 'window' }], declared: said });
    expect(d15(after)).toMatchObject({ deviations: [], declared: said });
    expect(changedDeviations(before, after)).toMatchObject([
      { visit: 'D15', began: [], ended: [{ rule: 'window' }] },
    ]);
    expect(changedDeviations(after, before)).toMatchObject([
      { visit: 'D15', began: [{ rule: 'window' }], ended: [] },
    ]);
  });
});

test('an injection that the schedule does not have is a deviation, until it is taken back', () => {
  const more = { action: 'additional dose', date: date('06-02'), result: 'given', kit: 'K2' };
  const own = { ...more, corrects: null } as unknown as Entered;
  const back = { ...more, result: 'retracted', corrects: 4 } as unknown as Entered;
  const name = 'additional 4 Additional injection';
  expect(rulesOf(judged(given('D1', '06-01'), own))).toEqual({ [name]: ['additional', 'kit'] });
  const { events } = judged(given('D1', '06-01'), own, back);
  expect(events.find(({ visit }) => visit === 'additional 4')).toMatchObject({
    status: 'cancelled',
    studyDay: 2,
    deviations: [],
  });
});

test.each([
  [undefined, '1 mg', []],
  ['1 mg', undefined, []],
  ['1 mg', ' 1  MG', []],
  ['1 mg', '2 mg', ['amount']],
])('of %s, %s is given', (planned, amount, rules) => {
  expect(amountDeviations(planned, amount).map(({ rule }) => rule)).toEqual(rules);
});

describe('an assessment that is recorded', () => {
  const attended = (visit: string, on: string, name: string, more: object = {}): Entered => {
    const own = { assessments: [name], result: 'done', ...more };
    return { action: 'attendance', visit, date: date(on), ...own } as Entered;
  };
  const eventOf = ({ events }: JudgedCalendar, title: string) =>
    events.find((event) => event.title === title)!;

  test('has the date on which it took place, also apart from the injection of its visit', () => {
    const now = judged(
      given('D1', '06-01'),
      attended('D15', '06-13', 'Mood'),
      given('D15', '06-15'),
    );
    expect(eventOf(now, 'Mood')).toMatchObject({
      status: 'done',
      date: date('06-13'),
      planned: date('06-15'),
      deviation: -2,
    });
    expect(rulesOf(now)).toEqual({});
  });

  test.each<[string, Entered[], Rules]>([
    ['outside its window', [attended('D22', '06-23', 'Blood')], { 'D22 Blood': ['window'] }],
    ['inside it', [attended('D22', '06-22', 'Blood')], {}],
    [
      'outside its window, until Day 1 is corrected',
      [given('D1', '06-01'), attended('D22', '06-23', 'Blood'), given('D1', '06-02')],
      {},
    ],
    [
      'missed',
      [attended('D15', '06-15', 'Mood', { result: 'not done' })],
      { 'D15 Mood': ['missed'] },
    ],
    [
      'taken back',
      [
        attended('D22', '06-23', 'Blood'),
        attended('D22', '06-23', 'Blood', { result: 'retracted' }),
      ],
      {},
    ],
    [
      'before the randomization',
      [attended('D15', '05-29', 'Mood')],
      { 'D15 Mood': ['order', 'before randomization'] },
    ],
    [
      'of a participant who had left the study',
      [
        { action: 'withdrawal', date: date('06-10'), from: 'study' } as unknown as Entered,
        attended('D15', '06-15', 'Mood'),
      ],
      { 'D15 Mood': ['cancelled'] },
    ],
    [
      'on the day on which the participant left the study',
      [
        attended('D22', '06-22', 'Blood'),
        { action: 'withdrawal', date: date('06-22'), from: 'study' } as unknown as Entered,
      ],
      {},
    ],
    [
      'after the day on which the participant is then said to have left the study',
      [
        attended('D22', '06-22', 'Blood'),
        { action: 'withdrawal', date: date('06-21'), from: 'study' } as unknown as Entered,
      ],
      { 'D22 Blood': ['withdrawn'] },
    ],
    [
      'after the participant left the treatment alone',
      [
        attended('D22', '06-22', 'Blood'),
        { action: 'withdrawal', date: date('06-21'), from: 'treatment' } as unknown as Entered,
      ],
      {},
    ],
    [
      'after the first injection was missed',
      [given('D1', '06-01', { result: 'not done' }), attended('D15', '06-15', 'Mood')],
      { D1: ['missed'], 'D15 Mood': ['cancelled'] },
    ],
  ])('%s', (_, records, rules) => {
    expect(rulesOf(judged(...records))).toEqual(rules);
  });
});
