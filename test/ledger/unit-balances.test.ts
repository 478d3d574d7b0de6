import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import { kitAccounts } from '../../src/ledger/accountability.ts';
import { readChain } from '../../src/ledger/chain-bytes.ts';
import { readLedger } from '../../src/ledger/chain.ts';
import type { Act, EntryOf, KitEvent } from '../../src/ledger/entry.ts';
import {
  givenBefore,
  kitDoses,
  kitHeldOn,
  type KitKinds,
  reconcileUnits,
  unitsGiven,
  unitsHeld,
  unitsIn,
  unitsLeft,
} from '../../src/ledger/unit-balances.ts';
import type { Slot } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';
import {
  additionalDose,
  givenDose,
  KIT_SLOTS,
  kitEvent,
  kitLedger,
  randomizedTo,
  TYPED_KIT_SLOTS,
} from '../support/kit-records.ts';
import { kitsOfUnits, linesOf } from '../support/ledger.ts';

const who = { name: 'A. Example', role: 'nurse', organisation: 'Example' };
const DATE = '2026-06-01' as CivilDate;
const KITS = ['AAAAAAA', 'BBBBBBB', 'CCCCCCC'];

/** An injection from a kit, one that was not given, or a correction of the one before. */
const ACT = fc.record({
  subject: fc.constantFrom('S-1', 'S-2', 's-2', 'S-3'),
  visit: fc.constantFrom('D1', 'D2'),
  kit: fc.constantFrom(null, ...KITS),
  result: fc.constantFrom('given', 'not done', 'retracted'),
  isAdditional: fc.boolean(),
});

test('the injections from one kit are found in a ledger that is not parsed, as in one that is', () => {
  const property = fc.property(fc.array(ACT, { maxLength: 12 }), (some) => {
    const acts = some.map(({ subject, visit, kit, result, isAdditional }, index) => {
      const about = { who, subject, kit, date: DATE, deviations: [] };
      return isAdditional
        ? { action: 'additional dose', ...about, result: 'given', corrects: null }
        : { action: 'dose', ...about, visit, result, corrects: index === 0 ? null : index };
    }) as unknown as Act[];
    const { text } = linesOf(acts);
    const parsed = readLedger(text);
    expect(parsed.problems).toEqual([]);
    const ofAll = givenBefore(parsed.entries);
    for (const kit of KITS) {
      const { entries } = readChain(Buffer.from(text))!;
      const account = { kit, holder: 'S-3' };
      const until = { date: DATE };
      expect(givenBefore(entries, [kit])(account, until)).toEqual(ofAll(account, until));
    }
  });
  fc.assert(property);
});

test('the records of those who got nothing from these kits are not even parsed', () => {
  const dose = {
    action: 'dose',
    who,
    visit: 'D1',
    result: 'given',
    corrects: null,
    deviations: [],
  };
  const own = { ...dose, subject: 'S-1', kit: 'AAAAAAA', date: DATE };
  const other = { ...dose, subject: 'S-2', kit: 'BBBBBBB', date: '2026-02-28' };
  const [first, last] = linesOf([own, other] as unknown as Act[]).text.split('\n');
  // Whatever parses this line refuses it: the date does not exist.
  const body = last!.replace(/,"hash":.*/, '}').replace('2026-02-28', '2026-02-30');
  const line = `${body.slice(0, -1)},"hash":"${sha256(body)}"}`;
  const { entries } = readChain(Buffer.from(`${first}\n${line}\n`))!;
  const account = { kit: 'AAAAAAA', holder: undefined };
  const given = givenBefore(entries, ['AAAAAAA'])(account, { date: '2026-06-02' as CivilDate });
  expect(given.map(({ seq }) => seq)).toEqual([1]);
  expect(() => givenBefore(entries)).toThrow('ledger.jsonl is damaged');
});

type Acts = readonly Record<string, unknown>[];

const NINE = kitsOfUnits(9);
const TYPED: KitKinds = {
  ...NINE,
  types: [
    { type: 'tablets', units: 28, injected: false },
    { type: 'syringe', units: 5, injected: true },
  ] as unknown as KitKinds['types'],
};
/** What happened to a kit on a day of June 2026. */
const on = (event: KitEvent, kit: string, day: number, more: Record<string, unknown> = {}) =>
  kitEvent(event, kit, { date: `2026-06-${String(day).padStart(2, '0')}`, ...more });
