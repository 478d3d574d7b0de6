import { arrivalTotals } from './arrival-totals.ts';
import { Circle, hypergeometric } from './arrivals.ts';
import type { ArmTotal, Method, Stage } from './assessment.ts';
import type { Allocation } from './block-process.ts';
import { greatestSums } from './greatest-sums.ts';
import type { Counts, StratumImbalance } from './imbalance.ts';

/** Strata that have the same number of slots. */
export interface EqualStrata {
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
  allocation: Allocation,
  arms: readonly string[],
  groups: readonly EqualStrata[],
  asked?: number,
): Totals {
  const slots = groups.reduce((sum, group) => sum + group.slots * group.strata, 0);
  const numbers = stagesOf(slots, asked);
  const byShare = new Map<number, ArmByStage>();
  const ofArms = allocation.ratio.map((share, arm) => {
    const [first] = arms.length === 2 ? [...byShare.values()] : [];
    const ofArm =
      byShare.get(share) ??
      (first === undefined
        ? armByStage(allocation, arm, groups, numbers)
        : ofTheOther(first, numbers));
    byShare.set(share, ofArm);
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

function armByStage(
  { ratio, unit }: Allocation,
  arm: number,
  groups: readonly EqualStrata[],
  numbers: readonly number[],
): ArmByStage {
  const share = ratio[arm]! / unit;
  const greatestOf = (figure: 'above' | 'below' | 'variance') =>
    greatestSums(
      groups.map(({ imbalance, strata }) => ({ values: imbalance[figure][arm]!, strata })),
    );
  const [{ sums: above, isExact }, { sums: below }, { sums: variance }] = [
    greatestOf('above'),
    greatestOf('below'),
    greatestOf('variance'),
  ];
  const { totals, method, standardError } = arrivalTotals(
    new Circle(pointsFor(above, below, variance, groups, arm), ratio[arm]!, unit),
    groups.map(({ counts, strata }) => ({ counts: counts[arm]!, strata })),
    numbers,
    (n) => [
      Math.max(0, Math.round(n * share - below[n]!)),
      Math.min(n, Math.round(n * share + above[n]!)),
    ],
  );
  return {
    totals: numbers.map((participants, stage) => ({
      expected: (participants * ratio[arm]!) / unit,
      variance: varianceOfTotal(groups, arm, participants),
      distribution: listed(totals[stage]!),
    })),
    greatest: numbers.map((n) => Math.max(above[n]!, below[n]!)),
    greatestVariance: numbers.map((n) => variance[n]!),
    greatestIsExact: isExact,
    method,
    standardError,
  };
}

/** Of two arms, the other one has the rest of the participants. */
function ofTheOther(arm: ArmByStage, participants: readonly number[]): ArmByStage {
  return {
    ...arm,
    totals: arm.totals.map(({ expected, variance, distribution }, stage) => ({
      expected: participants[stage]! - expected,
      variance,
      distribution: distribution
        .map(([total, chance]) => [participants[stage]! - total, chance] as const)
        .reverse(),
    })),
  };
}

/**
 * How many consecutive totals have any weight: all possible ones. If there are many, those outside of which there is less
 * than 1e-17 by Bernstein's inequality: 2 exp(-s² / (2V + 2Ms/3)) for a deviation of s or more, with the variance V, and M
 * for the most that one stratum adds.
 */
function pointsFor(
  above: Float64Array,
  below: Float64Array,
  variance: Float64Array,
  groups: readonly EqualStrata[],
  arm: number,
): number {
  const greatest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0);
  const possible = Math.ceil(Math.max(greatest(above), greatest(below)));
  const ofOne = Math.max(
    ...groups.map(({ imbalance }) =>
      Math.max(greatest(imbalance.above[arm]!), greatest(imbalance.below[arm]!)),
    ),
  );
  const exponent = Math.log(2 / 1e-17);
  const linear = (ofOne * exponent) / 3;
  const bernstein = linear + Math.sqrt(linear ** 2 + 2 * greatest(variance) * exponent);
  return 2 * Math.min(possible, Math.ceil(bernstein)) + 1;
}

/**
 * The variance of a total. For given numbers of participants in the strata, the mean is the share of their sum. So the
 * variance is the sum of those of the strata, averaged over the hypergeometric distribution of the number in each.
 */
function varianceOfTotal(
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
  { ratio, unit }: Allocation,
  arms: readonly string[],
  strata: readonly RecruitedStratum[],
): ArmTotal[] {
  const participants = strata.reduce((sum, { recruited }) => sum + recruited, 0);
  return arms.map((arm, index) => ({
    arm,
    expected: (participants * ratio[index]!) / unit,
    variance: strata.reduce(
      (sum, { equal, recruited }) => sum + equal.imbalance.variance[index]![recruited]!,
      0,
    ),
    distribution: listed(
      strata.reduce<Counts>(
        (sum, { equal, recruited }) => sumOf(sum, equal.counts[index]![recruited]!),
        { least: 0, chances: [1] },
      ),
    ),
  }));
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
