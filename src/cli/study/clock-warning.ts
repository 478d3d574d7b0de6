import { isBackward, momentText } from '../../ledger/times.ts';
import { now } from '../../system/clock.ts';

/**
 * A warning if the clock says an earlier time than the last entry of the ledger has: what is entered now would be
 * dated before it, for ever.
 *
 * @param last the time of the last entry, ISO 8601 in UTC; undefined if there is none
 */
export function clockWarning(last: string | undefined): string | undefined {
  const time = now();
  if (last === undefined || !isBackward(last, time)) return undefined;
  return `the clock says ${momentText(time)}, but the last ledger entry is of ${momentText(last)}: one of the two is wrong. Check the clock of this machine; what is entered now keeps its time.`;
}
