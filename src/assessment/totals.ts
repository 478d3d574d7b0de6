import { arrivalTotals } from './arrival-totals.ts';
import { Circle, hypergeometric } from './arrivals.ts';
import type { ArmTotal, Method, Stage } from './assessment.ts';
import type { Allocation } from './block-process.ts';
import { greatestSums } from './greatest-sums.ts';
import type { Counts, StratumImbalance } from './imbalance.ts';

/** Strata that have the same ratio, the same block sizes and the same number of slots. */
export interface EqualStrata {
  readonly allocation: Allocation;
  readonly slots: number;
  readonly strata: number;
  readonly imbalance: StratumImbalance;
  /** Per arm: its number after 0, 1, 2, … slots. */
  readonly counts: readonly (readonly Counts[])[];
}

export interface Totals {
  readonly stages: readonly Stage[];
  readonly greatestIsExact: boolean;
  readonly method: Method;
  readonly standardError: number;
}

const MOST_STAGES_IN_FULL = 2000;
const STAGES_OF_MANY = 200;

/** Smaller probabilities are left out of a distribution: rounding can make them from 0. */
const ROUNDING = 1e-15;

/**
 * The arms' totals over all strata, by the number of participants.
 *
 * @param asked a number of participants, from 1, that must be among the stages
 */
export function totalsByStage(
  arms: readonly string[],
  groups: readonly EqualStrata[],
  asked?: number,
): Totals {
  const slots = groups.reduce((sum, group) => sum + group.slots * group.strata, 0);
  const numbers = stagesOf(slots, asked);
  const byShares = new Map<string, ArmByStage>();
  const ofArms = arms.map((_, arm) => {
    const [first] = arms.length === 2 ? [...byShares.values()] : [];
    const shares = groups.map(({ allocation }) => allocation.ratio[arm]).join();
    const ofArm =
      byShares.get(shares) ??
      (first === undefined ? armByStage(arm, groups, numbers) : ofTheOther(first, numbers));
    byShares.set(shares, ofArm);
    return ofArm;
  });
  return {
    stages: numbers.map((participants, stage) => ({
      participants,
      arms: arms.map((arm, index) => ({ arm, ...ofArms[index]!.totals[stage]! })),
      greatest: Math.max(...ofArms.map(({ greatest }) => greatest[stage]!)),
      greatestVariance: ofArms.map(({ greatestVariance }) => greatestVariance[stage]!),
    })),
    greatestIsExact: ofArms.every(({ greatestIsExact }) => greatestIsExact),
    method: ofArms.some(({ method }) => method === 'simulated') ? 'simulated' : 'exact',
    standardError: Math.max(...ofArms.map(({ standardError }) => standardError)),
  };
}

/** One stage after each participant. For many participants, evenly spaced stages and the one asked for. */
function stagesOf(slots: number, asked = slots): number[] {
  const stages = slots <= MOST_STAGES_IN_FULL ? slots : STAGES_OF_MANY;
  const even = Array.from({ length: stages }, (_, index) => {
    return Math.round(((index + 1) * slots) / stages);
  });
  return [...new Set([...even, asked])].sort((a, b) => a - b);
}

interface ArmByStage {
  readonly totals: readonly Omit<ArmTotal, 'arm'>[];
  readonly greatest: readonly number[];
  readonly greatestVariance: readonly number[];
  readonly greatestIsExact: boolean;
  readonly method: Method;
  readonly standardError: number;
}

/** An arm's share of the participants: in lowest terms, and of all slots if strata have different ratios. */
interface OverallShare {
  readonly share: number;
  readonly unit: number;
  readonly differs: boolean;
}

function overallShare(arm: number, groups: readonly EqualStrata[]): OverallShare {
  const [first] = groups as readonly [EqualStrata, ...EqualStrata[]];
  const { ratio, unit } = first.allocation;
  const share = ratio[arm]!;
  const differs = groups.some(
    ({ allocation }) => allocation.ratio[arm]! * unit !== share * allocation.unit,
  );
  if (!differs) return { share, unit, differs };
  const ofArm = ({ allocation, slots, strata }: EqualStrata) =>
    (strata * slots * allocation.ratio[arm]!) / allocation.unit;
  return {
    share: groups.reduce((sum, group) => sum + ofArm(group), 0),
    unit: groups.reduce((sum, { slots, strata }) => sum + strata * slots, 0),
    differs,
  };
}

