import type { DayMark } from '../../schedule/days-that-matter.ts';
import { type CivilDate, weekday } from '../../study/civil-date.ts';
import type { LastEntry } from './calendar-pages.ts';
import type { Timing } from '../../study/sections/schedule.ts';

export type CalendarLanguage = 'en' | 'fr';

/** The words of printed calendars. Names of days and months are here too, so that no locale data change them. */
export interface CalendarWords {
  readonly weekdays: readonly string[];
  readonly months: readonly string[];
  /** A day of a month, such as `1er` in French. */
  readonly dayOfMonth: (day: number) => string;
  /** What separates texts, with its blanks: French has one before it, too. */
  readonly colon: string;
  readonly semicolon: string;
  readonly title: string;
  readonly number: string;
  readonly kit: string;
  readonly site: string;
  readonly day: (day: number) => string;
  readonly injection: (title: string) => string;
  /** `Cycle 2 Day 8` in the language. */
  readonly cycle: (text: string) => string;
  readonly additional: string;
  readonly timing: Record<Timing, string>;
  readonly window: (from: string, to: string) => string;
  /** A day that matters. For a weekend the weekday is enough. */
  readonly mark: (mark: DayMark) => string;
  readonly given: string;
  /** Of an assessment. */
  readonly done: string;
  readonly notDone: string;
  readonly cancelled: string;
  readonly moved: (date: string) => string;
  readonly hand: string;
  readonly foot: (made: string, asOf: LastEntry) => string;
  readonly dummy: string;
  readonly amendments: string;
  readonly randomizedAs: (id: string) => string;
  readonly transferred: (from: string, date: string) => string;
  readonly more: (count: number) => string;
  readonly injections: (count: number) => string;
  readonly page: (page: number, pages: number) => string;
}

const EN: CalendarWords = {
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  months:
    'January February March April May June July August September October November December'.split(
      ' ',
    ),
  dayOfMonth: String,
  colon: ': ',
  semicolon: '; ',
  title: 'Injection calendar',
  number: 'Randomization number',
  kit: 'Kit',
  site: 'Site',
  day: (day) => `Day ${day}`,
  injection: (title) => title,
  cycle: (text) => text,
  additional: 'Additional injection',
  timing: { 'before dose': 'before the injection', 'after dose': 'after the injection' },
  window: (from, to) => (from === to ? `only ${from}` : `possible ${from} to ${to}`),
  mark: ({ kind, name }) =>
    kind === 'public holiday'
      ? `${name} (public holiday)`
      : kind === 'weekend'
        ? ''
        : closed('site closed', name),
  given: 'given',
  done: 'done',
  notDone: 'not done',
  cancelled: 'cancelled',
  moved: (date) => `moved; planned ${date}`,
  hand: 'time, initials',
  foot: (made, { seq, date }) =>
    `Printed ${made} (UTC), as of ledger entry ${seq} of ${date}. Dates may change: the latest print counts.`,
  dummy: 'DUMMY: FOR REHEARSAL ONLY',
  amendments: 'Amendments',
  randomizedAs: (id) => `randomized as ${id}`,
  transferred: (from, date) => `from ${from} on ${date}`,
  more: (count) => `+ ${count} more`,
  injections: (count) => (count === 1 ? '1 injection' : `${count} injections`),
  page: (page, pages) => `page ${page} of ${pages}`,
};

const FR: CalendarWords = {
  weekdays: ['lun.', 'mar.', 'mer.', 'jeu.', 'ven.', 'sam.', 'dim.'],
  months:
    'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(
      ' ',
    ),
  dayOfMonth: (day) => (day === 1 ? '1er' : String(day)),
  colon: ' : ',
  semicolon: ' ; ',
  title: 'Calendrier des injections',
  number: 'Numéro de randomisation',
  kit: 'Kit',
  site: 'Centre',
  day: (day) => `Jour ${day}`,
  injection: (title) => title.replace(' of ', ' sur '),
  cycle: (text) => text.replace(' Day ', ' Jour '),
  additional: 'Injection supplémentaire',
  timing: { 'before dose': 'avant l’injection', 'after dose': 'après l’injection' },
  window: (from, to) => (from === to ? `seulement le ${from}` : `possible du ${from} au ${to}`),
  mark: ({ kind, name }) =>
    kind === 'public holiday'
      ? `${name} (jour férié)`
      : kind === 'weekend'
        ? ''
        : closed('centre fermé', name),
  given: 'faite',
  done: 'faite',
  notDone: 'non faite',
  cancelled: 'annulé',
  moved: (date) => `déplacé ; prévu ${date}`,
  hand: 'heure, initiales',
  foot: (made, { seq, date }) =>
    `Imprimé le ${made} (UTC), selon l’entrée ${seq} du registre, du ${date}. Les dates peuvent changer : la dernière impression fait foi.`,
  dummy: 'DUMMY : RÉPÉTITION SEULEMENT',
  amendments: 'Amendements',
  randomizedAs: (id) => `randomisation sous ${id}`,
  transferred: (from, date) => `de ${from} le ${date}`,
  more: (count) => (count === 1 ? '+ 1 autre' : `+ ${count} autres`),
  injections: (count) => (count === 1 ? '1 injection' : `${count} injections`),
  page: (page, pages) => `page ${page} sur ${pages}`,
};

export const CALENDAR_WORDS: Record<CalendarLanguage, CalendarWords> = { en: EN, fr: FR };

function closed(word: string, name: string): string {
  return name === '' ? word : `${word} (${name})`;
}

/** Why a day matters, in words; empty on ordinary days and weekends. */
export function marksIn({ mark }: CalendarWords, marks: readonly DayMark[]): string {
  return marks
    .map(mark)
    .filter((text) => text !== '')
    .join(', ');
}

/** `Mon 15 June 2026`. */
export function longDate(words: CalendarWords, date: CivilDate): string {
  const { weekdays, months, dayOfMonth } = words;
  const month = months[Number(date.slice(5, 7)) - 1]!;
  return `${weekdays[weekday(date) - 1]!} ${dayOfMonth(Number(date.slice(8)))} ${month} ${date.slice(0, 4)}`;
}

/** `Mon 15/06`. */
export function shortDate({ weekdays }: CalendarWords, date: CivilDate): string {
  return `${weekdays[weekday(date) - 1]!} ${date.slice(8)}/${date.slice(5, 7)}`;
}
