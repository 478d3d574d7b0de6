import type { Slot } from '../randomization/list.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { lastSite, siteOn } from '../study/site-periods.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { entriesOf, type Entry } from './entry.ts';
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
): (slot: Pick<Slot, 'stratum' | 'kit'>, goneOn?: CivilDate) => string | undefined {
  const holders = new Map(entriesOf(entries, 'randomization').map((one) => [one.kit, one]));
  const sitesOf = sitesBySubject(entries);
  return ({ stratum, kit }, goneOn) => {
    const holder = holders.get(kit);
    if (holder === undefined) return siteOfStratum(stratum);
    const sites = sitesOf(holder);
    return goneOn === undefined ? lastSite(sites) : siteOn(sites, goneOn);
  };
}
