import type { BlockSize } from '../randomization/blocks.ts';
import type { Assessment, CorrectGuess, StratumAssessment } from './assessment.ts';
import { type Allocation, allocationOf } from './block-process.ts';
import { codeBreakInformation } from './code-break.ts';
import type { Guesses } from './guess.ts';
import { armCounts, type StratumImbalance } from './imbalance.ts';
import { countCuttings, countLists, log2 } from './list-count.ts';
import { type Figures, type Group, groupBySlots, guessStrata } from './strata.ts';
import { greatestOfRecruited, totalsByStage, totalsOfRecruited } from './totals.ts';

/** What an assessment is of: a design with a plan that fits it. */
export interface AssessmentInput {
  readonly arms: readonly { readonly code: string; readonly ratio: number }[];
  /** Strata without slots are left out. */
  readonly strata: readonly { readonly id: string; readonly slots: number }[];
  /** Ascending. */
  readonly blocks: readonly BlockSize[];
  /** How many have been recruited, per stratum: no more than its slots. */
  readonly recruited?: readonly number[];
  /** A stage of recruitment that is of interest: from 1 to the number of slots. */
  readonly participants?: number;
  /** Called with the number of strata whose predictability is known. */
  readonly tellProgress?: (strata: number) => void;
}

/** Sets of the counting automaton: about a second. */
const MOST_SETS = 300_000;

/**
 * What a plan gives away, how it balances, and how many lists it has: computed from the design,
 * without a list. The same input gives the same figures, simulated ones too.
 *
 * @throws Error where there are no slots, whole blocks cannot fill a stratum, or more have been
 *   recruited than there are slots
 */
export function assessPlan(input: AssessmentInput): Assessment {
  const allocation = allocationOf(
    input.arms.map((arm) => arm.ratio),
    input.blocks,
  );
  const arms = input.arms.map((arm) => arm.code);
  const groups = groupBySlots(allocation, input.strata);
  const slots = groups.reduce((sum, group) => sum + group.strata * group.slots, 0);
  if (slots === 0) throw new Error('a plan without slots has nothing to assess');

  const guessed = guessStrata(allocation, groups, input.tellProgress);
  const byStratum = guessed.map(({ group, withSizes }) =>
    stratumAssessment(allocation, group, withSizes),
  );
  const overSlots = (figure: (index: number) => number) =>
    groups.reduce((sum, group, index) => sum + group.strata * group.slots * figure(index), 0) /
    slots;
  const overStrata = (guesses: (index: number) => CorrectGuess): CorrectGuess => ({
    best: overSlots((index) => guesses(index).best),
    excess: overSlots((index) => guesses(index).excess),
    convergence: overSlots((index) => guesses(index).convergence),
    certain: overSlots((index) => guesses(index).certain),
  });
  // The same draws stand for all strata of a group, and with one block size for all groups: their
  // errors add up. Those of groups that were drawn by themselves do not.
  const error = (figure: 'best' | 'certain') => {
    const errors = groups.map(
      (group, index) =>
        (group.strata * group.slots * byStratum[index]!.standardError[figure]) / slots,
    );
    return input.blocks.length === 1 ? errors.reduce((a, b) => a + b) : Math.hypot(...errors);
  };
  const counted = groups.map((group) => listsOf(allocation, group));
  const lists = groups.reduce(
    (product, group, index) => product * counted[index]!.lists ** BigInt(group.strata),
    1n,
  );
  const bits = log2(lists);
  const entropyBits = guessed.reduce(
    (sum, { group, withSizes }) => sum + group.strata * total(withSizes.guesses.entropy),
    0,
  );
  return {
    arms: arms.map((arm, index) => ({ arm, share: allocation.ratio[index]! })),
    blocks: input.blocks,
    strata: groups.reduce((sum, group) => sum + group.strata, 0),
    slots,
    guesserKnows: input.blocks.length === 1 ? 'boundaries' : 'sizes',
    method: byStratum.some(({ method }) => method === 'simulated') ? 'simulated' : 'exact',
    correctGuess: overStrata((index) => byStratum[index]!.correctGuess),
    standardError: { best: error('best'), certain: error('certain') },
    withBoundaries: overStrata((index) =>
      perAssignment(allocation, guessed[index]!.withBoundaries),
    ),
    withBoundariesMethod: guessed[0]!.withBoundariesMethod,
    byStratum,
    imbalance: imbalanceOf(allocation, arms, groups, input),
    lists,
    listsAreCounted: counted.every(({ isExact }) => isExact),
    bits,
    // Grouping histories may leave it too large, by very little.
    entropyBits: Math.min(entropyBits, bits),
    codeBreak: codeBreakInformation(allocation, arms, groups),
  };
}

