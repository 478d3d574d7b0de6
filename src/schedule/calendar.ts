import { addDays, type CivilDate, daysBetween, weekday } from '../study/civil-date.ts';
import type { Assessment, Timing } from '../study/sections/schedule.ts';
import type { StudyDay, SubjectId } from '../study/identifiers.ts';
import { actualDay1, type DroppedVisit, visitsInForce } from './visits-in-force.ts';
import {
  type AsGiven,
  type AttendanceInForce,
  type Happening,
  recordsInForce,
} from './happenings.ts';
import { daysFromDay1, studyDayOf, trialWeek } from './study-day.ts';
import {
  changesInForce,
  lastSite,
  type SitePeriod,
  siteOn,
  sitePeriods,
} from '../study/site-periods.ts';
import { cycleText, hasInjections, type PlannedCourse, type Visit } from './visits.ts';

/**
 * The status of a visit. `given` is an injection, `done` an assessment, or a visit without an injection of which every
 * assessment was recorded. `cancelled`: the participant never had the first injection that it depends on, or an
 * amendment or a withdrawal took it out.
 */
type VisitStatus = 'planned' | 'moved' | 'given' | 'done' | 'not done' | 'cancelled';

/** An injection or an assessment that is planned for one participant on one day. */
export interface CalendarEvent extends AsGiven {
  /** An additional injection is one that the schedule does not have. */
  readonly kind: 'injection' | 'assessment' | 'additional injection';
  /**
   * The visit it belongs to, named after its planned day: `D1`, `D15`, `D-1`. Of an additional injection `additional`
   * and the number of its ledger entry.
   */
  readonly visit: string;
  /** `Injection 3 of 9`, or the name of the assessment. */
  readonly title: string;
  /** The phase of an injection; empty for an assessment. */
  readonly phase: string;
  /** The day of an injection in its cycle, `Cycle 2 Day 8`; undefined if its phase is not in cycles. */
  readonly cycle?: string | undefined;
  /** The name of the period in which it is planned; absent if it is in none. */
  readonly period?: string | undefined;
  /** For an injection, if study.yaml says them. */
  readonly dose: string | undefined;
  readonly route: string | undefined;
  /** For an assessment: whether it is before or after the dose. */
  readonly timing: Timing | undefined;
  /** The day in the protocol. */
  readonly studyDay: StudyDay;
  /** The trial week of that day: Week 1 begins on Day 1. */
  readonly week: number;
  /** The date that the schedule gives, counted from the actual dates of Day 1 and earlier injections. */
  readonly planned: CivilDate;
  /** The actual date: as recorded, as moved, or as planned. */
  readonly date: CivilDate;
  /** The site that has the participant on that date. */
  readonly site: string;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number;
  readonly status: VisitStatus;
  /** Days from the planned date; 0 if the visit was not recorded or moved. */
  readonly deviation: number;
  /** The reason why it was moved or not done. */
  readonly reason: string | null;
  /** The first and last date of its window; null if it has no window. */
  readonly window: { readonly from: CivilDate; readonly to: CivilDate } | null;
}

/** The facts about a randomized participant that a calendar needs. */
export interface CalendarSubject {
  readonly subject: SubjectId;
  /** The id at randomization; absent if it is the same. `site` is the one of the randomization. */
  readonly randomizedAs?: SubjectId | undefined;
  readonly site: string;
  readonly number: string;
  /** The kit from which injections are given; undefined if the study has no kits. */
  readonly kit?: string | undefined;
  /** The kits of all kit types; undefined if all kits of the study are alike. */
  readonly kits?: readonly { readonly type: string; readonly kit: string }[] | undefined;
  /** The date that was planned for Day 1 at randomization. */
  readonly day1: CivilDate;
  /** When the plan was made: the time of randomization, ISO 8601, UTC. */
  readonly made: string;
  /** The amendment that was in force then; absent for the schedule of the list. */
  readonly amendment?: string | undefined;
  /** The participants whom this one replaces, and who replaces this one; absent if there is nobody. */
  readonly replaces?: SubjectId | undefined;
  readonly replacedBy?: SubjectId | undefined;
}

/** An amendment whose schedule a participant has. */
export interface CalendarAmendment {
  readonly id: string;
  /** Null if the participant was randomized when it was in force. */
  readonly from: CivilDate | null;
}

/** A participant's plan, with events of some kind. */
export interface CalendarOf<Event> extends Omit<CalendarSubject, 'amendment'> {
  /** The id at randomization; `subject` is the current one. */
  readonly randomizedAs: SubjectId;
  /** The sites that had the participant, period after period; `site` is the last one. */
  readonly sites: readonly SitePeriod[];
  /** The actual date of Day 1; `plannedDay1` is the date given at randomization. */
  readonly day1: CivilDate;
  readonly plannedDay1: CivilDate;
  /** In the order in which they came; the last one counts for the visits to come. */
  readonly amendments: readonly CalendarAmendment[];
  readonly events: readonly Event[];
}

