import { describe, expect, test } from 'vitest';
import {
  amountDeviations,
  changedDeviations,
  type Deviation,
  judgeCalendar,
  type JudgedCalendar,
  withoutDeviations,
} from '../../src/schedule/deviations.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import { reviseCalendar } from '../../src/schedule/revisions.ts';
import { visitsOf } from '../../src/schedule/visits.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import type { SubjectId } from '../../src/study/identifiers.ts';
import { days } from '../support/happenings.ts';

const date = (text: string) => `2026-${text}` as CivilDate;
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
  // The sign for micro, and the Greek letter.
  ['5 \u00b5g', '5 \u03bcg', []],
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

describe('a deviation in words', () => {
  /** The texts of each event with a deviation. */
  const textsOf = ({ events }: JudgedCalendar) =>
    events.flatMap(({ visit, kind, title, deviations }) => {
      const name = kind === 'assessment' ? `${visit} ${title}` : visit;
      return deviations.map(({ rule, text }) => `${name} ${rule}: ${text}`);
    });
  const seen = (visit: string, on: string, name: string): Entered => {
    const own = { action: 'attendance', assessments: [name], result: 'done' } as const;
    return { visit, date: date(on), ...own };
  };
  const left = (on: string, from: 'treatment' | 'study'): Entered =>
    ({ action: 'withdrawal', date: date(on), from }) as unknown as Entered;
  const extra = (on: string, more: object = {}): Entered => {
    const own = { result: 'given', kit: null, corrects: null, ...more };
    return { action: 'additional dose', date: date(on), ...own } as unknown as Entered;
  };

  test.each<[string, Entered[], string[]]>([
    [
      'of an injection outside its window',
      [given('D1', '06-01'), given('D15', '06-18')],
      ['D15 window: its window is 2026-06-14 Sun to 2026-06-17 Wed (planned 2026-06-15)'],
    ],
    [
      'of an injection too soon after another one',
      [given('D1', '06-01'), given('D15', '06-17'), given('D22', '06-21')],
      [
        'D22 least interval: the least interval is 5 days from D15, given on 2026-06-17',
        'D22 Blood window: its window is only 2026-06-22 Mon (planned 2026-06-22)',
      ],
    ],
    [
      'of an injection on the day of another one',
      [given('D1', '06-15'), given('D15', '06-15')],
      [
        'D15 window: its window is 2026-06-28 Sun to 2026-07-01 Wed (planned 2026-06-29)',
        'D15 order: it is on the same day as D1, given on 2026-06-15',
      ],
    ],
    [
      'of an injection before the randomization, given or missed',
      [given('D1', '05-29'), given('D15', '05-28', { result: 'not done' })],
      [
        'D15 missed: not done',
        'D15 before randomization: before the randomization on 2026-05-30',
        'D1 before randomization: before the randomization on 2026-05-30',
      ],
    ],
    ['of an injection on the day of the randomization', [given('D1', '05-30')], []],
    [
      'of an injection after a withdrawal from treatment',
      [given('D1', '06-01'), given('D15', '06-15'), left('06-14', 'treatment')],
      ['D15 withdrawn: after the withdrawal from treatment on 2026-06-14'],
    ],
    [
      'of an injection on the day of a withdrawal',
      [given('D1', '06-01'), given('D15', '06-15'), left('06-15', 'treatment')],
      [],
    ],
    [
      'of an assessment after a withdrawal from the study',
      [seen('D22', '06-22', 'Blood'), left('06-14', 'treatment'), left('06-20', 'study')],
      ['D22 Blood withdrawn: after the withdrawal from study on 2026-06-20'],
    ],
    [
      'of an injection that the schedule does not have',
      [given('D1', '06-01'), extra('05-28', { kit: 'K2' }), left('05-27', 'treatment')],
      [
        'additional 4 additional: the schedule does not have it',
        'additional 4 before randomization: before the randomization on 2026-05-30',
        'additional 4 kit: from K2',
        'additional 4 withdrawn: after the withdrawal from treatment on 2026-05-27',
        'D1 withdrawn: after the withdrawal from treatment on 2026-05-27',
      ],
    ],
    [
      'of an injection that the schedule does not have, on the day of the randomization',
      [extra('05-30')],
      ['additional 3 additional: the schedule does not have it'],
    ],
    [
      'of an assessment that was missed',
      [{ ...seen('D15', '06-15', 'Mood'), result: 'not done' } as Entered],
      ['D15 Mood missed: not done'],
    ],
    [
      'of an assessment before Day 1',
      [given('D1', '06-16'), seen('D15', '06-15', 'Mood')],
      ['D15 Mood order: the visit is after Day 1, which is 2026-06-16 Tue'],
    ],
    [
      'of an assessment before the randomization',
      [given('D1', '05-25'), seen('D15', '05-29', 'Mood')],
      [
        'D1 before randomization: before the randomization on 2026-05-30',
        'D15 Mood before randomization: before the randomization on 2026-05-30',
      ],
    ],
    [
      'of an assessment on the day of the randomization',
      [given('D1', '05-30'), seen('D15', '05-31', 'Mood')],
      [],
    ],
    [
      'of an assessment of a participant who is not treated',
      [given('D1', '06-02', { result: 'not done' }), seen('D15', '06-03', 'Mood')],
      [
        'D1 missed: not done',
        'D15 Mood cancelled: the participant is not treated: D1 was missed on 2026-06-02',
      ],
    ],
    [
      'of an assessment that was no longer planned',
      [left('06-10', 'study'), seen('D15', '06-15', 'Mood')],
      ['D15 Mood cancelled: withdrawn from study'],
    ],
    [
      'of an assessment that is moved out of its window with its visit',
      [given('D1', '06-01'), given('D22', '06-23')],
      ['D22 Blood window: its window is only 2026-06-22 Mon (planned 2026-06-22)'],
    ],
    [
      'of an assessment that is not recorded, and of which the injection was missed',
      [given('D1', '06-01'), given('D22', '06-23', { result: 'not done' })],
      ['D22 missed: not done'],
    ],
  ])('%s', (_, records, texts) => {
    expect(textsOf(judged(...records))).toEqual(texts);
  });

  test('is of the assessments alone if the injection of a visit is no longer planned', () => {
    const before = left('06-10', 'treatment');
    const none = { ...seen('D15', '06-16', 'Mood'), result: 'not done' } as Entered;
    expect(textsOf(judged(before, none))).toEqual(['D15 Mood missed: not done']);
    const move: Entered = { action: 'move', visit: 'D22', date: date('06-24') };
    expect(textsOf(judged(before, move))).toEqual([
      'D22 Blood window: its window is only 2026-06-22 Mon (planned 2026-06-22)',
    ]);
  });

  test('says nothing of an assessment that was moved, and is cancelled', () => {
    const move: Entered = { action: 'move', visit: 'D22', date: date('06-24') };
    const none = given('D1', '06-01', { result: 'not done' });
    expect(textsOf(judged(move, none))).toEqual(['D1 missed: not done']);
  });

  test('says nothing of an injection that was not given, and is planned or cancelled', () => {
    expect(textsOf(judged(given('D1', '06-01'), given('D15', '06-17')))).toEqual([]);
    const late = [given('D1', '06-01', { result: 'not done' }), left('06-02', 'treatment')];
    expect(textsOf(judged(...late))).toEqual(['D1 missed: not done']);
    expect(textsOf(judged(left('06-02', 'study')))).toEqual([]);
  });
});

