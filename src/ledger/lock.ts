import type { Problem } from '../errors.ts';
import type { Action, Entry, EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/**
 * What is recorded of a locked database too: what is opened, and by whom; what keeps the files sound; and the lock
 * itself. Everything else would change what the database says of participants, visits and kits.
 */
const DESPITE_LOCK: ReadonlySet<Action> = new Set<Action>([
  ...(['code-break intent', 'code-break outcome', 'late code-break'] as const),
  ...(['reveal intent', 'reveal outcome'] as const),
  ...(['list opening intent', 'list opening outcome'] as const),
  ...(['masked table intent', 'masked table outcome'] as const),
  ...(['letter opening intent', 'letter opening outcome'] as const),
  ...(['card making intent', 'card making outcome'] as const),
  ...(['packing intent', 'packing outcome'] as const),
  ...(['rewrap intent', 'rewrap outcome'] as const),
  ...(['repair', 'study restoration', 'lock', 'unlock', 'continuation'] as const),
]);

/** The entry that locked the database, if it is locked now. */
export function lockInForce(entries: readonly Entry[]): EntryOf<'lock'> | undefined {
  const last = entries.findLast(({ action }) => action === 'lock' || action === 'unlock');
  return last?.action === 'lock' ? last : undefined;
}

/** Whether an act can be recorded only if the database is not locked. */
export function isStoppedByLock({ action }: { readonly action: Action }): boolean {
  return !DESPITE_LOCK.has(action);
}

/**
 * Checks that nothing was recorded of a locked database that the lock stops, and that it was locked and unlocked in
 * turn.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkLock(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  let lock: EntryOf<'lock'> | undefined;
  for (const entry of entries) {
    const { action } = entry;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    if (action === 'lock') {
      if (lock !== undefined) report(`locks the database, which entry ${lock.seq} had locked`);
      lock = entry;
    } else if (action === 'unlock') {
      if (lock === undefined) report('unlocks the database, which was not locked');
      lock = undefined;
    } else if (lock !== undefined && isStoppedByLock(entry)) {
      report(`was recorded although the database was locked in entry ${lock.seq}`);
    }
  }
  return problems;
}
