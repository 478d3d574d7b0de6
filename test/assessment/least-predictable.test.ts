import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessPlan } from '../../src/assessment/assess.ts';
import { leastPossible } from '../../src/assessment/least-possible.ts';
import { leastBestGuess, leastPredictable } from '../../src/assessment/least-predictable.ts';
import type { LinearRow } from '../../src/assessment/linear-programme.ts';
import { linearSolver } from '../../src/system/linear-solver.ts';
import { weighted } from '../../src/randomization/blocks.ts';
import {
  countStates,
  type CountState,
  type Fraction,
} from '../../src/randomization/count-states.ts';

const solve = await linearSolver();

const participants = (numerator: number, denominator = 1): Fraction => ({ numerator, denominator });

function statesOf(ratio: readonly number[], slots: number, largest: Fraction): CountState[][] {
  const states = countStates(ratio, slots, largest)!;
  expect(states[0]).toHaveLength(1);
  return states;
}

/** Every list that the states allow: the arm of each place, with what the list's chances make of it. */
function* histories(
  states: readonly (readonly CountState[])[],
  place = 0,
  state = 0,
  arms: readonly number[] = [],
): Generator<{ arms: readonly number[]; visited: readonly number[] }> {
  function* walk(
    at: number,
    one: number,
    so: readonly number[],
    seen: readonly number[],
  ): Generator<{ arms: readonly number[]; visited: readonly number[] }> {
    if (at === states.length - 1) {
      yield { arms: so, visited: seen };
      return;
    }
    for (const [arm, next] of states[at]![one]!.next.entries()) {
      if (next !== undefined) yield* walk(at + 1, next, [...so, arm], [...seen, one]);
    }
  }
  yield* walk(place, state, arms, []);
}

/** The same optimum, by another programme: one flow for each history, so that a list may remember all of it. */
function leastWithMemory(
  ratio: readonly number[],
  states: readonly (readonly CountState[])[],
): number {
  const unit = ratio.reduce((a, b) => a + b, 0);
  const costs: number[] = [];
  const rows: LinearRow[] = [];
  const perPlace = states.slice(0, -1).map(() => ratio.map((): number[] => []));
  const go = (place: number, state: number, into: number | undefined) => {
    if (place === states.length - 1) return;
    const { next } = states[place]![state]!;
    const flows = next.map((one) => (one === undefined ? undefined : costs.push(0) - 1));
    const out = flows.filter((one) => one !== undefined);
    const greatest = costs.push(1) - 1;
    rows.push({
      least: into === undefined ? 1 : 0,
      most: into === undefined ? 1 : 0,
      terms: [
        ...out.map((one) => [one, 1] as const),
        ...(into === undefined ? [] : [[into, -1] as const]),
      ],
    });
    for (const one of out)
      rows.push({
        least: 0,
        most: Infinity,
        terms: [
          [greatest, 1],
          [one, -1],
        ],
      });
    for (const [arm, one] of flows.entries()) {
      if (one === undefined) continue;
      perPlace[place]![arm]!.push(one);
      go(place + 1, next[arm]!, one);
    }
  };
  go(0, 0, undefined);
  for (const arms of perPlace) {
    for (const [arm, own] of arms.entries()) {
      const share = ratio[arm]! / unit;
      rows.push({ least: share, most: share, terms: own.map((one) => [one, 1] as const) });
    }
  }
  return solve({ costs, rows })!.value / (states.length - 1);
}

