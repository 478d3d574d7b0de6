import { blockUnit, lowestTerms } from '../randomization/blocks.ts';
import { countStates, type Fraction, valueOf } from '../randomization/count-states.ts';
import { greatestCommonDivisor } from '../study/sections/arms.ts';
import type { Assessment } from './assessment.ts';
import { blockUrn, type CountFigures, maximalProcedure } from './known-procedures.ts';
import { leastBestGuess } from './least-predictable.ts';
import type { SolveLinear } from './linear-programme.ts';

/** How often a guesser is right, per assignment, averaged over the slots of all strata. */
export interface GuessedShare {
  readonly best: number;
  /** `best` minus the correct guesses of somebody who always names the likeliest arm. */
  readonly excess: number;
}

/**
 * The least that any list gives away whose arms are never farther from the ratio than a bound, in any stratum, whose arms have
 * their shares at every place, and which ends in the ratio.
 */
export interface LeastAt extends GuessedShare {
  /** The bound, in participants. */
  readonly largestImbalance: number;
}

/** A procedure of the literature, as a point to compare plans with. */
export interface KnownProcedure extends GuessedShare, Omit<CountFigures, 'best'> {
  readonly procedure: 'maximal procedure' | 'block urn design';
  /** How many sets in the ratio the urn of the block urn design has at first. */
  readonly factor?: number;
}

/** How little any list gives away. */
export interface LeastPossible {
  /** For each plan: the same with its own largest imbalance in each stratum; undefined if that takes too long to find. */
  readonly plans: readonly (GuessedShare | undefined)[];
  /** By the bound, ascending. */
  readonly curve: readonly LeastAt[];
  readonly known: readonly KnownProcedure[];
}

/** Strata with the same ratio and number of slots. */
interface Alike {
  readonly ratio: readonly number[];
  readonly slots: number;
  readonly strata: number;
}

/** The most states of one linear programme, which take about two seconds, and of all of them. */
const MOST_STATES = { each: 3000, inAll: 9000 };
const MOST_POINTS = 12;
/** How far the curve goes on beyond the plans, in participants. */
const BEYOND = 1;

/**
 * How little any list of a design gives away, beside its plans: for each plan the least with its own largest imbalance, and a
 * curve over the largest imbalance. Known procedures are points beside them: most of them do not keep the ratio at each place.
 *
 * @param assessments the plans, all of one design: the same arms, strata and slots
 * @param tellProgress called with how many points were found, and how many there are
 */
export function leastPossible(
  assessments: readonly Assessment[],
  solve: SolveLinear,
  tellProgress: (found: number, all: number) => void = () => undefined,
): LeastPossible {
  const least = new LeastGuesses(solve);
  const bounds = boundsOf(assessments);
  const all = assessments.length + bounds.length;
  const plans: (GuessedShare | undefined)[] = [];
  for (const assessment of assessments) {
    tellProgress(plans.length, all);
    plans.push(leastOfPlan(assessment, least));
  }
  const alike = alikeStrata(assessments[0]!);
  const curve: LeastAt[] = [];
  for (const [index, bound] of bounds.entries()) {
    tellProgress(plans.length + index, all);
    const found = overStrata(alike, ({ ratio, slots }) => least.of(ratio, slots, bound));
    if (found !== undefined) curve.push({ largestImbalance: valueOf(bound), ...found });
  }
  tellProgress(all, all);
  return { plans, curve, known: knownProcedures(alike, bounds, curve) };
}

function leastOfPlan({ byStratum }: Assessment, least: LeastGuesses): GuessedShare | undefined {
  const strata = byStratum.map(({ imbalanceByPosition, ...one }) => {
    return { ...one, ratio: ofItsArms(one.ratio), greatest: imbalanceByPosition.greatest };
  });
  return overStrata(strata, ({ ratio, slots, greatest }) => {
    const unit = blockUnit(ratio);
    const numerator = Math.round(Math.max(...greatest) * unit);
    return least.of(ratio, slots, { numerator, denominator: unit });
  });
}

/** Finds each least share once. */
class LeastGuesses {
  readonly #known = new Map<string, number | undefined>();
  readonly #solve: SolveLinear;
  #left = MOST_STATES.inAll;

  constructor(solve: SolveLinear) {
    this.#solve = solve;
  }

