import {
  addDays,
  type CivilDate,
  datedName,
  datesBetween,
  daysBetween,
} from '../study/civil-date.ts';
import { type DatedVisit, windowDates } from './calendar.ts';
import { beginsCourse } from './visits.ts';

/** A bound on the date of a visit, with the rule that it comes from. */
export interface Constraint {
  readonly rule:
    'window' | 'least interval' | 'order' | 'timing' | 'before randomization' | 'not in the future';
  /** The first and the last allowed date; undefined if there is no such end. */
  readonly from: CivilDate | undefined;
  readonly to: CivilDate | undefined;
  /** The rule in words, without a full stop. */
  readonly text: string;
  /** The date that breaks the rule only because it is the day of another visit, and the rule in words then. */
  readonly sameDay?: { readonly date: CivilDate; readonly text: string };
}

/** The purpose of a date: a dose was given on it, or the visit is moved to it. */
export type Purpose = 'dose' | 'move';

/**
 * The rules of the schedule for the date of a visit: its window, and the order and least interval with respect
 * to the injections before and after it. A recorded dose is compared only with later doses that are recorded; a
 * moved visit also with later injections that are planned, unless they are counted from it. If it is the first of
 * its course, so are the injections that move with it.
 *
 * @param visits all visits of the participant, dated as if the visit `name` had no records
 */
export function constraintsOn(
  visits: readonly DatedVisit[],
  name: string,
  purpose: Purpose,
): Constraint[] {
  const asked = visits.find(({ visit }) => visit.name === name);
  if (asked === undefined) throw new Error(`there is no visit ${name}`);
  const { visit, planned } = asked;
  const window = windowDates(
    visit.injection === undefined
      ? narrowest(visit.assessments.filter(({ name: one }) => !asked.attended.has(one)))
      : visit.injection.window,
    planned,
  );
  const constraints = window === undefined ? [] : [windowConstraint(window, planned)];
  if (visit.injection === undefined) return constraints;
  // An injection that was not done does not need a distance.
  const injections = visits.filter((one) => one.visit.injection && one.status !== 'not done');
  const place = injections.findIndex((one) => one.visit.name === name);
  const before = injections[place - 1];
  if (before !== undefined) {
    constraints.push(...distance(before, asked, 'after'));
  }
  if (purpose === 'move' && beginsCourse(visit)) {
    return [...constraints, ...courseDistances(injections.slice(place))];
  }
  const later = injections.slice(place + 1).find((one) => {
    if (one.status === 'given') return true;
    if (purpose === 'dose') return false;
    return one.visit.injection!.countedFrom === 'day 1' && visit.injection!.index > 1;
  });
  if (later !== undefined) constraints.push(...distance(later, asked, 'before'));
  return constraints;
}

/** The rule that a date is in a window. */
export function windowConstraint(
  window: { readonly from: CivilDate; readonly to: CivilDate },
  planned: CivilDate,
): Constraint {
  const text = `its window is ${rangeText(window.from, window.to)} (planned ${planned})`;
  return { rule: 'window', ...window, text };
}

/** The dates within the windows of all these assessments, of a visit without an injection. */
function narrowest(assessments: DatedVisit['visit']['assessments']) {
  const windows = assessments.flatMap(({ window }) => (window === undefined ? [] : [window]));
  if (windows.length === 0) return undefined;
  return {
    before: Math.min(...windows.map(({ before }) => before)),
    after: Math.min(...windows.map(({ after }) => after)),
  };
}

/**
 * The bounds on the first day of a course from the injections that do not move with it.
 *
 * @param injections from the first one of the course on
 */
function courseDistances(injections: readonly DatedVisit[]): Constraint[] {
  const [asked] = injections;
  const moving = movingWith(injections);
  return injections.slice(1).flatMap((later, index): Constraint[] => {
    const before = injections[index]!;
    const isMoving = moving.has(later);
    if (isMoving === moving.has(before)) return [];
    const [carried, other] = isMoving ? [later, before] : [before, later];
    const days = daysBetween(asked!.date, carried.date);
    const told = (text: string) =>
      carried === asked ? text : `${carried.visit.name} moves with it: ${text}`;
    return distance(other, carried, isMoving ? 'after' : 'before').map((one) => ({
      ...one,
      from: one.from && addDays(one.from, -days),
      to: one.to && addDays(one.to, -days),
      text: told(one.text),
      ...(one.sameDay && {
        sameDay: { date: addDays(one.sameDay.date, -days), text: told(one.sameDay.text) },
      }),
    }));
  });
}