describe('the kit of an injection', () => {
  const kitOf = (...records: Entered[]) =>
    judged(...records).events.find(({ kind }) => kind !== 'assessment')!.kitUsed;

  test('is the one that the record names, of the study or not', () => {
    expect(kitOf(given('D1', '06-01', { kit: 'K1' }))).toBe('K1');
    expect(kitOf(given('D1', '06-01', { kit: 'K1', otherKit: 'X9' }))).toBe('X9');
    expect(kitOf(given('D1', '06-01'))).toBeNull();
    expect(kitOf(given('D1', '06-01', { result: 'not done', kit: 'K1' }))).toBeNull();
    expect(kitOf()).toBeNull();
  });

  test('is not that of an assessment of the same visit', () => {
    const { events } = judged(given('D15', '06-15', { kit: 'K1' }));
    const found = events.filter(({ visit }) => visit === 'D15');
    expect(found.map(({ title, kitUsed }) => [title, kitUsed])).toEqual([
      ['Injection 2 of 3', 'K1'],
      ['Mood', null],
    ]);
  });

  test('that the schedule does not have is in its record too', () => {
    const own = { action: 'additional dose', date: date('05-31'), result: 'given', corrects: null };
    const kept = { ...own, kit: 'K1', deviations: ['additional'], reason: 'relapse' };
    const before = judged(kept as unknown as Entered).events[0];
    expect(before).toMatchObject({
      visit: 'additional 3',
      kitUsed: 'K1',
      declared: { rules: ['additional'], reason: 'relapse', seq: 3 },
    });
    expect(judged({ ...kept, otherKit: 'X9' } as unknown as Entered).events[0]?.kitUsed).toBe('X9');
    const back = { ...kept, result: 'retracted', corrects: 3 };
    const [taken] = judged(kept as unknown as Entered, back as unknown as Entered).events;
    expect(taken).toMatchObject({
      status: 'cancelled',
      kitUsed: null,
      deviations: [],
      declared: null,
    });
  });
});

