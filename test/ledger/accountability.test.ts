import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byKitAndSlot,
  type KitAccount,
  kitAccounts,
  siteStocks,
} from '../../src/ledger/accountability.ts';
import { checkKitEvents } from '../../src/ledger/check-kits.ts';
import { type Entry, KIT_EVENTS, type KitEvent } from '../../src/ledger/entry.ts';
import {
  brokenByDose,
  brokenByEvent,
  POSSIBLE_AS_DEVIATION,
  whyNot,
} from '../../src/ledger/kit-rules.ts';
import { sentFrom } from '../../src/ledger/kit-sites.ts';
import { slotTroubles } from '../../src/ledger/slot-troubles.ts';
import { reconcileUnits } from '../../src/ledger/unit-balances.ts';
import { balanceTexts, overdrawnText } from '../../src/ledger/unit-texts.ts';
import type { Slot } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import { kitsOfUnits } from '../support/ledger.ts';

const SLOTS = [
  { number: 'R001', batch: 1, stratum: 'site=A', sequence: 1, kit: 'K1', spares: ['S1'] },
  { number: 'R002', batch: 1, stratum: 'site=A', sequence: 2, kit: 'K2', spares: ['S2'] },
  { number: 'R003', batch: 1, stratum: 'site=B', sequence: 1, kit: 'K3', spares: ['S3'] },
] as unknown as Slot[];

/** Entries with only the members that the checks read. */
function ledger(...acts: Record<string, unknown>[]): Entry[] {
  return acts.map(
    (act, index) =>
      ({
        seq: index + 1,
        subject: null,
        time: '2026-12-01T08:00:00.000Z',
        ...act,
      }) as unknown as Entry,
  );
}

const randomized = (subject: string, kit: string) => ({ action: 'randomization', subject, kit });
const happened = (event: KitEvent, kit: string, more: object = {}) => ({
  action: 'kit',
  event,
  kit,
  date: '2026-06-01',
  units: null,
  corrects: null,
  ...more,
});
const given = (subject: string, visit: string, kit: string | null, date = '2026-06-02') => ({
  action: 'dose',
  subject,
  visit,
  kit,
  date,
  result: 'given',
  corrects: null,
  deviations: [],
});

const on = (date: string) => ({ date: date as CivilDate, listMade: undefined });

const labels = (kits: string[], more: object = {}) => ({
  action: 'labels',
  kits,
  labels: 'outer',
  reprints: [],
  count: kits.length,
  ...more,
});

const accountOf = (entries: readonly Entry[], kit: string): KitAccount =>
  kitAccounts(SLOTS, entries).find((one) => one.kit === kit)!;

