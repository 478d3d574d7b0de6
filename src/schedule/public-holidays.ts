import Holidays from 'date-holidays';
import { RandoseError } from '../errors.ts';
import { addDays, parseCivilDate } from '../study/civil-date.ts';
import type { Site } from '../study/study.ts';
import type { HolidaysOf, PublicHoliday } from './days-that-matter.ts';

const MS_PER_DAY = 86_400_000;
/** Whit Monday is the day after Pentecost, fifty days after Easter, as date-holidays writes it. */
const WHIT_MONDAY = /^easter 50\b/;

/**
 * The public holidays of a site's country and region, by date-holidays: the days of type `public`, in the
 * country's own language. Load this module only if a site has a country: its data are large.
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

/** A country or a region that date-holidays does not have, and what to write instead. */
interface UnknownPlace {
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with the country and the region of a site; undefined if it has none, or they are known. */
export function unknownPlace({ code, country, region }: Site): UnknownPlace | undefined {
  if (country === undefined) return undefined;
  const all = new Holidays();
  if (!(country in all.getCountries())) {
    return unknown(code, `country "${country}"`, Object.keys(all.getCountries()));
  }
  // The library accepts any region and ignores unknown ones.
  const regions = Object.keys({ ...all.getStates(country) });
  if (region === undefined || regions.includes(region)) return undefined;
  return unknown(code, `region "${region}" of ${country}`, regions);
}

function calendarOf(site: Site, country: string): Holidays {
  const problem = unknownPlace(site);
  if (problem !== undefined) {
    const { message, hint } = problem;
    throw new RandoseError('invalid-study', `study.yaml, ${message}`, { hint });
  }
  const { region } = site;
  // Holidays are whole days: the zone only sets how the library counts them.
  const options = { timezone: 'UTC' };
  return region === undefined
    ? new Holidays(country, options)
    : new Holidays(country, region, options);
}

function unknown(site: string, what: string, known: readonly string[]): UnknownPlace {
  const hint =
    known.length === 0
      ? 'This country has no regions: remove region.'
      : `Use one of: ${known.join(', ')}`;
  return { message: `site ${site}: unknown ${what}`, hint };
}
