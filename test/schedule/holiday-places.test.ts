import Holidays from 'date-holidays';
import { expect, test } from 'vitest';
import { HOLIDAY_PLACES, unknownPlace } from '../../src/schedule/holiday-places.ts';

test('countries and regions are those of date-holidays', () => {
  const all = new Holidays();
  const places = Object.keys(all.getCountries()).map((country) => {
    return [country, Object.keys({ ...all.getStates(country) }).join(' ')];
  });
  expect(HOLIDAY_PLACES).toEqual(Object.fromEntries(places));
});

const problemOf = (country?: string, region?: string) =>
  unknownPlace({ code: 'CRT', name: 'Créteil', country, region });

test.each<[country?: string, region?: string]>([[], ['FR'], ['FR', '57'], ['DE', 'BY'], ['DK']])(
  'a site in country %s and region %s is known',
  (country, region) => {
    expect(problemOf(country, region)).toBeUndefined();
  },
);

test('a country or a region that is unknown is said, with those that there are', () => {
  expect(problemOf('NL', 'XX')).toEqual({
    message: 'site CRT: unknown region "XX" of NL',
    hint: 'Use one of: GR, NH, ZH',
  });
  expect(problemOf('DK', 'A')).toEqual({
    message: 'site CRT: unknown region "A" of DK',
    hint: 'This country has no regions: remove region.',
  });
  const { message, hint } = problemOf('XX')!;
  expect(message).toBe('site CRT: unknown country "XX"');
  expect(hint).toMatch(/^Use one of: AD, AE, AG, .*, ZA, ZM, ZW$/);
  // What every object has is not a country, and two regions are not one.
  expect(problemOf('toString')?.message).toBe('site CRT: unknown country "toString"');
  expect(problemOf('NL', 'GR NH')?.message).toBe('site CRT: unknown region "GR NH" of NL');
  expect(problemOf('DK', '')?.message).toBe('site CRT: unknown region "" of DK');
});
