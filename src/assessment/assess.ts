import type { BlockSize } from '../randomization/blocks.ts';
import { counted } from '../words.ts';
import type { Assessment, CorrectGuess, StratumAssessment } from './assessment.ts';
import { type Allocation, allocationOf } from './block-process.ts';
import { codeBreakInformation } from './code-break.ts';
import type { Guesses } from './guess.ts';
import { armCounts, type StratumImbalance } from './imbalance.ts';
import { countCuttings, countLists, log2 } from './list-count.ts';
import { type Figures, type Group, groupBySlots, guessStrata } from './strata.ts';
import { greatestOfRecruited, totalsByStage, totalsOfRecruited } from './totals.ts';

/** What is assessed: a design with a plan that fits it. */
export interface AssessmentInput {
  readonly arms: readonly { readonly code: string; readonly ratio: number }[];
  /** Strata without slots are left out. */
  readonly strata: readonly { readonly id: string; readonly slots: number }[];
  /** Ascending. */
  readonly blocks: readonly BlockSize[];
  /** How many participants each stratum has: at most its slots. */
  readonly recruited?: readonly number[];
  /** A number of participants for which a stage is wanted: from 1 to the number of slots. */
  readonly participants?: number;
  /** Called with the number of strata whose predictability is known so far. */
  readonly tellProgress?: (strata: number) => void;
}

/** The most sets of the counting automaton, which take about a second. */
const MOST_SETS = 300_000;

/**
 * The figures of a plan: how much it gives away, how well it balances, and how many lists it has. They are
 * computed from the design, without a list. The same input gives the same figures, also simulated ones.
 *
 * @throws Error if there are no slots, if whole blocks cannot fill a stratum, or if a stratum has more
 *   participants than slots
 */
export function assessPlan(input: AssessmentInput): Assessment {
  const allocation = allocationOf(
    input.arms.map((arm) => arm.ratio),
    input.blocks,
  );
  const arms = input.arms.map((arm) => arm.code);
  const groups = groupBySlots(allocation, input.strata);
  const slots = groups.reduce((sum, group) => sum + group.strata * group.slots, 0);
  if (slots === 0) throw new Error('there are no slots to assess');

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
  // All strata of a group have the same draws, and with one block size all groups have: their errors add
  // up. The errors of groups with their own draws do not.
  const error = (figure: 'best' | 'certain') => {
    const errors = groups.map(
      (group, index) =>
        (group.strata * group.slots * byStratum[index]!.standardError[figure]) / slots,
    );
    return input.blocks.length === 1 ? errors.reduce((a, b) => a + b) : Math.hypot(...errors);
  };
  const listCounts = groups.map((group) => listsOf(allocation, group));
  const lists = groups.reduce(
    (product, group, index) => product * listCounts[index]!.lists ** BigInt(group.strata),
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
    listsAreCounted: listCounts.every(({ isExact }) => isExact),
    bits,
    // It can be very slightly too large, because histories are grouped.
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

/** Each stratum that has slots, with its number of participants. */
function recruitedStrata<Equal extends { readonly slots: number }>(
  recruited: readonly number[],
  strata: AssessmentInput['strata'],
  equal: readonly Equal[],
): { equal: Equal; recruited: number }[] {
  return strata.flatMap(({ id, slots }, index) => {
    const number = recruited[index] ?? 0;
    if (number > slots) throw new Error(`${id} has ${counted(slots, 'slot')}, not ${number}`);
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
