import { drawBlockSizes, drawPermutedBlock } from '../randomization/blocks.ts';
import { openStream, type Purpose, SEED_BYTES, type Stream } from '../randomization/generator.ts';
import { type Allocation, type BlockProcess, fullBlock, stepOf } from './block-process.ts';
import { addConvergence, addGuess, type Guesses, noGuesses } from './guess.ts';

export interface SimulatedGuesses {
  readonly guesses: Guesses;
  /** The standard error of the mean over all slots. */
  readonly standardError: { readonly best: number; readonly certain: number };
}

/** A stream with always the same draws. A study's id has no spaces, so no real list uses this stream. */
export function simulationStream(purpose: Purpose, what: string): Stream {
  const study = 'assessment of a plan';
  const name = { domain: 'dummy', study, batch: 0, purpose, stratum: what } as const;
  return openStream(new Uint8Array(SEED_BYTES), name);
}

/**
 * How well a guesser does along drawn lists if they know the sizes and their weights and have seen every earlier
 * assignment. For each slot it adds not whether the guess was right, but its probability given the history.
 */
export function simulateGuesses(
  allocation: Allocation,
  process: BlockProcess,
  lists: number,
): SimulatedGuesses {
  const { slots } = process;
  const sizes = simulationStream('block sizes', `${slots} slots`);
  const permutations = simulationStream('permutations', `${slots} slots`);
  const sum = noGuesses(slots);
  const perList: { best: number; certain: number }[] = [];
  for (let list = 0; list < lists; list += 1) {
    const arms = drawArms(allocation, slots, sizes, permutations);
    const ofList = noGuesses(slots);
    guessAlong(ofList, allocation, process, arms);
    for (const figure of ['best', 'convergence', 'certain', 'entropy'] as const) {
      for (let place = 0; place < slots; place += 1) sum[figure][place]! += ofList[figure][place]!;
    }
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / slots;
    perList.push({ best: mean(ofList.best), certain: mean(ofList.certain) });
  }
  const average = (values: Float64Array) => values.map((value) => value / lists);
  return {
    guesses: {
      best: average(sum.best),
      convergence: average(sum.convergence),
      certain: average(sum.certain),
      entropy: average(sum.entropy),
    },
    standardError: {
      best: standardErrorOf(perList.map(({ best }) => best)),
      certain: standardErrorOf(perList.map(({ certain }) => certain)),
    },
  };
}

function drawArms(
  { ratio, blocks }: Allocation,
  slots: number,
  sizes: Stream,
  permutations: Stream,
): number[] {
  const drawn = drawBlockSizes(blocks, slots, sizes);
  return drawn.flatMap((size) => drawPermutedBlock(ratio, size, permutations));
}

/**
 * Follows one list. `ends` has, per number of steps from the last place where the counts were in the ratio, the
 * probability that the current block ends there, given the history.
 */
function guessAlong(
  to: Guesses,
  allocation: Allocation,
  process: BlockProcess,
  arms: readonly number[],
): void {
  const step = stepOf(allocation);
  const perStep = fullBlock(allocation, step);
  const sizes = allocation.blocks.map(({ size }) => size);
  const steps = Math.max(...sizes) / step;
  const fresh = (left: number) => {
    const ends = new Array<number>(steps).fill(0);
    const chances = process.sizeChances(left);
    for (const [index, size] of sizes.entries()) ends[size / step - 1] = chances[index]!;
    return ends;
  };
  let ends = fresh(process.slots);
  let counts = perStep.map(() => 0);
  let since = 0;
  for (const [place, arm] of arms.entries()) {
    const chances = Float64Array.from(perStep, (each, other) =>
      ends.reduce((chance, probability, index) => {
        const left = (index + 1) * each - counts[other]!;
        return probability === 0 || left <= 0
          ? chance
          : chance + (probability * left) / ((index + 1) * step - since);
      }, 0),
    );
    addGuess(to, place, chances);
    addConvergence(to, place, allocation.ratio, counts, chances);
    ends = ends.map((probability, index) => {
      const left = (index + 1) * perStep[arm]! - counts[arm]!;
      return probability === 0 || left <= 0
        ? 0
        : (probability * left) / ((index + 1) * step - since) / chances[arm]!;
    });
    counts = counts.with(arm, counts[arm]! + 1);
    since += 1;
    const passed = since / step;
    if (
      Number.isInteger(passed) &&
      counts.every((count, other) => count === passed * perStep[other]!)
    ) {
      const ended = ends[passed - 1]!;
      const next = fresh(process.slots - place - 1);
      ends = next.map((chance, index) => (ends[index + passed] ?? 0) + ended * chance);
      counts = perStep.map(() => 0);
      since = 0;
    }
  }
}

export function standardErrorOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
