import { describe, expect, test } from 'vitest';
import { assessPlan } from '../../src/assessment/assess.ts';
import { allocationOf, blockProcess } from '../../src/assessment/block-process.ts';
import { guessesWithSizes } from '../../src/assessment/guess-with-sizes.ts';
import { simulateGuesses } from '../../src/assessment/simulation.ts';
import { equally } from '../support/every-list.ts';

const ENOUGH = { mostCells: 10_000, work: 1e9 };

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

describe.each([
  [[2, 1], [3, 6], 60],
  [[2, 1], [3, 6, 9], 45],
  [[1, 1], [2, 4, 6], 40],
  [[1, 1], [4, 6], 34],
  [[1, 1, 1], [3, 6], 36],
  [[2, 1], [6, 12], 36],
])('drawn lists of %j in blocks of %j', (ratio, sizes, slots) => {
  const allocation = allocationOf(ratio, equally(...sizes));
  const process = blockProcess(allocation.blocks, slots);
  const simulated = simulateGuesses(allocation, process, 500);
  const exact = guessesWithSizes(allocation, process, { ...ENOUGH })!;

  test('have the guesses of all lists, within four standard errors', () => {
    for (const figure of ['best', 'certain'] as const) {
      const difference = mean(simulated.guesses[figure]) - mean(exact[figure]);
      expect(Math.abs(difference)).toBeLessThan(4 * simulated.standardError[figure]);
    }
    expect(mean(simulated.guesses.entropy)).toBeCloseTo(mean(exact.entropy), 1);
  });

  test('give the same figures each time', () => {
    expect(simulateGuesses(allocation, process, 20)).toEqual(
      simulateGuesses(allocation, process, 20),
    );
  });
});

test('there is no exact figure beyond the effort', () => {
  const allocation = allocationOf([2, 1], equally(3, 6));
  const process = blockProcess(allocation.blocks, 60);
  expect(guessesWithSizes(allocation, process, { mostCells: 10_000, work: 1 })).toBeUndefined();
  expect(guessesWithSizes(allocation, process, { mostCells: 5, work: 1e9 })).toBeUndefined();
});

test('an assessment that is simulated says so', () => {
  const assessment = assessPlan({
    arms: [
      { code: 'A', ratio: 1 },
      { code: 'B', ratio: 1 },
    ],
    strata: [{ id: 'S', slots: 400 }],
    blocks: equally(4, 6, 8, 10, 12),
  });
  expect(assessment.method).toBe('simulated');
  expect(assessment.byStratum[0]!.method).toBe('simulated');
  expect(assessment.standardError.best).toBeGreaterThan(0);
  expect(assessment.standardError.best).toBeLessThan(0.002);
  expect(assessment.correctGuess.best).toBeLessThan(assessment.withBoundaries.best);
  expect(assessment.imbalance.method).toBe('exact');
});

test('in a long stratum the first slots are guessed as in a shorter one', () => {
  const allocation = allocationOf([2, 1], equally(3, 6, 9));
  const short = guessesWithSizes(allocation, blockProcess(allocation.blocks, 150), { ...ENOUGH })!;
  const long = guessesWithSizes(allocation, blockProcess(allocation.blocks, 300), { ...ENOUGH })!;
  for (let place = 0; place < 120; place += 1) {
    expect(long.best[place]).toBeCloseTo(short.best[place]!, 12);
    expect(long.certain[place]).toBeCloseTo(short.certain[place]!, 12);
  }
});
