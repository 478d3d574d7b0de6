import { type BlockSize, lowestTerms } from '../randomization/blocks.ts';
import type { CountTable } from '../randomization/count-table.ts';
import { sharesIn, type Stratum } from '../study/study.ts';
import { counted } from '../words.ts';
import type { Assessment, CorrectGuess, StratumAssessment } from './assessment.ts';
import { type Allocation, allocationOf, ofItsArms } from './block-process.ts';
import { codeBreakInformation } from './code-break.ts';
import { countsOfWalk, listsOfWalk } from './count-walk.ts';
import type { Guesses } from './guess.ts';
import { armCounts, type StratumImbalance } from './imbalance.ts';
import { countCuttings, countLists, log2 } from './list-count.ts';
import { type Figures, type Group, groupAlike, guessStrata, keyOf } from './strata.ts';
import { greatestOfRecruited, totalsByStage, totalsOfRecruited } from './totals.ts';

/** A stratum that is assessed. */
export interface AssessedStratum extends Pick<Stratum, 'id' | 'slots' | 'ratio'> {
  /** Its own block sizes, ascending. */
  readonly blocks?: readonly BlockSize[];
  /** In the place of block sizes, for arms that are drawn by their numbers. */
  readonly table?: CountTable | undefined;
}

/** What is assessed: a design with a plan that fits it. */
export interface AssessmentInput {
  readonly arms: readonly { readonly code: string; readonly ratio: number }[];
  /** Strata without slots are left out. */
  readonly strata: readonly AssessedStratum[];
  /** Ascending; of the strata that have no sizes of their own. */
  readonly blocks: readonly BlockSize[];
  /** What a least predictable list keeps, if strata have tables in the place of block sizes. */
  readonly leastPredictable?: Assessment['leastPredictable'];
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
  const arms = input.arms.map((arm) => arm.code);
  const strata = withAllocations(input);
  const groups = groupAlike(strata);
  const slots = groups.reduce((sum, group) => sum + group.strata * group.slots, 0);
  if (slots === 0) throw new Error('there are no slots to assess');

  const guessed = guessStrata(groups, input.tellProgress);
  const byStratum = guessed.map(({ group, withSizes }) => stratumAssessment(group, withSizes));
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
  // up. The errors of groups with their own draws do not. If strata differ in more than their slots, groups can share
  // draws too: adding up is then an upper bound.
  const isOneDesign = new Set(groups.map((group) => keyOf(group.allocation))).size === 1;
  const error = (figure: 'best' | 'certain') => {
    const errors = groups.map(
      (group, index) =>
        (group.strata * group.slots * byStratum[index]!.standardError[figure]) / slots,
    );
    return !isOneDesign || groups[0]!.allocation.blocks.length === 1
      ? errors.reduce((a, b) => a + b)
      : Math.hypot(...errors);
  };
  const listCounts = groups.map(listsOf);
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
    arms: overallShares(arms, groups),
    blocks: input.blocks,
    ...(input.leastPredictable && { leastPredictable: input.leastPredictable }),
    strata: groups.reduce((sum, group) => sum + group.strata, 0),
    slots,
    guesserKnows: guesserKnows(groups),
    method: byStratum.some(({ method }) => method === 'simulated') ? 'simulated' : 'exact',
    always: overSlots((index) => always(groups[index]!.allocation)),
    correctGuess: overStrata((index) => byStratum[index]!.correctGuess),
    standardError: { best: error('best'), certain: error('certain') },
    withBoundaries: overStrata((index) =>
      perAssignment(groups[index]!.allocation, guessed[index]!.withBoundaries),
    ),
    withBoundariesMethod: guessed.some(
      ({ withBoundariesMethod }) => withBoundariesMethod === 'simulated',
    )
      ? 'simulated'
      : 'exact',
    byStratum,
    imbalance: imbalanceOf(arms, groups, strata, input),
    lists,
    listsAreCounted: listCounts.every(({ isExact }) => isExact),
    bits,
    // It can be very slightly too large, because histories are grouped.
    entropyBits: Math.min(entropyBits, bits),
    codeBreak: codeBreakInformation(arms, groups).filter(
      ({ before }) => !before.some(Number.isNaN),
    ),
  };
}

