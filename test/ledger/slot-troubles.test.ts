import { describe, expect, test } from 'vitest';
import { byKitAndSlot, kitAccounts } from '../../src/ledger/accountability.ts';
import type { Entry, KitEvent } from '../../src/ledger/entry.ts';
import type { PackagedIn } from '../../src/ledger/kit-products.ts';
import { NOT_ENOUGH, slotTroubles } from '../../src/ledger/slot-troubles.ts';
import type { Slot } from '../../src/randomization/list.ts';
import type { CivilDate } from '../../src/study/civil-date.ts';

/** R001 has no spare kit, R002 has two; R003 is of a stratum that every site can have; R004 has kits of two types. */
const SLOTS = [
  { number: 'R001', batch: 1, stratum: 'site=A', sequence: 1, kit: 'K1' },
  { number: 'R002', batch: 2, stratum: 'site=A', sequence: 2, kit: 'K2', spares: ['S2', 'T2'] },
  { number: 'R003', batch: 1, stratum: 'sex=F', sequence: 1, kit: 'K3', spares: ['S3', 'T3'] },
  {
    number: 'R004',
    batch: 1,
    stratum: 'site=A',
    sequence: 3,
    kit: 'K4',
    spares: ['S4'],
    kitType: 'tablets',
    further: [{ type: 'syringe', kit: 'L4', spares: ['M4'] }],
  },
] as unknown as Slot[];
const TODAY = '2026-06-10' as CivilDate;
const ASK =
  'Do not treat anybody from this kit. Ask the packers for another one, and record what is given from it: dose --other-kit CODE --deviation. Later slots can have spare kits: docs/pharmacist.md, "A kit without a spare kit"';

/** What happens to kits in their order: the kits of each event. */
type Events = readonly (readonly [event: KitEvent, ...kits: string[]])[];

interface Circumstances {
  readonly packagedIn?: PackagedIn;
  readonly lastInjection?: string;
  readonly used?: ReadonlyMap<string, string>;
  readonly labelled?: readonly string[];
}

function troublesOf(number: string, events: Events, circumstances: Circumstances = {}) {
  const { packagedIn, used, labelled = [] } = circumstances;
  const lastInjection = circumstances.lastInjection as CivilDate | undefined;
  const entries = events
    .flatMap(([event, ...kits]) => kits.map((kit) => ({ event, kit })))
    .map(({ event, kit }, index) => ({
      action: 'kit',
      seq: index + 1,
      time: '2026-06-01T08:00:00.000Z',
      subject: null,
      event,
      kit,
      date: '2026-06-01',
      units: null,
      corrects: null,
      ...(event === 'shipped' && { from: null, to: 'A' }),
    })) as unknown as Entry[];
  const labels = { action: 'labels', kits: labelled } as unknown as Entry;
  const accounts = kitAccounts(SLOTS, [labels, ...entries], packagedIn);
  return slotTroubles(byKitAndSlot(accounts), [{ number, lastInjection }], TODAY, used);
}
const textsOf = (...args: Parameters<typeof troublesOf>) =>
  troublesOf(...args).map(({ text }) => text);
const expiresIn =
  (expiry: string): PackagedIn =>
  () => ({ lot: undefined, expiry });

