import { blockUnit } from '../randomization/blocks.ts';
import { countStates, type Fraction } from '../randomization/count-states.ts';
import { type ReachedCounts, walkOverCounts } from '../randomization/walk-over-counts.ts';

/** The figures of a procedure whose chances depend on the arms' numbers alone, for one stratum. */
export interface CountFigures {
  /** Correct guesses of the best guesser, per assignment. */
  readonly best: number;
  /** The largest |number of an arm - its share of the participants so far|, in participants. */
  readonly largestImbalance: number;
  /** The largest |probability of an arm at a place - its share|. */
  readonly fromRatio: number;
  /** The probability that all arms are in the ratio at the end. */
  readonly balancedAtEnd: number;
}

/** The chances of the next arm. @param counts the arms' numbers so far @param place how many participants these are */
type ChancesAfter = (counts: readonly number[], place: number) => readonly number[];

/**
 * The maximal procedure of Berger, Ivanova and Knoll (2003): every list that stays within a bound and ends in the ratio
 * is equally likely. So the next arm has the share of the lists that go on with it.
 *
 * @param ratio the arms' shares, positive and in lowest terms
 * @param most how many states there can be
 * @returns undefined if no list stays within the bound, or if there are more states
 */
export function maximalProcedure(
  ratio: readonly number[],
  slots: number,
  largest: Fraction,
  most = Infinity,
): CountFigures | undefined {
  const states = countStates(ratio, slots, largest, most);
  if (states === undefined || states[0]!.length === 0) return undefined;
  // How many lists there are from each state to the end, as shares of the most at its place: the numbers are too large.
  const chances = new Map<string, readonly number[]>();
  let lists = states[slots]!.map(() => 1);
  for (let place = slots - 1; place >= 0; place -= 1) {
    const counted = states[place]!.map(({ counts, next }) => {
      const goOn = next.map((one) => (one === undefined ? 0 : lists[one]!));
      const total = goOn.reduce((a, b) => a + b, 0);
      chances.set(
        counts.join(),
        goOn.map((one) => one / total),
      );
      return total;
    });
    const greatest = Math.max(...counted);
    lists = counted.map((count) => count / greatest);
  }
  return figuresOf(ratio, slots, (counts) => chances.get(counts.join())!);
}

/**
 * The block urn design of Zhao and Weng (2011): balls are drawn without being put back, from an urn with each arm's share
 * times a factor; whenever the balls outside are a whole set in the ratio, that set is put back.
 *
 * @param factor how many sets the urn has at first; from 1, which is permuted blocks of the smallest size
 */
export function blockUrn(ratio: readonly number[], slots: number, factor: number): CountFigures {
  const unit = blockUnit(ratio);
  return figuresOf(ratio, slots, (counts, place) => {
    const sets = factor + Math.min(...counts.map((count, arm) => Math.floor(count / ratio[arm]!)));
    return counts.map((count, arm) => (sets * ratio[arm]! - count) / (sets * unit - place));
  });
}

function figuresOf(
  ratio: readonly number[],
  slots: number,
  chancesAfter: ChancesAfter,
): CountFigures {
  const unit = blockUnit(ratio);
  let atEnd: readonly ReachedCounts[] = [];
  let [best, largestImbalance, fromRatio] = [0, 0, 0];
  for (const { before, taken, after } of walkOverCounts(ratio.length, slots, chancesAfter)) {
    for (const { probability, chances } of before) best += probability * Math.max(...chances);
    for (const [arm, share] of ratio.entries()) {
      const marginal = before.reduce((sum, one) => sum + one.probability * one.chances[arm]!, 0);
      fromRatio = Math.max(fromRatio, Math.abs(marginal - share / unit));
      for (const { counts } of after) {
        const distance = Math.abs(counts[arm]! - (taken * share) / unit);
        largestImbalance = Math.max(largestImbalance, distance);
      }
    }
    atEnd = after;
  }
  const end = ratio.map((share) => (slots * share) / unit).join();
  const balancedAtEnd = atEnd.find(({ counts }) => counts.join() === end)?.probability ?? 0;
  return { best: best / slots, largestImbalance, fromRatio, balancedAtEnd };
}
