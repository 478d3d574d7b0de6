import type { BlockSize } from '../../src/randomization/blocks.ts';
import type { CountTable } from '../../src/randomization/count-table.ts';

/** A list of one stratum with its blocks: one way in which it can come about. */
export interface PossibleList {
  readonly arms: readonly number[];
  readonly sizes: readonly number[];
  readonly probability: number;
}

/** Every order of so many of each arm. */
function orders(counts: readonly number[]): number[][] {
  if (counts.every((count) => count === 0)) return [[]];
  return counts.flatMap((count, arm) =>
    count === 0 ? [] : orders(counts.with(arm, count - 1)).map((rest) => [arm, ...rest]),
  );
}

function canFill(blocks: readonly BlockSize[], slots: number): boolean {
  return slots === 0 || blocks.some(({ size }) => size <= slots && canFill(blocks, slots - size));
}

/** Every list, written down: the blocks one after another, each in every order. */
export function everyList(
  ratio: readonly number[],
  blocks: readonly BlockSize[],
  slots: number,
): PossibleList[] {
  if (slots === 0) return [{ arms: [], sizes: [], probability: 1 }];
  const unit = ratio.reduce((a, b) => a + b);
  const candidates = blocks.filter(({ size }) => size <= slots && canFill(blocks, slots - size));
  const weights = candidates.reduce((sum, { weight }) => sum + weight, 0);
  return candidates.flatMap(({ size, weight }) => {
    const heads = orders(ratio.map((share) => (share * size) / unit));
    const tails = everyList(ratio, blocks, slots - size);
    return heads.flatMap((head) =>
      tails.map((tail) => ({
        arms: [...head, ...tail.arms],
        sizes: [size, ...tail.sizes],
        probability: ((weight / weights) * tail.probability) / heads.length,
      })),
    );
  });
}

/** Every list that a table of two arms or more can give, written down: all of a stratum is one block. */
export function everyListByCounts({ ratio, places }: CountTable): PossibleList[] {
  const last = ratio.length - 1;
  const go = (place: number, counts: readonly number[]): Omit<PossibleList, 'sizes'>[] => {
    if (place === places.length) return [{ arms: [], probability: 1 }];
    const row = places[place]!.find(
      (one) => one.slice(0, last).join() === counts.slice(0, last).join(),
    )!;
    const own = row.slice(last).map((chance) => chance / 2 ** 32);
    const chances = [...own, 1 - own.reduce((a, b) => a + b, 0)];
    return chances.flatMap((chance, arm) =>
      chance === 0
        ? []
        : go(place + 1, counts.with(arm, counts[arm]! + 1)).map((tail) => ({
            arms: [arm, ...tail.arms],
            probability: chance * tail.probability,
          })),
    );
  };
  return go(
    0,
    ratio.map(() => 0),
  ).map((one) => ({ ...one, sizes: [places.length] }));
}

/** Block sizes of equal weight. */
export function equally(...sizes: number[]): BlockSize[] {
  return sizes.map((size) => ({ size, weight: 1 }));
}
