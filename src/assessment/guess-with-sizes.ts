import { type Allocation, type BlockProcess, fullBlock, stepOf } from './block-process.ts';
import { type Excursions, excursions } from './excursions.ts';
import { addGuess, type Guesses, noGuesses } from './guess.ts';
import { HistoryClasses } from './history-classes.ts';

/** How much work is done before a figure is given up. Used work is subtracted from `work`. */
export interface Effort {
  /** The most combinations of the arms' counts in a block. */
  readonly mostCells: number;
  /** Groups of histories, each multiplied by its cost. */
  work: number;
}

/** The greatest error of a figure per assignment that counts as exact. */
const EXACT = 1e-13;

/** Histories that are rarer than this are left out; the bound for the error includes them. */
const NEGLIGIBLE = 1e-21;

/**
 * How well a guesser does in a stratum if they know the sizes and their weights and have seen every earlier assignment:
 * sums over all histories, grouped by what they tell about the rest. `best` and `certain` are exact (see `boundError`).
 * `entropy` is slightly too large, because each history counts with the entropy of its group: by less than 1e-7 bits per
 * assignment, measured with finer groups. `convergence` does not depend on knowledge of the boundaries, and stays 0 here.
 *
 * @returns undefined if it takes more than the effort
 */
export function guessesWithSizes(
  allocation: Allocation,
  process: BlockProcess,
  effort: Effort,
): Guesses | undefined {
  const step = stepOf(allocation);
  const steps = Math.max(...allocation.blocks.map(({ size }) => size)) / step;
  const walks = excursions(fullBlock(allocation, step), steps, effort.mostCells);
  if (walks === undefined) return undefined;
  // Coarse groups first. Their error shows afterwards whether they were fine enough; they nearly always are.
  for (const nearness of [
    { finest: 1e-4, widest: 1e-2 },
    { finest: 1e-6, widest: 1e-4 },
  ]) {
    const sum = new SumOverHistories(walks, process, freshEnds(allocation, process), nearness);
    if (!sum.run(effort)) return undefined;
    if (sum.error <= EXACT * process.slots) return sum.guesses;
  }
  return undefined;
}

/** At each step: the distribution of the end of a new block, in steps from there. */
function freshEnds(allocation: Allocation, process: BlockProcess): Float64Array[] {
  const step = stepOf(allocation);
  const sizes = allocation.blocks.map(({ size }) => size);
  return Array.from({ length: process.slots / step + 1 }, (_, at) => {
    const fresh = new Float64Array(Math.max(...sizes) / step);
    const chances = process.sizeChances(process.slots - at * step);
    for (const [index, size] of sizes.entries()) fresh[size / step - 1] = chances[index]!;
    return fresh;
  });
}

/** All histories of a stratum, from one place where the counts are in the ratio to the next. */
class SumOverHistories {
  readonly guesses: Guesses;
  /** A bound for the error of the sum of `best` over all slots. */
  error = 0;
  private readonly walks: Excursions;
  private readonly slots: number;
  private readonly fresh: readonly Float64Array[];
  private readonly classes: HistoryClasses[];
  private readonly chances: Float64Array;

  constructor(
    walks: Excursions,
    process: BlockProcess,
    fresh: readonly Float64Array[],
    nearness: { finest: number; widest: number },
  ) {
    this.walks = walks;
    this.slots = process.slots;
    this.fresh = fresh;
    this.guesses = noGuesses(process.slots);
    this.chances = new Float64Array(walks.arms);
    this.classes = fresh.map(() => new HistoryClasses(walks.steps, nearness));
    this.classes[0]!.add(fresh[0]!, 0);
  }

