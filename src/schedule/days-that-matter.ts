import type { CivilDate } from '../study/civil-date.ts';
import { datedName, weekday, weekdayName } from '../study/civil-date.ts';
import { siteOn, type SitePeriod } from '../study/site-periods.ts';
import type { Site } from '../study/study.ts';

/** Why a date is not an ordinary working day at a site. */
export interface DayMark {
  readonly kind: 'closed' | 'public holiday' | 'weekend' | 'not open';
  /** The holiday's name, or the reason why the site is closed; else empty. */
  readonly name: string;
  /** In words, such as `Easter Monday, a public holiday`. */
  readonly text: string;
}

export interface PublicHoliday {
  readonly date: CivilDate;
  readonly name: string;
  readonly isWhitMonday: boolean;
}

/** The public holidays of a site in a year; none if study.yaml does not say its country. */
export type HolidaysOf = (site: Site, year: number) => readonly PublicHoliday[];

/** Gives the marks of a date at a site; none on an ordinary working day. */
export type MarkDay = (date: CivilDate) => readonly DayMark[];

const SATURDAY = 6;

/**
 * The days that matter at a site: its closures, public holidays (Whit Monday as the site says), and the weekdays
 * on which it does not work (weekends, if it does not say). A date in `openOn` is always an ordinary day.
 */
export function daysThatMatter(site: Site, holidaysOf: HolidaysOf): MarkDay {
  const known = new Map<CivilDate, readonly DayMark[]>();
  const holidays = new Map<number, ReadonlyMap<CivilDate, PublicHoliday>>();
  const holidayOn = (date: CivilDate) => {
    const year = Number(date.slice(0, 4));
    let ofYear = holidays.get(year);
    if (ofYear === undefined) {
      ofYear = new Map(holidaysOf(site, year).map((holiday) => [holiday.date, holiday]));
      holidays.set(year, ofYear);
    }
    return ofYear.get(date);
  };
  return (date) => {
    let marks = known.get(date);
    if (marks === undefined) {
      marks = marksOf(site, date, holidayOn(date));
      known.set(date, marks);
    }
    return marks;
  };
}

function marksOf(site: Site, date: CivilDate, holiday: PublicHoliday | undefined): DayMark[] {
  if (site.openOn?.includes(date)) return [];
  const marks: DayMark[] = [];
  for (const { from, to, reason } of site.closed ?? []) {
    if (date >= from && date <= to) {
      const text = reason === 'closed' ? 'the site is closed' : `the site is closed: ${reason}`;
      marks.push({ kind: 'closed', name: reason === 'closed' ? '' : reason, text });
    }
  }
  if (holiday !== undefined && !(holiday.isWhitMonday && site.whitMonday === 'worked')) {
    const isUnsaid = holiday.isWhitMonday && site.whitMonday === undefined;
    const answer = isUnsaid ? ' (study.yaml does not say whether the site works: whitMonday)' : '';
    const text = `${holiday.name}, a public holiday${answer}`;
    marks.push({ kind: 'public holiday', name: holiday.name, text });
  }
  const day = weekday(date);
  if (site.openDays === undefined) {
    if (day >= SATURDAY) marks.push({ kind: 'weekend', name: '', text: WEEKEND[day]! });
  } else if (!site.openDays.includes(day)) {
    marks.push(
      day >= SATURDAY
        ? { kind: 'weekend', name: '', text: WEEKEND[day]! }
        : { kind: 'not open', name: '', text: `the site does not work on ${weekdayName(day)}` },
    );
  }
  return marks;
}

/** The days that matter for a participant: on each date those of the site that has them then. */
export function daysAtSites(
  sites: readonly SitePeriod[],
  markDay: (site: string) => MarkDay,
): MarkDay {
  return (date) => markDay(siteOn(sites, date))(date);
}

const WEEKEND: Record<number, string> = { 6: 'a Saturday', 7: 'a Sunday' };

/** A date with its marks, as a sentence has them: `2026-06-14, a Sunday`, `2026-07-13 Mon: the site is closed`. */
export function markedDay(date: CivilDate, marks: readonly DayMark[]): string {
  const isWeekend = marks.some(({ kind }) => kind === 'weekend');
  const isNoun = marks.every(({ kind }) => kind === 'weekend' || kind === 'public holiday');
  return `${isWeekend ? date : datedName(date)}${isNoun ? ', ' : ': '}${marksText(marks)}`;
}

/** Marks as one text; empty on an ordinary working day. */
export function marksText(marks: readonly DayMark[]): string {
  return marks.map(({ text }) => text).join('; ');
}
