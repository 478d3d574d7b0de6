import { addDays, type CivilDate } from '../study/civil-date.ts';
import { changesInForce } from '../study/site-periods.ts';
import type { StudyDay } from '../study/identifiers.ts';
import {
  type Happening,
  type RecordsInForce,
  recordsInForce,
  type ScheduleChange,
  type Withdrawal,
} from './happenings.ts';
import { studyDayOf } from './study-day.ts';
import { hasInjections, type Visit } from './visits.ts';

/** A participant's visits as they are in force, and what is no longer planned. */
export interface VisitsInForce {
  /** By study day. */
  readonly visits: readonly Visit[];
  /** The injections and assessments that amendments or a withdrawal took out, by visit. */
  readonly dropped: readonly DroppedVisit[];
}

/** A visit, with only those of its events that are no longer planned. */
export interface DroppedVisit {
  readonly visit: Visit;
  /** `amendment A2`, `withdrawn from treatment`. */
  readonly why: string;
}

/**
 * The visits of a participant after the amendments so far, and after a withdrawal. From the date of an amendment on,
 * counted as a study day from Day 1 as it is now, the visits are those of the amended schedule. After the date of a
 * withdrawal there are no injections, or no visits. Earlier visits stay, and so do those that were recorded before.
 *
 * @param visits as planned at randomization
 * @param happenings in the order of their entries
 */
export function visitsInForce(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  happenings: readonly Happening[],
): VisitsInForce {
  const changes = planChanges(happenings);
  const takenBack = amendmentsTakenBack(happenings);
  if (changes.length === 0 && takenBack.length === 0) return { visits, dropped: [] };
  const records = recordsInForce(happenings);
  const day1 = actualDay1(visits, plannedDay1, records);
  let now = visits;
  const dropped: DroppedVisit[] = [];
  for (const change of changes) {
    const isAmendment = change.action === 'amendment';
    const first = studyDayOf(day1, isAmendment ? change.from : addDays(change.date, 1));
    const kept = (visit: Visit) => keptOf(visit, first, change.seq, records);
    const next = isAmendment
      ? amended(now, change.visits, first, kept)
      : now.flatMap((visit) => withdrawn(visit, kept(visit), change.from));
    const why = isAmendment ? `amendment ${change.amendment}` : `withdrawn from ${change.from}`;
    dropped.push(...eventsWithout(now, next).map((visit) => ({ visit, why })));
    now = next;
  }
  const inForce = now;
  // Calendars that people have may still show what was planned in between.
  for (const change of takenBack) {
    const first = studyDayOf(day1, change.from);
    const planned = change.visits.filter(({ day }) => day >= first);
    const why = `amendment ${change.amendment}, taken back`;
    const known = dropped.map(({ visit }) => visit);
    const gone = eventsWithout(eventsWithout(planned, inForce), known);
    dropped.push(...gone.map((visit) => ({ visit, why })));
  }
  return {
    visits: now,
    dropped: dropped.flatMap(({ visit, why }) =>
      eventsWithout([visit], inForce).map((still) => ({ visit: still, why })),
    ),
  };
}

/**
 * The amendments in the order of their entries, then the withdrawal: no amendment plans visits again after it. What was
 * taken back is left out.
 */
function planChanges(happenings: readonly Happening[]): (ScheduleChange | Withdrawal)[] {
  return [
    ...changesInForce(happenings.filter((one) => one.action === 'amendment')),
    ...changesInForce(happenings.filter((one) => one.action === 'withdrawal')),
  ];
}

/** The amendments that a participant was moved to, and that no longer count for them because the move was taken back. */
function amendmentsTakenBack(happenings: readonly Happening[]): ScheduleChange[] {
  const all = happenings.filter((one) => one.action === 'amendment');
  const inForce = new Set(changesInForce(all).map(({ seq }) => seq));
  return all.filter((one) => one.retracts === undefined && !inForce.has(one.seq));
}

