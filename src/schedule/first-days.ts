import { addDays, type CivilDate, datesBetween, daysBetween } from '../study/civil-date.ts';
import { type MarkDay, marksText } from './days-that-matter.ts';
import type { StudyDay } from '../study/identifiers.ts';
import { daysFromDay1 } from './study-day.ts';
import { beginsCourse, type PlannedInjection, type Visit } from './visits.ts';

/** The cost of a first day, the worst part first: candidates are ranked in this order. */
interface Cost {
  /** Injections on days that matter, without a better date in their windows. */
  readonly injectionsKept: number;
  /** Injections that must be moved inside their windows. */
  readonly injectionsMoved: number;
  /** The total number of days by which injections must be moved. */
  readonly daysMoved: number;
  /** The same for visits without an injection. */
  readonly assessmentsKept: number;
  readonly assessmentsMoved: number;
}

/** A visit that must be moved, or falls on a day that matters. */
interface Trouble {
  readonly visit: string;
  readonly what: string;
  readonly planned: CivilDate;
  /** The best date; the planned one if no date is better. */
  readonly date: CivilDate;
  readonly why: string;
}

/** A possible date for Day 1, with its consequences. */
export interface FirstDay {
  readonly day1: CivilDate;
  readonly rank: number;
  readonly cost: Cost;
  readonly troubles: readonly Trouble[];
}

/**
 * Ranks the possible dates for Day 1, before a participant is randomized. For each date all visits together get
 * the best dates that their windows and the least intervals allow: first the fewest on days that matter, then
 * the fewest moved, then the fewest days of moving. Dates with the same cost have the same rank, the earlier
 * date first.
 */
export function rankFirstDays(
  visits: readonly Visit[],
  from: CivilDate,
  to: CivilDate,
  mark: MarkDay,
): FirstDay[] {
  const found = datesBetween(from, to).map((day1) => assessFirstDay(visits, day1, mark));
  // Those with the same cost stay in the order of their dates.
  found.sort((a, b) => compareCosts(a.cost, b.cost));
  let rank = 0;
  return found.map((one, index) => {
    const before = found[index - 1];
    if (before === undefined || compareCosts(before.cost, one.cost) !== 0) rank = index + 1;
    return { ...one, rank };
  });
}

function compareCosts(a: Cost, b: Cost): number {
  return (
    a.injectionsKept - b.injectionsKept ||
    a.injectionsMoved - b.injectionsMoved ||
    a.daysMoved - b.daysMoved ||
    a.assessmentsKept - b.assessmentsKept ||
    a.assessmentsMoved - b.assessmentsMoved
  );
}

function assessFirstDay(
  visits: readonly Visit[],
  day1: CivilDate,
  mark: MarkDay,
): Omit<FirstDay, 'rank'> {
  const placed = [...placeInjections(visits, day1, mark), ...placeAssessments(visits, day1, mark)];
  const troubles = placed
    .filter(({ planned, date }) => planned !== date || mark(date).length > 0)
    .map(({ visit, planned, date, isTooClose }): Trouble => {
      const isKept = mark(date).length > 0;
      const moved = `${daysBetween(planned, date) > 0 ? '+' : ''}${daysBetween(planned, date)}`;
      const whyMoved = isTooClose
        ? 'too close to the injection before'
        : 'a later injection gets a better date';
      return {
        visit: visit.name,
        what:
          visit.injection === undefined
            ? visit.assessments.map(({ name }) => name).join(', ')
            : `Injection ${visit.injection.index} of ${visit.injection.of}`,
        planned,
        date,
        why: isKept
          ? `${marksText(mark(date))}; ${hasWindow(visit) ? 'every date of its window has the same problem' : 'it has no window'}`
          : `${marksText(mark(planned)) || whyMoved}; could be ${date} (${moved})`,
      };
    });
  const count = (isInjection: boolean, isKept: boolean) =>
    placed.filter(
      ({ visit, planned, date }) =>
        (visit.injection !== undefined) === isInjection &&
        (isKept ? mark(date).length > 0 : planned !== date && mark(date).length === 0),
    ).length;
  return {
    day1,
    troubles,
    cost: {
      injectionsKept: count(true, true),
      injectionsMoved: count(true, false),
      daysMoved: placed
        .filter(({ visit }) => visit.injection !== undefined)
        .reduce((sum, { planned, date }) => sum + Math.abs(daysBetween(planned, date)), 0),
      assessmentsKept: count(false, true),
      assessmentsMoved: count(false, false),
    },
  };
}

