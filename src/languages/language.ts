import type { CivilDate } from '../study/civil-date.ts';
import type { Timing } from '../study/sections/schedule.ts';
import type { LabelWord } from '../study/sections/supplies.ts';

/** All words of a label in one language. */
export type AllLabelWords = Readonly<Record<LabelWord, string>>;

/** An entry of the ledger as a page names it: its number, and its date as the language writes it. */
interface DatedEntry {
  readonly seq: number;
  readonly date: string;
}

/**
 * One language: all words of labels, calendar pages and calendar files. Names of days and months are here too, so
 * that no locale data change them. The words are drafts: the sponsor approves what is printed.
 */
export interface Language {
  /** The name of the language in itself. */
  readonly name: string;
  /** What separates texts, with its blanks: French has one before it, too. */
  readonly colon: string;
  readonly semicolon: string;
  /** What separates the decimals of a number that people read. */
  readonly decimalMark: '.' | ',';
  /** What a file of kit labels is called. */
  readonly labelsTitle: string;
  readonly dates: DateWords;
  /** What stands before the number of a day in the code of a visit on paper: `J` of J5. People type and the ledger has D5. */
  readonly dayLetter: string;
  readonly label: AllLabelWords;
  readonly page: PageWords;
  readonly event: EventWords;
}

interface DateWords {
  /** Monday first. */
  readonly weekdays: readonly string[];
  readonly months: readonly string[];
  /** A date in full: weekday, day, month, year. */
  readonly long: (weekday: string, day: number, month: string, year: string) => string;
  /** A month with its year, as a heading. */
  readonly month: (month: string, year: string) => string;
  /** Day and month in two digits each, after the weekday. */
  readonly short: (day: string, month: string) => string;
  /** Day, month and year in digits, as nobody in the language misreads them. */
  readonly numeric: (date: CivilDate) => string;
}

/** The words of printed calendars. */
interface PageWords {
  readonly title: string;
  readonly number: string;
  readonly kit: string;
  readonly site: string;
  /** Whom participants and staff call. */
  readonly call: string;
  readonly day: (day: number) => string;
  readonly injection: (index: string, of: string) => string;
  readonly cycle: (cycle: string, day: string) => string;
  readonly additional: string;
  readonly timing: Readonly<Record<Timing, string>>;
  readonly window: (from: string, to: string) => string;
  readonly publicHoliday: string;
  readonly closed: string;
  readonly given: string;
  /** Of an assessment. */
  readonly done: string;
  readonly notDone: string;
  readonly cancelled: string;
  readonly moved: (date: string) => string;
  readonly hand: string;
  readonly foot: (made: string, asOf: DatedEntry) => string;
  readonly dummy: string;
  readonly amendments: string;
  readonly amendedFrom: (id: string, date: string) => string;
  readonly randomizedAs: (id: string) => string;
  readonly transferred: (from: string, date: string) => string;
  readonly more: (count: number) => string;
  readonly injections: (count: number) => string;
  /** A month without visits at a site. */
  readonly nothing: string;
  readonly page: (page: number, pages: number) => string;
}

/** The words of iCalendar files. */
interface EventWords {
  /** Before the title of an event that does not take place. */
  readonly off: string;
  readonly timing: Readonly<Record<Timing, string>>;
  readonly kit: (kit: string, type: string) => string;
  /** All kits of a participant. */
  readonly kits: (kits: string) => string;
  readonly amount: (amount: string) => string;
  readonly weight: (weight: string) => string;
  readonly when: (day: number, week: number) => string;
  readonly takenOver: (site: string, by: string) => string;
  readonly participant: (name: string, site: string, number: string) => string;
  readonly given: string;
  readonly done: string;
  readonly notDone: string;
  readonly planned: (date: string) => string;
  readonly takenBack: string;
  readonly notTreated: string;
  readonly moved: (from: string) => string;
  readonly window: (from: string, to: string) => string;
}
