import type { CivilDate } from '../study/civil-date.ts';
import { assessmentsAt, whyCancelled } from './attendance.ts';
import {
  type CalendarEvent,
  type CalendarOf,
  dateVisits,
  type DatedVisit,
  type DatedVisits,
} from './calendar.ts';
import {
  type AttendanceInForce,
  type DoseInForce,
  type Happening,
  type MoveInForce,
  type RecordsInForce,
  recordsInForce,
  type Withdrawal,
} from './happenings.ts';
import { changesInForce } from '../study/site-periods.ts';
import { brokenBy, constraintsOn, windowConstraint } from './legal-dates.ts';
import { eventKey, type RevisedEvent } from './revisions.ts';
import type { Visit } from './visits.ts';

/**
 * A rule that a visit broke, as far as the records say now: `window`, `least interval`, `order`, `timing`, `before
 * randomization`, `withdrawn`, `missed`, `cancelled`, `additional`, `amount`, or a rule about the kit.
 */
export interface Deviation {
  readonly rule: string;
  /** In words, without a full stop. */
  readonly text: string;
}

/** What somebody said when the record in force was entered. */
export interface Declared {
  readonly rules: readonly string[];
  readonly reason: string | null;
  /** The sequence number of the entry. */
  readonly seq: number;
}

/** What is judged of an event. */
interface Judgement {
  /** The kit that an injection was given from, if its record names one. */
  readonly kitUsed: string | null;
  /** Computed from the records and the schedule, so that a correction changes them. */
  readonly deviations: readonly Deviation[];
  /** Null if nothing was declared. */
  readonly declared: Declared | null;
}

/** An event with its deviations. */
export type JudgedEvent = CalendarEvent & Judgement;

/** A participant's calendar with the deviations of each event. */
export type JudgedCalendar = CalendarOf<JudgedEvent>;

/** A participant's calendar with the deviations and the number of changes of each event. */
export type RevisedJudgedCalendar = CalendarOf<RevisedEvent & Judgement>;

/** The facts that are not in the schedule or in the records of the visits. */
export interface Circumstances {
  /** The day of the randomization at the site. */
  readonly randomizedOn: CivilDate;
  /** What was wrong with the kit of an injection that was given. */
  readonly kitDeviations: (
    dose: Pick<DoseInForce, 'date' | 'kit' | 'otherKit'>,
  ) => readonly Deviation[];
}

/**
 * Finds what in a participant's records does not keep to the schedule. It is a view: nothing in it was frozen when a
 * record was entered. An injection that is too soon after another one counts once, for the later one.
 */
export function judgeCalendar<Event extends CalendarEvent>(
  visits: readonly Visit[],
  calendar: CalendarOf<Event>,
  happenings: readonly Happening[],
  circumstances: Circumstances,
): CalendarOf<Event & Judgement> {
  const records = recordsInForce(happenings);
  const all = dateVisits(visits, calendar.plannedDay1, happenings);
  const dated = all.visits;
  const withdrawals = changesInForce(happenings.filter((one) => one.action === 'withdrawal'));
  const inForce = dated.map(({ visit }) => visit);
  const events = calendar.events.map((event): Event & Judgement => {
    if (event.kind === 'additional injection')
      return judgeAdditional(event, happenings, withdrawals, circumstances);
    const dose = records.doses.get(event.visit);
    const isInjection = event.kind === 'injection';
    const isGiven = isInjection && dose?.result === 'given';
    return {
      ...event,
      kitUsed: isGiven ? (dose.otherKit ?? dose.kit) : null,
      deviations: isInjection
        ? [
            ...injectionDeviations(dated, event.visit, dose, circumstances),
            ...afterWithdrawal(event, withdrawals),
          ]
        : assessmentDeviations(all, event, withdrawals, circumstances),
      declared: declaredOf(event, inForce, records),
    };
  });
  return { ...calendar, events };
}

/** That something took place after the participant was withdrawn from it. */
function afterWithdrawal(
  { kind, status, date }: Pick<CalendarEvent, 'kind' | 'status' | 'date'>,
  withdrawals: readonly Withdrawal[],
): Deviation[] {
  if (status !== 'given' && status !== 'done') return [];
  const isOfTreatment = kind !== 'assessment';
  const first = withdrawals.find((one) => {
    return date > one.date && (isOfTreatment || one.from === 'study');
  });
  if (first === undefined) return [];
  return [{ rule: 'withdrawn', text: `after the withdrawal from ${first.from} on ${first.date}` }];
}

/** A calendar about which nothing was recorded, so that nothing in it was broken. */
export function withoutDeviations<Event>(
  calendar: CalendarOf<Event>,
): CalendarOf<Event & Judgement> {
  const none = { kitUsed: null, deviations: [], declared: null };
  return { ...calendar, events: calendar.events.map((event) => ({ ...event, ...none })) };
}

