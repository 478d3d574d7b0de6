import { readClock } from './determined.ts';

/** Now, in UTC, ISO 8601 to the millisecond. The only place that asks what time it is. */
export function now(): string {
  return readClock();
}
