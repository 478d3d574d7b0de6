import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import { findRandomization } from './enrolment.ts';
import { type Entry, entriesOf, type EntryOf } from './entry.ts';

/** An attempt to open a participant's allocation, with what came of it. */
export interface CodeBreak {
  readonly intent: EntryOf<'code-break intent'>;
  /** Undefined where the process ended between the two: somebody may have seen the arm. */
  readonly outcome: EntryOf<'code-break outcome'> | undefined;
}

/** All attempts, in their order. */
export function codeBreaks(entries: readonly Entry[]): CodeBreak[] {
  const outcomes = entriesOf(entries, 'code-break outcome');
  return entriesOf(entries, 'code-break intent').map((intent) => ({
    intent,
    outcome: outcomes.find((outcome) => outcome.intent === intent.seq),
  }));
}

/**
 * Every intent is about the number that its subject had, every outcome belongs to one intent before
 * it, and every intent has an outcome.
 */
export function checkCodeBreaks(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const open = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    const place = { file: LEDGER_FILE, line: index + 1 };
    if (entry.action === 'code-break intent') {
      open.add(entry.seq);
      const number = findRandomization(entries.slice(0, index), entry.subject)?.number ?? null;
      if (number !== entry.number) {
        const had = number ?? 'no number';
        const message = `is about ${entry.number ?? 'no number'}, but ${entry.subject} had ${had}`;
        problems.push({ ...place, message });
      }
    }
    if (entry.action === 'code-break outcome' && !open.delete(entry.intent)) {
      problems.push({ ...place, message: `has no intent with sequence ${entry.intent}` });
    }
    if (
      entry.action === 'code-break outcome' &&
      (entry.result === 'opened') !== (entry.error === null)
    ) {
      problems.push({ ...place, message: 'was opened with an error, or refused without one' });
    }
  }
  for (const { intent, outcome } of codeBreaks(entries)) {
    if (outcome !== undefined) continue;
    const message = `the code-break of ${intent.subject} has no outcome: somebody may have seen the arm`;
    problems.push({ file: LEDGER_FILE, line: intent.seq, message });
  }
  return problems;
}
