import { blockUnit, lowestTerms } from '../randomization/blocks.ts';
import { type CountState, countStates, type Fraction } from '../randomization/count-states.ts';
import {
  CHANCES,
  type CountTable,
  MOST_FROM_RATIO,
  mostRowsPerPlace,
} from '../randomization/count-table.ts';
import type { LeastPredictablePlan } from '../randomization/plan.ts';
import { type CountChances, leastBestGuess, leastPredictable } from './least-predictable.ts';
import type { SolveLinear } from './linear-programme.ts';

/** The shares of the arms in some strata, in lowest terms, and how many slots each of these strata gets. */
export interface TableOf {
  /** In the order of the arms; 0 if the strata do not have the arm. */
  readonly ratio: readonly number[];
  readonly slots: number;
}

/** Why there is no least predictable list for some strata. */
export interface NoTable extends TableOf {
  readonly why: 'too narrow' | 'too wide' | 'too long' | 'too likely';
  /**
   * The nearest value that fits: the imbalance in participants, the number of slots, or the least probability; undefined if
   * there is none.
   */
  readonly fits: Fraction | number | undefined;
}

/**
 * The tables of the least predictable lists of some strata.
 *
 * @param of each ratio and number of slots once
 * @param tellProgress called with how many tables there are so far
 * @returns a table for each, in their order; or the first for which there is none
 */
export function countTables(
  { largestImbalance, leastProbability }: LeastPredictablePlan,
  of: readonly TableOf[],
  solve: SolveLinear,
  tellProgress: (made: number) => void = () => undefined,
): { readonly tables: readonly CountTable[] } | { readonly none: NoTable } {
  const tables: CountTable[] = [];
  for (const { ratio: shares, slots } of of) {
    tellProgress(tables.length);
    const ratio = lowestTerms(shares.filter((share) => share > 0));
    const none = (why: NoTable['why'], fits: NoTable['fits']) => {
      return { none: { ratio: shares, slots, why, fits } };
    };
    const states = countStates(ratio, slots, largestImbalance, mostRows(ratio, slots));
    if (states === undefined) return none('too wide', widest(ratio, slots, largestImbalance));
    const count = states.reduce((sum, some) => sum + some.length, 0);
    if (count > MOST_STATES) {
      const unit = blockUnit(ratio);
      return none('too long', Math.floor((slots * MOST_STATES) / count / unit) * unit);
    }
    if (states[0]!.length === 0) {
      return none('too narrow', narrowest(ratio, slots, largestImbalance, solve));
    }
    const found = leastPredictable({ ratio, states, leastProbability }, solve);
    if (found === undefined) {
      const isWide = leastProbability > 0 && leastBestGuess({ ratio, states }, solve) !== undefined;
      return isWide
        ? none('too likely', mostProbability(ratio, states, leastProbability, solve))
        : none('too narrow', narrowest(ratio, slots, largestImbalance, solve));
    }
    tables.push({ ratio: shares, slots, places: wholeChances(ratio, states, found.chances) });
  }
  tellProgress(of.length);
  return { tables };
}

/** The most states of a list, for which the solver takes about a minute. */
const MOST_STATES = 20_000;

/** How many states a list can have: its table must fit into the space that is sealed for it. */
function mostRows(ratio: readonly number[], slots: number): number {
  return mostRowsPerPlace(ratio.length) * slots;
}

/** The next larger imbalance for which there is a list. */
function narrowest(
  ratio: readonly number[],
  slots: number,
  { numerator, denominator }: Fraction,
  solve: SolveLinear,
): Fraction | undefined {
  const unit = blockUnit(ratio);
  for (let step = Math.ceil((numerator * unit) / denominator); step <= slots * unit; step += 1) {
    const bound = { numerator: step, denominator: unit };
    const states = countStates(ratio, slots, bound, mostRows(ratio, slots));
    if (states === undefined) return undefined;
    if (states[0]!.length === 0) continue;
    if (leastBestGuess({ ratio, states }, solve) !== undefined) return bound;
  }
  return undefined;
}

