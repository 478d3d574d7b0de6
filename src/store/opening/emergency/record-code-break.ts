import { RandoseError } from '../../../errors.ts';
import type { Head, ReadyAct } from '../../../ledger/chain.ts';
import type { Act } from '../../../ledger/entry.ts';
import { NO_SUBJECT } from '../../../ledger/openings.ts';
import { underFirstIds } from '../../../ledger/subject-ids.ts';
import { kitKey } from '../../../randomization/kit-check.ts';
import { type Attempt, attempt, type Intent, refusalCode } from '../on-record.ts';
import { keepOutcome, keepPending, type KeptAct, type PendingAct } from '../../folder/pending.ts';
import type { RescuedStudy } from './rescue-study.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { enterNow } from '../../enter-now.ts';
import { ledgerOf } from '../../ledger-of.ts';
import type { LedgerStore } from '../../ledger-store.ts';
import type { ServedLedger } from './served-ledger.ts';
import { makeReady } from '../../ready.ts';
import { now } from '../../../system/clock.ts';

/** How long an emergency waits for the lock, before it goes on without it. */
const PATIENCE_MS = 3_000;

/** The ledger, if it may be written; or why it may not. */
export type Turn =
  | { readonly hasLock: true; readonly ledger: LedgerStore }
  | { readonly hasLock: false; readonly why: string };

/**
 * Does work under the study's lock; a database needs none. If the lock is held by somebody, or cannot be made because the disk is full or
 * the folder is read-only, it does the work without the lock, and the work may not write the ledger: nothing stops
 * an emergency.
 */
export async function withEmergencyLock(
  root: string,
  served: ServedLedger | undefined,
  work: (turn: Turn) => Promise<void>,
): Promise<void> {
  if (served !== undefined) {
    const { store } = served;
    await work(
      'why' in store ? { hasLock: false, why: store.why } : { hasLock: true, ledger: store },
    );
    return;
  }
  const state = { isBegun: false };
  const ledger = ledgerOf(root, { patienceMs: PATIENCE_MS });
  const begun = await attempt(() =>
    ledger.exclusive(() => {
      state.isBegun = true;
      return work({ hasLock: true, ledger });
    }),
  );
  if (begun.ok) return;
  if (state.isBegun) throw begun.error;
  await work({ hasLock: false, why: messageOf(begun.error) });
}

/** Where a code-break is on record. */
export type OnRecord =
  | { readonly place: 'ledger'; readonly head: Head }
  /** Beside the ledger, until a command enters it. */
  | { readonly place: 'pending'; readonly file: string; readonly why: string }
  /** Nowhere: somebody has to write it down. */
  | { readonly place: 'nowhere'; readonly why: string };

/** A code-break: what was to be opened, the result, and where it is on record. */
export type RecordedCodeBreak<T> = Attempt<T> & {
  readonly record: OnRecord;
  /** What was to be opened. If the ledger does not have it, with what the envelope said. */
  readonly intent: Intent<'code-break'>;
};

/** Opens an envelope, and says whose it was. */
export interface EnvelopeWork<T> {
  readonly open: () => Promise<T>;
  readonly slotOf: (opened: T) => OpenedSlot;
}

/** The slot of an envelope that was opened: a kit or a card may not say it before. */
interface OpenedSlot {
  /** The participant who has it, by what can be read of the ledger; null if nothing says it. */
  readonly subject: string | null;
  readonly number: string;
  readonly kits: readonly string[];
}

/**
 * Opens an envelope on record: the intent is on the disk before anything is touched, and the outcome after it, in
 * the ledger or, if that cannot be written, beside it. If nothing can be written, the work is done anyway. What is
 * not in the ledger gets the number that the envelope had.
 *
 * @param ready the intent, ready to be entered; or why it could not be signed
 */
export async function breakOnRecord<T>(
  study: RescuedStudy,
  turn: Turn,
  intent: Intent<'code-break'>,
  ready: Attempt<readonly ReadyAct[]>,
  { open, slotOf }: EnvelopeWork<T>,
): Promise<RecordedCodeBreak<T>> {
  const [kept = intent] = underFirstIds(study.ledger.whole, [intent]);
  const begun = await begin(study, turn, kept, ready);
  const done = await attempt(open);
  const slot = done.ok ? slotOf(done.value) : undefined;
  const known = slot === undefined || begun.place === 'ledger' ? kept : withSlot(kept, slot);
  return { ...done, intent: known, record: await end(study, turn, known, { begun, done, slot }) };
}

/** What was to be opened, with what the envelope says about its slot. */
function withSlot(
  intent: Intent<'code-break'>,
  { number, kits }: OpenedSlot,
): Intent<'code-break'> {
  const { kit } = intent;
  if (kit !== undefined) {
    return { ...intent, number, kit: kits.find((one) => kitKey(one) === kitKey(kit)) ?? kit };
  }
  // Records that are damaged can name another slot than the kit has, and so another participant.
  const isOther = intent.number !== null && intent.number !== number;
  return { ...intent, number, ...(isOther && { subject: NO_SUBJECT }) };
}

