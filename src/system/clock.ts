import { readClock } from './determined.ts';

/** The current time: ISO 8601, UTC, to the millisecond. No other code asks the clock. */
export function now(): string {
  return readClock();
}
