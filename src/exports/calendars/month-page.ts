import type { Calendar } from '../../schedule/calendar.ts';
import { siteWorkload, type SiteDay } from '../../schedule/workload.ts';
import { type CivilDate, daysInMonth } from '../../study/civil-date.ts';
import type { CalendarPages } from './calendar-pages.ts';
import { monthTitle } from '../../languages/dates.ts';
import type { Language } from '../../languages/language.ts';
import { LANGUAGES, visitCode } from '../../languages/languages.ts';
import { contactText, footText } from './page-texts.ts';
import { marksIn, titleIn } from './event-text.ts';
import { asDecoration, inPart } from '../pdf/tags.ts';
import { type Pdf, type TextStyle, writeFitted } from '../pdf/fitted-text.ts';

/** A4, landscape. Lengths are in points. */
const PAGE = { width: 841.89, height: 595.28 };
const MARGIN = 34;
const WIDTH = PAGE.width - 2 * MARGIN;
const TOP = 92;
const BOTTOM = PAGE.height - 40;
const GREY = '#555555';
/** The least height of a line: if a day has more lines than fit, the last one counts the others. */
const LEAST_LINE = 8;

/** Draws a site's month: one row per week, Monday to Sunday; each day lists who comes for what. */
export function drawMonth(
  pdf: Pdf,
  printed: CalendarPages,
  site: string,
  month: string,
  calendars: readonly Calendar[],
): void {
  const language = LANGUAGES[printed.language];
  const words = language.page;
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  const from = `${month}-01` as CivilDate;
  const to = `${month}-${daysInMonth(year, number)}` as CivilDate;
  const { days, injections } = siteWorkload(site, calendars, from, to, printed.markDay(site));
  const isEmpty = days.every((day) => day.injections.length + day.assessments.length === 0);
  pdf.addPage();
  const place = { x: MARGIN, width: WIDTH * 0.62 };
  const title: TextStyle = { font: 'bold', size: 24, least: 12 };
  inPart(pdf, 'H1', () => {
    writeFitted(pdf, monthTitle(language, month), { ...place, y: 26, height: 32 }, title);
  });
  const below = `${site}, ${printed.siteNames.get(site) ?? ''} · ${printed.study.id} · ${isEmpty ? words.nothing : words.injections(injections)}`;
  const small: TextStyle = { font: 'regular', size: 11, least: 6, colour: GREY };
  writeFitted(
    pdf,
    below,
    { x: MARGIN, width: WIDTH, y: 58, height: 14 },
    isEmpty ? { ...small, colour: 'black' } : small,
  );
  if (printed.isDummy) {
    const mark = { x: MARGIN + WIDTH * 0.7, y: 30, width: WIDTH * 0.3, height: 14 };
    writeFitted(pdf, words.dummy, mark, { font: 'bold', size: 12, least: 7, align: 'right' });
  }
  const contact = contactText(language, printed.contact);
  const beside = { x: MARGIN + WIDTH * 0.5, y: 44, width: WIDTH * 0.5, height: 14 };
  writeFitted(pdf, contact, beside, { font: 'bold', size: 10, least: 6, align: 'right' });
  const column = WIDTH / 7;
  const weeks = Math.ceil((days[0]!.weekday - 1 + days.length) / 7);
  const row = (BOTTOM - TOP) / weeks;
  inPart(pdf, 'Table', () => {
    inPart(pdf, 'TR', () => {
      for (const [index, name] of language.dates.weekdays.entries()) {
        const frame = {
          x: MARGIN + index * column + 4,
          y: TOP - 14,
          width: column - 8,
          height: 12,
        };
        const draw = () => writeFitted(pdf, name, frame, { font: 'bold', size: 10, least: 7 });
        inPart(pdf, 'TH', draw, { scope: 'Column' });
      }
    });
    for (let week = 0; week < weeks; week += 1) {
      inPart(pdf, 'TR', () => {
        for (let place = 0; place < 7; place += 1) {
          const day = days[7 * week + place + 1 - days[0]!.weekday];
          const [x, y] = [MARGIN + place * column, TOP + week * row];
          inPart(pdf, 'TD', () => {
            if (day !== undefined) drawDay(pdf, printed, day, x, y, column, row);
          });
        }
      });
    }
  });
  const foot = { x: MARGIN, y: PAGE.height - 30, width: WIDTH, height: 12 };
  writeFitted(pdf, footText(language, printed), foot, { ...small, size: 8.5 });
}

function drawDay(
  pdf: Pdf,
  { language: code, nameOf }: CalendarPages,
  { date, marks, injections, assessments }: SiteDay,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const language: Language = LANGUAGES[code];
  asDecoration(pdf, () => {
    const cell = pdf.rect(x, y, width, height).lineWidth(0.6);
    if (marks.length > 0) cell.fillAndStroke('#eeeeee', '#888888');
    else cell.stroke('#888888');
  });
  const number = { x: x + 4, y: y + 3, width: 24, height: 15 };
  writeFitted(pdf, String(Number(date.slice(8))), number, { font: 'bold', size: 12, least: 8 });
  if (marks.length > 0) {
    const frame = { x: x + 28, y: y + 4, width: width - 32, height: 17 };
    const style: TextStyle = { font: 'regular', size: 7, least: 4, colour: GREY, align: 'right' };
    writeFitted(pdf, marksIn(language, marks), frame, style);
  }
  const withInjection = new Set(injections.map(({ subject }) => subject));
  const alone = assessments.filter(({ subject }) => !withInjection.has(subject));
  const lines = [
    ...injections.map(({ subject, event }) => ({
      text: `${event.status === 'given' ? '✓ ' : ''}${subject} ${visitCode(language, event.visit)}${event.dose === undefined ? '' : `, ${event.dose}`}`,
      isQuiet: false,
    })),
    ...alone.map(({ subject, event }) => ({
      text: `${event.status === 'done' ? '✓ ' : ''}${subject} ${visitCode(language, event.visit)} ${titleIn(language, nameOf, event)}`,
      isQuiet: true,
    })),
  ];
  const room = height - 25;
  const most = Math.max(1, Math.floor(room / LEAST_LINE));
  const shown = lines.length > most ? lines.slice(0, most - 1) : lines;
  if (shown.length < lines.length) {
    shown.push({ text: language.page.more(lines.length - shown.length), isQuiet: true });
  }
  const step = Math.min(13, room / Math.max(1, shown.length));
  for (const [index, { text, isQuiet }] of shown.entries()) {
    const frame = { x: x + 4, y: y + 22 + index * step, width: width - 8, height: step };
    const style: TextStyle = { font: 'regular', size: Math.min(10, step / 1.2), least: 4 };
    writeFitted(pdf, text, frame, { ...style, colour: isQuiet ? GREY : 'black' });
  }
}
