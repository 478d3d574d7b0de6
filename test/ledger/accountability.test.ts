import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkKitEvents,
  type KitAccount,
  kitAccounts,
  kitsNotAtHand,
  siteStocks,
  whyNot,
} from '../../src/ledger/accountability.ts';
import { type Entry, KIT_EVENTS, type KitEvent } from '../../src/ledger/entry.ts';
import { reconcileUnits } from '../../src/ledger/unit-balances.ts';
import type { Slot } from '../../src/randomization/list.ts';

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

  test('is dispensed only to the participant who has its slot, like its spare kits', () => {
    const entries = ledger(randomized('P1', 'K1'), received, happened('received', 'S1'));
    for (const kit of ['K1', 'S1']) {
      expect(whyNot(accountOf(entries, kit), 'dispensed', 'p1')).toBeUndefined();
      expect(whyNot(accountOf(entries, kit), 'dispensed', 'P2')).toBe(
        `kit ${kit} belongs to P1, not to P2: DO NOT GIVE IT`,
      );
    }
    expect(whyNot(accountOf(ledger(happened('received', 'K2')), 'K2'), 'dispensed', 'P1')).toBe(
      'kit K2 belongs to R002, which no participant has: randomize first',
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
      'kit K1 was received on 2026-06-01: it cannot be returned',
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

describe('units', () => {
  const start = [
    randomized('P1', 'K1'),
    happened('received', 'K1'),
    happened('dispensed', 'K1', { subject: 'P1' }),
  ];
  const balances = (...acts: Record<string, unknown>[]) => {
    const entries = ledger(...start, ...acts);
    return reconcileUnits(kitAccounts(SLOTS, entries), entries, 9).balances;
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
    return reconcileUnits(kitAccounts(SLOTS, entries), entries, 9).strays.map(
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

  test('are the number dispensed, even if study.yaml changes later', () => {
    const entries = ledger(
      randomized('P1', 'K1'),
      happened('received', 'K1', { units: 9 }),
      happened('dispensed', 'K1', { subject: 'P1', units: 9 }),
    );
    expect(reconcileUnits(kitAccounts(SLOTS, entries), entries, 20).balances[0]).toMatchObject({
      dispensed: 9,
    });
  });
});

test('a new slot gives a warning if its kit is not in stock, if kits are accounted for', () => {
  const told = (...acts: Record<string, unknown>[]) =>
    kitsNotAtHand(kitAccounts(SLOTS, ledger(...acts)), ['R001', 'R002']);
  expect(told()).toEqual([]);
  expect(told(happened('received', 'K1'))).toEqual(['kit K2 of R002 is not recorded as received']);
  const both = [happened('received', 'K1'), happened('received', 'K2'), happened('received', 'S2')];
  expect(told(...both)).toEqual([]);
  expect(told(...both, happened('destroyed', 'K2'))).toEqual([
    'kit K2 of R002 was destroyed: use its spare kit S2, which is in stock',
  ]);
});

test('records by the rules pass the checks, and stocks add up', () => {
  const act = fc.record({
    event: fc.constantFrom(...KIT_EVENTS),
    kit: fc.constantFrom('K1', 'K2', 'K3', 'S1', 'S2', 'S3'),
    subject: fc.constantFrom('P1', 'P2', 'P3'),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (all) => {
      const acts: Record<string, unknown>[] = [randomized('P1', 'K1'), randomized('P3', 'K3')];
      for (const { event, kit, subject } of all) {
        const account = accountOf(ledger(...acts), kit);
        if (whyNot(account, event, event === 'dispensed' ? subject : null) !== undefined) continue;
        const corrects = event === 'retracted' ? account.events.at(-1)!.seq : null;
        const isOfOne = event === 'dispensed' || event === 'returned';
        const whose = isOfOne ? { subject: account.holder ?? subject } : {};
        acts.push(happened(event, kit, { corrects, ...whose }));
      }
      const entries = ledger(...acts);
      expect(checkKitEvents(SLOTS, entries)).toEqual([]);
      const accounts = kitAccounts(SLOTS, entries);
      for (const { state, events, holder } of accounts) {
        if (events.some(({ event }) => event === 'dispensed')) expect(holder).toBeDefined();
        expect(state).toBe(events.at(-1)?.event ?? 'listed');
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
    'which no participant has',
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
