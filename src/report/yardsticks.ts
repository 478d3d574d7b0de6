import type { KnownProcedure, LeastAt } from '../assessment/least-possible.ts';
import { fractionText } from '../words.ts';
import type { Yardsticks } from './candidate.ts';

/** What the yardsticks are, for a reader who has the table or the plot beside it. */
export const YARDSTICKS_TEXT =
  'The least excess is that of the list that is hardest to guess among all that keep three promises: no arm is ever farther from its share than the greatest difference; at every place each arm has its share as its probability; at the end all are exactly in the ratio. The maximal procedure does not keep the second at unequal ratios, and the block urn design neither the second nor the third, so that they can be lower.';

/** What the brackets are behind an excess in `yardstickRows`. */
export const BRACKETS_TEXT =
  'In brackets: how far the probability of an arm is from its share at the worst place.';

/** The heads of the columns of `yardstickRows`. */
export const YARDSTICK_HEADS = ['Difference', 'Least excess', 'Maximal proc.', 'Block urn'];

/** A row for each greatest difference in a stratum, ascending: the least excess, and those of known procedures. */
export function yardstickRows({ curve, known }: Yardsticks): string[][] {
  const at = (difference: number, procedure: KnownProcedure['procedure']) =>
    known.find((one) => one.procedure === procedure && isNear(one, difference));
  const differences = [...curve, ...known]
    .map(({ largestImbalance }) => largestImbalance)
    .toSorted((a, b) => a - b)
    .filter((one, index, all) => one - (all[index - 1] ?? -1) > ROUNDING);
  return differences.map((difference) => [
    fractionText(difference),
    curve.find((one) => isNear(one, difference))?.excess.toFixed(4) ?? '',
    knownText(at(difference, 'maximal procedure')),
    knownText(at(difference, 'block urn design')),
  ]);
}

/** `block urn 2` or `maximal procedure`. */
export function procedureName({ procedure, factor }: KnownProcedure): string {
  return factor === undefined ? procedure : `block urn ${factor}`;
}

function knownText(one: KnownProcedure | undefined): string {
  return one === undefined ? '' : `${one.excess.toFixed(4)} (${one.fromRatio.toFixed(3)})`;
}

const ROUNDING = 1e-9;

function isNear({ largestImbalance }: Pick<LeastAt, 'largestImbalance'>, difference: number) {
  return Math.abs(largestImbalance - difference) < ROUNDING;
}
