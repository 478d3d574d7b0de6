import { isDeepStrictEqual } from 'node:util';
import Holidays from 'date-holidays';
import HolidaysOfData from 'date-holidays-parser';
import { expect, test } from 'vitest';
import type { RandoseError } from '../../src/errors.ts';
import { holidayDataOf } from '../../src/schedule/holiday-data.ts';
import { publicHolidays } from '../../src/schedule/public-holidays.ts';
import type { Site } from '../../src/study/study.ts';
import { comparedHolidays, PLACES, siteIn } from '../support/public-holidays.ts';

test('a site without a country has no public holidays', () => {
  expect(publicHolidays()(siteIn(), 2027)).toEqual([]);
});

test('a country or a region that is unknown is an error, with what can be written', () => {
  const problemOf = (site: Site) => {
    try {
      return publicHolidays()(site, 2027);
    } catch (error) {
      const { code, message, hint } = error as RandoseError;
      return { code, message, hint };
    }
  };
  expect(problemOf(siteIn('NL', 'XX'))).toEqual({
    code: 'invalid-study',
    message: 'study.yaml, site CRT: unknown region "XX" of NL',
    hint: 'Use one of: GR, NH, ZH',
  });
});

test('only Whit Monday is Whit Monday', () => {
  const found = publicHolidays()(siteIn('FR'), 2027).filter(({ isWhitMonday }) => isWhitMonday);
  expect(found).toEqual([{ date: '2027-05-17', name: 'Lundi de Pentecôte', isWhitMonday: true }]);
});

test('a holiday of several days has each of them, and one of some hours is one day', () => {
  // Eid al-Adha of 2027 begins on 16 May, and is three days in the Emirates.
  const emirates = publicHolidays()(siteIn('AE'), 2027);
  const feast = emirates.filter(({ date }) => date.startsWith('2027-05'));
  expect(feast.map(({ date }) => date)).toEqual(['2027-05-16', '2027-05-17', '2027-05-18']);
  expect(new Set(feast.map(({ name }) => name)).size).toBe(1);
  // In Iceland, Christmas Eve begins at one o'clock.
  const iceland = publicHolidays()(siteIn('IS'), 2027);
  const eve = iceland.filter(({ name }) => name === 'Aðfangadagur').map(({ date }) => date);
  expect(eve).toEqual(['2027-12-24']);
});

test('a year that no trial can have has no public holidays', () => {
  expect(publicHolidays()(siteIn('FR'), 1999)).toEqual([]);
});

test('a day that is remembered, but not a public holiday, is left out', () => {
  const names = publicHolidays()(siteIn('FR'), 2027).map(({ name }) => name);
  expect(names).not.toContain('Fête des Mères');
  expect(new Set(names).size).toBe(11);
});

type Rules = Pick<Holidays, 'getRules' | 'getLanguages'>;
const rulesOf = (holidays: Rules) => [holidays.getRules(), holidays.getLanguages()];

test('each country and region has the rules of the whole package, with its own data alone', () => {
  let count = 0;
  const others = PLACES.filter(({ country, region }) => {
    const place = region === undefined ? country : `${country}.${region}`;
    const data = holidayDataOf(country);
    const own = rulesOf(new HolidaysOfData(data, place, {}) as unknown as Rules);
    const whole = rulesOf(new Holidays(place));
    count += whole[0]!.length;
    return !isDeepStrictEqual(own, whole);
  });
  expect(others).toEqual([]);
  expect(count).toBeGreaterThan(7_000);
});

// Among them are all calendars that date-holidays knows, and places that have the days of others.
test.each([
  ...['FR', 'FR 57', 'DE BY', 'GB SCT', 'PR', 'RE', 'US LA', 'AU NSW'],
  ...['JP', 'CN', 'IL', 'IR', 'SA', 'BD', 'RU', 'ET'],
])('the public holidays of %s are those of the whole package', (place) => {
  const [country = '', region] = place.split(' ');
  const { expected, missing } = comparedHolidays(country, region, 2027);
  expect(missing).toEqual([]);
  expect(expected.length).toBeGreaterThan(3);
});
