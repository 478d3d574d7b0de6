import { type Fraction, isWithin } from './count-states.ts';
import type { Stream } from './generator.ts';
import { type ReachedCounts, walkOverCounts } from './walk-over-counts.ts';

/** Chances are whole numbers out of this: a draw of the generator is one of so many numbers. */
export const CHANCES = 2 ** 32;

/**
 * How the arms of a stratum are drawn if the chances of the next one depend on the numbers of the arms so far
 * (docs/ALGORITHM.md, 14). It is sealed with the plan, so that the list is made again without whatever found the chances.
 */
export interface CountTable {
  /** The arms' shares in their order, in lowest terms; 0 if the stratum does not have the arm. */
  readonly ratio: readonly number[];
  /** The slots of the stratum in the batch. */
  readonly slots: number;
  /**
   * Per place, from the first: a row for each combination of numbers that can be there. It has the numbers of the arms so far and
   * then their chances, out of 2^32: in their order, without the arms that have no share, and without the last arm, which
   * has the rest.
   */
  readonly places: readonly (readonly (readonly number[])[])[];
}

/** How many rows a table of a stratum can have on average at each place, by the number of arms. */
export function mostRowsPerPlace(arms: number): number {
  return 4 * arms;
}

/** The text of tables, as they are sealed and committed to: JSON without blanks. */
export function tablesText(tables: readonly CountTable[]): string {
  return JSON.stringify(tables.map(({ ratio, slots, places }) => ({ ratio, slots, places })));
}

/**
 * The most characters that `tablesText` needs, whatever the chances are.
 *
 * @param arms how many arms the study has
 * @param slots for each table: how many slots its strata have in the batch
 */
export function longestTablesText(arms: number, slots: readonly number[]): number {
  return slots.reduce((sum, count) => {
    const row = (arms - 1) * (String(count).length + String(CHANCES).length + 2) + 3;
    return sum + FRAME + RATIO * arms + count * (mostRowsPerPlace(arms) * row + 3);
  }, 2);
}

/** The characters of a table beside its ratio and its places, and those of a share with its comma. */
const [FRAME, RATIO] = [60, 8];

/** The table for a stratum, among those of a batch. */
export function tableFor(
  tables: readonly CountTable[],
  ratio: readonly number[],
  slots: number,
): CountTable | undefined {
  const key = ratio.join();
  return tables.find((one) => one.slots === slots && one.ratio.join() === key);
}

/**
 * Draws the arms of a stratum, one after the other: a draw for each, whatever its chances are.
 *
 * @returns for each place, which arm it is, from 0
 * @throws Error if the table has no row for the numbers so far
 */
export function drawByCounts(table: CountTable, stream: Stream): number[] {
  const arms = armsOf(table.ratio);
  const counts = arms.map(() => 0);
  return table.places.map((rows) => {
    const chances = rowChances(rows, counts);
    if (chances === undefined) throw new Error('the table lacks numbers that are reached');
    let draw = stream.integerBelow(CHANCES);
    let drawn = 0;
    while (draw >= chances[drawn]!) {
      draw -= chances[drawn]!;
      drawn += 1;
    }
    counts[drawn]! += 1;
    return arms[drawn]!;
  });
}

/** The chances of all arms that have a share, out of 2^32; undefined if there is no row for these numbers. */
export function rowChances(
  rows: readonly (readonly number[])[],
  counts: readonly number[],
): readonly number[] | undefined {
  const but = counts.length - 1;
  const row = rows.find(
    (one) =>
      one.length === 2 * but && counts.every((count, arm) => arm === but || one[arm] === count),
  );
  return row && withRest(row.slice(but));
}

function withRest(chances: readonly number[]): number[] {
  return [...chances, chances.reduce((rest, chance) => rest - chance, CHANCES)];
}

/** Which arms have a share. */
function armsOf(ratio: readonly number[]): number[] {
  return ratio.flatMap((share, arm) => (share > 0 ? [arm] : []));
}

/** How far the probability of an arm may be from its share, at any place, in a table whose chances are whole numbers. */
export const MOST_FROM_RATIO = 1e-8;

/**
 * What is wrong with a table: chances that are no whole numbers, numbers of arms that are reached without a row or beyond the
 * bound, a probability that is not the arm's share, or an end that is not in the ratio.
 *
 * @param largest the largest |number of an arm - its share|, in participants
 * @returns undefined if nothing is; else what, without numbers that could tell an arm
 */
export function faultOfTable(table: CountTable, largest: Fraction): string | undefined {
  const ratio = table.ratio.filter((share) => share > 0);
  const unit = ratio.reduce((a, b) => a + b, 0);
  if (table.places.length !== table.slots) return 'has another number of places than its stratum';
  let atEnd: readonly ReachedCounts[] = [];
  const walk = walkOverCounts(ratio.length, table.slots, (counts, place) => {
    return (rowChances(table.places[place]!, counts) ?? []).map((one) => one / CHANCES);
  });
  for (const { before, taken, after } of walk) {
    if (before.some(({ chances }) => chances.length === 0)) {
      return 'lacks numbers of the arms that are reached';
    }
    const isWhole = (chance: number) => Number.isInteger(chance * CHANCES) && chance >= 0;
    if (!before.every(({ chances }) => chances.every(isWhole))) {
      return 'has chances that are not whole numbers out of 2^32';
    }
    if (!after.every(({ counts }) => isWithin(ratio, counts, taken, largest))) {
      return 'goes beyond the largest imbalance';
    }
    const isKept = ratio.every((share, arm) => {
      const given = before.reduce((sum, one) => sum + one.probability * one.chances[arm]!, 0);
      return Math.abs(given - share / unit) <= MOST_FROM_RATIO;
    });
    if (!isKept) return 'does not keep the ratio at each place';
    atEnd = after;
  }
  const end = ratio.map((share) => (table.slots * share) / unit).join();
  return atEnd.every(({ counts }) => counts.join() === end)
    ? undefined
    : 'does not end in the ratio';
}
