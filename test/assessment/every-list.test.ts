import { describe, expect, test } from 'vitest';
import { assessPlan } from '../../src/assessment/assess.ts';
import { allocationOf, blockProcess } from '../../src/assessment/block-process.ts';
import { countCuttings } from '../../src/assessment/list-count.ts';
import type { BlockSize } from '../../src/randomization/blocks.ts';
import { countTables } from '../../src/assessment/count-tables.ts';
import type { CountTable } from '../../src/randomization/count-table.ts';
import { linearSolver } from '../../src/system/linear-solver.ts';
import { equally, everyList, everyListByCounts, type PossibleList } from '../support/every-list.ts';

// Figures are compared with every list that a stratum can have, one by one.
const designs: [name: string, ratio: number[], blocks: BlockSize[], slots: number][] = [
  ['2:1, 3 and 6', [2, 1], equally(3, 6), 12],
  ['2:1, 3 and 6, as DEPIL-2', [2, 1], equally(3, 6), 18],
  ['2:1, 3, 6 and 9', [2, 1], equally(3, 6, 9), 18],
  ['1:1, 2, 4 and 6', [1, 1], equally(2, 4, 6), 12],
  ['1:1:1, 3 and 6', [1, 1, 1], equally(3, 6), 9],
  ['2:1:1, 4 and 8', [2, 1, 1], equally(4, 8), 8],
  ['3:1, 4 and 8', [3, 1], equally(4, 8), 12],
  ['3:2, 5 and 10', [3, 2], equally(5, 10), 15],
  ['2:2:1, 5 and 10', [2, 2, 1], equally(5, 10), 10],
  [
    '2:1, 3 and 6, weighted',
    [2, 1],
    [
      { size: 3, weight: 1 },
      { size: 6, weight: 4 },
    ],
    15,
  ],
  ['1:1, 4 and 6: 14 leaves no free choice', [1, 1], equally(4, 6), 14],
  ['1:1, 4 and 10: most remainders cannot be filled', [1, 1], equally(4, 10), 14],
  ['1:1, 4 and 8: in ratio within a step', [1, 1], equally(4, 8), 12],
  ['2:1, 6 alone', [2, 1], equally(6), 12],
];

/** Per prefix: the probability of each arm to be next. */
function nextArms(lists: readonly PossibleList[], arms: number): Map<string, number[]>[] {
  const slots = lists[0]!.arms.length;
  return Array.from({ length: slots }, (_, place) => {
    const prefixes = new Map<string, number[]>();
    for (const { arms: list, probability } of lists) {
      const prefix = list.slice(0, place).join('');
      const next = prefixes.get(prefix) ?? new Array<number>(arms).fill(0);
      next[list[place]!]! += probability;
      prefixes.set(prefix, next);
    }
    return prefixes;
  });
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((a, b) => a + b, 0);
}

function countOf(values: Iterable<string>, arm: number): number {
  return [...values].filter((value) => value === String(arm)).length;
}

function converge(prefix: string, ratio: readonly number[], next: readonly number[]): number {
  const filled = ratio.map((share, arm) => countOf(prefix, arm) / share);
  const furthest = ratio
    .map((_, arm) => arm)
    .filter((arm) => filled[arm]! - Math.min(...filled) < 1e-9);
  return sum(furthest.map((arm) => next[arm]!)) / furthest.length;
}

const solve = await linearSolver();

/** The same designs with the least predictable list within a bound. */
const byCounts: [
  name: string,
  ratio: number[],
  blocks: BlockSize[],
  slots: number,
  table: CountTable,
][] = (
  [
    [[2, 1], 12, [4, 3], 0],
    [[2, 1], 18, [4, 3], 0],
    [[2, 1], 18, [2, 1], 0],
    [[2, 1], 12, [4, 3], 0.1],
    [[1, 1], 14, [3, 2], 0],
    [[3, 1], 12, [3, 2], 0],
    [[3, 2], 15, [6, 5], 0],
    [[1, 1, 1], 9, [4, 3], 0],
    [[2, 2, 1], 10, [6, 5], 0],
  ] as [number[], number, [number, number], number][]
).map(([ratio, slots, [numerator, denominator], leastProbability]) => {
  const plan = { largestImbalance: { numerator, denominator }, leastProbability };
  const made = countTables(plan, [{ ratio, slots }], solve);
  if ('none' in made) throw new Error(made.none.why);
  const name = `${ratio.join(':')}, ${slots} slots within ${numerator}/${denominator}, from ${leastProbability}`;
  return [name, ratio, [], slots, made.tables[0]!];
});

const all = [...designs.map((one) => [...one, undefined] as const), ...byCounts];

