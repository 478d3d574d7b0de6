import type * as v from 'valibot';
import type { VisitWindow } from './dosing-rules.ts';
import type { StudyDay } from './identifiers.ts';
import { reportRepeats } from './repeats.ts';
import type { Phase, Schedule } from './study.ts';
import { ASSESSMENT, daysOf, INJECTIONS, SCHEDULE, type StudyYaml } from './study-shape.ts';
import type { YamlPath } from './yaml-file.ts';

type ScheduleYaml = v.InferOutput<typeof SCHEDULE>;
type ForAllPhases = Pick<ScheduleYaml, 'leastInterval' | 'countedFrom' | 'afterMissed'>;

/** The schedule that study.yaml describes, with what holds for every phase in each. */
export function scheduleFrom({ injections, assessments, ...forAll }: ScheduleYaml): Schedule {
  return {
    phases: injections.map((one) => phaseFrom(one, forAll)),
    assessments: assessments.map((one) => ({
      name: one.name,
      days: daysOf(one),
      ...given({ window: one.window, timing: one.timing }),
    })),
  };
}

function phaseFrom(one: v.InferOutput<typeof INJECTIONS>, forAll: ForAllPhases): Phase {
  return {
    name: one.phase,
    days: daysOf(one),
    ...given({
      dose: one.dose,
      route: one.route,
      window: one.window,
      leastInterval: one.leastInterval ?? forAll.leastInterval,
      countedFrom: one.countedFrom ?? forAll.countedFrom,
      afterMissed: one.afterMissed ?? forAll.afterMissed,
    }),
  };
}

/** What is said, without what is not. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** Days from Day 1: there is no Day 0. */
function elapsedDays(day: StudyDay): number {
  return day > 0 ? day - 1 : day;
}

interface PlannedInjection {
  readonly day: StudyDay;
  readonly phase: Phase;
  readonly path: YamlPath;
}

/** Reports whatever does not hold between the parts of the schedule. */
export function checkSchedule(yaml: StudyYaml): void {
  const phases = yaml.soundItems(['schedule', 'injections'], INJECTIONS);
  reportRepeats(yaml, phases, 'phase', 'phase');
  const before = yaml.problems.length;
  const phaseOfDay = new Map<number, string>();
  for (const { path, value } of phases) {
    checkOccasions(yaml, path, value, 'phase');
    for (const day of daysOf(value)) {
      const other = phaseOfDay.get(day);
      if (other !== undefined) {
        yaml.report(path, `Day ${day} is in ${other} already: two injections on one day`);
      }
      phaseOfDay.set(day, value.phase);
    }
  }
  const areSound = yaml.areSound(['schedule', 'injections']);
  if (areSound && phaseOfDay.size > 0 && !phaseOfDay.has(1)) {
    const first = Math.min(...phaseOfDay.keys());
    yaml.report(
      ['schedule', 'injections'],
      `the first injection is on Day ${first}, but Day 1 is by definition the day of the first injection`,
    );
  }
  if (yaml.areSound(['schedule']) && yaml.problems.length === before) {
    const forAll = (yaml.sound(['schedule'], SCHEDULE) ?? {}) as ForAllPhases;
    checkDistances(
      yaml,
      phases.flatMap(({ path, value }) => {
        const phase = phaseFrom(value, forAll);
        return phase.days.map((day) => ({ day, phase, path }));
      }),
    );
  }
  checkAssessments(yaml, areSound ? phaseOfDay : undefined);
}

function checkOccasions(
  yaml: StudyYaml,
  path: YamlPath,
  said: Parameters<typeof daysOf>[0],
  what: string,
): void {
  const ways = [said.days, said.weeks, said.every].filter((days) => days !== undefined);
  if (ways.length === 1) return;
  yaml.report(
    path,
    `expected one of days (such as 1-5), weeks (such as 3-6) and every for this ${what}`,
  );
}

const PLANNED_DAY_ALONE: VisitWindow = { before: 0, after: 0 };

/** Day 1 has no window: it is the day of the first injection, whenever that is. */
function windowOf({ day, phase }: PlannedInjection): VisitWindow {
  return day === 1 ? PLANNED_DAY_ALONE : (phase.window ?? PLANNED_DAY_ALONE);
}

/**
 * Reports windows of which two have a day in common, and a least interval that cannot be kept on any days
 * of the windows.
 */
function checkDistances(yaml: StudyYaml, injections: PlannedInjection[]): void {
  injections.sort((a, b) => a.day - b.day);
  const told = new Set<string>();
  const report = (path: YamlPath, key: string, message: string) => {
    const place = [...path, key];
    if (!told.has(place.join('/'))) yaml.report(place, message);
    told.add(place.join('/'));
  };
  // The earliest day, counted from Day 1, on which each injection can be, given those before it.
  let earliest = 0;
  for (const [index, next] of injections.entries()) {
    const before = injections[index - 1];
    if (before === undefined) continue;
    const gap = elapsedDays(next.day) - elapsedDays(before.day);
    const [mine, other] = [windowOf(next), windowOf(before)];
    const isRelative = next.phase.countedFrom === 'visit before';
    const reach = isRelative ? mine.before : mine.before + other.after;
    if (reach >= gap) {
      const isMine = mine.before > 0 && next.phase.window !== undefined;
      report(
        isMine ? next.path : before.path,
        'window',
        isRelative
          ? `the window of Day ${next.day} reaches back to the injection before it, ${gap} ${gap === 1 ? 'day' : 'days'} earlier`
          : `the windows of Day ${before.day} and Day ${next.day} overlap: both could be on one day`,
      );
    }
    const least = next.phase.leastInterval ?? 0;
    const planned = isRelative ? earliest + gap : elapsedDays(next.day);
    const soonest = Math.max(planned - mine.before, earliest + least);
    const latest = planned + mine.after;
    if (soonest > latest) {
      const own = yaml.has([...next.path, 'leastInterval']);
      report(
        own ? next.path : ['schedule'],
        'leastInterval',
        `Day ${next.day} cannot be ${least} ${least === 1 ? 'day' : 'days'} after the injection before it: ${
          next.phase.window === undefined || next.day === 1
            ? `it is planned ${gap} after it, and has no window`
            : `no day of its window is`
        }`,
      );
    }
    earliest = Math.min(soonest, latest);
  }
}

function checkAssessments(
  yaml: StudyYaml,
  phaseOfDay: ReadonlyMap<number, string> | undefined,
): void {
  const assessments = yaml.soundItems(['schedule', 'assessments'], ASSESSMENT);
  reportRepeats(yaml, assessments, 'name', 'assessment');
  for (const { path, value } of assessments) {
    checkOccasions(yaml, path, value, 'assessment');
    if (value.timing === undefined || phaseOfDay === undefined) continue;
    const without = daysOf(value).find((day) => !phaseOfDay.has(day));
    if (without === undefined) continue;
    const message = `"${value.timing}", but on Day ${without} there is no injection`;
    yaml.report([...path, 'timing'], message);
  }
}
