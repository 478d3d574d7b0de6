import type { Slot } from '../randomization/list.ts';
import { siteOfStratum } from '../study/sections/strata.ts';
import { entriesOf, type Entry } from './entry.ts';

/** What tables say in the place of a site for kits that belong to no site yet. */
export const DEPOT = 'depot';

/**
 * The site to which a slot's kits belong: that of its stratum. If strata have no site, it is the recorded site of the
 * participant who has the slot; until somebody has it, the kits are at the depot, and the site is undefined.
 */
export function sitesOfKits(
  entries: readonly Entry[],
): (slot: Pick<Slot, 'stratum' | 'kit'>) => string | undefined {
  const recorded = new Map(entriesOf(entries, 'randomization').map(({ kit, site }) => [kit, site]));
  return ({ stratum, kit }) => siteOfStratum(stratum) ?? recorded.get(kit);
}
