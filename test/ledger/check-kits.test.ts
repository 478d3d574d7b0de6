import { describe, expect, test } from 'vitest';
import { checkKitEvents } from '../../src/ledger/check-kits.ts';
import type { KitEvent } from '../../src/ledger/entry.ts';
import type { Slot } from '../../src/randomization/list.ts';
import { KIT_SLOTS, kitEvent, kitLedger, randomizedTo } from '../support/kit-records.ts';

type Acts = readonly Record<string, unknown>[];

const SITES = ['A', 'B'];
const problemsOf = (acts: Acts, sites: readonly string[] | undefined = SITES, slots = KIT_SLOTS) =>
  checkKitEvents(slots, kitLedger(...acts), sites).map(({ line, message }) => [line, message]);

/** What happened to K1 on a day of June 2026. */
const on = (day: number, event: KitEvent, more: Record<string, unknown> = {}) =>
  kitEvent(event, 'K1', { date: `2026-06-${String(day).padStart(2, '0')}`, ...more });
const P1 = randomizedTo('P1', 'K1');
const received = on(1, 'received', { units: 9 });
const dispensed = on(2, 'dispensed', { units: 9, subject: 'P1' });
const shipped = on(1, 'shipped', { from: null, to: 'A', units: 9 });
const moved = { action: 'transfer', subject: 'P1', from: 'A', to: 'B', date: '2026-06-10' };

