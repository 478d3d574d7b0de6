import { describe, expect, test } from 'vitest';
import { makeCalendar } from '../../src/schedule/calendar.ts';
import type { Happening } from '../../src/schedule/happenings.ts';
import {
  changesBetween,
  detailedChanges,
  isOff,
  isOffNow,
  type KitOfVisit,
  reviseCalendar,
} from '../../src/schedule/revisions.ts';
import { type Visit, visitsOf } from '../../src/schedule/visits.ts';
import type { Phase } from '../../src/study/study.ts';
import {
  additional,
  amended,
  attended,
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

/** Injections on Days 1 and 8; blood on Day 10. */
function plan(more: Partial<Phase> = {}, on = days(1, 8)): Visit[] {
  return visitsOf({
    phases: [{ name: 'weekly', days: on, ...more }],
    assessments: [{ name: 'Blood', days: days(10) }],
  });
}
const VISITS = plan({ dose: '1 mg', route: 'oral', window: { before: 1, after: 1 } });
const calendar = (...happened: Happening[]) => makeCalendar(VISITS, SUBJECT, happened);

describe('the SEQUENCE of an event', () => {
  /** Each event with its number of changes, and the entry of the last one. */
  const sequences = (...happened: Happening[]) =>
    reviseCalendar(VISITS, SUBJECT, happened).events.map(
      ({ visit, sequence, changed }) => `${visit} ${sequence} ${changed.slice(14, 16)}`,
    );

  test('is 0 at randomization', () => {
    expect(sequences()).toEqual(['D1 0 01', 'D8 0 01', 'D10 0 01']);
    const { events, ...participant } = reviseCalendar(VISITS, SUBJECT, []);
    expect(participant).toMatchObject({ subject: 'CRT-001', plannedDay1: '2026-06-01' });
    expect(events.every(({ leftSites }) => leftSites.length === 0)).toBe(true);
  });

  test('is higher by one for each record that changes the event, and for no other', () => {
    expect(sequences(moved(2, 'D8', '06-09'))).toEqual(['D1 0 01', 'D8 1 02', 'D10 0 01']);
    const all = [moved(2, 'D8', '06-09'), attended(3, 'D10', '06-10', ['Blood'])];
    expect(sequences(...all, given(4, 'D8', '06-09'))).toEqual(['D1 0 01', 'D8 2 04', 'D10 1 03']);
    expect(sequences(given(2, 'D1', '06-02'))).toEqual(['D1 1 02', 'D8 1 02', 'D10 1 02']);
  });

  test('does not change by a record that says the same again', () => {
    expect(sequences(given(2, 'D8', '06-08'), given(3, 'D8', '06-08', { reason: 'note' }))).toEqual(
      [...['D1 0 01', 'D8 1 02', 'D10 0 01']],
    );
  });

  test('is higher after another amount, another weight, another id or another site', () => {
    const first = given(2, 'D1', '06-01', { amount: '1 mg', weight: '70' });
    expect(sequences(first, given(3, 'D1', '06-01', { amount: '2 mg', weight: '70' }))[0]).toBe(
      'D1 2 03',
    );
    expect(sequences(first, given(3, 'D1', '06-01', { amount: '1 mg', weight: '71' }))[0]).toBe(
      'D1 2 03',
    );
    expect(sequences(renamed(2, 'CRT-002'))).toEqual(['D1 1 02', 'D8 1 02', 'D10 1 02']);
    expect(sequences(transferred(2, 'PAR', '06-08'))).toEqual(['D1 0 01', 'D8 1 02', 'D10 1 02']);
  });

  test.each<[string, Visit[]]>([
    ['dose', plan({ dose: '2 mg', route: 'oral', window: { before: 1, after: 1 } })],
    ['route', plan({ dose: '1 mg', route: 'rectal', window: { before: 1, after: 1 } })],
    ['window', plan({ dose: '1 mg', route: 'oral', window: { before: 1, after: 2 } })],
    [
      'phase',
      plan({ name: 'other', dose: '1 mg', route: 'oral', window: { before: 1, after: 1 } }),
    ],
  ])('is higher after an amendment to another %s', (_, visits) => {
    expect(sequences(amended(2, 'A2', '06-05', visits))).toEqual([
      'D1 0 01',
      'D8 1 02',
      'D10 0 01',
    ]);
  });

  test('begins at 0 for an event that an entry adds', () => {
    expect(sequences(moved(2, 'D8', '06-09'), additional(3, '06-03'))).toEqual([
      ...['D1 0 01', 'additional 3 0 03', 'D8 1 02', 'D10 0 01'],
    ]);
    const added = amended(2, 'A2', '06-05', plan({}, days(1, 9)));
    expect(sequences(added)).toEqual(['D1 0 01', 'D8 1 02', 'D9 0 02', 'D10 0 01']);
  });
});

describe('the sites that had an event and do not any more', () => {
  const leftSites = (...happened: Happening[]) =>
    reviseCalendar(VISITS, SUBJECT, happened).events.map(
      ({ visit, site, leftSites: left }) => `${visit} ${site} ${left.join()}`,
    );

  test('are those before each transfer', () => {
    const first = transferred(2, 'PAR', '06-08');
    expect(leftSites(first)).toEqual(['D1 CRT ', 'D8 PAR CRT', 'D10 PAR CRT']);
    expect(leftSites(first, transferred(3, 'LYO', '06-09'))).toEqual([
      ...['D1 CRT ', 'D8 PAR CRT', 'D10 LYO CRT,PAR'],
    ]);
    expect(leftSites(first, takenBack(3, first))).toEqual(['D1 CRT ', 'D8 CRT PAR', 'D10 CRT PAR']);
    expect(leftSites(additional(2, '06-03'))[1]).toBe('additional 2 CRT ');
  });
});

describe('the changes between two calendars', () => {
  const changes = (before: Happening[] | undefined, now: Happening[]) =>
    changesBetween(before && calendar(...before), calendar(...now)).map(
      ({ visit, change, from, to }) => `${visit} ${change} ${from?.slice(5) ?? '-'} ${to.slice(5)}`,
    );

  test('are all events if there was none before, without those that are off', () => {
    expect(changes(undefined, [])).toEqual([
      ...['D1 new - 06-01', 'D8 new - 06-08', 'D10 new - 06-10'],
    ]);
    expect(changes(undefined, [missed(2, 'D8', '06-08')])).toEqual([
      ...['D1 new - 06-01', 'D10 new - 06-10'],
    ]);
  });

  test.each<[string, Happening[], Happening[], string[]]>([
    ['none if nothing changed', [], [], []],
    ['none if an injection was given on its day', [], [given(2, 'D1', '06-01')], []],
    ['a move', [], [moved(2, 'D8', '06-09')], ['D8 moved 06-08 06-09']],
    ['another day than planned', [], [given(2, 'D8', '06-09')], ['D8 moved 06-08 06-09']],
    ['a missed injection', [], [missed(2, 'D8', '06-09')], ['D8 not done 06-08 06-09']],
    [
      'a withdrawal',
      [],
      [withdrawn(2, '06-05', 'study')],
      ['D8 cancelled 06-08 06-08', 'D10 cancelled 06-10 06-10'],
    ],
    [
      'one that takes place after all',
      [missed(2, 'D8', '06-09')],
      [given(2, 'D8', '06-09')],
      ['D8 on again 06-09 06-09'],
    ],
    [
      'none if a missed one has another date',
      [missed(2, 'D8', '06-09')],
      [missed(2, 'D8', '06-08')],
      [],
    ],
    ['an additional injection', [], [additional(2, '06-03')], ['additional 2 new - 06-03']],
    [
      'none if nobody knew of an additional injection',
      [],
      [additional(2, '06-03'), additional(3, '06-03', { result: 'retracted', corrects: 2 })],
      [],
    ],
  ])('are %s', (_, before, now, expected) => {
    expect(changes(before, now)).toEqual(expected);
  });

  test('say whose event it is, at which site, and why', () => {
    const now = calendar(renamed(2, 'CRT-002'), moved(3, 'D8', '06-09', { reason: 'holiday' }));
    expect(changesBetween(calendar(), now)).toEqual([
      {
        subject: 'CRT-002',
        site: 'CRT',
        visit: 'D8',
        title: 'Injection 2 of 2',
        change: 'moved',
        from: '2026-06-08',
        to: '2026-06-09',
        reason: 'holiday',
      },
    ]);
  });

  test('know an injection by its visit, however it is counted', () => {
    const before = makeCalendar(plan({}, days(1, 8)), SUBJECT);
    const now = makeCalendar(plan({}, days(1, 5, 8)), SUBJECT);
    expect(changesBetween(before, now).map(({ visit, change }) => `${visit} ${change}`)).toEqual([
      'D5 new',
    ]);
  });

  test('know two assessments of a visit apart', () => {
    const of = (...happened: Happening[]) => {
      const assessments = ['Blood', 'Mood'].map((name) => ({ name, days: days(10) }));
      return makeCalendar(visitsOf({ phases: [], assessments }), SUBJECT, happened);
    };
    const one = attended(2, 'D10', '06-11', ['Mood']);
    expect(changesBetween(of(), of(one)).map(({ title }) => title)).toEqual(['Mood']);
    expect(changesBetween(of(one), of(one))).toEqual([]);
  });
});

describe('the changes in detail', () => {
  const none: KitOfVisit = () => undefined;
  const detailed = (
    before: Happening[] | undefined,
    now: Happening[],
    kits: { before: KitOfVisit; now: KitOfVisit } = { before: none, now: none },
  ) =>
    detailedChanges(before && calendar(...before), calendar(...now), kits).map(
      ({ visit, change, details }) => `${visit} ${change}: ${details.join('; ')}`,
    );

  test('are none if nothing changed, and have no details of new events', () => {
    expect(detailed([], [])).toEqual([]);
    expect(detailed(undefined, [])).toEqual(['D1 new: ', 'D8 new: ', 'D10 new: ']);
    expect(detailed([], [given(2, 'D1', '06-01', { amount: '1 mg', weight: '70' })])).toEqual([]);
  });

  test('have the amount and the weight if a record is corrected', () => {
    const first = given(2, 'D1', '06-01', { amount: '1 vial', weight: '70' });
    expect(
      detailed([first], [given(2, 'D1', '06-01', { amount: '2 vials', weight: '71' })]),
    ).toEqual(['D1 changed: amount 1 vial → 2 vials; weight 70 kg → 71 kg']);
    expect(detailed([first], [given(2, 'D1', '06-01')])).toEqual([
      'D1 changed: amount 1 vial → none; weight 70 kg → none',
    ]);
    expect(detailed([given(2, 'D1', '06-01')], [first])).toEqual([
      'D1 changed: amount none → 1 vial; weight none → 70 kg',
    ]);
    expect(
      detailed([missed(2, 'D8', '06-08')], [given(2, 'D8', '06-08', { amount: '1' })]),
    ).toEqual(['D8 on again: ']);
    // It is planned again.
    const back = given(3, 'D1', '06-01', { result: 'retracted' });
    expect(detailed([first], [first, back])).toEqual([]);
  });

  test('have the kit if a record is corrected', () => {
    const kits = {
      before: (visit: string) => `K1-${visit}`,
      now: (visit: string) => `K2-${visit}`,
    };
    const first = [given(2, 'D1', '06-01')];
    expect(detailed(first, first, kits)).toEqual(['D1 changed: kit K1-D1 → K2-D1']);
    expect(detailed(first, first, { ...kits, before: none })).toEqual([
      'D1 changed: kit none → K2-D1',
    ]);
    expect(detailed([], first, kits)).toEqual([]);
    expect(detailed(first, [], kits)).toEqual([]);
    expect(detailed([], [], kits)).toEqual([]);
    expect(detailed(undefined, first, kits)[0]).toBe('D1 new: ');
  });

  test('have dose, route and window of an amendment', () => {
    const other = plan({ dose: '2 mg', route: undefined, window: { before: 0, after: 1 } });
    expect(detailed([], [amended(2, 'A2', '06-05', other)])).toEqual([
      'D8 changed: dose 1 mg → 2 mg; route oral → none; ' +
        'window 2026-06-07 to 2026-06-09 → 2026-06-08 to 2026-06-09',
    ]);
    const without = plan({ dose: '1 mg', route: 'oral' });
    expect(detailed([], [amended(2, 'A2', '06-05', without)])).toEqual([
      'D8 changed: window 2026-06-07 to 2026-06-09 → none',
    ]);
  });

  test('do not have a window that follows its date, or of a visit with another status', () => {
    expect(detailed([], [given(2, 'D1', '06-02')])).toEqual([
      ...['D1 moved: ', 'D8 moved: ', 'D10 moved: '],
    ]);
    // It is given on the day on which it was planned, though its window is another now.
    expect(detailed([], [given(2, 'D1', '06-02'), given(3, 'D8', '06-08')])).toEqual([
      ...['D1 moved: ', 'D10 moved: '],
    ]);
  });

  test('have the site after a transfer, also with another date', () => {
    const transfer = transferred(2, 'PAR', '06-09');
    expect(detailed([], [transfer])).toEqual(['D10 changed: site CRT → PAR']);
    expect(detailed([], [transfer, moved(3, 'D8', '06-09')])).toEqual([
      ...['D8 moved: site CRT → PAR', 'D10 changed: site CRT → PAR'],
    ]);
  });

  test('have no details of what is off', () => {
    const off = [transferred(2, 'PAR', '06-05'), withdrawn(3, '06-05', 'study')];
    expect(detailed([], off)).toEqual(['D8 cancelled: ', 'D10 cancelled: ']);
    expect(detailed([], [missed(2, 'D8', '06-08')])).toEqual(['D8 not done: ']);
    expect(detailed([missed(2, 'D8', '06-08')], [missed(2, 'D8', '06-08')])).toEqual([]);
  });
});

test('what was missed and what is cancelled does not take place', () => {
  const statuses = ['planned', 'moved', 'given', 'done', 'not done', 'cancelled'] as const;
  expect(statuses.filter((status) => isOff({ status }))).toEqual(['not done', 'cancelled']);
  const kinds = ['new', 'moved', 'not done', 'cancelled', 'on again', 'changed'] as const;
  expect(kinds.filter((kind) => isOffNow(kind))).toEqual(['not done', 'cancelled']);
});
