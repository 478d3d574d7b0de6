import type { CivilDate } from '../study/civil-date.ts';
import type { CalendarEvent } from './calendar.ts';
import type { Withdrawal } from './happenings.ts';

/** An injection or an assessment that is planned for a day before today, and of which no record says what happened. */
export type OverdueEvent = Pick<CalendarEvent, 'visit' | 'title' | 'date'>;

/** What the overdue events of a calendar follow from. */
export interface OverdueRules {
  /** Today's date at a site. */
  readonly todayAt: (site: string) => CivilDate;
  /** Whether the study records assessments. If it does not, nobody has forgotten one. */
  readonly hasAttendances: boolean;
}

/**
 * The overdue events of a participant, in the order of the calendar. What was planned for the very day of a withdrawal, or
 * was moved behind it, is not overdue: it can still be recorded, but nobody waits for it.
 *
 * @param withdrawals those that are in force
 */
export function overdueEvents(
  events: readonly Pick<CalendarEvent, 'visit' | 'title' | 'date' | 'kind' | 'status' | 'site'>[],
  { todayAt, hasAttendances }: OverdueRules,
  withdrawals: readonly Pick<Withdrawal, 'date' | 'from'>[] = [],
): OverdueEvent[] {
  return events.flatMap(({ visit, title, date, kind, status, site }) => {
    const isOpen = status === 'planned' || status === 'moved';
    const isKept = kind !== 'assessment' || hasAttendances;
    const isExcused = withdrawals.some((one) => {
      return date >= one.date && (kind !== 'assessment' || one.from === 'study');
    });
    return isOpen && isKept && !isExcused && date < todayAt(site) ? { visit, title, date } : [];
  });
}