describe('a kit without a spare kit', () => {
  test.each<[Events, string, string]>([
    [[['destroyed', 'K1']], 'destroyed', `was destroyed: no spare kit can be used instead. ${ASK}`],
    [[['lost', 'K1']], 'lost', `was lost: no spare kit can be used instead. ${ASK}`],
    [
      [
        ['received', 'K1'],
        ['quarantined', 'K1'],
      ],
      'quarantined',
      'is quarantined: no spare kit can be used instead. Do not treat anybody from this kit before it is released: randose kit released --kits K1',
    ],
    [
      [
        ['shipped', 'K1'],
        ['quarantined', 'K1'],
      ],
      'quarantined',
      'is quarantined: no spare kit can be used instead. Do not treat anybody from this kit before it is released: randose kit released --kits K1',
    ],
    [
      [
        ['received', 'K1'],
        ['returned to depot', 'K1'],
      ],
      'returned to depot',
      'was returned to the depot: no spare kit can be used instead. Have this kit shipped again: randose kit shipped --kits K1 --to SITE',
    ],
    [
      [
        ['received', 'K1'],
        ['returned to depot', 'K1'],
        ['quarantined', 'K1'],
      ],
      'quarantined',
      'is quarantined, and was returned to the depot: no spare kit can be used instead. Do not treat anybody from this kit before it is released: randose kit released --kits K1. Have this kit shipped again: randose kit shipped --kits K1 --to SITE',
    ],
    [
      [['shipped', 'K1']],
      'not received',
      'was shipped to A on 2026-06-01 and is not recorded as received',
    ],
    [[['received', 'K2']], 'not received', 'is not recorded as received'],
  ])('%j: %s', (events, what, text) => {
    expect(troublesOf('R001', events)).toEqual([
      {
        number: 'R001',
        kit: 'K1',
        type: undefined,
        what,
        spare: undefined,
        text: `kit K1 of R001 ${text}`,
      },
    ]);
  });

  test('that is in stock, or of a study that does not record kits, has no trouble', () => {
    expect(troublesOf('R001', [['received', 'K1']])).toEqual([]);
    expect(troublesOf('R001', [])).toEqual([]);
    expect(troublesOf('R009', [['lost', 'K1']])).toEqual([]);
  });

  test('that has expired was of no use before the last injection: it is said once', () => {
    const circumstances = { packagedIn: expiresIn('2026-05'), lastInjection: '2026-07-15' };
    expect(troublesOf('R001', [['received', 'K1']], circumstances)).toMatchObject([
      {
        what: 'expired',
        text: `kit K1 of R001 expired on 2026-05-31: no spare kit can be used instead. ${ASK}`,
      },
    ]);
  });

  test('that expires before the last planned injection: a new kit is to be planned', () => {
    const expiring = (lastInjection?: string) =>
      troublesOf('R001', [], {
        packagedIn: expiresIn('2026-06'),
        ...(lastInjection !== undefined && { lastInjection }),
      });
    expect(expiring('2026-07-01')).toMatchObject([
      {
        what: 'expires early',
        text: 'kit K1 of R001 expires on 2026-06-30, before the last planned injection on 2026-07-01: no spare kit can be used instead. Plan a new kit for the later injections',
      },
    ]);
    expect(expiring('2026-06-30')).toEqual([]);
    expect(expiring()).toEqual([]);
  });

  test('from which others were treated does not last', () => {
    const used = new Map([['K1', 'was used for A-002']]);
    expect(troublesOf('R001', [], { used })).toMatchObject([
      {
        what: 'partly used',
        text: `kit K1 of R001 was used for A-002: no spare kit can be used instead. ${NOT_ENOUGH}`,
      },
    ]);
    expect(NOT_ENOUGH).toBe(
      'It does not last for all injections. Ask the packers for another one in time, and record what is given from it: dose --other-kit CODE --deviation',
    );
    expect(troublesOf('R002', [], { used })).toEqual([]);
  });

  test('that nobody can use makes other advice useless', () => {
    const events: Events = [
      ['received', 'K1'],
      ['quarantined', 'K1'],
    ];
    const used = new Map([['K1', 'was used for A-002']]);
    expect(textsOf('R001', events, { used, packagedIn: expiresIn('2026-05') })).toEqual([
      `kit K1 of R001 is quarantined, and expired on 2026-05-31, and was used for A-002: no spare kit can be used instead. ${ASK}`,
    ]);
    expect(
      textsOf('R001', [['received', 'K1']], {
        used,
        packagedIn: expiresIn('2026-06'),
        lastInjection: '2026-07-15',
      }),
    ).toEqual([
      `kit K1 of R001 was used for A-002, and expires on 2026-06-30, before the last planned injection on 2026-07-15: no spare kit can be used instead. ${NOT_ENOUGH}. Plan a new kit for the later injections`,
    ]);
  });
});