/**
 * What a visit keeps whatever the change says: all of it if it is earlier or if its injection was recorded before, or
 * else the assessments that were recorded before. Undefined if it keeps nothing.
 */
function keptOf(
  visit: Visit,
  first: StudyDay,
  seq: number,
  { doses, attendances }: RecordsInForce,
): Visit | undefined {
  const { name, day } = visit;
  if (day < first || (doses.get(name)?.since ?? Infinity) < seq) return visit;
  const recorded = attendances.get(name);
  const assessments = visit.assessments.filter((one) => {
    return (recorded?.get(one.name)?.since ?? Infinity) < seq;
  });
  return assessments.length === 0 ? undefined : { ...visit, injection: undefined, assessments };
}

function amended(
  now: readonly Visit[],
  visits: readonly Visit[],
  first: StudyDay,
  keep: (visit: Visit) => Visit | undefined,
): Visit[] {
  const kept = now.flatMap((visit) => keep(visit) ?? []);
  const added = visits.flatMap((visit): Visit[] => {
    if (visit.day < first) return [];
    const own = kept.find(({ name }) => name === visit.name);
    if (own === undefined) return [visit];
    // A visit with an injection stays as it was; one that keeps assessments alone gets the others that are new.
    return own.injection === undefined ? [{ ...visit, assessments: joined(own, visit) }] : [];
  });
  const isReplaced = (name: string) => added.some((one) => one.name === name);
  const others = kept.filter(({ name }) => !isReplaced(name));
  return numbered([...others, ...added].sort((a, b) => a.day - b.day));
}

/** The assessments of a visit after an amendment, those that were kept as they were. */
function joined({ assessments: kept }: Visit, { assessments }: Visit): Visit['assessments'] {
  const isNew = ({ name }: Visit['assessments'][number]) => kept.every((one) => one.name !== name);
  return [...kept, ...assessments.filter(isNew)];
}

/** What a visit still has after a withdrawal. */
function withdrawn(visit: Visit, kept: Visit | undefined, from: Withdrawal['from']): Visit[] {
  if (kept === visit) return [visit];
  if (from === 'study') return kept === undefined ? [] : [kept];
  return visit.assessments.length === 0 ? [] : [{ ...visit, injection: undefined }];
}

/**
 * The date of Day 1 as it is now: on which the first injection was given, to which it was moved, or as planned. Without
 * injections, the first assessment of Day 1 takes the place of the injection.
 *
 * @param visits as planned at randomization
 */
export function actualDay1(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  { doses, moves, attendances }: RecordsInForce,
): CivilDate {
  const dose = doses.get('D1');
  if (dose?.result === 'given') return dose.date;
  const first = hasInjections(visits)
    ? undefined
    : visits.find(({ name }) => name === 'D1')?.assessments[0];
  const done = first && attendances.get('D1')?.get(first.name);
  return done?.result === 'done' ? done.date : (moves.get('D1')?.date ?? plannedDay1);
}

/** The injections counted again. */
function numbered(visits: readonly Visit[]): Visit[] {
  const of = visits.filter(({ injection }) => injection !== undefined).length;
  let index = 0;
  return visits.map((visit) => {
    if (visit.injection === undefined) return visit;
    index += 1;
    return { ...visit, injection: { ...visit.injection, index, of } };
  });
}

/** What some visits have and others do not: each visit with only these events. */
function eventsWithout(visits: readonly Visit[], others: readonly Visit[]): Visit[] {
  return visits.flatMap((visit) => {
    const other = others.find(({ name }) => name === visit.name);
    const injection = other?.injection === undefined ? visit.injection : undefined;
    const assessments = visit.assessments.filter(({ name }) => {
      return other?.assessments.every((one) => one.name !== name) ?? true;
    });
    return injection === undefined && assessments.length === 0
      ? []
      : [{ ...visit, injection, assessments }];
  });
}
