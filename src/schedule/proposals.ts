import { addDays, type CivilDate, datesBetween, daysBetween } from '../study/civil-date.ts';
import { type DatedVisit, dateVisits } from './calendar.ts';
import type { Happening } from './happenings.ts';
import { type DayMark, type MarkDay, marksText } from './days-that-matter.ts';
import { brokenBy, constraintsOn, legalDates } from './legal-dates.ts';
import { beginsCourse, type Visit } from './visits.ts';

/** A future visit that falls on a day that matters, with better dates for it. */
export interface Flag {
  readonly visit: string;
  readonly date: CivilDate;
  readonly marks: readonly DayMark[];
  /** Allowed dates that are ordinary working days, the nearest first. */
  readonly proposals: readonly CivilDate[];
  /** Why these dates are proposed, or why none is. */
  readonly reason: string;
}

/** A future visit whose date breaks a rule of the schedule. */
export interface Conflict {
  readonly visit: string;
  readonly date: CivilDate;
  readonly broken: readonly string[];
}

/**
 * The future visits that fall on days that matter. It moves nothing: it proposes dates inside the window that
 * `randose move` allows.
 */
export function flagDays(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  happenings: readonly Happening[],
  mark: MarkDay,
): Flag[] {
  const dated = dateVisits(visits, plannedDay1, happenings).visits;
  const flags: Flag[] = [];
  for (const one of dated) {
    if (one.status !== 'planned' && one.status !== 'moved') continue;
    const marks = mark(one.date);
    if (marks.length === 0) continue;
    const { name, injection, assessments } = one.visit;
    const found = { visit: name, date: one.date, marks };
    const hasWindow =
      injection === undefined
        ? assessments.some((each) => each.window !== undefined && !one.attended.has(each.name))
        : injection.window !== undefined;
    if (!hasWindow) {
      const reason =
        injection?.index === 1
          ? 'Day 1 has no window: it can be any working day, and all other visits move with it'
          : `it has no window in study.yaml${coursePart(one)}`;
      flags.push({ ...found, proposals: [], reason });
      continue;
    }
    const legal = legalDates(constraintsOn(dated, name, 'move'));
    // A window has two ends.
    const dates = legal === undefined ? [] : datesBetween(legal.from!, legal.to!);
    const others = courseAfter(one, dated);
    const proposals = dates
      .filter((date) => mark(date).length === 0)
      .map((date) => ({ date, marked: markedDays(others, daysBetween(one.date, date), mark) }))
      // Of two that are equally near, the earlier one stays the first.
      .sort(
        (a, b) =>
          a.marked - b.marked || distance(one.planned, a.date) - distance(one.planned, b.date),
      )
      .map(({ date }) => date);
    const reason =
      proposals.length > 0
        ? others.length > 0
          ? 'inside its window, on a working day; the course moves with it'
          : 'inside its window, on a working day, without moving other injections'
        : legal === undefined
          ? 'no date of its window is far enough from the other injections'
          : `no allowed date is a working day: ${refusals(dates, mark)}`;
    flags.push({ ...found, proposals, reason });
  }
  return flags;
}

/** The injections that move with the first one of their course; none for any other injection. */
function courseAfter({ visit }: DatedVisit, dated: readonly DatedVisit[]): DatedVisit[] {
  if (!beginsCourse(visit)) return [];
  return dated.filter((one) => {
    const isOfCourse = one.visit.injection?.course?.firstDay === visit.day;
    return isOfCourse && one.visit.day > visit.day && one.status === 'planned';
  });
}

/** How many injections are on days that matter if they move by some days. */
function markedDays(some: readonly DatedVisit[], days: number, mark: MarkDay): number {
  return some.filter(({ date }) => mark(addDays(date, days)).length > 0).length;
}

/** With which visit an injection moves; empty if it moves by itself. */
function coursePart({ visit }: DatedVisit): string {
  const first = visit.injection?.course?.firstDay;
  return first === undefined || first === visit.day
    ? ''
    : `; it moves with D${first}, the first day of its course`;
}

function refusals(dates: readonly CivilDate[], mark: MarkDay): string {
  const listed = dates.slice(0, 4).map((date) => `${date}: ${marksText(mark(date))}`);
  return dates.length > listed.length ? `${listed.join('; ')}; …` : listed.join('; ');
}

function distance(one: CivilDate, other: CivilDate): number {
  return Math.abs(daysBetween(one, other));
}

/** The future injections whose dates break a rule after what was recorded so far. */
export function findConflicts(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  happenings: readonly Happening[],
): Conflict[] {
  const dated = dateVisits(visits, plannedDay1, happenings).visits;
  return dated.flatMap(({ visit, date, status }) => {
    if (status !== 'planned' && status !== 'moved') return [];
    const broken = brokenBy(constraintsOn(dated, visit.name, 'dose'), date);
    if (broken.length === 0) return [];
    return [{ visit: visit.name, date, broken: broken.map(({ text }) => text) }];
  });
}
