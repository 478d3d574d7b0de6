import * as v from 'valibot';
import { type Factor, FACTORS } from './factors.ts';
import { type Site, SITES } from './sites.ts';
import type { YamlFile } from '../yaml-file.ts';

/** What a list can be stratified by besides factors: the site itself, or something that study.yaml says of it. */
const OF_SITE = ['site', 'country', 'group'] as const;
type OfSite = (typeof OF_SITE)[number];

export const STRATIFY_BY = v.optional(
  v.pipe(
    v.array(v.string()),
    v.minLength(
      1,
      'expected at least one name. For one list for all sites, give all sites the same group, and write [group]',
    ),
  ),
);

/** What study.yaml says of a site, as its strata can name it. */
type StratifiedSite = Pick<Site, 'code' | 'country' | 'group'>;

/** Something by which strata differ, and its values in their order. */
export interface Dimension {
  readonly name: string;
  readonly levels: readonly string[];
}

/** The names by which strata differ: those of study.yaml, else the site and all factors. */
export function stratifyByFrom(
  given: readonly string[] | undefined,
  factors: readonly Factor[],
): readonly string[] {
  return given ?? ['site', ...factors.map(({ name }) => name)];
}

/** Each name with its values: levels in the order of study.yaml, countries and groups in the order of the sites. */
export function dimensionsOf(
  stratifyBy: readonly string[],
  sites: readonly StratifiedSite[],
  factors: readonly Factor[],
): Dimension[] {
  return stratifyBy.map((name) => {
    const factor = factors.find((one) => one.name === name);
    const ofSites = sites.flatMap((site) => valueAt(site, name) ?? []);
    return { name, levels: factor?.levels ?? [...new Set(ofSites)] };
  });
}

/** What study.yaml says of a site under the name of a dimension; undefined if it says nothing, or for a factor. */
export function valueAt(site: StratifiedSite, name: string): string | undefined {
  return isOfSite(name) ? site[name === 'site' ? 'code' : name] : undefined;
}

/**
 * Whether a name is said of a site and not of a participant. Older files may have a factor with the name of something
 * that is said of sites; then the name means the factor.
 */
function isSaidOfSites(name: string, factors: readonly Pick<Factor, 'name'>[]): boolean {
  return isOfSite(name) && !factors.some((factor) => factor.name === name);
}

function isOfSite(name: string): name is OfSite {
  return (OF_SITE as readonly string[]).includes(name);
}

/**
 * Reports what is wrong with `stratifyBy`, and sites that do not say what it names.
 *
 * @returns the names, or undefined if they, the sites or the factors have problems
 */
export function checkStratifyBy(yaml: YamlFile): readonly string[] | undefined {
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  if (sites === undefined || factors === undefined || !yaml.areSound(['stratifyBy'])) {
    return undefined;
  }
  const before = yaml.problems.length;
  const given = yaml.sound(['stratifyBy'], STRATIFY_BY);
  if (given !== undefined) checkNames(yaml, given, factors);
  for (const [index, { name }] of factors.entries()) {
    if (given === undefined || given.includes(name)) continue;
    const message = `factor "${name}" is not in stratifyBy, so nothing depends on it: add it there, or remove the factor`;
    yaml.report(['factors', index, 'name'], message);
  }
  checkSaid(yaml, given ?? [], sites, factors);
  return yaml.problems.length > before ? undefined : stratifyByFrom(given, factors);
}

function checkNames(yaml: YamlFile, given: readonly string[], factors: readonly Factor[]): void {
  const bySite = given.includes('site');
  for (const [index, name] of given.entries()) {
    const tell = (message: string) => {
      yaml.report(['stratifyBy', index], message);
    };
    const isFactor = factors.some((factor) => factor.name === name);
    if (given.indexOf(name) < index) tell(`"${name}" is here twice`);
    else if (!isFactor && !isOfSite(name)) {
      const known = [...OF_SITE, ...factors.map((factor) => factor.name)].join(', ');
      tell(`"${name}" is not something to stratify by; what is known here: ${known}`);
    } else if (!isFactor && bySite && name !== 'site') {
      tell(`each site has one ${name}, so ${name} adds nothing to site: remove one of the two`);
    } else if (isFactor && isOfSite(name) && !bySite) {
      tell(`"${name}" is the ${name} of a site here: give the factor another name`);
    }
  }
}

/** Reports sites without a country or a group that is needed, and groups that nobody uses or that differ in case only. */
function checkSaid(
  yaml: YamlFile,
  names: readonly string[],
  sites: readonly Site[],
  factors: readonly Factor[],
): void {
  const needed = (['country', 'group'] as const).filter(
    (name) => names.includes(name) && isSaidOfSites(name, factors),
  );
  const groups = new Map<string, string>();
  for (const [index, site] of sites.entries()) {
    const { code, group } = site;
    for (const name of needed) {
      if (site[name] !== undefined) continue;
      const message = `site "${code}" has no ${name}, but the list is stratified by ${name}: add ${name}`;
      yaml.report(['sites', index, 'code'], message);
    }
    if (group === undefined) continue;
    if (!needed.includes('group')) {
      const message = `site "${code}" has a group, but the list is not stratified by group: add group to stratifyBy, or remove it here`;
      yaml.report(['sites', index, 'group'], message);
    }
    const known = groups.get(group.toUpperCase()) ?? group;
    groups.set(group.toUpperCase(), known);
    if (known !== group) {
      const message = `group "${group}" differs from "${known}" in letter case only: write both alike`;
      yaml.report(['sites', index, 'group'], message);
    }
  }
}
