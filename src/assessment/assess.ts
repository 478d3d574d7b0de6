import type { BlockSize } from '../randomization/blocks.ts';
import type { Assessment, CorrectGuess, Method, StratumAssessment } from './assessment.ts';
import { type Allocation, allocationOf, type BlockProcess, blockProcess } from './block-process.ts';
import { codeBreakInformation } from './code-break.ts';
import type { Guesses } from './guess.ts';
import { type Effort, guessesWithSizes } from './guess-with-sizes.ts';
import { armCounts, type StratumImbalance, stratumImbalance } from './imbalance.ts';
import { countLists, log2 } from './list-count.ts';
import { guessesInBlock, guessesWithBoundaries } from './predictability.ts';
import { simulateGuesses } from './simulation.ts';
import { totalsByStage, totalsOfRecruited } from './totals.ts';

/** What an assessment is of: a design with a plan that fits it. */
export interface AssessmentInput {
  readonly arms: readonly { readonly code: string; readonly ratio: number }[];
  /** Strata without slots are left out. */
  readonly strata: readonly { readonly id: string; readonly slots: number }[];
  /** Ascending. */
  readonly blocks: readonly BlockSize[];
  /** How many have been recruited, per stratum: no more than its slots. */
  readonly recruited?: readonly number[];
  /** Called with the number of strata whose predictability is known. */
  readonly tellProgress?: (strata: number) => void;
}

/** About three seconds. */
const MOST_WORK = 4e8;
const MOST_CELLS = 100_000;
const MOST_SETS = 20_000;

/** How many assignments are drawn where figures are simulated, and how many lists at least and at most. */
const DRAWN = { assignments: 400_000, least: 100, most: 2000 };

/**
 * What a plan gives away, how it balances, and how many lists it has: computed from the design,
 * without a list. The same input gives the same figures, simulated ones too.
 *
 * @throws Error where there are no slots, whole blocks cannot fill a stratum, or more have been
 *   recruited than there are slots; or where the lists are beyond counting, which takes more than
 *   fifteen multiples of a block size in the largest
 */
export function assessPlan(input: AssessmentInput): Assessment {
  const allocation = allocationOf(
    input.arms.map((arm) => arm.ratio),
    input.blocks,
  );
  const arms = input.arms.map((arm) => arm.code);
  const groups = equalStrata(allocation, input.strata);
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
  // The same draws stand for all strata of a group: their errors add up, those of groups do not.
  const error = (figure: 'best' | 'certain') =>
    Math.hypot(
      ...groups.map(
        (group, index) =>
          (group.strata * group.slots * byStratum[index]!.standardError[figure]) / slots,
      ),
    );
  const lists = groups.reduce((product, group) => product * listsOf(allocation, group), 1n);
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
    byStratum,
    imbalance: imbalanceOf(allocation, arms, groups, input),
    lists,
    bits,
    // Grouping histories may leave it too large, by very little.
    entropyBits: Math.min(entropyBits, bits),
    codeBreak: codeBreakInformation(allocation, arms, groups),
  };
}

interface Group {
  readonly slots: number;
  readonly strata: number;
  readonly process: BlockProcess;
  readonly imbalance: StratumImbalance;
}

/** Strata with the same number of slots are assessed once. */
function equalStrata(allocation: Allocation, strata: AssessmentInput['strata']): Group[] {
  const numbers = new Map<number, number>();
  for (const { slots } of strata) if (slots > 0) numbers.set(slots, (numbers.get(slots) ?? 0) + 1);
  return [...numbers]
    .sort(([a], [b]) => a - b)
    .map(([slots, equal]) => {
      const process = blockProcess(allocation.blocks, slots);
      return { slots, strata: equal, process, imbalance: stratumImbalance(allocation, process) };
    });
}

interface Figures {
  readonly guesses: Guesses;
  readonly standardError: { readonly best: number; readonly certain: number };
  readonly method: Method;
}