const day = (count: number) => `2026-06-${String(count).padStart(2, '0')}` as CivilDate;
const P1 = randomizedTo('P1', 'K1');
const P2 = randomizedTo('P2', 'K2');
const received = on('received', 'K1', 1, { units: 9 });
const dispensed = on('dispensed', 'K1', 3, { units: 9, subject: 'P1' });

function reconciled(acts: Acts, slots: readonly Slot[] = KIT_SLOTS, supplies: KitKinds = NINE) {
  const entries = kitLedger(...acts);
  return reconcileUnits(kitAccounts(slots, entries), entries, supplies);
}
const balanceOf = (acts: Acts, kit = 'K1') =>
  reconciled(acts).balances.find((one) => one.kit === kit);

describe('the number of units of a kit', () => {
  test('is that of its labels, else that of its type, else that of all kits', () => {
    expect(unitsIn({ type: 'tablets', unitsLabelled: 30 }, TYPED)).toBe(30);
    expect(unitsIn({ type: 'tablets', unitsLabelled: undefined }, TYPED)).toBe(28);
    expect(unitsIn({ type: undefined, unitsLabelled: undefined }, NINE)).toBe(9);
  });

  test.each<[string, [KitEvent, number | null][], number | null]>([
    ['is not on record before anything happened', [], null],
    [
      'is that of its last record',
      [
        ['received', 9],
        ['dispensed', 8],
      ],
      8,
    ],
    [
      'is not that of a hold, which counts the spoilt ones',
      [
        ['received', 9],
        ['quarantined', 2],
        ['released', 3],
      ],
      9,
    ],
    ['is not on record if only a hold is', [['quarantined', 2]], null],
  ])('%s', (_, events, units) => {
    const records = events.map(([event, count]) => ({ event, units: count }));
    expect(unitsHeld(records as EntryOf<'kit'>[])).toBe(units);
  });
});

describe('the number of units that should be left in a kit of 9', () => {
  test.each<[string, [KitEvent, number][], number, number]>([
    ['of which 2 were given, without a record', [], 2, 7],
    [
      'of which 8 have come, and 1 was given',
      [
        ['shipped', 9],
        ['received', 8],
      ],
      1,
      7,
    ],
    [
      'of which 5 were dispensed, and 2 given',
      [
        ['received', 9],
        ['dispensed', 5],
      ],
      2,
      3,
    ],
    [
      'of which 10 were given',
      [
        ['received', 9],
        ['dispensed', 9],
      ],
      10,
      0,
    ],
    [
      'of which 3 were given, and 7 came back: what was counted counts',
      [
        ['received', 9],
        ['dispensed', 9],
        ['returned', 7],
      ],
      3,
      7,
    ],
    ['of which 2 are on hold before it came, and 1 was given', [['quarantined', 2]], 1, 8],
    [
      'of which 2 were on hold before 8 have come, and 1 was given',
      [
        ['quarantined', 2],
        ['released', 2],
        ['received', 8],
      ],
      1,
      7,
    ],
    [
      'of which 3 were given and 6 came back',
      [
        ['received', 9],
        ['dispensed', 9],
        ['returned', 6],
      ],
      3,
      6,
    ],
    [
      'of which 2 went missing on the way, after 3 were given',
      [
        ['received', 9],
        ['dispensed', 9],
        ['shipped', 6],
        ['received', 4],
      ],
      3,
      4,
    ],
    [
      'of which 2 went missing on the way, and 4 were given',
      [
        ['received', 9],
        ['dispensed', 9],
        ['shipped', 6],
        ['received', 4],
      ],
      4,
      3,
    ],
    [
      'of which 1 went missing each time it was shipped, and 1 was given',
      [
        ['received', 9],
        ['dispensed', 9],
        ['shipped', 9],
        ['received', 8],
        ['shipped', 8],
        ['received', 7],
      ],
      1,
      6,
    ],
    [
      'that was on hold on its way, where 2 went missing',
      [
        ['received', 9],
        ['shipped', 9],
        ['quarantined', 1],
        ['received', 7],
        ['released', 1],
      ],
      1,
      6,
    ],
    [
      'that is on its way with 6, after 1 was given',
      [
        ['received', 9],
        ['dispensed', 9],
        ['shipped', 6],
      ],
      1,
      6,
    ],
    [
      'that a site sent back, when 2 went missing on the way, and 1 was given',
      [
        ['received', 9],
        ['shipped', 9],
        ['returned to depot', 7],
      ],
      1,
      6,
    ],
    [
      'that was lost on its way, with 4 that were counted then',
      [
        ['received', 9],
        ['shipped', 9],
        ['lost', 4],
      ],
      1,
      4,
    ],
  ])('%s', (_, events, given, left) => {
    const records = events.map(([event, units]) => ({ event, units })) as EntryOf<'kit'>[];
    expect(unitsLeft({ kit: 'K1', events: records }, given, 9)).toBe(left);
  });
});

