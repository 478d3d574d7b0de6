import { isBackward, longPause, momentText } from '../../ledger/times.ts';
import { now } from '../../system/clock.ts';

/**
 * A warning if the clock says an earlier time than the last entry of the ledger has, or a much later one: what is
 * entered now would be dated so for ever, and after a clock that is ahead the right one looks wrong.
 *
 * @param last the time of the last entry, ISO 8601 in UTC; undefined if there is none
 */
export function clockWarning(last: string | undefined): string | undefined {
  const time = now();
  if (last === undefined) return undefined;
  const days = longPause(last, time);
  if (days !== undefined) {
    return `the clock says ${momentText(time)}, and the last ledger entry is of ${momentText(last)}, ${days} days before. Check the clock of this machine; what is entered now keeps its time.`;
  }
  if (!isBackward(last, time)) return undefined;
  return `the clock says ${momentText(time)}, but the last ledger entry is of ${momentText(last)}: one of the two is wrong. Check the clock of this machine; what is entered now keeps its time.`;
}

/** Whether the clock says a time so long after the last entry of the ledger that a person is asked about it. */
export function mayBeAhead(last: string | undefined): boolean {
  return last !== undefined && longPause(last, now()) !== undefined;
}
