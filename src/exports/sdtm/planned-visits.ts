import { visitsOf, type Visit } from '../../schedule/visits.ts';
import type { Study } from '../../study/study.ts';

/** A visit of the protocol, with its number in every dataset. */
export interface PlannedVisit {
  /** VISITNUM: 1, 2 and so on by planned day, over the schedule and all amendments. */
  readonly number: number;
  /** VISIT: `DAY 15`. */
  readonly name: string;
  readonly visit: Visit;
  /** The first amendment that has it; undefined if the schedule of the list has it. */
  readonly amendment: string | undefined;
}

/** All visits that the protocol plans or planned, by day. */
export function plannedVisits({ schedule, amendments }: Pick<Study, 'schedule' | 'amendments'>) {
  const found = new Map<string, Omit<PlannedVisit, 'number' | 'name'>>();
  const all = [{ id: undefined, schedule }, ...amendments];
  for (const { id, schedule: one } of all) {
    for (const visit of visitsOf(one)) {
      if (!found.has(visit.name)) found.set(visit.name, { visit, amendment: id });
    }
  }
  return [...found.values()]
    .toSorted((a, b) => a.visit.day - b.visit.day)
    .map((one, index): PlannedVisit => {
      return { ...one, number: index + 1, name: `DAY ${one.visit.day}` };
    });
}
