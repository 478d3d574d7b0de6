import * as v from 'valibot';
import { code } from '../identifiers.ts';
import { reportRepeats } from '../repeats.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';

/** A stratification factor in addition to the site, such as sex with the levels F and M. */
export interface Factor {
  readonly name: string;
  readonly levels: readonly string[];
}

const FACTOR = mapping(
  {
    name: code(24),
    levels: v.pipe(v.array(code(24)), v.minLength(2, 'expected at least two levels')),
  },
  {
    name: 'The name of the factor, such as sex.',
    levels: 'Its levels, two at least, such as [F, M].',
  },
);

export const FACTORS = v.nullish(v.array(FACTOR), []);

/** The keys of a row of strata that are not factors. */
const ROW_KEYS = ['site', 'slots', 'slotsPerStratum', 'slotsPerSite'] as const;

/** Names of columns and keys that are beside the factors' names, in tables and in study.yaml. */
const TAKEN_NAMES = [
  ...ROW_KEYS,
  ...['subject', 'day1', 'number', 'stratum', 'kit', 'arm', 'block'],
  ...['studyid', 'subjid', 'siteid', 'randnum', 'randdtc', 'day1dtc', 'armcd', 'armtype'],
];

/**
 * Names that rows of strata have since they can have their own ratio and, in plan.yaml, block sizes; and later columns of
 * tables.
 */
const TAKEN_SINCE = ['ratio', 'blocks', 'randno', 'kitno', 'status', 'sitecur'];

/**
 * Reports factors and levels that are there twice, and names that mean something else.
 *
 * @param isDraft whether no list was made yet; if one was, a name stays that was free then
 */
export function checkFactors(yaml: YamlFile, isDraft: boolean): void {
  const factors = yaml.soundItems(['factors'], FACTOR);
  reportRepeats(yaml, factors, 'name', 'factor');
  for (const { path, value } of factors) {
    const taken = isDraft ? [...TAKEN_NAMES, ...TAKEN_SINCE] : TAKEN_NAMES;
    const isTaken = taken.some((name) => name.toUpperCase() === value.name.toUpperCase());
    // Every JavaScript object has some names from the start, such as constructor.
    if (isTaken || value.name in {}) {
      const message = `randose uses the name "${value.name}" for something else: choose another name for the factor`;
      yaml.report([...path, 'name'], message);
    }
    const levels = value.levels.map((level, index) => ({
      path: [...path, 'levels', index],
      value: { level },
    }));
    reportRepeats(yaml, levels, 'level', `level of ${value.name}`, []);
  }
}
