import type { CivilDate } from '../study/civil-date.ts';
import {
  type Calendar,
  type CalendarEvent,
  type CalendarOf,
  type CalendarSubject,
  makeCalendar,
} from './calendar.ts';
import type { Happening } from './happenings.ts';
import type { Visit } from './visits.ts';

/** An event with the number of its changes, which iCalendar calls SEQUENCE. */
export interface RevisedEvent extends CalendarEvent {
  /** 0 at randomization, plus one for each later change of date, status, name or site. */
  readonly sequence: number;
  /** When it was made or last changed, ISO 8601, UTC. */
  readonly changed: string;
  /** The sites that had it in their calendars before a transfer, and do not any more. */
  readonly leftSites: readonly string[];
}

export type RevisedCalendar = CalendarOf<RevisedEvent>;

/** A key of an event that does not depend on its date. A visit has one injection, however it is counted. */
export function eventKey({ kind, visit, title }: CalendarEvent): string {
  return kind === 'injection' ? `${visit}/${kind}` : `${visit}/${kind}/${title}`;
}

/** A participant's current calendar, each event with its number of changes by the ledger. */
export function reviseCalendar(
  visits: readonly Visit[],
  subject: CalendarSubject,
  happenings: readonly Happening[],
): RevisedCalendar {
  const made = makeCalendar(visits, subject, happenings);
  if (happenings.length === 0) {
    const changed = subject.made;
    const events = made.events.map((event): RevisedEvent => {
      return { ...event, sequence: 0, changed, leftSites: [] };
    });
    return { ...made, events };
  }
  const revisions = new Map<string, Revision>();
  const first = makeCalendar(visits, subject);
  for (const event of first.events) {
    const state = stateOf(event, first);
    revisions.set(eventKey(event), {
      state,
      sequence: 0,
      changed: subject.made,
      sites: new Set([event.site]),
    });
  }
  for (const [index, { time }] of happenings.entries()) {
    const now = makeCalendar(visits, subject, happenings.slice(0, index + 1));
    for (const event of now.events) {
      const before = revisions.get(eventKey(event));
      const state = stateOf(event, now);
      if (state === before?.state) continue;
      const sequence = before === undefined ? 0 : before.sequence + 1;
      const sites = new Set([...(before?.sites ?? []), event.site]);
      revisions.set(eventKey(event), { state, sequence, changed: time, sites });
    }
  }
  const events = made.events.map((event) => {
    const { sequence, changed, sites } = revisions.get(eventKey(event))!;
    const leftSites = [...sites].filter((site) => site !== event.site);
    return { ...event, sequence, changed, leftSites };
  });
  return { ...made, events };
}

/** An event as it was after an entry of the ledger. */
interface Revision {
  readonly state: string;
  readonly sequence: number;
  readonly changed: string;
  /** Every site that had it so far. */
  readonly sites: ReadonlySet<string>;
}

/** Everything that somebody reads of an event in another program. */
function stateOf({ date, planned, status, ...event }: CalendarEvent, of: Calendar): string {
  const { title, phase, cycle, period, dose, route, timing, window } = event;
  const { amount, weight, site } = event;
  const what = [title, phase, cycle, period, dose, route, timing, window, amount, weight];
  return JSON.stringify([date, planned, status, ...what, of.subject, site]);
}

/** A change of an event: it is new, has another date, was missed, is cancelled, or is planned again. */
export interface Change {
  readonly subject: string;
  readonly site: string;
  readonly visit: string;
  readonly title: string;
  readonly change: 'new' | 'moved' | 'not done' | 'cancelled' | 'on again';
  /** The old date; null if the event is new. */
  readonly from: CivilDate | null;
  readonly to: CivilDate;
  readonly reason: string | null;
}

/** A change of an event, of its date or of anything else that somebody reads of it. */
export interface DetailedChange extends Omit<Change, 'change'> {
  /** `changed` if the event has its date still. */
  readonly change: Change['change'] | 'changed';
  /** What else changed, each as `amount 1 vial → 2 vials`; none of an event that is new or off. */
  readonly details: readonly string[];
}