describe('units of a kit are missing', () => {
  const missing = (...events: (readonly [KitEvent, number, (string | null)?])[]) =>
    reconciled([
      P1,
      ...events.map(([event, units, reason]) => on(event, 'K1', 1, { units, reason })),
    ]).missing.map(({ kit, before, after }) => [kit, before.seq, after.seq]);

  test.each<[string, [KitEvent, number, string?], [KitEvent, number, (string | null)?]]>([
    ['if fewer have come than were shipped', ['shipped', 9], ['received', 8]],
    ['if nobody says why', ['shipped', 9], ['received', 8, null]],
    ['if the reason is empty', ['shipped', 9], ['received', 8, '']],
    ['if only the shipment has a reason', ['shipped', 9, 'urgent'], ['received', 8]],
    ['if fewer have come to the depot', ['shipped', 9], ['returned to depot', 8]],
    ['if fewer have come to the depot than came back', ['returned', 7], ['returned to depot', 6]],
  ])('%s', (_, ...events) => {
    expect(missing(...events)).toEqual([['K1', 2, 3]]);
  });

  test.each<[string, [KitEvent, number, string?][]]>([
    [
      'if all have come',
      [
        ['shipped', 9],
        ['received', 9],
      ],
    ],
    [
      'if the reason says where they are',
      [
        ['shipped', 9],
        ['received', 8, '1 vial broken'],
      ],
    ],
    ['if they are still on their way', [['shipped', 9]]],
    [
      'if it was lost on its way: then that is on record',
      [
        ['shipped', 9],
        ['lost', 8],
      ],
    ],
    ['if it came back and is still at the site', [['returned', 7]]],
    [
      'if it came back with fewer',
      [
        ['received', 9],
        ['dispensed', 9],
        ['returned', 7],
      ],
    ],
    [
      'if fewer were destroyed than have come to the depot',
      [
        ['returned', 7],
        ['returned to depot', 7],
        ['destroyed', 5],
      ],
    ],
    [
      'if it went to the depot unused',
      [
        ['received', 9],
        ['returned to depot', 9],
      ],
    ],
  ])('not %s', (_, events) => {
    expect(missing(...events)).toEqual([]);
  });

  test('if it was sent back unused before, and lacks some when it is returned to the depot again', () => {
    expect(
      missing(
        ...([
          ['received', 9],
          ['returned to depot', 9],
          ['shipped', 9],
          ['received', 9],
        ] as const),
        ...([
          ['dispensed', 9],
          ['returned', 7],
          ['returned to depot', 6],
        ] as const),
      ),
    ).toEqual([['K1', 7, 8]]);
  });
});

describe('the injections of others from a kit before its participant has it', () => {
  const entries = kitLedger(
    givenDose('P2', 'D1', 1, 'K1'),
    givenDose('P2', 'D2', 2, 'K1'),
    givenDose('p1', 'D1', 1, 'K1'),
    givenDose('P2', 'D3', 1, 'K2'),
    givenDose('P2', 'D4', 1, null),
    givenDose('P3', 'D1', 1, 'K1', { result: 'not done' }),
    givenDose('P3', 'D2', 1, null, { otherKit: 'K1' }),
    additionalDose('P3', 2, 'K1'),
  );
  const before = (holder: string | undefined, until: object, kits?: readonly string[]) =>
    givenBefore(entries, kits)({ kit: 'K1', holder }, until as { date: CivilDate }).map(
      ({ seq }) => seq,
    );

  test.each([undefined, ['K1']])(
    'are of an earlier day, or of an earlier entry that day',
    (kits) => {
      expect(before('P1', { date: day(3) }, kits)).toEqual([1, 2, 8]);
      expect(before('P1', { date: day(2) }, kits)).toEqual([1, 2, 8]);
      expect(before('P1', { date: day(2), seq: 8 }, kits)).toEqual([1, 2]);
      expect(before('P1', { date: day(2), seq: 2 }, kits)).toEqual([1]);
      expect(before('P1', { date: day(1), seq: 9 }, kits)).toEqual([1]);
      expect(before('P1', { date: '2026-05-31' }, kits)).toEqual([]);
    },
  );

  test('are all of them while nobody has the slot of the kit', () => {
    expect(before(undefined, { date: day(1) })).toEqual([1, 3]);
  });

  test('are none if there are none from that kit', () => {
    expect(givenBefore(entries)({ kit: 'K3', holder: undefined }, { date: day(9) })).toEqual([]);
  });
});