  /** @returns false if it takes more than the effort */
  run(effort: Effort): boolean {
    const { walks, fresh, classes } = this;
    const costOfGroup = walks.chances.length + 100 * walks.steps;
    const last = fresh.length - 1;
    const step = this.slots / last;
    const here = new Float64Array(walks.steps);
    const there = new Float64Array(walks.steps);
    for (let at = 0; at < last; at += 1) {
      const groups = classes[at]!;
      effort.work -= groups.size * costOfGroup;
      if (effort.work < 0) return false;
      for (let group = 0; group < groups.size; group += 1) {
        groups.copyEnds(group, here);
        const spread = groups.spread(group);
        this.guessAlongWalks(here, at * step, spread);
        for (let toReturn = 1; toReturn <= walks.steps && at + toReturn < last; toReturn += 1) {
          const shrinking = this.comeBack(here, toReturn, fresh[at + toReturn]!, there);
          const newSpread = spread * Math.min(1, shrinking * Math.exp(spread));
          let mass = 0;
          for (const probability of there) mass += probability;
          if (mass >= NEGLIGIBLE) classes[at + toReturn]!.add(there, newSpread);
          else this.error += mass * this.slots;
        }
      }
      groups.clear();
    }
    return true;
  }

  /** Adds the guesses of a group of histories until the counts are in the ratio again. */
  private guessAlongWalks(here: Float64Array, from: number, spread: number): void {
    const { walks, chances } = this;
    const { arms, steps } = walks;
    let index = 0;
    for (let cell = 0; cell < walks.cells.length; cell += 1) {
      for (let arm = 0; arm < arms; arm += 1) {
        let chance = 0;
        for (let end = 0; end < steps; end += 1) chance += here[end]! * walks.chances[index++]!;
        chances[arm] = chance;
      }
      addGuess(this.guesses, from + walks.cells[cell]!.place, chances);
      if (spread > 0) this.boundError(here, cell, spread);
    }
  }

  /**
   * Adds a bound for the error of `best` that comes from grouping histories whose vectors are not exactly proportional.
   * For each member, the ratio of the chances of two arms is within a factor of e^spread of the group's ratio. If no
   * other arm is so near to the likeliest one, or if no end of the block can make another arm likelier, all members make
   * the same guess, and there is no error.
   */
  private boundError(here: Float64Array, cell: number, spread: number): void {
    const { walks, chances } = this;
    const { arms, steps } = walks;
    let top = 0;
    for (let arm = 1; arm < arms; arm += 1) if (chances[arm]! > chances[top]!) top = arm;
    const widening = Math.exp(spread);
    let worst = 0;
    for (let arm = 0; arm < arms; arm += 1) {
      const excess = chances[arm]! * widening - chances[top]!;
      if (arm === top || excess <= worst) continue;
      const ofArm = (cell * arms + arm) * steps;
      const ofTop = (cell * arms + top) * steps;
      for (let end = 0; end < steps; end += 1) {
        if (here[end]! > 0 && walks.chances[ofArm + end]! > walks.chances[ofTop + end]!) {
          worst = excess;
          break;
        }
      }
    }
    this.error += worst;
  }

  /**
   * The group's vector if the counts are in the ratio again after so many steps. Either the current block continues, or
   * it ends there and the next one starts.
   *
   * @param there receives the vector
   * @returns the factor by which distances shrink, without the factor e^distance: one of the old entries is mixed into
   *   all others, and the remaining part of their distances is their greatest share in the mixture
   */
  private comeBack(
    here: Float64Array,
    toReturn: number,
    fresh: Float64Array,
    there: Float64Array,
  ): number {
    const { steps } = this.walks;
    const returns = this.walks.returns[toReturn]!;
    const ended = here[toReturn - 1]! * returns[toReturn]!;
    let greatest = 0;
    for (let end = 1; end <= steps; end += 1) {
      const before = toReturn + end;
      const goesOn = before <= steps ? here[before - 1]! * returns[before]! : 0;
      const next = goesOn + ended * fresh[end - 1]!;
      there[end - 1] = next;
      if (goesOn > 0) greatest = Math.max(greatest, goesOn / next);
    }
    return greatest;
  }
}
