import { DateTime } from 'luxon';

/**
 * A day of the calendar, `YYYY-MM-DD`: a date, not an instant. It has no time and no zone, and so
 * is the same day everywhere and under every daylight saving rule.
 */
export type CivilDate = string & { readonly brand: 'CivilDate' };

/** The years that a trial's dates can lie in; others are typing errors such as 0226 for 2026. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

/**
 * Takes `YYYY-MM-DD` and nothing else: no other order, no missing digit, no day that does not exist.
 *
 * @returns the date, or a sentence that says why the text is none
 */
export function parseCivilDate(text: string): { date: CivilDate } | { problem: string } {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return { problem: `"${text}" is no date: expected YYYY-MM-DD, such as 2026-06-15` };
  }
  const parsed = DateTime.fromISO(text, { zone: 'utc' });
  if (!parsed.isValid) return { problem: `${text} does not exist in the calendar` };
  if (parsed.year < FIRST_YEAR || parsed.year > LAST_YEAR) {
    return { problem: `${text} is not between ${FIRST_YEAR} and ${LAST_YEAR}: a typing error?` };
  }
  return { date: text as CivilDate };
}

/** The date a number of days later, or earlier where it is negative. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate() as CivilDate;
}

/** The day of the week: 1 for Monday to 7 for Sunday (ISO 8601). */
export function weekday(date: CivilDate): number {
  return DateTime.fromISO(date, { zone: 'utc' }).weekday;
}