/** The first injection of a course, and those that move with it. @param injections from that one on */
function movingWith(injections: readonly DatedVisit[]): Set<DatedVisit> {
  const [asked] = injections;
  const moving = new Set<DatedVisit>();
  // Whether each course moves, by its first day; the last one is the course before of the next.
  const courses = new Map<number, boolean>();
  for (const [index, one] of injections.entries()) {
    const { injection } = one.visit;
    const { course, countedFrom } = injection!;
    let moves = asked!.visit.injection!.index === 1;
    if (course === undefined) {
      // The first one has a course.
      if (countedFrom === 'visit before') moves = moving.has(injections[index - 1]!);
    } else if (courses.has(course.firstDay)) moves = courses.get(course.firstDay)!;
    else if (course.anchor === 'course before') moves = [...courses.values()].at(-1) ?? moves;
    if (one === asked) moves = true;
    else if (one.status !== 'planned') moves = false;
    if (moves) moving.add(one);
    if (course !== undefined && !courses.has(course.firstDay)) courses.set(course.firstDay, moves);
  }
  return moving;
}

function distance(other: DatedVisit, asked: DatedVisit, side: 'after' | 'before'): Constraint[] {
  const later = side === 'after' ? asked : other;
  const least = Math.max(1, later.visit.injection!.leastInterval);
  const { name } = other.visit;
  const reference = `${name}, ${STATUS[other.status]} ${other.date}`;
  const sign = side === 'after' ? 1 : -1;
  const bound = (days: number) => {
    const date = addDays(other.date, sign * days);
    return side === 'after' ? { from: date, to: undefined } : { from: undefined, to: date };
  };
  const order: Constraint = {
    rule: 'order',
    ...bound(1),
    text: `it must come ${side} ${reference}`,
    sameDay: { date: other.date, text: `it is on the same day as ${reference}` },
  };
  if (least === 1) return [order];
  const text = `the least interval is ${least} days ${side === 'after' ? 'from' : 'to'} ${reference}`;
  return [order, { rule: 'least interval', ...bound(least), text }];
}

const STATUS: Record<DatedVisit['status'], string> = {
  planned: 'planned for',
  moved: 'moved to',
  given: 'given on',
  done: 'done on',
  'not done': 'not done on',
  cancelled: 'cancelled, planned for',
};

/** The rule that a record is not in the future. @param today the latest date anywhere on earth */
export function notInTheFuture(today: CivilDate): Constraint {
  const text = `today is ${today}`;
  return { rule: 'not in the future', from: undefined, to: today, text };
}

/** The rule that nobody is treated before the randomization. @param day of the randomization at the site */
export function notBeforeRandomization(subject: string, day: CivilDate): Constraint {
  const text = `${subject} was randomized on ${datedName(day)}`;
  return { rule: 'before randomization', from: day, to: undefined, text };
}

/** The constraints that a date breaks. */
export function brokenBy(constraints: readonly Constraint[], date: CivilDate): Constraint[] {
  return constraints
    .filter(
      ({ from, to }) => (from !== undefined && date < from) || (to !== undefined && date > to),
    )
    .map((one) => (one.sameDay?.date === date ? { ...one, text: one.sameDay.text } : one));
}

/** The dates that every constraint allows; an end is undefined if there is none. */
interface LegalDates {
  readonly from: CivilDate | undefined;
  readonly to: CivilDate | undefined;
}

/**
 * The dates that meet all constraints.
 *
 * @param isFree whether nothing else is in the way on a date; it is asked only if the dates have a first and a last
 * @returns undefined if no date does; the first and the last one if some between them do not
 */
export function legalDates(
  constraints: readonly Constraint[],
  isFree: (date: CivilDate) => boolean = () => true,
): LegalDates | undefined {
  const starts = constraints.flatMap(({ from }) => (from === undefined ? [] : [from])).sort();
  const ends = constraints.flatMap(({ to }) => (to === undefined ? [] : [to])).sort();
  const [from, to] = [starts.at(-1), ends[0]];
  if (from === undefined || to === undefined) return { from, to };
  const free = datesBetween(from, to).filter(isFree);
  return free.length === 0 ? undefined : { from: free[0], to: free.at(-1) };
}

/** Fewer dates than this are listed one by one. */
const MOST_LISTED = 10;

/** The dates that all constraints allow, in words; or the day from which one is possible, if none is before tomorrow. */
export function possibleDatesText(
  constraints: readonly Constraint[],
  isFree: (date: CivilDate) => boolean,
): string {
  const legal = legalDates(constraints, isFree);
  if (legal !== undefined) return legalDatesText(legal);
  const inTime = constraints.filter(({ rule }) => rule !== 'not in the future');
  const later = legalDates(inTime, isFree)?.from;
  return later === undefined
    ? 'No date meets all these rules.'
    : `Possible from ${datedName(later)}.`;
}

/** The allowed dates, in words. */
function legalDatesText(legal: LegalDates): string {
  const { from, to } = legal;
  if (from === undefined || to === undefined) {
    if (from !== undefined) return `Allowed: ${datedName(from)} or later.`;
    return to === undefined ? 'Any date is allowed.' : `Allowed: ${datedName(to)} or earlier.`;
  }
  if (daysBetween(from, to) >= MOST_LISTED) return `Allowed: ${rangeText(from, to)}.`;
  return `Allowed: ${datesBetween(from, to).map(datedName).join(', ')}.`;
}

function rangeText(from: CivilDate, to: CivilDate): string {
  return from === to ? `only ${datedName(from)}` : `${datedName(from)} to ${datedName(to)}`;
}