describe('records of kits agree with those before them', () => {
  test.each<[string, Acts]>([
    [
      'from the site to the participant and back to the depot',
      [
        ...[P1, received, { ...dispensed, subject: 'p1' }],
        on(3, 'returned', { units: 5, subject: 'P1' }),
        on(3, 'returned to depot', { units: 5, from: 'A' }),
        on(3, 'destroyed', { units: 5 }),
      ],
    ],
    [
      'a spare kit belongs to whoever has the slot',
      [P1, { ...received, kit: 'S1' }, { ...dispensed, kit: 'S1' }],
    ],
    [
      'a participant was transferred after the kit was shipped to the first site',
      [P1, shipped, moved],
    ],
    [
      'a date is a day after that of the entry, as in some time zones',
      [{ ...received, date: '2026-12-02' }],
    ],
    [
      'a record was taken back, and entered again',
      [received, on(1, 'retracted', { corrects: 1 }), on(1, 'received', { units: 10 })],
    ],
    [
      'records of two kits do not depend on each other',
      [received, { ...received, kit: 'K2', date: '2026-05-01', units: 10 }],
    ],
    ['a kit comes to the site of its stratum', [on(1, 'received', { site: 'A' })]],
    ['a participant in a study without kits', [{ action: 'randomization', subject: 'P1' }]],
  ])('%s', (_, acts) => {
    expect(problemsOf(acts)).toEqual([]);
  });

  test.each<[string, Acts, string]>([
    [
      'of a kit that is on no list',
      [{ ...received, kit: 'X' }],
      'is about kit X, which is not on the list',
    ],
    [
      'of a kit that could not be dispensed',
      [P1, dispensed],
      'kit K1 is not recorded as received: it cannot be dispensed yet',
    ],
    [
      'that retracts nothing, and names an entry',
      [on(1, 'received', { corrects: 7 })],
      'kit K1: received retracts nothing, but names entry 7',
    ],
    [
      'that returns a kit to the depot, and names an entry',
      [received, on(1, 'returned to depot', { corrects: 1, from: 'A' })],
      'kit K1: returned to the depot retracts nothing, but names entry 1',
    ],
    [
      'of a kit that nobody got',
      [P1, received, { ...dispensed, subject: null }],
      'kit K1 was dispensed for no participant, but it belongs to P1',
    ],
    [
      'of a kit that somebody else returned',
      [P1, received, dispensed, on(3, 'returned', { subject: 'P2' })],
      'kit K1 was returned for P2, but it belongs to P1',
    ],
    [
      'of an earlier day than the one before',
      [
        received,
        on(2, 'lost'),
        on(1, 'retracted', { corrects: 2 }),
        on(2, 'lost', { date: '2026-05-31' }),
      ],
      'kit K1 was lost on 2026-05-31, before it was received on 2026-06-01',
    ],
    [
      'of an earlier day than that of its return to the depot',
      [received, on(5, 'returned to depot', { from: 'A' }), on(4, 'lost')],
      'kit K1 was lost on 2026-06-04, before it was returned to the depot on 2026-06-05',
    ],
    [
      'of a day two days after the entry',
      [{ ...received, date: '2026-12-03' }],
      'kit K1: 2026-12-03 is in the future',
    ],
    [
      'with more units than there were',
      [received, on(2, 'destroyed', { units: 10 })],
      'kit K1: 10 units destroyed, of 9',
    ],
    [
      'with one unit of none',
      [on(1, 'received', { units: 0 }), on(2, 'returned to depot', { units: 1, from: 'A' })],
      'kit K1: 1 unit returned to the depot, of 0',
    ],
    [
      'that retracts another entry than the last',
      [received, { ...received, kit: 'K2' }, on(1, 'retracted', { corrects: 2 })],
      'retracts entry 2 of kit K1, which is not its last',
    ],
    [
      'that does not say what it retracts',
      [received, on(1, 'retracted')],
      'retracts entry 0 of kit K1, which is not its last',
    ],
    [
      'of a shipment to nowhere',
      [on(1, 'shipped', { from: null })],
      'kit K1 was shipped to no site',
    ],
    [
      'of something else with a destination',
      [received, on(2, 'returned to depot', { from: 'A', to: 'B' })],
      'kit K1 was returned to the depot to B',
    ],
    [
      'of a shipment to an unknown site',
      [{ ...shipped, to: 'X' }],
      'kit K1: X is not a site of study.yaml',
    ],
    [
      'of a kit that came to an unknown site',
      [on(1, 'received', { site: 'X' })],
      'kit K1: X is not a site of study.yaml',
    ],
    [
      'of a shipment from a site that did not have it',
      [{ ...shipped, from: 'B' }],
      'kit K1 was shipped from B, but it was at depot',
    ],
    [
      'of a shipment from the depot, which did not have it',
      [received, { ...shipped, from: null }],
      'kit K1 was shipped from depot, but it was at A',
    ],
    [
      'of a return to the depot from another site',
      [received, on(2, 'returned to depot', { from: 'B' })],
      'kit K1 was returned to the depot from B, but it was at A',
    ],
    [
      'of a return to the depot from nowhere',
      [received, on(2, 'returned to depot')],
      'kit K1 was returned to the depot from depot, but it was at A',
    ],
    [
      'of a shipment to the site that had it',
      [received, { ...shipped, from: 'A' }],
      'kit K1 was shipped to A, where it was',
    ],
    [
      'of a shipment to a site that should not have it',
      [P1, { ...shipped, to: 'B' }],
      'kit K1 should not go to B: P1 is at A',
    ],
    [
      'of a kit that came to a site that should not have it',
      [P1, on(1, 'received', { site: 'B' })],
      'kit K1 should not come to B: P1 is at A',
    ],
    [
      'of a kit that came to another site than it was shipped to, while it was on hold',
      [P1, shipped, on(2, 'quarantined'), on(3, 'received', { site: 'B' })],
      'kit K1 was shipped to A on 2026-06-01, not to B',
    ],
    [
      'of a kit that is dispensed where its participant is not',
      [P1, shipped, on(2, 'received'), moved, on(11, 'dispensed', { subject: 'P1' })],
      'kit K1 is at A by its records, but P1 is at B',
    ],
  ])('a record %s is reported', (_, acts, message) => {
    expect(problemsOf(acts)).toEqual([[acts.length, message]]);
  });

  test('sites are not looked up if study.yaml cannot be read', () => {
    const acts = [P1, { ...shipped, to: 'X', deviations: ['other site'] }];
    expect(checkKitEvents(KIT_SLOTS, kitLedger(...acts))).toEqual([]);
    expect(problemsOf(acts)).toEqual([[2, 'kit K1: X is not a site of study.yaml']]);
  });

  test('a record that names the rule about sites may break it, and no other one', () => {
    const there = (deviations: string[]) => [P1, { ...shipped, to: 'B', deviations }];
    expect(problemsOf(there(['other site']))).toEqual([]);
    expect(problemsOf(there(['quarantined']))).toHaveLength(1);
    const given = { ...dispensed, deviations: ['other site'] };
    expect(
      problemsOf([P1, on(1, 'received', { site: 'B', deviations: ['other site'] }), given]),
    ).toEqual([]);
  });

  test('a kit that was dispensed although nobody has its slot is reported, and its return too', () => {
    expect(problemsOf([received, dispensed, on(3, 'returned', { subject: 'P1' })])).toEqual([
      [2, 'kit K1 is kept for a later participant (R001): DO NOT GIVE IT'],
      [3, 'kit K1 was returned for P1, but no participant has its slot'],
    ]);
  });

  test('what follows a wrong record is checked as if it had been right', () => {
    const acts = [P1, dispensed, on(3, 'returned', { subject: 'P1', units: 5 })];
    expect(problemsOf(acts).map(([line]) => line)).toEqual([2]);
    const twice = [received, on(1, 'retracted', { corrects: 9 }), on(1, 'received', { units: 9 })];
    expect(problemsOf(twice).map(([line]) => line)).toEqual([2]);
  });

  test('a retraction of nothing is reported', () => {
    expect(problemsOf([on(1, 'retracted', { corrects: 1 })])).toEqual([
      [1, 'kit K1: there is no record to retract'],
      [1, 'retracts entry 1 of kit K1, which is not its last'],
    ]);
  });

  test('after a record of an unknown kit, the others are checked', () => {
    expect(problemsOf([{ ...received, kit: 'X' }, on(1, 'returned', { subject: 'P1' })])).toEqual([
      [1, 'is about kit X, which is not on the list'],
      [2, 'kit K1 is not recorded as received: it cannot be returned yet'],
    ]);
  });
});