describe('a kit', () => {
  const received = happened('received', 'K1');
  const dispensed = happened('dispensed', 'K1', { subject: 'P1' });

  test('is dispensed only to the participant who has its slot, like its spare kits [R-086]', () => {
    const entries = ledger(randomized('P1', 'K1'), received, happened('received', 'S1'));
    for (const kit of ['K1', 'S1']) {
      expect(whyNot(accountOf(entries, kit), 'dispensed', 'p1')).toBeUndefined();
      expect(whyNot(accountOf(entries, kit), 'dispensed', 'P2')).toBe(
        `kit ${kit} belongs to P1, not to P2: DO NOT GIVE IT`,
      );
    }
    expect(whyNot(accountOf(ledger(happened('received', 'K2')), 'K2'), 'dispensed', 'P1')).toBe(
      'kit K2 is kept for a later participant (R002): DO NOT GIVE IT',
    );
  });

  test.each<[string, Record<string, unknown>[], KitEvent, string]>([
    [
      'before it came',
      [],
      'dispensed',
      'kit K1 is not recorded as received: it cannot be dispensed yet',
    ],
    [
      'before it was given',
      [received],
      'returned',
      'kit K1 was never dispensed, by its records: it cannot be returned by a participant',
    ],
    [
      'twice',
      [received],
      'received',
      'kit K1 was received on 2026-06-01: it cannot be received again',
    ],
    [
      'to somebody, twice',
      [received, dispensed],
      'dispensed',
      'kit K1 was dispensed on 2026-06-01 (P1): it cannot be dispensed again',
    ],
    [
      'while somebody has it',
      [received, dispensed],
      'destroyed',
      'kit K1 was dispensed on 2026-06-01 (P1): it cannot be destroyed',
    ],
    ['of which nothing is recorded', [], 'retracted', 'kit K1: there is no record to retract'],
    [
      'that is not on hold',
      [received],
      'released',
      'kit K1 is not quarantined: there is nothing to release',
    ],
    [
      'on hold',
      [received, happened('quarantined', 'K1')],
      'dispensed',
      'kit K1 has been in quarantine since 2026-06-01: it cannot be dispensed before it is released',
    ],
    [
      'on hold, before it came',
      [happened('quarantined', 'K1')],
      'received',
      'kit K1 has been in quarantine since 2026-06-01: it cannot be received before it is released',
    ],
    [
      'that was lost',
      [received, happened('lost', 'K1')],
      'dispensed',
      'kit K1 was lost on 2026-06-01: it cannot be dispensed',
    ],
  ])('%s: refused', (_, acts, event, message) => {
    const entries = ledger(randomized('P1', 'K1'), ...acts);
    expect(whyNot(accountOf(entries, 'K1'), event, 'P1')).toBe(message);
  });

  test('has the state of its last event that was not retracted', () => {
    const acts = [randomized('P1', 'K1'), received, dispensed];
    expect(accountOf(ledger(...acts), 'K1').state).toBe('dispensed');
    const back = happened('retracted', 'K1', { corrects: 3 });
    expect(accountOf(ledger(...acts, back), 'K1')).toMatchObject({ state: 'received' });
    expect(accountOf(ledger(labels(['K2'])), 'K2').state).toBe('labelled');
    expect(accountOf(ledger(labels(['K2'])), 'K1').state).toBe('listed');
  });
});

describe('a kit on hold', () => {
  const start = [randomized('P1', 'K1'), happened('received', 'K1')];
  const hold = happened('quarantined', 'K1', { date: '2026-06-03' });
  const at = (...acts: Record<string, unknown>[]) => accountOf(ledger(...start, ...acts), 'K1');
  const day = (date: string) => date as CivilDate;

  test('returns to its state when it is released, and can be destroyed or lost meanwhile', () => {
    const released = happened('released', 'K1', { date: '2026-06-04' });
    expect(at(hold)).toMatchObject({ state: 'quarantined', heldFrom: 'received' });
    expect(at(hold, released)).toMatchObject({ state: 'received', heldFrom: undefined });
    expect(whyNot(at(hold, released), 'dispensed', 'P1')).toBeUndefined();
    for (const event of ['destroyed', 'lost', 'released'] as const) {
      expect(whyNot(at(hold), event, null)).toBeUndefined();
    }
    const had = happened('dispensed', 'K1');
    expect(whyNot(at(had, hold), 'destroyed', null)).toBe(
      'kit K1 was dispensed on 2026-06-01: it cannot be destroyed',
    );
    expect(whyNot(at(had, hold), 'returned', null)).toBeUndefined();
  });

  test('is dispensed only as a deviation', () => {
    expect(whyNot(at(hold), 'dispensed', 'P1', POSSIBLE_AS_DEVIATION)).toBeUndefined();
    expect(brokenByEvent(at(hold), 'dispensed', on('2026-06-05'))).toMatchObject([
      { rule: 'quarantined' },
    ]);
    const given = happened('dispensed', 'K1', { subject: 'P1', date: '2026-06-05' });
    expect(checkKitEvents(SLOTS, ledger(...start, hold, given))[0]?.message).toContain(
      'cannot be dispensed before it is released',
    );
    const known = { ...given, deviations: ['quarantined'] };
    expect(checkKitEvents(SLOTS, ledger(...start, hold, known))).toEqual([]);
  });

  test('is not given from on these days [R-087]', () => {
    const released = happened('released', 'K1', { date: '2026-06-05' });
    const rules = (date: string) =>
      brokenByDose(at(hold, released), day(date)).map(({ text }) => text);
    expect(rules('2026-06-02')).toEqual([]);
    expect(rules('2026-06-03')).toEqual(['K1 was quarantined on the same day']);
    expect(rules('2026-06-04')).toEqual([
      'K1 was quarantined on 2026-06-03, before this injection',
    ]);
    expect(rules('2026-06-05')).toEqual([]);
  });
});