function injectionDeviations(
  dated: readonly DatedVisit[],
  name: string,
  dose: DoseInForce | undefined,
  { randomizedOn, kitDeviations }: Circumstances,
): Deviation[] {
  const own = dated.find(({ visit }) => visit.name === name);
  // It is no longer planned; assessments of its visit may be.
  if (own?.visit.injection === undefined) return [];
  const { status, date } = own;
  const isEarly = dose !== undefined && dose.date < randomizedOn;
  const early = isEarly ? [beforeRandomization(randomizedOn)] : [];
  if (status === 'not done') return [{ rule: 'missed', text: 'not done' }, ...early];
  if (status !== 'given' && status !== 'moved') return [];
  const broken = brokenBy(constraintsOn(dated, name, 'dose'), date)
    // What is too near to a later injection, and so has a last date alone, counts for that one.
    .filter(({ from }) => from !== undefined);
  const isInOrder = broken.every(({ rule }) => rule !== 'order');
  const kept = broken.filter(({ rule }) => rule !== 'least interval' || isInOrder);
  const ofGiven =
    dose?.result === 'given'
      ? [...kitDeviations(dose), ...amountDeviations(own.visit.injection.dose, dose.amount)]
      : [];
  return [...plain(kept), ...early, ...ofGiven];
}

/** The rule that an injection has the amount of the schedule, if both are known. */
export function amountDeviations(
  planned: string | undefined,
  amount: string | undefined,
): Deviation[] {
  // The Greek letter and the sign for micro are the same in upper case.
  const plainly = (text: string) => text.toUpperCase().replaceAll(/\s+/g, ' ').trim();
  if (planned === undefined || amount === undefined) return [];
  if (plainly(planned) === plainly(amount)) return [];
  return [{ rule: 'amount', text: `${amount} was given; the schedule says ${planned}` }];
}

/** An injection that the schedule does not have. */
function judgeAdditional<Event extends CalendarEvent>(
  event: Event,
  happenings: readonly Happening[],
  withdrawals: readonly Withdrawal[],
  { randomizedOn, kitDeviations }: Circumstances,
): Event & Judgement {
  const record = happenings.find((one) => `additional ${one.seq}` === event.visit);
  if (record?.action !== 'additional dose' || event.status === 'cancelled') {
    return { ...event, kitUsed: null, deviations: [], declared: null };
  }
  const { deviations: rules, reason, seq, kit, otherKit } = record;
  return {
    ...event,
    kitUsed: otherKit ?? kit,
    deviations: [
      { rule: 'additional', text: 'the schedule does not have it' },
      ...(event.date < randomizedOn ? [beforeRandomization(randomizedOn)] : []),
      ...kitDeviations(record),
      ...afterWithdrawal(event, withdrawals),
    ],
    declared: { rules, reason, seq },
  };
}

/** What is wrong with an assessment that was recorded, or that was moved out of its own window with its visit. */
function assessmentDeviations(
  dated: DatedVisits,
  event: CalendarEvent,
  withdrawals: readonly Withdrawal[],
  { randomizedOn }: Circumstances,
): Deviation[] {
  const { visit, title, status, date, window, planned, studyDay } = event;
  const own = assessmentsAt(dated, visit).find(({ assessment }) => assessment.name === title);
  const record = own?.record;
  if (own === undefined || record === undefined) {
    if (status !== 'moved' || window === null) return [];
    return plain(brokenBy([windowConstraint(window, planned)], date));
  }
  if (record.result === 'not done') return [{ rule: 'missed', text: 'not done' }];
  const cancelled = whyCancelled(own, date);
  if (cancelled !== undefined) return [{ rule: 'cancelled', text: cancelled }];
  const early = studyDay > 0 && date < randomizedOn ? [beforeRandomization(randomizedOn)] : [];
  const late = afterWithdrawal(event, withdrawals);
  return [...plain(brokenBy(own.constraints, date)), ...early, ...late];
}

function plain(broken: readonly Deviation[]): Deviation[] {
  return broken.map(({ rule, text }) => ({ rule, text }));
}

function beforeRandomization(randomizedOn: CivilDate): Deviation {
  return { rule: 'before randomization', text: `before the randomization on ${randomizedOn}` };
}

/** What was declared of an assessment itself; else it belongs to the injection, or to a visit without one. */
function declaredOf(
  { kind, visit: name, title }: CalendarEvent,
  visits: readonly Visit[],
  { doses, moves, attendances }: RecordsInForce,
): Declared | null {
  const visit = visits.find((one) => one.name === name);
  const attendance = kind === 'assessment' ? attendances.get(name)?.get(title) : undefined;
  if (kind === 'assessment' && attendance === undefined && visit?.injection !== undefined) {
    return null;
  }
  const record: DoseInForce | MoveInForce | AttendanceInForce | undefined =
    attendance ?? doses.get(name) ?? moves.get(name);
  if (record === undefined || record.deviations.length === 0) return null;
  const { deviations: rules, reason, seq } = record;
  return { rules, reason, seq };
}

/** Rules that an event breaks now and did not break before, or the other way round. */
export interface ChangedDeviation {
  readonly visit: string;
  readonly title: string;
  readonly date: CivilDate;
  readonly began: readonly Deviation[];
  readonly ended: readonly Deviation[];
}

/** What a further record changes in the deviations of a participant. */
export function changedDeviations(before: JudgedCalendar, now: JudgedCalendar): ChangedDeviation[] {
  const known = new Map(before.events.map((event) => [eventKey(event), event.deviations]));
  return now.events.flatMap((event): ChangedDeviation[] => {
    const { visit, kind, title, date, deviations } = event;
    // It is one from its own record on, which says so.
    if (kind === 'additional injection') return [];
    const were = known.get(eventKey(event)) ?? [];
    const began = without(deviations, were);
    const ended = without(were, deviations);
    return began.length + ended.length === 0 ? [] : [{ visit, title, date, began, ended }];
  });
}

function without(some: readonly Deviation[], others: readonly Deviation[]): Deviation[] {
  return some.filter(({ rule }) => others.every((one) => one.rule !== rule));
}
