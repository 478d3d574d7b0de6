import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takenCodes } from '../../src/randomization/taken-codes.ts';

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
    );
  });
});
