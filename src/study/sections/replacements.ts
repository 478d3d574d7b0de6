import * as v from 'valibot';
import { counted } from '../../words.ts';
import { whole } from '../identifiers.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';
import { siteOfStratum, type Stratum } from './strata.ts';

/** That each slot has a replacement slot: a slot of the same arm, for whoever replaces its participant. */
export interface Replacements {
  /** The count of a replacement slot is that of its slot, and this. */
  readonly offset: number;
}

/** Numbers with more digits nobody reads without a mistake. */
const LARGEST_OFFSET = 9_999_999;

export const REPLACEMENTS = v.nullish(
  mapping(
    { offset: whole(1, LARGEST_OFFSET) },
    {
      offset:
        'Each slot gets a replacement slot of the same arm. Its number is that of the slot plus this, such as 1000.',
    },
  ),
);

/**
 * Reports an offset that the counts of the slots reach: two slots could have the same number.
 *
 * @param strata undefined if they have problems of their own
 */
export function checkReplacements(yaml: YamlFile, strata: readonly Stratum[] | undefined): void {
  const replacements = yaml.sound(['replacements'], REPLACEMENTS);
  const isBySite = yaml.sound(['numbers', 'randomization', 'site'], v.optional(v.boolean(), false));
  if (strata === undefined || isBySite === undefined) return;
  if (replacements === undefined || replacements === null) return;
  const { offset } = replacements;
  const counts = new Map<string, number>();
  for (const { id, slots } of strata) {
    const site = isBySite ? (siteOfStratum(id) ?? '') : '';
    counts.set(site, (counts.get(site) ?? 0) + slots);
  }
  const [site, most] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (offset > most) return;
  const whose = site === '' ? 'the study' : `site ${site}`;
  const message = `the offset must be larger than the number of slots: ${whose} has ${counted(most, 'slot')}. Write ${nextThousand(most)}. If the list is sealed, the offset cannot change: ask for at most ${counted(offset - 1, 'slot')}${site === '' ? ' in all' : ' at a site'}`;
  yaml.report(['replacements', 'offset'], message);
}

/** The least multiple of a power of ten, from 1000 on, that is larger: numbers stay easy to tell apart. */
function nextThousand(count: number): number {
  let offset = 1000;
  while (offset <= count) offset *= 10;
  return offset;
}