  /** @returns undefined if no list stays within the bound, or if it takes too long */
  of(ratio: readonly number[], slots: number, bound: Fraction): number | undefined {
    const unit = blockUnit(ratio);
    // Distances are multiples of 1/unit.
    const steps = Math.floor((bound.numerator * unit) / bound.denominator);
    const key = JSON.stringify([ratio, slots, steps]);
    if (!this.#known.has(key)) this.#known.set(key, this.#find(ratio, slots, bound));
    return this.#known.get(key);
  }

  #find(ratio: readonly number[], slots: number, bound: Fraction): number | undefined {
    const most = Math.min(MOST_STATES.each, this.#left);
    const states = countStates(ratio, slots, bound, most);
    if (states === undefined || states[0]!.length === 0) return undefined;
    this.#left -= states.reduce((sum, some) => sum + some.length, 0);
    return leastBestGuess({ ratio, states }, this.#solve);
  }
}

/** The bounds of the curve, ascending: up to somewhat more than the largest imbalance of the plans. */
function boundsOf(assessments: readonly Assessment[]): Fraction[] {
  const units = assessments[0]!.byStratum.map(({ ratio }) => blockUnit(ratio));
  const unit = units.reduce((a, b) => (a * b) / greatestCommonDivisor(a, b), 1);
  const own = assessments.map(({ imbalance }) => Math.round(imbalance.greatest * unit));
  const last = Math.max(...own) + BEYOND * unit;
  const every = Math.ceil(last / MOST_POINTS);
  const steps = Array.from({ length: last }, (_, index) => index + 1);
  return steps
    .filter((step) => step % every === 0 || own.includes(step))
    .map((numerator) => ({ numerator, denominator: unit }));
}

/** The strata by ratio and number of slots. */
function alikeStrata({ byStratum }: Assessment): Alike[] {
  const found = new Map<string, Alike>();
  for (const { ratio, slots, strata } of byStratum) {
    const own = ofItsArms(ratio);
    const key = JSON.stringify([own, slots]);
    found.set(key, { ratio: own, slots, strata: strata + (found.get(key)?.strata ?? 0) });
  }
  return [...found.values()];
}

function ofItsArms(ratio: readonly number[]): number[] {
  return lowestTerms(ratio.filter((share) => share > 0));
}

/** @returns undefined if a share is unknown */
function overStrata<One extends Alike>(
  strata: readonly One[],
  bestIn: (one: One) => number | undefined,
): GuessedShare | undefined {
  let slots = 0;
  const sum = { best: 0, excess: 0 };
  for (const one of strata) {
    const best = bestIn(one);
    if (best === undefined) return undefined;
    const weight = one.strata * one.slots;
    slots += weight;
    sum.best += weight * best;
    sum.excess += weight * (best - Math.max(...one.ratio) / blockUnit(one.ratio));
  }
  return { best: sum.best / slots, excess: sum.excess / slots };
}

/** The maximal procedure at the bounds of the curve, and the block urn designs whose imbalance is within them. */
function knownProcedures(
  alike: readonly Alike[],
  bounds: readonly Fraction[],
  curve: readonly LeastAt[],
): KnownProcedure[] {
  const isOnCurve = (bound: Fraction) =>
    curve.some(({ largestImbalance }) => largestImbalance === valueOf(bound));
  const maximal = bounds.filter(isOnCurve).flatMap((bound) => {
    return knownOverStrata('maximal procedure', alike, ({ ratio, slots }) =>
      maximalProcedure(ratio, slots, bound, MOST_STATES.each),
    );
  });
  const last = curve.at(-1)?.largestImbalance ?? 0;
  const urns: KnownProcedure[] = [];
  for (let factor = 2; ; factor += 1) {
    const [urn] = knownOverStrata('block urn design', alike, ({ ratio, slots }) =>
      blockUrn(ratio, slots, factor),
    );
    if (urn === undefined || urn.largestImbalance > last + ROUNDING) break;
    // In a short stratum, a larger urn is never emptied as far.
    if (urn.largestImbalance < (urns.at(-1)?.largestImbalance ?? 0) + ROUNDING) break;
    urns.push({ ...urn, factor });
  }
  return [...maximal, ...urns];
}

const ROUNDING = 1e-9;

function knownOverStrata(
  procedure: KnownProcedure['procedure'],
  alike: readonly Alike[],
  figuresIn: (one: Alike) => CountFigures | undefined,
): KnownProcedure[] {
  const figures = alike.map(figuresIn);
  if (!figures.every((one) => one !== undefined)) return [];
  const slots = alike.reduce((sum, one) => sum + one.strata * one.slots, 0);
  const mean = (value: (index: number) => number) =>
    alike.reduce((sum, one, index) => sum + one.strata * one.slots * value(index), 0) / slots;
  const most = (value: (one: CountFigures) => number) => Math.max(...figures.map(value));
  return [
    {
      procedure,
      best: mean((index) => figures[index]!.best),
      excess: mean((index) => {
        const { ratio } = alike[index]!;
        return figures[index]!.best - Math.max(...ratio) / blockUnit(ratio);
      }),
      largestImbalance: most((one) => one.largestImbalance),
      fromRatio: most((one) => one.fromRatio),
      balancedAtEnd: figures.reduce(
        (product, one, index) => product * one.balancedAtEnd ** alike[index]!.strata,
        1,
      ),
    },
  ];
}
