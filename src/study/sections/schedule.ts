import * as v from 'valibot';
import { counted } from '../../words.ts';
import {
  ASSESSMENT_OCCASIONS,
  dayAfter,
  expandRanges,
  INJECTION_OCCASIONS,
  OCCASIONS_SAY,
  type Repeats,
} from '../days.ts';
import { line, type StudyDay } from '../identifiers.ts';
import { NAMES, NAMES_SAY, type NamesByLanguage } from '../names.ts';
import { reportRepeats } from '../repeats.ts';
import { ARM, type Arm } from './arms.ts';
import { INTERVAL_DAYS, type VisitWindow, WINDOW } from '../windows.ts';
import { eitherShape, mapping, type Says, type YamlFile, type YamlPath } from '../yaml-file.ts';

/** The injections of one phase, by study day. */
export interface Phase {
  readonly name: string;
  readonly days: readonly StudyDay[];
  /** The same for every arm, as everyone may read it. */
  readonly dose?: string | undefined;
  /** The doses of single days, by study day; the other days have `dose`. */
  readonly doses?: Readonly<Record<number, string>> | undefined;
  readonly route?: string | undefined;
  /** Undefined if the protocol has none: then no day is outside it, and randose proposes none. */
  readonly window?: VisitWindow | undefined;
  /** The least number of days between an injection of the phase and the one before it. */
  readonly leastInterval?: number | undefined;
  /** Day 1 if undefined. */
  readonly countedFrom?: CountedFrom | undefined;
  /** Nothing if undefined. */
  readonly afterMissed?: AfterMissed | undefined;
  /** The first days of its cycles, ascending; undefined if it is not written in cycles. */
  readonly cycles?: readonly StudyDay[] | undefined;
  /** Undefined if each injection moves by itself. */
  readonly course?: CourseRules | undefined;
}

/** How courses move: each cycle of the phase is one, or else the whole phase is one. */
export interface CourseRules {
  /** The window of a course's first day; that of the phase if undefined. */
  readonly window?: VisitWindow | undefined;
  readonly anchor: Anchor;
}

/** What is measured on which study days. */
export interface Assessment {
  readonly name: string;
  readonly days: readonly StudyDay[];
  readonly window?: VisitWindow | undefined;
  readonly timing?: Timing | undefined;
}

/** Some days of the schedule, by name: of a crossover, a period with one treatment, or the washout between two. */
export interface Period {
  readonly name: string;
  readonly first: StudyDay;
  readonly last: StudyDay;
  /** Nothing is given in it. */
  readonly isWashout: boolean;
}

