import {
  addDays,
  type CivilDate,
  datedName,
  datesBetween,
  daysBetween,
} from '../study/civil-date.ts';
import { type DatedVisit, windowDates } from './calendar.ts';

/** A bound on the date of a visit, with the rule that it comes from. */
export interface Constraint {
  readonly rule: 'window' | 'least interval' | 'order' | 'not in the future';
  /** The first and the last date that it allows; undefined where it has no such end. */
  readonly from: CivilDate | undefined;
  readonly to: CivilDate | undefined;
  /** The rule in words, without a full stop. */
  readonly text: string;
}

/** What a date is asked for: one that a dose was given on, or one that it is moved to. */
export type Purpose = 'dose' | 'move';

/**
 * What the schedule allows for the date of a visit: its window, the order and the least interval against
 * the injections before and behind it. A dose that is recorded is held against those behind it that are
 * recorded; a plan against those that are planned, too, unless they are counted from it.
 *
 * @param visits all of the participant's, dated as if nothing were recorded of the one asked for
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
    visit.injection === undefined ? narrowest(visit.assessments) : visit.injection.window,
    planned,
  );
  const constraints: Constraint[] = [];
  if (window !== undefined) {
    const text = `its window is ${rangeText(window.from, window.to)} (planned ${planned})`;
    constraints.push({ rule: 'window', ...window, text });
  }
  if (visit.injection === undefined) return constraints;
  // One that was not done is nothing to keep a distance from.
  const injections = visits.filter((one) => one.visit.injection && one.status !== 'not done');
  const place = injections.findIndex((one) => one.visit.name === name);
  const before = place < 0 ? undefined : injections[place - 1];
  if (before !== undefined) {
    constraints.push(...distance(before, asked, 'after'));
  }
  const behind = injections.slice(place + 1).find((one) => {
    if (one.status === 'given') return true;
    if (purpose === 'dose') return false;
    return one.visit.injection!.countedFrom === 'day 1' && visit.injection!.index > 1;
  });
  if (behind !== undefined) constraints.push(...distance(behind, asked, 'before'));
  return constraints;
}

/** Assessments of a visit without an injection: all their windows must hold. */
function narrowest(assessments: DatedVisit['visit']['assessments']) {
  const windows = assessments.flatMap(({ window }) => (window === undefined ? [] : [window]));
  if (windows.length === 0) return undefined;
  return {
    before: Math.min(...windows.map(({ before }) => before)),
    after: Math.min(...windows.map(({ after }) => after)),
  };
}

function distance(other: DatedVisit, asked: DatedVisit, side: 'after' | 'before'): Constraint[] {
  const later = side === 'after' ? asked : other;
  const least = Math.max(1, later.visit.injection!.leastInterval);
  const { name } = other.visit;
  const stands = `${name}, ${STANDS[other.status]} ${other.date}`;
  const sign = side === 'after' ? 1 : -1;
  const bound = (days: number) => {
    const date = addDays(other.date, sign * days);
    return side === 'after' ? { from: date, to: undefined } : { from: undefined, to: date };
  };
  const order: Constraint = {
    ...{ rule: 'order', ...bound(1) },
    text: `it comes ${side} ${stands}`,
  };
  if (least === 1) return [order];
  const text = `the least interval is ${least} days ${side === 'after' ? 'from' : 'to'} ${stands}`;
  return [order, { rule: 'least interval', ...bound(least), text }];
}

const STANDS: Record<DatedVisit['status'], string> = {
  planned: 'planned for',
  moved: 'moved to',
  given: 'given on',
  'not done': 'not done on',
  cancelled: 'cancelled, planned for',
};

/** That nothing is recorded before it happened. @param today the latest date that it is anywhere */
export function notInTheFuture(today: CivilDate): Constraint {
  const text = `what has not happened cannot be recorded; today is ${today}`;
  return { rule: 'not in the future', from: undefined, to: today, text };
}

/** The constraints that a date breaks. */
export function brokenBy(constraints: readonly Constraint[], date: CivilDate): Constraint[] {
  return constraints.filter(
    ({ from, to }) => (from !== undefined && date < from) || (to !== undefined && date > to),
  );
}

/** The dates that every constraint allows; an end is undefined where there is none. */
export interface LegalDates {
  readonly from: CivilDate | undefined;
  readonly to: CivilDate | undefined;
}

/** @returns undefined where no date is allowed */
export function legalDates(constraints: readonly Constraint[]): LegalDates | undefined {
  const starts = constraints.flatMap(({ from }) => (from === undefined ? [] : [from])).sort();
  const ends = constraints.flatMap(({ to }) => (to === undefined ? [] : [to])).sort();
  const [from, to] = [starts.at(-1), ends[0]];
  return from !== undefined && to !== undefined && from > to ? undefined : { from, to };
}

/** So many dates are told one by one. */
const TOLD = 10;

/** The dates that remain, in words. */
export function legalDatesText(legal: LegalDates | undefined): string {
  if (legal === undefined) return 'No date meets all of this.';
  const { from, to } = legal;
  if (from === undefined || to === undefined) {
    if (from !== undefined) return `Allowed: ${datedName(from)} or later.`;
    return to === undefined ? 'Any date is allowed.' : `Allowed: ${datedName(to)} or earlier.`;
  }
  if (daysBetween(from, to) >= TOLD) return `Allowed: ${rangeText(from, to)}.`;
  return `Allowed: ${datesBetween(from, to).map(datedName).join(', ')}.`;
}

function rangeText(from: CivilDate, to: CivilDate): string {
  return from === to ? `${datedName(from)} alone` : `${datedName(from)} to ${datedName(to)}`;
}
