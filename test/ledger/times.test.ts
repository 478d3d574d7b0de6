import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/ledger/entry.ts';
import {
  backwardTimes,
  dayText,
  isBackward,
  longPause,
  momentText,
  secondText,
  toSeconds,
} from '../../src/ledger/times.ts';

const at = (clock: string) => `2026-06-15T${clock}Z`;

describe('a clock was wrong', () => {
  test('if a time is more than a minute before the one before it', () => {
    expect(isBackward(at('08:30:00.000'), at('08:30:00.000'))).toBe(false);
    expect(isBackward(at('08:30:00.000'), at('08:29:00.000'))).toBe(false);
    expect(isBackward(at('08:30:00.000'), at('08:28:59.999'))).toBe(true);
    expect(isBackward(at('08:30:00.000'), at('23:59:59.999'))).toBe(false);
  });

  test('and a sentence names both entries, to the second', () => {
    const entries = ['08:30:12.345', '08:25:01.999', '08:25:00.000', '08:20:00.000'].map(
      (clock, index) => ({ seq: index + 1, time: at(clock) }) as Entry,
    );
    expect(backwardTimes(entries)).toEqual([
      'ledger entry 2 (2026-06-15 08:25:01 UTC) is dated before entry 1 (2026-06-15 08:30:12 UTC): a clock was wrong.',
      'ledger entry 4 (2026-06-15 08:20:00 UTC) is dated before entry 3 (2026-06-15 08:25:00 UTC): a clock was wrong.',
    ]);
    expect(backwardTimes([])).toEqual([]);
  });
});

test('a pause is long from 181 whole days on', () => {
  const begin = '2026-01-01T00:00:00.000Z';
  expect(longPause(begin, '2026-06-30T23:59:59.999Z')).toBeUndefined(); // 180 days and most of one
  expect(longPause(begin, '2026-07-01T00:00:00.000Z')).toBe(181);
  expect(longPause(begin, '2027-01-01T12:00:00.000Z')).toBe(365);
  expect(longPause('2027-01-01T00:00:00.000Z', begin)).toBeUndefined();
});

test('a time is written to the minute, to the second, as a day, or as data standards take it', () => {
  const instant = '2026-06-15T08:30:12.345Z';
  expect(momentText(instant)).toBe('2026-06-15 08:30 UTC');
  expect(secondText(instant)).toBe('2026-06-15 08:30:12 UTC');
  expect(dayText(instant)).toBe('2026-06-15 (UTC)');
  expect(toSeconds(instant)).toBe('2026-06-15T08:30:12Z');
});
