import { describe, expect, test } from 'vitest';
import { blockUrn, maximalProcedure } from '../../src/assessment/known-procedures.ts';

describe('the maximal procedure', () => {
  // Found by two solvers and by counting lists in exact arithmetic, for 18 participants at 2:1.
  test('has the known figures at 2:1', () => {
    const figures = maximalProcedure([2, 1], 18, { numerator: 4, denominator: 3 })!;
    expect(figures.best).toBeCloseTo(0.7209, 4);
    expect(figures.fromRatio).toBeCloseTo(0.031, 3);
    expect(figures.largestImbalance).toBeCloseTo(4 / 3, 12);
    expect(figures.balancedAtEnd).toBeCloseTo(1, 12);
  });
});

describe('the block urn design', () => {
  test('has the known figures at 2:1', () => {
    const figures = blockUrn([2, 1], 18, 2);
    expect(figures.best).toBeCloseTo(0.7005, 4);
    expect(figures.fromRatio).toBeCloseTo(0.027, 3);
    expect(figures.largestImbalance).toBeCloseTo(4 / 3, 12);
    expect(figures.balancedAtEnd).toBeCloseTo(0.59, 2);
  });
});
