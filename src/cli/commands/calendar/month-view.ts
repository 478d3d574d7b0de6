import type { Calendar, CalendarEvent } from '../../../schedule/calendar.ts';
import type { MarkDay } from '../../../schedule/days-that-matter.ts';
import { isOff } from '../../../schedule/revisions.ts';
import {
  type CivilDate,
  dateOfEpochDay,
  daysInMonth,
  epochDay,
  weekday,
} from '../../../study/civil-date.ts';
import { monthName } from './calendar-view.ts';
import type { Palette } from '../../output/palette.ts';

/** A day's number and what is on it, and a blank. */
const CELL = 5;
const SHEET = 7 * CELL;
const GAP = 3;

/**
 * Month sheets for the terminal, as many side by side as fit: each day with what is on it, by sign and by
 * colour; of several participants, with the number of injections.
 */
export function formatMonths(
  title: string,
  calendars: readonly Calendar[],
  mark: MarkDay,
  colour: Palette,
  columns: number,
): string {
  const days = new Map<CivilDate, CalendarEvent[]>();
  for (const event of calendars.flatMap(({ events }) => events)) {
    days.set(event.date, [...(days.get(event.date) ?? []), event]);
  }
  const months = [...new Set([...days.keys()].map((date) => date.slice(0, 7)))].sort();
  const isOne = calendars.length === 1;
  const sheets = everyMonth(months).map((month) => monthSheet(month, days, mark, isOne, colour));
  const atOnce = Math.max(1, Math.floor((columns + GAP) / (SHEET + GAP)));
  const rows: string[] = [];
  for (let first = 0; first < sheets.length; first += atOnce) {
    const shown = sheets.slice(first, first + atOnce);
    const height = Math.max(...shown.map((sheet) => sheet.length));
    for (let line = 0; line < height; line += 1) {
      const cells = shown.map((sheet) => sheet[line] ?? { text: '', width: 0 });
      rows.push(
        cells
          .map(({ text, width }) => `${text}${' '.repeat(SHEET + GAP - width)}`)
          .join('')
          .trimEnd(),
      );
    }
    rows.push('');
  }
  const signs = isOne
    ? `${colour.bold('*')} injection  ${colour.green('x')} given  ${colour.red('-')} not done  ${colour.cyan('o')} assessment  ${colour.yellow('( )')} weekend, holiday or closed`
    : `${colour.bold('*3')} or ${colour.yellow('(15)3')} three injections  ${colour.cyan('o')} assessments alone  ${colour.yellow('( )')} weekend, holiday or closed`;
  return `${colour.bold(title)}\n\n${rows.join('\n')}\n${signs}\n`;
}

/** Every month from the first to the last, `YYYY-MM`. */
function everyMonth(months: readonly string[]): string[] {
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined) return [];
  const found: string[] = [];
  for (let [year, month] = partsOf(first); ; month += 1) {
    if (month > 12) [year, month] = [year + 1, 1];
    const name = `${year}-${String(month).padStart(2, '0')}`;
    found.push(name);
    if (name >= last) return found;
  }
}

function partsOf(month: string): [year: number, month: number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
}

interface Line {
  readonly text: string;
  readonly width: number;
}

function monthSheet(
  name: string,
  days: ReadonlyMap<CivilDate, readonly CalendarEvent[]>,
  mark: MarkDay,
  isOne: boolean,
  colour: Palette,
): Line[] {
  const [year, month] = partsOf(name);
  const heading = `${monthName(month)} ${year}`;
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((day) => ` ${day} `).join('');
  const lines: Line[] = [
    { text: ` ${colour.bold(heading)}`, width: heading.length + 1 },
    { text: colour.dim(names), width: names.length },
  ];
  const first = epochDay(`${name}-01` as CivilDate);
  const before = weekday(dateOfEpochDay(first)) - 1;
  let text = ' '.repeat(before * CELL);
  let width = text.length;
  for (let day = 0; day < daysInMonth(year, month); day += 1) {
    const date = dateOfEpochDay(first + day);
    text += dayCell(date, days.get(date) ?? [], mark(date).length > 0, isOne, colour);
    width += CELL;
    if (weekday(date) === 7 || day === daysInMonth(year, month) - 1) {
      lines.push({ text, width });
      [text, width] = ['', 0];
    }
  }
  return lines;
}

function dayCell(
  date: CivilDate,
  events: readonly CalendarEvent[],
  isMarked: boolean,
  isOne: boolean,
  colour: Palette,
): string {
  const number = String(Number(date.slice(8))).padStart(2);
  const injections = events.filter(({ kind }) => kind === 'injection');
  const coming = injections.filter((event) => !isOff(event));
  const cell = (sign: string, emphasis: (text: string) => string) => {
    const plain = isMarked ? `(${number})${sign}` : ` ${number}${sign}`;
    const tone = isMarked && sign === '' ? colour.yellow : emphasis;
    return `${tone(plain)}${' '.repeat(Math.max(0, CELL - plain.length))}`;
  };
  if (!isOne && coming.length > 0) {
    const count = coming.length > 9 ? '+' : String(coming.length);
    return cell(isMarked ? count : `*${count}`, colour.bold);
  }
  if (coming.some(({ status }) => status === 'given')) return cell('x', colour.green);
  if (coming.length > 0) return cell('*', colour.bold);
  if (injections.length > 0) return cell('-', colour.red);
  if (events.length > 0) return cell('o', colour.cyan);
  return cell('', (words) => words);
}
