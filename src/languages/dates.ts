import { type CivilDate, weekday } from '../study/civil-date.ts';
import type { Language } from './language.ts';

/** A date as `15/06/2026`, or with another sign between its parts. */
export function dayFirst(separator: string): (date: CivilDate) => string {
  return (date) => [date.slice(8), date.slice(5, 7), date.slice(0, 4)].join(separator);
}

/** A date in full: `Mon 15 June 2026`. */
export function longDate({ dates }: Language, date: CivilDate): string {
  const month = dates.months[Number(date.slice(5, 7)) - 1]!;
  const day = Number(date.slice(8));
  return dates.long(dates.weekdays[weekday(date) - 1]!, day, month, date.slice(0, 4));
}

/** A month `YYYY-MM` as a heading: `June 2026`. */
export function monthTitle({ dates }: Language, month: string): string {
  return dates.month(dates.months[Number(month.slice(5)) - 1]!, month.slice(0, 4));
}

/**
 * A date beside another one, with its weekday: `Mon 15/06`. If it is in another year than the other one, the whole
 * date in digits.
 */
export function shortDate({ dates }: Language, date: CivilDate, beside: CivilDate): string {
  const isSameYear = date.slice(0, 4) === beside.slice(0, 4);
  const digits = isSameYear ? dates.short(date.slice(8), date.slice(5, 7)) : dates.numeric(date);
  return `${dates.weekdays[weekday(date) - 1]!} ${digits}`;
}
