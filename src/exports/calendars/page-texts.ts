import type { CivilDate } from '../../study/civil-date.ts';
import type { Language } from '../../languages/language.ts';
import type { CalendarPages } from './calendar-pages.ts';

/** To write on by hand. */
const BLANK = '_'.repeat(24);

/** Whom to call; a blank to fill in by hand if nobody says the number. */
export function contactText({ page }: Language, contact: CalendarPages['contact']): string {
  const { phone, name } = contact ?? {};
  return phone === undefined
    ? `${page.call} ${BLANK}`
    : `${page.call} ${phone}${name === undefined ? '' : ` (${name})`}`;
}

/** When a page was printed, and what it knows. */
export function footText(
  { page, dates }: Language,
  { made, asOf: { seq, date } }: CalendarPages,
): string {
  const written = (one: string) => dates.numeric(one as CivilDate);
  return page.foot(written(made), { seq, date: written(date) });
}
