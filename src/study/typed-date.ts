import { nearestWord } from '../words.ts';
import { addDays, type CivilDate, parseCivilDate } from './civil-date.ts';

/** A date, or a sentence that says why a text is not one. */
type Read = { readonly date: CivilDate } | { readonly problem: string };

/** `today+15`, `today - 2`. */
const FROM_TODAY = /^today ?([+-]) ?(\d{1,3})( days?)?$/i;

const WORDS: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
]);

/** They are no dates, and `monday` does not mean `today`. */
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');

/** The months in English and in French, without accents. */
const MONTHS = [
  ['january', 'janvier'],
  ['february', 'fevrier'],
  ['march', 'mars'],
  ['april', 'avril'],
  ['may', 'mai'],
  ['june', 'juin'],
  ['july', 'juillet'],
  ['august', 'aout'],
  ['september', 'septembre'],
  ['october', 'octobre'],
  ['november', 'novembre'],
  ['december', 'decembre'],
];

/**
 * Reads a date as people type it: `today`, `yesterday`, `tomorrow`, `today+15`; the year first, with or without zeros
 * (`2026-6-15`, `2026/06/15`, `20260615`); or the month in letters, in English or French (`15 June 2026`). A text
 * such as `15/06/2026` is never taken, because some people write the day first and others the month: the
 * problem says which dates it may mean.
 *
 * @param today the date for words; without it they are problems, as in a file that is read later
 */
export function readTypedDate(text: string, today?: CivilDate): Read {
  const typed = text.trim().replace(/\s+/g, ' ');
  const [, sign, count] = FROM_TODAY.exec(typed) ?? [];
  const days = count === undefined ? WORDS.get(typed.toLowerCase()) : Number(`${sign}${count}`);
  if (days !== undefined && today !== undefined) return { date: addDays(today, days) };
  const yearFirst =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(typed) ?? /^(\d{4})()(\d{2})(\d{2})$/.exec(typed);
  if (yearFirst !== null) return dateOf(yearFirst[1]!, yearFirst[3]!, yearFirst[4]!, typed);
  const yearLast = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})$/.exec(typed);
  if (yearLast !== null) return { problem: didYouMean(typed, yearLast) };
  const named = withMonthName(typed);
  if (named !== undefined) return named;
  const isWord = today !== undefined && /^\p{L}+$/u.test(typed);
  return isWord ? { problem: wordProblem(typed) } : parseCivilDate(typed);
}

/** What to type instead of a word that is not one for a day. */
function wordProblem(typed: string): string {
  const near = nearestWord(typed, [...WORDS.keys(), ...WEEKDAYS]) ?? '';
  const meant = WORDS.has(near) ? ` Did you mean ${near}?` : '';
  return `"${typed}" is not a date: expected YYYY-MM-DD, such as 2026-06-15, or today, tomorrow or yesterday.${meant}`;
}

function dateOf(year: string, month: string, day: string, typed: string): Read {
  const iso = isoOf(year, month, day);
  const read = parseCivilDate(iso);
  // What was typed comes first in the sentence, as in every other problem of a date.
  return 'date' in read || typed === iso
    ? read
    : { problem: `"${typed}" is not a date: ${read.problem}` };
}

/** `15 June 2026`, `June 15, 2026`, `15 juin 2026`; undefined if the text does not look like that. */
function withMonthName(typed: string): Read | undefined {
  const plain = typed.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th|er)?[ -]([a-z]+)\.?[ -](\d{4})$/.exec(plain);
  const monthFirst = /^([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(plain);
  const [day, name, year] = dayFirst?.slice(1) ?? swapped(monthFirst) ?? [];
  if (day === undefined || name === undefined || year === undefined) return undefined;
  const months = MONTHS.flatMap((names, index) =>
    name.length >= 3 && names.some((one) => one.startsWith(name)) ? [index + 1] : [],
  );
  // "jui" may be June or July.
  return months.length === 1 ? dateOf(year, String(months[0]), day, typed) : undefined;
}

function swapped(match: RegExpExecArray | null): string[] | undefined {
  return match === null ? undefined : [match[2]!, match[1]!, match[3]!];
}

function didYouMean(typed: string, [, one = '', other = '', end = '']: RegExpExecArray): string {
  const year = end.length === 2 ? `20${end}` : end;
  const isos = [isoOf(year, other, one), isoOf(year, one, other)];
  const possible = [...new Set(isos)].filter((iso) => 'date' in parseCivilDate(iso));
  const [only, second] = [isos[0]!, isos[1]!].filter((iso) => Number(iso.slice(5, 7)) <= 12);
  if (possible.length === 0 && only !== undefined && second === undefined) {
    return `"${typed}" is not a date: ${only} does not exist in the calendar`;
  }
  const meant = possible.length === 0 ? '' : ` Did you mean ${possible.join(' or ')}?`;
  return `"${typed}" is not a date: expected YYYY-MM-DD.${meant}`;
}

function isoOf(year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
