import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assessPlan } from '../../src/assessment/assess.ts';
import type { Vector } from '../../src/randomization/vectors.ts';
import { FIXTURES } from '../support/command-line.ts';
import { equally, everyList, everyListByCounts } from '../support/every-list.ts';

function assess(ratio: number[], sizes: number[], slots: number[], recruited?: number[]) {
  return assessPlan({
    arms: ratio.map((share, arm) => ({ code: 'ABCD'[arm]!, ratio: share })),
    strata: slots.map((number, index) => ({ id: `S${index}`, slots: number })),
    blocks: equally(...sizes),
    ...(recruited !== undefined && { recruited }),
  });
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;
}

/** Every way to spread participants over strata of so many slots. */
function spreads(slots: readonly number[], participants: number): number[][] {
  const [first, ...rest] = slots;
  if (first === undefined) return participants === 0 ? [[]] : [];
  return Array.from({ length: Math.min(first, participants) + 1 }, (_, taken) =>
    spreads(rest, participants - taken).map((others) => [taken, ...others]),
  ).flat();
}

/** An arm's number after some slots of a stratum, from every list. */
function armNumbers(ratio: number[], sizes: number[], slots: number, at: number, arm: number) {
  const numbers = new Map<number, number>();
  for (const { arms, probability } of everyList(ratio, equally(...sizes), slots)) {
    const number = arms.slice(0, at).filter((each) => each === arm).length;
    numbers.set(number, (numbers.get(number) ?? 0) + probability);
  }
  return numbers;
}

describe.each([
  ['2:1', [2, 1], [3, 6], [6, 6, 9]],
  ['2:1, three equal and a shorter one', [2, 1], [3, 6], [6, 6, 6, 3]],
  ['1:1:1', [1, 1, 1], [3], [3, 6, 6]],
  ['2:1:1', [2, 1, 1], [4, 8], [8, 4]],
])('%s: every way to spread the participants', (_, ratio, sizes, slots) => {
  const total = slots.reduce((a, b) => a + b);
  const unit = ratio.reduce((a, b) => a + b);
  const { imbalance } = assess(ratio, sizes, slots);
  const numbers = ratio.map((_share, arm) =>
    slots.map((each) =>
      Array.from({ length: each + 1 }, (_at, at) => armNumbers(ratio, sizes, each, at, arm)),
    ),
  );

  test.each(imbalance.stages.map((stage) => [stage.participants, stage] as const))(
    'after %i',
    (participants, stage) => {
      let greatest = 0;
      for (const [arm, share] of ratio.entries()) {
        const expected = (participants * share) / unit;
        const distribution = new Map<number, number>();
        let greatestVariance = 0;
        for (const spread of spreads(slots, participants)) {
          const chance =
            spread.reduce((product, taken, index) => product * binomial(slots[index]!, taken), 1) /
            binomial(total, participants);
          let given = new Map([[0, 1]]);
          for (const [index, taken] of spread.entries()) {
            const next = new Map<number, number>();
            for (const [a, p] of given) {
              for (const [b, q] of numbers[arm]![index]![taken]!) {
                next.set(a + b, (next.get(a + b) ?? 0) + p * q);
              }
            }
            given = next;
          }
          let variance = 0;
          for (const [number, p] of given) {
            variance += p * (number - expected) ** 2;
            greatest = Math.max(greatest, Math.abs(number - expected));
            distribution.set(number, (distribution.get(number) ?? 0) + chance * p);
          }
          greatestVariance = Math.max(greatestVariance, variance);
        }
        const ofArm = stage.arms[arm]!;
        expect(ofArm.expected).toBeCloseTo(expected, 12);
        expect(ofArm.distribution.map(([number]) => number)).toEqual(
          [...distribution.keys()].sort((a, b) => a - b),
        );
        let variance = 0;
        for (const [number, p] of ofArm.distribution) {
          expect(p).toBeCloseTo(distribution.get(number)!, 12);
          variance += p * (number - expected) ** 2;
        }
        expect(ofArm.variance).toBeCloseTo(variance, 12);
        expect(stage.greatestVariance[arm]).toBeCloseTo(greatestVariance, 12);
      }
      expect(stage.greatest).toBeCloseTo(greatest, 12);
    },
  );
});

