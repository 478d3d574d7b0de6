import type { CivilDate } from '../study/civil-date.ts';
import { type Happening, recordsInForce, type ScheduleChange } from './happenings.ts';
import { studyDayOf } from './study-day.ts';
import type { Visit } from './visits.ts';

/** A participant's visits as they are in force, and what amendments took out of them. */
interface VisitsInForce {
  /** By study day. */
  readonly visits: readonly Visit[];
  /** The injections and assessments that are no longer planned, by visit. */
  readonly dropped: readonly DroppedVisit[];
}

/** A visit, with only those of its events that an amendment took out. */
export interface DroppedVisit {
  readonly visit: Visit;
  readonly amendment: string;
}

/**
 * The visits of a participant after the amendments so far. From the date of an amendment on, counted as a study day
 * from Day 1 as it is now, the visits are those of the amended schedule; earlier ones stay, and so do those that were
 * recorded before the amendment was.
 *
 * @param visits as planned at randomization
 * @param happenings in the order of their entries
 */
export function visitsInForce(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  happenings: readonly Happening[],
): VisitsInForce {
  const changes = happenings.filter((one): one is ScheduleChange => one.action === 'amendment');
  if (changes.length === 0) return { visits, dropped: [] };
  const { doses } = recordsInForce(happenings);
  const day1 = actualDay1(plannedDay1, happenings);
  let now = visits;
  const dropped: DroppedVisit[] = [];
  for (const { seq, from, amendment, visits: amended } of changes) {
    const first = studyDayOf(day1, from);
    const kept = now.filter(({ name, day }) => {
      return day < first || (doses.get(name)?.seq ?? Infinity) < seq;
    });
    const added = amended.filter(({ name, day }) => {
      return day >= first && kept.every((one) => one.name !== name);
    });
    const next = numbered([...kept, ...added].sort((a, b) => a.day - b.day));
    dropped.push(...eventsWithout(now, next).map((visit) => ({ visit, amendment })));
    now = next;
  }
  const inForce = now;
  return {
    visits: now,
    dropped: dropped.flatMap(({ visit, amendment }) =>
      eventsWithout([visit], inForce).map((still) => ({ visit: still, amendment })),
    ),
  };
}

/** The date of Day 1 as it is now: on which the first injection was given, to which it was moved, or as planned. */
export function actualDay1(plannedDay1: CivilDate, happenings: readonly Happening[]): CivilDate {
  const { doses, moves } = recordsInForce(happenings);
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