describe('the least predictable list', () => {
  // Found by two solvers, one of them in exact arithmetic.
  test.each([
    { ratio: [2, 1], slots: 18, largest: participants(4, 3), best: 0.708333333 },
    { ratio: [2, 1], slots: 18, largest: participants(1), best: 0.731481481 },
    { ratio: [1, 1], slots: 20, largest: participants(1), best: 0.6375 },
  ])('gives away no less than is known: $ratio, $slots', ({ ratio, slots, largest, best }) => {
    const states = statesOf(ratio, slots, largest);
    expect(leastBestGuess({ ratio, states }, solve)).toBeCloseTo(best, 7);
    expect(leastPredictable({ ratio, states }, solve)?.best).toBeCloseTo(best, 7);
  });

  test.each([
    { ratio: [2, 1], slots: 6, largest: participants(4, 3) },
    { ratio: [2, 1], slots: 9, largest: participants(4, 3) },
    { ratio: [2, 1], slots: 9, largest: participants(1) },
    { ratio: [1, 1], slots: 8, largest: participants(3, 2) },
    { ratio: [3, 1], slots: 8, largest: participants(3, 2) },
    { ratio: [3, 2], slots: 5, largest: participants(6, 5) },
    { ratio: [1, 1, 1], slots: 6, largest: participants(4, 3) },
    { ratio: [2, 2, 1], slots: 5, largest: participants(6, 5) },
  ])('gives away no less if it may remember its whole history: $ratio, $slots', (one) => {
    const states = statesOf(one.ratio, one.slots, one.largest);
    const least = leastBestGuess({ ratio: one.ratio, states }, solve);
    expect(least).toBeCloseTo(leastWithMemory(one.ratio, states), 8);
  });

  test('gives away no less than any chances on a fine grid', () => {
    const ratio = [2, 1];
    const states = statesOf(ratio, 6, participants(4, 3));
    const least = leastBestGuess({ ratio, states }, solve)!;
    const free = states.flatMap((some, place) =>
      some.flatMap(({ next }, state) =>
        next.every((one) => one !== undefined) ? [{ place, state }] : [],
      ),
    );
    const GRID = 12;
    let found = Infinity;
    // Place after place: of the states that are reached, only chances that keep the ratio go on.
    const go = (place: number, reached: readonly number[], guessed: number) => {
      if (place === 6) {
        found = Math.min(found, guessed / 6);
        return;
      }
      const here = free.filter((one) => one.place === place).map(({ state }) => state);
      const choose = (index: number, chances: ReadonlyMap<number, number>) => {
        if (index < here.length) {
          for (let part = 0; part <= GRID; part += 1) {
            choose(index + 1, new Map([...chances, [here[index]!, part / GRID]]));
          }
          return;
        }
        const next = states[place + 1]!.map(() => 0);
        let [first, best] = [0, 0];
        for (const [state, probability] of reached.entries()) {
          const to = states[place]![state]!.next;
          const chance = chances.get(state) ?? (to[0] === undefined ? 0 : 1);
          first += probability * chance;
          best += probability * Math.max(chance, 1 - chance);
          if (to[0] !== undefined) next[to[0]]! += probability * chance;
          if (to[1] !== undefined) next[to[1]]! += probability * (1 - chance);
        }
        if (Math.abs(first - 2 / 3) < 1e-9) go(place + 1, next, guessed + best);
      };
      choose(0, new Map());
    };
    go(0, [1], 0);
    expect(found).toBeLessThan(Infinity);
    expect(least).toBeLessThanOrEqual(found + 1e-9);
  });

  test('keeps the ratio at every place, the bound and the end, and is guessed as often as it says', () => {
    const designs = fc.record({
      ratio: fc.constantFrom([1, 1], [2, 1], [3, 1], [3, 2], [1, 1, 1], [2, 2, 1]),
      blocks: fc.integer({ min: 1, max: 2 }),
      largest: fc.constantFrom(participants(4, 3), participants(3, 2), participants(2)),
      leastProbability: fc.constantFrom(0, 0.05, 0.1),
    });
    const property = fc.property(designs, ({ ratio, blocks, largest, leastProbability }) => {
      const unit = ratio.reduce((a, b) => a + b, 0);
      const slots = unit < 5 ? blocks * unit : unit;
      const states = statesOf(ratio, slots, largest);
      const found = leastPredictable({ ratio, states, leastProbability }, solve);
      if (found === undefined) return;
      const { chances, best } = found;
      const perPlace = Array.from({ length: slots }, () => ratio.map(() => 0));
      let guessed = 0;
      let all = 0;
      for (const { arms, visited } of histories(states)) {
        const before = arms.map((_, place) =>
          arms
            .slice(0, place)
            .reduce((product, arm, at) => product * chances[at]![visited[at]!]![arm]!, 1),
        );
        const counts = ratio.map(() => 0);
        for (const [place, arm] of arms.entries()) {
          counts[arm]! += 1;
          for (const [other, count] of counts.entries()) {
            const distance = Math.abs(count - ((place + 1) * ratio[other]!) / unit);
            expect(distance).toBeLessThanOrEqual(largest.numerator / largest.denominator + 1e-12);
          }
          const own = chances[place]![visited[place]!]!;
          const probability = before[place]! * own[arm]!;
          const rest = arms.slice(place + 1).reduce((product, later, at) => {
            return product * chances[place + 1 + at]![visited[place + 1 + at]!]![later]!;
          }, 1);
          perPlace[place]![arm]! += probability * rest;
          guessed += probability * rest * Math.max(...own);
          const isFree = states[place]![visited[place]!]!.next.filter((one) => one !== undefined);
          if (before[place]! > 1e-6 && isFree.length > 1) {
            for (const [other, next] of states[place]![visited[place]!]!.next.entries()) {
              if (next !== undefined)
                expect(own[other]).toBeGreaterThanOrEqual(leastProbability - 1e-6);
            }
          }
        }
        expect(counts).toEqual(ratio.map((share) => (share * slots) / unit));
        all += arms.reduce((product, arm, at) => product * chances[at]![visited[at]!]![arm]!, 1);
      }
      expect(all).toBeCloseTo(1, 8);
      for (const shares of perPlace) {
        for (const [arm, share] of shares.entries())
          expect(share).toBeCloseTo(ratio[arm]! / unit, 7);
      }
      expect(guessed / slots).toBeCloseTo(best, 7);
    });
    fc.assert(property, { numRuns: 20 });
  });

  test('does not exist if the bound is too small, or if every arm must be too likely', () => {
    expect(countStates([2, 1], 18, participants(1, 4))![0]).toEqual([]);
    // There are such lists, but all of them begin with the same arm.
    const narrow = statesOf([2, 1], 18, participants(1, 3));
    expect(leastBestGuess({ ratio: [2, 1], states: narrow }, solve)).toBeUndefined();
    const states = statesOf([2, 1], 18, participants(4, 3));
    expect(
      leastBestGuess({ ratio: [2, 1], states, leastProbability: 0.45 }, solve),
    ).toBeUndefined();
    expect(countStates([2, 1], 18, participants(4, 3), 10)).toBeUndefined();
  });
});

