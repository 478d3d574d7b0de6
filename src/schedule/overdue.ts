import type { CivilDate } from '../study/civil-date.ts';
import type { CalendarEvent } from './calendar.ts';

/** An injection or an assessment that is planned for a day before today, and of which no record says what happened. */
export type OverdueEvent = Pick<CalendarEvent, 'visit' | 'title' | 'date'>;

/** What the overdue events of a calendar follow from. */
export interface OverdueRules {
  /** Today's date at a site. */
  readonly todayAt: (site: string) => CivilDate;
  /** Whether the study records assessments. If it does not, nobody has forgotten one. */
  readonly hasAttendances: boolean;
}

/** The overdue events of a participant, in the order of the calendar. */
export function overdueEvents(
  events: readonly Pick<CalendarEvent, 'visit' | 'title' | 'date' | 'kind' | 'status' | 'site'>[],
  { todayAt, hasAttendances }: OverdueRules,
): OverdueEvent[] {
  return events.flatMap(({ visit, title, date, kind, status, site }) => {
    const isOpen = status === 'planned' || status === 'moved';
    const isKept = kind !== 'assessment' || hasAttendances;
    return isOpen && isKept && date < todayAt(site) ? { visit, title, date } : [];
  });
}
