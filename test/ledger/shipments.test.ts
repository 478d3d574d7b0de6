import { describe, expect, test } from 'vitest';
import {
  byKitAndSlot,
  type KitAccount,
  kitAccounts,
  siteStocks,
} from '../../src/ledger/accountability.ts';
import { checkKitEvents } from '../../src/ledger/check-kits.ts';
import type { Entry, KitEvent } from '../../src/ledger/entry.ts';
import {
  brokenByDose,
  brokenByEvent,
  POSSIBLE_AS_DEVIATION,
  whyNot,
} from '../../src/ledger/kit-rules.ts';
import { sentFrom, wayText } from '../../src/ledger/kit-sites.ts';
import { slotTroubles } from '../../src/ledger/slot-troubles.ts';
import { reconcileUnits, unitsLeft } from '../../src/ledger/unit-balances.ts';
import { missingText } from '../../src/ledger/unit-texts.ts';
import type { Slot } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { kitsOfUnits } from '../support/ledger.ts';

/** Two slots of site A; of the second stratum participants of every site can be. */
const SLOTS = [
  { number: 'R001', batch: 1, stratum: 'site=A', sequence: 1, kit: 'K1', spares: ['S1'] },
  { number: 'R002', batch: 1, stratum: 'site=A', sequence: 2, kit: 'K2', spares: [] },
  { number: 'R003', batch: 1, stratum: 'sex=F', sequence: 1, kit: 'K3', spares: [] },
] as unknown as Slot[];
const SITES = ['A', 'B'];

/** Entries with only the members that the checks read. */
function ledger(...acts: Record<string, unknown>[]): Entry[] {
  return acts.map((act, index) => {
    const common = { seq: index + 1, subject: null, time: '2026-12-01T08:00:00.000Z' };
    return { ...common, ...act } as unknown as Entry;
  });
}

const day = (date: string) => date as CivilDate;
const randomized = (subject: string, kit: string, site = 'A') => ({
  action: 'randomization',
  subject,
  kit,
  site,
  time: '2026-05-01T08:00:00.000Z',
});
const moved = (subject: string, date = '2026-06-10') => ({
  action: 'transfer',
  subject,
  from: 'A',
  to: 'B',
  date,
});
const happened = (event: KitEvent, date: string, more: object = {}, kit = 'K1') => ({
  action: 'kit',
  event,
  kit,
  date,
  units: 9,
  corrects: null,
  ...more,
});
const shipped = (date: string, from: string | null, to: string, more: object = {}) =>
  happened('shipped', date, { from, to, ...more });
const dose = (visit: string, date: string) => ({
  action: 'dose',
  subject: 'P1',
  visit,
  kit: 'K1',
  date,
  result: 'given',
  corrects: null,
  deviations: [],
});

const accountOf = (acts: Record<string, unknown>[], kit = 'K1'): KitAccount =>
  kitAccounts(SLOTS, ledger(...acts)).find((one) => one.kit === kit)!;
const rulesOf = (account: KitAccount, event: KitEvent, site?: string) =>
  brokenByEvent(account, event, { date: day('2026-06-30'), listMade: undefined, site }).map(
    ({ rule }) => rule,
  );
const problemsOf = (...acts: Record<string, unknown>[]) =>
  checkKitEvents(SLOTS, ledger(...acts), SITES).map(({ message }) => message);

