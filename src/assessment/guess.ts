import type { Allocation } from './block-process.ts';

/** How well a guesser does in each slot, from the first. */
export interface Guesses {
  readonly best: Float64Array;
  /** Correct guesses of the convergence strategy. */
  readonly convergence: Float64Array;
  readonly certain: Float64Array;
  /** The conditional entropy of the next arm, in bits, given what the guesser knows. */
  readonly entropy: Float64Array;
}

export function noGuesses(places: number): Guesses {
  return {
    best: new Float64Array(places),
    convergence: new Float64Array(places),
    certain: new Float64Array(places),
    entropy: new Float64Array(places),
  };
}

/**
 * Adds the figures of a guesser in one state of knowledge.
 *
 * @param chances per arm: the probability of this state, and that this arm is next
 */
export function addGuess(to: Guesses, place: number, chances: Float64Array): void {
  let total = 0;
  let greatest = 0;
  let possible = 0;
  let entropy = 0;
  for (const chance of chances) {
    if (chance === 0) continue;
    total += chance;
    possible += 1;
    if (chance > greatest) greatest = chance;
  }
  if (possible === 0) return;
  if (possible === 1) to.certain[place]! += total;
  else {
    for (const chance of chances) {
      if (chance > 0) entropy += chance * Math.log2(total / chance);
    }
  }
  to.best[place]! += greatest;
  to.entropy[place]! += entropy;
}

/**
 * Adds the correct guesses of the convergence strategy. It names the arm with the smallest number, divided by its
 * share; ties are broken by a fair coin. Earlier blocks are in the ratio and make no difference.
 *
 * @param counts of each arm so far in the block
 * @param chances as in `addGuess`
 */
export function addConvergence(
  to: Guesses,
  place: number,
  ratio: Allocation['ratio'],
  counts: readonly number[],
  chances: Float64Array,
): void {
  let furthest = 0;
  let tied = 0;
  let sum = 0;
  for (let arm = 0; arm < counts.length; arm += 1) {
    const ahead = counts[arm]! * ratio[furthest]! - counts[furthest]! * ratio[arm]!;
    if (tied === 0 || ahead < 0) {
      furthest = arm;
      tied = 1;
      sum = chances[arm]!;
    } else if (ahead === 0) {
      tied += 1;
      sum += chances[arm]!;
    }
  }
  to.convergence[place]! += sum / tied;
}
