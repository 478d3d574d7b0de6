import type { ParticipantFacts } from '../../../ledger/participant-facts.ts';
import { haveKits, kitNames, numberText } from '../../../randomization/list.ts';
import { amendmentsText, type CalendarEvent, eventLabel } from '../../../schedule/calendar.ts';
import type { JudgedCalendar } from '../../../schedule/deviations.ts';
import { type MarkDay, marksText } from '../../../schedule/days-that-matter.ts';
import type { OverdueEvent } from '../../../schedule/overdue.ts';
import type { Conflict, Flag } from '../../../schedule/proposals.ts';
import { type DetailedChange, isOffNow } from '../../../schedule/revisions.ts';
import { type CivilDate, datedName, weekdayName } from '../../../study/civil-date.ts';
import { nameOfParticipant } from '../../../study/identifiers.ts';
import { counted } from '../../../words.ts';
import type { Palette } from '../../output/palette.ts';
import { deviationTexts } from '../../output/deviation-text.ts';
import { formatTable } from '../../output/table.ts';
import { indented } from '../../output/wrapped.ts';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** The width of `01 Jun` and the blank after it. */
const DAY_WIDTH = 7;

/** The points of a participant's calendar that somebody should look at. */
export interface Findings {
  readonly flags: readonly Flag[];
  readonly conflicts: readonly Conflict[];
  /** What the ledger says of the participant beside the visits, a sentence each without a full stop. */
  readonly facts: readonly string[];
  /** What was planned before today, and nobody has recorded. */
  readonly overdue: readonly OverdueEvent[];
}

/**
 * One participant's calendar for the terminal: one row per event, with planned and actual dates as soon as
 * something has happened. Below it are the deviations, and the visits on weekends, holidays and closed days, with proposed dates.
 */
export function formatCalendar(
  calendar: JudgedCalendar,
  { flags, conflicts, facts, overdue }: Findings,
  study: string,
  colour: Palette,
  columns: number,
): string {
  const { subject, randomizedAs, site, number, events } = calendar;
  const flagged = new Set(flags.map(({ date }) => date));
  const late = new Set(overdue.map(eventLabel));
  const isUntouched = late.size === 0 && events.every(({ status }) => status === 'planned');
  const table = isUntouched
    ? plannedTable(events, flagged, colour, columns)
    : actualTable(events, { flagged, late }, colour, columns);
  const name = nameOfParticipant(subject, randomizedAs);
  const title = `${study}, subject ${name} (${numberText(number, kitNames(calendar))}, site ${site})`;
  const amendments = amendmentsText(calendar);
  const version = amendments === '' ? '' : `Amendments: ${amendments}\n`;
  const given = calendar.kits?.find(({ kit }) => kit === calendar.kit);
  const from =
    given !== undefined && events.some(isInjection)
      ? `Injections: from kit ${given.kit} (${given.type})\n`
      : '';
  const notes = facts.map((text) => indented(`${subject}: ${text}.`, columns, '')).join('');
  const parts = [`${colour.bold(title)}\n${from}${version}${colour.yellow(notes)}\n${table}`];
  const deviations = deviationTexts(calendar);
  if (deviations.length > 0) {
    const lines = deviations.map((text) => indented(text, columns));
    parts.push(`${colour.yellow('Deviations')}\n${lines.join('')}`);
  }
  if (conflicts.length > 0) parts.push(conflictsText(conflicts, colour, columns));
  if (flags.length > 0) parts.push(flagsText(flags, subject, colour, columns));
  return parts.join('\n');
}

type Dates = ReadonlySet<CivilDate>;

function plannedTable(
  events: readonly CalendarEvent[],
  flagged: Dates,
  colour: Palette,
  columns: number,
): string {
  const hasCycles = events.some(({ cycle }) => cycle !== undefined);
  const hasPeriods = events.some(({ period }) => period !== undefined);
  const hasDoses = events.some(({ dose }) => dose !== undefined);
  const rows = events.map((event) => {
    const { date, weekday: day, studyDay, week, visit, phase } = event;
    const { cycle = '', period = '', dose = '' } = event;
    const days = hasPeriods ? [String(studyDay), visit] : [String(studyDay), String(week), visit];
    const emphasis = flagged.has(date) ? colour.yellow : asItIs;
    return [
      ...[emphasis(date), emphasis(weekdayName(day))],
      ...(hasCycles ? [visit, cycle] : days),
      ...(hasPeriods ? [period] : []),
      ...[whatText(event, colour), phase],
      ...(hasDoses ? [dose] : []),
    ];
  });
  // There is no room for all: the visit has the study day, and a cycle or a period says more than the week.
  const plain = hasPeriods ? ['Day', 'Visit'] : ['Day', 'Week', 'Visit'];
  const days = [...(hasCycles ? ['Visit', 'Cycle'] : plain), ...(hasPeriods ? ['Period'] : [])];
  const head = ['Date', '', ...days, 'What', 'Phase', ...(hasDoses ? ['Dose'] : [])];
  return formatTable(head, rows, colour, { columns });
}

