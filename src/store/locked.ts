import { RandoseError } from '../errors.ts';
import type { Entry, EntryOf } from '../ledger/entry.ts';
import { lockInForce } from '../ledger/lock.ts';
import { dayText } from '../ledger/times.ts';

/** Who locked the database, and when: a sentence without a full stop. */
export function lockedText(lock: EntryOf<'lock'>): string {
  return `the database was locked on ${actText(lock)}`;
}

/** When something was done, and by whom: `2026-05-28 (UTC) by A. Example (ledger 6)`. */
export function actText({ time, who, seq }: Pick<Entry, 'time' | 'who' | 'seq'>): string {
  return `${dayText(time)} by ${who.name} (ledger ${seq})`;
}

/** @throws RandoseError `bad-data` if the database is locked */
export function requireUnlocked(entries: readonly Entry[]): void {
  const lock = lockInForce(entries);
  if (lock === undefined) return;
  throw new RandoseError('bad-data', lockedText(lock), {
    hint: 'Nothing was recorded. To record something all the same, unlock it first: randose unlock --reason TEXT --by WHO',
  });
}