describe('the amount of an injection', () => {
  const visits = visitsOf({
    phases: [{ name: 'weekly', days: days(1, 8), dose: '1 mg' }],
    assessments: [],
  });
  const amounts = (result: string, amount?: string) => {
    const one = { seq: 3, time: '', reason: null, deviations: [], ...given('D8', '06-08') };
    const happenings = [{ ...one, result, amount }] as unknown as Happening[];
    const { events } = judgeCalendar(
      visits,
      reviseCalendar(visits, SUBJECT, happenings),
      happenings,
      {
        randomizedOn: date('05-30'),
        kitDeviations: () => [],
      },
    );
    return events.flatMap(({ deviations }) => deviations);
  };

  test('is that of the schedule, however it is typed, or it is a deviation', () => {
    expect(amounts('given')).toEqual([]);
    expect(amounts('given', '1  MG ')).toEqual([]);
    expect(amounts('given', '2 mg')).toEqual([
      { rule: 'amount', text: '2 mg was given; the schedule says 1 mg' },
    ]);
    expect(amounts('given', '1mg')).toHaveLength(1);
  });
});

describe('what was declared', () => {
  const declared = { deviations: ['window'], reason: 'snow' };
  const said = (seq: number, reason: string | null = 'snow') => {
    return { rules: ['window'], reason, seq };
  };
  const recorded = (visit: string, name: string, more: object = declared): Entered => {
    const own = { assessments: [name], result: 'done', ...more };
    return { action: 'attendance', visit, date: date('06-23'), ...own } as unknown as Entered;
  };
  const of = (visit: string, kind: string, records: Entered[]) =>
    judged(...records).events.find((event) => event.visit === visit && event.kind === kind)!
      .declared;

  test('of an injection is not said of an assessment of its visit', () => {
    const records = [given('D15', '06-18', declared)];
    expect(of('D15', 'injection', records)).toEqual(said(3));
    expect(of('D15', 'assessment', records)).toBeNull();
    expect(of('D22', 'injection', records)).toBeNull();
  });

  test('of an assessment is not said of the injection', () => {
    const records = [recorded('D22', 'Blood')];
    expect(of('D22', 'assessment', records)).toEqual(said(3));
    expect(of('D22', 'injection', records)).toBeNull();
  });

  test('of a move is said until the injection is recorded, and of nothing else', () => {
    const move: Entered = { action: 'move', visit: 'D15', date: date('06-18'), ...declared };
    expect(of('D15', 'injection', [move])).toEqual(said(3));
    expect(of('D15', 'injection', [move, given('D15', '06-16')])).toBeNull();
    expect(
      of('D15', 'injection', [move, given('D15', '06-18', { deviations: ['window'] })]),
    ).toEqual(said(4, null));
  });

  test('of a move of a visit without an injection is said of its assessments', () => {
    const visits = visitsOf({
      phases: [{ name: 'one', days: days(1) }],
      assessments: [{ name: 'Blood', days: days(8), window: WINDOW }],
    });
    const happenings = [
      { action: 'move', visit: 'D8', date: date('06-20'), seq: 3, time: '', ...declared },
    ] as unknown as Happening[];
    const { events } = judgeCalendar(
      visits,
      reviseCalendar(visits, SUBJECT, happenings),
      happenings,
      {
        randomizedOn: date('05-30'),
        kitDeviations: () => [],
      },
    );
    expect(events[1]).toMatchObject({
      title: 'Blood',
      declared: said(3),
      deviations: [
        {
          rule: 'window',
          text: 'its window is 2026-06-07 Sun to 2026-06-10 Wed (planned 2026-06-08)',
        },
      ],
    });
  });

  test('is nothing if the record declares nothing, also with a reason', () => {
    expect(of('D15', 'injection', [given('D15', '06-15', { reason: 'note' })])).toBeNull();
  });
});

