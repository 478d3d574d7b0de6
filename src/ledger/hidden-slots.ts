import type { Slot } from '../randomization/list.ts';
import { siteOfStratum } from '../study/sections/strata.ts';

/** What a reader of a ledger may see. */
export interface Sight {
  /** The sites whose participants and kits are shown; undefined if all are. */
  readonly ownSites: readonly string[] | undefined;
  /** The numbers of slots that are in use, even if it is not shown by whom: those of strata that the own sites use. */
  readonly taken: ReadonlySet<string>;
}

/** Whether a stratum is one of other sites alone, of which nothing is shown. */
export function isOfOthers({ ownSites }: Pick<Sight, 'ownSites'>, stratum: string): boolean {
  const site = siteOfStratum(stratum);
  return ownSites !== undefined && site !== undefined && !ownSites.includes(site);
}

/** Whether somebody may have a slot whom the reader may not see. */
export function mayBeHidden(
  sight: Sight,
  { number, stratum }: Pick<Slot, 'number' | 'stratum'>,
): boolean {
  if (sight.ownSites === undefined) return false;
  return sight.taken.has(number) || isOfOthers(sight, stratum);
}
