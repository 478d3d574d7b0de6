import { DateTime } from 'luxon';
import type { CivilDate } from '../study/civil-date.ts';
import { now } from './clock.ts';

/** Of all time zones, this is first in a new day. */
const FIRST_ZONE = 'UTC+14';

/**
 * What day it is in a time zone; without one, the latest that it is anywhere, so that nothing that has
 * happened counts as future. It does not depend on the zone of the machine.
 */
export function todayIn(timeZone: string | undefined): CivilDate {
  return DateTime.fromISO(now(), { zone: timeZone ?? FIRST_ZONE }).toISODate() as CivilDate;
}