describe('a kit that is on its way', () => {
  const start = [randomized('P1', 'K1'), shipped('2026-06-01', null, 'A')];
  const sent = accountOf(start);

  test('is shipped, and counts at the site to which it goes', () => {
    expect(sent).toMatchObject({ state: 'shipped', site: 'A', shipment: { to: 'A', seq: 2 } });
    expect(siteStocks(kitAccounts(SLOTS, ledger(...start)))[0]).toMatchObject({
      site: 'A',
      kits: 3,
      inTransit: 1,
      inStock: 0,
    });
    const came = accountOf([...start, happened('received', '2026-06-03')]);
    expect(came).toMatchObject({ state: 'received', site: 'A', shipment: undefined });
  });

  test('is dispensed only as a deviation', () => {
    expect(whyNot(sent, 'dispensed', 'P1')).toBe(
      'kit K1 was shipped to A on 2026-06-01 and is not recorded as received: it cannot be dispensed yet',
    );
    expect(whyNot(sent, 'dispensed', 'P1', POSSIBLE_AS_DEVIATION)).toBeUndefined();
    expect(rulesOf(sent, 'dispensed')).toEqual(['in transit']);
    const given = happened('dispensed', '2026-06-02', { subject: 'P1' });
    expect(problemsOf(...start, given)[0]).toContain('cannot be dispensed yet');
    expect(problemsOf(...start, { ...given, deviations: ['in transit'] })).toEqual([]);
  });

  test('is not shipped again, and not returned by a participant', () => {
    expect(whyNot(sent, 'shipped', null)).toMatch(/it cannot be shipped again$/);
    expect(whyNot(sent, 'returned', null)).toMatch(/it cannot be returned yet$/);
    for (const event of ['received', 'returned to depot', 'lost', 'destroyed'] as const) {
      expect(whyNot(sent, event, null)).toBeUndefined();
    }
  });

  test('is not injected from before it has come', () => {
    const came = accountOf([...start, happened('received', '2026-06-03')]);
    const texts = (date: string) => brokenByDose(came, day(date)).map(({ text }) => text);
    expect(texts('2026-05-31')).toEqual([]);
    expect(texts('2026-06-01')).toEqual(['K1 was shipped on the same day']);
    expect(texts('2026-06-02')).toEqual(['K1 was shipped on 2026-06-01, before this injection']);
    expect(texts('2026-06-03')).toEqual([]);
  });

  test('is told of when its slot is given', () => {
    const acts = [happened('received', '2026-06-01', {}, 'S1'), shipped('2026-06-01', null, 'A')];
    const accounts = kitAccounts(SLOTS, ledger(...acts));
    expect(
      slotTroubles(byKitAndSlot(accounts), [{ number: 'R001' }], day('2026-06-02')),
    ).toMatchObject([
      {
        what: 'not received',
        text: 'kit K1 of R001 was shipped to A on 2026-06-01 and is not recorded as received: use its spare kit S1, which is in stock',
      },
    ]);
  });

  test('comes to another site than it was shipped to only as a deviation', () => {
    expect(rulesOf(sent, 'received')).toEqual([]);
    expect(rulesOf(sent, 'received', 'A')).toEqual([]);
    expect(rulesOf(sent, 'received', 'B')).toEqual(['other site']);
    const at = happened('received', '2026-06-03', { site: 'B' });
    expect(problemsOf(...start, at)).toEqual(['kit K1 was shipped to A on 2026-06-01, not to B']);
    const known = { ...at, deviations: ['other site'] };
    expect(problemsOf(...start, known)).toEqual([]);
    const there = accountOf([...start, known]);
    expect(there).toMatchObject({ state: 'received', site: 'B', belongsTo: 'A' });
    expect(rulesOf(there, 'dispensed')).toEqual(['other site']);
  });

  test('and spoilt is on hold until it is released, also when it has come', () => {
    const hold = happened('quarantined', '2026-06-02');
    const onHold = accountOf([...start, hold]);
    expect(onHold).toMatchObject({ state: 'quarantined', heldFrom: 'shipped' });
    expect(onHold.shipment).toBeDefined();
    expect(whyNot(onHold, 'received', null)).toBeUndefined();
    const came = [...start, hold, happened('received', '2026-06-03')];
    expect(accountOf(came)).toMatchObject({ state: 'quarantined', heldFrom: 'received' });
    expect(problemsOf(...came)).toEqual([]);
    const released = accountOf([...came, happened('released', '2026-06-04')]);
    expect(released).toMatchObject({ state: 'received', heldFrom: undefined });
    expect(rulesOf(onHold, 'dispensed')).toEqual(['quarantined', 'in transit']);
    expect(whyNot(onHold, 'dispensed', 'P1', ['in transit'])).toContain('before it is released');
    expect(whyNot(onHold, 'dispensed', 'P1', POSSIBLE_AS_DEVIATION)).toBeUndefined();
  });
});