describe('labels agree with the list and the labels before them', () => {
  const labels = (kind: string, kits: string[], more: Record<string, unknown> = {}) => ({
    action: 'labels',
    labels: kind,
    kits,
    reprints: [],
    count: kits.length,
    ...more,
  });
  const useBy = (expiry: string | null, reprints: string[] = [], kits = ['K1']) =>
    labels('use-by', kits, { reprints, printed: [{ batch: 1, lot: null, expiry }] });

  test.each<[string, Acts]>([
    ['two kits have labels', [labels('outer', ['K1', 'S1'])]],
    ['units have labels after the boxes', [labels('outer', ['K1']), labels('unit', ['K1'])]],
    [
      'one of two kits had labels before, and is a reprint',
      [labels('outer', ['K1']), labels('outer', ['K1', 'K2'], { reprints: ['K1'] })],
    ],
    [
      'both kits had labels before: reprints',
      [labels('outer', ['K1', 'K2']), labels('outer', ['K1', 'K2'], { reprints: ['K1', 'K2'] })],
    ],
    [
      'units that had labels get them again with the box: a reprint',
      [labels('unit', ['K1']), labels('outer and unit', ['K1'], { reprints: ['K1'] })],
    ],
    [
      'a box that had a label with the units gets one again: a reprint',
      [labels('outer and unit', ['K1']), labels('outer', ['K1'], { reprints: ['K1'] })],
    ],
    [
      'a kit with stock labels gets those for its participant',
      [P1, labels('outer', ['K1']), labels('outer', ['K1', 'S1'], { subject: 'p1' })],
    ],
    [
      'labels for a participant are made again: reprints',
      [
        P1,
        labels('outer', ['K1'], { subject: 'P1' }),
        labels('outer', ['K1'], { subject: 'P1', reprints: ['K1'] }),
      ],
    ],
    ['use-by labels have another date', [useBy('2027-01'), useBy('2027-02')]],
    ['use-by labels have the same date: reprints', [useBy('2027-01'), useBy('2027-01', ['K1'])]],
    ['use-by labels without a date are made again: reprints', [useBy(null), useBy(null, ['K1'])]],
    [
      'use-by labels do not make outer labels reprints',
      [useBy('2027-01'), labels('outer', ['K1'])],
    ],
  ])('%s', (_, acts) => {
    expect(problemsOf(acts)).toEqual([]);
  });

  test.each<[string, Acts, string]>([
    [
      'of kits that are on no list',
      [labels('outer', ['K1', 'X', 'Y'])],
      'has labels for X, Y, not on the list',
    ],
    ['of a kit twice', [labels('outer', ['K1', 'K1'])], 'names a kit twice'],
    ['without a label', [labels('outer', ['K1'], { count: 0 })], 'has no label'],
    [
      'for a participant who does not have the kits',
      [P1, randomizedTo('P2', 'K2'), labels('outer', ['K1', 'K2', 'K3'], { subject: 'P1' })],
      'has labels for P1 and kit K2, K3, which does not belong to P1',
    ],
    [
      'with reprints that are none',
      [labels('outer', ['K1', 'K2'], { reprints: ['K1', 'K2'] })],
      'names K1, K2 as reprints, but the reprints are none',
    ],
    [
      'with reprints that it does not name',
      [labels('outer', ['K1', 'K2']), labels('outer', ['K1', 'K2'])],
      'names no kits as reprints, but the reprints are K1, K2',
    ],
    [
      'with another reprint than it names',
      [labels('outer', ['K1']), labels('outer', ['K1', 'K2'], { reprints: ['K2'] })],
      'names K2 as reprints, but the reprints are K1',
    ],
    [
      'with a use-by label of the same date that is not called a reprint',
      [useBy('2027-01'), useBy('2027-01')],
      'names no kits as reprints, but the reprints are K1',
    ],
  ])('a run %s is reported', (_, acts, message) => {
    expect(problemsOf(acts)).toEqual([[acts.length, message]]);
  });

  test('a run for a participant, of a kit that is on no list, is reported', () => {
    expect(problemsOf([P1, labels('outer', ['X'], { subject: 'P1' })])).toEqual([
      [2, 'has labels for X, not on the list'],
      [2, 'has labels for P1 and kit X, which does not belong to P1'],
    ]);
    expect(problemsOf([useBy('2027-01', [], ['X'])])).toEqual([
      [1, 'has labels for X, not on the list'],
    ]);
  });

  test('the date on a use-by label is that of the batch and the type of the kit', () => {
    const slots = [
      {
        number: 'R001',
        batch: 1,
        stratum: 'site=A',
        sequence: 1,
        kit: 'T1',
        kitType: 'tablets',
        spares: [],
        further: [{ type: 'syringe', kit: 'Y1', spares: [] }],
      },
      {
        number: 'R002',
        batch: 2,
        stratum: 'site=A',
        sequence: 2,
        kit: 'T2',
        kitType: 'tablets',
        spares: [],
        further: [{ type: 'syringe', kit: 'Y2', spares: [] }],
      },
    ] as unknown as Slot[];
    const kits = ['T1', 'Y1', 'T2', 'Y2'];
    const run = (dates: readonly string[], reprints: string[]) =>
      labels('use-by', kits, {
        reprints,
        printed: dates.map((expiry, index) => ({
          batch: index < 2 ? 1 : 2,
          type: index % 2 === 0 ? 'tablets' : 'syringe',
          lot: null,
          expiry,
        })),
      });
    const first = run(['2027-01', '2027-02', '2027-03', '2027-04'], []);
    for (const [index, kit] of kits.entries()) {
      const dates = ['2028-01', '2028-01', '2028-01', '2028-01'];
      dates[index] = `2027-0${index + 1}`;
      expect(problemsOf([first, run(dates, [kit])], SITES, slots)).toEqual([]);
    }
  });
});
