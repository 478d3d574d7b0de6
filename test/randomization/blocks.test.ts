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

test('block sizes ascend, and their weights are in lowest terms', () => {
  expect(weighted([9, 3])).toEqual([
    { size: 3, weight: 1 },
    { size: 9, weight: 1 },
  ]);
  expect(weighted([9, 3, 6], [2, 4, 6])).toEqual([
    { size: 3, weight: 2 },
    { size: 6, weight: 3 },
    { size: 9, weight: 1 },
  ]);
});

describe('drawn by hand', () => {
  /** A stream that gives these numbers, and remembers what they were to be below. */
  const scripted = (...draws: number[]) => {
    const bounds: number[] = [];
    const integerBelow = (bound: number) => (bounds.push(bound), draws[bounds.length - 1]!);
    return { bounds, integerBelow };
  };

  // Of 3 and 6, with weights 1 and 2: 0 is a block of 3; 1 and 2 are blocks of 6.
  test.each([
    [9, [0, 1], [3, 3], [3, 6]],
    [9, [0, 0, 0], [3, 3, 1], [3, 3, 3]],
    [9, [2, 0], [3, 1], [6, 3]],
    [12, [1, 2], [3, 3], [6, 6]],
    [3, [0], [1], [3]],
    [0, [], [], []],
  ])('block sizes of %i slots: %j', (slots, draws, bounds, sizes) => {
    const stream = scripted(...draws);
    expect(drawBlockSizes(weighted([3, 6], [1, 2]), slots, stream)).toEqual(sizes);
    expect(stream.bounds).toEqual(bounds);
  });

  test('after a block of 4 or 6, whole blocks fill the rest', () => {
    // Of 10 slots a block of 4 leaves 6, one of 6 leaves 4; of 8, one of 6 would leave 2.
    const stream = scripted(0, 0);
    expect(drawBlockSizes(weighted([4, 6]), 8, stream)).toEqual([4, 4]);
    expect(stream.bounds).toEqual([1, 1]);
  });

  test.each([
    [7, 'whole blocks cannot fill 7 slots'],
    [1, 'whole blocks cannot fill 1 slot'],
  ])('%i slots are not filled with blocks of 4', (slots, message) => {
    const stream = openStream(EXAMPLE_SEED, {
      domain: 'production',
      study: 'T',
      batch: 1,
      purpose: 'block sizes',
      stratum: 'site=A',
    });
    expect(() => drawBlockSizes(weighted([4]), slots, stream)).toThrow(new Error(message));
  });

  // AAB, and then from the end: the last place with one of three, the second one with one of two.
  test.each([
    [
      [2, 1],
      [0, 0, 1],
    ],
    [
      [2, 0],
      [0, 0, 1],
    ],
    [
      [1, 1],
      [0, 1, 0],
    ],
    [
      [0, 1],
      [1, 0, 0],
    ],
    [
      [0, 0],
      [0, 1, 0],
    ],
  ])('a block of 2:1 from %j is %j', (draws, block) => {
    const stream = scripted(...draws);
    expect(drawPermutedBlock([2, 1], 3, stream)).toEqual(block);
    // The first place is not exchanged with itself.
    expect(stream.bounds).toEqual([3, 2]);
  });

  test('a larger block has each arm as often as the ratio says', () => {
    const stream = scripted(5, 4, 3, 2, 1);
    expect(drawPermutedBlock([2, 0, 1], 6, stream)).toEqual([0, 0, 0, 0, 2, 2]);
  });
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
    const ofFirst = new Set<number>();
    for (let draw = 0; draw < draws; draw += 1) {
      const block = drawPermutedBlock([2, 1], size, permutations);
      ofFirst.add(block.filter((arm) => arm === 0).length);
      counts.set(block.join(''), (counts.get(block.join('')) ?? 0) + 1);
    }
    expect([...ofFirst]).toEqual([(2 * size) / 3]);
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