describe('a kit that a site sends on', () => {
  const had = [
    randomized('P1', 'K1'),
    happened('received', '2026-06-01'),
    happened('dispensed', '2026-06-01', { subject: 'P1' }),
  ];

  test('of a participant who was transferred is theirs again when it has come', () => {
    const way = [...had, moved('P1'), shipped('2026-06-11', 'A', 'B')];
    expect(problemsOf(...way)).toEqual([]);
    const came = accountOf([...way, happened('received', '2026-06-12')]);
    expect(came).toMatchObject({ state: 'dispensed', site: 'B', belongsTo: 'B' });
    expect(whyNot(came, 'dispensed', 'P1')).toContain('was dispensed on 2026-06-01 (P1)');
    expect(whyNot(came, 'returned', null)).toBeUndefined();
  });

  test('stays where it was until it is shipped, if its shipments are on record', () => {
    const acts = [randomized('P1', 'K1'), shipped('2026-06-01', null, 'A')];
    const came = [...acts, happened('received', '2026-06-03'), moved('P1')];
    expect(accountOf(came)).toMatchObject({ site: 'A', belongsTo: 'B' });
    expect(rulesOf(accountOf(came), 'dispensed')).toEqual(['other site']);
    expect(rulesOf(accountOf(came), 'shipped', 'B')).toEqual([]);
  });

  test('goes to a site that should not have it only as a deviation', () => {
    expect(rulesOf(accountOf(had), 'shipped', 'B')).toEqual(['other site']);
    const text = 'kit K1 should not go to B: P1 is at A';
    expect(problemsOf(...had, shipped('2026-06-02', 'A', 'B'))).toEqual([text]);
    const nobody = accountOf([], 'K2');
    expect(rulesOf(nobody, 'shipped', 'B')).toEqual(['other site']);
  });

  test('on hold is shipped only as a deviation, and stays on hold', () => {
    const hold = [...had.slice(0, 2), happened('quarantined', '2026-06-02')];
    const acts = [...hold, moved('P1')];
    const held = accountOf(acts);
    expect(whyNot(held, 'shipped', null)).toBe(
      'kit K1 has been in quarantine since 2026-06-02: it cannot be shipped before it is released',
    );
    expect(rulesOf(held, 'shipped', 'B')).toEqual(['quarantined']);
    const known = shipped('2026-06-11', 'A', 'B', { deviations: ['quarantined'] });
    expect(problemsOf(...acts, known)).toEqual([]);
    expect(accountOf([...acts, known])).toMatchObject({
      state: 'quarantined',
      heldFrom: 'shipped',
      site: 'B',
    });
  });

  test('to the depot can be shipped again, but not if its participant has returned it', () => {
    const unused = [randomized('P1', 'K1'), happened('received', '2026-06-01')];
    const back = accountOf([...unused, happened('returned to depot', '2026-06-02', { from: 'A' })]);
    expect(back).toMatchObject({ state: 'returned to depot', site: undefined, belongsTo: 'A' });
    expect(whyNot(back, 'shipped', null)).toBeUndefined();
    expect(whyNot(back, 'received', null)).toBe(
      'kit K1 was returned to the depot on 2026-06-02: it cannot be received',
    );
    const used = [
      ...had,
      happened('returned', '2026-06-03', { subject: 'P1', units: 2 }),
      happened('returned to depot', '2026-06-04', { from: 'A', units: 2 }),
    ];
    expect(problemsOf(...used)).toEqual([]);
    expect(whyNot(accountOf(used), 'shipped', null)).toBe(
      'kit K1 was returned by P1 on 2026-06-03: it cannot be shipped to a site',
    );
    expect(whyNot(accountOf(used), 'destroyed', null)).toBeUndefined();
    const troubles = slotTroubles(byKitAndSlot([back]), [{ number: 'R001' }], day('2026-06-03'));
    expect(troubles).toMatchObject([{ what: 'returned to depot' }]);
    expect(whyNot(accountOf(had), 'returned to depot', null)).toContain('was dispensed on');
  });
});

describe('a kit of a list without the site', () => {
  test('goes from the depot to the site of its participant after randomization', () => {
    expect(whyNot(accountOf([], 'K3'), 'shipped', null)).toBe(
      'kit K3 belongs to no site until a participant has it (R003): it cannot be shipped yet',
    );
    const acts = [randomized('P3', 'K3', 'B')];
    expect(accountOf(acts, 'K3')).toMatchObject({ state: 'listed', site: 'B', belongsTo: 'B' });
    expect(rulesOf(accountOf(acts, 'K3'), 'shipped', 'A')).toEqual(['other site']);
    const way = { ...shipped('2026-06-02', null, 'B'), kit: 'K3' };
    expect(problemsOf(...acts, way)).toEqual([]);
  });
});

