import { visitsOf, type Visit } from '../../schedule/visits.ts';
import type { Schedule, Study } from '../../study/study.ts';

/** A visit of the protocol, with its number in every dataset. */
export interface PlannedVisit {
  /** VISITNUM: 1, 2 and so on by planned day, over the schedule and all amendments. */
  readonly number: number;
  /** VISIT: `DAY 15`. */
  readonly name: string;
  /** As the first schedule that has it plans it. */
  readonly visit: Visit;
}

/** All visits that the protocol plans or planned, by day. */
export function plannedVisits(study: Pick<Study, 'schedule' | 'amendments'>): PlannedVisit[] {
  const found = new Map<string, Visit>();
  for (const { visits } of scheduleVersions(study)) {
    for (const visit of visits) if (!found.has(visit.name)) found.set(visit.name, visit);
  }
  return [...found.values()]
    .toSorted((a, b) => a.day - b.day)
    .map((visit, index) => ({ number: index + 1, name: visitName(visit), visit }));
}

/** VISIT: `DAY 15`. */
export function visitName({ day }: Pick<Visit, 'day'>): string {
  return `DAY ${day}`;
}

/** The schedule of the list, and that of each amendment in their order. */
export function scheduleVersions({
  schedule,
  amendments,
}: Pick<Study, 'schedule' | 'amendments'>): ScheduleVersion[] {
  return [{ id: undefined, schedule }, ...amendments].map(({ id, schedule: one }) => {
    return { amendment: id, visits: visitsOf(one) };
  });
}

/** The schedule as the protocol has it now, and the phases that amendments took out: participants can have been in them. */
export function lastSchedule({
  schedule,
  amendments,
}: Pick<Study, 'schedule' | 'amendments'>): Schedule {
  const all = [schedule, ...amendments.map((one) => one.schedule)];
  const phases = new Map(all.flatMap((one) => one.phases.map((phase) => [phase.name, phase])));
  return { ...all.at(-1)!, phases: [...phases.values()] };
}

/** A schedule that the protocol has or had. */
export interface ScheduleVersion {
  /** Undefined for the schedule of the list. */
  readonly amendment: string | undefined;
  /** By day. */
  readonly visits: readonly Visit[];
}
