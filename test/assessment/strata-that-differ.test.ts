import { describe, expect, test } from 'vitest';
import { type AssessedStratum, assessPlan } from '../../src/assessment/assess.ts';
import { sharesIn } from '../../src/study/study.ts';
import { equally, everyList, type PossibleList } from '../support/every-list.ts';

// Strata with different ratios and block sizes, compared with every list and every order of arrival, one by one.

const ARMS = ['LOW', 'HIGH', 'P'].map((code, index) => ({ code, ratio: [2, 1, 1][index]! }));
const DESIGNS: [name: string, arms: typeof ARMS, strata: AssessedStratum[]][] = [
  [
    'sentinels 1:1 in one block of 2, then 5:1',
    [
      { code: 'A', ratio: 5 },
      { code: 'P', ratio: 1 },
    ],
    [
      { id: 'cohort=sentinel', slots: 2, ratio: { A: 1, P: 1 }, blocks: equally(2) },
      { id: 'cohort=main', slots: 6 },
    ],
  ],
  [
    'two strata alike, one with a ratio of its own',
    [
      { code: 'A', ratio: 2 },
      { code: 'P', ratio: 1 },
    ],
    [
      { id: 'one', slots: 3 },
      { id: 'two', slots: 4, ratio: { A: 1, P: 1 }, blocks: equally(2, 4) },
      { id: 'three', slots: 3 },
    ],
  ],
  [
    'a stratum without an arm',
    ARMS,
    [
      { id: 'age=CHILD', slots: 3, ratio: { LOW: 2, HIGH: 0, P: 1 }, blocks: equally(3) },
      { id: 'age=ADULT', slots: 4, blocks: equally(4) },
    ],
  ],
  [
    'one ratio, other sizes in one stratum',
    ARMS.slice(1),
    [
      { id: 'one', slots: 4, blocks: equally(2, 4) },
      { id: 'two', slots: 4, blocks: equally(4) },
    ],
  ],
];

const SIX = equally(6);

/** Each combination of one list per stratum. */
function combinations(lists: readonly PossibleList[][]): { of: PossibleList[]; chance: number }[] {
  return lists.reduce<{ of: PossibleList[]; chance: number }[]>(
    (all, some) =>
      all.flatMap(({ of, chance }) =>
        some.map((list) => ({ of: [...of, list], chance: chance * list.probability })),
      ),
    [{ of: [], chance: 1 }],
  );
}

/** How many participants each stratum can have of so many, with how many orders of the slots lead to that. */
function spreads(
  slots: readonly number[],
  participants: number,
): { taken: number[]; ways: number }[] {
  const [first, ...rest] = slots;
  if (first === undefined) return participants === 0 ? [{ taken: [], ways: 1 }] : [];
  return Array.from({ length: Math.min(first, participants) + 1 }, (_, here) =>
    spreads(rest, participants - here).map(({ taken, ways }) => {
      return { taken: [here, ...taken], ways: ways * choose(first, here) };
    }),
  ).flat();
}

