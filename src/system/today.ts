import { Info } from 'luxon';
import type { CivilDate } from '../study/civil-date.ts';
import { now } from './clock.ts';

/** The time zone in which a new day begins first. */
const FIRST_ZONE = 'UTC+14';

/**
 * Today's date in a time zone. Without a zone it is the latest date anywhere on earth, so that no past event
 * counts as future. It does not depend on the zone of the machine.
 */
export function todayIn(timeZone: string | undefined): CivilDate {
  return dateIn(now(), timeZone ?? FIRST_ZONE);
}

/** Today's date at a site. If nobody says its time zone, it is that of this computer. */
export function todayAt(timeZone: string | undefined): CivilDate {
  return timeZone === undefined ? todayHere() : todayIn(timeZone);
}

/** Today's date in the time zone of this computer: what a person who sits at it calls today. */
export function todayHere(): CivilDate {
  return dateIn(now(), 'system');
}

/** The time zone in which a day ends last. */
const LAST_ZONE = 'UTC-12';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/**
 * The date of an instant in a time zone. Without a zone it is the earliest date anywhere on earth.
 *
 * @param time ISO 8601 in UTC
 */
export function dateIn(time: string, timeZone: string | undefined): CivilDate {
  // A ledger has 100,000 of them, and a DateTime costs many times as much as its zone; the first one also looks up the
  // locale of the machine, which takes longer than all else that most commands do with dates.
  const at = Date.parse(time);
  const offset = offsetAt(timeZone ?? LAST_ZONE, at);
  return new Date(at + offset * MINUTE_MS).toISOString().slice(0, 10) as CivilDate;
}

/** Zone → day of UTC, counted from 1970 → the offset of the zone on that day; undefined if it changes on it. */
const offsets = new Map<string, Map<number, number | undefined>>();

/** The offset of a time zone from UTC, in minutes. A zone is asked once for each day. */
function offsetAt(timeZone: string, at: number): number {
  const zone = Info.normalizeZone(timeZone);
  const known = offsets.get(timeZone) ?? new Map<number, number | undefined>();
  offsets.set(timeZone, known);
  const day = Math.floor(at / DAY_MS);
  if (!known.has(day)) {
    const begin = zone.offset(day * DAY_MS);
    known.set(day, begin === zone.offset((day + 1) * DAY_MS) ? begin : undefined);
  }
  return known.get(day) ?? zone.offset(at);
}