function hasWindow({ injection, assessments }: Visit): boolean {
  return injection === undefined
    ? assessments.some(({ window }) => window !== undefined)
    : injection.window !== undefined;
}

interface Placed {
  readonly visit: Visit;
  readonly planned: CivilDate;
  readonly date: CivilDate;
  /** Whether the planned date is too close to that of the injection before. */
  readonly isTooClose: boolean;
}

interface Path {
  readonly last: CivilDate;
  /** The first day of the course that began last, with its date. */
  readonly course: { readonly firstDay: StudyDay; readonly date: CivilDate } | undefined;
  readonly kept: number;
  readonly moved: number;
  readonly days: number;
  readonly placed: readonly Placed[];
}

function comparePaths(a: Path, b: Path): number {
  return a.kept - b.kept || a.moved - b.moved || a.days - b.days;
}

/**
 * The best dates of all injections together: for each date of an injection, and of the course on which later ones
 * depend, it keeps the best path to it.
 */
function placeInjections(
  visits: readonly Visit[],
  day1: CivilDate,
  mark: MarkDay,
): readonly Placed[] {
  const injections = visits.filter((visit) => visit.injection !== undefined);
  let paths = new Map<string, Path>();
  for (const [index, visit] of injections.entries()) {
    const injection = visit.injection!;
    const last = injections[index - 1];
    const next = new Map<string, Path>();
    const least = Math.max(1, injection.leastInterval);
    const offer = (path: Path | undefined, planned: CivilDate, date: CivilDate) => {
      const days = Math.abs(daysBetween(planned, date));
      const isTooClose = path !== undefined && daysBetween(path.last, planned) < least;
      const course = beginsCourse(visit) ? { firstDay: visit.day, date } : path?.course;
      const made: Path = {
        last: date,
        course,
        kept: (path?.kept ?? 0) + (mark(date).length > 0 ? 1 : 0),
        moved: (path?.moved ?? 0) + (days > 0 ? 1 : 0),
        days: (path?.days ?? 0) + days,
        placed: [...(path?.placed ?? []), { visit, planned, date, isTooClose }],
      };
      const key = `${date} ${course?.date ?? ''}`;
      const best = next.get(key);
      if (best === undefined || comparePaths(made, best) < 0) next.set(key, made);
    };
    if (last === undefined) {
      offer(undefined, day1, day1);
    } else {
      const { before, after } = injection.window ?? { before: 0, after: 0 };
      for (const path of paths.values()) {
        const from = countedFromOn(path, visit, injection, last);
        const planned =
          from === undefined
            ? addDays(day1, daysFromDay1(visit.day))
            : addDays(from.date, daysFromDay1(visit.day) - daysFromDay1(from.firstDay));
        for (const date of datesBetween(addDays(planned, -before), addDays(planned, after))) {
          if (daysBetween(path.last, date) >= least) offer(path, planned, date);
        }
      }
    }
    paths = next;
  }
  return [...paths.values()].sort(comparePaths)[0]?.placed ?? [];
}

/** The day from which an injection is counted, with its date on a path; undefined for Day 1. */
function countedFromOn(
  path: Path,
  visit: Visit,
  { course, countedFrom }: PlannedInjection,
  last: Visit,
): Path['course'] {
  if (course === undefined) {
    return countedFrom === 'visit before' ? { firstDay: last.day, date: path.last } : undefined;
  }
  return beginsCourse(visit) && course.anchor === 'day 1' ? undefined : path.course;
}

/** The best date of each visit without an injection, counted from Day 1. */
function placeAssessments(
  visits: readonly Visit[],
  day1: CivilDate,
  mark: MarkDay,
): readonly Placed[] {
  return visits
    .filter((visit) => visit.injection === undefined)
    .map((visit) => {
      const planned = addDays(day1, daysFromDay1(visit.day));
      const windows = visit.assessments.map(({ window }) => window ?? { before: 0, after: 0 });
      const from = addDays(planned, -Math.min(...windows.map(({ before }) => before)));
      const to = addDays(planned, Math.min(...windows.map(({ after }) => after)));
      const free = datesBetween(from, to)
        .filter((date) => mark(date).length === 0)
        .sort((a, b) => Math.abs(daysBetween(planned, a)) - Math.abs(daysBetween(planned, b)));
      return { visit, planned, date: free[0] ?? planned, isTooClose: false };
    });
}
