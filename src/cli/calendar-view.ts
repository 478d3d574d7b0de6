import { weekdayName } from '../exports/calendar-csv.ts';
import type { Calendar, CalendarEvent } from '../schedule/calendar.ts';
import type { CivilDate } from '../study/civil-date.ts';
import type { Palette } from './palette.ts';
import { formatTable } from './table.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const SATURDAY = 6;
/** `01 Jun` and the blank behind it, which the last column does not need. */
const DAY_WIDTH = 7;

/** One participant's calendar for the terminal: an event a row. */
export function formatCalendarSheet(calendar: Calendar, study: string, colour: Palette): string {
  const { subject, site, number, kit, events } = calendar;
  const rows = events.map((event) => [
    isWeekend(event) ? colour.yellow(event.date) : event.date,
    isWeekend(event) ? colour.yellow(weekdayName(event.weekday)) : weekdayName(event.weekday),
    String(event.studyDay),
    String(event.week),
    event.visit,
    event.kind === 'injection' ? colour.bold(event.title) : colour.dim(event.title),
    event.phase,
  ]);
  const head = ['Date', '', 'Day', 'Week', 'Visit', 'What', 'Phase'];
  const title = `${study}, subject ${subject} (${number}, kit ${kit}, site ${site})`;
  return `${colour.bold(title)}\n\n${formatTable(head, rows, colour)}`;
}

/**
 * Many participants' injections for the terminal: a participant a row, a study day a column, as many
 * columns side by side as fit.
 *
 * @param columns the width of the terminal
 */
export function formatCalendarOverview(
  calendars: readonly Calendar[],
  study: string,
  colour: Palette,
  columns: number,
): string {
  const injections = calendars.map(({ events }) => events.filter((e) => e.kind === 'injection'));
  const plan = injections[0] ?? [];
  const names = calendars.map(({ subject, number, kit, day1 }) => [
    `${subject}\n${colour.dim(day1.slice(0, 4))}`,
    `${number}\n${colour.dim(kit)}`,
  ]);
  const taken =
    longest(['Subject', ...calendars.map(({ subject }) => subject)]) +
    longest(['No.', ...calendars.flatMap(({ number, kit }) => [number, kit])]) +
    2;
  const atOnce = Math.max(1, Math.floor((columns - taken + 1) / DAY_WIDTH));
  const tables: string[] = [];
  for (let first = 0; first < plan.length; first += atOnce) {
    const head = plan.slice(first, first + atOnce).map((event, index, shown) => {
      const isNewWeek = event.week !== shown[index - 1]?.week;
      return `${isNewWeek ? `Week ${event.week}` : ''}\nDay ${event.studyDay}`;
    });
    const rows = injections.map((events, row) => [
      ...(names[row] ?? []),
      ...events.slice(first, first + atOnce).map((event) => dateCell(event, colour)),
    ]);
    tables.push(formatTable(['Subject\nyear', 'No.\nkit', ...head], rows, colour, ' '));
  }
  const all = injections.flat();
  const weekend = all.filter(isWeekend).length;
  const participants =
    calendars.length === 1 ? '1 participant' : `${calendars.length} participants`;
  const title = `${study}: injections of ${participants}`;
  const count = `${weekend} of ${all.length} injections fall on a weekend.`;
  const hint = 'Assessments: randose calendar --subject ID shows them.';
  return `${colour.bold(title)}\n\n${tables.join('\n')}\n${count}\n${colour.dim(hint)}\n`;
}

/** `2026-06-01` as `01 Jun`. */
function shortDate(date: CivilDate): string {
  return `${date.slice(8)} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ''}`;
}

function dateCell(event: CalendarEvent, colour: Palette): string {
  const day = weekdayName(event.weekday);
  const date = shortDate(event.date);
  return isWeekend(event)
    ? `${colour.yellow(date)}\n${colour.yellow(day)}`
    : `${date}\n${colour.dim(day)}`;
}

function isWeekend(event: CalendarEvent): boolean {
  return event.weekday >= SATURDAY;
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
