import { RandoseError } from '../errors.ts';
import { type Head, headOf } from '../ledger/chain.ts';
import type { Act, EntryOf } from '../ledger/entry.ts';
import type { OpenStudy } from './open-study.ts';
import { appendToLedger } from './study-folder.ts';

/** What came of work that may fail. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Does work, and hands on what came of it. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/**
 * Opens something that is sealed, on record: the intent is in the ledger, on disk, before anything
 * is touched, and so is what came of it. To be called under the study's lock.
 *
 * @returns what came of the work, and where the ledger stands after it
 */
export async function openOnRecord<T>(
  open: OpenStudy,
  intent: Extract<Act, { action: 'code-break intent' | 'list opening intent' }>,
  work: () => Promise<T>,
): Promise<Attempt<T> & { readonly head: Head }> {
  const begun = appendToLedger(open, headOf(open.entries), [intent]);
  const opened = await attempt(work);
  const outcome: Pick<EntryOf<'code-break outcome'>, 'who' | 'intent' | 'result' | 'error'> = {
    who: intent.who,
    intent: begun.seq,
    result: opened.ok ? 'opened' : 'refused',
    error: opened.ok ? null : codeOf(opened.error),
  };
  const isCodeBreak = intent.action === 'code-break intent';
  const action = isCodeBreak ? 'code-break outcome' : 'list opening outcome';
  return { ...opened, head: appendToLedger(open, begun, [{ ...outcome, action }]) };
}

function codeOf(error: unknown): string {
  return error instanceof RandoseError ? error.code : 'bug';
}
