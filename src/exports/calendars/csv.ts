import { kitNames } from '../../randomization/list.ts';
import { amendmentsText } from '../../schedule/calendar.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import type { MarkDay } from '../../schedule/days-that-matter.ts';
import { marksText } from '../../schedule/days-that-matter.ts';
import { studyDayOf } from '../../schedule/study-day.ts';
import { weekdayName } from '../../study/civil-date.ts';

const COLUMNS = [
  ...['subject', 'site', 'randomization_number', 'kit', 'kind', 'visit', 'phase', 'title'],
  ...['study_day', 'week', 'date', 'weekday', 'planned_date', 'status', 'deviation_days'],
  ...['actual_study_day', 'window_from', 'window_to', 'dose', 'route', 'timing', 'day_matters'],
  ...['reason', 'kit_used', 'deviations', 'declared', 'amendments', 'amount', 'weight_kg'],
  ...['randomized_as', 'replaces', 'replaced_by'],
];

/**
 * Writes calendars as CSV (docs/FORMATS.md): a header, then one row per event; dates are YYYY-MM-DD. There is a
 * column for cycles if the schedule has any, one for periods, and one for the kits of all kit types. Only words that people wrote can need quotation marks,
 * so that rows are joined here, without a library.
 */
export function formatCalendarCsv(
  calendars: readonly JudgedCalendar[],
  markDay: (site: string) => MarkDay,
): string {
  const hasCycles = calendars.some(({ events }) => events.some((one) => one.cycle !== undefined));
  const hasPeriods = calendars.some(({ events }) => events.some((one) => one.period !== undefined));
  const hasTypes = calendars.some(({ kits }) => kits !== undefined);
  const further = [
    ...(hasCycles ? ['cycle'] : []),
    ...(hasPeriods ? ['period'] : []),
    ...(hasTypes ? ['kits'] : []),
  ];
  let text = `${[...COLUMNS, ...further].join(',')}\n`;
  for (const calendar of calendars) {
    const { subject, randomizedAs, number, kit, day1, events } = calendar;
    const others = `${calendar.replaces ?? ''},${calendar.replacedBy ?? ''}`;
    const amendments = field(amendmentsText(calendar));
    for (const event of events) {
      const { kind, visit, studyDay, week, date, planned, status, deviation, window } = event;
      const days = `${studyDay},${week},${date},${weekdayName(event.weekday)},${planned},${status},${deviation},${studyDayOf(day1, date)}`;
      const from = window === null ? ',' : `${window.from},${window.to}`;
      const whose = `${subject},${event.site},${number},${kit ?? ''}`;
      text += `${whose},${kind},${visit},${field(event.phase)},${field(event.title)},${days},${from},${field(event.dose)},${field(event.route)},${event.timing ?? ''},${field(marksText(markDay(event.site)(date)))},${field(event.reason)},${field(event.kitUsed)},`;
      const broken = event.deviations.map(({ rule }) => rule);
      text += `${field(broken.join('; '))},${field(event.declared?.rules.join('; '))},${amendments},${field(event.amount)},${event.weight ?? ''},${randomizedAs},${others}`;
      if (hasCycles) text += `,${event.cycle ?? ''}`;
      if (hasPeriods) text += `,${field(event.period)}`;
      if (hasTypes) text += `,${field(kitNames(calendar).join('; '))}`;
      text += '\n';
    }
  }
  return text;
}

/** Writes a field as RFC 4180 says: in quotation marks if necessary, with those inside doubled. */
function field(text: string | null | undefined): string {
  if (text === null || text === undefined) return '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
