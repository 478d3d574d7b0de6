import { describe, expect, test } from 'vitest';
import {
  blockUnit,
  drawBlockSizes,
  drawPermutedBlock,
  fillableSlots,
  lowestTerms,
} from '../../src/randomization/blocks.ts';
import { openStream } from '../../src/randomization/generator.ts';
import { weighted } from '../../src/randomization/blocks.ts';
import { EXAMPLE_SEED } from '../support/designs.ts';

function stream(stratum: string) {
  return openStream(EXAMPLE_SEED, {
    domain: 'production',
    study: 'T',
    batch: 1,
    purpose: 'permutations',
    stratum,
  });
}

test('a ratio is reduced to lowest terms', () => {
  expect(lowestTerms([4, 2])).toEqual([2, 1]);
  expect(lowestTerms([2, 2, 1])).toEqual([2, 2, 1]);
  expect(blockUnit([4, 2])).toBe(3);
  expect(blockUnit([3, 2])).toBe(5);
});

test('the numbers of slots that whole blocks can fill', () => {
  const filled = (sizes: number[], most: number) =>
    [...fillableSlots(sizes, most).entries()].filter(([, yes]) => yes === 1).map(([n]) => n);
  expect(filled([3], 10)).toEqual([0, 3, 6, 9]);
  expect(filled([4, 6], 14)).toEqual([0, 4, 6, 8, 10, 12, 14]);
  // Frobenius: 7 is the largest number that 3 and 5 cannot make.
  expect(filled([3, 5], 12)).toEqual([0, 3, 5, 6, 8, 9, 10, 11, 12]);
});

describe('drawn at random', () => {
  // Chi-square at alpha = .001, published tables: 13.816 for 2 degrees of freedom, 36.123 for 14.
  test.each([
    [3, 3, 13.816],
    [6, 15, 36.123],
  ])('each of the distinct 2:1 blocks of %i is equally likely (%i)', (size, distinct, cutOff) => {
    const draws = 20_000;
    const permutations = stream(`uniform ${size}`);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const block = drawPermutedBlock([2, 1], size, permutations);
      expect(block.filter((arm) => arm === 0)).toHaveLength((2 * size) / 3);
      counts.set(block.join(''), (counts.get(block.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(distinct);
    const expected = draws / distinct;
    const chiSquare = [...counts.values()].reduce((s, n) => s + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(cutOff);
  });

  test('block sizes fill the slots, and every possible order of 3 and 6 occurs [R-004]', () => {
    const sizes = stream('sizes');
    const seen = new Set<string>();
    for (let draw = 0; draw < 500; draw += 1) {
      const drawn = drawBlockSizes(weighted([3, 6]), 9, sizes);
      expect(drawn.reduce((a, b) => a + b)).toBe(9);
      seen.add(drawn.join());
    }
    expect([...seen].sort()).toEqual(['3,3,3', '3,6', '6,3']);
  });

  test('a size is never drawn after which whole blocks cannot fill the rest [R-004]', () => {
    const sizes = stream('sizes of 4 and 6');
    for (let draw = 0; draw < 200; draw += 1) {
      expect(drawBlockSizes(weighted([4, 6]), 14, sizes).reduce((a, b) => a + b)).toBe(14);
    }
  });
});
