import { describe, expect, test } from 'vitest';
import { assessPlan, type AssessmentInput } from '../../src/assessment/assess.ts';
import { allocationOf, blockProcess } from '../../src/assessment/block-process.ts';
import { countCuttings, countLists } from '../../src/assessment/list-count.ts';
import { equally } from '../support/every-list.ts';

function assess(
  ratio: readonly number[],
  sizes: readonly number[],
  slots: readonly number[],
  more: Partial<AssessmentInput> = {},
) {
  return assessPlan({
    arms: ratio.map((share, arm) => ({ code: 'ABCD'[arm]!, ratio: share })),
    strata: slots.map((number, index) => ({ id: `S${index}`, slots: number })),
    blocks: equally(...sizes),
    ...more,
  });
}

describe('2:1, by hand', () => {
  test('blocks of 3', () => {
    const { correctGuess, withBoundaries, lists, guesserKnows, entropyBits, bits } = assess(
      [2, 1],
      [3],
      [18],
    );
    expect(guesserKnows).toBe('boundaries');
    expect(correctGuess.best).toBeCloseTo(7 / 9, 12);
    expect(correctGuess.excess).toBeCloseTo(1 / 9, 12);
    expect(correctGuess.certain).toBeCloseTo(4 / 9, 12);
    expect(correctGuess.convergence).toBeCloseTo(13 / 18, 12);
    expect(withBoundaries).toEqual(correctGuess);
    expect(lists).toBe(729n);
    expect(bits).toBeCloseTo(6 * Math.log2(3), 12);
    expect(entropyBits).toBeCloseTo(bits, 12);
  });

  test('blocks of 6', () => {
    const { correctGuess, lists } = assess([2, 1], [6], [18]);
    expect(correctGuess.best).toBeCloseTo(67 / 15 / 6, 12);
    expect(correctGuess.excess).toBeCloseTo(7 / 90, 12);
    expect(correctGuess.certain).toBeCloseTo(26 / 15 / 6, 12);
    expect(correctGuess.convergence).toBeCloseTo(61 / 90, 12);
    expect(lists).toBe(3375n);
  });

  test('with blocks of 9, the convergence strategy does worse than always guessing the larger arm', () => {
    expect(assess([2, 1], [9], [18]).correctGuess.convergence).toBeLessThan(2 / 3);
  });

  test('the variance in a block is hypergeometric, and 0 at its end', () => {
    const { imbalanceByPosition } = assess([2, 1], [6], [12]).byStratum[0]!;
    for (let place = 1; place <= 12; place += 1) {
      const inBlock = place % 6;
      const variance = (inBlock * (2 / 9) * (6 - inBlock)) / 5;
      expect(imbalanceByPosition.variance[0]![place - 1]).toBeCloseTo(variance, 12);
    }
    expect(imbalanceByPosition.greatest[5]).toBe(0);
  });

  test('after an opened placebo, the others of its block are active: all of them in 3, 0.80 of them in 6', () => {
    expect(assess([2, 1], [3], [18]).codeBreak[1]!.blockMate).toEqual([1, 0]);
    expect(assess([2, 1], [6], [18]).codeBreak[1]!.blockMate[0]).toBeCloseTo(0.8, 12);
  });
});

test.each([
  [1, 1],
  [2, 1],
  [4, 2],
  [3, 3],
  [6, 3],
])('in a block of %i and %i, a/(p+1) + p/(a+1) are certain', (a, p) => {
  const { withBoundaries } = assess([a, p], [a + p], [2 * (a + p)]);
  expect(withBoundaries.certain * (a + p)).toBeCloseTo(a / (p + 1) + p / (a + 1), 12);
});

// Blackwell and Hodges (1957): m - 1/2 + 2^(2m-1) / C(2m, m) of a block of 2m.
test.each([
  [2, 0.75],
  [4, 0.7083],
  [6, 0.6833],
  [8, 0.6661],
  [20, 0.6169],
])('1:1 in blocks of %i: %d are guessed', (size, perAssignment) => {
  const m = size / 2;
  let binomial = 1;
  for (let n = 1; n <= m; n += 1) binomial *= (m + n) / n;
  const { best, convergence } = assess([1, 1], [size], [2 * size]).correctGuess;
  expect(best).toBeCloseTo((m - 1 / 2 + 2 ** (size - 1) / binomial) / size, 12);
  expect(best).toBeCloseTo(perAssignment, 4);
  expect(convergence).toBeCloseTo(best, 12);
});

describe('several strata', () => {
  test('are averaged over their slots, and equal strata are assessed once', () => {
    const told: number[] = [];
    const assessment = assess([4, 2], [3, 6], [18, 0, 6, 18], {
      tellProgress: (n) => told.push(n),
    });
    expect(assessment.arms).toEqual([
      { arm: 'A', share: 2 },
      { arm: 'B', share: 1 },
    ]);
    expect([assessment.strata, assessment.slots]).toEqual([3, 42]);
    expect(assessment.byStratum.map(({ slots, strata }) => [slots, strata])).toEqual([
      [6, 1],
      [18, 2],
    ]);
    const [six, eighteen] = assessment.byStratum.map(({ correctGuess }) => correctGuess.best);
    expect(assessment.correctGuess.best).toBeCloseTo((6 * six! + 36 * eighteen!) / 42, 12);
    expect(told).toEqual([1, 3]);
    const one = assess([2, 1], [3, 6], [18]).lists;
    expect(assessment.lists).toBe(one * one * assess([2, 1], [3, 6], [6]).lists);
  });

  test('an assessment needs slots, and no more participants than slots', () => {
    expect(() => assess([2, 1], [3], [0])).toThrow('no slots');
    expect(() => assess([2, 1], [3], [7])).toThrow('whole blocks cannot fill 7 slots');
    expect(() => assess([2, 1], [3], [6], { recruited: [7] })).toThrow('S0 has 6 slots, not 7');
  });
});

test('the lists of a long stratum are counted too', () => {
  const { lists, bits } = assess([2, 1], [3, 6, 9], [300]);
  expect(lists.toString(2).length).toBe(Math.floor(bits) + 1);
  expect(assess([1, 1], [2], [4000]).lists).toBe(2n ** 2000n);
  expect(assess([1, 1], [2], [4000]).bits).toBe(2000);
});

test('if sizes overlap in too many ways, lists are not counted', () => {
  const allocation = allocationOf([1, 1], equally(4, 6, 10));
  const process = blockProcess(allocation.blocks, 40);
  expect(countLists(allocation, process, 10)).toBeUndefined();
  expect(countLists(allocation, process, 1000)!).toBeLessThan(countCuttings(allocation, process));
});

test('figures of blocks of hundreds are simulated', () => {
  const assessment = assess([1, 1, 1], [600], [1200]);
  expect(assessment.method).toBe('simulated');
  expect(assessment.withBoundaries).toEqual(assessment.correctGuess);
  expect(assessment.correctGuess.best).toBeGreaterThan(1 / 3);
  expect(assessment.correctGuess.best).toBeLessThan(0.38);
});
