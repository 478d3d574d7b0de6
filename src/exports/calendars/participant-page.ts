import { kitNames } from '../../randomization/list.ts';
import { amendmentsText, type Calendar, type CalendarEvent } from '../../schedule/calendar.ts';
import { isOff } from '../../schedule/revisions.ts';
import type { CalendarPages } from './calendar-pages.ts';
import { longDate, marksIn, CALENDAR_WORDS, type CalendarWords, shortDate } from './words.ts';
import { type Frame, type Pdf, type TextStyle, writeFitted } from '../pdf/fitted-text.ts';

/** A4, portrait. Lengths are in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 40;
const WIDTH = PAGE.width - 2 * MARGIN;
const TOP = 168;
const BOTTOM = PAGE.height - 52;
/** The height of a row depends on the room, within these limits. */
const HIGHEST = 54;
const LOWEST = 26;
const GREY = '#444444';

/** The left edge and the width of each column. */
const COLUMNS = {
  tick: { x: MARGIN + 4, width: 18 },
  date: { x: MARGIN + 28, width: 174 },
  day: { x: MARGIN + 206, width: 50 },
  what: { x: MARGIN + 260, width: 172 },
  hand: { x: MARGIN + 436, width: WIDTH - 436 },
} as const;

/** Draws one participant's calendar: one row per visit, with a box to tick and room to write by hand. */
export function drawParticipant(pdf: Pdf, printed: CalendarPages, calendar: Calendar): void {
  const rows = visitRows(calendar.events);
  const room = BOTTOM - TOP;
  const height = Math.min(HIGHEST, Math.max(LOWEST, room / Math.max(1, rows.length)));
  const perPage = Math.max(1, Math.floor((room + 0.01) / height));
  const pages = Math.max(1, Math.ceil(rows.length / perPage));
  for (let page = 0; page < pages; page += 1) {
    pdf.addPage();
    drawHead(pdf, printed, calendar);
    const shown = rows.slice(page * perPage, (page + 1) * perPage);
    for (const [index, row] of shown.entries()) {
      drawRow(pdf, printed, calendar, row, TOP + index * height, height);
    }
    drawFoot(pdf, printed, page + 1, pages);
  }
}

/** The events of one visit on one date, in order. */
type VisitRow = readonly CalendarEvent[];

function visitRows(events: readonly CalendarEvent[]): VisitRow[] {
  const rows = new Map<string, CalendarEvent[]>();
  for (const event of events) {
    const key = `${event.date} ${event.visit}`;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [event]);
    else row.push(event);
  }
  return [...rows.values()];
}

function drawHead(pdf: Pdf, printed: CalendarPages, calendar: Calendar): void {
  const { study, siteNames, language, isDummy } = printed;
  const words = CALENDAR_WORDS[language];
  const { subject, randomizedAs, site, number, kit } = calendar;
  write(pdf, `${words.title} · ${study.id}`, { x: MARGIN, width: WIDTH }, 34, 16, {
    font: 'regular',
    size: 12,
    least: 7,
    colour: GREY,
  });
  if (isDummy) {
    pdf.rect(PAGE.width - MARGIN - 210, 30, 210, 18).fill('black');
    write(pdf, words.dummy, { x: PAGE.width - MARGIN - 204, width: 198 }, 33, 13, {
      font: 'bold',
      size: 10,
      least: 6,
      colour: 'white',
    });
  }
  write(pdf, subject, { x: MARGIN, width: WIDTH * 0.56 }, 54, 44, {
    font: 'bold',
    size: 34,
    least: 10,
  });
  const facts = [
    `${words.number}  ${number}`,
    ...(kit === undefined ? [] : [`${words.kit}  ${kitNames(calendar).join(', ')}`]),
    `${words.site}  ${site}, ${siteNames.get(site) ?? ''}${transferText(words, calendar)}`,
  ];
  for (const [index, text] of facts.entries()) {
    const place = { x: MARGIN + WIDTH * 0.58, width: WIDTH * 0.42 };
    const height = index === facts.length - 1 ? 26 : 15;
    write(pdf, text, place, 56 + index * 16, height, { font: 'regular', size: 11, least: 5 });
  }
  const amendments = amendmentsText(calendar);
  const version = amendments === '' ? '' : ` · ${words.amendments} ${amendments}`;
  const before = subject === randomizedAs ? '' : `${words.randomizedAs(randomizedAs)} · `;
  write(pdf, `${before}${study.title}${version}`, { x: MARGIN, width: WIDTH * 0.56 }, 104, 26, {
    font: 'regular',
    size: 9,
    least: 4.5,
    colour: GREY,
  });
  write(pdf, words.hand, COLUMNS.hand, TOP - 16, 12, {
    font: 'regular',
    size: 8,
    least: 5,
    colour: GREY,
  });
  rule(pdf, TOP, 1.2);
}

