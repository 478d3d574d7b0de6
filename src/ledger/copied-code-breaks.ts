import { compareLedgers } from './compare.ts';
import { type Act, entriesOf, type Entry, type EntryOf } from './entry.ts';
import { NO_SUBJECT, openingsOf } from './openings.ts';

/** A code-break, as it is entered after it was made. */
export type LateCodeBreak = Extract<Act, { action: 'late code-break' }>;

/**
 * The code-breaks of a copy's ledger that this ledger does not have, to be entered here. Each keeps who made it and
 * when. Its `pending` is the hash of its entry in the copy, so that nothing is entered twice.
 *
 * @param here all entries of this ledger
 * @param there all entries of the other one
 */
export function codeBreaksToEnter(
  here: readonly Entry[],
  there: readonly Entry[],
): LateCodeBreak[] {
  const since = compareLedgers(here, there);
  // What this ledger has late, and what it has itself: the copy may have entered that late.
  const known = new Set([
    ...entriesOf(here, 'late code-break').map(({ pending }) => pending),
    ...entriesOf(here, 'code-break intent').map(({ hash }) => hash),
  ]);
  const isSince = ({ seq }: Entry) => since.there.some((entry) => entry.seq === seq);
  const made = openingsOf(there, 'code-break')
    .filter(({ intent }) => isSince(intent))
    .map(({ intent, outcome }) => lateOf(intent, outcome));
  const late = entriesOf(since.there, 'late code-break').map(asAct);
  return [...made, ...late].filter(({ pending }) => !known.has(pending));
}

/** Whether an entry of a copy's ledger is a code-break, or the outcome of one. */
export function isOfCodeBreak({ action }: Entry): boolean {
  return CODE_BREAK_ACTIONS.includes(action);
}

const CODE_BREAK_ACTIONS: readonly Entry['action'][] = [
  'code-break intent',
  'code-break outcome',
  'late code-break',
];

function lateOf(
  { who, subject, reason, number, kit, to, key, time, hash }: EntryOf<'code-break intent'>,
  outcome: Pick<EntryOf<'code-break outcome'>, 'subject' | 'result' | 'error'> | undefined,
): LateCodeBreak {
  return {
    action: 'late code-break',
    who,
    // If only the envelope knew the participant, the outcome names them.
    subject: subject === NO_SUBJECT ? (outcome?.subject ?? subject) : subject,
    reason: reason ?? '',
    number,
    kit: kit ?? null,
    to,
    key,
    opened: time,
    result: outcome?.result ?? 'unknown',
    error: outcome?.error ?? null,
    pending: hash,
  };
}

function asAct(entry: EntryOf<'late code-break'>): LateCodeBreak {
  const { action, who, subject, reason, number, kit, to, key } = entry;
  const { opened, result, error, pending, enteredBy } = entry;
  return {
    action,
    who,
    subject,
    reason: reason ?? '',
    number,
    kit,
    to,
    key,
    opened,
    result,
    error,
    pending,
    ...(enteredBy !== undefined && { enteredBy }),
  };
}
