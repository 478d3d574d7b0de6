import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areAlike, isNearId, LikeIds, otherSiteIn } from '../../src/ledger/like-ids.ts';

function isLike(one: string, other: string): boolean {
  const ids = new LikeIds();
  ids.add(one);
  return ids.like(other) === one;
}

describe('ids that a reader may take for one another', () => {
  test.each([
    ['001', '1'],
    ['CRT-001', 'CRT_001'],
    ['CRT-002', 'CRT002'],
    ['CRT-002', 'CRT-2'],
    ['CRT-002', 'CRT.2'],
    ['CRT-010', 'CRT-O10'],
    ['S-1', '5-1'],
    ['AB-1I', 'AB-11'],
    ['01-001', '1-1'],
    ['01-001', '01001'],
    ['1-11', '11-1'], // they differ only in punctuation
    ['V-7', 'U-7'],
    ['B-7', '8-7'],
    ['Z-7', '2-7'],
    ['LI-7', '11-7'],
    ['CRT--7', 'CRT.-007'],
    ['A-1-B', 'A1B'],
    ['1A-01', '1A1'],
    ['1-A01', '1A1'],
    ['1--01', '1-1'],
    ['A0', 'A-00'],
  ])('%s and %s', (one, other) => {
    expect(isLike(one, other)).toBe(true);
    expect(isLike(other, one)).toBe(true);
    expect(areAlike(one, other)).toBe(true);
  });

  test.each([
    ['CRT-001', 'CRT-002'],
    ['CRT-001', 'CRT-010'],
    ['CRT-100', 'CRT-1'],
    ['1-12', '11-1'],
    ['CRT-001', 'LYO-001'],
    ['1-12', '1-012-0'],
    ['1-01', '11'],
    ['CRT-0', 'CRT'],
    ['CRT-20', 'CRT-2'],
  ])('not %s and %s', (one, other) => {
    expect(isLike(one, other)).toBe(false);
    expect(areAlike(one, other)).toBe(false);
  });

  test('an id that differs in case only is the same, and not a like one [R-057]', () => {
    expect(isLike('crt-001', 'CRT-001')).toBe(false);
  });

  test('the first of several like ones is named', () => {
    const ids = new LikeIds();
    ids.add('CRT-01');
    ids.add('CRT_001');
    expect(ids.like('CRT-1')).toBe('CRT-01');
    expect(ids.like('CRT_001')).toBe('CRT-01');
    expect(ids.like('crt-01')).toBeUndefined();
    expect(ids.like('LYO-1')).toBeUndefined();
  });

  test('numbers of a usual form are never alike', () => {
    const number = fc.integer({ min: 0, max: 999 });
    fc.assert(
      fc.property(number, number, (one, other) => {
        const name = (value: number) => `CRT-${String(value).padStart(3, '0')}`;
        expect(isLike(name(one), name(other))).toBe(false);
      }),
    );
  });
});

describe('an id of which somebody typed little more than the number at its end', () => {
  test.each([
    ['7', 'CRT-007'],
    ['LYO-07', 'CRT-007'],
    ['O7', 'CRT-007'],
    ['12', 'CRT-I2'],
    ['12', 'CRT-L2'],
    [' 7 ', 'crt-7'],
    ['CRT_007', 'CRT-007'],
    ['CRT-10', 'CRT-1O'],
    ['10', 'CRT-1O'],
    ['CRT_A', 'CRT-A'], // without a number they may be alike all the same
  ])('%j may be %s', (typed, id) => {
    expect(isNearId(typed, id)).toBe(true);
  });

  test.each([
    ['7', 'CRT-017'],
    ['70', 'CRT-007'],
    ['1', 'CRT-1O'],
    ['CRT', 'LYO'],
    ['', 'CRT-A'],
    ['7A', 'CRT-7'],
    ['OIL', 'CRT-011'], // without a digit it is a word
  ])('%j is not %s', (typed, id) => {
    expect(isNearId(typed, id)).toBe(false);
  });
});

describe('the code of another site', () => {
  const codes = ['CRT', 'LYO', 'LY', '1', '11', 'X1', 'X1-2'];
  test.each([
    ['CRT-009', 'LYO', 'CRT'],
    ['crt9', 'LYO', 'CRT'],
    ['CRT-009', 'CRT', undefined],
    ['LYO-1', 'LYO', undefined], // the longest code counts
    ['LYO-1', 'LY', 'LYO'],
    ['11-1', '11', undefined],
    ['11-1', '1', '11'],
    ['111', '1', undefined], // a number says nothing without a separator
    ['CRTA-1', 'LYO', undefined],
    ['X12', 'CRT', undefined],
    ['X1-3', 'CRT', 'X1'],
    ['X1-2-3', 'X1', 'X1-2'],
    ['X1-2-3', 'X1-2', undefined],
    ['S1', 'CRT', undefined],
  ])('in %s at site %s: %s', (id, site, other) => {
    expect(otherSiteIn(id, site, codes)).toBe(other);
    expect(otherSiteIn(id, site, codes.toReversed())).toBe(other);
  });
});
