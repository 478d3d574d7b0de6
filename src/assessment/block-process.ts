import { type BlockSize, blockUnit, fillableSlots, lowestTerms } from '../randomization/blocks.ts';
import { counted } from '../words.ts';

/** The arms' shares and the block sizes of a design. */
export interface Allocation {
  /** Each arm's share, whole, in lowest terms; 0 if the strata do not have the arm. */
  readonly ratio: readonly number[];
  /** The sum of `ratio`: the smallest possible block. */
  readonly unit: number;
  /** Ascending; each size is a multiple of `unit`. */
  readonly blocks: readonly BlockSize[];
}

export function allocationOf(shares: readonly number[], blocks: readonly BlockSize[]): Allocation {
  const ratio = lowestTerms(shares);
  return { ratio, unit: blockUnit(ratio), blocks };
}

/** The same without the arms that its strata do not have, for figures that are not of single arms. */
export function ofItsArms({ ratio, unit, blocks }: Allocation): Allocation {
  return { ratio: ratio.filter((share) => share > 0), unit, blocks };
}

/** How often each arm is in a block of a size. */
export function fullBlock({ ratio, unit }: Allocation, size: number): number[] {
  return ratio.map((share) => (share * size) / unit);
}

/** The greatest number of slots that divides every block size: blocks end at multiples of it. */
export function stepOf({ blocks }: Allocation): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return blocks.reduce((step, { size }) => divisor(step, size), 0);
}

/** A possible block of a stratum, whatever comes before and after it. */
export interface PossibleBlock {
  /** The number of slots before it. */
  readonly start: number;
  readonly size: number;
  /** The probability that the stratum's list has this block. */
  readonly probability: number;
}

/** The probabilities of a stratum's blocks, which are drawn one after another (docs/ALGORITHM.md, 5). */
export interface BlockProcess {
  readonly slots: number;
  /** Every block with a probability above 0, by start and then size, ascending. */
  readonly possible: readonly PossibleBlock[];
  /** After each number of slots, from 0: the probability that a block ends there. */
  readonly boundary: Float64Array;
  /** Per size of the plan: the probability that the next block has this size if `left` slots are left. */
  sizeChances(left: number): readonly number[];
}

/**
 * The renewal probabilities of a stratum's blocks.
 *
 * @throws Error if whole blocks cannot fill the slots
 */
export function blockProcess(blocks: readonly BlockSize[], slots: number): BlockProcess {
  const sizes = blocks.map((block) => block.size);
  const fillable = fillableSlots(sizes, slots);
  if (fillable[slots] !== 1) throw new Error(`whole blocks cannot fill ${counted(slots, 'slot')}`);
  const sizeChances = (left: number) => {
    const weights = blocks.map(({ size, weight }) =>
      size <= left && fillable[left - size] === 1 ? weight : 0,
    );
    const total = weights.reduce((a, b) => a + b, 0);
    return total === 0 ? weights : weights.map((weight) => weight / total);
  };

  const boundary = new Float64Array(slots + 1);
  boundary[0] = 1;
  const possible: PossibleBlock[] = [];
  for (let start = 0; start < slots; start += 1) {
    if (boundary[start] === 0) continue;
    for (const [index, chance] of sizeChances(slots - start).entries()) {
      if (chance === 0) continue;
      const size = sizes[index]!;
      const probability = boundary[start]! * chance;
      possible.push({ start, size, probability });
      boundary[start + size]! += probability;
    }
  }
  return { slots, possible, boundary, sizeChances };
}
