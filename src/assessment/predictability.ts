import { type Allocation, type BlockProcess, fullBlock } from './block-process.ts';
import { excursions } from './excursions.ts';
import { addConvergence, addGuess, type Guesses, noGuesses } from './guess.ts';

/**
 * How well a guesser does in a block if they know its start and end.
 *
 * @param mostCells the most combinations of the arms' counts that are computed
 * @returns undefined if there are more
 */
export function guessesInBlock(
  allocation: Allocation,
  size: number,
  mostCells: number,
): Guesses | undefined {
  const walks = excursions(fullBlock(allocation, size), 1, mostCells);
  if (walks === undefined) return undefined;
  const guesses = noGuesses(size);
  for (const [cell, { place, counts }] of walks.cells.entries()) {
    const chances = walks.chances.subarray(cell * walks.arms, (cell + 1) * walks.arms);
    addGuess(guesses, place, chances);
    addConvergence(guesses, place, allocation.ratio, counts, chances);
  }
  return guesses;
}

/**
 * How well a guesser does in a stratum if they know every boundary.
 *
 * @param inBlock the same for a block, for each block size
 */
export function guessesWithBoundaries(
  process: BlockProcess,
  inBlock: ReadonlyMap<number, Guesses>,
): Guesses {
  const guesses = noGuesses(process.slots);
  for (const { start, size, probability } of process.possible) {
    const block = inBlock.get(size)!;
    for (let place = 0; place < size; place += 1) {
      guesses.best[start + place]! += probability * block.best[place]!;
      guesses.convergence[start + place]! += probability * block.convergence[place]!;
      guesses.certain[start + place]! += probability * block.certain[place]!;
      guesses.entropy[start + place]! += probability * block.entropy[place]!;
    }
  }
  return guesses;
}
