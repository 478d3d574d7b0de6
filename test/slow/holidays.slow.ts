import { expect, test } from 'vitest';
import { comparedHolidays, PLACES } from '../support/public-holidays.ts';

// test/schedule compares the rules of all places, and the dates of some.
test('each country and region has the holidays of the whole package, with its own data alone', () => {
  let count = 0;
  for (const { country, region } of PLACES) {
    for (const year of [2027, 2028]) {
      const { expected, missing } = comparedHolidays(country, region, year);
      expect(missing, `${country} ${region} ${year}`).toEqual([]);
      count += expected.length;
    }
  }
  expect(count).toBeGreaterThan(14_000);
});
