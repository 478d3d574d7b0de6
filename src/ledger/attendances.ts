import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** The record of an assessment that is in force: it took place, or was missed. */
export type RecordedAttendance = EntryOf<'attendance'> & { readonly result: 'done' | 'not done' };

/** The record in force of each assessment of one participant's visit. @param entries of that participant */
export function attendancesOf(
  entries: readonly Entry[],
  visit: string,
): Map<string, RecordedAttendance> {
  const found = new Map<string, RecordedAttendance>();
  for (const entry of entriesOf(entries, 'attendance')) {
    if (entry.visit !== visit) continue;
    for (const name of entry.assessments) {
      if (isRecord(entry)) found.set(name, entry);
      else found.delete(name);
    }
  }
  return found;
}

/** How many assessments took place and how many were missed, by the records in force. */
export function countAttendances(entries: readonly Entry[]): { done: number; notDone: number } {
  const inForce = new Map<string, RecordedAttendance['result']>();
  for (const entry of entriesOf(entries, 'attendance')) {
    for (const name of entry.assessments) {
      const key = keyOf(entry, name);
      if (isRecord(entry)) inForce.set(key, entry.result);
      else inForce.delete(key);
    }
  }
  const results = [...inForce.values()];
  const done = results.filter((result) => result === 'done').length;
  return { done, notDone: results.length - done };
}

/**
 * Checks that assessments are recorded only for randomized participants, each once, and that a correction or a
 * retraction is about the record in force.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkAttendances(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  const inForce = new Map<string, number>();
  for (const entry of entries) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action !== 'attendance') continue;
    const { subject, visit, assessments, result, corrects, seq } = entry;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
    if (new Set(assessments).size < assessments.length) {
      report(`records an assessment of ${visit} of ${subject} twice`);
    }
    for (const name of new Set(assessments)) {
      const before = inForce.get(keyOf(entry, name)) ?? null;
      const what = `${name} of ${visit} of ${subject}`;
      if (result === 'retracted') {
        inForce.delete(keyOf(entry, name));
        if (corrects === null || corrects !== before) {
          report(`takes back entry ${corrects ?? 0}, which is not the record in force of ${what}`);
        }
        continue;
      }
      inForce.set(keyOf(entry, name), seq);
      if (corrects === before) continue;
      report(
        before === null
          ? `corrects entry ${corrects ?? 0}, which is not a record of ${what}`
          : `records ${what} again without correcting entry ${before}`,
      );
    }
  }
  return problems;
}

function isRecord(entry: EntryOf<'attendance'>): entry is RecordedAttendance {
  return entry.result !== 'retracted';
}

/** A visit's name has no blank. */
function keyOf({ subject, visit }: EntryOf<'attendance'>, name: string): string {
  return `${subjectKey(subject)} ${visit} ${name}`;
}
