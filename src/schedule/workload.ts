import { type CivilDate, datesBetween, weekday } from '../study/civil-date.ts';
import type { Calendar, CalendarEvent } from './calendar.ts';
import type { DayMark, MarkDay } from './days-that-matter.ts';

/** The work of a site on one day. */
export interface SiteDay {
  readonly date: CivilDate;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number;
  /** Empty on an ordinary working day. */
  readonly marks: readonly DayMark[];
  readonly injections: readonly ScheduledEvent[];
  readonly assessments: readonly ScheduledEvent[];
  /** The kits of participants whose first injection is on this day. */
  readonly kits: readonly string[];
}

/** An event with its participant and their kit. */
export interface ScheduledEvent {
  readonly subject: string;
  /** Undefined if the study has no kits. */
  readonly kit?: string | undefined;
  /** The kits of all kit types; undefined if all kits of the study are alike. */
  readonly kits?: Calendar['kits'];
  readonly event: CalendarEvent;
}

/** The work of a site over some weeks. */
export interface SiteWorkload {
  readonly site: string;
  /** Every date from the first to the last. */
  readonly days: readonly SiteDay[];
  readonly injections: number;
  /** Injections on days that matter, for which somebody must be on call. */
  readonly onCall: number;
  /** The greatest number of injections on one day, and the dates with that number; 0 and none without injections. */
  readonly peak: number;
  readonly peakDates: readonly CivilDate[];
}

/** The work of a site from one date to another, both included, without missed and cancelled events. */
export function siteWorkload(
  site: string,
  calendars: readonly Calendar[],
  from: CivilDate,
  to: CivilDate,
  mark: MarkDay,
): SiteWorkload {
  const byDate = new Map<CivilDate, ScheduledEvent[]>();
  for (const calendar of calendars) {
    for (const event of calendar.events) {
      const isOff = event.status === 'not done' || event.status === 'cancelled';
      if (event.site !== site || isOff || event.date < from || event.date > to) continue;
      const { subject, kit, kits } = calendar;
      const one = { subject, kit, kits, event };
      const list = byDate.get(event.date);
      if (list === undefined) byDate.set(event.date, [one]);
      else list.push(one);
    }
  }
  const days = datesBetween(from, to).map((date): SiteDay => {
    const events = byDate.get(date) ?? [];
    const injections = events.filter(({ event }) => event.kind !== 'assessment');
    return {
      date,
      weekday: weekday(date),
      marks: mark(date),
      injections,
      assessments: events.filter(({ event }) => event.kind === 'assessment'),
      kits: injections
        .filter(({ event }) => event.kind === 'injection' && event.studyDay === 1)
        .flatMap(({ kit, kits }) => kits?.map((one) => one.kit) ?? kit ?? []),
    };
  });
  const counts = days.map(({ injections }) => injections.length);
  const peak = Math.max(0, ...counts);
  const onCall = days
    .filter(({ marks }) => marks.length > 0)
    .reduce((sum, { injections }) => sum + injections.length, 0);
  return {
    site,
    days,
    injections: counts.reduce((sum, count) => sum + count, 0),
    onCall,
    peak,
    peakDates:
      peak === 0 ? [] : days.filter((_, at) => counts[at] === peak).map(({ date }) => date),
  };
}
