import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takenCodes } from '../../src/randomization/taken-codes.ts';

test('a table of bits has each code once, to the last one', () => {
  for (const codes of [31, 32, 33, 64, 65]) {
    const taken = takenCodes(codes, 1_000_000);
    const all = Array.from({ length: codes }, (_, code) => code);
    expect(all.filter((code) => !taken.take(code))).toEqual([]);
    expect(all.filter((code) => taken.take(code))).toEqual([]);
  }
});

test('a code that is taken takes no other', () => {
  for (const expected of [18, 1_000_000]) {
    const taken = takenCodes(1000, expected);
    expect([5, 5, 37, 4, 6, 37, 69, 31, 32, 63, 5].map((code) => taken.take(code))).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  }
});

describe.each([
  ['few codes, few taken', 23 ** 6, 18],
  ['few codes, many taken', 23 ** 4, 1_000_000],
  ['many codes, many taken', 23 ** 10, 1_000_000],
])('of %s', (_, codes, expected) => {
  test('each is free once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: codes - 1 })), (asked) => {
        const taken = takenCodes(codes, expected);
        const before = new Set<number>();
        for (const code of [...asked, ...asked, 0, codes - 1]) {
          expect(taken.take(code)).toBe(!before.has(code));
          before.add(code);
        }
      }),
      { numRuns: 25 },
    );
  });
});