describe('a kit with an expiry date', () => {
  const packaged =
    (expiry: string, lot = 'L1') =>
    () => ({ lot, expiry });
  const at = (entries: Entry[], expiry: string, lot?: string) =>
    kitAccounts(SLOTS, entries, packaged(expiry, lot)).find(({ kit }) => kit === 'K1')!;
  const printed = (expiry: string | null, lot = 'L1') =>
    labels(['K1'], { printed: [{ batch: 1, lot, expiry }] });
  const start = [randomized('P1', 'K1'), happened('received', 'K1')];

  test('may be used to the last day of its month, and then only as a deviation [R-087]', () => {
    const account = at(ledger(...start), '2028-02');
    const rules = (date: string) =>
      brokenByEvent(account, 'dispensed', on(date)).map(({ rule }) => rule);
    expect(rules('2028-02-29')).toEqual([]);
    expect(rules('2028-03-01')).toEqual(['expired']);
    expect(brokenByDose(account, '2028-03-01' as CivilDate)).toMatchObject([
      { rule: 'expired', text: 'kit K1 (lot L1) expired on 2028-02-29' },
    ]);
  });

  test('has what its label shows; study.yaml counts if no label shows it, or if it is earlier', () => {
    expect(at(ledger(), '2027-06')).toMatchObject({ lot: 'L1', expiry: '2027-06' });
    expect(at(ledger(printed('2026-10')), '2027-10')).toMatchObject({
      expiry: '2026-10',
      changedTo: '2027-10',
    });
    expect(at(ledger(printed('2027-10')), '2026-10')).toMatchObject({
      expiry: '2026-10',
      changedTo: '2026-10',
    });
    expect(at(ledger(printed(null)), '2027-10')).toMatchObject({
      expiry: '2027-10',
      changedTo: undefined,
    });
  });

  test('of another lot than study.yaml has now keeps what its label shows', () => {
    expect(at(ledger(printed('2026-10', 'L0')), '2027-10')).toMatchObject({
      lot: 'L0',
      expiry: '2026-10',
      changedTo: undefined,
    });
  });
});

