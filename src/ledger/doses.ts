import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import { LEDGER_FILE } from '../study/layout.ts';
import type { Entry, EntryOf } from './entry.ts';

/** What was recorded of participants' visits. */
export type VisitEntry = EntryOf<'dose'> | EntryOf<'move'>;

/** What was recorded of one participant's visits, in its order. */
export function visitEntries(entries: readonly Entry[], subject: string): VisitEntry[] {
  return visitEntriesBySubject(entries).get(subjectKey(subject)) ?? [];
}

/** The same of every participant, by `subjectKey`. */
export function visitEntriesBySubject(entries: readonly Entry[]): Map<string, VisitEntry[]> {
  const found = new Map<string, VisitEntry[]>();
  for (const entry of entries) {
    if (entry.action !== 'dose' && entry.action !== 'move') continue;
    const key = subjectKey(entry.subject);
    const list = found.get(key);
    if (list === undefined) found.set(key, [entry]);
    else list.push(entry);
  }
  return found;
}

/** The record that holds for a visit: the last one. */
export function doseOf(entries: readonly VisitEntry[], visit: string): EntryOf<'dose'> | undefined {
  return entries.findLast(
    (entry): entry is EntryOf<'dose'> => entry.action === 'dose' && entry.visit === visit,
  );
}

/**
 * Checks that visits are recorded of randomized participants alone, each injection once, and that a
 * correction takes the place of the record that held.
 *
 * @returns what does not agree, by line of the ledger
 */
export function checkVisits(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  const held = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action !== 'dose' && entry.action !== 'move') continue;
    const report = (message: string) =>
      problems.push({ file: LEDGER_FILE, line: index + 1, message });
    const { subject, visit } = entry;
    if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
    const key = `${subjectKey(subject)} ${visit}`;
    const before = held.get(key) ?? null;
    if (entry.action === 'move') {
      if (before !== null) report(`${visit} of ${subject} was moved after it was recorded`);
      continue;
    }
    if (entry.corrects !== before) {
      report(
        before === null
          ? `${visit} of ${subject} corrects entry ${entry.corrects ?? 0}, which is no record of it`
          : `${visit} of ${subject} is recorded in entry ${before} already, which this one does not correct`,
      );
    }
    held.set(key, entry.seq);
  }
  return problems;
}
