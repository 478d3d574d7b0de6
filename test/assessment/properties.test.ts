import fc from 'fast-check';
import { test } from 'vitest';
import { assessPlan } from '../../src/assessment/assess.ts';
import { blockUnit, fillableSlots } from '../../src/randomization/blocks.ts';

const anyPlan = fc
  .record({
    ratio: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 }),
    multiples: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    weights: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    wishes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ ratio, multiples, weights, wishes }) => {
    const unit = blockUnit(ratio);
    const sizes = multiples.map((multiple) => multiple * unit).sort((a, b) => a - b);
    const fillable = fillableSlots(sizes, 40 + 2 * sizes.at(-1)!);
    return {
      arms: ratio.map((share, arm) => ({ code: 'ABC'[arm]!, ratio: share })),
      blocks: sizes.map((size, index) => ({ size, weight: weights[index]! })),
      strata: wishes.map((wish, index) => ({
        id: `S${index}`,
        slots: fillable.indexOf(1, Math.max(wish, sizes.at(-1)!)),
      })),
    };
  })
  .filter(({ strata }) => strata.every(({ slots }) => slots > 0));

const NEARLY = 1e-12;

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= NEARLY * Math.max(1, Math.abs(a));
}

test('the figures of every plan fit together', () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const assessment = assessPlan(plan);
      const { correctGuess, withBoundaries, imbalance } = assessment;
      const shares = assessment.arms.map(({ share }) => share);
      const unit = shares.reduce((a, b) => a + b);
      const guesses = [correctGuess, withBoundaries].every(
        ({ best, excess, convergence, certain }) =>
          best >= Math.max(...shares) / unit - NEARLY &&
          best >= convergence - NEARLY &&
          near(excess, best - Math.max(...shares) / unit) &&
          certain >= 0 &&
          certain <= best + NEARLY &&
          best <= 1 + NEARLY,
      );
      const totals = imbalance.stages.every(({ participants, arms, greatest, greatestVariance }) =>
        arms.every(({ expected, variance, distribution }, arm) => {
          const sum = (of: (total: number) => number) =>
            distribution.reduce((all, [total, p]) => all + p * of(total), 0);
          return (
            near(expected, (participants * shares[arm]!) / unit) &&
            near(
              sum(() => 1),
              1,
            ) &&
            near(
              sum((total) => total),
              expected,
            ) &&
            Math.abs(sum((total) => (total - expected) ** 2) - variance) < 1e-10 &&
            variance <= greatestVariance[arm]! + NEARLY &&
            distribution.every(([total]) => Math.abs(total - expected) <= greatest + 1e-9)
          );
        }),
      );
      const chances = assessment.codeBreak.every(({ blockMate, next }) =>
        [blockMate, next].every((each) =>
          near(
            each.reduce((a, b) => a + b),
            1,
          ),
        ),
      );
      return (
        guesses &&
        totals &&
        (chances || assessment.slots === assessment.strata) &&
        correctGuess.best <= withBoundaries.best + NEARLY &&
        correctGuess.certain <= withBoundaries.certain + NEARLY &&
        near(correctGuess.convergence, withBoundaries.convergence) &&
        assessment.entropyBits <= assessment.bits &&
        assessment.entropyBits > 0
      );
    }),
    { seed: 20261, numRuns: 150 },
  );
});
