import { blockUnit, greatestCommonDivisor } from '../study/sections/arms.ts';
import { counted } from '../words.ts';
import type { Stream } from './generator.ts';

export { blockUnit };

/** A block size of a plan, with its weight among the plan's sizes. */
export interface BlockSize {
  readonly size: number;
  /** Whole and positive. The weights of all sizes are in lowest terms, so equal weights are 1. */
  readonly weight: number;
}

/** Block sizes, ascending, with their weights in lowest terms. Without weights all are equally likely. */
export function weighted(sizes: readonly number[], weights?: readonly number[]): BlockSize[] {
  const lowest = lowestTerms(weights ?? sizes.map(() => 1));
  return sizes
    .map((size, index) => ({ size, weight: lowest[index]! }))
    .sort((a, b) => a.size - b.size);
}

/**
 * The numbers of slots that whole blocks of the given sizes fill exactly.
 *
 * @param sizes block sizes, whole and positive
 * @param most the largest number of slots in the table
 * @returns a table: 1 at index n if n slots can be filled, else 0; index 0 counts as filled
 */
export function fillableSlots(sizes: readonly number[], most: number): Uint8Array {
  const fillable = new Uint8Array(most + 1);
  fillable[0] = 1;
  for (let slots = 1; slots <= most; slots += 1) {
    if (sizes.some((size) => fillable[slots - size] === 1)) fillable[slots] = 1;
  }
  return fillable;
}

/**
 * Draws the sizes of a stratum's blocks. Each is drawn by weight from the sizes after which whole blocks can
 * still fill the remaining slots (docs/ALGORITHM.md, 5). So the last block is never cut, and no draw is
 * discarded.
 *
 * @param blocks the plan's block sizes, ascending
 * @param slots the stratum's slots, which whole blocks can fill
 */
export function drawBlockSizes(
  blocks: readonly BlockSize[],
  slots: number,
  stream: Stream,
): number[] {
  const fillable = fillableSlots(
    blocks.map(({ size }) => size),
    slots,
  );
  const drawn: number[] = [];
  for (let left = slots; left > 0;) {
    // No block is larger than what is left: the table has nothing below 0.
    const candidates = blocks.filter(({ size }) => fillable[left - size] === 1);
    let place = stream.integerBelow(candidates.reduce((sum, { weight }) => sum + weight, 0));
    const block = candidates.find(({ weight }) => (place -= weight) < 0);
    if (block === undefined) throw new Error(`whole blocks cannot fill ${counted(slots, 'slot')}`);
    drawn.push(block.size);
    left -= block.size;
  }
  return drawn;
}

/**
 * Draws one permuted block: each arm as often as the ratio says, in a uniformly random order
 * (Fisher and Yates' shuffle, from the end; docs/ALGORITHM.md, 6).
 *
 * @param ratio each arm's share, in lowest terms
 * @param size a multiple of the sum of the ratio
 * @returns for each place of the block the index of its arm in `ratio`
 */
export function drawPermutedBlock(
  ratio: readonly number[],
  size: number,
  stream: Stream,
): number[] {
  const repeats = size / blockUnit(ratio);
  const block: number[] = [];
  for (const [arm, share] of ratio.entries()) {
    for (let place = 0; place < share * repeats; place += 1) block.push(arm);
  }
  for (let last = block.length - 1; last > 0; last -= 1) {
    const other = stream.integerBelow(last + 1);
    const arm = block[last]!;
    block[last] = block[other]!;
    block[other] = arm;
  }
  return block;
}

/** The ratio in lowest terms: 4:2 is 2:1. */
export function lowestTerms(ratio: readonly number[]): number[] {
  const divisor = ratio.reduce((a, b) => greatestCommonDivisor(a, b), 0);
  return ratio.map((share) => share / divisor);
}
