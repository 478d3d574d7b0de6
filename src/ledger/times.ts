import type { Entry } from './entry.ts';

/** Clocks of several machines differ by this much without anybody noticing. */
const TOLERATED_MS = 60_000;

/** Whether a time is so far before another one that a clock must have been wrong. Both are ISO 8601 in UTC. */
export function isBackward(before: string, after: string): boolean {
  return Date.parse(before) - Date.parse(after) > TOLERATED_MS;
}

/** A sentence for each entry that is dated before the entry before it: somebody's clock was wrong. */
export function backwardTimes(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    if (before === undefined || !isBackward(before.time, entry.time)) return [];
    return [
      `ledger entry ${entry.seq} (${entry.time.slice(0, 19)}Z) is dated before entry ${before.seq} (${before.time.slice(0, 19)}Z): a clock was wrong.`,
    ];
  });
}
