import * as v from 'valibot';
import { ASSESSMENT_OCCASIONS, INJECTION_OCCASIONS } from './days.ts';
import { AFTER_MISSED, COUNTED_FROM, INTERVAL_DAYS, TIMING, WINDOW } from './dosing-rules.ts';
import { code, KIT_ALPHABET, line, type StudyDay, whole } from './identifiers.ts';
import { recipientKind } from './recipient.ts';
import { SITE_DAYS } from './site-days.ts';
import type { StrataYaml } from './strata.ts';
import { SUPPLIES } from './supplies.ts';
import { mapping, type YamlFile } from './yaml-file.ts';

export const ARM = mapping({
  code: code(20),
  name: line(100),
  type: v.picklist(['active', 'placebo'], 'expected active or placebo'),
  ratio: whole(1, 100),
});
export const SITE = mapping({
  code: code(16),
  name: line(120),
  investigator: v.optional(line(100)),
  ...SITE_DAYS,
});
export const FACTOR = mapping({
  name: code(24),
  levels: v.pipe(v.array(code(24)), v.minLength(2, 'expected two levels at least')),
});
const SLOTS = v.optional(whole(1, 1_000_000));
const STRATA_NUMBER = mapping({ slotsPerStratum: SLOTS, slotsPerSite: SLOTS });
/** A row's other keys are factors; strata.ts knows which there are. */
const STRATA_ROW = v.objectWithRest(
  { site: v.string(), slots: SLOTS, slotsPerStratum: SLOTS, slotsPerSite: SLOTS },
  v.unknown(),
);
const STRATA_TABLE = v.pipe(v.array(STRATA_ROW), v.minLength(1, 'expected one stratum at least'));
export const STRATA = v.lazy((input): v.GenericSchema<unknown, StrataYaml> => {
  return Array.isArray(input) ? STRATA_TABLE : STRATA_NUMBER;
});
const KIT_PREFIX = v.regex(
  new RegExp(`^[${KIT_ALPHABET}]{0,6}$`),
  `expected up to 6 characters of ${KIT_ALPHABET}, no two of which look alike`,
);
const RANDOMIZATION_NUMBER = mapping({
  prefix: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{0,8}$/, 'expected up to 8 letters and digits')),
    'R',
  ),
  site: v.optional(v.boolean(), false),
  width: v.optional(whole(1, 9)),
  check: v.optional(v.boolean(), false),
});
const KIT_CODE = mapping({
  prefix: v.optional(v.pipe(v.string(), KIT_PREFIX), ''),
  site: v.optional(v.boolean(), false),
  width: v.optional(whole(4, 10), 6),
  check: v.optional(v.literal(true, 'kit codes always have a check character: true, or nothing')),
});
export const NUMBERS = mapping({
  randomization: v.optional(RANDOMIZATION_NUMBER, {}),
  kits: v.optional(KIT_CODE, {}),
});
export const INJECTIONS = mapping({
  phase: line(40),
  ...INJECTION_OCCASIONS,
  dose: v.optional(line(60)),
  route: v.optional(line(40)),
  window: v.optional(WINDOW),
  leastInterval: v.optional(INTERVAL_DAYS),
  countedFrom: v.optional(COUNTED_FROM),
  afterMissed: v.optional(AFTER_MISSED),
});
export const ASSESSMENT = mapping({
  name: line(80),
  ...ASSESSMENT_OCCASIONS,
  window: v.optional(WINDOW),
  timing: v.optional(TIMING),
});
/** What holds for every phase that does not say otherwise. */
const FOR_ALL_PHASES = {
  leastInterval: v.optional(INTERVAL_DAYS),
  countedFrom: v.optional(COUNTED_FROM),
  afterMissed: v.optional(AFTER_MISSED),
};
export const PERSON = mapping({
  name: line(100),
  recipient: v.pipe(
    v.string(),
    v.check(
      (text) => !/^AGE-SECRET-KEY/i.test(text),
      'this is a SECRET key: take it out at once, and count the key as lost. The recipient begins with age1',
    ),
    v.check(
      (text) => recipientKind(text) !== undefined,
      'not an age recipient (age1…): a character is wrong or missing; randose keygen prints it',
    ),
  ),
});
/** Beyond so many, an officer's key is hardly kept by anybody. */
const MOST_OFFICERS = 30;
const SHARED = `expected a number of officers out of all of them, such as 2 of 3 (2 at least, of ${MOST_OFFICERS} at most)`;
const THRESHOLD = v.pipe(
  v.string(SHARED),
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
/** One of the two; study-rules.ts sees to that. */
export const CUSTODY = mapping({
  officers: v.optional(
    v.literal('any', 'expected any: one officer alone; or, instead of this, threshold: 2 of 3'),
  ),
  threshold: v.optional(THRESHOLD),
});
/** Whether a text can stand as a person's name. */
export function isPersonName(text: string): boolean {
  return v.is(line(100), text);
}

export const SITES = v.pipe(v.array(SITE), v.minLength(1, 'expected one site at least'));
export const FACTORS = v.nullish(v.array(FACTOR), []);
export const PEOPLE = v.nullish(v.array(PERSON), []);

export const SCHEDULE = mapping({
  injections: v.pipe(v.array(INJECTIONS), v.minLength(1, 'expected one phase at least')),
  assessments: v.nullish(v.array(ASSESSMENT), []),
  ...FOR_ALL_PHASES,
});

/** study.yaml, key by key. What must hold between its parts is in study-rules.ts. */
export const STUDY_FILE = mapping({
  randose: v.literal(1, 'expected 1, the version of this format'),
  dummy: v.optional(v.boolean(), false),
  study: mapping({
    id: code(32),
    title: line(300),
    sponsor: line(200),
    registrations: v.nullish(v.record(v.string(), line(80)), {}),
  }),
  arms: v.pipe(v.array(ARM), v.minLength(2, 'expected two arms at least')),
  sites: SITES,
  factors: FACTORS,
  strata: STRATA,
  numbers: v.nullish(NUMBERS, {}),
  schedule: SCHEDULE,
  supplies: v.nullish(SUPPLIES, {}),
  officers: PEOPLE,
  statisticians: PEOPLE,
  packers: PEOPLE,
  cardMakers: PEOPLE,
  custody: v.nullish(CUSTODY, {}),
});

export type StudyYaml = YamlFile<typeof STUDY_FILE>;

/** The days of a phase or an assessment, however they are said. */
export function daysOf(said: {
  days?: number[] | undefined;
  weeks?: number[] | undefined;
  every?: number[] | undefined;
}): StudyDay[] {
  return (said.days ?? said.weeks ?? said.every ?? []) as StudyDay[];
}
