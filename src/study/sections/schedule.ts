import * as v from 'valibot';
import { counted } from '../../words.ts';
import { ASSESSMENT_OCCASIONS, INJECTION_OCCASIONS } from '../days.ts';
import { line, type StudyDay } from '../identifiers.ts';
import { reportRepeats } from '../repeats.ts';
import { INTERVAL_DAYS, type VisitWindow, WINDOW } from '../windows.ts';
import { mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';

/** The injections of one phase, by study day. */
export interface Phase {
  readonly name: string;
  readonly days: readonly StudyDay[];
  /** The same for every arm, as everyone may read it. */
  readonly dose?: string | undefined;
  readonly route?: string | undefined;
  /** Undefined if the protocol has none: then no day is outside it, and randose proposes none. */
  readonly window?: VisitWindow | undefined;
  /** The least number of days between an injection of the phase and the one before it. */
  readonly leastInterval?: number | undefined;
  /** Day 1 if undefined. */
  readonly countedFrom?: CountedFrom | undefined;
  /** Nothing if undefined. */
  readonly afterMissed?: AfterMissed | undefined;
}

/** What is measured on which study days. */
export interface Assessment {
  readonly name: string;
  readonly days: readonly StudyDay[];
  readonly window?: VisitWindow | undefined;
  readonly timing?: Timing | undefined;
}

/** What is planned for every participant. */
export interface Schedule {
  readonly phases: readonly Phase[];
  readonly assessments: readonly Assessment[];
}

/** What later injections are counted from: Day 1, or the injection before as it really happened. */
const COUNTED_FROM = v.picklist(
  ['day 1', 'visit before'],
  'expected day 1, or visit before (the day on which it happened)',
);
export type CountedFrom = v.InferOutput<typeof COUNTED_FROM>;

/** What a missed dose does to the later ones. */
const AFTER_MISSED = v.picklist(
  ['nothing', 'move'],
  'expected nothing (the later injections stay) or move (they move by the days that were lost)',
);
export type AfterMissed = v.InferOutput<typeof AFTER_MISSED>;

/** When in a visit an assessment takes place. */
const TIMING = v.picklist(['before dose', 'after dose'], 'expected before dose or after dose');
export type Timing = v.InferOutput<typeof TIMING>;

/** The rules that a phase may have, and the schedule for all phases that have none. */
const FOR_ALL_PHASES = {
  leastInterval: v.optional(INTERVAL_DAYS),
  countedFrom: v.optional(COUNTED_FROM),
  afterMissed: v.optional(AFTER_MISSED),
};

const INJECTIONS = mapping({
  phase: line(40),
  ...INJECTION_OCCASIONS,
  dose: v.optional(line(60)),
  route: v.optional(line(40)),
  window: v.optional(WINDOW),
  ...FOR_ALL_PHASES,
});

const ASSESSMENT = mapping({
  name: line(80),
  ...ASSESSMENT_OCCASIONS,
  window: v.optional(WINDOW),
  timing: v.optional(TIMING),
});

export const SCHEDULE = mapping({
  injections: v.pipe(v.array(INJECTIONS), v.minLength(1, 'expected at least one phase')),
  assessments: v.nullish(v.array(ASSESSMENT), []),
  ...FOR_ALL_PHASES,
});

/** The keys whose values are days and lengths of time, not texts. */
export const SCHEDULE_NOT_TEXTS = ['days', 'weeks', 'every', 'window', 'leastInterval'];

/** The days of a phase or an assessment, in whichever way they are written. */
function daysOf(said: {
  days?: number[] | undefined;
  weeks?: number[] | undefined;
  every?: number[] | undefined;
}): StudyDay[] {
  return (said.days ?? said.weeks ?? said.every ?? []) as StudyDay[];
}

type ScheduleYaml = v.InferOutput<typeof SCHEDULE>;
type ForAllPhases = Pick<ScheduleYaml, 'leastInterval' | 'countedFrom' | 'afterMissed'>;

/** The schedule that study.yaml describes. The rules for all phases are in each phase. */
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

/**
 * What a digest of a schedule covers. Rules that are not in the schedule are left out, so that the digest of a simple
 * schedule stays.
 */
export function scheduleParts({ phases, assessments }: Schedule): unknown[] {
  const said = (rules: object) => (Object.keys(rules).length === 0 ? [] : [rules]);
  return [phases, assessments].map((all) =>
    all.map(({ name, days, ...rules }) => [name, days, ...said(rules)]),
  );
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

/** The values that are not undefined. */
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

/**
 * Reports injections on the same day, windows that overlap, intervals that are too short, and the like.
 *
 * @param at where the schedule is in the file
 */
export function checkSchedule(yaml: YamlFile, at: YamlPath = ['schedule']): void {
  const phases = yaml.soundItems([...at, 'injections'], INJECTIONS);
  reportRepeats(yaml, phases, 'phase', 'phase');
  const before = yaml.problems.length;
  const phaseOfDay = new Map<number, string>();
  for (const { path, value } of phases) {
    checkOccasions(yaml, path, value, 'phase');
    for (const day of daysOf(value)) {
      const other = phaseOfDay.get(day);
      if (other !== undefined) {
        yaml.report(
          path,
          `Day ${day} is already in ${other}: there would be two injections on one day`,
        );
      }
      phaseOfDay.set(day, value.phase);
    }
  }
  const areSound = yaml.areSound([...at, 'injections']);
  if (areSound && phaseOfDay.size > 0 && !phaseOfDay.has(1)) {
    const first = Math.min(...phaseOfDay.keys());
    yaml.report(
      [...at, 'injections'],
      `the first injection is on Day ${first}, but Day 1 is by definition the day of the first injection`,
    );
  }
  if (yaml.areSound(at) && yaml.problems.length === before) {
    const forAll = (yaml.sound(at, SCHEDULE) ?? {}) as ForAllPhases;
    checkDistances(
      yaml,
      at,
      phases.flatMap(({ path, value }) => {
        const phase = phaseFrom(value, forAll);
        return phase.days.map((day) => ({ day, phase, path }));
      }),
    );
  }
  checkAssessments(yaml, at, areSound ? phaseOfDay : undefined);
}

function checkOccasions(
  yaml: YamlFile,
  path: YamlPath,
  said: Parameters<typeof daysOf>[0],
  what: string,
): void {
  const ways = [said.days, said.weeks, said.every].filter((days) => days !== undefined);
  if (ways.length === 1) return;
  yaml.report(
    path,
    `this ${what} needs exactly one of days (such as 1-5), weeks (such as 3-6) and every`,
  );
}

const PLANNED_DAY_ALONE: VisitWindow = { before: 0, after: 0 };

/** Day 1 has no window: it is the day of the first injection, whenever that is. */
function windowOf({ day, phase }: PlannedInjection): VisitWindow {
  return day === 1 ? PLANNED_DAY_ALONE : (phase.window ?? PLANNED_DAY_ALONE);
}

/**
 * Reports windows that have a day in common, and a least interval that no days of the windows can keep.
 */
function checkDistances(yaml: YamlFile, at: YamlPath, injections: PlannedInjection[]): void {
  injections.sort((a, b) => a.day - b.day);
  const told = new Set<string>();
  const report = (path: YamlPath, key: string, message: string) => {
    const place = [...path, key];
    if (!told.has(place.join('/'))) yaml.report(place, message);
    told.add(place.join('/'));
  };
  // The earliest day, in days after Day 1, on which each injection can be, given those before it.
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
          ? `the window of Day ${next.day} reaches back to the injection before it, ${counted(gap, 'day')} earlier`
          : `the windows of Day ${before.day} and Day ${next.day} overlap: both injections could be on one day`,
      );
    }
    const least = next.phase.leastInterval ?? 0;
    const planned = isRelative ? earliest + gap : elapsedDays(next.day);
    const soonest = Math.max(planned - mine.before, earliest + least);
    const latest = planned + mine.after;
    if (soonest > latest) {
      const own = yaml.has([...next.path, 'leastInterval']);
      report(
        own ? next.path : at,
        'leastInterval',
        `Day ${next.day} cannot be ${counted(least, 'day')} after the injection before it: ${
          next.phase.window === undefined || next.day === 1
            ? `it is planned ${counted(gap, 'day')} after it, and has no window`
            : `no day of its window is late enough`
        }`,
      );
    }
    earliest = Math.min(soonest, latest);
  }
}

function checkAssessments(
  yaml: YamlFile,
  at: YamlPath,
  phaseOfDay: ReadonlyMap<number, string> | undefined,
): void {
  const assessments = yaml.soundItems([...at, 'assessments'], ASSESSMENT);
  reportRepeats(yaml, assessments, 'name', 'assessment');
  for (const { path, value } of assessments) {
    checkOccasions(yaml, path, value, 'assessment');
    if (value.timing === undefined || phaseOfDay === undefined) continue;
    const without = daysOf(value).find((day) => !phaseOfDay.has(day));
    if (without === undefined) continue;
    const message = `"${value.timing}", but there is no injection on Day ${without}`;
    yaml.report([...path, 'timing'], message);
  }
}