test('a calendar without records has no deviations', () => {
  const plain = reviseCalendar(VISITS, SUBJECT, []);
  const judgedPlain = withoutDeviations(plain);
  expect(judgedPlain).toEqual(judged());
  expect(judgedPlain.events).toHaveLength(5);
  expect(judgedPlain.events[0]).toMatchObject({ kitUsed: null, deviations: [], declared: null });
});

describe('assessments of one visit', () => {
  const visits = visitsOf({
    phases: [{ name: 'weekly', days: days(1, 8) }],
    assessments: [
      { name: 'Screening', days: days(-3) },
      { name: 'Mood', days: days(1) },
      { name: 'Blood', days: days(1) },
    ],
  });
  /** The rules that assessments broke which were done, or not, on dates; they were randomized on 1 June. */
  const rules = (...records: [visit: string, name: string, on: string, result?: string][]) => {
    const happenings = records.map(([visit, name, on, result = 'done'], index) => {
      const about = { seq: index + 3, time: '', reason: null, deviations: [], visit, result };
      return { ...about, action: 'attendance', assessments: [name], date: date(on) };
    }) as unknown as Happening[];
    const { events } = judgeCalendar(
      visits,
      reviseCalendar(visits, SUBJECT, happenings),
      happenings,
      { randomizedOn: date('06-01'), kitDeviations: () => [] },
    );
    return events.flatMap(({ title, deviations }) =>
      deviations.map(({ rule }) => `${title}: ${rule}`),
    );
  };

  test('each have their own record', () => {
    expect(rules(['D1', 'Blood', '06-01', 'not done'])).toEqual(['Blood: missed']);
    expect(rules(['D1', 'Mood', '06-01', 'not done'], ['D1', 'Blood', '06-01'])).toEqual([
      'Mood: missed',
    ]);
  });

  test('are not before the randomization on its day, or if the schedule has them before Day 1', () => {
    expect(rules(['D1', 'Mood', '06-01'])).toEqual([]);
    expect(rules(['D1', 'Mood', '05-31'])).toEqual(['Mood: before randomization']);
    expect(rules(['D-3', 'Screening', '05-29'])).toEqual([]);
  });
});

test('what was declared of an assessment is not of an injection with the same title', () => {
  const title = 'Injection 1 of 2';
  const visits = visitsOf({
    phases: [{ name: 'weekly', days: days(1, 8) }],
    assessments: [{ name: title, days: days(1) }],
  });
  const about = { seq: 3, time: '', reason: 'ill', deviations: ['window'], visit: 'D1' };
  const record = { ...about, action: 'attendance', assessments: [title], date: date('06-02') };
  const happenings = [{ ...record, result: 'done' }] as unknown as Happening[];
  const { events } = judgeCalendar(
    visits,
    reviseCalendar(visits, SUBJECT, happenings),
    happenings,
    { randomizedOn: date('06-01'), kitDeviations: () => [] },
  );
  const declared = { rules: ['window'], reason: 'ill', seq: 3 };
  expect(events.map((event) => [event.kind, event.title, event.declared])).toEqual([
    ['injection', title, null],
    ['assessment', title, declared],
    ['injection', 'Injection 2 of 2', null],
  ]);
});

