import { describe, expect, test } from 'vitest';
import { NOT_KNOWN, type PackagedIn, productsOf } from '../../src/ledger/kit-products.ts';
import { kitLedger } from '../support/kit-records.ts';

interface Row {
  readonly batch: number;
  readonly type?: string;
  readonly lot: string | null;
  readonly expiry: string | null;
}
const row = (lot: string | null, expiry: string | null, more: Partial<Row> = {}): Row => ({
  batch: 1,
  lot,
  expiry,
  ...more,
});
const labels = (kind: string, rows: readonly Row[] | undefined, more: object = {}) => ({
  action: 'labels',
  labels: kind,
  kits: ['K1'],
  reprints: [],
  count: 1,
  printed: rows,
  ...more,
});
const outer = (lot: string | null, expiry: string | null) => labels('outer', [row(lot, expiry)]);

/** What study.yaml says now. */
const now =
  (lot?: string, expiry?: string): PackagedIn =>
  () => ({ lot, expiry });
const product = (packaged: PackagedIn, ...acts: Record<string, unknown>[]) =>
  productsOf(kitLedger(...acts), packaged)('K1', 1);

describe('lot and expiry of a kit', () => {
  const unlabelled = {
    lot: 'L1',
    expiry: '2027-06',
    printed: undefined,
    changedTo: undefined,
    otherLots: [],
    unitsLabelled: undefined,
  };

  test.each<[string, Record<string, unknown>[]]>([
    ['no label was made', []],
    ['its labels show neither', [labels('outer', undefined), outer(null, null)]],
    ['only labels of another kit show them', [{ ...outer('L0', '2026-01'), kits: ['K2'] }]],
    [
      'only labels of another batch show them',
      [labels('outer', [row('L0', '2026-01', { batch: 2 })])],
    ],
    [
      'only labels of a kit type show them',
      [labels('outer', [row('L0', '2026-01', { type: 'tablets' })])],
    ],
  ])('are those of study.yaml if %s', (_, acts) => {
    expect(product(now('L1', '2027-06'), ...acts)).toEqual(unlabelled);
  });

  test('are not known if neither study.yaml nor a label says them', () => {
    expect(product(NOT_KNOWN)).toEqual({ ...unlabelled, lot: undefined, expiry: undefined });
  });

  test.each<
    [string, [string | null, string | null], [(string | undefined)?, (string | undefined)?], object]
  >([
    [
      'its label shows the same',
      ['L1', '2027-06'],
      ['L1', '2027-06'],
      { lot: 'L1', expiry: '2027-06', changedTo: undefined, otherLots: [] },
    ],
    [
      'study.yaml has a later month now',
      ['L1', '2027-06'],
      ['L1', '2027-09'],
      { lot: 'L1', expiry: '2027-06', changedTo: '2027-09', otherLots: [] },
    ],
    [
      'study.yaml has an earlier month now',
      ['L1', '2027-06'],
      ['L1', '2027-03'],
      { lot: 'L1', expiry: '2027-03', changedTo: '2027-03', otherLots: [] },
    ],
    [
      'study.yaml has another lot now, with a month that is not about this kit',
      ['L1', '2027-06'],
      ['L2', '2027-03'],
      { lot: 'L1', expiry: '2027-06', changedTo: undefined, otherLots: ['L1'] },
    ],
    [
      'its label shows only the month',
      [null, '2027-06'],
      ['L2', '2027-03'],
      { lot: 'L2', expiry: '2027-03', changedTo: '2027-03', otherLots: [] },
    ],
    [
      'its label shows only the lot',
      ['L1', null],
      ['L1', '2027-03'],
      { lot: 'L1', expiry: '2027-03', changedTo: undefined, otherLots: [] },
    ],
    [
      'its label shows only another lot',
      ['L1', null],
      ['L2', '2027-03'],
      { lot: 'L1', expiry: undefined, changedTo: undefined, otherLots: ['L1'] },
    ],
    [
      'study.yaml has only a month now',
      ['L1', '2027-06'],
      [undefined, '2027-09'],
      { lot: 'L1', expiry: '2027-06', changedTo: '2027-09', otherLots: [] },
    ],
    [
      'study.yaml has neither now',
      ['L1', '2027-06'],
      [],
      { lot: 'L1', expiry: '2027-06', changedTo: undefined, otherLots: [] },
    ],
  ])('if %s', (_, shown, packaged, expected) => {
    const found = product(now(...packaged), outer(...shown));
    expect(found).toMatchObject(expected);
    const [lot, expiry] = shown;
    expect(found.printed).toEqual({ lot: lot ?? undefined, expiry: expiry ?? undefined });
  });

  test('are each those of the last label that shows it', () => {
    const acts = [outer('L0', '2026-01'), outer('L1', '2026-06'), outer(null, '2026-09')];
    expect(product(now(), ...acts).printed).toEqual({ lot: 'L1', expiry: '2026-09' });
    expect(product(now(), ...acts, outer('L2', null)).printed).toEqual({
      lot: 'L2',
      expiry: '2026-09',
    });
  });

  test('are those of its batch and its type', () => {
    const rows = [
      row('T1', '2027-01', { type: 'tablets' }),
      row('Y1', '2027-02', { type: 'syringe' }),
      row('Y2', '2027-03', { type: 'syringe', batch: 2 }),
    ];
    const productOf = productsOf(kitLedger(labels('outer', rows)), (batch, type) => ({
      lot: undefined,
      expiry: `${2040 + batch}-${type === 'syringe' ? '11' : '12'}`,
    }));
    expect(productOf('K1', 1, 'tablets')).toMatchObject({ lot: 'T1', changedTo: '2041-12' });
    expect(productOf('K1', 1, 'syringe')).toMatchObject({ lot: 'Y1', changedTo: '2041-11' });
    expect(productOf('K1', 2, 'syringe')).toMatchObject({ lot: 'Y2', changedTo: '2042-11' });
  });
});

