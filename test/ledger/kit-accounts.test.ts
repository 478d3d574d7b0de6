import { describe, expect, test } from 'vitest';
import {
  byKitAndSlot,
  hasKitEvents,
  kitAccounts,
  siteStocks,
  stateAfter,
} from '../../src/ledger/accountability.ts';
import type { KitEvent } from '../../src/ledger/entry.ts';
import type { Slot } from '../../src/randomization/list.ts';
import {
  accountAfter,
  KIT_SLOTS,
  kitEvent,
  kitLedger,
  randomizedTo,
  TYPED_KIT_SLOTS,
} from '../support/kit-records.ts';

type Acts = readonly Record<string, unknown>[];

/** What happened to a kit on a day of June 2026. */
const on = (day: number, event: KitEvent, kit = 'K1', more: Record<string, unknown> = {}) =>
  kitEvent(event, kit, { date: `2026-06-${String(day).padStart(2, '0')}`, ...more });
const P1 = randomizedTo('P1', 'K1');
const moved = { action: 'transfer', subject: 'P1', from: 'A', to: 'B', date: '2026-06-10' };
const labels = (...kits: string[]) => ({ action: 'labels', labels: 'outer', kits });

describe('the accounts of kits', () => {
  test('are in the order of the list, spare kits after the own one, type after type', () => {
    const entries = kitLedger(randomizedTo('P1', 'T1'), on(1, 'received', 'Y2'), labels('T2'));
    const accounts = kitAccounts(TYPED_KIT_SLOTS, entries).map((one) => [
      ...[one.kit, one.type, one.isSpare, one.holder, one.isLabelled, one.state],
      one.events.length,
    ]);
    expect(accounts).toEqual([
      ['T1', 'tablets', false, 'P1', false, 'listed', 0],
      ['T2', 'tablets', true, 'P1', true, 'labelled', 0],
      ['Y1', 'syringe', false, 'P1', false, 'listed', 0],
      ['Y2', 'syringe', true, 'P1', false, 'received', 1],
    ]);
    expect(kitAccounts(KIT_SLOTS, []).map(({ kit, type }) => [kit, type])).toEqual(
      ['K1', 'S1', 'K2', 'S2', 'K3'].map((kit) => [kit, undefined]),
    );
  });

  test('have the batch and the type for which lot and expiry are asked', () => {
    const asked = kitAccounts(TYPED_KIT_SLOTS, [], (batch, type) => ({
      lot: `${batch} ${type ?? ''}`,
      expiry: undefined,
    }));
    expect(asked.map(({ lot }) => lot)).toEqual([
      ...['1 tablets', '1 tablets'],
      ...['1 syringe', '1 syringe'],
    ]);
    expect(kitAccounts(TYPED_KIT_SLOTS, [])[0]).toMatchObject({
      lot: undefined,
      expiry: undefined,
    });
  });

  test('are found by the kit, and by the number of the slot', () => {
    const accounts = kitAccounts(KIT_SLOTS, kitLedger(on(1, 'received', 'S2')));
    const { byKit, bySlot, hasEvents } = byKitAndSlot(accounts);
    expect(byKit.get('S1')).toBe(accounts[1]);
    expect([...byKit.keys()]).toEqual(['K1', 'S1', 'K2', 'S2', 'K3']);
    expect(bySlot.get('R002')).toEqual([accounts[2], accounts[3]]);
    expect(bySlot.get('R003')).toEqual([accounts[4]]);
    expect(hasEvents).toBe(true);
    expect(byKitAndSlot(kitAccounts(KIT_SLOTS, [])).hasEvents).toBe(false);
  });

  test('have the records of a kit without those that were taken back', () => {
    const acts = [on(1, 'received'), on(2, 'lost'), on(2, 'retracted', 'K1', { corrects: 2 })];
    expect(accountAfter(acts).events.map(({ seq }) => seq)).toEqual([1]);
    // This retracts nothing: the record is not the last of its kit.
    const wrong = [...acts.slice(0, 2), on(2, 'retracted', 'K1', { corrects: 1 })];
    expect(accountAfter(wrong).events.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(accountAfter([on(1, 'retracted', 'K1', { corrects: 1 })]).events).toEqual([]);
  });

  test('have the shipment of a kit that is on hold on its way', () => {
    const acts = [on(1, 'shipped', 'K1', { from: null, to: 'A' }), on(2, 'quarantined')];
    expect(accountAfter(acts).shipment?.seq).toBe(1);
  });

  test('are kept if any record was not taken back', () => {
    const received = on(1, 'received');
    expect(hasKitEvents([])).toBe(false);
    expect(hasKitEvents(kitLedger(P1, labels('K1')))).toBe(false);
    expect(hasKitEvents(kitLedger(received))).toBe(true);
    const back = on(1, 'retracted', 'K1', { corrects: 1 });
    expect(hasKitEvents(kitLedger(received, back))).toBe(false);
    expect(hasKitEvents(kitLedger(received, back, on(1, 'received', 'K2')))).toBe(true);
  });
});

describe('the state of a kit', () => {
  test.each<[KitEvent[], string, string | undefined]>([
    [[], 'listed', undefined],
    [['received', 'dispensed'], 'dispensed', undefined],
    [['received', 'retracted'], 'received', undefined],
    [['received', 'dispensed', 'shipped'], 'shipped', undefined],
    [['received', 'dispensed', 'shipped', 'received'], 'dispensed', undefined],
    [['received', 'shipped', 'received'], 'received', undefined],
    [['received', 'quarantined'], 'quarantined', 'received'],
    [['quarantined'], 'quarantined', 'listed'],
    [['received', 'quarantined', 'released'], 'received', undefined],
    [['received', 'quarantined', 'shipped'], 'quarantined', 'shipped'],
    [['shipped', 'quarantined', 'received'], 'quarantined', 'received'],
    [['received', 'quarantined', 'returned to depot'], 'quarantined', 'returned to depot'],
    [['received', 'quarantined', 'dispensed'], 'dispensed', undefined],
    [['received', 'dispensed', 'quarantined', 'returned'], 'returned', undefined],
    [['received', 'quarantined', 'destroyed'], 'destroyed', undefined],
    [['received', 'quarantined', 'lost'], 'lost', undefined],
  ])('after %j is %s', (events, state, heldFrom) => {
    const records = events.map((event) => ({ event }));
    expect(stateAfter(records, false)).toEqual({ state, heldFrom });
  });

  test('is labelled before anything happened, if it has a label', () => {
    expect(stateAfter([], true)).toEqual({ state: 'labelled', heldFrom: undefined });
    expect(stateAfter([{ event: 'quarantined' }], true)).toEqual({
      state: 'quarantined',
      heldFrom: 'labelled',
    });
  });
});

describe('a kit whose participant is transferred later', () => {
  test.each<[KitEvent, string]>([
    ['received', 'B'],
    ['dispensed', 'B'],
    ['returned', 'A'],
    ['destroyed', 'A'],
    ['lost', 'A'],
  ])('and that was %s before, is at %s', (event, site) => {
    const account = accountAfter([P1, on(1, 'received'), on(9, event), moved]);
    expect(account).toMatchObject({ site, belongsTo: 'B', shipment: undefined });
  });

  test('and that is lost after that, was at the new site', () => {
    expect(accountAfter([P1, on(1, 'received'), moved, on(11, 'lost')])).toMatchObject({
      site: 'B',
      belongsTo: 'B',
    });
  });
});

describe('the stock of a site', () => {
  const none = {
    labelled: 0,
    received: 0,
    dispensed: 0,
    returned: 0,
    returnedToDepot: 0,
    destroyed: 0,
    lost: 0,
    inTransit: 0,
    quarantined: 0,
    inStock: 0,
  };
  const stocks = (acts: Acts, slots: readonly Slot[] = KIT_SLOTS) =>
    siteStocks(kitAccounts(slots, kitLedger(...acts)));

  test('is of the kits that are there, and at the depot are those of no site', () => {
    expect(stocks([])).toEqual([
      { ...none, site: 'A', kits: 4 },
      { ...none, site: null, kits: 1 },
    ]);
    expect(stocks([])[0]).not.toHaveProperty('type');
  });

  test('counts kits by what happened to them, and by how they are now', () => {
    const acts = [
      ...[P1, labels('K1', 'S1')],
      ...[on(1, 'received'), on(2, 'dispensed'), on(3, 'returned')],
      ...[on(1, 'received', 'S1'), on(2, 'quarantined', 'S1'), on(3, 'released', 'S1')],
      ...[on(1, 'received', 'K2'), on(2, 'quarantined', 'K2')],
      on(1, 'shipped', 'S2', { from: null, to: 'A' }),
    ];
    expect(stocks(acts)[0]).toEqual({
      ...none,
      site: 'A',
      kits: 4,
      labelled: 2,
      received: 3,
      dispensed: 1,
      returned: 1,
      inTransit: 1,
      quarantined: 1,
      inStock: 1,
    });
  });

  test('counts what was sent back, destroyed and lost', () => {
    const acts = [
      ...[on(1, 'received'), on(2, 'returned to depot')],
      ...[on(1, 'received', 'S1'), on(2, 'destroyed', 'S1')],
      ...[on(1, 'received', 'K2'), on(2, 'lost', 'K2')],
    ];
    expect(stocks(acts)).toEqual([
      { ...none, site: 'A', kits: 3, received: 2, destroyed: 1, lost: 1 },
      { ...none, site: null, kits: 2, received: 1, returnedToDepot: 1 },
    ]);
  });

  test('is told site after site as on the list; sites that only got kits later come last', () => {
    const slots = ['site=B', 'site=A', 'site=B'].map((stratum, index) => ({
      number: `R00${index + 1}`,
      batch: 1,
      stratum,
      sequence: 1,
      kit: `K${index + 1}`,
    })) as unknown as Slot[];
    const away = on(1, 'shipped', 'K1', { from: null, to: 'C' });
    expect(stocks([away], slots).map(({ site, kits }) => [site, kits])).toEqual([
      ['B', 1],
      ['A', 1],
      ['C', 1],
    ]);
  });

  test('has no line for a site that has no kit any more', () => {
    const slots = [KIT_SLOTS[0]!].map((slot) => ({ ...slot, spares: [] }));
    const away = on(1, 'shipped', 'K1', { from: null, to: 'B' });
    expect(stocks([away], slots)).toEqual([{ ...none, site: 'B', kits: 1, inTransit: 1 }]);
  });

  test('is told type after type', () => {
    expect(stocks([on(1, 'received', 'Y1')], TYPED_KIT_SLOTS)).toEqual([
      { ...none, site: 'A', type: 'tablets', kits: 2 },
      { ...none, site: 'A', type: 'syringe', kits: 2, received: 1, inStock: 1 },
    ]);
  });
});
