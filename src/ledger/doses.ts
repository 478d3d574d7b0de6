import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import type { Entry, EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** A record of a visit: an injection, assessments, a move, or a retraction of one of them. */
export type VisitEntry = EntryOf<'dose'> | EntryOf<'attendance'> | EntryOf<'move'>;

/** The record of an injection that is in force: what happened to it. */
export type RecordedDose = EntryOf<'dose'> & { readonly result: 'given' | 'not done' };

/** The records of one participant's visits in their order, with retractions and what they take back. */
export function visitEntries(entries: readonly Entry[], subject: string): VisitEntry[] {
  return visitEntriesBySubject(entries).get(subjectKey(subject)) ?? [];
}

/** The records of every participant's visits, by `subjectKey`. */
export function visitEntriesBySubject(entries: readonly Entry[]): Map<string, VisitEntry[]> {
  const found = new Map<string, VisitEntry[]>();
  for (const entry of entries) {
    const { action } = entry;
    if (action !== 'dose' && action !== 'attendance' && action !== 'move') continue;
    const key = subjectKey(entry.subject);
    const list = found.get(key);
    if (list === undefined) found.set(key, [entry]);
    else list.push(entry);
  }
  return found;
}

/** The record of an injection that is in force: the last one of that visit, if it was not taken back. */
export function doseOf(entries: readonly VisitEntry[], visit: string): RecordedDose | undefined {
  const last = entries.findLast(
    (entry): entry is EntryOf<'dose'> => entry.action === 'dose' && entry.visit === visit,
  );
  return last?.result === 'retracted' ? undefined : (last as RecordedDose | undefined);
}

/** The records in force of all participants' injections. */
export function dosesInForce(entries: readonly Entry[]): RecordedDose[] {
  return [...dosesInForceBySubject(entries).values()].flat();
}

/** The records in force of every participant's injections, by `subjectKey`. */
export function dosesInForceBySubject(entries: readonly Entry[]): Map<string, RecordedDose[]> {
  return new Map(
    [...visitEntriesBySubject(entries)].map(([key, records]) => {
      const visits = [...new Set(records.map(({ visit }) => visit))];
      return [key, visits.flatMap((visit) => doseOf(records, visit) ?? [])];
    }),
  );
}

/** The moves of a visit that were not taken back, in their order; the last one is in force. */
export function movesOf(entries: readonly VisitEntry[], visit: string): EntryOf<'move'>[] {
  const moves: EntryOf<'move'>[] = [];
  for (const entry of entries) {
    if (entry.action !== 'move' || entry.visit !== visit) continue;
    if (entry.retracts === undefined) moves.push(entry);
    else moves.pop();
  }
  return moves;
}

/** The records of one participant that are in force, while the ledger is read from its beginning. */
interface Valid {
  /** Visit → its record. */
  readonly doses: Map<string, EntryOf<'dose'>>;
  /** Visit → its moves, in their order. */
  readonly moves: Map<string, EntryOf<'move'>[]>;
}

/**
 * Checks that visits are recorded only for randomized participants, each injection once, that a correction
 * replaces the record in force, and that a retraction takes back that record, before which no later injection
 * is recorded.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkVisits(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  const bySubject = new Map<string, Valid>();
  for (const entry of entries) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action !== 'dose' && entry.action !== 'move') continue;
    const key = subjectKey(entry.subject);
    const valid = bySubject.get(key) ?? { doses: new Map(), moves: new Map() };
    bySubject.set(key, valid);
    const found = [
      ...(randomized.has(key) ? [] : [`${entry.subject} was not randomized before`]),
      ...(entry.action === 'move' ? moveProblems(entry, valid) : doseProblems(entry, valid)),
    ];
    for (const message of found) problems.push(entryProblem(entry, message));
  }
  return problems;
}

/** The discrepancies between a move and the records before it. It then counts. */
function moveProblems(entry: EntryOf<'move'>, { doses, moves }: Valid): string[] {
  const { subject, visit, from, retracts } = entry;
  const own = moves.get(visit) ?? [];
  moves.set(visit, own);
  const isRecorded = doses.has(visit)
    ? [`moves ${visit} of ${subject}, which was already recorded`]
    : [];
  if (retracts === undefined) {
    own.push(entry);
    return isRecorded;
  }
  const last = own.pop();
  if (last?.seq !== retracts) {
    const what = `which is not the last move of ${visit} of ${subject}`;
    return [...isRecorded, `takes back entry ${retracts}, ${what}`];
  }
  if (last.date === from) return isRecorded;
  return [
    ...isRecorded,
    `takes back entry ${retracts} of ${last.date}, but says that it is of ${from}`,
  ];
}

/** The discrepancies between a record of an injection and the records before it. It then counts. */
function doseProblems(entry: EntryOf<'dose'>, { doses }: Valid): string[] {
  const { subject, visit, result, corrects } = entry;
  const before = doses.get(visit)?.seq ?? null;
  if (result === 'retracted') {
    doses.delete(visit);
    const later = [...doses.keys()].filter((other) => dayOf(other) > dayOf(visit));
    const isOther = corrects === null || corrects !== before;
    return [
      ...(isOther
        ? [
            `takes back entry ${corrects ?? 0}, which is not the record in force of ${visit} of ${subject}`,
          ]
        : []),
      ...(later.length > 0
        ? [`takes back ${visit} of ${subject}, although ${later.join(', ')} is recorded`]
        : []),
    ];
  }
  doses.set(visit, entry);
  if (corrects === before) return [];
  return [
    before === null
      ? `corrects entry ${corrects ?? 0}, which is not a record of ${visit} of ${subject}`
      : `records ${visit} of ${subject} again without correcting entry ${before}`,
  ];
}

/** The study day after which a visit is named. */
function dayOf(visit: string): number {
  return Number(visit.slice(1));
}
