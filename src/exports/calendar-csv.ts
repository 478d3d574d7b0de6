import { stringify } from 'csv-stringify/sync';
import type { Calendar } from '../schedule/calendar.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The short English name of a day of the week, 1 for Monday to 7 for Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] ?? '';
}

/** Calendars as rows for a table: one event each, under the names of `CALENDAR_COLUMNS`. */
function calendarRows(calendars: readonly Calendar[]) {
  return calendars.flatMap(({ subject, site, number, kit, events }) =>
    events.map((event) => ({
      subject,
      site,
      randomization_number: number,
      kit,
      kind: event.kind,
      visit: event.visit,
      phase: event.phase,
      title: event.title,
      study_day: event.studyDay,
      week: event.week,
      date: event.date,
      weekday: weekdayName(event.weekday),
    })),
  );
}

const CALENDAR_COLUMNS = [
  'subject',
  'site',
  'randomization_number',
  'kit',
  'kind',
  'visit',
  'phase',
  'title',
  'study_day',
  'week',
  'date',
  'weekday',
];

/** Calendars as CSV (docs/FORMATS.md): one row an event, a header, dates as YYYY-MM-DD. */
export function formatCalendarCsv(calendars: readonly Calendar[]): string {
  return stringify(calendarRows(calendars), { header: true, columns: CALENDAR_COLUMNS });
}
