import {
  type AfterMissed,
  type Anchor,
  type CountedFrom,
  courseStart,
  cycleStart,
  periodOf,
  windowInPhase,
} from '../study/sections/schedule.ts';
import type { VisitWindow } from '../study/windows.ts';
import type { StudyDay } from '../study/identifiers.ts';
import type { Assessment, Phase, Schedule } from '../study/study.ts';
import { daysFromDay1 } from './study-day.ts';

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
  /** The course with which it moves; undefined if it moves by itself. */
  readonly course: PlannedCourse | undefined;
  /** Undefined if its phase is not in cycles. */
  readonly cycle: CycleDay | undefined;
}

/** A course of injections: if its first one moves, the others move with it. */
export interface PlannedCourse {
  readonly firstDay: StudyDay;
  readonly anchor: Anchor;
}

/** A day of a cycle. The cycles of all phases are counted together, from 1. */
export interface CycleDay {
  readonly cycle: number;
  /** Day 1 is the day of the cycle's first injection. */
  readonly day: number;
}

/** The plan of one study day: an injection, assessments, or both. */
export interface Visit {
  /** Named after its planned day: `D1`, `D15`, `D-1`. The name stays when the date changes. */
  readonly name: string;
  readonly day: StudyDay;
  readonly injection: PlannedInjection | undefined;
  readonly assessments: readonly Assessment[];
  /** The name of the period in which it is planned; absent if it is in none. */
  readonly period?: string | undefined;
}

/** Whether a schedule has injections, and not assessments alone. */
export function hasInjections(visits: readonly Visit[]): boolean {
  return visits.some(({ injection }) => injection !== undefined);
}

/** Whether a course begins with an injection. */
export function beginsCourse({ day, injection }: Visit): boolean {
  return injection?.course?.firstDay === day;
}

/** A day of a cycle in words: `Cycle 2 Day 8`. */
export function cycleText({ cycle, day }: CycleDay): string {
  return `Cycle ${cycle} Day ${day}`;
}

/** A day of a cycle in short, as `--visit` accepts it too: `C2D8`. */
export function cycleCode({ cycle, day }: CycleDay): string {
  return `C${cycle}D${day}`;
}

/** A visit's name, with its day in a cycle if it has one: `D36 (Cycle 2 Day 8)`. */
export function visitText({ name, injection }: Visit): string {
  return injection?.cycle === undefined ? name : `${name} (${cycleText(injection.cycle)})`;
}

/** The visits of a schedule, by study day. */
export function visitsOf(schedule: Schedule): Visit[] {
  const doses = schedule.phases
    .flatMap((phase) => phase.days.map((day) => ({ phase, day })))
    .sort((a, b) => a.day - b.day);
  const cycles = schedule.phases.flatMap((phase) => phase.cycles ?? []).sort((a, b) => a - b);
  const injections = new Map(
    doses.map(({ phase, day }, place): [StudyDay, PlannedInjection] => [
      day,
      {
        index: place + 1,
        of: doses.length,
        phase: phase.name,
        dose: phase.doses?.[day] ?? phase.dose,
        route: phase.route,
        window: place === 0 ? undefined : windowInPhase(phase, day),
        leastInterval: phase.leastInterval ?? 0,
        countedFrom: phase.countedFrom ?? 'day 1',
        afterMissed: phase.afterMissed ?? 'nothing',
        course: courseOf(phase, day),
        cycle: cycleDayOf(phase, day, cycles),
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
      ...periodAt(schedule, day),
    }));
}

function periodAt(schedule: Schedule, day: StudyDay): Pick<Visit, 'period'> {
  const period = periodOf(schedule, day);
  return period === undefined ? {} : { period };
}

function courseOf(phase: Phase, day: StudyDay): PlannedCourse | undefined {
  const firstDay = courseStart(phase, day);
  return firstDay === undefined ? undefined : { firstDay, anchor: phase.course!.anchor };
}

function cycleDayOf(
  phase: Phase,
  day: StudyDay,
  cycles: readonly StudyDay[],
): CycleDay | undefined {
  const first = cycleStart(phase, day);
  if (first === undefined) return undefined;
  return { cycle: cycles.indexOf(first) + 1, day: daysFromDay1(day) - daysFromDay1(first) + 1 };
}