function guesserKnows(groups: readonly Group[]): Assessment['guesserKnows'] {
  if (groups.some(({ walk }) => walk !== undefined)) return 'chances';
  return groups.every(({ allocation }) => allocation.blocks.length === 1) ? 'boundaries' : 'sizes';
}

/** Each stratum with its ratio and its sizes. Strata that are alike have the same object. */
function withAllocations({ arms, strata, blocks }: AssessmentInput) {
  const known = new Map<string, Allocation>();
  return strata.map((stratum) => {
    const made = allocationOf(sharesIn(arms, stratum), stratum.blocks ?? blocks);
    const allocation = known.get(keyOf(made)) ?? made;
    known.set(keyOf(made), allocation);
    return { id: stratum.id, slots: stratum.slots, allocation, table: stratum.table };
  });
}

/** The arms with their shares of all slots, in lowest terms: those of the ratio if all strata have the same one. */
function overallShares(arms: readonly string[], groups: readonly Group[]): Assessment['arms'] {
  const numbers = arms.map((_, arm) =>
    groups.reduce((sum, { allocation: { ratio, unit }, slots, strata }) => {
      return sum + (strata * slots * ratio[arm]!) / unit;
    }, 0),
  );
  const shares = lowestTerms(numbers);
  return arms.map((arm, index) => ({ arm, share: shares[index]! }));
}

/** The share of the likeliest arm. */
function always({ ratio, unit }: Allocation): number {
  return Math.max(...ratio) / unit;
}

function stratumAssessment(
  { allocation, ids, slots, strata, imbalance }: Group,
  { guesses, standardError, method }: Figures,
): StratumAssessment {
  const { above, below, variance } = imbalance;
  const places = Array.from({ length: slots }, (_, index) => index + 1);
  return {
    ratio: allocation.ratio,
    blocks: allocation.blocks,
    ids,
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

function perAssignment(allocation: Allocation, guesses: Guesses): CorrectGuess {
  const mean = (values: Float64Array) => total(values) / values.length;
  const best = mean(guesses.best);
  return {
    best,
    excess: best - always(allocation),
    convergence: mean(guesses.convergence),
    certain: mean(guesses.certain),
  };
}

function imbalanceOf(
  arms: readonly string[],
  groups: readonly Group[],
  strata: ReturnType<typeof withAllocations>,
  { recruited, participants }: AssessmentInput,
): Assessment['imbalance'] {
  const equal = groups.map((group) => ({
    ...group,
    counts: arms.map((_, arm) =>
      group.walk === undefined
        ? armCounts(group.allocation, group.process, arm)
        : countsOfWalk(group.walk, arm),
    ),
  }));
  const greatest = (of: (imbalance: StratumImbalance) => readonly Float64Array[]) =>
    Math.max(...groups.map(({ imbalance }) => Math.max(...of(imbalance).map(most))));
  const totals = totalsByStage(arms, equal, participants);
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
        arms: totalsOfRecruited(arms, recruitedStrata(recruited, strata, equal)),
        greatest: greatestOfRecruited(recruitedStrata(recruited, strata, equal)),
      },
    }),
  };
}

/** Each stratum that has slots, with its number of participants. */
function recruitedStrata<Equal extends Pick<Group, 'slots' | 'allocation'>>(
  recruited: readonly number[],
  strata: ReturnType<typeof withAllocations>,
  equal: readonly Equal[],
): { equal: Equal; recruited: number }[] {
  return strata.flatMap(({ id, slots, allocation }, index) => {
    const number = recruited[index] ?? 0;
    if (number > slots) throw new Error(`${id} has ${counted(slots, 'slot')}, not ${number}`);
    const same = equal.find((group) => group.slots === slots && group.allocation === allocation);
    return same === undefined ? [] : [{ equal: same, recruited: number }];
  });
}

function listsOf({ allocation, process, walk }: Group): {
  readonly lists: bigint;
  readonly isExact: boolean;
} {
  if (walk !== undefined) return { lists: listsOfWalk(walk), isExact: true };
  const ofItsOwn = ofItsArms(allocation);
  const lists = countLists(ofItsOwn, process, MOST_SETS);
  if (lists !== undefined) return { lists, isExact: true };
  return { lists: countCuttings(ofItsOwn, process), isExact: false };
}

function most(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function total(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
