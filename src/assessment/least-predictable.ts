import { blockUnit } from '../randomization/blocks.ts';
import type { CountState } from '../randomization/count-states.ts';
import type { LinearRow, SolveLinear } from './linear-programme.ts';

/** The chances of the next arm, by the arms' numbers so far: per place, per state, per arm. */
export type CountChances = readonly (readonly (readonly number[])[])[];

/** What the least predictable list of a stratum must keep. */
export interface LeastPredictableOf {
  /** The arms' shares, positive and in lowest terms. */
  readonly ratio: readonly number[];
  /** Which numbers the arms can have (randomization/count-states.ts). */
  readonly states: readonly (readonly CountState[])[];
  /** If two arms or more can be next, the least probability of each of them; 0 if it is left out. */
  readonly leastProbability?: number;
}

/** How far the share of correct guesses can be above the least one while the imbalance is made smaller, over all places. */
const SLACK = 1e-9;

/**
 * The least share of assignments that the best guesser has right, among all ways to make a list whose arms' numbers stay
 * within a bound, in which each arm has its share at every place, and which ends in the ratio. It is the least value of a
 * linear programme: a flow over the states, whose parts are the probabilities to be in a state and to go on with an arm.
 *
 * A list whose chances depend on more of its history than the numbers gives away no less: with the mean over all histories
 * of a state in the place of each of them, the bound and the shares are kept, and the guesser is right less often, or as
 * often (Jensen's inequality for the greatest of several probabilities).
 *
 * @returns correct guesses per assignment; undefined if no list keeps all of this
 */
export function leastBestGuess(of: LeastPredictableOf, solve: SolveLinear): number | undefined {
  const { guesses, rows } = flowProgramme(of);
  const found = solve({ costs: guesses, rows });
  return found && found.value / (of.states.length - 1);
}

/**
 * The chances of a least predictable list. Several can be equally hard to guess: of these it is one whose mean square
 * imbalance, over all places, is least.
 *
 * @returns undefined if no list keeps all that it must
 */
export function leastPredictable(
  of: LeastPredictableOf,
  solve: SolveLinear,
): { readonly best: number; readonly chances: CountChances } | undefined {
  const { guesses, squares, rows, flows } = flowProgramme(of);
  const least = solve({ costs: guesses, rows });
  if (least === undefined) return undefined;
  const asHard: LinearRow = {
    least: -Infinity,
    most: least.value + SLACK,
    terms: guesses.flatMap((cost, variable) => (cost === 0 ? [] : [[variable, cost] as const])),
  };
  const balanced = solve({ costs: squares, rows: [...rows, asHard] });
  if (balanced === undefined) throw new Error('the second programme has no solution');
  const found = flows.map((some) =>
    some.map((variables) =>
      variables.map((one) => (one === undefined ? 0 : Math.max(0, balanced.variables[one]!))),
    ),
  );
  const chances = symmetric(of, found).map((some) =>
    some.map((flow) => {
      const total = flow.reduce((a, b) => a + b, 0);
      return flow.map((part) => (total === 0 ? 0 : part / total));
    }),
  );
  return { best: least.value / flows.length, chances };
}

/**
 * The mean of flows over all ways to exchange arms with the same share: it is as hard to guess and as balanced, because the
 * programme does not know such arms apart, and no arm is treated otherwise than another one of the same share.
 */
function symmetric(
  { ratio, states }: LeastPredictableOf,
  flows: readonly (readonly (readonly number[])[])[],
): number[][][] {
  const exchanges = exchangesOf(ratio);
  return flows.map((some, place) => {
    const here = states[place]!;
    const indexOf = new Map(here.map(({ counts }, index) => [counts.join(), index]));
    return some.map((flow, index) => {
      const { counts } = here[index]!;
      return flow.map((_, arm) => {
        const exchanged = exchanges.map((to) => {
          const other = indexOf.get(ratio.map((_share, one) => counts[to[one]!]!).join())!;
          return some[other]![to.indexOf(arm)]!;
        });
        return exchanged.reduce((a, b) => a + b, 0) / exchanges.length;
      });
    });
  });
}

/** All ways to put arms into the places of others with the same share. */
function exchangesOf(ratio: readonly number[]): number[][] {
  const go = (place: number, taken: readonly number[]): number[][] => {
    if (place === ratio.length) return [[...taken]];
    return ratio.flatMap((share, arm) =>
      share === ratio[place] && !taken.includes(arm) ? go(place + 1, [...taken, arm]) : [],
    );
  };
  return go(0, []);
}

interface FlowProgramme {
  readonly rows: readonly LinearRow[];
  /** The cost of each variable if correct guesses count. */
  readonly guesses: readonly number[];
  /** The cost of each variable if the square of the imbalance counts. */
  readonly squares: readonly number[];
  /** Per place, but the end; per state, per arm: the variable of the flow; undefined if the arm cannot be next. */
  readonly flows: readonly (readonly (readonly (number | undefined)[])[])[];
}

function flowProgramme({ ratio, states, leastProbability = 0 }: LeastPredictableOf): FlowProgramme {
  const unit = blockUnit(ratio);
  const guesses: number[] = [];
  const squares: number[] = [];
  const rows: LinearRow[] = [];
  const variable = (guess: number, square: number) => {
    squares.push(square);
    return guesses.push(guess) - 1;
  };
  // What comes into each state of the place.
  let into: number[][] = [[]];
  const flows = states.slice(0, -1).map((some, place) => {
    const there = states[place + 1]!.map((): number[] => []);
    const perArm = ratio.map((): number[] => []);
    const here = some.map(({ counts, next }, index) => {
      const square = counts.reduce((sum, count, arm) => {
        return sum + (count - (place * ratio[arm]!) / unit) ** 2;
      }, 0);
      const isForced = next.filter((one) => one !== undefined).length === 1;
      const variables = next.map((after, arm) => {
        if (after === undefined) return undefined;
        const one = variable(isForced ? 1 : 0, square);
        there[after]!.push(one);
        perArm[arm]!.push(one);
        return one;
      });
      const out = variables.filter((one) => one !== undefined);
      const total = out.map((one) => [one, 1] as const);
      const came = place === 0 ? 1 : 0;
      rows.push({
        least: came,
        most: came,
        terms: [...total, ...into[index]!.map((one) => [one, -1] as const)],
      });
      if (!isForced) {
        const greatest = variable(1, 0);
        for (const one of out) {
          rows.push({
            least: 0,
            most: Infinity,
            terms: [
              [greatest, 1],
              [one, -1],
            ],
          });
          if (leastProbability === 0) continue;
          const terms = out.map((other) => {
            return [other, (other === one ? 1 : 0) - leastProbability] as const;
          });
          rows.push({ least: 0, most: Infinity, terms });
        }
      }
      return variables;
    });
    // The last arm has what the others leave.
    for (const [arm, own] of perArm.slice(0, -1).entries()) {
      const share = ratio[arm]! / unit;
      rows.push({ least: share, most: share, terms: own.map((one) => [one, 1] as const) });
    }
    into = there;
    return here;
  });
  return { rows, guesses, squares, flows };
}