describe('a unit that somebody else was given before its kit was dispensed', () => {
  const acts = (units: number | null, had: number | null = 9) => [
    ...[P1, P2, { ...received, units: had }, givenDose('P2', 'D1', 2, 'K1')],
    { ...dispensed, units },
    givenDose('P1', 'D1', 4, 'K1'),
  ];
  const given = (some: Acts) => {
    const entries = kitLedger(...some);
    return unitsGiven(kitAccounts(KIT_SLOTS, entries), entries, NINE);
  };

  test.each<[string, number | null, number | null, object]>([
    ['is not counted again if it was counted out', 8, 9, { dispensed: 8, given: 1, open: 7 }],
    ['also if the kit was not counted when it came', 8, null, { dispensed: 8, given: 1, open: 7 }],
    ['counts if a whole kit was dispensed', 9, 9, { dispensed: 9, given: 2, open: 7 }],
    ['counts if nobody counted', null, 9, { dispensed: 9, given: 2, open: 7 }],
    ['counts if the kit had fewer when it came', 8, 8, { dispensed: 8, given: 2, open: 6 }],
  ])('%s', (_, units, had, expected) => {
    const some = acts(units, had);
    expect(balanceOf(some)).toMatchObject(expected);
    expect(given(some).get('K1')).toBe(balanceOf(some)!.given);
  });

  test('is told of in any case', () => {
    const { strays } = reconciled(acts(8));
    expect(strays).toEqual([
      { subject: 'P2', visit: 'D1', kit: 'K1', why: 'of somebody else', holder: 'P1' },
    ]);
  });

  test('and is given from a spare kit, or from one that nobody has, counts for that kit', () => {
    const some = [P1, dispensed, givenDose('P1', 'D1', 4, 'S1'), givenDose('P1', 'D2', 5, 'K3')];
    expect([...given(some)]).toEqual([
      ['S1', 1],
      ['K3', 1],
    ]);
  });

  test('is not known if the participant had no kit', () => {
    expect([...given([P1, dispensed, givenDose('P1', 'D1', 2, null)])]).toEqual([]);
    expect([...given([P1, dispensed, givenDose('p1', 'D1', 3, null)])]).toEqual([['K1', 1]]);
  });
});

describe('the kit that a participant had on a day', () => {
  const acts = [
    ...[P1, P2, received, dispensed],
    on('returned', 'K1', 10, { units: 5, subject: 'P1' }),
    on('dispensed', 'S1', 8, { units: 9, subject: 'P1' }),
    on('dispensed', 'K2', 3, { units: 9, subject: 'P2' }),
  ];
  const entries = kitLedger(...acts);
  const held = (subject: string, date: CivilDate) =>
    kitHeldOn(kitAccounts(KIT_SLOTS, entries), subject, date, NINE);

  test('is the last one that was dispensed, up to the day on which it is returned', () => {
    expect(held('P1', day(2))).toBeUndefined();
    expect(held('p1', day(3))).toBe('K1');
    expect(held('P1', day(7))).toBe('K1');
    expect(held('P1', day(8))).toBe('S1');
    expect(held('P2', day(20))).toBe('K2');
    expect(held('P3', day(20))).toBeUndefined();
  });

  test('is the first one again if the last one was returned', () => {
    const all = kitLedger(
      ...[P1, { ...dispensed, kit: 'S1' }],
      on('dispensed', 'K1', 5, { subject: 'P1' }),
      on('returned', 'K1', 6, { subject: 'P1' }),
    );
    const accounts = kitAccounts(KIT_SLOTS, all);
    expect(kitHeldOn(accounts, 'P1', day(5), NINE)).toBe('K1');
    expect(kitHeldOn(accounts, 'P1', day(6), NINE)).toBe('K1');
    expect(kitHeldOn(accounts, 'P1', day(7), NINE)).toBe('S1');
  });

  test('is the spare kit if both were dispensed on that day', () => {
    const all = kitLedger(P1, { ...dispensed, kit: 'S1' }, dispensed);
    expect(kitHeldOn(kitAccounts(KIT_SLOTS, all), 'P1', day(3), NINE)).toBe('S1');
  });

  test('is of the type from which injections are given', () => {
    const all = kitLedger(
      ...[randomizedTo('P1', 'T1'), on('dispensed', 'Y1', 3, { subject: 'P1' })],
      on('dispensed', 'T1', 4, { subject: 'P1' }),
    );
    expect(kitHeldOn(kitAccounts(TYPED_KIT_SLOTS, all), 'P1', day(5), TYPED)).toBe('Y1');
  });
});