function choose(n: number, k: number): number {
  return Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

describe.each(DESIGNS)('%s', (_, arms, strata) => {
  const input = strata.map((one) => ({
    ...one,
    blocks: one.blocks ?? (arms[0]!.ratio === 5 ? SIX : equally(3)),
  }));
  const assessment = assessPlan({ arms, strata: input, blocks: equally(3) });
  const shares = input.map((one) => sharesIn(arms, one));
  const lists = input.map(({ blocks, slots }, index) => everyList(shares[index]!, blocks, slots));
  const slots = input.map((one) => one.slots);
  const all = sum(slots);
  const drawn = combinations(lists);
  const shareIn = (stratum: number, arm: number) => shares[stratum]![arm]! / sum(shares[stratum]!);

  test('guesses are the mean over all slots, each by its own ratio and sizes', () => {
    const alone = input.map((one) => assessPlan({ arms, strata: [one], blocks: one.blocks }));
    const mean = (of: (one: (typeof alone)[number]) => number) =>
      sum(alone.map((one, index) => slots[index]! * of(one))) / all;
    expect(assessment.always).toBeCloseTo(
      sum(slots.map((n, index) => n * Math.max(...arms.map((_arm, arm) => shareIn(index, arm))))) /
        all,
      12,
    );
    for (const figure of ['best', 'excess', 'convergence', 'certain'] as const) {
      expect(assessment.correctGuess[figure]).toBeCloseTo(
        mean((one) => one.correctGuess[figure]),
        12,
      );
      expect(assessment.withBoundaries[figure]).toBeCloseTo(
        mean((one) => one.withBoundaries[figure]),
        12,
      );
    }
    expect(assessment.correctGuess.best - assessment.correctGuess.excess).toBeCloseTo(
      assessment.always,
      12,
    );
  });

  test('every list is counted', () => {
    const different = lists.map(
      (some) => new Set(some.map(({ arms: list }) => list.join(''))).size,
    );
    expect(assessment.lists).toBe(BigInt(different.reduce((a, b) => a * b, 1)));
  });

  test('totals over the strata, at every stage', () => {
    expect(assessment.imbalance.stages.map(({ participants }) => participants)).toEqual(
      Array.from({ length: all }, (_one, index) => index + 1),
    );
    for (const { participants, arms: totals, greatest, greatestVariance } of assessment.imbalance
      .stages) {
      let most = 0;
      for (const [arm, total] of totals.entries()) {
        const chances = new Map<number, number>();
        let fromRatio = 0;
        let mostVariance = 0;
        for (const { taken, ways } of spreads(slots, participants)) {
          const asked = sum(taken.map((n, stratum) => n * shareIn(stratum, arm)));
          let variance = 0;
          for (const { of, chance } of drawn) {
            const number = sum(
              of.map(
                (list, stratum) =>
                  list.arms.slice(0, taken[stratum]).filter((one) => one === arm).length,
              ),
            );
            const weight = (chance * ways) / choose(all, participants);
            chances.set(number, (chances.get(number) ?? 0) + weight);
            variance += chance * (number - asked) ** 2;
            most = Math.max(most, Math.abs(number - asked));
          }
          mostVariance = Math.max(mostVariance, variance);
          fromRatio += (variance * ways) / choose(all, participants);
        }
        const expected = sum([...chances].map(([number, chance]) => number * chance));
        expect(total.expected).toBeCloseTo(expected, 11);
        expect(total.variance).toBeCloseTo(
          sum([...chances].map(([number, chance]) => chance * (number - expected) ** 2)),
          10,
        );
        expect(total.varianceFromRatio).toBeCloseTo(fromRatio, 10);
        expect(greatestVariance[arm]).toBeCloseTo(mostVariance, 10);
        expect(total.distribution.map(([number]) => number)).toEqual(
          [...chances.keys()].toSorted((a, b) => a - b),
        );
        for (const [number, chance] of total.distribution) {
          expect(chance).toBeCloseTo(chances.get(number)!, 11);
        }
      }
      expect(greatest).toBeCloseTo(most, 11);
    }
  });

  test('all slots together have each arm as often as the ratios of the strata say', () => {
    const expected = arms.map((_arm, arm) =>
      sum(slots.map((n, stratum) => n * shareIn(stratum, arm))),
    );
    const last = assessment.imbalance.stages.at(-1)!;
    expect(last.arms.map((one) => one.distribution)).toEqual(
      expected.map((number) => [[Math.round(number), expect.closeTo(1, 12) as number]]),
    );
    const unit = sum(assessment.arms.map(({ share }) => share));
    for (const [arm, { share }] of assessment.arms.entries()) {
      expect((share * all) / unit).toBeCloseTo(expected[arm]!, 12);
    }
  });

  test('code-breaks', () => {
    for (const { revealed, before, blockMate, next } of assessment.codeBreak) {
      const opened = arms.findIndex(({ code }) => code === revealed);
      const counts = {
        before: arms.map(() => 0),
        mate: arms.map(() => 0),
        next: arms.map(() => 0),
      };
      for (const [stratum, some] of lists.entries()) {
        for (const { arms: list, sizes, probability } of some) {
          const block = sizes.flatMap((size, index) => new Array<number>(size).fill(index));
          for (const [place, arm] of list.entries()) {
            if (arm !== opened) continue;
            for (const other of arms.keys())
              counts.before[other]! += probability * shareIn(stratum, other);
            const mates = list.filter((_one, at) => at !== place && block[at] === block[place]);
            for (const mate of mates) counts.mate[mate]! += probability / mates.length;
            const after = list[place + 1];
            if (after !== undefined) counts.next[after]! += probability;
          }
        }
      }
      for (const arm of arms.keys()) {
        expect(before[arm]).toBeCloseTo(counts.before[arm]! / sum(counts.before), 12);
        expect(blockMate[arm]).toBeCloseTo(counts.mate[arm]! / sum(counts.mate), 12);
        expect(next[arm]).toBeCloseTo(counts.next[arm]! / sum(counts.next), 12);
      }
    }
  });
});

test('by hand: sentinels 1:1 in a block of 2, then 5:1 in a block of 6', () => {
  const { correctGuess, always, arms, byStratum, imbalance } = assessPlan({
    arms: [
      { code: 'A', ratio: 5 },
      { code: 'P', ratio: 1 },
    ],
    strata: [
      { id: 'cohort=sentinel', slots: 2, ratio: { A: 1, P: 1 }, blocks: equally(2) },
      { id: 'cohort=main', slots: 6 },
    ],
    blocks: SIX,
    recruited: [2, 3],
  });
  // Sentinels: 1/2, then certain. Main: A is always likelier until P has come; the last one is known. The P is in each
  // place with 1/6: guesses 5/6, then 1 after it, and 1 in the last place.
  const inMain = [5, 5, 5, 5, 5, 6].map((right) => right / 6);
  expect(always).toBeCloseTo((2 * (1 / 2) + 6 * (5 / 6)) / 8, 12);
  expect(byStratum.map(({ ids, ratio }) => [ids, ratio])).toEqual([
    [['cohort=sentinel'], [1, 1]],
    [['cohort=main'], [5, 1]],
  ]);
  expect(byStratum[0]!.guessByPosition.best).toEqual([0.5, 1]);
  expect(byStratum[1]!.guessByPosition.best.slice(0, 4)).toEqual(
    inMain.slice(0, 4).map((value) => expect.closeTo(value, 12) as number),
  );
  expect(correctGuess.best).toBeGreaterThan(always);
  // 1 + 5 of A, 1 + 1 of P.
  expect(arms).toEqual([
    { arm: 'A', share: 3 },
    { arm: 'P', share: 1 },
  ]);
  // Both sentinels, and 3 of main: one A, and 3 × 5/6.
  expect(imbalance.recruited!.arms[0]).toMatchObject({ expected: 3.5 });
  expect(imbalance.recruited!.arms[0]!.distribution).toEqual([
    [3, expect.closeTo(0.5, 12)],
    [4, expect.closeTo(0.5, 12)],
  ]);
});

test('strata that are alike are assessed once, whether or not their ratio is written out', () => {
  const { byStratum } = assessPlan({
    arms: ARMS,
    strata: [
      { id: 'one', slots: 8 },
      { id: 'two', slots: 8, ratio: { LOW: 4, HIGH: 2, P: 2 } },
    ],
    blocks: equally(4),
  });
  expect(byStratum).toMatchObject([{ ids: ['one', 'two'], strata: 2 }]);
});

test('with too many strata for exact totals, the simulated ones have the same mean and variance', () => {
  const strata = Array.from({ length: 400 }, (_, index): AssessedStratum => {
    const slots = 6 * (1 + (index % 37));
    return { id: `${index}`, slots, ...(index % 3 === 0 && { ratio: { A: 1, P: 1 } }) };
  });
  const arms = [
    { code: 'A', ratio: 2 },
    { code: 'P', ratio: 1 },
  ];
  const { imbalance } = assessPlan({ arms, strata, blocks: equally(6) });
  expect(imbalance.method).toBe('simulated');
  const half = imbalance.stages[100]!.arms[0]!;
  const mean = sum(half.distribution.map(([total, chance]) => total * chance));
  expect(sum(half.distribution.map(([, chance]) => chance))).toBeCloseTo(1, 9);
  // The mean over some orders of arrival: within 5 standard errors, of 10 orders at least.
  expect(Math.abs(mean - half.expected)).toBeLessThan(5 * Math.sqrt(half.variance / 10));
  const variance = sum(half.distribution.map(([total, chance]) => chance * (total - mean) ** 2));
  expect(variance / half.variance).toBeGreaterThan(0.7);
  expect(variance / half.variance).toBeLessThan(1.3);
});