function actualTable(
  events: readonly CalendarEvent[],
  { flagged, late }: { readonly flagged: Dates; readonly late: ReadonlySet<string> },
  colour: Palette,
  columns: number,
): string {
  const rows = events.map((event) => {
    const { status, date, planned, deviation } = event;
    const hasDate = status === 'given' || status === 'done' || status === 'moved';
    const emphasis = flagged.has(date) ? colour.yellow : asItIs;
    return [
      event.kind === 'additional injection' ? '' : event.visit,
      [whatText(event, colour), ...partsText(event)].join('\n'),
      hasDate ? datedName(planned) : emphasis(datedName(planned)),
      hasDate ? emphasis(datedName(date)) : '',
      hasDate ? deviationText(deviation) : '',
      statusText(event, late, colour),
    ];
  });
  return formatTable(['Visit', 'What', 'Planned', 'Actual', 'Days', 'Status'], rows, colour, {
    columns,
  });
}

/** The period, the day in a cycle and the dose, as one line; none if there is none of them. */
function partsText({ period, cycle, dose }: CalendarEvent): string[] {
  const parts = [period, cycle, dose].filter((part) => part !== undefined);
  return parts.length === 0 ? [] : [parts.join(', ')];
}

/** The status of an event; `overdue` if its day is over and nobody has recorded it. */
function statusText(event: CalendarEvent, late: ReadonlySet<string>, colour: Palette): string {
  const { status } = event;
  if (late.has(eventLabel(event))) return colour.yellow('overdue');
  const own = STATUS_COLOUR[status];
  return own === undefined ? status : colour[own](status);
}

const STATUS_COLOUR: Partial<Record<CalendarEvent['status'], keyof Palette>> = {
  given: 'green',
  done: 'green',
  moved: 'cyan',
  'not done': 'red',
  cancelled: 'red',
};

function asItIs(text: string): string {
  return text;
}

function whatText({ kind, title, timing }: CalendarEvent, colour: Palette): string {
  if (kind !== 'assessment') return colour.bold(title);
  return colour.dim(timing === undefined ? title : `${title} (${timing})`);
}

/** The days from the planned date: `+2`, `-1` or `0`. */
function deviationText(days: number): string {
  return days > 0 ? `+${days}` : String(days);
}

function conflictsText(conflicts: readonly Conflict[], colour: Palette, columns: number): string {
  const lines = conflicts.map(({ visit, date, broken }) =>
    indented(`${visit} on ${datedName(date)}: ${broken.join('; ')}`, columns),
  );
  return `${colour.red('These visits break a rule of the schedule; move them')}\n${lines.join('')}`;
}

const SHOWN = 5;

function flagsText(
  flags: readonly Flag[],
  subject: string,
  colour: Palette,
  columns: number,
): string {
  const lines = flags.map(({ visit, date, marks, proposals, reason }) => {
    const more = proposals.length > SHOWN ? ', …' : '';
    const dates = `Possible: ${proposals.slice(0, SHOWN).map(datedName).join(', ')}${more}: ${reason}.`;
    return `${indented(`${visit} on ${datedName(date)}: ${marksText(marks)}`, columns)}${indented(
      proposals.length > 0 ? dates : `Nothing proposed: ${reason}.`,
      columns,
      '    ',
    )}`;
  });
  const hint = flags.some(({ proposals }) => proposals.length > 0)
    ? indented(
        `randose moves nothing by itself. To move a visit: randose move --subject ${subject} --visit V --date DATE --reason TEXT --by WHO`,
        columns,
        '',
      )
    : '';
  return `${colour.yellow('Weekends, holidays and closed days')}\n${lines.join('')}${hint}`;
}

