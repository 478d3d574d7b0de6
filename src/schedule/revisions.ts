import type { CivilDate } from '../study/civil-date.ts';
import {
  type Calendar,
  type CalendarEvent,
  type CalendarSubject,
  type Happening,
  makeCalendar,
} from './calendar.ts';
import type { Visit } from './visits.ts';

/** An event with how often it was changed: what iCalendar calls SEQUENCE. */
export interface RevisedEvent extends CalendarEvent {
  /** 0 as it was made at randomization, and one more for each change of date or status since. */
  readonly sequence: number;
  /** When it was made or last changed, ISO 8601, UTC. */
  readonly changed: string;
}

export interface RevisedCalendar extends Calendar {
  readonly events: readonly RevisedEvent[];
}

/** What names an event whatever its date. */
function eventKey({ kind, visit, title }: CalendarEvent): string {
  return `${visit}/${kind}/${title}`;
}

/** A participant's calendar as it is now, each event with its revisions: they follow from the ledger. */
export function reviseCalendar(
  visits: readonly Visit[],
  subject: CalendarSubject,
  happenings: readonly Happening[],
): RevisedCalendar {
  const made = makeCalendar(visits, subject, happenings);
  if (happenings.length === 0) {
    for (const event of made.events) Object.assign(event, { sequence: 0, changed: subject.made });
    return made as RevisedCalendar;
  }
  const revisions = new Map<string, { state: string; sequence: number; changed: string }>();
  for (const event of makeCalendar(visits, subject).events) {
    revisions.set(eventKey(event), { state: stateOf(event), sequence: 0, changed: subject.made });
  }
  for (const [index, { time }] of happenings.entries()) {
    const { events } = makeCalendar(visits, subject, happenings.slice(0, index + 1));
    for (const event of events) {
      const revision = revisions.get(eventKey(event))!;
      const state = stateOf(event);
      if (state === revision.state) continue;
      revisions.set(eventKey(event), { state, sequence: revision.sequence + 1, changed: time });
    }
  }
  const events = made.events.map((event) => {
    const { sequence, changed } = revisions.get(eventKey(event))!;
    return { ...event, sequence, changed };
  });
  return { ...made, events };
}

function stateOf({ date, planned, status }: CalendarEvent): string {
  return `${date} ${planned} ${status}`;
}

/** What is otherwise now than it was: an event that is new, has another date, is off, or is on again. */
export interface Change {
  readonly subject: string;
  readonly site: string;
  readonly visit: string;
  readonly title: string;
  readonly change: 'new' | 'moved' | 'cancelled' | 'on again';
  /** Null where it is new. */
  readonly from: CivilDate | null;
  readonly to: CivilDate;
  readonly reason: string | null;
}

/** @param before the calendar as it was; undefined where there was none */
export function changesBetween(before: Calendar | undefined, now: Calendar): Change[] {
  const earlier = new Map(before?.events.map((event) => [eventKey(event), event]));
  return now.events.flatMap((event): Change[] => {
    const was = earlier.get(eventKey(event));
    const change = changeOf(was, event);
    if (change === undefined) return [];
    const { visit, title, date: to, reason } = event;
    const { subject, site } = now;
    return [{ subject, site, visit, title, change, from: was?.date ?? null, to, reason }];
  });
}

function changeOf(was: CalendarEvent | undefined, now: CalendarEvent) {
  if (was === undefined) return 'new';
  if (isOff(now) !== isOff(was)) return isOff(now) ? 'cancelled' : 'on again';
  return was.date === now.date || isOff(now) ? undefined : 'moved';
}

/** Whether an event does not take place. */
export function isOff({ status }: Pick<CalendarEvent, 'status'>): boolean {
  return status === 'not done' || status === 'cancelled';
}
