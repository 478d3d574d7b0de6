import { type Allocation, type BlockProcess, fullBlock, stepOf } from './block-process.ts';

/**
 * How many different sequences of arms the list of a stratum can have. With several block sizes, a sequence can be cut
 * into blocks in several ways; it is counted once. From one place where the counts are in the ratio to the next, only the
 * set of places at which the current block can end makes a difference. (Sets are bits: bit i means i + 1 steps from here.)
 *
 * @returns undefined if there are more than `mostSets` such sets, over all places
 */
export function countLists(
  allocation: Allocation,
  process: BlockProcess,
  mostSets: number,
): bigint | undefined {
  const { blocks } = allocation;
  if (blocks.length === 1) {
    const size = blocks[0]!.size;
    return arrangements(fullBlock(allocation, size)) ** BigInt(process.slots / size);
  }
  const step = stepOf(allocation);
  const steps = Math.max(...blocks.map(({ size }) => size)) / step;
  const walks = firstReturns(fullBlock(allocation, step), steps);
  const last = process.slots / step;
  const counts = Array.from({ length: last + 1 }, () => new Map<bigint, bigint>());
  counts[0]!.set(freshEnds(blocks, process, 0, step), 1n);
  let sets = 0;
  for (let at = 0; at < last; at += 1) {
    sets += counts[at]!.size;
    if (sets > mostSets) return undefined;
    for (const [ends, count] of counts[at]!) {
      for (let toReturn = 1; toReturn <= steps; toReturn += 1) {
        const ahead = ends >> BigInt(toReturn - 1);
        if (ahead === 0n) break;
        const there = at + toReturn;
        const goOn = ahead >> 1n;
        const mayEnd = (ahead & 1n) === 1n;
        const after = mayEnd ? goOn | freshEnds(blocks, process, there * step, step) : goOn;
        counts[there]!.set(after, (counts[there]!.get(after) ?? 0n) + count * walks[toReturn]!);
      }
    }
    counts[at]!.clear();
  }
  return counts[last]!.get(0n)!;
}

/** How many ways there are to make a list of a stratum from blocks: an upper bound for `countLists`. */
export function countCuttings(allocation: Allocation, process: BlockProcess): bigint {
  const counts = Array.from({ length: process.slots + 1 }, () => 0n);
  counts[0] = 1n;
  const orders = new Map(
    allocation.blocks.map(({ size }) => [size, arrangements(fullBlock(allocation, size))]),
  );
  for (const { start, size } of process.possible) {
    counts[start + size]! += counts[start]! * orders.get(size)!;
  }
  return counts[process.slots]!;
}

/** The possible ends of a block that starts there. */
function freshEnds(
  blocks: Allocation['blocks'],
  process: BlockProcess,
  start: number,
  step: number,
): bigint {
  const chances = process.sizeChances(process.slots - start);
  return blocks.reduce(
    (ends, { size }, index) =>
      chances[index]! > 0 ? ends | (1n << BigInt(size / step - 1)) : ends,
    0n,
  );
}

/** For each number of steps, how many walks are in the ratio after them, and not before. */
function firstReturns(step: readonly number[], steps: number): bigint[] {
  const all = Array.from({ length: steps + 1 }, (_, n) => arrangements(step.map((s) => s * n)));
  const first: bigint[] = [0n];
  for (let n = 1; n <= steps; n += 1) {
    let count = all[n]!;
    for (let sooner = 1; sooner < n; sooner += 1) count -= first[sooner]! * all[n - sooner]!;
    first.push(count);
  }
  return first;
}

/** The number of different orders of so many of each arm: the multinomial coefficient. */
function arrangements(counts: readonly number[]): bigint {
  let orders = 1n;
  let places = 0n;
  for (const count of counts) {
    for (let n = 1n; n <= BigInt(count); n += 1n) {
      places += 1n;
      orders = (orders * places) / n;
    }
  }
  return orders;
}

/** log2, also of numbers that are too large for floating point. */
export function log2(value: bigint): number {
  const digits = value.toString(16);
  const beyond = Math.max(0, digits.length - 13);
  return 4 * beyond + Math.log2(Number.parseInt(digits.slice(0, 13), 16));
}
