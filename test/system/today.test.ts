import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { expect, test, vi } from 'vitest';
import { dateIn, todayAt, todayHere, todayIn } from '../../src/system/today.ts';

test.each([
  // Paris changes its clocks at 01:00 UTC on the last Sundays of March and October.
  ['2026-03-28T22:59:59.999Z', 'Europe/Paris', '2026-03-28'],
  ['2026-03-28T23:00:00.000Z', 'Europe/Paris', '2026-03-29'],
  ['2026-03-29T21:59:59.999Z', 'Europe/Paris', '2026-03-29'],
  ['2026-03-29T22:00:00.000Z', 'Europe/Paris', '2026-03-30'],
  ['2026-10-25T22:59:59.999Z', 'Europe/Paris', '2026-10-25'],
  ['2026-10-25T23:00:00.000Z', 'Europe/Paris', '2026-10-26'],
  ['2026-06-01T18:14:59.999Z', 'Asia/Kathmandu', '2026-06-01'],
  ['2026-06-01T18:15:00.000Z', 'Asia/Kathmandu', '2026-06-02'],
  ['2026-06-01T11:59:59.999Z', undefined, '2026-05-31'],
  ['2026-06-01T12:00:00.000Z', undefined, '2026-06-01'],
])('%s in %s is on %s', (time, zone, date) => {
  expect(dateIn(time, zone)).toBe(date);
});

test('the date of an instant is the one that luxon says', () => {
  const zones = ['Europe/Paris', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC'];
  const instant = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2045, 0) });
  fc.assert(
    fc.property(instant, fc.constantFrom(...zones), (at, zone) => {
      const time = new Date(at).toISOString();
      expect(dateIn(time, zone)).toBe(DateTime.fromISO(time, { zone }).toISODate());
    }),
    { numRuns: 1000 },
  );
});

test('so it is on each day on which a zone changes its clocks, whatever was asked before', () => {
  // Gaza has changed them a minute after midnight, Casablanca twice around Ramadan, Apia once by a whole day.
  const zones = ['Asia/Gaza', 'Africa/Casablanca', 'Pacific/Apia', 'Australia/Lord_Howe'];
  const changes = zones.flatMap((name) => {
    const zone = IANAZone.create(name);
    const days = Array.from({ length: 20 * 366 }, (_, day) => Date.UTC(2010, 0, 1 + day));
    const changed = days.filter((day) => zone.offset(day) !== zone.offset(day + 86_400_000));
    return changed.map((day) => ({ zone: name, day }));
  });
  expect(changes.length).toBeGreaterThan(100);
  const minutes = [-1, 0, 1, 600, 839, 840, 1319, 1320, 1321, 1439, 1440];
  for (const { zone, day } of changes) {
    for (const minute of minutes) {
      const time = new Date(day + minute * 60_000).toISOString();
      expect(dateIn(time, zone), time).toBe(DateTime.fromISO(time, { zone }).toISODate());
    }
  }
});

test('today is the date of the site, of this computer in Apia, or the latest on earth', () => {
  vi.useFakeTimers({ now: Date.parse('2026-06-01T10:30:00Z') });
  try {
    expect(todayAt('America/New_York')).toBe('2026-06-01');
    expect(todayAt('Pacific/Kiritimati')).toBe('2026-06-02');
    expect(todayIn(undefined)).toBe('2026-06-02');
    expect(todayHere()).toBe('2026-06-01');
    vi.setSystemTime(Date.parse('2026-06-01T11:00:00Z'));
    expect(todayHere()).toBe('2026-06-02');
    expect(todayAt(undefined)).toBe('2026-06-02');
  } finally {
    vi.useRealTimers();
  }
});
