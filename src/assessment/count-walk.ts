import { CHANCES, type CountTable, rowChances } from '../randomization/count-table.ts';
import { type PlaceOfCounts, walkOverCounts } from '../randomization/walk-over-counts.ts';
import { addConvergence, addGuess, type Guesses, noGuesses } from './guess.ts';
import type { Counts, StratumImbalance } from './imbalance.ts';

/** The walk of the arms' numbers through a stratum whose arms are drawn by them. */
export interface CountWalk {
  /** The shares of all arms, in lowest terms; 0 if the stratum does not have the arm. */
  readonly ratio: readonly number[];
  readonly slots: number;
  /** Per place, from the first: what can be there, about the arms that have a share. */
  readonly places: readonly PlaceOfCounts['before'][];
}

export function countWalk({ ratio, slots, places }: CountTable): CountWalk {
  const arms = ratio.filter((share) => share > 0).length;
  const walk = walkOverCounts(arms, slots, (counts, place) => {
    const whole = rowChances(places[place]!, counts);
    if (whole === undefined) throw new Error('the table lacks numbers that are reached');
    return whole.map((one) => one / CHANCES);
  });
  return { ratio, slots, places: Array.from(walk, ({ before }) => before) };
}

/** How well a guesser does who knows the chances and has seen every earlier assignment. */
export function guessesOfWalk({ ratio, slots, places }: CountWalk): Guesses {
  const guesses = noGuesses(slots);
  const shares = ratio.filter((share) => share > 0);
  for (const [place, reached] of places.entries()) {
    for (const { counts, probability, chances } of reached) {
      const each = Float64Array.from(chances, (chance) => chance * probability);
      addGuess(guesses, place, each);
      addConvergence(guesses, place, shares, counts, each);
    }
  }
  return guesses;
}

/** How far the arms' numbers are from their shares. */
export function imbalanceOfWalk(walk: CountWalk): StratumImbalance {
  const unit = walk.ratio.reduce((a, b) => a + b, 0);
  const perArm = () => walk.ratio.map(() => new Float64Array(walk.slots + 1));
  const [above, below, variance] = [perArm(), perArm(), perArm()];
  for (const [arm, share] of walk.ratio.entries()) {
    for (const [place, { least, chances }] of countsOfWalk(walk, arm).entries()) {
      for (const [index, chance] of chances.entries()) {
        if (chance === 0) continue;
        const distance = least + index - (place * share) / unit;
        above[arm]![place] = Math.max(above[arm]![place]!, distance);
        below[arm]![place] = Math.max(below[arm]![place]!, -distance);
        variance[arm]![place]! += chance * distance ** 2;
      }
    }
  }
  return { above, below, variance };
}

/** An arm's number after 0, 1, 2, … slots. */
export function countsOfWalk({ ratio, slots, places }: CountWalk, arm: number): Counts[] {
  const unit = ratio.reduce((a, b) => a + b, 0);
  if (ratio[arm] === 0)
    return Array.from({ length: slots + 1 }, () => ({ least: 0, chances: [1] }));
  const own = ratio.slice(0, arm).filter((share) => share > 0).length;
  const atEnd = { least: (slots * ratio[arm]!) / unit, chances: [1] };
  const before = places.map((reached): Counts => {
    const numbers = reached.map(({ counts }) => counts[own]!);
    const least = Math.min(...numbers);
    const chances = new Array<number>(Math.max(...numbers) - least + 1).fill(0);
    for (const { counts, probability } of reached) chances[counts[own]! - least]! += probability;
    return { least, chances };
  });
  return [...before, atEnd];
}

/** How many different lists there are. */
export function listsOfWalk({ places }: CountWalk): bigint {
  let ways = new Map<string, bigint>();
  for (const reached of places) {
    const after = new Map<string, bigint>();
    for (const { counts, chances } of reached) {
      const own = ways.get(counts.join()) ?? 1n;
      for (const [arm, chance] of chances.entries()) {
        if (chance === 0) continue;
        const key = counts.with(arm, counts[arm]! + 1).join();
        after.set(key, (after.get(key) ?? 0n) + own);
      }
    }
    ways = after;
  }
  return [...ways.values()].reduce((a, b) => a + b, 0n);
}

/**
 * How often an arm comes right after another one: the sum of the probabilities over all places but the last.
 *
 * @returns per arm, and per arm after it, in the order of all arms
 */
export function successionsOfWalk({ ratio, places }: CountWalk): number[][] {
  const place = ratio.map((share, arm) =>
    share === 0 ? undefined : ratio.slice(0, arm).filter((one) => one > 0).length,
  );
  const sums = ratio.map(() => ratio.map(() => 0));
  for (const [index, reached] of places.slice(0, -1).entries()) {
    const following = new Map(places[index + 1]!.map((one) => [one.counts.join(), one.chances]));
    for (const { counts, probability, chances } of reached) {
      for (const [first, own] of place.entries()) {
        if (own === undefined || chances[own] === 0) continue;
        const next = following.get(counts.with(own, counts[own]! + 1).join())!;
        for (const [second, other] of place.entries()) {
          if (other !== undefined)
            sums[first]![second]! += probability * chances[own]! * next[other]!;
        }
      }
    }
  }
  return sums;
}
