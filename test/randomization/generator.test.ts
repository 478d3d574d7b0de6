import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { openStream, type StreamName } from '../../src/randomization/generator.ts';
import { EXAMPLE_SEED } from '../support/designs.ts';

const NAME: StreamName = {
  domain: 'production',
  study: 'T',
  batch: 1,
  purpose: 'permutations',
  stratum: 'site=A',
};

function draws(name: Partial<StreamName>, seed = EXAMPLE_SEED, count = 20): number[] {
  const stream = openStream(seed, { ...NAME, ...name });
  return Array.from({ length: count }, () => stream.integerBelow(2 ** 32));
}

test('seedrandom is still the generator that its README documents', () => {
  // The value in seedrandom's own README.
  expect(seedrandom('hello.')()).toBe(0.9282578795792454);
});

describe('a stream', () => {
  test('is its own for each domain, study, batch, purpose, stratum and seed [R-007]', () => {
    const otherSeed = EXAMPLE_SEED.slice();
    otherSeed[31] = 0;
    const all = [
      draws({}),
      draws({ domain: 'dummy' }),
      draws({ study: 'U' }),
      draws({ batch: 2 }),
      draws({ purpose: 'kit codes' }),
      draws({ purpose: 'block sizes' }),
      draws({ stratum: 'site=B' }),
      draws({}, otherSeed),
    ].map(String);
    expect(new Set(all).size).toBe(all.length);
    expect(draws({})).toEqual(draws({}));
  });

  test('accepts only a seed of 32 bytes', () => {
    expect(() => openStream(new Uint8Array(31), NAME)).toThrow(/^a seed has 32 bytes$/);
  });
});

describe('an integer below a bound', () => {
  test('is the remainder of a draw that is not rejected', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2 ** 32 }), (bound) => {
        const stream = openStream(EXAMPLE_SEED, NAME);
        const limit = 2 ** 32 - (2 ** 32 % bound);
        // By hand from the raw draws.
        const expected = draws({}, EXAMPLE_SEED, 60)
          .filter((draw) => draw < limit)
          .slice(0, 10)
          .map((draw) => draw % bound);
        expect(expected.map(() => stream.integerBelow(bound))).toEqual(expected);
      }),
    );
  });

  test('below 1 is 0, without a draw', () => {
    const stream = openStream(EXAMPLE_SEED, NAME);
    expect(stream.integerBelow(1)).toBe(0);
    expect(stream.integerBelow(2 ** 32)).toBe(draws({})[0]);
  });

  test('is drawn again if a remainder would favour small numbers [R-006]', () => {
    // Below 3 × 2^30 a quarter of all draws is rejected: 1 in 4, within five standard errors.
    const bound = 3 * 2 ** 30;
    const raw = draws({}, EXAMPLE_SEED, 20_000);
    const rejected = raw.filter((draw) => draw >= bound).length;
    expect(Math.abs(rejected - 5000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.25 * 0.75));
    const stream = openStream(EXAMPLE_SEED, NAME);
    const taken = Array.from({ length: 20_000 - rejected }, () => stream.integerBelow(bound));
    expect(taken).toEqual(raw.filter((draw) => draw < bound));
  });

  test('is drawn again below a small bound too, although it hardly ever happens [R-006]', () => {
    // Of 2^32, 16,132 are left over after the last whole multiple of 16,228: the most of all bounds whose limit is kept.
    const bound = 16_228;
    const raw = draws({}, EXAMPLE_SEED, 100_000);
    const leftOver = raw.findIndex((draw) => draw >= 2 ** 32 - 16_132);
    expect(leftOver).toBe(92_332); // found by a search
    for (const often of ['computed', 'kept']) {
      const stream = openStream(EXAMPLE_SEED, NAME);
      for (let drawn = 0; drawn < leftOver; drawn += 1) stream.integerBelow(2 ** 32);
      expect(stream.integerBelow(bound), often).toBe(raw[leftOver + 1]! % bound);
    }
  });
});