describe('how far plans are from the least possible', () => {
  test('no plan gives away less, and one of the smallest blocks as little', () => {
    const plans = fc.record({
      shares: fc.constantFrom([1, 1], [2, 1], [3, 1]),
      sizes: fc.subarray([1, 2, 3], { minLength: 1 }),
      slots: fc.constantFrom(6, 12),
    });
    const property = fc.property(plans, ({ shares, sizes, slots }) => {
      const unit = shares[0] + shares[1];
      const assessment = assessPlan({
        arms: [
          { code: 'A', ratio: shares[0] },
          { code: 'P', ratio: shares[1] },
        ],
        strata: [{ id: 'site=A', slots: slots * unit }],
        blocks: weighted(sizes.map((size) => size * unit)),
      });
      const {
        plans: [least],
        curve,
        known,
      } = leastPossible([assessment], solve);
      expect(least!.best).toBeLessThanOrEqual(assessment.correctGuess.best + 1e-9);
      const at = curve.find(({ largestImbalance }) => {
        return Math.abs(largestImbalance - assessment.imbalance.greatest) < 1e-9;
      });
      expect(at?.best).toBeCloseTo(least!.best, 9);
      const falls = curve.every(({ best }, index) => best <= (curve[index - 1]?.best ?? 1) + 1e-9);
      expect(falls).toBe(true);
      for (const { fromRatio, balancedAtEnd, largestImbalance, best } of known) {
        // What keeps the ratio at every place and ends in it gives away no less than the curve.
        const own = curve.find((one) => Math.abs(one.largestImbalance - largestImbalance) < 1e-9);
        if (fromRatio < 1e-12 && balancedAtEnd > 1 - 1e-12 && own)
          expect(best).toBeGreaterThanOrEqual(own.best - 1e-9);
      }
    });
    fc.assert(property, { numRuns: 15 });
  });
});
