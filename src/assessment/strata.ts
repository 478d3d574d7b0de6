import type { CountTable } from '../randomization/count-table.ts';
import { type Allocation, type BlockProcess, blockProcess, ofItsArms } from './block-process.ts';
import type { Method } from './assessment.ts';
import { type CountWalk, countWalk, guessesOfWalk, imbalanceOfWalk } from './count-walk.ts';
import type { Guesses } from './guess.ts';
import { type Effort, guessesWithSizes } from './guess-with-sizes.ts';
import { type StratumImbalance, stratumImbalance } from './imbalance.ts';
import { guessesInBlock, guessesWithBoundaries } from './predictability.ts';
import { simulateGuesses } from './simulation.ts';

/** The most work over all strata, which takes about three seconds. */
const MOST_WORK = 4e8;
const MOST_CELLS = 100_000;

/** How many assignments a simulation draws, and the least and the most lists. */
const DRAWN = { assignments: 400_000, least: 30, most: 2000 };

/** Strata that have the same ratio, the same block sizes and the same number of slots. */
export interface Group {
  readonly allocation: Allocation;
  /** The names of the strata, in their order. */
  readonly ids: readonly string[];
  readonly slots: number;
  readonly strata: number;
  /** Of arms that are drawn by their numbers: one block. */
  readonly process: BlockProcess;
  /** Of arms that are drawn by their numbers; else undefined. */
  readonly walk: CountWalk | undefined;
  readonly imbalance: StratumImbalance;
}

/** Groups of strata that are alike, which are assessed once: those with fewer slots first. */
export function groupAlike(
  strata: readonly {
    readonly id: string;
    readonly slots: number;
    readonly allocation: Allocation;
    readonly table?: CountTable | undefined;
  }[],
): Group[] {
  const alike = new Map<string, Pick<Group, 'allocation' | 'slots'> & WithTable>();
  for (const { id, slots, allocation, table } of strata) {
    if (slots === 0) continue;
    const key = JSON.stringify([slots, keyOf(allocation)]);
    const group = alike.get(key) ?? { allocation, slots, table, ids: [] };
    group.ids.push(id);
    alike.set(key, group);
  }
  return [...alike.values()]
    .sort((a, b) => a.slots - b.slots)
    .map(({ table, ...group }) => {
      const { allocation, slots, ids } = group;
      const walk = table && countWalk(table);
      const process = blockProcess(walk ? [{ size: slots, weight: 1 }] : allocation.blocks, slots);
      const imbalance = walk ? imbalanceOfWalk(walk) : stratumImbalance(allocation, process);
      return { ...group, strata: ids.length, process, walk, imbalance };
    });
}

interface WithTable {
  readonly ids: string[];
  readonly table: CountTable | undefined;
}

/** The same text for allocations that are alike. */
export function keyOf({ ratio, blocks }: Allocation): string {
  return JSON.stringify([ratio, blocks.map(({ size, weight }) => [size, weight])]);
}

export interface Figures {
  readonly guesses: Guesses;
  readonly standardError: { readonly best: number; readonly certain: number };
  readonly method: Method;
}

export interface GuessedStrata {
  readonly group: Group;
  readonly withSizes: Figures;
  readonly withBoundaries: Guesses;
  readonly withBoundariesMethod: Method;
}

/** The guesses in each group. @param tellProgress called with the number of strata that are known so far */
export function guessStrata(
  groups: readonly Group[],
  tellProgress: (strata: number) => void = () => undefined,
): GuessedStrata[] {
  const inBlocks = new Map<string, ReadonlyMap<number, Figures>>();
  const effort: Effort = { mostCells: MOST_CELLS, work: MOST_WORK };
  let known = 0;
  return groups.map((group) => {
    if (group.walk !== undefined) {
      known += group.strata;
      tellProgress(known);
      const guesses = guessesOfWalk(group.walk);
      const withSizes = exactly(guesses);
      return { group, withSizes, withBoundaries: guesses, withBoundariesMethod: 'exact' };
    }
    const allocation = ofItsArms(group.allocation);
    const key = keyOf(allocation);
    const inBlock = inBlocks.get(key) ?? figuresInBlocks(allocation);
    inBlocks.set(key, inBlock);
    const ofBlock = new Map([...inBlock].map(([size, figures]) => [size, figures.guesses]));
    const [only] = allocation.blocks.length === 1 ? [...inBlock.values()] : [];
    const isDrawn = [...inBlock.values()].some(({ method }) => method === 'simulated');
    const withBoundaries = guessesWithBoundaries(group.process, ofBlock);
    const withSizes =
      only === undefined
        ? figuresWithSizes(allocation, group.process, withBoundaries, effort, groups.length)
        : { ...only, guesses: withBoundaries };
    known += group.strata;
    tellProgress(known);
    return {
      group,
      withSizes,
      withBoundaries,
      withBoundariesMethod: isDrawn ? 'simulated' : 'exact',
    };
  });
}

function figuresInBlocks(allocation: Allocation): ReadonlyMap<number, Figures> {
  return new Map(allocation.blocks.map(({ size }) => [size, figuresInBlock(allocation, size)]));
}

/** The figures of a block with known boundaries; simulated only if the exact ones take far too long. */
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
  groups: number,
): Figures {
  const guesses = effort.work > 0 ? guessesWithSizes(allocation, process, effort) : undefined;
  const figures =
    guesses === undefined ? simulatedly(allocation, process, groups) : exactly(guesses);
  const { convergence } = withBoundaries;
  return { ...figures, guesses: { ...figures.guesses, convergence } };
}

function exactly(guesses: Guesses): Figures {
  return { guesses, standardError: { best: 0, certain: 0 }, method: 'exact' };
}

/** @param groups how many such figures are wanted: they share the draws */
function simulatedly(allocation: Allocation, process: BlockProcess, groups = 1): Figures {
  const wanted = Math.ceil(DRAWN.assignments / (groups * process.slots));
  const lists = Math.max(DRAWN.least, Math.min(DRAWN.most, wanted));
  return { ...simulateGuesses(allocation, process, lists), method: 'simulated' };
}
