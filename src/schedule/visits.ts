import type { AfterMissed, CountedFrom } from '../study/sections/schedule.ts';
import type { VisitWindow } from '../study/windows.ts';
import type { StudyDay } from '../study/identifiers.ts';
import type { Assessment, Schedule } from '../study/study.ts';

/** An injection of the schedule, with its rules. */
export interface PlannedInjection {
  /** Its place among all of them, from 1. */
  readonly index: number;
  readonly of: number;
  readonly phase: string;
  readonly dose: string | undefined;
  readonly route: string | undefined;
  /** Undefined if there is none, and for Day 1, which is the day of the first injection. */
  readonly window: VisitWindow | undefined;
  /** Days from the injection before; 0 if there is no least interval. */
  readonly leastInterval: number;
  readonly countedFrom: CountedFrom;
  readonly afterMissed: AfterMissed;
}

/** The plan of one study day: an injection, assessments, or both. */
export interface Visit {
  /** Named after its planned day: `D1`, `D15`, `D-1`. The name stays when the date changes. */
  readonly name: string;
  readonly day: StudyDay;
  readonly injection: PlannedInjection | undefined;
  readonly assessments: readonly Assessment[];
}

/** The visits of a schedule, by study day. */
export function visitsOf(schedule: Schedule): Visit[] {
  const doses = schedule.phases
    .flatMap((phase) => phase.days.map((day) => ({ phase, day })))
    .sort((a, b) => a.day - b.day);
  const injections = new Map(
    doses.map(({ phase, day }, place): [StudyDay, PlannedInjection] => [
      day,
      {
        index: place + 1,
        of: doses.length,
        phase: phase.name,
        dose: phase.dose,
        route: phase.route,
        window: place === 0 ? undefined : phase.window,
        leastInterval: phase.leastInterval ?? 0,
        countedFrom: phase.countedFrom ?? 'day 1',
        afterMissed: phase.afterMissed ?? 'nothing',
      },
    ]),
  );
  const days = new Set([...injections.keys(), ...schedule.assessments.flatMap((one) => one.days)]);
  return [...days]
    .sort((a, b) => a - b)
    .map((day) => ({
      name: `D${day}`,
      day,
      injection: injections.get(day),
      assessments: schedule.assessments.filter((one) => one.days.includes(day)),
    }));
}
