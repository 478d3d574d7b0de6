import * as v from 'valibot';
import { whole } from '../identifiers.ts';
import { mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';
import { FACTORS } from './factors.ts';
import { SITES } from './sites.ts';
import { type Dimension, dimensionsOf, STRATIFY_BY, stratifyByFrom } from './stratify-by.ts';
import { hasKits, KIT_TYPES } from './supplies.ts';

/** A stratification field of a REDCap project, with its coded values. */
interface RedcapField {
  readonly field: string;
  /** Level → the raw value that REDCap stores. */
  readonly codes: Readonly<Record<string, string>>;
}

/** How a REDCap project calls what the list is stratified by. The list does not depend on it. */
export interface Redcap {
  /** What REDCap gives a participant: the randomization number, or the code of the kit. */
  readonly number: 'randomization number' | 'kit';
  /** Site → the number of its data access group; undefined if the project does not randomize by these groups. */
  readonly dag: Readonly<Record<string, number>> | undefined;
  /** What strata differ by → its field. */
  readonly factors: Readonly<Record<string, RedcapField>>;
}

/** The most stratification fields that a randomization of REDCap can have. */
const MOST_FIELDS = 14;
const LONGEST_FIELD = 100;

const FIELD_SHAPE =
  'expected the name of a field of REDCap: small letters, digits and single underscores, the first a letter, no underscore at the end';
const FIELD = v.pipe(
  v.string(),
  v.regex(/^[a-z](?:_?[a-z0-9])*$/, FIELD_SHAPE),
  v.maxLength(LONGEST_FIELD, FIELD_SHAPE),
  v.check(
    (text) => !text.startsWith('redcap_'),
    'names that begin with redcap_ are REDCap’s own: expected the name of a field of the project',
  ),
);

const CODE_SHAPE =
  'expected the value that REDCap stores for this choice, such as 1: a whole number, or letters, digits and underscores';
const CODE = v.pipe(
  v.union([v.string(), v.number()], CODE_SHAPE),
  v.transform(String),
  v.regex(/^-?\d{1,15}$|^[A-Za-z0-9_]{1,50}$/, CODE_SHAPE),
);

const GROUP = whole(1, 1_000_000_000);
const NUMBER = v.picklist(['randomization number', 'kit'], 'expected randomization number or kit');

const FACTOR = mapping(
  { field: FIELD, codes: v.record(v.string(), CODE) },
  {
    field: 'The name of the field in the REDCap project.',
    codes: 'The value that REDCap stores for each level, such as {F: 1, M: 2}.',
  },
);
const SECTION = mapping(
  {
    number: v.optional(NUMBER, 'randomization number'),
    dag: v.optional(v.record(v.string(), GROUP)),
    factors: v.optional(v.record(v.string(), FACTOR), {}),
  },
  {
    number:
      'What REDCap gives a participant: randomization number (also if it is left out), or kit.',
    dag: "The number of each site's data access group, such as {CRT: 1330}.",
    factors: 'For each factor of the strata its field in REDCap, and the value of each level.',
  },
);

/** The key `redcap`. */
export const REDCAP = v.nullish(SECTION);

export function redcapFrom(said: v.InferOutput<typeof REDCAP>): Redcap | undefined {
  return said ? { ...said, dag: said.dag } : undefined;
}

/**
 * Reports numbers and codes that are there twice, names that the study does not have, and what is missing. What has
 * problems of its own hides none of the others.
 *
 * @param mustBeWhole whether each site and level must have a code: those that are added to a sealed list can come later
 */
export function checkRedcap(yaml: YamlFile, mustBeWhole: boolean): void {
  const said = saidIn(yaml);
  if (said === undefined) return;
  const dimensions = dimensionsIn(yaml);
  const tell: Tell = (path, message, atKey = false) => {
    yaml.report(['redcap', ...path], message, atKey);
  };
  checkNumber(yaml, said.number, tell);
  checkGroups(said, dimensions, mustBeWhole, tell);
  checkFields(said, dimensions, mustBeWhole, tell);
}

type Tell = (path: YamlPath, message: string, atKey?: boolean) => void;

/** Level → its code; undefined if it has a problem of its own. */
type Codes = Readonly<Record<string, string | number | undefined>>;

/** What the part says. What is undefined is not there, or has problems of its own. */
interface Said {
  readonly number: Redcap['number'] | undefined;
  readonly hasGroups: boolean;
  readonly dag: Codes | undefined;
  readonly factors: Readonly<
    Record<string, { readonly field: string | undefined; readonly codes: Codes | undefined }>
  >;
}

/** @returns undefined if the part is missing, or is something else */
function saidIn(yaml: YamlFile): Said | undefined {
  const path = ['redcap'];
  if (yaml.entries(path, v.unknown()) === undefined) return undefined;
  const factors = Object.keys(yaml.entries([...path, 'factors'], FACTOR) ?? {}).map((name) => {
    const at = [...path, 'factors', name];
    const one = {
      field: yaml.sound([...at, 'field'], FIELD),
      codes: yaml.entries([...at, 'codes'], CODE),
    };
    return [name, one] as const;
  });
  return {
    number: yaml.sound([...path, 'number'], NUMBER),
    hasGroups: yaml.has([...path, 'dag']),
    dag: yaml.entries([...path, 'dag'], GROUP),
    factors: Object.fromEntries(factors),
  };
}

const SITE = 'site';

/** What strata differ by; undefined if that has problems of its own. */
function dimensionsIn(yaml: YamlFile): Dimension[] | undefined {
  const sites = yaml.sound(['sites'], SITES);
  const factors = yaml.sound(['factors'], FACTORS);
  if (sites === undefined || factors === undefined || !yaml.areSound(['stratifyBy'])) {
    return undefined;
  }
  const given = yaml.sound(['stratifyBy'], STRATIFY_BY);
  return dimensionsOf(stratifyByFrom(given, factors), sites, factors);
}

function checkNumber(yaml: YamlFile, number: Said['number'], tell: Tell): void {
  if (number !== 'kit') return;
  const types = yaml.sound(['supplies', 'kits'], KIT_TYPES) ?? [];
  if (!hasKits(yaml)) tell(['number'], 'the study has no kits: write randomization number');
  else if (types.length > 0) {
    const message = `each participant has ${types.length} kits, one of each type, and REDCap gives one number: write randomization number`;
    tell(['number'], message);
  }
}

/** Sites are data access groups, or the levels of a field. */
function checkGroups(
  { hasGroups, dag, factors }: Said,
  dimensions: readonly Dimension[] | undefined,
  mustBeWhole: boolean,
  tell: Tell,
): void {
  const sites = dimensions?.find(({ name }) => name === SITE)?.levels;
  const hasField = Object.hasOwn(factors, SITE);
  if (hasGroups && dimensions !== undefined && sites === undefined) {
    const message =
      'the list is not stratified by site, so REDCap must not randomize by data access group: leave dag out';
    tell(['dag'], message, true);
    return;
  }
  if (!hasGroups) {
    if (mustBeWhole && sites !== undefined && !hasField) {
      tell(
        [],
        `the list is stratified by site: add dag: {${sites[0] ?? 'SITE'}: NUMBER, …}, the number of each site’s data access group, or factors.site if the project has a field for the site`,
      );
    }
    return;
  }
  if (hasField) {
    tell(['factors', SITE], 'the sites are in dag already: leave one of the two out', true);
  }
  const about = { path: ['dag'], what: 'site', code: 'data access group' };
  checkCodes(dag, about, sites, { mustBeWhole, tell });
}

function checkFields(
  { hasGroups, factors }: Said,
  dimensions: readonly Dimension[] | undefined,
  mustBeWhole: boolean,
  tell: Tell,
): void {
  const names = dimensions?.map(({ name }) => name);
  const wanted = names?.filter((name) => name !== SITE || !hasGroups) ?? [];
  const fields = new Set<string>();
  for (const [name, { field, codes }] of Object.entries(factors)) {
    const path = ['factors', name];
    if (names?.includes(name) === false) {
      const known = names.length === 0 ? '' : `; it is stratified by: ${names.join(', ')}`;
      tell(path, `the list is not stratified by "${name}"${known}`, true);
      continue;
    }
    if (field !== undefined) {
      if (fields.has(field)) tell([...path, 'field'], `field "${field}" is here twice`);
      fields.add(field);
    }
    const levels = dimensions?.find((one) => one.name === name)?.levels;
    const about = { path: [...path, 'codes'], what: 'level', code: 'value' };
    checkCodes(codes, about, levels, { mustBeWhole, tell });
  }
  const count = Object.keys(factors).length;
  if (count > MOST_FIELDS) {
    tell(['factors'], `${count} fields: REDCap takes ${MOST_FIELDS} at most`, true);
  }
  const missing = wanted.filter((name) => name !== SITE && !Object.hasOwn(factors, name));
  for (const name of mustBeWhole ? missing : []) {
    tell(
      ['factors'],
      `the list is stratified by ${name}: add ${name}: {field: NAME, codes: {LEVEL: VALUE, …}} to redcap.factors`,
    );
  }
}

/**
 * Reports codes of what is not there, codes that two have, and, if they must be whole, those that are missing.
 *
 * @param codes undefined if there are none, or if they are something else
 * @param levels undefined if nobody knows them, for what they are read from has problems
 */
function checkCodes(
  codes: Codes | undefined,
  { path, what, code }: { readonly path: YamlPath; readonly what: string; readonly code: string },
  levels: readonly string[] | undefined,
  { mustBeWhole, tell }: { readonly mustBeWhole: boolean; readonly tell: Tell },
): void {
  if (codes === undefined) return;
  const owners = new Map<string, string>();
  for (const [level, value] of Object.entries(codes)) {
    if (levels?.includes(level) === false) {
      const message = `unknown ${what} "${level}"; there are: ${levels.join(', ')}`;
      tell([...path, level], message, true);
    }
    if (value === undefined) continue;
    const owner = owners.get(String(value));
    if (owner !== undefined) {
      tell([...path, level], `${code} ${value} is that of ${owner} already`);
    }
    owners.set(String(value), level);
  }
  const missing = levels?.filter((level) => !Object.hasOwn(codes, level)) ?? [];
  if (!mustBeWhole || missing.length === 0) return;
  const them = missing.length === 1 ? `${what} ${missing[0]!} has` : `${missing.join(', ')} have`;
  tell(path, `${them} no ${code}: add ${missing.map((one) => `${one}: …`).join(', ')}`, true);
}
