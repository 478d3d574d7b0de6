import * as v from 'valibot';
import { whole } from '../identifiers.ts';
import { eitherShape, mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';
import { ARM, blockUnit, type SharesByArm, sharesIn, stratumNames } from './arms.ts';
import { FACTORS } from './factors.ts';
import { type Site, SITES } from './sites.ts';
import { checkStratifyBy, type Dimension, dimensionsOf, valueAt } from './stratify-by.ts';

/** A stratum of the randomization, with its number of slots. */
export interface Stratum {
  /** What it is stratified by, such as `site=CRT/sex=F` or `country=FR/sex=F`; unique in the study. */
  readonly id: string;
  readonly slots: number;
  /** Its own ratio, a share for the code of each arm, 0 if it does not have the arm; without it that of the arms. */
  readonly ratio?: SharesByArm;
}

/** A row of the table of strata, as study.yaml has it: what it is stratified by, and slots. */
interface StrataRow {
  readonly site?: unknown;
  readonly slots?: number | undefined;
  readonly slotsPerStratum?: number | undefined;
  readonly slotsPerSite?: number | undefined;
  readonly ratio?: unknown;
  readonly [factor: string]: unknown;
}

/** The same number of slots for every site, as study.yaml has it. */
type StrataNumber = Pick<StrataRow, 'slotsPerStratum' | 'slotsPerSite'>;

/** What study.yaml says about its strata: a table, or one number. */
type StrataYaml = readonly StrataRow[] | StrataNumber;

const SLOTS = v.optional(whole(1, 1_000_000));
const STRATA_NUMBER = mapping(
  { slotsPerStratum: SLOTS, slotsPerSite: SLOTS },
  {
    slotsPerStratum: 'How many slots each stratum gets.',
    slotsPerSite: 'How many slots each site gets, shared equally by its strata.',
  },
  { ratio: 'all strata have the ratio of the arms here; for another one write a table of strata' },
);
/** The other keys of a row are what strata differ by; `checkKeys` knows which there are. */
const STRATA_ROW = v.pipe(
  v.objectWithRest(
    { site: v.optional(v.string()), slots: SLOTS, slotsPerStratum: SLOTS, slotsPerSite: SLOTS },
    v.unknown(),
  ),
  v.metadata({
    says: {
      site: 'The code of the site. Beside it, a level of any factor under the name of the factor, such as sex: F.',
      slots: 'How many slots the stratum has, if the row names one stratum.',
      slotsPerStratum: 'How many slots each stratum of the row gets.',
      slotsPerSite: 'How many slots all strata of the site get together, shared equally.',
      ratio:
        'The ratio of these strata, if it is another than that of the arms: a share for the code of each arm, such as {A: 1, P: 1}.',
    },
  }),
);
const STRATA_TABLE = v.pipe(v.array(STRATA_ROW), v.minLength(1, 'expected at least one stratum'));
export const STRATA: v.GenericSchema<unknown, StrataYaml> = eitherShape(
  Array.isArray,
  STRATA_TABLE,
  STRATA_NUMBER,
);

const COUNTS = ['slots', 'slotsPerStratum', 'slotsPerSite'] as const;

/** Keys whose values are not texts: a ratio such as 1:1 has a message of its own. */
export const STRATA_NOT_TEXTS = ['ratio'];

/** The key of a row's own ratio. An older study.yaml can have a factor of that name: then it means the factor. */
const RATIO = 'ratio';
const SHARE = whole(0, 100);

/** The name of a stratum: each name with its value, such as `site=CRT/sex=F`, in the order of stratifyBy. */
export function stratumId(levels: readonly (readonly [string, string])[]): string {
  return levels.map(([name, level]) => `${name}=${level}`).join('/');
}

/** What a stratum's name says, in its order. */
export function partsOfStratum(id: string): Readonly<Record<string, string>> {
  const parts = id.split('/').map((part) => part.split('=', 2));
  return Object.fromEntries(parts.map(([name = '', level = '']) => [name, level]));
}

/** The site of a stratum, by its name; undefined if participants of several sites can be in it. */
export function siteOfStratum(id: string): string | undefined {
  return /(?:^|\/)site=([^/]*)/.exec(id)?.[1];
}

/** What a stratum's name says of the sites of its participants: its site, or their country and group. */
export function siteFactsOfStratum(id: string): Readonly<Record<string, string>> {
  const parts = partsOfStratum(id);
  // With a site, country and group are factors of an older study.yaml.
  const names = parts.site === undefined ? ['country', 'group'] : ['site'];
  return Object.fromEntries(Object.entries(parts).filter(([name]) => names.includes(name)));
}

/** The levels of a stratum, factor → level, from its name. */
export function levelsOfStratum(id: string): Readonly<Record<string, string>> {
  const ofSite = siteFactsOfStratum(id);
  return Object.fromEntries(
    Object.entries(partsOfStratum(id)).filter(([name]) => !(name in ofSite)),
  );
}

/** The name of the stratum of a participant, from what study.yaml says of the site and the levels of the factors. */
export function stratumOf(
  stratifyBy: readonly string[],
  site: Pick<Site, 'code' | 'country' | 'group'>,
  levels: Readonly<Record<string, string>>,
): string {
  return stratumId(stratifyBy.map((name) => [name, levels[name] ?? valueAt(site, name) ?? '']));
}

/** What strata differ by, and the sites that study.yaml has. */
export interface Stratification {
  readonly dimensions: readonly Dimension[];
  readonly sites: readonly Pick<Site, 'code' | 'country' | 'group'>[];
}

/**
 * The strata that study.yaml asks for: sites and factors crossed, or whatever else it stratifies by.
 *
 * Their order is the order in which slots are numbered: row by row in a table; with one number that of the levels of
 * the first name, and so on. If a row means several strata, they come in the order of their levels, and the last name
 * of stratifyBy changes fastest.
 */
export function crossStrata(yaml: StrataYaml, by: Stratification): Stratum[] {
  const all = strataOfRows(yaml, by, () => undefined).flatMap(({ strata }) => strata);
  return [...new Map(all.map((stratum) => [stratum.id, stratum])).values()];
}

/** A number of slots as study.yaml says it. */
export interface SlotsSaid {
  readonly key: string;
  readonly number: number;
  /** How many slots each of its strata gets. */
  readonly each: number;
  /** The names of the strata for which it counts. */
  readonly strata: readonly string[];
  readonly file: string;
  readonly place: { readonly line: number; readonly column: number };
}

/** The numbers of slots that study.yaml says, each with its strata. */
export function slotsSaid(yaml: YamlFile, table: StrataYaml, by: Stratification): SlotsSaid[] {
  return strataOfRows(table, by, () => undefined).flatMap(({ path, strata }) => {
    const row = isStrataTable(table) ? table[Number(path[0])]! : table;
    const key = COUNTS.find((one) => (row as StrataRow)[one] !== undefined);
    const [first] = strata;
    if (key === undefined || first === undefined) return [];
    return {
      key,
      number: (row as StrataRow)[key]!,
      each: first.slots,
      strata: strata.map(({ id }) => id),
      file: yaml.file,
      place: yaml.placeOf(['strata', ...path, key]),
    };
  });
}

/** The strata that each row means, and its path within `strata`. A stratum of two rows is in both. */
function strataOfRows(
  yaml: StrataYaml,
  by: Stratification,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
  fits: SlotsThatFit = () => true,
): { path: YamlPath; strata: Stratum[] }[] {
  if (!isStrataTable(yaml)) return [{ path: [], strata: rowStrata(yaml, by, [], report, fits) }];
  return yaml.map((row, index) => {
    const path = [index];
    return { path, strata: rowStrata(row, by, path, report, fits, true) };
  });
}

/** Whether a stratum with a ratio of its own, or without one, can have so many slots. */
/** Whether a stratum of so many slots fits a plan; `unit` is the sum of its ratio. */
export type SlotsFitPlan = (slots: number, unit: number) => boolean;
type SlotsThatFit = (slots: number, stratum: Pick<Stratum, 'ratio'>) => boolean;

/** Whether study.yaml has a table of strata, not one number. */
function isStrataTable(yaml: StrataYaml): yaml is readonly StrataRow[] {
  return Array.isArray(yaml);
}

/** @param isOfTable whether a list that is stratified by site needs the site here */
function rowStrata(
  row: StrataRow,
  by: Stratification,
  path: YamlPath,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
  fits: SlotsThatFit,
  isOfTable = false,
): Stratum[] {
  const { dimensions, sites } = by;
  const known = dimensions.find(({ name }) => name === 'site')?.levels;
  if (isOfTable && known !== undefined && !known.includes(row.site as string)) {
    const what =
      row.site === undefined ? 'this row has no site' : `unknown site "${row.site as string}"`;
    report([...path, 'site'], `${what}; the sites are: ${known.join(', ')}`);
    return [];
  }
  if (!checkKeys(row, dimensions, path, report)) return [];
  const named = dimensions.map((one) => {
    const level = row[one.name];
    return typeof level === 'string' ? { ...one, levels: [level] } : one;
  });
  const all = crossed(named, sites);
  if (all.length === 0) {
    const said = named.flatMap(({ name, levels }) =>
      levels.length === 1 && (name === 'country' || name === 'group')
        ? `${name}=${levels[0]!}`
        : [],
    );
    report(path, `no site is in ${said.join('/')}: remove this row, or correct it`);
    return [];
  }
  const ratio = dimensions.some(({ name }) => name === RATIO) ? undefined : sharesOf(row);
  const fitsHere = (count: number) => fits(count, ratio === undefined ? {} : { ratio });
  const slots = slotsOfEach(row, dimensions, all.length, fitsHere, path, report);
  if (slots === undefined) return [];
  return all.map((levels) => ({ id: stratumId(levels), slots, ...(ratio && { ratio }) }));
}

/** The ratio of a row; undefined if it has none, and without any arm if `checkRatio` reports that it is not one. */
function sharesOf(row: StrataRow): SharesByArm | undefined {
  const { ratio } = row;
  if (ratio === undefined) return undefined;
  if (typeof ratio !== 'object' || ratio === null || Array.isArray(ratio)) return {};
  const shares = Object.entries(ratio).flatMap(([arm, share]): [string, number][] => {
    return v.is(SHARE, share) ? [[arm, share]] : [];
  });
  return Object.fromEntries(shares);
}

/**
 * Reports what is wrong with the ratio of a row: it names every arm, by its code, so that no order can be misread. An
 * arm that the row does not have is 0; with fewer than two arms nothing would be random.
 */
function checkRatio(
  { ratio }: StrataRow,
  arms: readonly string[],
  path: YamlPath,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
): void {
  if (ratio === undefined) return;
  const at = [...path, RATIO];
  const example = `{ ${arms.map((arm) => `${arm}: 1`).join(', ')} }`;
  if (typeof ratio !== 'object' || ratio === null || Array.isArray(ratio)) {
    report(at, `write the share of each arm by its code, such as ratio: ${example}`);
    return;
  }
  const shares = Object.entries(ratio) as [string, unknown][];
  const strange = shares.filter(([arm]) => !arms.includes(arm));
  const missing = arms.filter((arm) => !Object.hasOwn(ratio, arm));
  const wrong = shares.filter(([arm, share]) => arms.includes(arm) && !v.is(SHARE, share));
  for (const [arm] of strange) {
    const message = `"${arm}" is not the code of an arm; the arms are: ${arms.join(', ')}`;
    report([...at, arm], message, true);
  }
  for (const [arm] of wrong) {
    report([...at, arm], `the share of ${arm}: expected a whole number from 0 to 100`);
  }
  for (const arm of missing) {
    report(at, `no share for ${arm}: add it, or ${arm}: 0 if nobody in this row gets this arm`);
  }
  if (strange.length + missing.length + wrong.length > 0) return;
  if (shares.filter(([, share]) => share !== 0).length > 1) return;
  report(at, 'with one arm alone nothing is random: give two arms a share of 1 or more');
}

function checkKeys(
  row: StrataRow,
  dimensions: readonly Dimension[],
  path: YamlPath,
  report: (path: YamlPath, message: string, atKey?: boolean) => void,
): boolean {
  let isRight = true;
  const names = dimensions.map(({ name }) => name);
  for (const [key, value] of Object.entries(row)) {
    if ((COUNTS as readonly string[]).includes(key)) continue;
    const dimension = dimensions.find(({ name }) => name === key);
    if (key === RATIO && dimension === undefined) continue;
    if (dimension === undefined) {
      const known = names.includes('site')
        ? ['site', ...COUNTS, RATIO, ...names.filter((name) => name !== 'site')]
        : [...names, 'slots', 'slotsPerStratum', RATIO];
      const keys = known.join(', ');
      report([...path, key], `${key}: unknown key; the keys known here are: ${keys}`, true);
    } else if (!dimension.levels.includes(value as string)) {
      const levels = dimension.levels.join(', ');
      const message =
        key === 'country' || key === 'group'
          ? `no site has the ${key} "${String(value)}"; the sites have: ${levels}`
          : `"${String(value)}" is not a level of ${key}; its levels are: ${levels}`;
      report([...path, key], message);
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
  dimensions: readonly Dimension[],
  strata: number,
  fits: (slots: number) => boolean,
  path: YamlPath,
  report: (path: YamlPath, message: string) => void,
): number | undefined {
  const bySite = dimensions.some(({ name }) => name === 'site');
  const given = COUNTS.filter((key) => row[key] !== undefined);
  const [key] = given;
  if (key === undefined || given.length > 1) {
    const expected = bySite
      ? 'slots, slotsPerStratum and slotsPerSite'
      : 'slots and slotsPerStratum';
    report(path, `expected exactly one of ${expected}, found ${given.join(' and ') || 'none'}`);
    return undefined;
  }
  if (key === 'slotsPerSite' && !bySite) {
    const message =
      'slotsPerSite is for lists that are stratified by site: write slotsPerStratum (slots in each stratum)';
    report([...path, key], message);
    return undefined;
  }
  const count = row[key]!;
  const others = dimensions.filter(({ name }) => name !== 'site').map(({ name }) => name);
  const open = others.filter((name) => row[name] === undefined);
  if (key === 'slots' && open.length > 0) {
    const perSite = bySite ? ' or slotsPerSite (slots in all of them together)' : '';
    report(
      path,
      `this row has no ${open.join(' and no ')}, so it means ${strata} strata: write slotsPerStratum (slots in each of them)${perSite}`,
    );
    return undefined;
  }
  if (key !== 'slotsPerSite') return count;
  if (open.length < others.length) {
    report(
      [...path, key],
      'slotsPerSite is for the whole site: remove the levels from this row, or write slots',
    );
    return undefined;
  }
  const ofSite = others.reduce(
    (product, name) => product * dimensions.find((one) => one.name === name)!.levels.length,
    1,
  );
  if (count % ofSite !== 0) {
    const would = dividedNear(count / ofSite, fits).map((each) => each * ofSite);
    const these = would.length === 0 ? '' : `; ${key}: ${would.join(' or ')} would fit`;
    report(
      [...path, key],
      `${count} slots cannot be divided equally among the ${ofSite} strata of a site${these}`,
    );
    return undefined;
  }
  return count / ofSite;
}

/** The most strata that an error names. */
const MOST_NAMED = 12;

/** How far a number that fits may be. */
const MOST_AWAY = 30_000;

/** The next smaller and the next larger whole number of slots that fits. */
function dividedNear(each: number, fits: (slots: number) => boolean): number[] {
  const next = (from: number, step: number) => {
    for (let count = from; count > 0 && Math.abs(count - from) <= MOST_AWAY; count += step) {
      if (fits(count)) return [count];
    }
    return [];
  };
  return [...next(Math.floor(each), -1), ...next(Math.ceil(each), 1)];
}

/** Every combination of levels that is possible, the last one changing fastest: country and group are those of a site. */
function crossed(
  dimensions: readonly Dimension[],
  sites: Stratification['sites'],
): [string, string][][] {
  const all = dimensions.reduce<[string, string][][]>(
    (combinations, { name, levels }) =>
      combinations.flatMap((one) =>
        levels.map((level): [string, string][] => [...one, [name, level]]),
      ),
    [[]],
  );
  const names = dimensions.map(({ name }) => name);
  if (names.includes('site') || !names.includes('country') || !names.includes('group')) return all;
  return all.filter((levels) => {
    const ofSite = levels.filter(([name]) => name === 'country' || name === 'group');
    return sites.some((site) => ofSite.every(([name, value]) => valueAt(site, name) === value));
  });
}

/**
 * Reports what is wrong with the strata, and with what they are stratified by.
 *
 * @param fitsPlan whether a stratum of so many slots fits the plan, for the numbers that a problem proposes; undefined if
 *   there is no plan
 * @returns the strata, or undefined if they, the sites or the factors have problems
 */
export function checkStrata(yaml: YamlFile, fitsPlan?: SlotsFitPlan): Stratum[] | undefined {
  const stratifyBy = checkStratifyBy(yaml);
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  const table = yaml.sound(['strata'], STRATA);
  if (stratifyBy === undefined || sites === undefined) return undefined;
  if (factors === undefined || table === undefined) return undefined;
  const before = yaml.problems.length;
  const by = { dimensions: dimensionsOf(stratifyBy, sites, factors), sites };
  const report = (path: YamlPath, message: string, atKey = false) => {
    yaml.report(['strata', ...path], message, atKey);
  };
  const found = yaml.soundItems(['arms'], ARM).map(({ value }) => value);
  const arms = found.map(({ code }) => code);
  const rows = strataOfRows(table, by, report, (slots, ratio) => {
    // Without whole blocks of the ratio no plan fits.
    const unit = found.length < 2 ? 1 : blockUnit(sharesIn(found, ratio));
    return slots % unit === 0 && fitsPlan?.(slots, unit) !== false;
  });
  if (isStrataTable(table) && yaml.areSound(['arms']) && !stratifyBy.includes(RATIO)) {
    for (const [index, row] of table.entries()) checkRatio(row, arms, [index], report);
  }
  if (stratifyBy.includes('site') && isStrataTable(table)) {
    const named = table.map(({ site }) => site);
    for (const [index, { code }] of sites.entries()) {
      if (named.includes(code)) continue;
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
  for (const [index, arm] of arms.entries()) {
    const all = rows.flatMap(({ strata }) => strata);
    if (all.length > 0 && all.every(({ ratio }) => ratio?.[arm] === 0)) {
      yaml.report(['arms', index, 'code'], `no stratum has arm "${arm}": give it a share above 0`);
    }
  }
  const without = crossed(by.dimensions, sites).flatMap((levels) => {
    const id = stratumId(levels);
    return have.has(id) ? [] : { id };
  });
  if (without.length > 0) {
    const names = stratumNames(without, MOST_NAMED);
    const message =
      without.length === 1
        ? `stratum ${names} has no slots`
        : `${without.length} strata have no slots: ${names}`;
    yaml.report(['strata'], message);
  }
  return rows.flatMap(({ strata }) => strata);
}
