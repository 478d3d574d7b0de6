import { kitNames } from '../../randomization/list.ts';
import type { Calendar, CalendarEvent } from '../../schedule/calendar.ts';
import { isOff } from '../../schedule/revisions.ts';
import type { CalendarPages } from './calendar-pages.ts';
import { longDate, shortDate } from '../../languages/dates.ts';
import { figureIn } from '../../languages/figures.ts';
import type { Language } from '../../languages/language.ts';
import { LANGUAGES } from '../../languages/languages.ts';
import type { NameOf } from '../../study/names.ts';
import { contactText, footText } from './page-texts.ts';
import { cycleIn, marksIn, titleIn } from './event-text.ts';
import type { CivilDate } from '../../study/civil-date.ts';
import { asDecoration, inPart } from '../pdf/tags.ts';
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
    const shown = rows.slice(page * perPage, (page + 1) * perPage);
    inPart(pdf, 'Sect', () => {
      drawHead(pdf, printed, calendar);
      inPart(pdf, 'Table', () => {
        for (const [index, row] of shown.entries()) {
          inPart(pdf, 'TR', () => {
            drawRow(pdf, printed, calendar, row, TOP + index * height, height);
          });
        }
      });
      drawFoot(pdf, printed, page + 1, pages);
    });
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
  const { study, siteNames, isDummy } = printed;
  const language = LANGUAGES[printed.language];
  const words = language.page;
  const { subject, randomizedAs, site, number, kit } = calendar;
  write(pdf, `${words.title} · ${study.id}`, { x: MARGIN, width: WIDTH }, 34, 16, {
    font: 'regular',
    size: 12,
    least: 7,
    colour: GREY,
  });
  if (isDummy) {
    asDecoration(pdf, () => pdf.rect(PAGE.width - MARGIN - 210, 30, 210, 18).fill('black'));
    write(pdf, words.dummy, { x: PAGE.width - MARGIN - 204, width: 198 }, 33, 13, {
      font: 'bold',
      size: 10,
      least: 6,
      colour: 'white',
    });
  }
  inPart(pdf, 'H1', () => {
    write(pdf, subject, { x: MARGIN, width: WIDTH * 0.56 }, 54, 44, {
      font: 'bold',
      size: 34,
      least: 10,
    });
  });
  const facts = [
    `${words.number}  ${number}`,
    ...(kit === undefined ? [] : [`${words.kit}  ${kitNames(calendar).join(', ')}`]),
    `${words.site}  ${site}, ${siteNames.get(site) ?? ''}${transferText(language, calendar)}`,
  ];
  for (const [index, text] of facts.entries()) {
    const place = { x: MARGIN + WIDTH * 0.58, width: WIDTH * 0.42 };
    const height = index === facts.length - 1 ? 26 : 15;
    write(pdf, text, place, 56 + index * 16, height, { font: 'regular', size: 11, least: 5 });
  }
  const amendments = amendmentsText(language, calendar);
  const version = amendments === '' ? '' : ` · ${words.amendments} ${amendments}`;
  const before = subject === randomizedAs ? '' : `${words.randomizedAs(randomizedAs)} · `;
  write(pdf, `${before}${study.title}${version}`, { x: MARGIN, width: WIDTH * 0.56 }, 104, 26, {
    font: 'regular',
    size: 9,
    least: 4.5,
    colour: GREY,
  });
  const beside = { x: MARGIN, width: COLUMNS.hand.x - MARGIN - 8 };
  write(pdf, contactText(language, printed.contact), beside, 136, 15, {
    font: 'bold',
    size: 11,
    least: 6,
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
function transferText({ page, dates }: Language, { sites }: Calendar): string {
  const [before, now] = sites.slice(-2);
  if (before === undefined || now === undefined || now.from === null) return '';
  return ` (${page.transferred(before.site, dates.numeric(now.from))})`;
}

/** The amendments of a calendar, with the dates of those that came later. */
function amendmentsText({ page, dates }: Language, { amendments }: Calendar): string {
  const texts = amendments.map(({ id, from }) =>
    from === null ? id : page.amendedFrom(id, dates.numeric(from)),
  );
  return texts.join(', ');
}

function drawRow(
  pdf: Pdf,
  { language: code, nameOf, markDay }: CalendarPages,
  { site }: Calendar,
  row: VisitRow,
  top: number,
  height: number,
): void {
  const language: Language = LANGUAGES[code];
  const words = language.page;
  const [first] = row;
  if (first === undefined) return;
  const marks = markDay(first.site)(first.date);
  if (marks.length > 0) {
    asDecoration(pdf, () => pdf.rect(MARGIN, top + 0.6, WIDTH, height - 1.2).fill('#eeeeee'));
  }
  const injection = row.find(({ kind }) => kind === 'injection');
  asDecoration(pdf, () => {
    drawTick(pdf, row, top, height);
  });
  const inner = height - 8;
  const large = Math.min(12.5, height * 0.36);
  const isGrey = (injection === undefined ? row : [injection]).every(isOff);
  const marked = marksIn(language, marks);
  const dateHeight = marked !== '' ? inner * 0.55 : inner;
  const small: TextStyle = { font: 'regular', size: Math.min(9, large * 0.8), least: 4 };
  const drawDate = () => {
    write(pdf, longDate(language, first.date), COLUMNS.date, top + 5, dateHeight, {
      font: 'bold',
      size: large,
      least: 6,
      colour: isGrey ? GREY : 'black',
    });
    if (marked === '') return;
    write(pdf, marked, COLUMNS.date, top + 5 + dateHeight, inner - dateHeight, small);
  };
  inPart(pdf, 'TH', drawDate, { scope: 'Row' });
  inPart(pdf, 'TD', () => {
    write(pdf, words.day(first.studyDay), COLUMNS.day, top + 5, inner * 0.5, {
      font: 'regular',
      size: Math.min(12, large),
      least: 6,
    });
  });
  const noted = injection ?? notedOf(row);
  const what = row.map((event) => eventText(language, nameOf, event, noted)).join(' · ');
  const elsewhere = first.site === site ? '' : `${words.site} ${first.site}`;
  const isShared = row.every((event) => fateOf(event) === fateOf(first));
  const note = noted === undefined ? '' : noteText(language, nameOf, noted, isShared);
  const notes = [elsewhere, note].filter((text) => text !== '').join(' · ');
  const whatHeight = notes === '' ? inner : inner * 0.62;
  inPart(pdf, 'TD', () => {
    write(pdf, what, COLUMNS.what, top + 5, whatHeight, {
      font: 'regular',
      size: Math.min(12, large),
      least: 4,
    });
    if (notes === '') return;
    write(pdf, notes, COLUMNS.what, top + 5 + whatHeight, inner - whatHeight, small);
  });
  const line = top + height - 9;
  asDecoration(pdf, () =>
    pdf
      .moveTo(COLUMNS.hand.x, line)
      .lineTo(COLUMNS.hand.x + COLUMNS.hand.width, line)
      .lineWidth(0.5)
      .stroke('#888888'),
  );
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
  language: Language,
  nameOf: NameOf,
  event: CalendarEvent,
  noted: CalendarEvent | undefined,
): string {
  const { kind, timing, status } = event;
  const { page: words, semicolon } = language;
  const title = titleIn(language, nameOf, event);
  if (kind !== 'assessment') return title;
  const said = status === 'done' ? words.done : status === 'not done' ? words.notDone : undefined;
  const notes = [
    ...(timing === undefined ? [] : [words.timing[timing]]),
    ...(said === undefined || status === noted?.status ? [] : [said]),
  ];
  return notes.length === 0 ? title : `${title} (${notes.join(semicolon)})`;
}

/** @param isShared whether the same happened to all of the row; if not, the note says what it is about */
function noteText(
  language: Language,
  nameOf: NameOf,
  event: CalendarEvent,
  isShared: boolean,
): string {
  const { page: words, colon, semicolon } = language;
  const { status, planned, date, window, cycle, period, dose, route, amount, weight } = event;
  const short = (one: CivilDate) => shortDate(language, one, date);
  const otherDay = `${semicolon}${short(planned)} → ${short(date)}`;
  const said: Record<CalendarEvent['status'], string> = {
    planned: '',
    moved: words.moved(short(planned)),
    given: `${words.given}${date === planned ? '' : otherDay}`,
    done: `${words.done}${date === planned ? '' : otherDay}`,
    'not done': words.notDone,
    cancelled: words.cancelled,
  };
  const isToCome = status === 'planned' || status === 'moved';
  const about =
    isShared || event.kind !== 'injection' ? '' : `${titleIn(language, nameOf, event)}${colon}`;
  return [
    said[status] === '' ? '' : `${about}${said[status]}`,
    ...[
      period && nameOf('period', period),
      cycle && cycleIn(language, cycle),
      amount ?? dose,
      route,
    ].filter((one) => one !== undefined),
    weight === undefined ? '' : `${figureIn(language, weight)} kg`,
    isToCome && window !== null ? words.window(short(window.from), short(window.to)) : '',
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

function drawFoot(pdf: Pdf, printed: CalendarPages, page: number, pages: number): void {
  const language = LANGUAGES[printed.language];
  const style: TextStyle = { font: 'regular', size: 8.5, least: 6, colour: GREY };
  write(
    pdf,
    footText(language, printed),
    { x: MARGIN, width: WIDTH * 0.8 },
    PAGE.height - 40,
    12,
    style,
  );
  if (pages === 1) return;
  const place = { x: MARGIN + WIDTH * 0.8, width: WIDTH * 0.2 };
  write(pdf, language.page.page(page, pages), place, PAGE.height - 40, 12, {
    ...style,
    align: 'right',
  });
}

function rule(pdf: Pdf, y: number, width: number): void {
  asDecoration(pdf, () =>
    pdf
      .moveTo(MARGIN, y)
      .lineTo(PAGE.width - MARGIN, y)
      .lineWidth(width)
      .stroke('#555555'),
  );
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