test('every injection that was given is listed with its kit, additional ones last', () => {
  const entries = kitLedger(
    ...[P1, dispensed, additionalDose('P1', 9, 'K1'), givenDose('P1', 'D1', 2, null)],
    givenDose('P1', 'D2', 4, null),
    givenDose('P1', 'D3', 5, 'K2'),
    givenDose('P1', 'D4', 6, null, { otherKit: 'LOT 7' }),
    givenDose('P1', 'D5', 7, 'K1', { result: 'not done' }),
  );
  expect(kitDoses(kitAccounts(KIT_SLOTS, entries), entries, NINE)).toEqual([
    { subject: 'P1', visit: 'D1', date: day(2), seq: 4, kit: null },
    { subject: 'P1', visit: 'D2', date: day(4), seq: 5, kit: 'K1' },
    { subject: 'P1', visit: 'D3', date: day(5), seq: 6, kit: 'K2' },
    { subject: 'P1', visit: 'D4', date: day(6), seq: 7, kit: 'LOT 7' },
    { subject: 'P1', visit: 'additional dose', date: day(9), seq: 3, kit: 'K1' },
  ]);
});

describe('the balance of a kit', () => {
  test('counts what was returned, and not what happens to that later', () => {
    const acts = [
      ...[P1, received, dispensed, givenDose('P1', 'D1', 3, null)],
      on('returned', 'K1', 10, { units: 7, subject: 'P1' }),
      on('returned to depot', 'K1', 11, { units: 7 }),
      on('destroyed', 'K1', 12, { units: 4 }),
      on('lost', 'K1', 12, { units: 2 }),
    ];
    expect(balanceOf(acts)).toEqual({
      kit: 'K1',
      subject: 'P1',
      dispensed: 9,
      given: 1,
      returned: 7,
      destroyed: 4,
      lost: 2,
      open: 1,
    });
  });

  test('without a return counts what was destroyed and lost', () => {
    const acts = [
      ...[P1, received, dispensed, givenDose('P1', 'D1', 3, null)],
      on('destroyed', 'K1', 10, { units: 4 }),
      on('lost', 'K1', 11, { units: 1 }),
    ];
    expect(balanceOf(acts)).toMatchObject({ destroyed: 4, lost: 1, open: 3 });
  });

  test('takes what nobody counted as none; of dispensed kits, as whole ones', () => {
    const acts = [
      P1,
      { ...dispensed, units: null },
      on('lost', 'K1', 10),
      on('destroyed', 'K1', 10),
    ];
    expect(balanceOf(acts)).toMatchObject({ dispensed: 9, destroyed: 0, lost: 0, open: 9 });
  });

  test('is made only of kits that a participant has', () => {
    expect(reconciled([received, dispensed]).balances).toEqual([]);
    expect(reconciled([P1, received]).balances).toEqual([]);
  });

  test.each<[string, number | undefined, object]>([
    ['not known until they come back', undefined, { returned: null, taken: null, open: 28 }],
    ['those that did not come back', 10, { returned: 10, taken: 18, open: 0 }],
    ['none if more came back than were dispensed', 30, { returned: 30, taken: 0, open: -2 }],
  ])('of a kit that is not injected has the units that were taken: %s', (_, units, expected) => {
    const acts = [
      ...[randomizedTo('P1', 'T1'), on('dispensed', 'T1', 3, { subject: 'P1', units: 28 })],
      on('dispensed', 'Y1', 3, { subject: 'P1', units: 5 }),
      ...(units === undefined ? [] : [on('returned', 'T1', 9, { subject: 'P1', units })]),
    ];
    const [tablets, syringe] = reconciled(acts, TYPED_KIT_SLOTS, TYPED).balances;
    const common = { subject: 'P1', given: 0, destroyed: null, lost: null };
    expect(balanceOf([P1, dispensed])).not.toHaveProperty('type');
    expect(tablets).toEqual({ ...common, kit: 'T1', type: 'tablets', dispensed: 28, ...expected });
    expect(syringe).toEqual({
      ...common,
      kit: 'Y1',
      type: 'syringe',
      dispensed: 5,
      returned: null,
      open: 5,
    });
  });
});

