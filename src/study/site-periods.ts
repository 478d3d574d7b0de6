import type { CivilDate } from './civil-date.ts';

/** The time of a participant at a site, up to the next one. */
export interface SitePeriod {
  readonly site: string;
  /** Null for the site of the randomization. */
  readonly from: CivilDate | null;
}

/** Another site takes over from a date on; or that is taken back. */
export interface SiteChange {
  readonly seq: number;
  readonly to: string;
  readonly date: CivilDate;
  /** The sequence number of the change that it takes back. */
  readonly retracts?: number | undefined;
}

/** The changes that were not taken back, in their order. */
export function changesInForce<One extends Pick<SiteChange, 'seq' | 'retracts'>>(
  changes: readonly One[],
): One[] {
  const takenBack = new Set(changes.flatMap(({ retracts }) => retracts ?? []));
  return changes.filter(({ seq, retracts }) => retracts === undefined && !takenBack.has(seq));
}

/** The sites of a participant, period after period. @param first the site of the randomization */
export function sitePeriods(first: string, changes: readonly SiteChange[]): SitePeriod[] {
  const later = changesInForce(changes).map(({ to, date }) => ({ site: to, from: date }));
  return [{ site: first, from: null }, ...later];
}

/** Every site that the participant was ever recorded at, also by a change that was taken back: it may have a calendar. */
export function sitesEver(first: string, changes: readonly SiteChange[]): string[] {
  return [...new Set([first, ...changes.map(({ to }) => to)])];
}

/** The site on a date: on the day of a transfer it is the new one. */
export function siteOn(periods: readonly SitePeriod[], date: CivilDate): string {
  return periods.findLast(({ from }) => from === null || from <= date)!.site;
}

/** The site that has the participant after all transfers. */
export function lastSite(periods: readonly SitePeriod[]): string {
  return periods.at(-1)!.site;
}