test('18 participants at six sites: how many of them are active', () => {
  // By convolution: 3 at each site, of a block of 6 with 4 actives: 1, 2 or 3 are active with
  // C(4,k) C(2,3-k) / C(6,3) = 1/5, 3/5, 1/5; twelve in all are the middle.
  const { imbalance } = assess([2, 1], [6], new Array<number>(6).fill(6), [3, 3, 3, 3, 3, 3]);
  const [active] = imbalance.recruited!.arms;
  expect(active!.expected).toBe(12);
  expect(active!.variance).toBeCloseTo(6 * 0.4, 12);
  expect(active!.distribution).toHaveLength(13);
  expect(active!.distribution[0]![1]).toBeCloseTo(0.2 ** 6, 12);
  const middle = [0, 1, 2, 3].reduce((sum, pairs) => {
    const ways = binomial(6, pairs) * binomial(6 - pairs, pairs);
    return sum + ways * 0.2 ** (2 * pairs) * 0.6 ** (6 - 2 * pairs);
  }, 0);
  expect(active!.distribution[6]![1]).toBeCloseTo(middle, 12);
  const stage = imbalance.stages[17]!;
  expect(stage.participants).toBe(18);
  expect(imbalance.method).toBe('exact');
  expect(stage.greatest).toBeCloseTo(6, 12);
});

test('sites without participants and strata without slots make no difference', () => {
  const { recruited } = assess([2, 1], [3], [3, 0, 6], [1, 0, 0]).imbalance;
  expect(recruited!.perStratum).toEqual([1, 0, 0]);
  expect(recruited!.arms[0]!.distribution.map(([number]) => number)).toEqual([0, 1]);
  expect(recruited!.arms[0]!.distribution[1]![1]).toBeCloseTo(2 / 3, 12);
});

test('many slots have 200 stages, and too many strata are simulated', () => {
  const { imbalance } = assess([2, 1], [3], new Array<number>(1000).fill(60));
  expect(imbalance.stages).toHaveLength(200);
  expect(imbalance.stages.at(-1)!.participants).toBe(60_000);
  expect(imbalance.method).toBe('simulated');
  expect(imbalance.standardError).toBeGreaterThan(0);
  expect(imbalance.standardError).toBeLessThan(0.01);
  // A stratum is a third of the way through a block as often as two thirds: variance 2/9 twice in 3.
  const middle = imbalance.stages[99]!.arms[0]!;
  expect(middle.variance / 1000).toBeCloseTo((2 / 9) * (2 / 3), 3);
  const variance = middle.distribution.reduce((sum, [n, p]) => sum + p * (n - 20_000) ** 2, 0);
  expect(variance / middle.variance).toBeCloseTo(1, 1);
});

test('arms that are drawn by their numbers, in two strata: every way to spread the participants', () => {
  const vector = JSON.parse(
    readFileSync(join(FIXTURES, 'vectors', 'least-predictable-a-ratio-per-stratum.json'), 'utf8'),
  ) as Vector;
  const table = vector.input.tables!.find(({ slots }) => slots === 8)!;
  // 1:1 without the second arm, which takes no part here.
  const own = { ...table, ratio: [1, 1] };
  const { imbalance } = assessPlan({
    arms: [
      { code: 'A', ratio: 1 },
      { code: 'P', ratio: 1 },
    ],
    strata: ['one', 'two'].map((id) => ({ id, slots: 8, table: own })),
    blocks: [],
  });
  const lists = everyListByCounts(own);
  const numbers = Array.from({ length: 9 }, (_, at) => {
    const found = new Map<number, number>();
    for (const { arms, probability } of lists) {
      const number = arms.slice(0, at).filter((arm) => arm === 0).length;
      found.set(number, (found.get(number) ?? 0) + probability);
    }
    return found;
  });
  for (const { participants, arms } of imbalance.stages) {
    const distribution = new Map<number, number>();
    for (const [one = 0, two = 0] of spreads([8, 8], participants)) {
      const often = (binomial(8, one) * binomial(8, two)) / binomial(16, participants);
      for (const [a, chance] of numbers[one]!) {
        for (const [b, other] of numbers[two]!) {
          distribution.set(a + b, (distribution.get(a + b) ?? 0) + often * chance * other);
        }
      }
    }
    for (const [total, chance] of arms[0]!.distribution) {
      expect(chance).toBeCloseTo(distribution.get(total) ?? 0, 8);
    }
  }
});