describe('a kit with spare kits', () => {
  test('is replaced by the first of them that is in stock and sound', () => {
    const lost: Events = [
      ['received', 'K2', 'S2', 'T2'],
      ['lost', 'K2'],
    ];
    expect(troublesOf('R002', lost)).toMatchObject([
      { spare: 'S2', text: 'kit K2 of R002 was lost: use its spare kit S2, which is in stock' },
    ]);
    for (const event of ['destroyed', 'quarantined', 'returned to depot'] as const) {
      expect(troublesOf('R002', [...lost, [event, 'S2']])).toMatchObject([{ spare: 'T2' }]);
    }
    const used = new Map([['S2', 'was used for A-002']]);
    expect(troublesOf('R002', lost, { used })).toMatchObject([{ spare: 'T2' }]);
  });

  test('that is lost, with one that is not received: that one is to be got', () => {
    const get = (spare: string) =>
      `kit K2 of R002 was lost: do not treat anybody from it. Its spare kit ${spare} is not recorded as received: get it, and record that: randose kit received --kits ${spare} --by WHO`;
    expect(textsOf('R002', [['lost', 'K2']])).toEqual([get('S2')]);
    expect(textsOf('R002', [['lost', 'K2']], { labelled: ['S2'] })).toEqual([get('S2')]);
    expect(textsOf('R002', [['lost', 'K2', 'S2']])).toEqual([get('T2')]);
    expect(textsOf('R002', [['lost', 'K2', 'S2', 'T2']])).toEqual([
      `kit K2 of R002 was lost: no spare kit can be used instead. ${ASK}`,
    ]);
    expect(
      textsOf('R002', [
        ['lost', 'K2', 'S2'],
        ['shipped', 'T2'],
      ]),
    ).toEqual([`kit K2 of R002 was lost: no spare kit can be used instead. ${ASK}`]);
  });

  test('that is quarantined waits for its release, also if one is not received', () => {
    expect(
      textsOf('R002', [
        ['received', 'K2'],
        ['quarantined', 'K2'],
      ]),
    ).toEqual([
      'kit K2 of R002 is quarantined: no spare kit can be used instead. Do not treat anybody from this kit before it is released: randose kit released --kits K2',
    ]);
  });

  test('at the depot is replaced by one that is at the depot too', () => {
    expect(troublesOf('R003', [['lost', 'K3']])).toMatchObject([
      { spare: 'S3', text: 'kit K3 of R003 was lost: use its spare kit S3' },
    ]);
    expect(troublesOf('R003', [['lost', 'K3', 'S3']])).toMatchObject([{ spare: 'T3' }]);
  });

  test('of a study that does not record kits is replaced by one that is not used', () => {
    const used = new Map([
      ['K2', 'was used for A-002'],
      ['S2', 'was used for A-003'],
    ]);
    expect(textsOf('R002', [], { used })).toEqual([
      'kit K2 of R002 was used for A-002: use its spare kit T2',
    ]);
  });

  test('of several types is replaced by one of its type', () => {
    const received: Events = [['received', 'K4', 'S4', 'L4', 'M4']];
    expect(troublesOf('R004', [...received, ['lost', 'L4']])).toEqual([
      {
        number: 'R004',
        kit: 'L4',
        type: 'syringe',
        what: 'lost',
        spare: 'M4',
        text: 'kit L4 (syringe) of R004 was lost: use its spare kit M4, which is in stock',
      },
    ]);
    expect(troublesOf('R004', [...received, ['lost', 'K4', 'L4']])).toMatchObject([
      { kit: 'K4', type: 'tablets', spare: 'S4' },
      { kit: 'L4', type: 'syringe', spare: 'M4' },
    ]);
    expect(troublesOf('R004', [...received, ['lost', 'L4', 'M4']])).toMatchObject([
      { kit: 'L4', spare: undefined },
    ]);
  });
});