/** A participant's plan: every injection and assessment, by date. */
export type Calendar = CalendarOf<CalendarEvent>;

/** A visit of one participant, with its dates. */
export interface DatedVisit {
  readonly visit: Visit;
  readonly planned: CivilDate;
  readonly date: CivilDate;
  readonly status: VisitStatus;
  readonly reason: string | null;
  /** The records of its assessments, by their names. */
  readonly attended: Attended;
  /** What the record of its injection says of the amount. */
  readonly asGiven?: AsGiven;
}

type Attended = ReadonlyMap<string, AttendanceInForce>;
const NONE_ATTENDED: Attended = new Map();

/** The visits of one participant with their dates, and what is no longer planned. */
export interface DatedVisits {
  readonly day1: CivilDate;
  readonly visits: readonly DatedVisit[];
  readonly dropped: readonly DatedDroppedVisit[];
}

/** A visit that is no longer planned; somebody may have come to its assessments all the same. */
interface DatedDroppedVisit extends DroppedVisit {
  readonly attended: Attended;
}

/**
 * The dates of one participant's visits, after what was recorded so far. Visits are counted from Day 1 (the date
 * on which the first injection was given, or is planned), or from the actual or planned date of the injection
 * before. If a missed injection moves the later ones, they move by the days from its planned date to the date
 * on which it was recorded as not done. Inside a course, injections are counted from its first day as it is, and a
 * missed one moves only the later ones of the course.
 *
 * @param visits as planned at randomization, by study day
 * @param happenings in the order of their entries
 * @returns the visits in force, and those that are no longer planned
 */
export function dateVisits(
  visits: readonly Visit[],
  plannedDay1: CivilDate,
  happenings: readonly Happening[],
): DatedVisits {
  const records = recordsInForce(happenings);
  const { doses, moves, attendances } = records;
  const isUntreated = doses.get('D1')?.result === 'not done';
  const day1 = actualDay1(visits, plannedDay1, records);
  const isFromInjection = hasInjections(visits);
  let lost = 0;
  let before: { day: StudyDay; date: CivilDate } | undefined;
  let running: RunningCourse | undefined;
  const inForce = visitsInForce(visits, plannedDay1, happenings);
  const dated = inForce.visits.map((visit): DatedVisit => {
    const { injection, name, day } = visit;
    // The day from which the others are counted. With injections it is the first one's.
    const isDay1 = day === 1 && !isFromInjection;
    let planned = isDay1 ? plannedDay1 : addDays(day1, daysFromDay1(day));
    if (injection !== undefined) {
      const { course } = injection;
      const isNew = course !== undefined && course.firstDay !== running?.firstDay;
      if (isNew) running = beginCourse(course, running, addDays(day1, lost));
      if (injection.index === 1) planned = plannedDay1;
      else if (course !== undefined && running !== undefined) {
        planned = addDays(running.start, daysBetweenDays(running.firstDay, day) + running.lost);
      } else if (injection.countedFrom === 'visit before' && before !== undefined) {
        planned = addDays(before.date, daysBetweenDays(before.day, day));
      } else planned = addDays(planned, lost);
    }
    const move = moves.get(name);
    const dose = doses.get(name);
    const attended = attendances.get(name) ?? NONE_ATTENDED;
    if (dose !== undefined && injection !== undefined) {
      const { date, result, reason, amount, weight } = dose;
      const days = daysBetween(planned, date);
      const isMoving = result === 'not done' && injection.afterMissed === 'move' && days > 0;
      if (running?.firstDay === day) {
        const isAsRecorded = result === 'given' || isMoving;
        running.start = isAsRecorded ? date : (move?.date ?? planned);
      } else if (isMoving && injection.course !== undefined) running!.lost += days;
      else if (isMoving) lost += days;
      before = { day, date: result === 'given' || isMoving ? date : planned };
      const about = { visit, planned, date, status: result, reason, attended };
      return { ...about, asGiven: asGivenOf({ amount, weight }) };
    }
    const date = isDay1 ? day1 : (move?.date ?? planned);
    if (injection !== undefined) before = { day, date };
    if (running?.firstDay === day) running.start = date;
    const ended = injection === undefined ? endedBy(visit, attended) : undefined;
    if (ended !== undefined) return { visit, planned, attended, ...ended };
    const isMoved = move !== undefined || date !== planned;
    const status = isUntreated ? 'cancelled' : isMoved ? 'moved' : 'planned';
    return { visit, planned, date, status, reason: move?.reason ?? null, attended };
  });
  const dropped = inForce.dropped.map((one) => {
    return { ...one, attended: attendances.get(one.visit.name) ?? NONE_ATTENDED };
  });
  return { day1, visits: dated, dropped };
}

