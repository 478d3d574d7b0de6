import { RandoseError } from '../../errors.ts';
import type { Head } from '../../ledger/chain.ts';
import type { Act, EntryOf, OpeningKind } from '../../ledger/entry.ts';
import { underFirstIds } from '../../ledger/subject-ids.ts';
import { CancelledAfterTry } from '../../system/passphrases.ts';
import { enterNow } from '../enter-now.ts';
import type { EnteredActs } from '../ledger-store.ts';
import { openStudy, type OpenStudy, type StudyPlace } from '../open-study.ts';
import { areSameActs, makeReady, type Signing } from '../ready.ts';

/** The result of work that may fail. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Does work, and returns its result or its error. It throws nothing. */
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

/** An opening: what is entered before it, and what is done. */
export interface Opening<T, Kind extends OpeningKind> {
  /** Depends on nothing but the study that it gets; it refuses by throwing, before anything is opened. */
  readonly intentOf: (open: OpenStudy) => Intent<Kind>;
  readonly work: (open: OpenStudy) => Promise<T>;
  /** The members that the outcome has of its own. */
  readonly more?: (value: T) => Partial<OwnOutcome>;
  /** The same members if it was refused. */
  readonly none?: Partial<OwnOutcome>;
  /** Done after the outcome is entered, before anybody else can change the study. */
  readonly afterwards?: (value: T) => Promise<void>;
}

/** The members that an outcome of one kind has, and those of others have not. */
type OwnOutcome = Pick<EntryOf<'rewrap outcome'>, 'manifests'> &
  Pick<EntryOf<'masked table outcome'>, 'table'>;

/** The result of an opening, the study that it was done on, and where the ledger is after it. */
export type Opened<T> = Attempt<T> & { readonly open: OpenStudy; readonly head: Head };

/** How often to decide again if others change the study in between. */
const MOST_TRIES = 8;

/**
 * Opens something that is sealed, on record: the intent is in the ledger, on disk, before anything is touched,
 * and so is the outcome. The intent is signed before the lock is taken. A code-break has a way of its own
 * (record-code-break.ts).
 *
 * @throws RandoseError if the ledger cannot be written; then nothing may be shown
 */
export async function openOnRecord<T, Kind extends Exclude<OpeningKind, 'code-break'>>(
  study: StudyPlace,
  signing: Signing | undefined,
  opening: Opening<T, Kind>,
): Promise<Opened<T>> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const before = await openStudy(study);
    const intent = intentIn(before, opening);
    const ready = makeReady(before, [intent], signing);
    const opened = await study.ledger.exclusive(async () => {
      const open = await openStudy(study);
      const isSame = open.text === before.text && areSameActs([intentIn(open, opening)], [intent]);
      if (!isSame) return undefined;
      const begun = await study.ledger.append(open, ready);
      return begun.result === 'moved'
        ? undefined
        : openNow(study, open, { intent, begun, opening });
    });
    if (opened !== undefined) return opened;
  }
  throw new RandoseError('locked', 'others are changing this study at the same time', {
    hint: 'Nothing was opened. Run the command again.',
  });
}

/** The intent as the ledger keeps it: under the participant's id at randomization. */
function intentIn<T, Kind extends OpeningKind>(
  open: OpenStudy,
  { intentOf }: Pick<Opening<T, Kind>, 'intentOf'>,
): Intent<Kind> {
  const intent = intentOf(open);
  return underFirstIds(open.entries, [intent])[0] ?? intent;
}

/** Opens something now that its intent is on record. */
async function openNow<T, Kind extends Exclude<OpeningKind, 'code-break'>>(
  { ledger }: StudyPlace,
  open: OpenStudy,
  {
    intent,
    begun,
    opening,
  }: { intent: Intent<Kind>; begun: EnteredActs; opening: Opening<T, Kind> },
): Promise<Opened<T>> {
  const { work, more, none, afterwards } = opening;
  const done = await attempt(() => work(open));
  const outcome = {
    action: intent.action.replace(/intent$/, 'outcome'),
    who: intent.who,
    subject: intent.subject ?? null,
    intent: begun.entries[0]!.seq,
    result: done.ok ? 'opened' : 'refused',
    error: done.ok ? null : refusalCode(done.error),
    ...(done.ok ? more?.(done.value) : none),
  } as Act;
  const seen = { text: open.text, head: begun.head };
  const { head } = await enterNow(ledger, seen, makeReady(seen, [outcome]), { anyway: true });
  if (done.ok) await afterwards?.(done.value);
  return { ...done, open, head };
}

/** Why an opening was refused, as its outcome says it: the code of the error, or `cancelled` after a wrong passphrase. */
export function refusalCode(error: unknown): string {
  if (error instanceof CancelledAfterTry) return 'cancelled';
  return error instanceof RandoseError ? error.code : 'bug';
}
