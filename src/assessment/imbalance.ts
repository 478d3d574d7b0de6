import { type Allocation, type BlockProcess, fullBlock } from './block-process.ts';

/** How far the arms' numbers are from their shares in a stratum, after 0, 1, 2, … slots. */
export interface StratumImbalance {
  /** Per arm: how far its number can be above its share of the slots so far. */
  readonly above: readonly Float64Array[];
  /** Per arm: how far it can be below. */
  readonly below: readonly Float64Array[];
  /** Per arm: the variance of its number. */
  readonly variance: readonly Float64Array[];
}

/**
 * The imbalance of a stratum. After j slots of a block of B slots that has an arm f times, the arm's number in the block
 * is hypergeometric: from max(0, j - (B - f)) to min(f, j), with the mean j f/B, which is its share, and the variance
 * j (f/B) (1 - f/B) (B - j) / (B - 1). All blocks that are possible there have the same mean, so their variances are
 * averaged.
 */
export function stratumImbalance(allocation: Allocation, process: BlockProcess): StratumImbalance {
  const { ratio, unit } = allocation;
  const perArm = () => ratio.map(() => new Float64Array(process.slots + 1));
  const [above, below, variance] = [perArm(), perArm(), perArm()];
  for (const { start, size, probability } of process.possible) {
    const full = fullBlock(allocation, size);
    for (let place = 1; place < size; place += 1) {
      const at = start + place;
      for (let arm = 0; arm < ratio.length; arm += 1) {
        const share = ratio[arm]! / unit;
        const most = Math.min(full[arm]!, place) - place * share;
        const least = place * share - Math.max(0, place - (size - full[arm]!));
        above[arm]![at] = Math.max(above[arm]![at]!, most);
        below[arm]![at] = Math.max(below[arm]![at]!, least);
        variance[arm]![at]! +=
          (probability * place * share * (1 - share) * (size - place)) / (size - 1);
      }
    }
  }
  return { above, below, variance };
}

/** A distribution over consecutive whole numbers. */
export interface Counts {
  readonly least: number;
  readonly chances: readonly number[];
}

/** An arm's number in a stratum after 0, 1, 2, … slots. */
export function armCounts(allocation: Allocation, process: BlockProcess, arm: number): Counts[] {
  const share = allocation.ratio[arm]! / allocation.unit;
  const sums = Array.from({ length: process.slots + 1 }, () => new Map<number, number>());
  const add = (at: number, count: number, chance: number) =>
    sums[at]!.set(count, (sums[at]!.get(count) ?? 0) + chance);
  for (const [at, chance] of process.boundary.entries()) {
    if (chance > 0) add(at, Math.round(at * share), chance);
  }
  const inBlock = new Map<number, Counts[]>();
  for (const { start, size, probability } of process.possible) {
    const places = inBlock.get(size) ?? hypergeometrics(size, Math.round(size * share));
    inBlock.set(size, places);
    for (let place = 1; place < size; place += 1) {
      const { least, chances } = places[place]!;
      for (const [index, chance] of chances.entries()) {
        add(start + place, Math.round(start * share) + least + index, probability * chance);
      }
    }
  }
  return sums.map((sum) => {
    const least = Math.min(...sum.keys());
    const chances = new Array<number>(Math.max(...sum.keys()) - least + 1).fill(0);
    for (const [count, chance] of sum) chances[count - least] = chance;
    return { least, chances };
  });
}

/** Probabilities below this are left out: they would only take time. */
const NEGLIGIBLE = 1e-20;

/** The number of marked slots among the first 0, 1, … of a block, each from the one before. */
function hypergeometrics(size: number, marked: number): Counts[] {
  const all: Counts[] = [{ least: 0, chances: [1] }];
  for (let place = 0; place < size; place += 1) {
    const { least, chances } = all[place]!;
    const next = new Array<number>(chances.length + 1).fill(0);
    for (const [index, chance] of chances.entries()) {
      const left = marked - least - index;
      next[index + 1]! += (chance * left) / (size - place);
      next[index]! += (chance * (size - place - left)) / (size - place);
    }
    const first = next.findIndex((chance) => chance > NEGLIGIBLE);
    const last = next.findLastIndex((chance) => chance > NEGLIGIBLE);
    all.push({ least: least + first, chances: next.slice(first, last + 1) });
  }
  return all;
}
