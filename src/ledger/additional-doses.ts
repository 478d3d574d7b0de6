import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** The entries about additional doses of each participant, by `subjectKey`, in their order. */
export function additionalDosesBySubject(
  entries: readonly Entry[],
): Map<string, EntryOf<'additional dose'>[]> {
  const found = new Map<string, EntryOf<'additional dose'>[]>();
  for (const entry of entriesOf(entries, 'additional dose')) {
    const key = subjectKey(entry.subject);
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return found;
}

/** The additional doses of all participants that were not taken back. */
export function additionalDosesInForce(entries: readonly Entry[]): EntryOf<'additional dose'>[] {
  const all = entriesOf(entries, 'additional dose');
  const takenBack = new Set(all.map(({ corrects }) => corrects));
  return all.filter(({ seq, result }) => result === 'given' && !takenBack.has(seq));
}

/**
 * Checks that additional doses are recorded only for randomized participants, and that a retraction takes back one of
 * the same participant that is in force.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkAdditionalDoses(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  /** The sequence number of each dose in force → whose it is. */
  const inForce = new Map<number, string>();
  for (const entry of entries) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action !== 'additional dose') continue;
    const { subject, seq, result, corrects } = entry;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    const key = subjectKey(subject);
    if (!randomized.has(key)) report(`${subject} was not randomized before`);
    if (result === 'given') {
      inForce.set(seq, key);
      if (corrects !== null) report(`corrects entry ${corrects}: an additional dose corrects none`);
      continue;
    }
    const whose = inForce.get(corrects ?? 0);
    if (whose !== key) {
      const what = `an additional dose of ${subject} in force`;
      report(`takes back entry ${corrects ?? 0}, which is not ${what}`);
    } else inForce.delete(corrects ?? 0);
  }
  return problems;
}
