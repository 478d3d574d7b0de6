import { expect, test } from 'vitest';
import { holidayDataOf } from '../../src/schedule/holiday-data.ts';

const placesOf = (country: string) => Object.keys(holidayDataOf(country).holidays).sort();

test('the data of a country have those of others whose days it has too, and no more', () => {
  expect(placesOf('US')).toEqual(['US']);
  // As one place, and as one of a list.
  expect(placesOf('PR')).toEqual(['PR', 'US']);
  expect(placesOf('JE')).toEqual(['GB', 'JE']);
  // France has those of its regions overseas, and they have those of France.
  const overseas = ['BL', 'FR', 'GF', 'GP', 'MF', 'MQ', 'RE', 'YT'];
  expect(placesOf('FR')).toEqual(overseas);
  expect(placesOf('GP')).toEqual(overseas);
});

test('the data of a country have the names that its days use, and those of substitute days', () => {
  const { names } = holidayDataOf('DK');
  expect(Object.keys(names).sort()).toEqual([
    ...['01-01', '05-01', '12-24', '12-25', '12-26', 'Constitution Day', 'Mothers Day'],
    ...['easter', 'easter -2', 'easter -3', 'easter 1', 'easter 39', 'easter 49', 'easter 50'],
    'substitutes',
  ]);
  expect(names['easter 50']).toMatchObject({
    name: { da: 'Anden Pinsedag', fr: 'Lundi de Pentecôte' },
  });
  // Also those of the days of another place.
  expect(Object.keys(holidayDataOf('PR').names)).toContain('Fathers Day');
});

test('a place that is unknown has no holidays', () => {
  const { holidays, names } = holidayDataOf('XX');
  expect(holidays).toEqual({});
  expect(Object.keys(names)).toEqual(['substitutes']);
});
