import Holidays from 'date-holidays-parser';
import { RandoseError } from '../errors.ts';
import { addDays, parseCivilDate } from '../study/civil-date.ts';
import type { Site } from '../study/study.ts';
import { holidayDataOf } from './holiday-data.ts';
import { unknownPlace } from './holiday-places.ts';
import type { HolidaysOf, PublicHoliday } from './days-that-matter.ts';

const MS_PER_DAY = 86_400_000;
/** Whit Monday is the day after Pentecost, fifty days after Easter, as date-holidays writes it. */
const WHIT_MONDAY = /^easter 50\b/;

/**
 * The public holidays of a site's country and region, by date-holidays: the days of type `public`, in the
 * country's own language. Load this module only if a site has a country: it is large.
 *
 * @throws RandoseError `invalid-study` if the country or the region is unknown
 */
export function publicHolidays(): HolidaysOf {
  const calendars = new Map<Site, Holidays>();
  return (site, year) => {
    if (site.country === undefined) return [];
    let holidays = calendars.get(site);
    if (holidays === undefined) {
      holidays = calendarOf(site, site.country);
      calendars.set(site, holidays);
    }
    return holidays
      .getHolidays(year)
      .filter(({ type }) => type === 'public')
      .flatMap(({ date, start, end, name, rule }) => {
        const read = parseCivilDate(date.slice(0, 10));
        if ('problem' in read) return [];
        const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / MS_PER_DAY));
        return Array.from({ length: days }, (_, index): PublicHoliday => ({
          date: addDays(read.date, index),
          name,
          isWhitMonday: WHIT_MONDAY.test(rule),
        }));
      });
  };
}

function calendarOf(site: Site, country: string): Holidays {
  const problem = unknownPlace(site);
  if (problem !== undefined) {
    const { message, hint } = problem;
    throw new RandoseError('invalid-study', `study.yaml, ${message}`, { hint });
  }
  const { region } = site;
  // The library accepts any region and ignores unknown ones. Holidays are whole days: the zone only sets how the library counts them.
  const options = { timezone: 'UTC' };
  const data = holidayDataOf(country);
  return region === undefined
    ? new Holidays(data, country, options)
    : new Holidays(data, country, region, options);
}