/**
 * Injections of many participants for the terminal: one row per participant, one column per study day, in
 * tables as wide as fit.
 *
 * @param columns the width of the terminal
 */
export function formatCalendarOverview(
  calendars: readonly JudgedCalendar[],
  {
    factsOf,
    markDay,
    findings,
  }: {
    readonly factsOf: (subject: string) => ParticipantFacts;
    readonly markDay: (site: string) => MarkDay;
    /** Of the same calendars. */
    readonly findings: readonly Findings[];
  },
  study: string,
  colour: Palette,
  columns: number,
): string {
  const hasInjections = calendars.some(({ events }) => events.some(isInjection));
  const columnsOf = hasInjections ? injectionsOf : firstOfVisits;
  const injections = calendars.map(({ events }) =>
    columnsOf(events).toSorted((a, b) => a.studyDay - b.studyDay),
  );
  const plan = injections[0] ?? [];
  const hasKits = haveKits(calendars);
  const codesOf = ({ kit, kits }: JudgedCalendar) =>
    kits?.map((one) => one.kit) ?? (kit ? [kit] : []);
  const namesWith = (calendar: JudgedCalendar, shown: readonly CalendarEvent[]) => [
    `${calendar.subject}\n${colour.dim(yearsText(shown))}`,
    [calendar.number, ...codesOf(calendar).map((kit) => colour.dim(kit))].join('\n'),
  ];
  const taken =
    longest(['Subject', '2026/27', ...calendars.map(({ subject }) => subject)]) +
    longest(['No.', ...calendars.flatMap((one) => [one.number, ...codesOf(one)])]) +
    2;
  const atOnce = Math.max(1, Math.floor((columns - taken + 1) / DAY_WIDTH));
  const tables: string[] = [];
  for (let first = 0; first < plan.length; first += atOnce) {
    const head = plan.slice(first, first + atOnce).map((event, index, shown) => {
      const isNewWeek = event.week !== shown[index - 1]?.week;
      const cycle = event.cycle === undefined ? '' : `\n${shortCycle(event.cycle)}`;
      return `${isNewWeek ? `Week ${event.week}` : ''}\nDay ${event.studyDay}${cycle}`;
    });
    const rows = injections.map((events, row) => {
      const calendar = calendars[row]!;
      const shown = events.slice(first, first + atOnce);
      return [
        ...namesWith(calendar, shown),
        ...shown.map((event) => dateCell(event, markDay(event.site), colour)),
      ];
    });
    const numberHead = hasKits ? 'No.\nkit' : 'No.';
    tables.push(formatTable(['Subject\nyear', numberHead, ...head], rows, colour, { gap: ' ' }));
  }
  const what = hasInjections ? 'injections' : 'visits';
  const title = `${study}: ${what} of ${counted(calendars.length, 'participant')}`;
  const hint = 'For assessments and other possible dates: randose calendar --subject ID';
  return `${colour.bold(title)}\n\n${tables.join('\n')}\n${countText(injections, markDay, what)}\n${overdueText(calendars, findings)}${deviatingText(calendars)}${stoppedText(calendars, factsOf)}${colour.dim(hint)}\n`;
}

function isInjection({ kind }: CalendarEvent): boolean {
  return kind === 'injection';
}

function injectionsOf(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
  return events.filter(isInjection);
}

/** The first event of each visit, for a schedule without injections. */
function firstOfVisits(events: readonly CalendarEvent[]): readonly CalendarEvent[] {
  return events.filter(
    ({ visit }, index) => events.findIndex((one) => one.visit === visit) === index,
  );
}

/** `Cycle 2 Day 8` as `C2D8`, which `--visit` also accepts. */
function shortCycle(cycle: string): string {
  return cycle.replace(/^Cycle (\d+) Day (\d+)$/, 'C$1D$2');
}

/** The year of some dates: `2026`, or `2026/27` if they begin in one year and end in the next. */
function yearsText(events: readonly CalendarEvent[]): string {
  const years = [...new Set(events.map(({ date }) => date.slice(0, 4)))].toSorted();
  const [first = '', ...others] = years;
  const last = others.at(-1);
  return last === undefined ? first : `${first}/${last.slice(2)}`;
}

