import { describe, expect, test } from 'vitest';
import type { KitAccount } from '../../src/ledger/accountability.ts';
import {
  otherLotTexts,
  otherUnitsTexts,
  useByChanges,
  useByChangeTexts,
} from '../../src/ledger/label-changes.ts';
import { kitsOfUnits } from '../support/ledger.ts';

/** A kit at a site, with only the members that are read. */
function account(kit: string, more: Partial<KitAccount> = {}): KitAccount {
  return { kit, state: 'received', events: [], otherLots: [], ...more } as unknown as KitAccount;
}

const events = (...names: string[]) =>
  names.map((event) => ({ event })) as unknown as KitAccount['events'];
const shows = (expiry: string | undefined) => ({ printed: { lot: undefined, expiry } });
const kits = (count: number) => Array.from({ length: count }, (_, index) => `K${index + 1}`);
const namesOf = (count: number) => kits(count).join(', ');

/** Kits that nobody is treated from any more, and some that are still in use. */
const USED_UP: [string, Partial<KitAccount>][] = [
  ['returned', { state: 'returned' }],
  ['destroyed', { state: 'destroyed' }],
  ['lost', { state: 'lost' }],
  ['returned, and now at the depot', { state: 'returned to depot', events: events('returned') }],
];
const IN_USE: [string, Partial<KitAccount>][] = [
  ['labelled', { state: 'labelled' }],
  ['dispensed', { state: 'dispensed', events: events('received', 'dispensed') }],
  ['on hold', { state: 'quarantined', events: events('received', 'quarantined') }],
];

describe('a use-by month on labels', () => {
  const changed = { ...shows('2027-06'), changedTo: '2027-02' };

  test.each(IN_USE)('that study.yaml has changed is found on a kit that is %s', (_, more) => {
    expect(useByChanges([account('K1', { ...changed, ...more })])).toEqual([
      { kit: 'K1', shown: '2027-06', now: '2027-02' },
    ]);
  });

  test.each(USED_UP)('does not matter on a kit that was %s', (_, more) => {
    expect(useByChanges([account('K1', { ...changed, ...more })])).toEqual([]);
  });

  test('is not changed if no label shows one, or study.yaml has the same', () => {
    const none = [
      account('K1', { changedTo: '2027-02' }),
      account('K2', { ...shows(undefined), changedTo: '2027-02' }),
      account('K3', { ...shows('2027-06'), changedTo: undefined }),
    ];
    expect(useByChanges(none)).toEqual([]);
  });

  test('is told by its last day, for each change with its kits', () => {
    const next =
      'To print labels with the new month: randose labels --use-by --output FILE --by WHO';
    const change = (kit: string, shown = '2027-06') => ({ kit, shown, now: '2028-02' });
    expect(useByChangeTexts([])).toEqual([]);
    expect(useByChangeTexts([change('K1'), change('K2', '2027-04'), change('K3')])).toEqual([
      `the labels of 2 kits show use by 2027-06-30, study.yaml says 2028-02-29: K1, K3. ${next}`,
      `the label of 1 kit shows use by 2027-04-30, study.yaml says 2028-02-29: K2. ${next}`,
    ]);
  });

  test('names at most 20 kits of a change', () => {
    const textOf = (count: number) =>
      useByChangeTexts(kits(count).map((kit) => ({ kit, shown: '2027-06', now: '2028-02' })))[0];
    expect(textOf(20)).toContain(`: ${namesOf(20)}. To print`);
    expect(textOf(22)).toMatch(/^the labels of 22 kits show/);
    expect(textOf(22)).toContain(`: ${namesOf(20)} and 2 more. To print`);
  });
});

describe('a lot on labels that study.yaml does not have', () => {
  const end = 'Right if they are of that lot; if it was a typing error, print their labels again';
  const ofLots = (kit: string, ...otherLots: string[]) => account(kit, { otherLots });

  test('is told for each lot with its kits', () => {
    expect(otherLotTexts([account('K0')])).toEqual([]);
    const all = [ofLots('K1', 'L1', 'L2'), account('K0'), ofLots('K2', 'L1')];
    expect(otherLotTexts(all)).toEqual([
      `labels of 2 kits show lot L1, which study.yaml does not have now: K1, K2. ${end}`,
      `labels of 1 kit show lot L2, which study.yaml does not have now: K1. ${end}`,
    ]);
  });

  test.each(USED_UP)('does not matter on a kit that was %s', (_, more) => {
    expect(otherLotTexts([account('K1', { otherLots: ['L1'], ...more })])).toEqual([]);
  });

  test('names at most 20 kits of a lot', () => {
    const textOf = (count: number) => otherLotTexts(kits(count).map((kit) => ofLots(kit, 'L1')))[0];
    expect(textOf(20)).toContain(`: ${namesOf(20)}. Right if`);
    expect(textOf(22)).toContain(`: ${namesOf(20)} and 2 more. Right if`);
  });
});

describe('a number of units on labels that study.yaml does not have', () => {
  const supplies = kitsOfUnits(3);
  const labelled = (
    kit: string,
    unitsLabelled: number | undefined,
    more: Partial<KitAccount> = {},
  ) => account(kit, { unitsLabelled, ...more });

  test('is told for each number with its kits', () => {
    expect(otherUnitsTexts([labelled('K1', 3), labelled('K2', undefined)], supplies)).toEqual([]);
    const all = [labelled('K1', 2), labelled('K2', 1), labelled('K3', 2), labelled('K4', 3)];
    expect(otherUnitsTexts(all, supplies)).toEqual([
      'labels of 2 kits were made for 2 units each, and study.yaml says 3 now: K1, K3. randose counts 2 in them. Right if they have 2; if not, print their labels again',
      'labels of 1 kit was made for 1 unit each, and study.yaml says 3 now: K2. randose counts 1 in it. Right if it has 1; if not, print its labels again',
    ]);
  });

  test('is that of the kit type', () => {
    const types = [
      { type: 'syringe', units: 2, outer: true, unitPackaging: 'small' },
    ] as unknown as typeof supplies.types;
    const all = [labelled('K1', 2, { type: 'syringe' }), labelled('K2', 3, { type: 'syringe' })];
    expect(otherUnitsTexts(all, { ...supplies, types })).toMatchObject([
      expect.stringContaining('made for 3 units each, and study.yaml says 2 now: K2.'),
    ]);
  });

  test.each(USED_UP)('does not matter on a kit that was %s', (_, more) => {
    expect(otherUnitsTexts([labelled('K1', 2, more)], supplies)).toEqual([]);
  });

  test('names at most 20 kits of a number', () => {
    const textOf = (count: number) =>
      otherUnitsTexts(
        kits(count).map((kit) => labelled(kit, 2)),
        supplies,
      )[0];
    expect(textOf(20)).toContain(`: ${namesOf(20)}. randose counts`);
    expect(textOf(22)).toMatch(/^labels of 22 kits were made/);
    expect(textOf(22)).toContain(`: ${namesOf(20)} and 2 more. randose counts`);
  });
});