/** Whether a change says that an event does not take place any more. */
export function isOffNow(change: DetailedChange['change']): boolean {
  return change === 'not done' || change === 'cancelled';
}

/** The changes between two calendars. @param before the old calendar; undefined if there was none */
export function changesBetween(before: Calendar | undefined, now: Calendar): Change[] {
  return pairsOf(before, now).flatMap(({ was, event }): Change[] => {
    const change = changeOf(was, event);
    return change === undefined ? [] : [{ ...factsOf(now, was, event), change }];
  });
}

/** The kit that an injection was given from, by visit; undefined if its record names none. */
export type KitOfVisit = (visit: string) => string | undefined;

/**
 * The changes between two calendars, of dates and of everything else.
 *
 * @param before the old calendar; undefined if there was none
 * @param kits the kits of the injections that were given, in the old calendar and now
 */
export function detailedChanges(
  before: Calendar | undefined,
  now: Calendar,
  kits: { readonly before: KitOfVisit; readonly now: KitOfVisit },
): DetailedChange[] {
  return pairsOf(before, now).flatMap(({ was, event }): DetailedChange[] => {
    const { visit } = event;
    const given = was?.status === 'given' && event.status === 'given';
    const kit = given ? detail('kit', kits.before(visit), kits.now(visit)) : [];
    const details = was === undefined || isOff(event) ? [] : [...detailsOf(was, event), ...kit];
    const change = changeOf(was, event) ?? (details.length === 0 ? undefined : 'changed');
    return change === undefined ? [] : [{ ...factsOf(now, was, event), change, details }];
  });
}

interface EventPair {
  readonly was: CalendarEvent | undefined;
  readonly event: CalendarEvent;
}

/** Each event as it is now, with what it was. */
function pairsOf(before: Calendar | undefined, now: Calendar): EventPair[] {
  const earlier = new Map(before?.events.map((event) => [eventKey(event), event]));
  return now.events.map((event) => ({ was: earlier.get(eventKey(event)), event }));
}

function factsOf({ subject }: Calendar, was: CalendarEvent | undefined, now: CalendarEvent) {
  const { visit, title, date: to, reason, site } = now;
  return { subject, site, visit, title, from: was?.date ?? null, to, reason };
}

/**
 * What changed of an event that takes place, beside its date. A first record of an injection does not change its amount;
 * a correction of the record does.
 */
function detailsOf(was: CalendarEvent, now: CalendarEvent): string[] {
  const isCorrected = was.status === 'given' && now.status === 'given';
  const windowOf = ({ window }: CalendarEvent) => window && `${window.from} to ${window.to}`;
  const weightOf = ({ weight }: CalendarEvent) => weight && `${weight} kg`;
  return [
    ...detail('dose', was.dose, now.dose),
    ...detail('route', was.route, now.route),
    ...(isCorrected ? detail('amount', was.amount, now.amount) : []),
    ...(isCorrected ? detail('weight', weightOf(was), weightOf(now)) : []),
    // A window follows a date that moved.
    ...(was.date === now.date && was.status === now.status
      ? detail('window', windowOf(was), windowOf(now))
      : []),
    ...detail('site', was.site, now.site),
  ];
}

function detail(
  what: string,
  was: string | null | undefined,
  now: string | null | undefined,
): string[] {
  return was === now ? [] : [`${what} ${was ?? 'none'} → ${now ?? 'none'}`];
}

function changeOf(
  was: CalendarEvent | undefined,
  now: CalendarEvent,
): Change['change'] | undefined {
  // Nobody heard of an event that was cancelled before.
  if (was === undefined) return isOff(now) ? undefined : 'new';
  if (isOff(now) !== isOff(was)) {
    if (!isOff(now)) return 'on again';
    return now.status === 'not done' ? 'not done' : 'cancelled';
  }
  return was.date === now.date || isOff(now) ? undefined : 'moved';
}

/** Whether an event does not take place. */
export function isOff({ status }: Pick<CalendarEvent, 'status'>): boolean {
  return status === 'not done' || status === 'cancelled';
}
