import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import type { Entry, EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** A record of a visit: an injection or a move. */
type VisitEntry = EntryOf<'dose'> | EntryOf<'move'>;

/** The records of one participant's visits, in their order. */
export function visitEntries(entries: readonly Entry[], subject: string): VisitEntry[] {
  return visitEntriesBySubject(entries).get(subjectKey(subject)) ?? [];
}

/** The records of every participant's visits, by `subjectKey`. */
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

/** The valid record of an injection: the last one of that visit. */
export function doseOf(entries: readonly VisitEntry[], visit: string): EntryOf<'dose'> | undefined {
  return entries.findLast(
    (entry): entry is EntryOf<'dose'> => entry.action === 'dose' && entry.visit === visit,
  );
}

/**
 * Checks that visits are recorded only for randomized participants, each injection once, and that a correction
 * replaces the record that was valid.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkVisits(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  const valid = new Map<string, number>();
  for (const entry of entries) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action !== 'dose' && entry.action !== 'move') continue;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    const { subject, visit } = entry;
    if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
    const key = `${subjectKey(subject)} ${visit}`;
    const before = valid.get(key) ?? null;
    if (entry.action === 'move') {
      if (before !== null) report(`moves ${visit} of ${subject}, which was already recorded`);
      continue;
    }
    if (entry.corrects !== before) {
      report(
        before === null
          ? `corrects entry ${entry.corrects ?? 0}, which is not a record of ${visit} of ${subject}`
          : `records ${visit} of ${subject} again without correcting entry ${before}`,
      );
    }
    valid.set(key, entry.seq);
  }
  return problems;
}