describe.each(all)('%s', (_, ratio, blocks, slots, table) => {
  const lists = table === undefined ? everyList(ratio, blocks, slots) : everyListByCounts(table);
  // Chances that are whole numbers out of 2^32 keep the ratio to 1e-8.
  const digits = table === undefined ? 12 : 7;
  const unit = sum(ratio);
  const assessment = assessPlan({
    arms: ratio.map((share, arm) => ({ code: `${arm}`, ratio: share })),
    strata: [{ id: 'S', slots, table }],
    blocks,
  });
  const stratum = assessment.byStratum[0]!;
  const prefixes = nextArms(lists, ratio.length);

  test('a guesser who has seen all earlier assignments [R-014]', () => {
    expect(assessment.method).toBe('exact');
    let entropy = 0;
    for (const [place, states] of prefixes.entries()) {
      const of = (figure: (next: number[], prefix: string) => number) =>
        sum([...states].map(([prefix, next]) => figure(next, prefix)));
      const { best, certain, convergence } = stratum.guessByPosition;
      expect(best[place]).toBeCloseTo(
        of((next) => Math.max(...next)),
        digits,
      );
      const alone = (next: number[]) => (next.filter((p) => p > 0).length === 1 ? sum(next) : 0);
      expect(certain[place]).toBeCloseTo(of(alone), digits);
      expect(convergence[place]).toBeCloseTo(
        of((next, prefix) => converge(prefix, ratio, next)),
        digits,
      );
      entropy += of((next) => sum(next.map((p) => (p > 0 ? p * Math.log2(sum(next) / p) : 0))));
    }
    expect(assessment.entropyBits).toBeCloseTo(entropy, 6);
  });

  // Arms that are drawn by their numbers have no boundaries.
  if (table === undefined) {
    test('a guesser who knows the boundaries', () => {
      const perSlot = lists.map(({ arms, sizes, probability }) => {
        let best = 0;
        let certain = 0;
        let start = 0;
        for (const size of sizes) {
          for (let place = start; place < start + size; place += 1) {
            const rest = arms.slice(place, start + size);
            const left = ratio.map((_share, arm) => rest.filter((other) => other === arm).length);
            best += Math.max(...left) / rest.length;
            certain += left.filter((n) => n > 0).length === 1 ? 1 : 0;
          }
          start += size;
        }
        return { best: best * probability, certain: certain * probability };
      });
      expect(assessment.withBoundaries.best).toBeCloseTo(
        sum(perSlot.map((p) => p.best)) / slots,
        digits,
      );
      expect(assessment.withBoundaries.certain).toBeCloseTo(
        sum(perSlot.map((p) => p.certain)) / slots,
        digits,
      );
    });
  }

  test('how many lists', () => {
    expect(assessment.lists).toBe(BigInt(new Set(lists.map(({ arms }) => arms.join(''))).size));
    expect(assessment.listsAreCounted).toBe(true);
    if (table === undefined) {
      const allocation = allocationOf(ratio, blocks);
      expect(countCuttings(allocation, blockProcess(blocks, slots))).toBe(BigInt(lists.length));
    }
    expect(assessment.bits).toBeCloseTo(Math.log2(Number(assessment.lists)), digits);
  });

  test('imbalance and totals', () => {
    const { greatest, variance } = stratum.imbalanceByPosition;
    for (let at = 1; at <= slots; at += 1) {
      const deviations = (arm: number) =>
        lists.map(
          ({ arms }) => countOf(arms.slice(0, at).join(''), arm) - (at * ratio[arm]!) / unit,
        );
      const all = ratio.map((_share, arm) => deviations(arm));
      expect(greatest[at - 1]).toBeCloseTo(
        all.flat().reduce((a, b) => Math.max(a, Math.abs(b)), 0),
        digits,
      );
      const stage = assessment.imbalance.stages[at - 1]!;
      for (const [arm, ofArm] of all.entries()) {
        const expected = sum(ofArm.map((d, list) => lists[list]!.probability * d));
        expect(expected).toBeCloseTo(0, digits);
        const squares = sum(ofArm.map((d, list) => lists[list]!.probability * d ** 2));
        expect(variance[arm]![at - 1]).toBeCloseTo(squares, digits);
        expect(stage.arms[arm]!.variance).toBeCloseTo(squares, digits);
        const totals = new Map<number, number>();
        for (const [list, d] of ofArm.entries()) {
          const total = Math.round(d + (at * ratio[arm]!) / unit);
          totals.set(total, (totals.get(total) ?? 0) + lists[list]!.probability);
        }
        const { distribution } = stage.arms[arm]!;
        expect(distribution.map(([total]) => total)).toEqual(
          [...totals.keys()].sort((a, b) => a - b),
        );
        for (const [total, chance] of distribution)
          expect(chance).toBeCloseTo(totals.get(total)!, digits);
      }
    }
  });

  test('code-breaks', () => {
    const mate = ratio.map(() => ratio.map(() => 0));
    const next = ratio.map(() => ratio.map(() => 0));
    for (const { arms, sizes, probability } of lists) {
      // First each list by itself: one sum over all lists and slots would be less exact.
      const mateHere = ratio.map(() => ratio.map(() => 0));
      const nextHere = ratio.map(() => ratio.map(() => 0));
      let start = 0;
      for (const size of sizes) {
        for (let place = start; place < start + size; place += 1) {
          const opened = arms[place]!;
          for (let other = start; other < start + size; other += 1) {
            if (other !== place) mateHere[opened]![arms[other]!]! += 1 / (size - 1);
          }
          if (place + 1 < slots) nextHere[opened]![arms[place + 1]!]! += 1;
        }
        start += size;
      }
      for (const opened of ratio.keys()) {
        for (const arm of ratio.keys()) {
          mate[opened]![arm]! += probability * mateHere[opened]![arm]!;
          next[opened]![arm]! += probability * nextHere[opened]![arm]!;
        }
      }
    }
    for (const [opened, { blockMate, next: after }] of assessment.codeBreak.entries()) {
      for (const arm of ratio.keys()) {
        expect(blockMate[arm]).toBeCloseTo(mate[opened]![arm]! / sum(mate[opened]!), digits);
        expect(after[arm]).toBeCloseTo(next[opened]![arm]! / sum(next[opened]!), digits);
      }
    }
  });
});