function armByStage(
  arm: number,
  groups: readonly EqualStrata[],
  numbers: readonly number[],
): ArmByStage {
  const overall = overallShare(arm, groups);
  const { share, unit, differs } = overall;
  const greatestOf = (values: (group: EqualStrata) => Float64Array) =>
    greatestSums(groups.map((group) => ({ values: values(group), strata: group.strata })));
  const ofFigure = (figure: 'above' | 'below' | 'variance') =>
    greatestOf(({ imbalance }) => imbalance[figure][arm]!);
  const [{ sums: above, isExact }, { sums: below }, { sums: variance }] = [
    ofFigure('above'),
    ofFigure('below'),
    ofFigure('variance'),
  ];
  const spread = differs ? spreadOf(arm, groups, overall) : NO_SPREAD;
  const points = pointsFor({ above, below, variance, spread }, groups, arm);
  const { totals, method, standardError } = arrivalTotals(
    new Circle(points, share, unit, differs),
    groups.map(({ counts, strata }) => ({ counts: counts[arm]!, strata })),
    numbers,
    differs
      ? possibleTotals(arm, groups)
      : (n) => [
          Math.max(0, Math.round((n * share) / unit - below[n]!)),
          Math.min(n, Math.round((n * share) / unit + above[n]!)),
        ],
  );
  return {
    totals: numbers.map((participants, stage) => {
      const fromRatio = varianceFromRatio(groups, arm, participants);
      return {
        expected: (participants * share) / unit,
        variance: fromRatio + spread.variance(participants),
        varianceFromRatio: fromRatio,
        distribution: listed(totals[stage]!),
      };
    }),
    greatest: numbers.map((n) => Math.max(above[n]!, below[n]!)),
    greatestVariance: numbers.map((n) => variance[n]!),
    greatestIsExact: isExact,
    method,
    standardError,
  };
}

/**
 * What the spread of the participants over strata with different ratios adds to an arm's total: the number that the
 * ratios ask for is then not the same for every spread.
 */
interface Spread {
  /** The variance of the number that the ratios ask for, after some participants. */
  readonly variance: (participants: number) => number;
  /** The greatest variance, after any number of participants. */
  readonly greatestVariance: number;
  /** The greatest difference of the number that the ratios ask for from its mean. */
  readonly greatest: number;
}

const NO_SPREAD: Spread = { variance: () => 0, greatestVariance: 0, greatest: 0 };

/**
 * Each participant takes one of the free slots, and brings the share that the arm has in its stratum. So the number that
 * the ratios ask for is a sum of draws without replacement from the shares of all slots: with their variance V, it has the
 * variance n V (N - n) / (N - 1) after n of N participants.
 */
function spreadOf(
  arm: number,
  groups: readonly EqualStrata[],
  { share, unit }: OverallShare,
): Spread {
  const mean = share / unit;
  const slots = groups.reduce((sum, group) => sum + group.slots * group.strata, 0);
  let squares = 0;
  let absolute = 0;
  for (const { allocation, slots: each, strata } of groups) {
    const difference = allocation.ratio[arm]! / allocation.unit - mean;
    squares += each * strata * difference ** 2;
    absolute += each * strata * Math.abs(difference);
  }
  const variance = (n: number) => (n * (squares / slots) * (slots - n)) / Math.max(1, slots - 1);
  return { variance, greatestVariance: variance(slots / 2), greatest: absolute / 2 };
}

/** The least and the greatest possible total of an arm if strata have different ratios. */
function possibleTotals(
  arm: number,
  groups: readonly EqualStrata[],
): (participants: number) => readonly [number, number] {
  const sums = (value: (counts: Counts) => number) =>
    greatestSums(
      groups.map(({ counts, strata }) => {
        return { values: Float64Array.from(counts[arm]!, value), strata };
      }),
    );
  const least = sums((counts) => -counts.least);
  const most = sums(({ least: from, chances }) => from + chances.length - 1);
  return (n) => [
    least.isExact ? -least.sums[n]! : 0,
    most.isExact ? Math.min(n, most.sums[n]!) : n,
  ];
}

/** Of two arms, the other one has the rest of the participants. */
function ofTheOther(arm: ArmByStage, participants: readonly number[]): ArmByStage {
  return {
    ...arm,
    totals: arm.totals.map(({ expected, distribution, ...variances }, stage) => ({
      expected: participants[stage]! - expected,
      ...variances,
      distribution: distribution
        .map(([total, chance]) => [participants[stage]! - total, chance] as const)
        .reverse(),
    })),
  };
}

/**
 * How many consecutive totals have any weight: all possible ones. If there are many, those outside of which there is less
 * than 1e-17 by Bernstein's inequality: 2 exp(-s² / (2V + 2Ms/3)) for a deviation of s or more, with the variance V, and M
 * for the most that one stratum adds. The spread over strata with different ratios has a deviation of its own, in which
 * each participant adds at most 1; the inequality holds for draws without replacement too (Hoeffding 1963).
 */