interface GuessedStrata {
  readonly group: Group;
  readonly withSizes: Figures;
  readonly withBoundaries: Guesses;
}

function guessStrata(
  allocation: Allocation,
  groups: readonly Group[],
  tellProgress: (strata: number) => void = () => undefined,
): GuessedStrata[] {
  const inBlock = new Map(
    allocation.blocks.map(({ size }) => [size, figuresInBlock(allocation, size)]),
  );
  const ofBlock = new Map([...inBlock].map(([size, figures]) => [size, figures.guesses]));
  const [only] = allocation.blocks.length === 1 ? [...inBlock.values()] : [];
  const effort: Effort = { mostCells: MOST_CELLS, work: MOST_WORK };
  let known = 0;
  return groups.map((group) => {
    const withBoundaries = guessesWithBoundaries(group.process, ofBlock);
    const withSizes =
      only === undefined
        ? figuresWithSizes(allocation, group.process, withBoundaries, effort)
        : { ...only, guesses: withBoundaries };
    known += group.strata;
    tellProgress(known);
    return { group, withSizes, withBoundaries };
  });
}

/** Of a block whose boundaries are known; drawn only where it is beyond all reason. */
function figuresInBlock({ ratio, unit }: Allocation, size: number): Figures {
  const alone = { ratio, unit, blocks: [{ size, weight: 1 }] };
  const guesses = guessesInBlock(alone, size, MOST_CELLS);
  if (guesses !== undefined) return exactly(guesses);
  return simulatedly(alone, blockProcess(alone.blocks, size));
}

function figuresWithSizes(
  allocation: Allocation,
  process: BlockProcess,
  withBoundaries: Guesses,
  effort: Effort,
): Figures {
  const guesses = effort.work > 0 ? guessesWithSizes(allocation, process, effort) : undefined;
  const figures = guesses === undefined ? simulatedly(allocation, process) : exactly(guesses);
  const { convergence } = withBoundaries;
  return { ...figures, guesses: { ...figures.guesses, convergence } };
}

function exactly(guesses: Guesses): Figures {
  return { guesses, standardError: { best: 0, certain: 0 }, method: 'exact' };
}

function simulatedly(allocation: Allocation, process: BlockProcess): Figures {
  const wanted = Math.ceil(DRAWN.assignments / process.slots);
  const lists = Math.max(DRAWN.least, Math.min(DRAWN.most, wanted));
  return { ...simulateGuesses(allocation, process, lists), method: 'simulated' };
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
  { strata, recruited }: AssessmentInput,
): Assessment['imbalance'] {
  const equal = groups.map((group) => ({
    ...group,
    counts: arms.map((_, arm) => armCounts(allocation, group.process, arm)),
  }));
  const greatest = (of: (imbalance: StratumImbalance) => readonly Float64Array[]) =>
    Math.max(...groups.map(({ imbalance }) => Math.max(...of(imbalance).map(most))));
  const totals = totalsByStage(allocation, arms, equal);
  return {
    greatest: greatest(({ above, below }) => [...above, ...below]),
    greatestVariance: arms.map((_, arm) => greatest(({ variance }) => [variance[arm]!])),
    method: totals.method,
    standardError: totals.standardError,
    stages: totals.stages,
    ...(recruited !== undefined && {
      recruited: {
        perStratum: recruited,
        arms: totalsOfRecruited(
          allocation,
          arms,
          strata.flatMap(({ id, slots }, index) => {
            const number = recruited[index] ?? 0;
            if (number > slots) throw new Error(`${id} has ${slots} slots, not ${number}`);
            const same = equal.find((group) => group.slots === slots);
            return same === undefined ? [] : [{ equal: same, recruited: number }];
          }),
        ),
      },
    }),
  };
}

function listsOf(allocation: Allocation, { process, strata }: Group): bigint {
  const lists = countLists(allocation, process, MOST_SETS);
  if (lists === undefined) throw new Error('the lists of these block sizes are beyond counting');
  return lists ** BigInt(strata);
}

function most(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function total(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