/** The participants with visits that nobody has recorded, as a line; empty if there are none. */
function overdueText(calendars: readonly JudgedCalendar[], findings: readonly Findings[]): string {
  const subjects = calendars.flatMap(({ subject }, index) =>
    (findings[index]?.overdue ?? []).length > 0 ? subject : [],
  );
  return participantsText('With overdue visits', subjects);
}

/** The participants with deviations, as a line; empty if there are none. */
function deviatingText(calendars: readonly JudgedCalendar[]): string {
  const subjects = calendars.flatMap(({ subject, events }) =>
    events.some(({ deviations }) => deviations.length > 0) ? subject : [],
  );
  return participantsText('With deviations', subjects);
}

/** The participants who stopped, and those who should not have been randomized, a line each; empty if there are none. */
function stoppedText(
  calendars: readonly JudgedCalendar[],
  factsOf: (subject: string) => ParticipantFacts,
): string {
  const withFacts = (isSo: (facts: ParticipantFacts) => boolean) =>
    calendars.flatMap(({ subject }) => (isSo(factsOf(subject)) ? subject : []));
  return [
    participantsText(
      'Withdrawn',
      withFacts(({ withdrawal }) => withdrawal !== undefined),
    ),
    participantsText(
      'Randomized in error',
      withFacts(({ inError }) => inError !== undefined),
    ),
  ].join('');
}

function participantsText(what: string, subjects: readonly string[]): string {
  if (subjects.length === 0) return '';
  const more = subjects.length > SHOWN ? ', …' : '';
  return `${what}: ${counted(subjects.length, 'participant')} (${subjects.slice(0, SHOWN).join(', ')}${more}).\n`;
}

function countText(
  injections: readonly (readonly CalendarEvent[])[],
  markDay: (site: string) => MarkDay,
  what: 'injections' | 'visits',
): string {
  const counts = { weekend: 0, 'public holiday': 0, closed: 0, 'not open': 0 };
  const planned = injections.map((events) => events.filter(({ status }) => status !== 'cancelled'));
  for (const events of planned) {
    for (const { date, site } of events) {
      for (const kind of new Set(markDay(site)(date).map((one) => one.kind))) counts[kind] += 1;
    }
  }
  const all = planned.flat().length;
  const cancelled = injections.flat().length - all;
  const holidays = counts['public holiday'];
  const closed = counts.closed + counts['not open'];
  return [
    `${counts.weekend} of ${all} ${what} fall on a weekend.`,
    ...(holidays > 0 ? [`On a public holiday: ${holidays}.`] : []),
    ...(closed > 0 ? [`While the site is closed: ${closed}.`] : []),
    ...(cancelled > 0 ? [`Cancelled (${NO_DATE}): ${cancelled}.`] : []),
  ].join(' ');
}

/** The table of what has changed since an earlier state of the calendars. */
export function formatChanges(
  changes: readonly DetailedChange[],
  since: string,
  colour: Palette,
  columns: number,
): string {
  if (changes.length === 0) return `Nothing has changed since ${since}.\n`;
  const rows = changes.map(({ subject, visit, title, change, details, from, to, reason }) => [
    subject,
    visit,
    title,
    from === null ? '' : datedName(from),
    isOffNow(change) ? colour.red(change) : datedName(to),
    [
      ...(isOffNow(change) ? [] : [[change, ...details].join(', ')]),
      ...(reason === null ? [] : [reason]),
    ].join(': '),
  ]);
  const head = ['Subject', 'Visit', 'What', 'Was', 'Is', 'Note'];
  return `${colour.bold(`What changed since ${since}`)}\n\n${formatTable(head, rows, colour, { columns })}`;
}

/** `2026-06-01` as `01 Jun`. */
function shortDate(date: CivilDate): string {
  return `${date.slice(8)} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ''}`;
}

function dateCell(event: CalendarEvent, mark: MarkDay, colour: Palette): string {
  if (event.status === 'cancelled') return `${NO_DATE}\n`;
  const date = shortDate(event.date);
  if (event.status === 'given' || event.status === 'done') {
    return `${date}\n${colour.green(event.status)}`;
  }
  if (event.status === 'not done') return `${date}\n${colour.red('missed')}`;
  const day = weekdayName(event.weekday);
  return mark(event.date).length > 0
    ? `${colour.yellow(date)}\n${colour.yellow(day)}`
    : `${date}\n${colour.dim(day)}`;
}

/** An injection that is cancelled. */
const NO_DATE = '-';

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
