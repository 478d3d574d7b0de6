import { DateTime } from 'luxon';
import type { CivilDate } from '../study/civil-date.ts';
import { now } from './clock.ts';

/** The time zone in which a new day begins first. */
const FIRST_ZONE = 'UTC+14';

/**
 * Today's date in a time zone. Without a zone it is the latest date anywhere on earth, so that no past event
 * counts as future. It does not depend on the zone of the machine.
 */
export function todayIn(timeZone: string | undefined): CivilDate {
  return DateTime.fromISO(now(), { zone: timeZone ?? FIRST_ZONE }).toISODate() as CivilDate;
}

/** Today's date at a site. If nobody says its time zone, it is that of this computer. */
export function todayAt(timeZone: string | undefined): CivilDate {
  return timeZone === undefined ? todayHere() : todayIn(timeZone);
}

/** Today's date in the time zone of this computer: what a person who sits at it calls today. */
export function todayHere(): CivilDate {
  return DateTime.fromISO(now()).toISODate() as CivilDate;
}

/** The time zone in which a day ends last. */
const LAST_ZONE = 'UTC-12';

/** The date of an instant in a time zone. Without a zone it is the earliest date anywhere on earth. */
export function dateIn(time: string, timeZone: string | undefined): CivilDate {
  return DateTime.fromISO(time, { zone: timeZone ?? LAST_ZONE }).toISODate() as CivilDate;
}
