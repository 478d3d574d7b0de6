import Holidays from 'date-holidays';
import { expect, test } from 'vitest';
import { HOLIDAY_PLACES } from '../../src/schedule/holiday-places.ts';
import { publicHolidays } from '../../src/schedule/public-holidays.ts';
import type { Site } from '../../src/study/study.ts';

// test/schedule compares the rules of all places, and the dates of some.
const YEARS = [2027, 2028];

/** What the whole package says, with the data of all countries. */
function ofPackage(country: string, region: string | undefined, year: number): string[] {
  const options = { timezone: 'UTC' };
  const holidays =
    region === undefined ? new Holidays(country, options) : new Holidays(country, region, options);
  const all = holidays.getHolidays(year).filter(({ type }) => type === 'public');
  return all.map(({ date, name }) => `${date.slice(0, 10)} ${name}`);
}

test('each country and region has the holidays of the whole package, with its own data alone', () => {
  const holidaysOf = publicHolidays();
  let count = 0;
  for (const [country, regions] of Object.entries(HOLIDAY_PLACES)) {
    for (const region of [undefined, ...regions.split(' ').filter((one) => one !== '')]) {
      const site: Site = { code: 'CRT', name: 'Example', country, region };
      for (const year of YEARS) {
        const own = new Set(holidaysOf(site, year).map(({ date, name }) => `${date} ${name}`));
        const expected = ofPackage(country, region, year);
        expect(
          expected.filter((one) => !own.has(one)),
          `${country} ${region} ${year}`,
        ).toEqual([]);
        count += expected.length;
      }
    }
  }
  expect(count).toBeGreaterThan(14_000);
});
