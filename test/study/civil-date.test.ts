import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, type CivilDate, parseCivilDate, weekday } from '../../src/study/civil-date.ts';

test.each([
  '2026',
  '202603',
  '2026-060',
  '026-03-01',
  '2026-3-1',
  '2026-02-29',
  '2100-02-29',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-06-00',
  '01/06/2026',
  '2026-06-01T00:00',
  ' 2026-06-01',
  '0226-06-01',
  '1999-12-31',
  '2100-01-01',
  '２０２６-06-01',
  '',
])('%j is not a date', (text) => {
  expect(parseCivilDate(text)).toHaveProperty('problem');
});

test.each(['2024-02-29', '2000-01-01', '2099-12-31', '2026-03-29'])('%s is a date', (text) => {
  expect(parseCivilDate(text)).toEqual({ date: text });
});

/** Days since 1970-01-01, by the machine's own UTC arithmetic. */
function epochDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

test('days are added across every clock change, leap day and year', () => {
  const day = fc.integer({ min: epochDay('2001-01-01'), max: epochDay('2098-12-31') });
  fc.assert(
    fc.property(day, fc.integer({ min: -300, max: 300 }), (start, days) => {
      const date = new Date(start * 86_400_000).toISOString().slice(0, 10) as CivilDate;
      const later = addDays(date, days);
      expect(epochDay(later)).toBe(start + days);
      expect(addDays(later, -days)).toBe(date);
      // 1970-01-01 was a Thursday.
      expect(weekday(date)).toBe(((((start + 3) % 7) + 7) % 7) + 1);
    }),
  );
});
