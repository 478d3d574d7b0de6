import { addDays, type CivilDate } from '../study/civil-date.ts';
import type { StudyDay } from '../study/identifiers.ts';
import {
  type Happening,
  type RecordsInForce,
  recordsInForce,
  type ScheduleChange,
  type Withdrawal,
} from './happenings.ts';
import { studyDayOf } from './study-day.ts';
import type { Visit } from './visits.ts';

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
  const changes = changesInForce(happenings);
  if (changes.length === 0) return { visits, dropped: [] };
  const records = recordsInForce(happenings);
  const { doses } = records;
  const day1 = actualDay1(plannedDay1, records);
  let now = visits;
  const dropped: DroppedVisit[] = [];
  for (const change of changes) {
    const { seq } = change;
    const isAmendment = change.action === 'amendment';
    const first = studyDayOf(day1, isAmendment ? change.from : addDays(change.date, 1));
    const stays = ({ name, day }: Visit): boolean => {
      return day < first || (doses.get(name)?.seq ?? Infinity) < seq;
    };
    const next = isAmendment
      ? amended(now, change.visits, first, stays)
      : now.flatMap((visit) => (stays(visit) ? visit : withdrawn(visit, change.from)));
    const why = isAmendment ? `amendment ${change.amendment}` : `withdrawn from ${change.from}`;
    dropped.push(...eventsWithout(now, next).map((visit) => ({ visit, why })));
    now = next;
  }
  const inForce = now;
  return {
    visits: now,
    dropped: dropped.flatMap(({ visit, why }) =>
      eventsWithout([visit], inForce).map((still) => ({ visit: still, why })),
    ),
  };
}

/** The amendments in the order of their entries, then the withdrawal: no amendment plans visits again after it. */
function changesInForce(happenings: readonly Happening[]): (ScheduleChange | Withdrawal)[] {
  let withdrawals: Withdrawal[] = [];
  const changes: (ScheduleChange | Withdrawal)[] = [];
  for (const one of happenings) {
    if (one.action === 'amendment') changes.push(one);
    if (one.action !== 'withdrawal') continue;
    withdrawals =
      one.retracts === undefined
        ? [...withdrawals, one]
        : withdrawals.filter(({ seq }) => seq !== one.retracts);
  }
  return [...changes, ...withdrawals];
}

function amended(
  now: readonly Visit[],
  visits: readonly Visit[],
  first: StudyDay,
  stays: (visit: Visit) => boolean,
): Visit[] {
  const kept = now.filter(stays);
  const added = visits.filter(({ name, day }) => {
    return day >= first && kept.every((one) => one.name !== name);
  });
  return numbered([...kept, ...added].sort((a, b) => a.day - b.day));
}

/** What a visit still has after a withdrawal. */
function withdrawn(visit: Visit, from: Withdrawal['from']): Visit[] {
  if (from === 'study' || visit.assessments.length === 0) return [];
  return [{ ...visit, injection: undefined }];
}

/** The date of Day 1 as it is now: on which the first injection was given, to which it was moved, or as planned. */
export function actualDay1(plannedDay1: CivilDate, { doses, moves }: RecordsInForce): CivilDate {
  const first = doses.get('D1');
  return first?.result === 'given' ? first.date : (moves.get('D1')?.date ?? plannedDay1);
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
