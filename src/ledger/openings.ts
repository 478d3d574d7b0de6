import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { findRandomization } from './enrolment.ts';
import { entriesOf, type Entry, type EntryOf, type OpeningKind, OPENINGS } from './entry.ts';

/** An attempt to open something that is sealed, with what came of it. */
export interface Opening<Kind extends OpeningKind = OpeningKind> {
  readonly intent: EntryOf<`${Kind} intent`>;
  /** Undefined where the process ended between the two: somebody may have seen it. */
  readonly outcome: EntryOf<`${OpeningKind} outcome`> | undefined;
}

/** All attempts of one kind, in their order. */
export function openingsOf<Kind extends OpeningKind>(
  entries: readonly Entry[],
  kind: Kind,
): Opening<Kind>[] {
  const widened: OpeningKind = kind;
  const outcomes = entriesOf(entries, `${widened} outcome`);
  const byIntent = new Map(outcomes.map((outcome) => [outcome.intent, outcome]));
  const intents = entriesOf(entries, `${kind} intent` as const);
  return intents.map((intent) => ({ intent, outcome: byIntent.get(intent.seq) }));
}

/** How each attempt at a code-break ended, those that were entered late among them. */
export function codeBreaksOf(
  entries: readonly Entry[],
): { outcome: { readonly result: string } | undefined }[] {
  const late = entriesOf(entries, 'late code-break').map(({ result }) => {
    return { outcome: result === 'unknown' ? undefined : { result } };
  });
  return [...openingsOf(entries, 'code-break'), ...late];
}

/** The batches whose code-break cards were printed, as the ledger says. */
export function batchesWithCards(entries: readonly Entry[]): Set<number> {
  const made = openingsOf(entries, 'card making').filter(({ outcome }) => {
    return outcome?.result !== 'refused';
  });
  return new Set(made.flatMap(({ intent }) => intent.batches));
}

/**
 * Every intent of a code-break is about the number that its subject had, every outcome belongs to
 * one intent of its kind before it, and every intent has an outcome.
 */
export function checkOpenings(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  for (const kind of OPENINGS) problems.push(...checkOutcomes(entries, kind));
  for (const [index, entry] of entries.entries()) {
    if (entry.action !== 'code-break intent' || entry.kit !== undefined) continue;
    const number = findRandomization(entries.slice(0, index), entry.subject)?.number ?? null;
    if (number === entry.number) continue;
    const had = number ?? 'no number';
    const message = `is about ${entry.number ?? 'no number'}, but ${entry.subject} had ${had}`;
    problems.push({ file: LEDGER_FILE, line: index + 1, message });
  }
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Whether a problem is that an opening has no outcome: it stays for ever, and says nothing of what is sealed. */
export function isWithoutOutcome({ message }: Problem): boolean {
  return message.includes(NO_OUTCOME);
}

const NO_OUTCOME = 'has no outcome: somebody may have seen';

/** What somebody may have seen where an opening of a kind has no outcome. */
const SEEN: Record<OpeningKind, string> = {
  'code-break': 'the arm',
  'list opening': 'the list',
  'card making': 'the cards',
  rewrap: 'what is sealed',
  packing: 'which kit is of which arm',
};

function checkOutcomes(entries: readonly Entry[], kind: OpeningKind): Problem[] {
  const problems: Problem[] = [];
  const open = new Map<number, Problem>();
  for (const [index, entry] of entries.entries()) {
    const place = { file: LEDGER_FILE, line: index + 1 };
    if (entry.action === `${kind} intent`) {
      const whose = kind === 'code-break' ? `the code-break of ${entry.subject}` : `the ${kind}`;
      const message = `${whose} ${NO_OUTCOME} ${SEEN[kind]}`;
      open.set(entry.seq, { ...place, message });
    }
    if (entry.action !== `${kind} outcome` || !('intent' in entry)) continue;
    if (!open.delete(entry.intent)) {
      problems.push({ ...place, message: `has no intent with sequence ${entry.intent}` });
    }
    if ((entry.result === 'opened') !== (entry.error === null)) {
      problems.push({ ...place, message: 'was opened with an error, or refused without one' });
    }
  }
  return [...problems, ...open.values()];
}