/** How a visit without an injection ended: undefined if not every assessment of it was recorded. */
function endedBy({ assessments }: Visit, attended: Attended) {
  const records = assessments.flatMap(({ name }) => attended.get(name) ?? []);
  const first = records.find(({ result }) => result === 'done') ?? records[0];
  if (first === undefined || records.length < assessments.length) return undefined;
  return { date: first.date, status: first.result, reason: first.reason };
}

/** The course of the injection that is dated. */
interface RunningCourse {
  readonly firstDay: StudyDay;
  /** The date of its first day: as planned, until that injection is dated. */
  start: CivilDate;
  /** The days by which missed injections move the later ones of the course. */
  lost: number;
}

/** @param day1 with the days that missed injections of phases without courses have moved it */
function beginCourse(
  { firstDay, anchor }: PlannedCourse,
  before: RunningCourse | undefined,
  day1: CivilDate,
): RunningCourse {
  const start =
    anchor === 'course before' && before !== undefined
      ? addDays(before.start, daysBetweenDays(before.firstDay, firstDay))
      : addDays(day1, daysFromDay1(firstDay));
  return { firstDay, start, lost: 0 };
}

/** The days from one study day to another: there is no Day 0. */
function daysBetweenDays(from: StudyDay, to: StudyDay): number {
  return daysFromDay1(to) - daysFromDay1(from);
}

/** The amendments of a calendar: `A2, A3 from 2026-12-20`; empty if it has none. */
export function amendmentsText({ amendments }: Pick<Calendar, 'amendments'>): string {
  return amendments.map(({ id, from }) => (from === null ? id : `${id} from ${from}`)).join(', ');
}

/** The first and last date of a visit's window; undefined if it has no window. */
export function windowDates(
  window: { readonly before: number; readonly after: number } | undefined,
  planned: CivilDate,
): { from: CivilDate; to: CivilDate } | undefined {
  if (window === undefined) return undefined;
  return { from: addDays(planned, -window.before), to: addDays(planned, window.after) };
}

/**
 * The first and last date of an assessment's window. Days are counted from Day 1 as it really was, so that on Day 1
 * itself the window is around that date.
 */
export function assessmentWindow(
  { visit, planned, date, status }: DatedVisit,
  { window }: Assessment,
): { from: CivilDate; to: CivilDate } | undefined {
  const isDay1 = visit.day === 1 && (status === 'given' || status === 'moved');
  return windowDates(window, isDay1 ? date : planned);
}

/** Makes a participant's plan from the visits of the schedule and the records so far. */
export function makeCalendar(
  visits: readonly Visit[],
  subject: CalendarSubject,
  happenings: readonly Happening[] = [],
): Calendar {
  const dated = dateVisits(visits, subject.day1, happenings);
  const sites = sitesAfter(subject.site, happenings);
  const undated = [
    ...dated.visits.flatMap(eventsOf),
    ...dated.dropped.flatMap((one) => droppedEventsOf(one, dated.day1)),
    ...additionalEvents(happenings, dated.day1),
  ];
  const events = undated.map((event): CalendarEvent => ({
    ...event,
    site: siteOn(sites, event.date),
  }));
  // By date: a moved visit may come after a later one.
  const sorted = events.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const { amendment, randomizedAs = subject.subject, ...facts } = subject;
  const amendments: CalendarAmendment[] = [
    ...(amendment === undefined ? [] : [{ id: amendment, from: null }]),
    ...changesInForce(happenings.filter((one) => one.action === 'amendment')).map(
      ({ amendment: id, from }) => ({ id, from }),
    ),
  ];
  return {
    ...facts,
    subject: idAfter(randomizedAs, happenings),
    plannedDay1: subject.day1,
    day1: dated.day1,
    amendments,
    events: sorted,
    site: lastSite(sites),
    randomizedAs,
    sites,
  };
}

/** The sites after the transfers so far. */
function sitesAfter(first: string, happenings: readonly Happening[]): SitePeriod[] {
  return sitePeriods(
    first,
    happenings.filter((one) => one.action === 'transfer'),
  );
}

/** The id after the corrections so far. */
function idAfter(randomizedAs: SubjectId, happenings: readonly Happening[]): SubjectId {
  const last = happenings.findLast((one) => one.action === 'subject correction');
  return last?.newId ?? randomizedAs;
}

