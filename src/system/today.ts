import { DateTime, Info } from 'luxon';
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

const MINUTE_MS = 60_000;

/**
 * The date of an instant in a time zone. Without a zone it is the earliest date anywhere on earth.
 *
 * @param time ISO 8601 in UTC
 */
export function dateIn(time: string, timeZone: string | undefined): CivilDate {
  // A ledger has 100,000 of them, and a DateTime costs many times as much as its zone.
  const at = Date.parse(time);
  const offset = Info.normalizeZone(timeZone ?? LAST_ZONE).offset(at);
  return new Date(at + offset * MINUTE_MS).toISOString().slice(0, 10) as CivilDate;
}
