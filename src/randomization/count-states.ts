import { blockUnit } from './blocks.ts';

/** A number of participants, exactly: `numerator / denominator`. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** A fraction as a number. */
export function valueOf({ numerator, denominator }: Fraction): number {
  return numerator / denominator;
}

/** The arms' numbers after some participants of a stratum, and what can follow. */
export interface CountState {
  /** In the order of the arms. */
  readonly counts: readonly number[];
  /** Per arm: which state of the next place follows if the next participant gets it; undefined if none does. */
  readonly next: readonly (number | undefined)[];
}

/**
 * All numbers that the arms of a stratum can have while none is farther from its share of the participants so far than a
 * bound, and from which all are exactly in the ratio at the end.
 *
 * @param ratio the arms' shares, positive and in lowest terms
 * @param slots a multiple of the sum of the shares
 * @param largest the bound: the largest |number of an arm - its share of the participants so far|
 * @param most how many states there can be
 * @returns per number of participants, from 0 to all: the states, ascending; undefined if there are more than `most`. There
 *   is none at all if the bound is too small for any list
 */
export function countStates(
  ratio: readonly number[],
  slots: number,
  largest: Fraction,
  most = Infinity,
): CountState[][] | undefined {
  const unit = blockUnit(ratio);
  const isEnd = (counts: readonly number[]) =>
    counts.every((count, arm) => count * unit === slots * ratio[arm]!);

  let found = 1;
  const places: (readonly number[])[][] = [[ratio.map(() => 0)]];
  for (let place = 1; place <= slots; place += 1) {
    const here = new Map<string, readonly number[]>();
    for (const counts of places[place - 1]!) {
      for (const [arm, count] of counts.entries()) {
        const after = counts.with(arm, count + 1);
        const isPossible = place === slots ? isEnd(after) : isWithin(ratio, after, place, largest);
        if (isPossible) here.set(after.join(), after);
      }
    }
    found += here.size;
    if (found > most) return undefined;
    places.push([...here.values()].sort(ascending));
  }
  return withWaysToTheEnd(places);
}

/** Whether no arm is farther from its share of the participants so far than a bound. */
export function isWithin(
  ratio: readonly number[],
  counts: readonly number[],
  participants: number,
  largest: Fraction,
): boolean {
  const unit = blockUnit(ratio);
  return counts.every((count, arm) => {
    const distance = Math.abs(count * unit - participants * ratio[arm]!);
    return distance * largest.denominator <= largest.numerator * unit;
  });
}

/** The states from which the end is reached, each with what follows it. */
function withWaysToTheEnd(places: readonly (readonly (readonly number[])[])[]): CountState[][] {
  let following = new Map<string, number>();
  return places
    .toReversed()
    .map((some, fromEnd) => {
      const states = some.flatMap((counts): CountState[] => {
        const next = counts.map((count, arm) => following.get(counts.with(arm, count + 1).join()));
        return fromEnd > 0 && next.every((one) => one === undefined) ? [] : [{ counts, next }];
      });
      following = new Map(states.map(({ counts }, index) => [counts.join(), index]));
      return states;
    })
    .reverse();
}

function ascending(a: readonly number[], b: readonly number[]): number {
  const arm = a.findIndex((count, index) => count !== b[index]);
  return a[arm]! - b[arm]!;
}