test.each<[string, Record<string, unknown>[], string]>([
  ['to nowhere', [happened('shipped', '2026-06-01', { from: null })], 'shipped to no site'],
  ['to no site', [shipped('2026-06-01', null, 'X')], 'X is not a site of study.yaml'],
  [
    'from where it is not',
    [shipped('2026-06-01', 'B', 'A')],
    'shipped from B, but it was at depot',
  ],
  [
    'to where it is',
    [happened('received', '2026-06-01'), shipped('2026-06-02', 'A', 'A')],
    'kit K1 was shipped to A, where it was',
  ],
  [
    'and has more units than were sent',
    [shipped('2026-06-01', null, 'A', { units: 8 }), happened('received', '2026-06-02')],
    '9 units received, of 8',
  ],
  [
    'and something else that names a destination',
    [happened('received', '2026-06-01', { to: 'A' })],
    'kit K1 was received to A',
  ],
])('a ledger in which a kit is shipped %s is reported', (_, acts, message) => {
  expect(problemsOf(...acts)[0]).toContain(message);
});

describe('the units of a kit on its way', () => {
  const acts = [
    randomized('P1', 'K1'),
    shipped('2026-06-01', null, 'A', { units: 9 }),
    happened('received', '2026-06-02', { units: 8 }),
  ];
  const dispensed = happened('dispensed', '2026-06-02', { subject: 'P1', units: 8 });

  test('that have not come are told of', () => {
    const { missing } = reconcileUnits(
      kitAccounts(SLOTS, ledger(...acts)),
      ledger(...acts),
      kitsOfUnits(9),
    );
    expect(missing.map(missingText)).toEqual([
      'kit K1: 9 units shipped, 8 received: 1 is not accounted for (--reason says why)',
    ]);
  });

  test('that have not come are explained by a reason', () => {
    const [first, sent, came] = acts;
    const why = ledger(first!, sent!, { ...came, reason: '1 vial broken' });
    expect(reconcileUnits(kitAccounts(SLOTS, why), why, kitsOfUnits(9)).missing).toEqual([]);
  });

  test('are those that are left when it is sent on: 8, without 3 given, then 1 lost on the way and 1 given', () => {
    const first = [...acts, dispensed, dose('D1', '2026-06-03')];
    expect(unitsLeft(accountOf(first), 3, 9)).toBe(5);
    const way = [
      ...[...first, dose('D2', '2026-06-04'), dose('D3', '2026-06-05'), moved('P1')],
      shipped('2026-06-11', 'A', 'B', { units: 5 }),
      happened('received', '2026-06-12', { units: 4 }),
    ];
    expect(unitsLeft(accountOf(way), 3, 9)).toBe(4);
    expect(unitsLeft(accountOf(way), 4, 9)).toBe(3);
    const { balances } = reconcileUnits(
      kitAccounts(SLOTS, ledger(...way)),
      ledger(...way),
      kitsOfUnits(9),
    );
    expect(balances).toMatchObject([{ dispensed: 8, given: 3, open: 5 }]);
  });

  test('are not fewer for having been on hold', () => {
    const held = [...acts, dispensed, happened('quarantined', '2026-06-03', { units: 2 })];
    expect(unitsLeft(accountOf(held), 0, 9)).toBe(8);
    const returned = happened('returned', '2026-06-04', { subject: 'P1', units: 8 });
    expect(problemsOf(...held, returned)).toEqual([]);
  });

  test('that were returned, and not sent to the depot, are told of', () => {
    const back = [
      ...[...acts, dispensed, happened('returned', '2026-06-04', { subject: 'P1', units: 7 })],
      happened('returned to depot', '2026-06-05', { from: 'A', units: 6 }),
    ];
    const { missing } = reconcileUnits(
      kitAccounts(SLOTS, ledger(...back)),
      ledger(...back),
      kitsOfUnits(9),
    );
    expect(missing.map(missingText)[1]).toBe(
      'kit K1: 7 units returned, 6 returned to the depot: 1 is not accounted for (--reason says why)',
    );
  });
});

test('from where a kit is shipped: where it was received, although its participant was transferred', () => {
  const siteOn = (date: CivilDate) => (date < '2026-06-10' ? 'A' : 'B');
  const received = ledger(happened('received', '2026-06-01')) as KitAccount['events'];
  expect(sentFrom([], siteOn)).toBeUndefined();
  expect(sentFrom(received, siteOn)).toBe('A');
  expect(wayText({ from: null, to: 'B' })).toBe(' from the depot to B');
  expect(wayText({ site: 'B' })).toBe(' at B');
});
