import { DateTime } from 'luxon';
import type { CivilDate } from '../study/civil-date.ts';

/**
 * Checks that a time of day is exactly one instant on a date in a zone. When daylight saving begins, some
 * times are skipped; when it ends, some come twice.
 *
 * @param time `HH:MM`
 * @returns what is wrong; undefined if the time is right
 */
export function timeProblem(date: CivilDate, time: string, zone: string): string | undefined {
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const local = DateTime.fromObject({ year, month, day, hour, minute }, { zone });
  if (local.hour !== hour || local.minute !== minute) {
    return `${time} does not exist on ${date} in ${zone}: the clocks go forward`;
  }
  if (local.getPossibleOffsets().length > 1) {
    return `${time} comes twice on ${date} in ${zone}: the clocks go back`;
  }
  return undefined;
}