describe('a kit that was never dispensed', () => {
  const overdrawn = (...acts: Acts) => reconciled([P2, ...acts]).overdrawn;
  const gone = on('destroyed', 'K1', 5, { units: 8 });
  const dose = givenDose('P2', 'D1', 4, 'K1');

  test('has no more units than have come; if none have, than were shipped', () => {
    const shipped = on('shipped', 'K1', 1, { units: 9 });
    const come = on('received', 'K1', 2, { units: 8 });
    expect(overdrawn(shipped, come, dose, gone)).toEqual([
      { kit: 'K1', units: 8, given: 1, destroyed: 8, lost: null },
    ]);
    expect(overdrawn(shipped, dose, gone)).toEqual([]);
    expect(overdrawn({ ...shipped, units: 8 }, dose, gone)).toEqual([
      { kit: 'K1', units: 8, given: 1, destroyed: 8, lost: null },
    ]);
  });

  test('has as many units as a whole kit if nobody counted', () => {
    expect(overdrawn(dose, gone)).toEqual([]);
    expect(overdrawn(dose, { ...gone, units: 9 })).toMatchObject([{ units: 9, given: 1 }]);
  });

  test('has no more units than were given, destroyed and lost together', () => {
    const lost = on('lost', 'K1', 6, { units: 1 });
    expect(overdrawn(gone, lost)).toEqual([]);
    expect(overdrawn(dose, gone, lost)).toEqual([
      { kit: 'K1', units: 9, given: 1, destroyed: 8, lost: 1 },
    ]);
  });

  test('is looked at only if it was not dispensed', () => {
    expect(reconciled([P1, dispensed, { ...gone, units: 20 }]).overdrawn).toEqual([]);
  });
});

describe('an injection comes from a kit that the participant has', () => {
  const strays = (...acts: Acts) =>
    reconciled([P1, P2, received, dispensed, ...acts]).strays.map(({ kit, why, holder }) => [
      ...[kit, why],
      holder,
    ]);
  const back = on('returned', 'K1', 10, { units: 5, subject: 'P1' });

  test('on the day on which it is dispensed or returned, or between them', () => {
    const doses = [3, 5, 10].map((date) => givenDose('p1', `D${date}`, date, 'K1'));
    expect(strays(back, ...doses)).toEqual([]);
  });

  test.each<[Record<string, unknown>, unknown[]]>([
    [givenDose('P1', 'D1', 2, 'K1'), ['K1', 'before it was dispensed', 'P1']],
    [givenDose('P1', 'D1', 11, 'K1'), ['K1', 'after it was returned', 'P1']],
    [givenDose('P2', 'D1', 5, 'K1'), ['K1', 'of somebody else', 'P1']],
    [givenDose('P1', 'D1', 5, 'K2'), ['K2', 'not dispensed', 'P2']],
    [givenDose('P1', 'D1', 5, 'K3'), ['K3', 'not dispensed', undefined]],
    [givenDose('P2', 'D1', 5, null), [null, 'no kit', undefined]],
    [
      givenDose('P1', 'D1', 5, null, { otherKit: 'LOT 7' }),
      ['LOT 7', 'of another study', undefined],
    ],
  ])('else it is told of: %j', (dose, expected) => {
    expect(strays(back, dose)).toEqual([expected]);
  });

  test('also if the schedule does not have it', () => {
    expect(reconciled([P1, P2, dispensed, additionalDose('P2', 5, null)]).strays).toEqual([
      { subject: 'P2', visit: 'additional dose', kit: null, why: 'no kit', holder: undefined },
    ]);
  });

  test('from a kit of another study is told last, and taken from no kit', () => {
    const other = givenDose('P1', 'D1', 5, null, { otherKit: 'LOT 7' });
    expect(strays(other, givenDose('P2', 'D1', 5, null)).map(([, why]) => why)).toEqual([
      'no kit',
      'of another study',
    ]);
    expect(balanceOf([P1, dispensed, other])).toMatchObject({ given: 0, open: 9 });
  });
});
