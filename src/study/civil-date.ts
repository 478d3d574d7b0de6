/**
 * A day of the calendar, `YYYY-MM-DD`: a date, not an instant. It has no time and no zone, so it is
 * the same day everywhere and under every daylight saving rule.
 */
export type CivilDate = string & { readonly brand: 'CivilDate' };

/** The years that a trial's dates can have. Others are typing errors, such as 0226 for 2026. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

const MS_PER_DAY = 86_400_000;

/**
 * Reads `YYYY-MM-DD` and nothing else: no other order, no missing digit, no day that does not exist.
 *
 * @returns the date, or a sentence that says why the text is not one
 */
export function parseCivilDate(text: string): { date: CivilDate } | { problem: string } {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) {
    return { problem: `"${text}" is not a date: expected YYYY-MM-DD, such as 2026-06-15` };
  }
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    return { problem: `${text} does not exist in the calendar` };
  }
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    return { problem: `${text} is not between ${FIRST_YEAR} and ${LAST_YEAR}: a typing error?` };
  }
  return { date: text as CivilDate };
}

/** The number of days in a month of the Gregorian calendar; January is 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The days from 1970-01-01 to a date: UTC, which has no daylight saving, counts whole days. */
export function epochDay(date: CivilDate): number {
  let day = DAYS.get(date);
  if (day === undefined) {
    day = Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8)) / MS_PER_DAY;
    DAYS.set(date, day);
  }
  return day;
}

/** The date a number of days from 1970-01-01. */
export function dateOfEpochDay(day: number): CivilDate {
  let date = DATES.get(day);
  if (date === undefined) {
    date = new Date(day * MS_PER_DAY).toISOString().slice(0, 10) as CivilDate;
    DATES.set(day, date);
  }
  return date;
}

/** A cache: the calendars of thousands of participants have the same few dates. */
const DAYS = new Map<string, number>();
const DATES = new Map<number, CivilDate>();

/** The date a number of days later; earlier if the number is negative. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOfEpochDay(epochDay(date) + days);
}

/** The days from one date to another; negative if the other is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return epochDay(to) - epochDay(from);
}

/** Every date from one to another, both included. */
export function datesBetween(from: CivilDate, to: CivilDate): CivilDate[] {
  const first = epochDay(from);
  return Array.from({ length: Math.max(0, epochDay(to) - first + 1) }, (_, index) =>
    dateOfEpochDay(first + index),
  );
}

/** The day of the week: 1 for Monday to 7 for Sunday (ISO 8601). */
export function weekday(date: CivilDate): number {
  // 1970-01-01 was a Thursday.
  return ((((epochDay(date) + 3) % 7) + 7) % 7) + 1;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The short English name of a day of the week, 1 for Monday to 7 for Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] ?? '';
}

/** A date as people read it: `2026-06-15 Mon`. */
export function datedName(date: CivilDate): string {
  return `${date} ${weekdayName(weekday(date))}`;
}
