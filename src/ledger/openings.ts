import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { findRandomization } from './enrolment.ts';
import { type Entry, entriesOf } from './entry.ts';

/** An attempt to open something that is sealed, with what came of it. */
export interface Opening<Intent, Outcome> {
  readonly intent: Intent;
  /** Undefined where the process ended between the two: somebody may have seen it. */
  readonly outcome: Outcome | undefined;
}

/** All attempts to open one participant's allocation, in their order. */
export function codeBreaks(entries: readonly Entry[]) {
  const intents = entriesOf(entries, 'code-break intent');
  return paired(intents, entriesOf(entries, 'code-break outcome'));
}

/** All attempts to open the whole list, in their order. */
export function listOpenings(entries: readonly Entry[]) {
  const intents = entriesOf(entries, 'list opening intent');
  return paired(intents, entriesOf(entries, 'list opening outcome'));
}

function paired<Intent extends { seq: number }, Outcome extends { intent: number }>(
  intents: readonly Intent[],
  outcomes: readonly Outcome[],
): Opening<Intent, Outcome>[] {
  const byIntent = new Map(outcomes.map((outcome) => [outcome.intent, outcome]));
  return intents.map((intent) => ({ intent, outcome: byIntent.get(intent.seq) }));
}

/**
 * Every intent of a code-break is about the number that its subject had, every outcome belongs to
 * one intent of its kind before it, and every intent has an outcome.
 */
export function checkOpenings(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  for (const what of ['code-break', 'list opening'] as const) {
    problems.push(...checkOutcomes(entries, what));
  }
  for (const [index, entry] of entries.entries()) {
    if (entry.action !== 'code-break intent') continue;
    const number = findRandomization(entries.slice(0, index), entry.subject)?.number ?? null;
    if (number === entry.number) continue;
    const had = number ?? 'no number';
    const message = `is about ${entry.number ?? 'no number'}, but ${entry.subject} had ${had}`;
    problems.push({ file: LEDGER_FILE, line: index + 1, message });
  }
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function checkOutcomes(entries: readonly Entry[], what: 'code-break' | 'list opening'): Problem[] {
  const problems: Problem[] = [];
  const open = new Map<number, Problem>();
  for (const [index, entry] of entries.entries()) {
    const place = { file: LEDGER_FILE, line: index + 1 };
    if (entry.action === `${what} intent`) {
      const whose = 'subject' in entry ? `the code-break of ${entry.subject}` : `the ${what}`;
      const seen = what === 'code-break' ? 'the arm' : 'the list';
      const message = `${whose} has no outcome: somebody may have seen ${seen}`;
      open.set(entry.seq, { ...place, message });
    }
    if (entry.action !== `${what} outcome` || !('intent' in entry)) continue;
    if (!open.delete(entry.intent)) {
      problems.push({ ...place, message: `has no intent with sequence ${entry.intent}` });
    }
    if ((entry.result === 'opened') !== (entry.error === null)) {
      problems.push({ ...place, message: 'was opened with an error, or refused without one' });
    }
  }
  return [...problems, ...open.values()];
}
