import { RandoseError } from '../../errors.ts';
import { type Head, headOf } from '../../ledger/chain.ts';
import type { Act, EntryOf, OpeningKind } from '../../ledger/entry.ts';
import type { OpenStudy } from '../open-study.ts';
import { appendToLedger, type Signing } from '../folder/study-folder.ts';

/** The result of work that may fail. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Does work, and hands on its result. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** What is to be opened, and by whom. */
export type Intent<Kind extends OpeningKind = OpeningKind> = Extract<
  Act,
  { action: `${Kind} intent` }
>;

/** The result of an opening, and where the ledger is after it. */
export type Opened<T> = Attempt<T> & { readonly head: Head };

/**
 * Opens something that is sealed, on record: the intent is in the ledger, on disk, before anything
 * is touched, and so is the outcome. To be called under the study's lock. A code-break has a way of its
 * own (record-code-break.ts).
 *
 * @param more what the outcome has of its own
 * @throws RandoseError if the ledger cannot be written; then nothing may be shown
 */
export async function openOnRecord<T, Kind extends Exclude<OpeningKind, 'code-break'>>(
  open: OpenStudy,
  intent: Intent<Kind>,
  work: () => Promise<T>,
  {
    signing,
    more,
  }: {
    signing?: Signing | undefined;
    more?: (value: T) => Partial<EntryOf<'rewrap outcome'>>;
  } = {},
): Promise<Opened<T>> {
  const begun = appendToLedger(open, headOf(open.entries), [intent], signing);
  const done = await attempt(work);
  const outcome = {
    action: intent.action.replace(/intent$/, 'outcome'),
    who: intent.who,
    subject: intent.subject ?? null,
    intent: begun.seq,
    result: done.ok ? 'opened' : 'refused',
    error: done.ok ? null : codeOf(done.error),
    ...(done.ok ? more?.(done.value) : more && { manifests: [] }),
  } as Act;
  return { ...done, head: appendToLedger(open, begun, [outcome]) };
}

function codeOf(error: unknown): string {
  return error instanceof RandoseError ? error.code : 'bug';
}
