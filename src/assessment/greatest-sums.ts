/** Equal strata, with a figure of one of them after 0, 1, 2, … slots. */
export interface Equals {
  readonly values: Float64Array;
  readonly strata: number;
}

/** The most additions, which take about a second. */
const MOST_WORK = 5e8;

/** Greatest sums, or upper bounds for them if they are not exact. */
export interface GreatestSums {
  /** After 0, 1, 2, … participants in all. */
  readonly sums: Float64Array;
  readonly isExact: boolean;
}

/**
 * The greatest sum of the figures of the strata, over all ways to spread participants over them. If that takes too
 * long, the sum of the greatest figure of each stratum, which is an upper bound.
 */
export function greatestSums(groups: readonly Equals[]): GreatestSums {
  if (workOf(groups) <= MOST_WORK) return { sums: sumsOf(groups), isExact: true };
  const slots = groups.reduce((sum, one) => sum + one.strata * (one.values.length - 1), 0);
  const most = groups.reduce(
    (sum, { values, strata }) => sum + strata * values.reduce((a, b) => Math.max(a, b), 0),
    0,
  );
  const sums = new Float64Array(slots + 1).fill(most);
  sums[0] = 0;
  sums[slots] = 0;
  return { sums, isExact: false };
}

function workOf(groups: readonly Equals[]): number {
  let work = 0;
  let before = 0;
  const lengths = groups.map(({ values, strata }) => {
    const slots = values.length - 1;
    work += strata > 1 ? strata * slots * slots : 0;
    return strata * slots;
  });
  for (const length of lengths.sort((a, b) => a - b)) {
    work += before * length;
    before += length;
  }
  return work;
}

function sumsOf(groups: readonly Equals[]): Float64Array {
  let sums: Float64Array = new Float64Array(1);
  for (const sum of groups.map(ofEqualStrata).sort((a, b) => a.length - b.length)) {
    sums = greatestOfTwo(sums, sum, () => [0, Infinity]);
  }
  return sums;
}

/**
 * By doubling. If 2m equal strata have n participants, put the strata with the most, the third most, … participants
 * into one half and the others into the other half. The halves differ by at most the slots of one stratum, so only
 * such halves are tried.
 */
function ofEqualStrata({ values, strata }: Equals): Float64Array {
  const slots = values.length - 1;
  let sums = values;
  for (const bit of strata.toString(2).slice(1)) {
    sums = greatestOfTwo(sums, sums, (n) => [Math.floor(n / 2), Math.floor((n + slots) / 2)]);
    if (bit === '1') sums = greatestOfTwo(values, sums, () => [0, Infinity]);
  }
  return sums;
}

/** @param split the least and the most of n participants that the first of the two can have */
function greatestOfTwo(
  first: Float64Array,
  second: Float64Array,
  split: (n: number) => [number, number],
): Float64Array {
  const sums = new Float64Array(first.length + second.length - 1);
  for (let n = 0; n < sums.length; n += 1) {
    const [least, most] = split(n);
    const end = Math.min(most, n, first.length - 1);
    let greatest = -Infinity;
    for (let taken = Math.max(least, n - second.length + 1); taken <= end; taken += 1) {
      const sum = first[taken]! + second[n - taken]!;
      if (sum > greatest) greatest = sum;
    }
    sums[n] = greatest;
  }
  return sums;
}