/** The place of the intent, and what is needed to add the outcome to it. */
type Begun =
  | { readonly place: 'ledger'; readonly seq: number; readonly head: Head }
  | {
      readonly place: 'pending';
      readonly act: WaitingCodeBreak;
      readonly kept: KeptAct;
      readonly why: string;
    }
  | { readonly place: 'nowhere'; readonly why: string };

type WaitingCodeBreak = Extract<PendingAct, { what: 'code-break' }>;

async function begin(
  study: RescuedStudy,
  turn: Turn,
  intent: Intent<'code-break'>,
  ready: Attempt<readonly ReadyAct[]>,
): Promise<Begun> {
  const { root, ledger, notTheLedger, isInDatabase } = study;
  const { who, subject, number, kit = null, reason = '', to, key } = intent;
  const act: WaitingCodeBreak = {
    what: 'code-break',
    who,
    subject: subject ?? '',
    number,
    kit,
    reason: reason ?? '',
    to,
    key,
    opened: now(),
    outcome: null,
  };
  // Whoever restores the right ledger replaces this one, and what was entered in it.
  if (notTheLedger !== undefined) {
    const kept = await attempt(() => keepPending(root, act, notTheLedger));
    if (kept.ok) return { place: 'pending', act, kept: kept.value, why: notTheLedger };
  }
  const entered = await attempt(() => {
    if (!turn.hasLock) throw new Error(turn.why);
    if (!ledger.isSound) throw new Error(whyUnsound(ledger));
    if (!ready.ok) throw ready.error;
    return enterNow(turn.ledger, ledger, ready.value, { anyway: isInDatabase });
  });
  if (entered.ok) {
    const { entries, head } = entered.value;
    return { place: 'ledger', seq: entries[0]!.seq, head };
  }
  const why = messageOf(entered.error);
  const isSent = entered.error instanceof RandoseError && entered.error.code === 'outcome-unknown';
  const sent = isSent && ready.ok ? { ...act, intent: ready.value[0]!.id } : act;
  const kept = await attempt(() => keepPending(root, sent, why));
  if (kept.ok) return { place: 'pending', act: sent, kept: kept.value, why };
  return {
    place: 'nowhere',
    why: `${why}; and nothing can be written beside it: ${messageOf(kept.error)}`,
  };
}

async function end(
  study: RescuedStudy,
  turn: Turn,
  { who, subject, number, kit }: Intent<'code-break'>,
  {
    begun,
    done,
    slot,
  }: {
    readonly begun: Begun;
    readonly done: Attempt<unknown>;
    readonly slot: OpenedSlot | undefined;
  },
): Promise<OnRecord> {
  const { root } = study;
  const result = done.ok ? ('opened' as const) : ('refused' as const);
  const error = done.ok ? null : refusalCode(done.error);
  if (begun.place === 'nowhere') return begun;
  if (begun.place === 'pending') {
    const { act, kept, why } = begun;
    const known = { subject: subject ?? '', number, kit: kit ?? null, outcome: { result, error } };
    const ended = await attempt(() => {
      keepOutcome(root, kept, { ...act, ...known }, why);
    });
    return {
      place: 'pending',
      file: kept.file,
      why: ended.ok ? why : `${why}; its outcome is not in that file`,
    };
  }
  // The intent is entered as it is: its outcome names whom the envelope is about.
  const isKnown = number !== null || kit !== undefined || slot === undefined;
  const named = isKnown ? (subject ?? '') : (slot.subject ?? slot.number);
  const outcome = { who, subject: named, intent: begun.seq, result, error };
  const entered = await attempt(() => {
    if (!turn.hasLock) throw new Error(turn.why);
    const act: Act = { action: 'code-break outcome', ...outcome };
    const seen = { text: study.text, head: begun.head };
    return enterNow(turn.ledger, seen, makeReady(seen, underFirstIds(study.ledger.whole, [act])), {
      anyway: study.isInDatabase,
    });
  });
  if (entered.ok) return { place: 'ledger', head: entered.value.head };
  const why = messageOf(entered.error);
  const kept = await attempt(() => keepPending(root, { what: 'outcome', ...outcome }, why));
  if (kept.ok) return { place: 'pending', file: kept.value.file, why };
  return { place: 'nowhere', why: `${why} (the ledger has the intent, without an outcome)` };
}

function whyUnsound({ doubts, changes }: RescuedStudy['ledger']): string {
  const [change] = changes.map((what) => `${LEDGER_FILE} ${what}`);
  return doubts[0] ?? change ?? 'the ledger is damaged';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be written';
}