function pointsFor(
  {
    above,
    below,
    variance,
    spread,
  }: {
    readonly above: Float64Array;
    readonly below: Float64Array;
    readonly variance: Float64Array;
    readonly spread: Spread;
  },
  groups: readonly EqualStrata[],
  arm: number,
): number {
  const greatest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0);
  const ofOne = Math.max(
    ...groups.map(({ imbalance }) =>
      Math.max(greatest(imbalance.above[arm]!), greatest(imbalance.below[arm]!)),
    ),
  );
  const bernstein = (most: number, ofAll: number) => {
    const exponent = Math.log(2 / 1e-17);
    const linear = (most * exponent) / 3;
    return linear + Math.sqrt(linear ** 2 + 2 * ofAll * exponent);
  };
  const fromRatio = Math.min(
    Math.ceil(Math.max(greatest(above), greatest(below))),
    Math.ceil(bernstein(ofOne, greatest(variance))),
  );
  const fromSpread = Math.min(
    Math.ceil(spread.greatest),
    Math.ceil(bernstein(1, spread.greatestVariance)),
  );
  return 2 * (fromRatio + fromSpread) + 1;
}

/**
 * The variance of the difference of a total from the number that the ratios ask for. For given numbers of participants in
 * the strata, that number is fixed. So the variance is the sum of those of the strata, averaged over the hypergeometric
 * distribution of the number in each.
 */
function varianceFromRatio(
  groups: readonly EqualStrata[],
  arm: number,
  participants: number,
): number {
  const slots = groups.reduce((sum, group) => sum + group.slots * group.strata, 0);
  return groups.reduce((sum, group) => {
    const variance = group.imbalance.variance[arm]!;
    const taken = hypergeometric(group.slots, slots - group.slots, participants);
    const mean = taken.chances.reduce(
      (a, chance, index) => a + chance * variance[taken.least + index]!,
      0,
    );
    return sum + group.strata * mean;
  }, 0);
}

/** A stratum with its number of participants. */
interface RecruitedStratum {
  readonly equal: EqualStrata;
  readonly recruited: number;
}

/** The greatest |total - share| of any arm for exactly these numbers of participants in the strata. */
export function greatestOfRecruited(strata: readonly RecruitedStratum[]): number {
  const [first] = strata;
  if (first === undefined) return 0;
  const sums = (['above', 'below'] as const).flatMap((side) =>
    first.equal.imbalance[side].map((_, arm) =>
      strata.reduce(
        (sum, { equal, recruited }) => sum + equal.imbalance[side][arm]![recruited]!,
        0,
      ),
    ),
  );
  return Math.max(...sums);
}

/** The arms' totals for exactly these numbers of participants in the strata. */
export function totalsOfRecruited(
  arms: readonly string[],
  strata: readonly RecruitedStratum[],
): ArmTotal[] {
  return arms.map((arm, index) => {
    const variance = strata.reduce(
      (sum, { equal, recruited }) => sum + equal.imbalance.variance[index]![recruited]!,
      0,
    );
    return {
      arm,
      expected: expectedOf(strata, index),
      variance,
      varianceFromRatio: variance,
      distribution: listed(
        strata.reduce<Counts>(
          (sum, { equal, recruited }) => sumOf(sum, equal.counts[index]![recruited]!),
          { least: 0, chances: [1] },
        ),
      ),
    };
  });
}

/** The number of an arm that the ratios ask for. Participants under the same ratio are added first, which rounds less. */
function expectedOf(strata: readonly RecruitedStratum[], arm: number): number {
  const byAllocation = new Map<Allocation, number>();
  for (const { equal, recruited } of strata) {
    byAllocation.set(equal.allocation, (byAllocation.get(equal.allocation) ?? 0) + recruited);
  }
  return [...byAllocation].reduce(
    (sum, [{ ratio, unit }, participants]) => sum + (participants * ratio[arm]!) / unit,
    0,
  );
}

function sumOf(one: Counts, other: Counts): Counts {
  const chances = new Array<number>(one.chances.length + other.chances.length - 1).fill(0);
  for (const [a, chance] of one.chances.entries()) {
    for (const [b, factor] of other.chances.entries()) chances[a + b]! += chance * factor;
  }
  return { least: one.least + other.least, chances };
}

function listed({ least, chances }: Counts): (readonly [number, number])[] {
  return chances
    .map((chance, index) => [least + index, chance] as const)
    .filter(([, chance]) => chance > ROUNDING);
}
