import { blockUnit } from '../randomization/blocks.ts';
import { countStates, type Fraction } from '../randomization/count-states.ts';

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
  let here = new Map([[ratio.map(() => 0).join(), { counts: ratio.map(() => 0), probability: 1 }]]);
  let [best, largestImbalance, fromRatio] = [0, 0, 0];
  for (let place = 0; place < slots; place += 1) {
    const there: typeof here = new Map();
    const marginal = ratio.map(() => 0);
    for (const { counts, probability } of here.values()) {
      const chances = chancesAfter(counts, place);
      best += probability * Math.max(...chances);
      for (const [arm, chance] of chances.entries()) {
        if (chance === 0) continue;
        marginal[arm]! += probability * chance;
        const after = counts.with(arm, counts[arm]! + 1);
        const key = after.join();
        const known = there.get(key)?.probability ?? 0;
        there.set(key, { counts: after, probability: known + probability * chance });
      }
    }
    here = there;
    for (const [arm, share] of ratio.entries()) {
      fromRatio = Math.max(fromRatio, Math.abs(marginal[arm]! - share / unit));
      for (const { counts } of here.values()) {
        const distance = Math.abs(counts[arm]! - ((place + 1) * share) / unit);
        largestImbalance = Math.max(largestImbalance, distance);
      }
    }
  }
  const end = ratio.map((share) => (slots * share) / unit);
  const balancedAtEnd = here.get(end.join())?.probability ?? 0;
  return { best: best / slots, largestImbalance, fromRatio, balancedAtEnd };
}
