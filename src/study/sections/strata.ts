import * as v from 'valibot';
import { whole } from '../identifiers.ts';
import { mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';
import { type Factor, FACTORS, ROW_KEYS } from './factors.ts';
import { type Site, SITES } from './sites.ts';

/** A stratum of the randomization, with its number of slots. */
export interface Stratum {
  /** Site and factors with their levels, such as `site=CRT/sex=F`; unique in the study. */
  readonly id: string;
  readonly site: string;
  readonly slots: number;
}

/** A row of the table of strata, as study.yaml has it: a site, levels of factors, and slots. */
interface StrataRow {
  readonly site?: unknown;
  readonly slots?: number | undefined;
  readonly slotsPerStratum?: number | undefined;
  readonly slotsPerSite?: number | undefined;
  readonly [factor: string]: unknown;
}

/** The same number of slots for every site, as study.yaml has it. */
type StrataNumber = Pick<StrataRow, 'slotsPerStratum' | 'slotsPerSite'>;

/** What study.yaml says about its strata: a table, or one number. */
type StrataYaml = readonly StrataRow[] | StrataNumber;

const SLOTS = v.optional(whole(1, 1_000_000));
const STRATA_NUMBER = mapping({ slotsPerStratum: SLOTS, slotsPerSite: SLOTS });
/** The other keys of a row are factors; `checkKeys` knows which there are. */
const STRATA_ROW = v.objectWithRest(
  { site: v.string(), slots: SLOTS, slotsPerStratum: SLOTS, slotsPerSite: SLOTS },
  v.unknown(),
);
const STRATA_TABLE = v.pipe(v.array(STRATA_ROW), v.minLength(1, 'expected at least one stratum'));
export const STRATA = v.lazy((input): v.GenericSchema<unknown, StrataYaml> => {
  return Array.isArray(input) ? STRATA_TABLE : STRATA_NUMBER;
});

const COUNTS = ['slots', 'slotsPerStratum', 'slotsPerSite'] as const;

/** The name of a stratum: `site=CRT`, then `/factor=level` for each factor in order. */
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
 * Their order is the order in which slots are numbered: row by row in a table, site by site with one
 * number. If a row means several strata, they come in the order of their levels, and the last factor
 * changes fastest.
 */
export function crossStrata(
  yaml: StrataYaml,
  sites: readonly Pick<Site, 'code'>[],
  factors: readonly Factor[],
): Stratum[] {
  const all = strataOfRows(yaml, sites, factors, () => undefined).flatMap(({ strata }) => strata);
  return [...new Map(all.map((stratum) => [stratum.id, stratum])).values()];
}

/** The strata that each row means, and its path within `strata`. A stratum of two rows is in both. */
function strataOfRows(
  yaml: StrataYaml,
  sites: readonly Pick<Site, 'code'>[],
  factors: readonly Factor[],
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
): { path: YamlPath; strata: Stratum[] }[] {
  const isTable = isStrataTable(yaml);
  const rows: readonly StrataRow[] = isTable
    ? yaml
    : sites.map(({ code }) => ({ ...yaml, site: code }));
  return rows.map((row, index) => {
    const path = isTable ? [index] : [];
    // A wrong number is reported once, not once for each site.
    const tell: typeof report = isTable || index === 0 ? report : () => undefined;
    return { path, strata: rowStrata(row, sites, factors, path, tell) };
  });
}

/** Whether study.yaml has a table of strata, not one number. */
function isStrataTable(yaml: StrataYaml): yaml is readonly StrataRow[] {
  return Array.isArray(yaml);
}

/** Every combination of a site and levels, with or without slots. */
function allStrata(
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
    report([...path, 'site'], `unknown site "${String(site)}"; the sites are: ${known.join(', ')}`);
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
      report(
        [...path, key],
        `"${String(value)}" is not a level of ${key}; its levels are: ${levels}`,
      );
    } else {
      continue;
    }
    isRight = false;
  }
  return isRight;
}

/** How many slots each stratum of a row has; undefined if the row does not say, which is reported. */
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
      `expected exactly one of slots, slotsPerStratum and slotsPerSite, found ${given.join(' and ') || 'none'}`,
    );
    return undefined;
  }
  const count = row[key]!;
  const open = factors.filter(({ name }) => row[name] === undefined).map(({ name }) => name);
  if (key === 'slots' && open.length > 0) {
    report(
      path,
      `this row has no ${open.join(' and no ')}, so it means ${strata} strata: write slotsPerStratum (slots in each of them) or slotsPerSite (slots in all of them together)`,
    );
    return undefined;
  }
  if (key !== 'slotsPerSite') return count;
  if (open.length < factors.length) {
    report(
      [...path, key],
      'slotsPerSite is for the whole site: remove the levels from this row, or write slots',
    );
    return undefined;
  }
  if (count % strata !== 0) {
    const below = count - (count % strata);
    const would = [below, below + strata].filter((number) => number > 0).join(' or ');
    report(
      [...path, key],
      `${count} slots cannot be divided equally among the ${strata} strata of a site; ${would} can`,
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

/**
 * Reports what is wrong with the strata.
 *
 * @returns the strata, or undefined if they, the sites or the factors have problems
 */
export function checkStrata(yaml: YamlFile): Stratum[] | undefined {
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  const table = yaml.sound(['strata'], STRATA);
  if (sites === undefined || factors === undefined || table === undefined) return undefined;
  const before = yaml.problems.length;
  const rows = strataOfRows(table, sites, factors, (path, message, atKey) => {
    yaml.report(['strata', ...path], message, atKey);
  });
  const named = isStrataTable(table)
    ? table.map(({ site }) => site)
    : sites.map(({ code }) => code);
  for (const [index, { code }] of sites.entries()) {
    if (!named.includes(code)) {
      yaml.report(['sites', index, 'code'], `site "${code}" has no stratum, and so no slots`);
    }
  }
  if (yaml.problems.length > before) return undefined;
  // A row that was copied and not changed is twice what it says, and leaves out what it should say: both are told.
  const have = new Set<string>();
  for (const { path, strata } of rows) {
    for (const { id } of strata) {
      if (have.has(id)) yaml.report(['strata', ...path], `stratum ${id} is here twice`);
      have.add(id);
    }
  }
  for (const { id } of allStrata(sites, factors)) {
    if (!have.has(id)) yaml.report(['strata'], `stratum ${id} has no slots`);
  }
  return rows.flatMap(({ strata }) => strata);
}