/** From which site the participant came last, and when; empty if they were never transferred. */
function transferText(words: CalendarWords, { sites }: Calendar): string {
  const [before, now] = sites.slice(-2);
  if (before === undefined || now === undefined || now.from === null) return '';
  return ` (${words.transferred(before.site, now.from)})`;
}

function drawRow(
  pdf: Pdf,
  { language, markDay }: CalendarPages,
  { site }: Calendar,
  row: VisitRow,
  top: number,
  height: number,
): void {
  const words = CALENDAR_WORDS[language];
  const [first] = row;
  if (first === undefined) return;
  const marks = markDay(first.site)(first.date);
  if (marks.length > 0) pdf.rect(MARGIN, top + 0.6, WIDTH, height - 1.2).fill('#eeeeee');
  const injection = row.find(({ kind }) => kind === 'injection');
  drawTick(pdf, row, top, height);
  const inner = height - 8;
  const large = Math.min(12.5, height * 0.36);
  const isGrey = (injection === undefined ? row : [injection]).every(isOff);
  const marked = marksIn(words, marks);
  const dateHeight = marked !== '' ? inner * 0.55 : inner;
  write(pdf, longDate(words, first.date), COLUMNS.date, top + 5, dateHeight, {
    font: 'bold',
    size: large,
    least: 6,
    colour: isGrey ? GREY : 'black',
  });
  const small: TextStyle = { font: 'regular', size: Math.min(9, large * 0.8), least: 4 };
  if (marked !== '') {
    write(pdf, marked, COLUMNS.date, top + 5 + dateHeight, inner - dateHeight, small);
  }
  write(pdf, words.day(first.studyDay), COLUMNS.day, top + 5, inner * 0.5, {
    font: 'regular',
    size: Math.min(12, large),
    least: 6,
  });
  const noted = injection ?? notedOf(row);
  const what = row.map((event) => eventText(words, event, noted)).join(' · ');
  const elsewhere = first.site === site ? '' : `${words.site} ${first.site}`;
  const isShared = row.every((event) => fateOf(event) === fateOf(first));
  const note = noted === undefined ? '' : noteText(words, noted, isShared);
  const notes = [elsewhere, note].filter((text) => text !== '').join(' · ');
  const whatHeight = notes === '' ? inner : inner * 0.62;
  write(pdf, what, COLUMNS.what, top + 5, whatHeight, {
    font: 'regular',
    size: Math.min(12, large),
    least: 4,
  });
  if (notes !== '') {
    write(pdf, notes, COLUMNS.what, top + 5 + whatHeight, inner - whatHeight, small);
  }
  const line = top + height - 9;
  pdf
    .moveTo(COLUMNS.hand.x, line)
    .lineTo(COLUMNS.hand.x + COLUMNS.hand.width, line)
    .lineWidth(0.5)
    .stroke('#888888');
  rule(pdf, top + height, 0.4);
}

/** Draws a box to tick: with a tick if everything took place, with a cross if nothing did. */
function drawTick(pdf: Pdf, row: VisitRow, top: number, height: number): void {
  const side = Math.min(16, height - 12);
  const [x, y] = [COLUMNS.tick.x, top + (height - side) / 2];
  pdf.rect(x, y, side, side).lineWidth(1.1).stroke('black');
  if (row.every(tookPlace)) {
    pdf
      .moveTo(x + side * 0.2, y + side * 0.55)
      .lineTo(x + side * 0.42, y + side * 0.8)
      .lineTo(x + side * 0.84, y + side * 0.2);
    pdf.lineWidth(1.8).stroke('black');
  } else if (row.every(isOff)) {
    pdf.moveTo(x, y).lineTo(x + side, y + side);
    pdf.moveTo(x + side, y).lineTo(x, y + side);
    pdf.lineWidth(1).stroke('black');
  }
}

