import { stringify } from 'csv-stringify/sync';
import type { Calendar } from '../schedule/calendar.ts';
import type { MarkDay } from '../schedule/days-that-matter.ts';
import { marksText } from '../schedule/days-that-matter.ts';
import { studyDayOf } from '../schedule/study-day.ts';
import { weekdayName } from '../study/civil-date.ts';

const COLUMNS = [
  ...['subject', 'site', 'randomization_number', 'kit', 'kind', 'visit', 'phase', 'title'],
  ...['study_day', 'week', 'date', 'weekday', 'planned_date', 'status', 'deviation_days'],
  ...['actual_study_day', 'window_from', 'window_to', 'dose', 'route', 'timing', 'day_matters'],
  'reason',
];

/** Calendars as CSV (docs/FORMATS.md): one row an event, a header, dates as YYYY-MM-DD. */
export function formatCalendarCsv(
  calendars: readonly Calendar[],
  markDay: (site: string) => MarkDay,
): string {
  const rows = calendars.flatMap(({ subject, site, number, kit, day1, events }) => {
    const mark = markDay(site);
    return events.map((event) => [
      ...[subject, site, number, kit, event.kind, event.visit, event.phase, event.title],
      ...[event.studyDay, event.week, event.date, weekdayName(event.weekday)],
      ...[event.planned, event.status, event.deviation, studyDayOf(day1, event.date)],
      ...[event.window?.from, event.window?.to, event.dose, event.route, event.timing],
      ...[marksText(mark(event.date)), event.reason],
    ]);
  });
  return stringify([COLUMNS, ...rows]);
}
