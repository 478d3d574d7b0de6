import type { Entry } from './entry.ts';

/** Clocks of several machines differ by this much without anybody noticing. */
const TOLERATED_MS = 60_000;

/** Whether a time is so far before another one that a clock must have been wrong. Both are ISO 8601 in UTC. */
export function isBackward(before: string, after: string): boolean {
  return Date.parse(before) - Date.parse(after) > TOLERATED_MS;
}

/** A pause of more days than this in a ledger is rare: the clock may be ahead. */
const LONG_PAUSE_DAYS = 180;

/** The whole days from one time to another, if they are so many that a clock may be ahead; else undefined. */
export function longPause(before: string, after: string): number | undefined {
  const days = Math.floor((Date.parse(after) - Date.parse(before)) / 86_400_000);
  return days > LONG_PAUSE_DAYS ? days : undefined;
}

/** A sentence for each entry that is dated before the entry before it: somebody's clock was wrong. */
export function backwardTimes(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    if (before === undefined || !isBackward(before.time, entry.time)) return [];
    return [
      `ledger entry ${entry.seq} (${secondText(entry.time)}) is dated before entry ${before.seq} (${secondText(before.time)}): a clock was wrong.`,
    ];
  });
}

/** An instant of the ledger, ISO 8601 in UTC, as people read it, to the minute: `2026-06-15 08:30 UTC`. */
export function momentText(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

/** The same, to the second. */
export function secondText(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

/** The day of an instant. It is the day in UTC, which near midnight is another one than at a site: so it says so. */
export function dayText(instant: string): string {
  return `${instant.slice(0, 10)} (UTC)`;
}

/** An instant to the second, as data standards take it: `2026-06-15T08:30:12Z`. */
export function toSeconds(instant: string): string {
  return `${instant.slice(0, 19)}Z`;
}
