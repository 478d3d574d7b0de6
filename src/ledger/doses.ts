import { subjectKey } from '../study/identifiers.ts';
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
