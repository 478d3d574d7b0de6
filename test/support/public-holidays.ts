import Holidays from 'date-holidays';
import { HOLIDAY_PLACES } from '../../src/schedule/holiday-places.ts';
import { publicHolidays } from '../../src/schedule/public-holidays.ts';
import type { Site } from '../../src/study/study.ts';

export const siteIn = (country?: string, region?: string): Site => {
  return { code: 'CRT', name: 'Example', country, region };
};

const ownHolidays = publicHolidays();

/**
 * Compares the public holidays of a place with those of the whole package, which has the data of all countries.
 *
 * @returns those that the package has, and those of them that are missing here, each a date and a name
 */
export function comparedHolidays(country: string, region: string | undefined, year: number) {
  const options = { timezone: 'UTC' };
  const whole =
    region === undefined ? new Holidays(country, options) : new Holidays(country, region, options);
  const expected = whole
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .map(({ date, name }) => `${date.slice(0, 10)} ${name}`);
  const found = ownHolidays(siteIn(country, region), year);
  const own = new Set(found.map(({ date, name }) => `${date} ${name}`));
  return { expected, missing: expected.filter((one) => !own.has(one)) };
}

/** All places of which the package has holidays: each country, and each of its regions. */
export const PLACES = Object.entries(HOLIDAY_PLACES).flatMap(([country, regions]) => [
  { country, region: undefined },
  ...regions.split(' ').flatMap((region) => (region === '' ? [] : { country, region })),
]);