/** What a record says of the amount, without what it does not say. */
function asGivenOf({ amount, weight }: AsGiven): AsGiven {
  return { ...(amount !== undefined && { amount }), ...(weight !== undefined && { weight }) };
}

/** What stands for the visit of an injection that the schedule does not have. */
export function additionalVisit({ seq }: { readonly seq: number }): string {
  return `additional ${seq}`;
}

/** A visit as people read it: an injection that the schedule does not have is known by its ledger entry. */
export function visitLabel(visit: string): string {
  return visit.replace(/^additional (\d+)$/, 'additional dose (ledger $1)');
}

/** A visit with what it is: `D5 Safety`; an injection that the schedule does not have says that itself. */
export function eventLabel({ visit, title }: Pick<CalendarEvent, 'visit' | 'title'>): string {
  const label = visitLabel(visit);
  return label === visit ? `${visit} ${title}` : label;
}

/**
 * The injections that the schedule does not have, on the day on which they were given. One that was taken back stays
 * as cancelled, so that others cancel it too.
 */
function additionalEvents(happenings: readonly Happening[], day1: CivilDate): EventAnywhere[] {
  const all = happenings.filter((one) => one.action === 'additional dose');
  return all.flatMap((one): EventAnywhere[] => {
    if (one.result === 'retracted') return [];
    const { seq, date } = one;
    const back = all.find(({ corrects }) => corrects === seq);
    const studyDay = studyDayOf(day1, date);
    return [
      {
        kind: 'additional injection',
        visit: additionalVisit(one),
        title: 'Additional injection',
        phase: '',
        dose: undefined,
        route: undefined,
        timing: undefined,
        studyDay,
        week: trialWeek(studyDay),
        planned: date,
        date,
        weekday: weekday(date),
        status: back === undefined ? 'given' : 'cancelled',
        reason: (back ?? one).reason,
        deviation: 0,
        window: null,
        ...asGivenOf(one),
      },
    ];
  });
}

/** The events that are no longer planned: they stay in the calendar as cancelled, so that others cancel them too. */
function droppedEventsOf(
  { visit, why, attended }: DatedDroppedVisit,
  day1: CivilDate,
): EventAnywhere[] {
  const planned = addDays(day1, daysFromDay1(visit.day));
  return eventsOf({ visit, planned, date: planned, status: 'cancelled', reason: why, attended });
}

/** An event before its site is known. */
type EventAnywhere = Omit<CalendarEvent, 'site'>;

function eventsOf(dated: DatedVisit): EventAnywhere[] {
  const { visit, planned, date, status, reason } = dated;
  const { name, day, injection, assessments, period } = visit;
  const about = { visit: name, studyDay: day, week: trialWeek(day), planned };
  const common = period === undefined ? about : { ...about, period };
  const events: EventAnywhere[] = [];
  if (injection !== undefined) {
    const { index, of, phase, dose, route, window, cycle } = injection;
    events.push({
      kind: 'injection',
      title: `Injection ${index} of ${of}`,
      phase,
      cycle: cycle && cycleText(cycle),
      dose,
      route,
      timing: undefined,
      ...common,
      date,
      weekday: weekday(date),
      status,
      reason,
      deviation: daysBetween(planned, date),
      window: windowDates(window, planned) ?? null,
      ...dated.asGiven,
    });
  }
  for (const one of assessments) {
    const { name: title, timing } = one;
    const own = ofAssessment(dated, title);
    const assessment: EventAnywhere = {
      kind: 'assessment',
      title,
      phase: '',
      dose: undefined,
      route: undefined,
      timing,
      ...common,
      ...own,
      weekday: weekday(own.date),
      deviation: daysBetween(planned, own.date),
      window: assessmentWindow(dated, one) ?? null,
    };
    if (timing === 'before dose') events.unshift(assessment);
    else events.push(assessment);
  }
  return events;
}

/**
 * The date and the status of an assessment: as recorded; else those of its visit, but on the planned day if the
 * injection was missed. A record that the injection was given does not mean that the assessment was done.
 */
function ofAssessment(
  { visit, planned, date, status, reason, attended }: DatedVisit,
  name: string,
): Pick<CalendarEvent, 'date' | 'status' | 'reason'> {
  const record = attended.get(name);
  if (record !== undefined) {
    return { date: record.date, status: record.result, reason: record.reason };
  }
  if (status !== 'given' && status !== 'not done') return { date, status, reason };
  if (status === 'given') {
    return { date, status: date === planned ? 'planned' : 'moved', reason };
  }
  return { date: planned, status: visit.day === 1 ? 'cancelled' : 'planned', reason: null };
}