function stratumAssessment(
  allocation: Allocation,
  { slots, strata, imbalance }: Group,
  { guesses, standardError, method }: Figures,
): StratumAssessment {
  const { above, below, variance } = imbalance;
  const places = Array.from({ length: slots }, (_, index) => index + 1);
  return {
    slots,
    strata,
    correctGuess: perAssignment(allocation, guesses),
    standardError,
    method,
    guessByPosition: {
      best: [...guesses.best],
      convergence: [...guesses.convergence],
      certain: [...guesses.certain],
    },
    imbalanceByPosition: {
      greatest: places.map((at) => Math.max(...[...above, ...below].map((of) => of[at]!))),
      variance: variance.map((of) => [...of.subarray(1)]),
    },
  };
}

function perAssignment({ ratio, unit }: Allocation, guesses: Guesses): CorrectGuess {
  const mean = (values: Float64Array) => total(values) / values.length;
  const best = mean(guesses.best);
  return {
    best,
    excess: best - Math.max(...ratio) / unit,
    convergence: mean(guesses.convergence),
    certain: mean(guesses.certain),
  };
}

function imbalanceOf(
  allocation: Allocation,
  arms: readonly string[],
  groups: readonly Group[],
  { strata, recruited, participants }: AssessmentInput,
): Assessment['imbalance'] {
  const equal = groups.map((group) => ({
    ...group,
    counts: arms.map((_, arm) => armCounts(allocation, group.process, arm)),
  }));
  const greatest = (of: (imbalance: StratumImbalance) => readonly Float64Array[]) =>
    Math.max(...groups.map(({ imbalance }) => Math.max(...of(imbalance).map(most))));
  const totals = totalsByStage(allocation, arms, equal, participants);
  return {
    greatest: greatest(({ above, below }) => [...above, ...below]),
    greatestVariance: arms.map((_, arm) => greatest(({ variance }) => [variance[arm]!])),
    method: totals.method,
    standardError: totals.standardError,
    greatestIsExact: totals.greatestIsExact,
    stages: totals.stages,
    ...(participants !== undefined && { asked: participants }),
    ...(recruited !== undefined && {
      recruited: {
        perStratum: recruited,
        arms: totalsOfRecruited(allocation, arms, recruitedStrata(recruited, strata, equal)),
        greatest: greatestOfRecruited(recruitedStrata(recruited, strata, equal)),
      },
    }),
  };
}

/** Each stratum that has slots, with how many were recruited there. */
function recruitedStrata<Equal extends { readonly slots: number }>(
  recruited: readonly number[],
  strata: AssessmentInput['strata'],
  equal: readonly Equal[],
): { equal: Equal; recruited: number }[] {
  return strata.flatMap(({ id, slots }, index) => {
    const number = recruited[index] ?? 0;
    if (number > slots) throw new Error(`${id} has ${slots} slots, not ${number}`);
    const same = equal.find((group) => group.slots === slots);
    return same === undefined ? [] : [{ equal: same, recruited: number }];
  });
}

function listsOf(
  allocation: Allocation,
  { process }: Group,
): { readonly lists: bigint; readonly isExact: boolean } {
  const lists = countLists(allocation, process, MOST_SETS);
  if (lists !== undefined) return { lists, isExact: true };
  return { lists: countCuttings(allocation, process), isExact: false };
}

function most(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function total(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
