import * as v from 'valibot';
import { mapping, type YamlFile } from '../yaml-file.ts';
import { PEOPLE } from './people.ts';

/** How many officers it takes to open what is sealed to them: any one, or so many of all together. */
export type Custody =
  | { readonly rule: 'any' }
  | { readonly rule: 'threshold'; readonly needed: number; readonly of: number };

/** The most officers. If there are more, hardly anybody takes good care of a key. */
const MOST_OFFICERS = 30;
const SHARED = `expected how many officers are needed, of how many, such as 2 of 3 (at least 2, of at most ${MOST_OFFICERS})`;
const THRESHOLD = v.pipe(
  v.string(SHARED),
  v.metadata({ pattern: String.raw`^\s*\d{1,2} of \d{1,2}\s*$`, examples: ['2 of 3'] }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const [, needed, of] = (/^(\d{1,2}) of (\d{1,2})$/.exec(dataset.value.trim()) ?? []).map(
      Number,
    );
    if (
      needed !== undefined &&
      of !== undefined &&
      needed >= 2 &&
      of >= needed &&
      of <= MOST_OFFICERS
    ) {
      return { needed, of };
    }
    addIssue({ message: SHARED });
    return NEVER;
  }),
);

/** It may have only one of the two keys. `checkCustody` reports a mapping with both. */
const RULE = mapping(
  {
    officers: v.optional(
      v.literal('any', 'expected any, which means one officer alone; or write threshold: 2 of 3'),
    ),
    threshold: v.optional(THRESHOLD),
  },
  {
    officers:
      'any: one officer alone can open an envelope. If several must open together, write threshold instead.',
    threshold: 'How many officers are needed together, of how many, such as 2 of 3.',
  },
);

export const CUSTODY = v.nullish(RULE, {});

export function custodyFrom({ threshold }: v.InferOutput<typeof RULE>): Custody {
  return threshold ? { rule: 'threshold', ...threshold } : { rule: 'any' };
}

/**
 * Reports a rule that contradicts itself or the people.
 *
 * @param readyToSeal whether all officers must be named
 */
export function checkCustody(yaml: YamlFile, readyToSeal: boolean): void {
  const custody = yaml.sound(['custody'], CUSTODY);
  if (custody === undefined) return;
  const { officers: any, threshold } = custody;
  if (any !== undefined && threshold !== undefined) {
    yaml.report(['custody', 'officers'], 'expected officers: any, or a threshold, but not both');
  }
  if (threshold === undefined) return;
  const statisticians = yaml.sound(['statisticians'], PEOPLE) ?? [];
  if (statisticians.length > 0) {
    const message =
      'with a threshold nobody can open the list alone: remove the statisticians, or write officers: any';
    yaml.report(['statisticians'], message);
  }
  const officers = yaml.sound(['officers'], PEOPLE);
  if (readyToSeal && officers !== undefined && officers.length !== threshold.of) {
    const message = `the threshold is ${threshold.needed} of ${threshold.of} officers, but ${officers.length} ${officers.length === 1 ? 'is' : 'are'} listed`;
    yaml.report(['custody', 'threshold'], message);
  }
}
