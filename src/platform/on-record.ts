import { RandoseError } from '../errors.ts';
import { type Head, headOf } from '../ledger/chain.ts';
import type { Act, EntryOf, OpeningKind } from '../ledger/entry.ts';
import type { OpenStudy } from './open-study.ts';
import { appendToLedger, type Signing, withStudyLock } from './study-folder.ts';

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

/** What is to be opened, and by whom. */
export type Intent<Kind extends OpeningKind = OpeningKind> = Extract<
  Act,
  { action: `${Kind} intent` }
>;

/** What came of an opening, and where the ledger stands after it. */
export type Opened<T> = Attempt<T> & {
  readonly head: Head;
  /** Why the ledger does not have all of it: where a disk is full, an emergency is not stopped. */
  readonly unwritten: RandoseError | undefined;
};

/**
 * Opens something that is sealed, on record: the intent is in the ledger, on disk, before anything
 * is touched, and so is what came of it. To be called under the study's lock.
 *
 * A ledger that cannot be written because the disk is full stops every opening but a code-break.
 *
 * @param more what the outcome has of its own
 * @throws RandoseError where the ledger cannot be written; then nothing may be shown
 */
export async function openOnRecord<T, Kind extends OpeningKind>(
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
  const isEmergency = intent.action === 'code-break intent';
  const before = headOf(open.entries);
  const begun = await attempt(() => appendToLedger(open, before, [intent], signing));
  if (!begun.ok && !(isEmergency && isDiskFull(begun.error))) throw begun.error;
  const done = await attempt(work);
  if (!begun.ok) return { ...done, head: before, unwritten: begun.error as RandoseError };
  const outcome = {
    action: outcomeOf(intent.action),
    who: intent.who,
    subject: intent.subject ?? null,
    intent: begun.value.seq,
    result: done.ok ? 'opened' : 'refused',
    error: done.ok ? null : codeOf(done.error),
    ...(done.ok ? more?.(done.value) : more && { manifests: [] }),
  } as Act;
  const ended = await attempt(() => appendToLedger(open, begun.value, [outcome]));
  if (ended.ok) return { ...done, head: ended.value, unwritten: undefined };
  if (!isEmergency || !isDiskFull(ended.error)) throw ended.error;
  return { ...done, head: begun.value, unwritten: ended.error };
}

/** Whether there is no room to write: then, and only then, an emergency goes on without the ledger. */
function isDiskFull(error: unknown): error is RandoseError {
  return error instanceof RandoseError && error.code === 'no-space';
}

/**
 * Does work under the study's lock; where the disk is too full even for a lock, without it: an emergency
 * goes on, and can write nothing that another process might be writing.
 */
export async function withEmergencyLock(root: string, work: () => Promise<void>): Promise<void> {
  const state = { isBegun: false };
  try {
    await withStudyLock(root, () => {
      state.isBegun = true;
      return work();
    });
  } catch (error) {
    if (state.isBegun || !isDiskFull(error)) throw error;
    await work();
  }
}

function outcomeOf(action: string): string {
  return action.replace(/intent$/, 'outcome');
}

function codeOf(error: unknown): string {
  return error instanceof RandoseError ? error.code : 'bug';
}
