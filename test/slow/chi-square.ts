import { expect } from 'vitest';

/**
 * Chi-square values that chance exceeds once in a thousand times, by degrees of freedom (published
 * tables; NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4).
 */
const CUT_OFF: Record<number, number> = {
  1: 10.828,
  2: 13.816,
  4: 18.467,
  5: 20.515,
  9: 27.877,
  14: 36.123,
  17: 40.79,
  22: 48.268,
  29: 58.301,
  83: 128.565,
};

/** How often each check fails where nothing is wrong. */
export const ALPHA = 0.001;

let checks = 0;

/** How many checks have been made so far. */
export function checksMade(): number {
  return checks;
}

/**
 * Expects counts to be as chance has them.
 *
 * @param expected what each count is to be on average; the counts' own total, shared equally, where
 *   it is left out
 * @param lost degrees of freedom that the expected counts take beside their total
 */
export function expectByChance(
  counts: readonly number[],
  expected: readonly number[] = counts.map(() => sum(counts) / counts.length),
  lost = 0,
): void {
  checks += 1;
  const freedom = counts.length - 1 - lost;
  const cutOff = CUT_OFF[freedom];
  if (cutOff === undefined) throw new Error(`no cut-off for ${freedom} degrees of freedom`);
  // The approximation needs counts that are not small (Cochran 1954).
  expect(Math.min(...expected)).toBeGreaterThan(5);
  expect(chiSquare(counts, expected)).toBeLessThan(cutOff);
}

/** Expects two things that were counted together to have nothing to do with each other. */
export function expectIndependent(table: readonly (readonly number[])[]): void {
  const rows = table.map(sum);
  const columns = table[0]!.map((_, column) => sum(table.map((row) => row[column]!)));
  const total = sum(rows);
  const expected = rows.flatMap((row) => columns.map((column) => (row * column) / total));
  expectByChance(table.flat(), expected, rows.length + columns.length - 2);
}

function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return sum(counts.map((count, index) => (count - expected[index]!) ** 2 / expected[index]!));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
