import type { Slot } from '../randomization/list.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { lastSite, siteOn } from '../study/site-periods.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { sitesBySubject } from './transfers.ts';

/** What tables say in the place of a site for kits that belong to no site yet. */
export const DEPOT = 'depot';

/**
 * The site to which a slot's kits belong: the one that has the participant of the slot, after all transfers. Until
 * somebody has the slot, it is that of its stratum; if strata have no site, the kits are at the depot, and the site is
 * undefined.
 *
 * @returns for a slot, and for the day on which a kit of it went away for good: it does not follow the participant
 * after that
 */
export function sitesOfKits(
  entries: readonly Entry[],
): (slot: Pick<Slot, 'stratum' | 'number' | 'kit'>, goneOn?: CivilDate) => string | undefined {
  const holders = new Map(entriesOf(entries, 'randomization').map((one) => [keyOf(one), one]));
  const sitesOf = sitesBySubject(entries);
  return ({ stratum, ...slot }, goneOn) => {
    const holder = holders.get(keyOf(slot));
    if (holder === undefined) return siteOfStratum(stratum);
    const sites = sitesOf(holder);
    return goneOn === undefined ? lastSite(sites) : siteOn(sites, goneOn);
  };
}

/** Without kits the number says who has a slot. */
function keyOf({ kit, number }: { readonly kit?: string | undefined; readonly number: string }) {
  return kit ?? number;
}

/** Between which places a kit went: ` from the depot to LYO`, ` at CRT`; empty if its record does not say it. */
export function wayText({ from, to, site }: Pick<EntryOf<'kit'>, 'from' | 'to' | 'site'>): string {
  const start = from === undefined ? '' : ` from ${from ?? `the ${DEPOT}`}`;
  return `${start}${to === undefined ? '' : ` to ${to}`}${site === undefined ? '' : ` at ${site}`}`;
}

/** The members of a kit's records that say where it is. */
type PlaceRecord = Pick<EntryOf<'kit'>, 'event' | 'date' | 'to' | 'site'>;

/**
 * The place of a kit by its records: the site that has it, or to which it is on its way.
 *
 * @param events of the kit, without retracted ones
 * @returns undefined if none of them says it: then it is where its participant is; the site is undefined at the depot
 */
export function placeRecorded(
  events: readonly PlaceRecord[],
): { readonly site: string | undefined } | undefined {
  const last = events.findLast(
    ({ event, to, site }) => event === 'returned to depot' || (to ?? site) !== undefined,
  );
  return last === undefined ? undefined : { site: last.site ?? last.to };
}

/**
 * From where a kit is shipped: where its records say that it is, or where it was received or dispensed before its
 * participant was transferred. A kit that nobody has received is at the depot, and the result is undefined.
 *
 * @param siteOn the site of its slot on a date
 */
export function sentFrom(
  events: readonly PlaceRecord[],
  siteOn: (date: CivilDate) => string | undefined,
): string | undefined {
  const recorded = placeRecorded(events);
  if (recorded !== undefined) return recorded.site;
  const last = events.findLast(({ event }) => event === 'received' || event === 'dispensed');
  return last === undefined ? undefined : siteOn(last.date);
}