/** What is planned for every participant: injections, or assessments, or both. */
export interface Schedule {
  /** By their days; absent if there are none. */
  readonly periods?: readonly Period[] | undefined;
  readonly phases: readonly Phase[];
  readonly assessments: readonly Assessment[];
  /** Names in further languages, for readers: nothing is planned by them. Absent if there are none. */
  readonly names?: NamesByLanguage | undefined;
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

/** What the first day of a course is counted from: Day 1, or the first day of the course before as it really was. */
const ANCHOR = v.picklist(
  ['day 1', 'course before'],
  'expected day 1, or course before (the day on which that course really began)',
);
export type Anchor = v.InferOutput<typeof ANCHOR>;

const WINDOW_SAYS =
  'The days around the planned day on which the visit may take place, such as -1/+2, ±2 or 0 (only the planned day).';

const COURSE = mapping(
  { window: v.optional(WINDOW), anchor: v.optional(ANCHOR, 'day 1') },
  {
    window: 'The window of the first day of a course, if it is another than that of the phase.',
    anchor:
      'What the first day of a course is counted from: day 1, or course before (the day on which that course really began).',
  },
);

/** The doses of single days: a text for each day or range of days. */
const DOSES = v.record(
  v.pipe(
    v.string(),
    v.check((days) => {
      return expandRanges(days)?.every((day) => day > 0) ?? false;
    }, 'expected days with their doses, such as {1: 1 mg, 8-15: 2 mg}'),
  ),
  line(60),
  'expected days with their doses, such as {1: 1 mg, 8-15: 2 mg}',
);

/** When in a visit an assessment takes place. */
const TIMING = v.picklist(['before dose', 'after dose'], 'expected before dose or after dose');
export type Timing = v.InferOutput<typeof TIMING>;

/** The rules that a phase may have, and the schedule for all phases that have none. */
const FOR_ALL_PHASES = {
  leastInterval: v.optional(INTERVAL_DAYS),
  countedFrom: v.optional(COUNTED_FROM),
  afterMissed: v.optional(AFTER_MISSED),
};
const FOR_ALL_PHASES_SAY: Says<typeof FOR_ALL_PHASES> = {
  leastInterval:
    'The smallest number of days between an injection and the one before it, such as 6 days.',
  countedFrom:
    'What later injections are counted from: day 1, or visit before (the day on which it happened).',
  afterMissed:
    'What a missed dose does to the later ones: nothing, or move (they move by the days that were lost).',
};

const PERIOD_DAYS = 'expected the first and the last day of the period, such as 1-28';

const INJECTIONS = mapping(
  {
    phase: line(40),
    names: NAMES,
    ...INJECTION_OCCASIONS,
    dose: v.optional(line(60)),
    doses: v.optional(DOSES),
    course: v.optional(COURSE),
    route: v.optional(line(40)),
    window: v.optional(WINDOW),
    ...FOR_ALL_PHASES,
  },
  {
    phase: 'The name of this part of the treatment, such as induction.',
    names: NAMES_SAY,
    ...OCCASIONS_SAY,
    dose: 'What is given, such as 1 MIU. Everyone can read it, so it is the same for every arm.',
    doses:
      'Another dose on single days, such as {1: 1 mg, 8-15: 2 mg}: days of the cycle in cycles, else study days.',
    course:
      'The injections move together: write {} or how the courses are anchored. With every, each repetition is a course.',
    route: 'How it is given, such as subcutaneous.',
    window: WINDOW_SAYS,
    ...FOR_ALL_PHASES_SAY,
  },
);

const ASSESSMENT = mapping(
  {
    name: line(80),
    names: NAMES,
    ...ASSESSMENT_OCCASIONS,
    window: v.optional(WINDOW),
    timing: v.optional(TIMING),
  },
  {
    name: 'What is measured, such as a blood sample.',
    names: NAMES_SAY,
    ...OCCASIONS_SAY,
    window: WINDOW_SAYS,
    timing: 'When in the visit: before dose or after dose.',
  },
);

const PERIOD = mapping(
  {
    name: line(40),
    names: NAMES,
    days: v.pipe(
      v.union([v.string(), v.number()], PERIOD_DAYS),
      v.metadata({ minimum: 1, pattern: String.raw`^[-\d\s]+$`, examples: ['1-28'] }),
      v.check((days) => (expandRanges(days) ?? [0]).every((day) => day > 0), PERIOD_DAYS),
      v.check((days) => !String(days).includes(','), PERIOD_DAYS),
      v.transform((days) => expandRanges(days) as StudyDay[]),
    ),
    washout: v.optional(v.boolean(), false),
  },
  {
    name: 'The name of the period, such as period 1.',
    names: NAMES_SAY,
    days: 'Its first and last study day, such as 1-28.',
    washout: 'true: nothing is given in it.',
  },
);

export const SCHEDULE = mapping(
  {
    periods: v.optional(v.array(PERIOD)),
    injections: v.nullish(v.array(INJECTIONS), []),
    assessments: v.nullish(v.array(ASSESSMENT), []),
    ...FOR_ALL_PHASES,
  },
  {
    periods: 'In a crossover: the periods, each with one treatment, and the washouts between them.',
    injections: 'The injections, phase by phase.',
    assessments: 'What is measured, and on which days.',
    ...FOR_ALL_PHASES_SAY,
  },
);

/** The word for a study that plans no visits: participants are randomized, and that is all. */
const NO_SCHEDULE = 'none';

/** The key `schedule`. */
const EXPECTED = `expected keys with values, or ${NO_SCHEDULE} if nothing is planned after randomization`;
export const STUDY_SCHEDULE = eitherShape(
  (input) => typeof input === 'object',
  SCHEDULE,
  v.literal(NO_SCHEDULE, EXPECTED),
);

/** Whether anything is planned: with `schedule: none` there is no Day 1. */
export function hasVisits({ phases, assessments }: Schedule): boolean {
  return phases.length + assessments.length > 0;
}

/** The number of injections that a schedule plans. */
export function injectionCount({ phases }: Pick<Schedule, 'phases'>): number {
  return phases.reduce((sum, { days }) => sum + days.length, 0);
}

/** The keys whose values are days and lengths of time, not texts. */
export const SCHEDULE_NOT_TEXTS = ['days', 'weeks', 'every', 'window', 'leastInterval'];

/** The days of a phase or an assessment, in whichever way they are written. */
function daysOf(said: {
  days?: number[] | undefined;
  weeks?: number[] | undefined;
  every?: Repeats | undefined;
}): StudyDay[] {
  return (said.days ?? said.weeks ?? said.every?.days ?? []) as StudyDay[];
}

type ScheduleYaml = v.InferOutput<typeof SCHEDULE>;
type ForAllPhases = Pick<ScheduleYaml, 'leastInterval' | 'countedFrom' | 'afterMissed'>;

/** The schedule that study.yaml describes. The rules for all phases are in each phase. */
export function scheduleFrom(said: ScheduleYaml | typeof NO_SCHEDULE): Schedule {
  if (said === NO_SCHEDULE) return { phases: [], assessments: [] };
  const { injections, assessments, periods = [], ...forAll } = said;
  return {
    ...(periods.length > 0 && { periods: periodsFrom(periods) }),
    phases: injections.map((one) => phaseFrom(one, forAll)),
    assessments: assessments.map((one) => ({
      name: one.name,
      days: daysOf(one),
      ...given({ window: one.window, timing: one.timing }),
    })),
    ...given({ names: namesFrom(said) }),
  };
}

/** The names in further languages; undefined if there are none. */
function namesFrom({ injections, assessments, periods = [] }: ScheduleYaml) {
  const byName = (all: readonly { readonly name: string; readonly names?: object | undefined }[]) =>
    Object.fromEntries(all.flatMap(({ name, names }) => (names ? [[name, names]] : [])));
  const names = {
    phase: byName(injections.map(({ phase: name, names }) => ({ name, names }))),
    assessment: byName(assessments),
    period: byName(periods),
  } as NamesByLanguage;
  return Object.values(names).some((one) => Object.keys(one).length > 0) ? names : undefined;
}

function periodsFrom(periods: readonly v.InferOutput<typeof PERIOD>[]): Period[] {
  return periods
    .map(({ name, days, washout }) => {
      return { name, first: days[0]!, last: days.at(-1)!, isWashout: washout };
    })
    .toSorted((a, b) => a.first - b.first);
}

/** The periods in which there is a treatment, in their order. */
export function treatmentPeriods({ periods = [] }: Pick<Schedule, 'periods'>): readonly Period[] {
  return periods.filter(({ isWashout }) => !isWashout);
}

/** A period of a crossover, with the treatment that an arm has in it. */
export interface PeriodTreatment {
  readonly period: string;
  readonly treatment: string;
}

/** The treatments of an arm, period by period; none if it has no periods. */
export function treatmentsOf(
  { periods = [] }: Pick<Arm, 'periods'>,
  schedule: Pick<Schedule, 'periods'>,
): PeriodTreatment[] {
  return treatmentPeriods(schedule).flatMap(({ name }, index) => {
    const treatment = periods[index];
    return treatment === undefined ? [] : { period: name, treatment };
  });
}

/** The name of the period of a study day; undefined if it is in none. */
export function periodOf(
  { periods = [] }: Pick<Schedule, 'periods'>,
  day: StudyDay,
): string | undefined {
  return periods.find(({ first, last }) => first <= day && day <= last)?.name;
}

/**
 * What a digest of a schedule covers. Rules that are not in the schedule are left out, so that the digest of a simple
 * schedule stays.
 */
export function scheduleParts({ phases, assessments, periods }: Schedule): unknown[] {
  const said = (rules: object) => (Object.keys(rules).length === 0 ? [] : [rules]);
  const parts: unknown[] = [phases, assessments].map((all) =>
    all.map(({ name, days, ...rules }) => [name, days, ...said(rules)]),
  );
  return periods === undefined ? parts : [...parts, periods];
}

type PhaseYaml = v.InferOutput<typeof INJECTIONS>;

function phaseFrom(one: PhaseYaml, forAll: ForAllPhases): Phase {
  // A course is counted by its anchor.
  const countedFrom = one.countedFrom ?? forAll.countedFrom;
  return {
    name: one.phase,
    days: daysOf(one),
    ...given({
      dose: one.dose,
      route: one.route,
      window: one.window,
      leastInterval: one.leastInterval ?? forAll.leastInterval,
      countedFrom: one.course === undefined ? countedFrom : undefined,
      afterMissed: one.afterMissed ?? forAll.afterMissed,
      doses: dosesOf(one),
      cycles: cyclesOf(one),
      course: one.course,
    }),
  };
}

/** A phase has cycles if its days are written as days of a cycle, or if it repeats courses. */
function cyclesOf({ every, course }: PhaseYaml): StudyDay[] | undefined {
  if (every === undefined || !(every.isInCycles || course !== undefined)) return undefined;
  return [...every.firstDays] as StudyDay[];
}

/** The doses of single days, by study day. In cycles they are written by day of the cycle. */
function dosesOf(one: PhaseYaml): Record<number, string> | undefined {
  if (one.doses === undefined) return undefined;
  const days = new Set<number>(daysOf(one));
  const doses = Object.entries(one.doses).flatMap(([key, dose]) =>
    daysWithDose(one, key)
      .filter((day) => days.has(day))
      .map((day): [number, string] => [day, dose]),
  );
  return Object.fromEntries(doses);
}

/** The study days that a key of `doses` means. */
function daysWithDose(one: PhaseYaml, key: string): number[] {
  const days = expandRanges(key) ?? [];
  const cycles = cyclesOf(one);
  return cycles === undefined
    ? days
    : cycles.flatMap((first) => days.map((day) => dayAfter(first, day - 1)));
}

/** The first day of the cycle of a phase to which a day belongs; undefined if the phase has no cycles. */
export function cycleStart({ cycles }: Pick<Phase, 'cycles'>, day: StudyDay): StudyDay | undefined {
  return cycles?.findLast((first) => first <= day);
}

/** The first day of the course to which a day of a phase belongs; undefined if the phase is not in courses. */
export function courseStart(phase: Phase, day: StudyDay): StudyDay | undefined {
  return phase.course === undefined ? undefined : (cycleStart(phase, day) ?? phase.days[0]);
}

/** The window of an injection, whatever its day: that of the course if the course begins with it. */
export function windowInPhase(phase: Phase, day: StudyDay): VisitWindow | undefined {
  return courseStart(phase, day) === day ? (phase.course?.window ?? phase.window) : phase.window;
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
    checkDoses(yaml, path, value);
    if (value.course !== undefined && value.countedFrom !== undefined) {
      yaml.report(
        [...path, 'countedFrom'],
        'a course says with anchor what it is counted from: leave countedFrom out',
      );
    }
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
  checkCycles(yaml, phases);
  const areSound = yaml.areSound([...at, 'injections']);
  const hasNoPhase = areSound && phases.length === 0 && yaml.areSound(at);
  if (hasNoPhase && !isNone(yaml, at)) checkWithoutInjections(yaml, at);
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
  checkPeriods(yaml, at, phaseOfDay);
}

/** Reports periods that overlap, injections in a washout, and periods that do not fit the treatments of the arms. */
function checkPeriods(yaml: YamlFile, at: YamlPath, phaseOfDay: ReadonlyMap<number, string>): void {
  const periods = yaml.soundItems([...at, 'periods'], PERIOD);
  reportRepeats(yaml, periods, 'name', 'period');
  for (const [index, { path, value }] of periods.entries()) {
    const { days, washout, name } = value;
    const other = periods
      .slice(0, index)
      .find((one) => one.value.days.some((d) => days.includes(d)));
    if (other !== undefined) {
      const message = `${name} and ${other.value.name} have a day in common`;
      yaml.report([...path, 'days'], message);
    }
    const given = washout ? days.find((day) => phaseOfDay.has(day)) : undefined;
    if (given === undefined) continue;
    const message = `Day ${given} has an injection (${phaseOfDay.get(given) ?? ''}), but ${name} is a washout`;
    yaml.report([...path, 'days'], message);
  }
  if (!yaml.areSound(at) || !yaml.areSound(['arms'])) return;
  const names = namesWithTreatment(periods);
  const first = namesWithTreatment(yaml.soundItems(['schedule', 'periods'], PERIOD));
  if (names.length === first.length && names.join('\n') !== first.join('\n')) {
    const message = `expected the names of the schedule before, in the same order (${first.join(', ')}): treatments belong to them`;
    yaml.report([...at, 'periods'], message);
  }
  for (const { path, value } of yaml.soundItems(['arms'], ARM)) {
    if (value.periods === undefined || value.periods.length === names.length) continue;
    const message = `arm ${value.code} has ${counted(value.periods.length, 'treatment')}, but the schedule has ${counted(names.length, 'period')} that ${names.length === 1 ? 'is' : 'are'} not a washout${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
    // Of an amendment it is the schedule that must fit the arms.
    yaml.report(at.length === 1 ? [...path, 'periods'] : [...at, 'periods'], message);
  }
}

function namesWithTreatment(
  periods: readonly { readonly value: v.InferOutput<typeof PERIOD> }[],
): string[] {
  return periods.flatMap(({ value }) => (value.washout ? [] : value.name));
}

/** Whether the file says that nothing is planned. */
export function isNone(yaml: YamlFile, at: YamlPath = ['schedule']): boolean {
  return yaml.sound(at, v.unknown()) === NO_SCHEDULE;
}

/** Reports a schedule that plans nothing, or nothing on the day from which its days are counted. */
function checkWithoutInjections(yaml: YamlFile, at: YamlPath): void {
  const assessments = yaml.soundItems([...at, 'assessments'], ASSESSMENT);
  if (assessments.length === 0) {
    yaml.report(at, 'expected injections (at least one phase), or assessments, or both');
    return;
  }
  if (assessments.some(({ value }) => (daysOf(value) as number[]).includes(1))) return;
  yaml.report(
    [...at, 'assessments'],
    'nothing is on Day 1, from which all days are counted: without injections, write first what Day 1 is, such as - { name: Surgery, days: [1] }',
  );
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

/** Reports doses of days on which the phase has no injection, and days with two doses. */
function checkDoses(yaml: YamlFile, path: YamlPath, phase: PhaseYaml): void {
  const days = new Set<number>(daysOf(phase));
  const isInCycles = cyclesOf(phase) !== undefined;
  const told = new Set<number>();
  for (const key of Object.keys(phase.doses ?? {})) {
    for (const day of expandRanges(key) ?? []) {
      const of = isInCycles ? `Day ${day} of a cycle` : `Day ${day}`;
      if (told.has(day)) yaml.report([...path, 'doses', key], `${of} has two doses`, true);
      told.add(day);
      if (daysWithDose(phase, String(day)).some((one) => days.has(one))) continue;
      const message = `this phase has no injection on ${of}`;
      yaml.report([...path, 'doses', key], message, true);
    }
  }
}

/** Reports phases whose cycles overlap: nobody could say which cycle a day is in. */
function checkCycles(
  yaml: YamlFile,
  phases: readonly { path: YamlPath; value: PhaseYaml }[],
): void {
  const inCycles = phases.flatMap(({ path, value }) => {
    const period = value.every?.period ?? 0;
    return (cyclesOf(value) ?? []).map((first) => {
      return { path, name: value.phase, first, end: dayAfter(first, period - 1) };
    });
  });
  inCycles.sort((a, b) => a.first - b.first);
  const told = new Set<YamlPath>();
  for (const [index, next] of inCycles.entries()) {
    const other = inCycles
      .slice(0, index)
      .find((one) => one.path !== next.path && one.end >= next.first);
    if (other === undefined || told.has(next.path)) continue;
    told.add(next.path);
    yaml.report(
      [...next.path, 'every'],
      `the cycle from Day ${next.first} begins inside the cycle of ${other.name} from Day ${other.first} to Day ${other.end}: write all days of a cycle in one phase (doses says the dose of single days)`,
    );
  }
}

const PLANNED_DAY_ALONE: VisitWindow = { before: 0, after: 0 };

/** Day 1 has no window: it is the day of the first injection, whenever that is. */
function windowOf({ day, phase }: PlannedInjection): VisitWindow {
  return day === 1 ? PLANNED_DAY_ALONE : (windowInPhase(phase, day) ?? PLANNED_DAY_ALONE);
}

/** Where the window of an injection is in the file. */
function windowPath({ day, phase, path }: PlannedInjection): YamlPath {
  const isOfCourse = courseStart(phase, day) === day && phase.course?.window !== undefined;
  return isOfCourse ? [...path, 'course', 'window'] : [...path, 'window'];
}

/**
 * Reports windows that have a day in common, and a least interval that no days of the windows can keep.
 */
function checkDistances(yaml: YamlFile, at: YamlPath, injections: PlannedInjection[]): void {
  injections.sort((a, b) => a.day - b.day);
  const told = new Set<string>();
  const report = (place: YamlPath, message: string) => {
    if (!told.has(place.join('/'))) yaml.report(place, message);
    told.add(place.join('/'));
  };
  // The earliest day, in days after Day 1, on which each injection can be, given those before it.
  let earliest = 0;
  let course: OpenCourse | undefined;
  for (const [index, next] of injections.entries()) {
    const before = injections[index - 1];
    const first = courseStart(next.phase, next.day);
    const isInside = first !== undefined && first === course?.first;
    if (before === undefined) {
      if (first !== undefined) course = { first, earliest: 0 };
      continue;
    }
    const gap = elapsedDays(next.day) - elapsedDays(before.day);
    if (isInside && courseStart(before.phase, before.day) !== first) {
      report(
        before.path,
        `Day ${before.day} is inside the course of ${next.phase.name} that begins on Day ${first}: a course moves as a whole, so nothing else can be on its days`,
      );
      continue;
    }
    const isAfterCourse =
      first !== undefined && !isInside && next.phase.course?.anchor === 'course before';
    if (isAfterCourse && course === undefined) {
      report(
        [...next.path, 'course', 'anchor'],
        `no course comes before the one that begins on Day ${next.day}: write anchor: day 1`,
      );
    }
    const reference = isInside || isAfterCourse ? course : undefined;
    const [mine, other] = [windowOf(next), windowOf(before)];
    const isRelative =
      first === undefined
        ? next.phase.countedFrom === 'visit before'
        : reference?.first === before.day;
    const reach = isRelative ? mine.before : mine.before + latenessOf(before, reference);
    if (reach >= gap) {
      const isMine = mine.before > 0;
      const isOther = !isMine && other.after === 0;
      report(
        isMine
          ? windowPath(next)
          : isOther
            ? windowPath(firstOf(injections, before))
            : windowPath(before),
        isRelative
          ? `the window of Day ${next.day} reaches back to the injection before it, ${counted(gap, 'day')} earlier`
          : overlapText(before, next),
      );
    }
    const least = next.phase.leastInterval ?? 0;
    const planned =
      reference !== undefined
        ? reference.earliest + elapsedDays(next.day) - elapsedDays(reference.first)
        : isRelative
          ? earliest + gap
          : elapsedDays(next.day);
    const soonest = Math.max(planned - mine.before, earliest + least);
    const latest = planned + mine.after;
    if (soonest > latest) {
      const own = yaml.has([...next.path, 'leastInterval']);
      report(
        [...(own ? next.path : at), 'leastInterval'],
        `Day ${next.day} cannot be ${counted(least, 'day')} after the injection before it: ${
          windowInPhase(next.phase, next.day) === undefined || next.day === 1
            ? `it is planned ${counted(gap, 'day')} after it, and has no window`
            : `no day of its window is late enough`
        }`,
      );
    }
    earliest = Math.min(soonest, latest);
    if (first !== undefined && !isInside) course = { first, earliest };
  }
}

/** The course that began last, in the order of the injections. */
interface OpenCourse {
  readonly first: StudyDay;
  /** The earliest day on which it can begin, in days after Day 1. */
  readonly earliest: number;
}

/** By how many days an injection can be late against what the next one is counted from. */
function latenessOf(before: PlannedInjection, reference: OpenCourse | undefined): number {
  const { after } = windowOf(before);
  const first = courseStart(before.phase, before.day);
  // Inside the course from which the next one is counted, both move together.
  if (first === undefined || first === before.day || first === reference?.first) return after;
  return after + windowOf({ ...before, day: first }).after;
}

function firstOf(injections: readonly PlannedInjection[], one: PlannedInjection): PlannedInjection {
  const first = courseStart(one.phase, one.day);
  return injections.find(({ day }) => day === first) ?? one;
}

function overlapText(before: PlannedInjection, next: PlannedInjection): string {
  const firsts = [before, next].map(({ phase, day }) => courseStart(phase, day));
  const [one, other] = firsts;
  return one === undefined || other === undefined || one === other
    ? `the windows of Day ${before.day} and Day ${next.day} overlap: both injections could be on one day`
    : `the course that begins on Day ${one} can reach the course that begins on Day ${other}: Day ${before.day} can be as late as Day ${next.day}`;
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