describe('the lots on labels that study.yaml does not have now', () => {
  const otherLots = (...acts: [kind: string, lot: string | null][]) =>
    product(now('L9'), ...acts.map(([kind, lot]) => labels(kind, [row(lot, '2027-06')]))).otherLots;

  test('are those of the last outer label and the last labels of units', () => {
    expect(otherLots(['outer', 'L1'], ['unit', 'L2'])).toEqual(['L1', 'L2']);
    expect(otherLots(['unit', 'L2'], ['outer', 'L0'], ['outer', 'L1'])).toEqual(['L1', 'L2']);
    expect(otherLots(['outer and unit', 'L1'], ['unit', 'L9'])).toEqual(['L1']);
  });

  test('are each named once', () => {
    expect(otherLots(['outer and unit', 'L1'])).toEqual(['L1']);
  });

  test('are none once both have labels of the new lot', () => {
    expect(otherLots(['outer and unit', 'L1'], ['outer', 'L9'], ['unit', 'L9'])).toEqual([]);
  });

  test('do not change by a label without a lot, or by a use-by label', () => {
    expect(otherLots(['outer', 'L1'], ['outer', null], ['use-by', 'L9'])).toEqual(['L1']);
    expect(otherLots(['use-by', 'L1'])).toEqual([]);
  });

  test('are those of its own batch', () => {
    const rows = [row('L1', null), row('L2', null, { batch: 2 })];
    expect(product(now('L9'), labels('outer', rows)).otherLots).toEqual(['L1']);
  });
});

describe('the units of a kit with labels', () => {
  test('are those when its labels were last made with their number', () => {
    const units = (count: number) => labels('outer', undefined, { units: [{ units: count }] });
    expect(product(NOT_KNOWN, units(9)).unitsLabelled).toBe(9);
    const acts = [units(9), units(8), outer('L1', null), { ...units(7), kits: ['K2'] }];
    expect(product(NOT_KNOWN, ...acts)).toMatchObject({ unitsLabelled: 8, lot: 'L1' });
  });

  test('are those of its type', () => {
    const units = [
      { type: 'tablets', units: 28 },
      { type: 'syringe', units: 1 },
    ];
    const productOf = productsOf(kitLedger(labels('outer', undefined, { units })), NOT_KNOWN);
    expect(productOf('K1', 1, 'syringe').unitsLabelled).toBe(1);
    expect(productOf('K1', 1, 'tablets').unitsLabelled).toBe(28);
    expect(productOf('K1', 1, 'spray').unitsLabelled).toBeUndefined();
  });
});