describe('units', () => {
  const start = [
    randomized('P1', 'K1'),
    happened('received', 'K1'),
    happened('dispensed', 'K1', { subject: 'P1' }),
  ];
  const balances = (...acts: Record<string, unknown>[]) => {
    const entries = ledger(...start, ...acts);
    return reconcileUnits(kitAccounts(SLOTS, entries), entries, kitsOfUnits(9)).balances;
  };

  test('are dispensed, given, returned or open', () => {
    const acts = [given('P1', 'D1', null), given('P1', 'D2', 'K1', '2026-06-03')];
    expect(balances(...acts)).toEqual([
      {
        kit: 'K1',
        subject: 'P1',
        dispensed: 9,
        given: 2,
        returned: null,
        destroyed: null,
        lost: null,
        open: 7,
      },
    ]);
    const back = happened('returned', 'K1', { subject: 'P1', units: 6, date: '2026-06-20' });
    expect(balances(...acts, back)[0]).toMatchObject({ returned: 6, open: 1 });
    const end = happened('destroyed', 'K1', { units: 5 });
    expect(balances(...acts, back, end)[0]).toMatchObject({ returned: 6, destroyed: 5, open: 1 });
  });

  test('of missed injections were not given; of a corrected record the correction counts', () => {
    const missed = { ...given('P1', 'D1', null), result: 'not done' };
    expect(balances(missed)[0]!.given).toBe(0);
    const corrected = { ...missed, corrects: 4 };
    expect(balances(given('P1', 'D1', null), corrected)[0]!.given).toBe(0);
  });

  test('given from a spare kit count for that kit', () => {
    const spare = [
      happened('received', 'S1', { date: '2026-06-01' }),
      happened('dispensed', 'S1', { subject: 'P1', date: '2026-06-05' }),
    ];
    const acts = [
      ...spare,
      given('P1', 'D1', null, '2026-06-02'),
      given('P1', 'D5', null, '2026-06-06'),
    ];
    expect(balances(...acts).map(({ kit, given: count }) => [kit, count])).toEqual([
      ['K1', 1],
      ['S1', 1],
    ]);
  });

  const strays = (...acts: Record<string, unknown>[]) => {
    const entries = ledger(...start, randomized('P2', 'K2'), ...acts);
    return reconcileUnits(kitAccounts(SLOTS, entries), entries, kitsOfUnits(9)).strays.map(
      ({ subject, visit, kit, why }) => [subject, visit, kit, why],
    );
  };
  const later = happened('returned', 'K1', { subject: 'P1', units: 8, date: '2026-06-10' });

  test.each<[string, Record<string, unknown>[], unknown[]]>([
    [
      'from a kit that was not dispensed',
      [given('P1', 'D1', 'S1')],
      ['P1', 'D1', 'S1', 'not dispensed'],
    ],
    [
      'from a kit of somebody else',
      [given('P2', 'D1', 'K1')],
      ['P2', 'D1', 'K1', 'of somebody else'],
    ],
    ['from no kit at all', [given('P2', 'D1', null)], ['P2', 'D1', null, 'no kit']],
    [
      'before it was dispensed',
      [given('P1', 'D1', 'K1', '2026-05-30')],
      ['P1', 'D1', 'K1', 'before it was dispensed'],
    ],
    [
      'after it was returned',
      [later, given('P1', 'D1', 'K1', '2026-06-11')],
      ['P1', 'D1', 'K1', 'after it was returned'],
    ],
    [
      'after it was returned, unnamed',
      [later, given('P1', 'D1', null, '2026-06-11')],
      ['P1', 'D1', null, 'no kit'],
    ],
  ])('given %s are reported', (_, acts, expected) => {
    expect(strays(...acts)).toEqual([expected]);
  });

  test('given to somebody else are missing from the kit anyway', () => {
    expect(balances(given('P2', 'D1', 'K1'))[0]).toMatchObject({ given: 1, open: 8 });
  });

  test('of a kit that was lost while somebody had it are accounted for', () => {
    const lost = happened('lost', 'K1', { units: 7, date: '2026-06-05' });
    const [balance] = balances(given('P1', 'D1', null), lost);
    expect(balance).toMatchObject({ given: 1, lost: 7, open: 1 });
    expect(balanceTexts(balance!)).toEqual([
      'kit K1 of P1: 9 units dispensed, 1 given, 7 lost: 1 is not accounted for',
    ]);
  });

  test('of which more are gone than a kit had are reported, also if it was never dispensed', () => {
    const entries = ledger(
      randomized('P1', 'K1'),
      happened('received', 'K1', { units: 9 }),
      happened('destroyed', 'K1', { units: 9 }),
      given('P1', 'D1', 'K1'),
    );
    const { overdrawn } = reconcileUnits(kitAccounts(SLOTS, entries), entries, kitsOfUnits(9));
    expect(overdrawn.map(overdrawnText)).toEqual([
      'kit K1: 9 units, 9 destroyed, 1 given: 1 more than there was',
    ]);
  });

  test('are the number dispensed, even if study.yaml changes later', () => {
    const entries = ledger(
      randomized('P1', 'K1'),
      happened('received', 'K1', { units: 9 }),
      happened('dispensed', 'K1', { subject: 'P1', units: 9 }),
    );
    expect(
      reconcileUnits(kitAccounts(SLOTS, entries), entries, kitsOfUnits(20)).balances[0],
    ).toMatchObject({
      dispensed: 9,
    });
  });
});

