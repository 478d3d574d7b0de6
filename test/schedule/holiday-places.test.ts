import Holidays from 'date-holidays';
import { expect, test } from 'vitest';
import { HOLIDAY_PLACES } from '../../src/schedule/holiday-places.ts';

test('countries and regions are those of date-holidays', () => {
  const all = new Holidays();
  const places = Object.keys(all.getCountries()).map((country) => {
    return [country, Object.keys({ ...all.getStates(country) }).join(' ')];
  });
  expect(HOLIDAY_PLACES).toEqual(Object.fromEntries(places));
});
