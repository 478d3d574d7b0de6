import { kitNames } from '../../randomization/list.ts';
import { LANGUAGES, type LanguageCode } from '../../languages/languages.ts';
import type { NameOf } from '../../study/names.ts';
import { amendmentsText, type CalendarEvent } from '../../schedule/calendar.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import type { DayMark, MarkDay } from '../../schedule/days-that-matter.ts';
import { marksText } from '../../schedule/days-that-matter.ts';
import { studyDayOf } from '../../schedule/study-day.ts';
import { marksIn, titleIn } from './event-text.ts';
import { weekdayName } from '../../study/civil-date.ts';
import { type CsvField, type CsvFlavour, formatCsv } from '../csv.ts';

const COLUMNS = [
  ...['subject', 'site', 'randomization_number', 'kit', 'kind', 'visit', 'phase', 'title'],
  ...['study_day', 'week', 'date', 'weekday', 'planned_date', 'status', 'deviation_days'],
  ...['actual_study_day', 'window_from', 'window_to', 'dose', 'route', 'timing', 'day_matters'],
  ...['reason', 'kit_used', 'deviations', 'declared', 'amendments', 'amount', 'weight_kg'],
  ...['randomized_as', 'replaces', 'replaced_by'],
];

/** How a calendar's CSV is written, if not plainly and with the words of study.yaml. */
interface CalendarCsv {
  readonly flavour?: CsvFlavour | undefined;
  readonly words?: { readonly language: LanguageCode; readonly nameOf: NameOf } | undefined;
}

/**
 * Writes calendars as CSV (docs/FORMATS.md): a header, then one row per event; dates are YYYY-MM-DD. There is a
 * column for cycles if the schedule has any, one for periods, and one for the kits of all kit types. Only words that people wrote can need quotation marks,
 * so that rows are joined here, without a library.
 */
export function formatCalendarCsv(
  calendars: readonly JudgedCalendar[],
  markDay: (site: string) => MarkDay,
  { flavour, words }: CalendarCsv = {},
): string {
  const texts = words === undefined ? GIVEN : textsIn(words);
  const hasCycles = calendars.some(({ events }) => events.some((one) => one.cycle !== undefined));
  const hasPeriods = calendars.some(({ events }) => events.some((one) => one.period !== undefined));
  const hasTypes = calendars.some(({ kits }) => kits !== undefined);
  const header = [
    ...COLUMNS,
    ...(hasCycles ? ['cycle'] : []),
    ...(hasPeriods ? ['period'] : []),
    ...(hasTypes ? ['kits'] : []),
  ];
  const rowsOf = (calendar: JudgedCalendar): CsvField[][] => {
    const amendments = amendmentsText(calendar);
    return calendar.events.map((event) => [
      ...fieldsOf(calendar, event, markDay, amendments, texts),
      ...(hasCycles ? [event.cycle ?? ''] : []),
      ...(hasPeriods ? [event.period === undefined ? '' : texts.name('period', event.period)] : []),
      ...(hasTypes ? [kitNames(calendar).join('; ')] : []),
    ]);
  };
  if (flavour !== undefined) return formatCsv(header, calendars.flatMap(rowsOf), flavour);
  let text = `${header.join(',')}\n`;
  for (const calendar of calendars) {
    for (const row of rowsOf(calendar)) text += `${row.map(plainField).join(',')}\n`;
  }
  return text;
}

/** The fields that every event has, in the order of the columns. */
function fieldsOf(
  calendar: JudgedCalendar,
  event: JudgedCalendar['events'][number],
  markDay: (site: string) => MarkDay,
  amendments: string,
  texts: RowTexts,
): CsvField[] {
  const { subject, randomizedAs, number, kit, day1, replaces, replacedBy } = calendar;
  const { kind, visit, studyDay, week, date, planned, status, deviation, window } = event;
  const broken = event.deviations.map(({ rule }) => rule);
  const matters = texts.marks(markDay(event.site)(date));
  return [
    ...[
      subject,
      event.site,
      number,
      kit ?? '',
      kind,
      visit,
      texts.name('phase', event.phase),
      texts.title(event),
    ],
    ...[studyDay, week, date, texts.weekday(event.weekday), planned, status, deviation],
    ...[studyDayOf(day1, date), window?.from ?? '', window?.to ?? '', event.dose ?? ''],
    ...[event.route ?? '', event.timing ?? '', matters, event.reason ?? '', event.kitUsed ?? ''],
    ...[broken.join('; '), event.declared?.rules.join('; ') ?? '', amendments],
    ...[event.amount ?? '', event.weight ?? '', randomizedAs, replaces ?? '', replacedBy ?? ''],
  ];
}

/** What people read in a row: names, weekdays, and why a day matters. Everything else is for programs. */
interface RowTexts {
  readonly name: NameOf;
  readonly title: (event: CalendarEvent) => string;
  readonly weekday: (weekday: number) => string;
  readonly marks: (marks: readonly DayMark[]) => string;
}

const GIVEN: RowTexts = {
  name: (_, given) => given,
  title: ({ title }) => title,
  weekday: weekdayName,
  marks: marksText,
};

function textsIn({ language: code, nameOf }: NonNullable<CalendarCsv['words']>): RowTexts {
  const language = LANGUAGES[code];
  return {
    name: nameOf,
    title: (event) => titleIn(language, nameOf, event),
    weekday: (weekday) => language.dates.weekdays[weekday - 1] ?? '',
    marks: (marks) => marksIn(language, marks),
  };
}

/** Writes a field as RFC 4180 says: in quotation marks if necessary, with those inside doubled. */
function plainField(field: CsvField): string {
  const text = String(field ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
