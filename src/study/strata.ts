import type { Factor, Site, Stratum } from './study.ts';
import type { YamlPath } from './yaml-file.ts';

/** A row of the table of strata, as study.yaml has it: a site, levels of factors, and slots. */
export interface StrataRow {
  readonly site?: unknown;
  readonly slots?: number | undefined;
  readonly slotsPerStratum?: number | undefined;
  readonly slotsPerSite?: number | undefined;
  readonly [factor: string]: unknown;
}

/** Slots for every site alike, as study.yaml has it. */
export type StrataNumber = Pick<StrataRow, 'slotsPerStratum' | 'slotsPerSite'>;

/** What study.yaml says of its strata: a table, or one number. */
export type StrataYaml = readonly StrataRow[] | StrataNumber;

/** The keys of a row that are no factors. */
export const ROW_KEYS = ['site', 'slots', 'slotsPerStratum', 'slotsPerSite'] as const;
const COUNTS = ['slots', 'slotsPerStratum', 'slotsPerSite'] as const;

/** The name of a stratum: `site=CRT`, and a part `/factor=level` for each factor in order. */
export function stratumId(
  site: string,
  levels: readonly (readonly [string, string])[] = [],
): string {
  return [['site', site], ...levels].map(([name, level]) => `${name}=${level}`).join('/');
}

/** The site of a stratum, by its name. */
export function siteOfStratum(id: string): string {
  return /^site=([^/]*)/.exec(id)?.[1] ?? '';
}

/** The levels of a stratum, factor → level, from its name. */
export function levelsOfStratum(id: string): Readonly<Record<string, string>> {
  const [, ...parts] = id.split('/').map((part) => part.split('=', 2));
  return Object.fromEntries(parts.map(([name = '', level = '']) => [name, level]));
}

/**
 * The strata that study.yaml asks for: sites and factors crossed.
 *
 * Their order is the order in which slots are numbered. A table gives it, row by row; one number
 * takes the sites in order. Where a row stands for several strata, they come in the order of their
 * levels, the last factor changing fastest.
 *
 * @param report called with everything that is wrong, and its path within `strata`
 */
export function crossStrata(
  yaml: StrataYaml,
  sites: readonly Pick<Site, 'code'>[],
  factors: readonly Factor[],
  report: (path: YamlPath, message: string, atKey?: boolean) => void = () => undefined,
): Stratum[] {
  const isTable = isStrataTable(yaml);
  const rows: readonly StrataRow[] = isTable
    ? yaml
    : sites.map(({ code }) => ({ ...yaml, site: code }));
  const strata = new Map<string, Stratum>();
  for (const [index, row] of rows.entries()) {
    const path = isTable ? [index] : [];
    // One number is wrong once, not once a site.
    const tell: typeof report = isTable || index === 0 ? report : () => undefined;
    for (const stratum of rowStrata(row, sites, factors, path, tell)) {
      if (strata.has(stratum.id)) tell(path, `stratum ${stratum.id} stands here twice`);
      strata.set(stratum.id, stratum);
    }
  }
  return [...strata.values()];
}

/** Whether study.yaml has a table of strata, rather than one number. */
export function isStrataTable(yaml: StrataYaml): yaml is readonly StrataRow[] {
  return Array.isArray(yaml);
}

/** Every stratum that there is, whether it has slots or not. */
export function allStrata(
  sites: readonly Pick<Site, 'code'>[],
  factors: readonly Factor[],
): { id: string; site: string }[] {
  return sites.flatMap(({ code }) =>
    crossed(factors).map((levels) => ({ id: stratumId(code, levels), site: code })),
  );
}

function rowStrata(
  row: StrataRow,
  sites: readonly Pick<Site, 'code'>[],
  factors: readonly Factor[],
  path: YamlPath,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
): Stratum[] {
  const { site } = row;
  const known = sites.map(({ code }) => code);
  if (typeof site !== 'string' || !known.includes(site)) {
    report([...path, 'site'], `site "${String(site)}" is not among the sites: ${known.join(', ')}`);
    return [];
  }
  if (!checkKeys(row, factors, path, report)) return [];
  const named = factors.map((factor) => {
    const level = row[factor.name];
    return typeof level === 'string' ? { ...factor, levels: [level] } : factor;
  });
  const all = crossed(named);
  const slots = slotsOfEach(row, factors, all.length, path, report);
  if (slots === undefined) return [];
  return all.map((levels) => ({ id: stratumId(site, levels), site, slots }));
}

function checkKeys(
  row: StrataRow,
  factors: readonly Factor[],
  path: YamlPath,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
): boolean {
  let isRight = true;
  for (const [key, value] of Object.entries(row)) {
    if ((ROW_KEYS as readonly string[]).includes(key)) continue;
    const factor = factors.find(({ name }) => name === key);
    if (factor === undefined) {
      const keys = [...ROW_KEYS, ...factors.map(({ name }) => name)].join(', ');
      report([...path, key], `${key}: unknown key; the keys known here are: ${keys}`, true);
    } else if (!factor.levels.includes(value as string)) {
      const levels = factor.levels.join(', ');
      report([...path, key], `"${String(value)}" is no level of ${key}: ${levels}`);
    } else {
      continue;
    }
    isRight = false;
  }
  return isRight;
}

/** How many slots each of a row's strata has; undefined, and reported, where that cannot be told. */
function slotsOfEach(
  row: StrataRow,
  factors: readonly Factor[],
  strata: number,
  path: YamlPath,
  report: (path: YamlPath, message: string) => void,
): number | undefined {
  const given = COUNTS.filter((key) => row[key] !== undefined);
  const [key] = given;
  if (key === undefined || given.length > 1) {
    report(
      path,
      `expected one of slots, slotsPerStratum and slotsPerSite, found ${given.join(' and ') || 'none'}`,
    );
    return undefined;
  }
  const count = row[key]!;
  const open = factors.filter(({ name }) => row[name] === undefined).map(({ name }) => name);
  if (key === 'slots' && open.length > 0) {
    report(
      path,
      `names no ${open.join(' and no ')}: write slotsPerStratum (in each of the ${strata} strata) or slotsPerSite (in all of them together)`,
    );
    return undefined;
  }
  if (key !== 'slotsPerSite') return count;
  if (open.length < factors.length) {
    report(
      [...path, key],
      'slotsPerSite is for the whole site: name no level here, or write slots',
    );
    return undefined;
  }
  if (count % strata !== 0) {
    const below = count - (count % strata);
    const would = [below, below + strata].filter((number) => number > 0).join(' or ');
    report(
      [...path, key],
      `${count} slots cannot be shared equally by the ${strata} strata of a site; ${would} would do`,
    );
    return undefined;
  }
  return count / strata;
}

/** Every combination of levels, the last factor changing fastest. */
function crossed(factors: readonly Factor[]): [string, string][][] {
  return factors.reduce<[string, string][][]>(
    (combinations, { name, levels }) =>
      combinations.flatMap((one) =>
        levels.map((level): [string, string][] => [...one, [name, level]]),
      ),
    [[]],
  );
}