describe('what a record changes in the deviations', () => {
  const changes = (before: Entered[], now: Entered[]) =>
    changedDeviations(judged(...before), judged(...now)).map(({ visit, title, began, ended }) => [
      `${visit} ${title}`,
      began.map(({ rule }) => rule),
      ended.map(({ rule }) => rule),
    ]);

  test('is said of each event by itself, and only if it changes', () => {
    const first = [given('D1', '06-01')];
    const late = [...first, given('D15', '06-18'), given('D22', '06-23')];
    expect(changes(first, first)).toEqual([]);
    expect(changes(late, late)).toEqual([]);
    expect(changes(first, late)).toEqual([
      ['D15 Injection 2 of 3', ['window'], []],
      ['D22 Blood', ['window'], []],
    ]);
    expect(changes(late, first)).toEqual([
      ['D15 Injection 2 of 3', [], ['window']],
      ['D22 Blood', [], ['window']],
    ]);
    // Another window is not another rule.
    expect(
      changes(late, [given('D1', '06-02'), given('D15', '06-20'), given('D22', '06-25')]),
    ).toEqual([]);
  });

  test('is said of the event that changes, and not of others of its name or its visit', () => {
    const first = [given('D1', '06-01', { kit: 'K2' }), given('D15', '06-18')];
    const more = given('D22', '06-25');
    expect(changes(first, [...first, more])).toEqual([
      ['D22 Injection 3 of 3', ['window'], []],
      ['D22 Blood', ['window'], []],
    ]);
    const none = { action: 'attendance', assessments: ['Mood'], result: 'not done' } as const;
    const recorded: Entered = { ...none, visit: 'D15', date: date('06-15') };
    expect(changes([...first, recorded], [first[0]!, recorded])).toEqual([
      ['D15 Injection 2 of 3', [], ['window']],
    ]);
  });

  test('is said of each rule', () => {
    const late = [given('D1', '06-01'), given('D15', '06-18')];
    const none = given('D15', '06-18', { result: 'not done' });
    expect(changes(late, [...late, none])).toEqual([
      ['D15 Injection 2 of 3', ['missed'], ['window']],
    ]);
    const early = [given('D1', '05-29'), given('D15', '06-18')];
    expect(changes(early, [...early, given('D1', '05-29', { kit: 'K2' })])).toEqual([
      ['D1 Injection 1 of 3', ['kit'], []],
    ]);
  });

  test('is nothing of an injection that an amendment counts otherwise, or of one that is new', () => {
    const visits = visitsOf({
      phases: [{ name: 'weekly', days: days(1, 15, 22, 29), window: WINDOW, leastInterval: 5 }],
      assessments: [],
    });
    const late = [given('D1', '06-01'), given('D15', '06-18')];
    const change = { action: 'amendment', amendment: 'A2', from: date('06-20'), visits };
    expect(changes(late, [...late, change as unknown as Entered])).toEqual([]);
  });

  test('leaves out an injection that the schedule does not have: its own record says so', () => {
    const own = { action: 'additional dose', date: date('06-02'), result: 'given', kit: null };
    const extra = { ...own, corrects: null } as unknown as Entered;
    expect(changes([], [extra])).toEqual([]);
  });

  test('has the date of the event', () => {
    const [change] = changedDeviations(judged(), judged(given('D15', '06-18')));
    expect(change).toEqual({
      visit: 'D15',
      title: 'Injection 2 of 3',
      date: '2026-06-18',
      began: [
        {
          rule: 'window',
          text: 'its window is 2026-06-14 Sun to 2026-06-17 Wed (planned 2026-06-15)',
        },
      ],
      ended: [],
    });
  });
});