/** The next smaller imbalance whose table fits. */
function widest(
  ratio: readonly number[],
  slots: number,
  { numerator, denominator }: Fraction,
): Fraction | undefined {
  const unit = blockUnit(ratio);
  // A place has at least as many states as there are steps of a whole participant within the bound.
  const most = Math.min(numerator / denominator, mostRowsPerPlace(ratio.length));
  for (let step = Math.floor(most * unit); step > 0; step -= 1) {
    const bound = { numerator: step, denominator: unit };
    if (countStates(ratio, slots, bound, mostRows(ratio, slots)) !== undefined) return bound;
  }
  return undefined;
}

/** The largest least probability for which there is a list, in hundredths. */
function mostProbability(
  ratio: readonly number[],
  states: readonly (readonly CountState[])[],
  asked: number,
  solve: SolveLinear,
): number | undefined {
  for (let hundredths = Math.ceil(asked * 100) - 1; hundredths > 0; hundredths -= 1) {
    const leastProbability = hundredths / 100;
    if (leastBestGuess({ ratio, states, leastProbability }, solve) !== undefined) {
      return leastProbability;
    }
  }
  return undefined;
}

/** Chances below this are rounding errors of the solver. */
const NEGLIGIBLE = 1e-9;

/**
 * The chances as whole numbers out of 2^32, for the numbers of the arms that are reached. What rounding takes from the
 * probability of an arm at a place is given back in the state that is likeliest there, so that errors do not add up.
 *
 * @returns the rows of each place (randomization/count-table.ts)
 * @throws Error if an arm's probability at a place is not its share, to 1e-8
 */
function wholeChances(
  ratio: readonly number[],
  states: readonly (readonly CountState[])[],
  chances: CountChances,
): CountTable['places'] {
  const unit = blockUnit(ratio);
  let reached = new Map([[0, 1]]);
  return chances.map((some, place) => {
    const whole = new Map(
      [...reached.keys()].map((state) => [state, rounded(some[state]!, states[place]![state]!)]),
    );
    const likeliestFirst = [...reached].toSorted(([, a], [, b]) => b - a);
    const error = (arm: number) =>
      [...reached].reduce((sum, [state, chance]) => {
        return sum + (chance * whole.get(state)![arm]!) / CHANCES;
      }, 0) -
      ratio[arm]! / unit;
    for (const arm of ratio.keys()) {
      for (const [state, chance] of likeliestFirst) {
        const own = whole.get(state)!;
        const other = otherArm(own, arm);
        if (other === undefined || own[arm] === 0) continue;
        const change = Math.round((-error(arm) * CHANCES) / chance);
        if (own[arm]! + change <= 0 || own[other]! - change <= 0) continue;
        whole.set(
          state,
          own.map((one, index) => {
            return one + (index === arm ? change : index === other ? -change : 0);
          }),
        );
        break;
      }
    }
    if (ratio.some((_, arm) => Math.abs(error(arm)) > MOST_FROM_RATIO)) {
      throw new Error('the chances do not keep the ratio when they are whole numbers');
    }
    const after = new Map<number, number>();
    for (const [state, chance] of reached) {
      for (const [arm, next] of states[place]![state]!.next.entries()) {
        const one = whole.get(state)![arm]!;
        if (next === undefined || one === 0) continue;
        after.set(next, (after.get(next) ?? 0) + (chance * one) / CHANCES);
      }
    }
    const rows = [...reached.keys()]
      .toSorted((a, b) => a - b)
      .map((state) => [
        ...states[place]![state]!.counts.slice(0, -1),
        ...whole.get(state)!.slice(0, -1),
      ]);
    reached = after;
    return rows;
  });
}

/** Chances as whole numbers that sum up to 2^32; those of the arms that cannot be next are 0. */
function rounded(chances: readonly number[], { next }: CountState): number[] {
  const kept = chances.map((chance, arm) => {
    return next[arm] === undefined || chance < NEGLIGIBLE ? 0 : chance;
  });
  const total = kept.reduce((a, b) => a + b, 0);
  const whole = kept.map((chance) => Math.round((chance / total) * CHANCES));
  const likeliest = whole.indexOf(Math.max(...whole));
  const rest = whole.reduce((left, one) => left - one, CHANCES);
  return whole.with(likeliest, whole[likeliest]! + rest);
}

/** Another arm that can be next, whose chance changes with that of an arm; undefined if the arm is certain. */
function otherArm(chances: readonly number[], arm: number): number | undefined {
  const others = chances.flatMap((chance, other) => (other !== arm && chance > 0 ? other : []));
  return others.at(-1);
}