function tookPlace({ status }: CalendarEvent): boolean {
  return status === 'given' || status === 'done';
}

function fateOf(event: CalendarEvent): string {
  return tookPlace(event) ? 'took place' : isOff(event) ? 'off' : 'to come';
}

/** The assessment that the note is about: any if all have the same status, else one that is to come, if there is one. */
function notedOf(row: VisitRow): CalendarEvent | undefined {
  const [first] = row;
  if (row.every(({ status }) => status === first?.status)) return first;
  return row.find(({ status }) => status === 'planned' || status === 'moved');
}

/** What an event is, and what happened to it if the note is about another one. */
function eventText(
  words: CalendarWords,
  event: CalendarEvent,
  noted: CalendarEvent | undefined,
): string {
  const { kind, title, timing, status } = event;
  if (kind === 'injection') return words.injection(title);
  if (kind === 'additional injection') return words.additional;
  const said = status === 'done' ? words.done : status === 'not done' ? words.notDone : undefined;
  const notes = [
    ...(timing === undefined ? [] : [words.timing[timing]]),
    ...(said === undefined || status === noted?.status ? [] : [said]),
  ];
  return notes.length === 0 ? title : `${title} (${notes.join(words.semicolon)})`;
}

/** @param isShared whether the same happened to all of the row; if not, the note says what it is about */
function noteText(words: CalendarWords, event: CalendarEvent, isShared: boolean): string {
  const { status, planned, date, window, cycle, period, dose, route, amount, weight } = event;
  const said: Record<CalendarEvent['status'], string> = {
    planned: '',
    moved: words.moved(shortDate(words, planned)),
    given:
      date === planned
        ? words.given
        : `${words.given}${words.semicolon}${shortDate(words, planned)} → ${shortDate(words, date)}`,
    done:
      date === planned
        ? words.done
        : `${words.done}${words.semicolon}${shortDate(words, planned)} → ${shortDate(words, date)}`,
    'not done': words.notDone,
    cancelled: words.cancelled,
  };
  const isToCome = status === 'planned' || status === 'moved';
  const about =
    isShared || event.kind !== 'injection' ? '' : `${words.injection(event.title)}${words.colon}`;
  return [
    said[status] === '' ? '' : `${about}${said[status]}`,
    ...[period, cycle && words.cycle(cycle), amount ?? dose, route].filter(
      (one) => one !== undefined,
    ),
    weight === undefined ? '' : `${weight} kg`,
    isToCome && window !== null
      ? words.window(shortDate(words, window.from), shortDate(words, window.to))
      : '',
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

function drawFoot(
  pdf: Pdf,
  { language, made, asOf }: CalendarPages,
  page: number,
  pages: number,
): void {
  const words = CALENDAR_WORDS[language];
  const style: TextStyle = { font: 'regular', size: 8.5, least: 6, colour: GREY };
  write(
    pdf,
    words.foot(made, asOf),
    { x: MARGIN, width: WIDTH * 0.8 },
    PAGE.height - 40,
    12,
    style,
  );
  if (pages === 1) return;
  const place = { x: MARGIN + WIDTH * 0.8, width: WIDTH * 0.2 };
  write(pdf, words.page(page, pages), place, PAGE.height - 40, 12, { ...style, align: 'right' });
}

function rule(pdf: Pdf, y: number, width: number): void {
  pdf
    .moveTo(MARGIN, y)
    .lineTo(PAGE.width - MARGIN, y)
    .lineWidth(width)
    .stroke('#555555');
}

function write(
  pdf: Pdf,
  text: string,
  { x, width }: Pick<Frame, 'x' | 'width'>,
  y: number,
  height: number,
  style: TextStyle,
): void {
  writeFitted(pdf, text, { x, y, width, height }, style);
}