describe('a slot', () => {
  const DAY = '2026-06-10' as CivilDate;
  const told = (entries: Entry[], packagedIn?: () => { lot: string; expiry: string }) =>
    slotTroubles(
      byKitAndSlot(kitAccounts(SLOTS, entries, packagedIn)),
      [
        { number: 'R001', lastInjection: '2026-07-15' as CivilDate },
        { number: 'R002', lastInjection: '2026-07-15' as CivilDate },
      ],
      DAY,
    ).map(({ text }) => text);
  const both = [happened('received', 'K1'), happened('received', 'K2'), happened('received', 'S2')];

  test('has no trouble if its kit is in stock, or if no kits are accounted for', () => {
    expect(told(ledger())).toEqual([]);
    expect(told(ledger(...both))).toEqual([]);
    expect(told(ledger(happened('received', 'K1')))).toEqual([
      'kit K2 of R002 is not recorded as received',
    ]);
  });

  test.each<[KitEvent, string]>([
    ['destroyed', 'was destroyed'],
    ['lost', 'was lost'],
    ['quarantined', 'is quarantined'],
  ])('with a kit that was %s: its spare kit is named, or what to do without one', (event, was) => {
    expect(told(ledger(...both, happened(event, 'K2')))).toEqual([
      `kit K2 of R002 ${was}: use its spare kit S2, which is in stock`,
    ]);
    const [text] = told(ledger(...both, happened(event, 'K2'), happened('lost', 'S2')));
    expect(text).toContain(`kit K2 of R002 ${was}: no spare kit can be used instead. `);
  });

  test('with a kit that has expired, or that expires before the last planned injection', () => {
    expect(told(ledger(...both), () => ({ lot: 'L1', expiry: '2026-05' }))[1]).toContain(
      'kit K2 of R002 (lot L1) expired on 2026-05-31: no spare kit',
    );
    expect(told(ledger(...both), () => ({ lot: 'L1', expiry: '2026-06' }))[0]).toContain(
      'kit K1 of R001 expires on 2026-06-30, before the last planned injection on 2026-07-15',
    );
    expect(told(ledger(...both), () => ({ lot: 'L1', expiry: '2026-07' }))).toEqual([]);
  });
});

test('records by the rules pass the checks, and stocks add up [R-088]', () => {
  const act = fc.record({
    event: fc.constantFrom(...KIT_EVENTS),
    kit: fc.constantFrom('K1', 'K2', 'K3', 'S1', 'S2', 'S3'),
    subject: fc.constantFrom('P1', 'P2', 'P3'),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (all) => {
      const acts: Record<string, unknown>[] = [
        { ...randomized('P1', 'K1'), site: 'A' },
        { ...randomized('P3', 'K3'), site: 'B' },
      ];
      for (const { event, kit, subject } of all) {
        const account = accountOf(ledger(...acts), kit);
        if (whyNot(account, event, event === 'dispensed' ? subject : null) !== undefined) continue;
        const corrects = event === 'retracted' ? account.events.at(-1)!.seq : null;
        const isOfOne = event === 'dispensed' || event === 'returned';
        const whose = isOfOne ? { subject: account.holder ?? subject } : {};
        const from = sentFrom(account.events, () => account.belongsTo) ?? null;
        const leaves = event === 'shipped' || event === 'returned to depot';
        if (event === 'shipped' && from === account.belongsTo) continue;
        const way = {
          ...(leaves && { from }),
          ...(event === 'shipped' && { to: account.belongsTo }),
        };
        acts.push(happened(event, kit, { corrects, ...whose, ...way }));
      }
      const entries = ledger(...acts);
      expect(checkKitEvents(SLOTS, entries)).toEqual([]);
      const accounts = kitAccounts(SLOTS, entries);
      for (const { state, events, holder } of accounts) {
        const wasDispensed = events.some(({ event }) => event === 'dispensed');
        if (wasDispensed) expect(holder).toBeDefined();
        // Nobody gets a kit that was given to somebody before.
        if (state === 'received') expect(wasDispensed).toBe(false);
        const last = events.findLast(({ event }) => event === state);
        expect(last?.event ?? 'listed').toBe(state);
      }
      for (const { kits, received, inStock, dispensed, destroyed } of siteStocks(accounts)) {
        expect(inStock).toBeGreaterThanOrEqual(0);
        expect(inStock + dispensed).toBeLessThanOrEqual(received);
        expect(received).toBeLessThanOrEqual(kits);
        expect(destroyed).toBeLessThanOrEqual(kits);
      }
    }),
    { numRuns: 300 },
  );
});

test.each<[string, Record<string, unknown>[], string]>([
  ['a kit of no list', [happened('received', 'X')], 'is about kit X, which is not on the list'],
  [
    'a kit of somebody else',
    [
      randomized('P1', 'K1'),
      happened('received', 'K1'),
      happened('dispensed', 'K1', { subject: 'P2' }),
    ],
    'kit K1 belongs to P1, not to P2',
  ],
  [
    'a kit of nobody',
    [happened('received', 'K1'), happened('dispensed', 'K1', { subject: 'P1' })],
    'is kept for a later participant',
  ],
  ['an order that cannot be', [happened('returned', 'K1')], 'is not recorded as received'],
  [
    'a retraction of another entry',
    [
      happened('received', 'K1'),
      happened('received', 'K2'),
      happened('retracted', 'K1', { corrects: 2 }),
    ],
    'retracts entry 2 of kit K1, which is not its last',
  ],
  ['labels of no list', [labels(['K1', 'X'])], 'has labels for X, not on the list'],
  ['labels of a kit twice', [labels(['K1', 'K1'])], 'names a kit twice'],
  ['no label', [labels(['K1'], { count: 0 })], 'has no label'],
  [
    'labels for somebody else',
    [randomized('P1', 'K1'), labels(['K2'], { subject: 'P1' })],
    'has labels for P1 and kit K2, which does not belong to P1',
  ],
  [
    'reprints that are none',
    [labels(['K1'], { reprints: ['K1'] })],
    'names K1 as reprints, but the reprints are none',
  ],
  [
    'a reprint that is not called one',
    [labels(['K1']), labels(['K1', 'K2'])],
    'names no kits as reprints, but the reprints are K1',
  ],
  [
    'a kit dispensed to nobody',
    [randomized('P1', 'K1'), happened('received', 'K1'), happened('dispensed', 'K1')],
    'kit K1 was dispensed for no participant, but it belongs to P1',
  ],
  [
    'dates that turn back',
    [happened('received', 'K1'), happened('destroyed', 'K1', { date: '2026-05-01' })],
    'before it was received on 2026-06-01',
  ],
  [
    'an event in the future',
    [happened('received', 'K1', { date: '2098-01-01' })],
    '2098-01-01 is in the future',
  ],
  [
    'more units than there were',
    [happened('received', 'K1', { units: 9 }), happened('destroyed', 'K1', { units: 99 })],
    '99 units destroyed, of 9',
  ],
  [
    'an event that takes something back',
    [happened('received', 'K1', { corrects: 1 })],
    'retracts nothing',
  ],
])('a ledger with %s is reported', (_, acts, message) => {
  const problems = checkKitEvents(SLOTS, ledger(...acts));
  expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  expect(problems[0]).toMatchObject({ file: 'ledger.jsonl', line: acts.length });
});
