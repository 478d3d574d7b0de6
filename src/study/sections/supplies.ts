import * as v from 'valibot';
import { code, line, whole } from '../identifiers.ts';
import { type ProfileName, PROFILES } from '../profiles.ts';
import { mapping, type YamlFile, type YamlPath } from '../yaml-file.ts';
import { ARM } from './arms.ts';

/** A text of a label: the same in every language, or by language (`fr`, `en`). */
export type LabelText = string | Readonly<Record<string, string>>;

/** What a label says in the trial's own texts, in addition to contact, lot and expiry. */
export const LABEL_TEXTS = [
  'substance',
  'form',
  'route',
  'contents',
  'unitContents',
  'trialReference',
  'directions',
  'storage',
] as const;
export type LabelTextName = (typeof LABEL_TEXTS)[number];
export type LabelTexts = Readonly<Partial<Record<LabelTextName, LabelText | undefined>>>;

/** The words of a label in each language: a heading of a particular, or a particular. */
export const LABEL_WORDS = [
  'contact',
  'lot',
  'expiry',
  'trial',
  'site',
  'investigator',
  'kit',
  'subject',
  'visit',
  'injection',
  'trialUse',
  'children',
  'reprint',
  'specimen',
  'dummy',
] as const;
export type LabelWord = (typeof LABEL_WORDS)[number];

/** What a participant's kit consists of. */
export interface KitMakeUp {
  /** The number of units, such as vials, in a kit. */
  readonly units: number;
  /** Whether it has an outer packaging with its own label. */
  readonly outer: boolean;
  /** How a unit is packaged within an outer packaging: the label of a small one may say less. */
  readonly unitPackaging: 'immediate' | 'small';
}

/** What was packaged, for all arms and batches of the list or for one of them. */
export interface Packaged extends LabelTexts {
  readonly arm?: string | undefined;
  /** A batch of the allocation list. */
  readonly batch?: number | undefined;
  readonly lot?: string | undefined;
  /** The last month in which it may be used, `YYYY-MM`. */
  readonly expiry?: string | undefined;
}

/** Whom to call in an emergency: for the product, the trial, and unblinding. */
export interface Contact {
  readonly name: string;
  readonly address?: string | undefined;
  readonly phone?: string | undefined;
}

/** Words of a label in one language. */
export type LabelWords = Readonly<Partial<Record<LabelWord, string | undefined>>>;

/** What labels say. */
export interface LabelRules extends LabelTexts {
  readonly profile?: ProfileName | undefined;
  /** In the order in which a label has them. */
  readonly languages: readonly string[];
  readonly contact?: Contact | undefined;
  /** Whether participants carry a card with the contact's address and telephone number: then the name is enough. */
  readonly contactOnCard: boolean;
  /** Whether participants take the product home: then the label says to keep it away from children. */
  readonly takenHome: boolean;
  /** The trial's own words, by language. They replace those that randose has. */
  readonly words: Readonly<Record<string, LabelWords>>;
}

/** What participants are supplied with. */
export interface Supplies {
  readonly kit: KitMakeUp;
  readonly packaged: readonly Packaged[];
  readonly labels: LabelRules;
}

const LANGUAGE = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}$/, 'expected a language as two small letters, such as fr'),
);
const BY_LANGUAGE = v.record(LANGUAGE, line(300));
const TEXT = v.lazy((input): v.GenericSchema<unknown, LabelText> => {
  return typeof input === 'object' && input !== null ? BY_LANGUAGE : line(300);
});
const TEXTS = {
  substance: v.optional(TEXT),
  form: v.optional(TEXT),
  route: v.optional(TEXT),
  contents: v.optional(TEXT),
  unitContents: v.optional(TEXT),
  trialReference: v.optional(TEXT),
  directions: v.optional(TEXT),
  storage: v.optional(TEXT),
};
const EXPIRY = v.pipe(v.string(expectedMonth), v.regex(/^20\d\d-(0[1-9]|1[0-2])$/, expectedMonth));

/** What is expected, and the month that somebody meant who wrote it as labels do: 06.2027, 6/2027 or 2027/06. */
function expectedMonth({ input }: v.BaseIssue<unknown>): string {
  const what = 'expected the last month in which it may be used, as YYYY-MM';
  const [, month = '', year = ''] = /^(\d{1,2})[./-](20\d\d)$/.exec(String(input)) ?? [];
  const [, first = year, second = month] = /^(20\d\d)[./-]?(\d{1,2})$/.exec(String(input)) ?? [];
  const number = Number(second);
  if (first === '' || number < 1 || number > 12) return what;
  return `${what} (did you mean ${first}-${String(number).padStart(2, '0')}?)`;
}

const EACH_INJECTION = 'each injection';
const UNITS = v.union(
  [v.literal(EACH_INJECTION), whole(1, 400)],
  `expected ${EACH_INJECTION}, or a number of units from 1 to 400`,
);
/** The most spare kits that a slot can have. */
export const MOST_SPARES = 9;
/** How many spare kits each slot has. */
export const SPARES = v.optional(whole(0, MOST_SPARES), 0);
const MAKE_UP = mapping({
  units: v.optional(UNITS, EACH_INJECTION),
  outer: v.optional(v.boolean(), true),
  unitPackaging: v.optional(
    v.picklist(['immediate', 'small'], 'expected immediate or small'),
    'small',
  ),
  spares: SPARES,
});
const PACKAGED = mapping({
  arm: v.optional(code(20)),
  batch: v.optional(whole(1, 999)),
  lot: v.optional(line(40)),
  expiry: v.optional(EXPIRY),
  ...TEXTS,
});
const WORDS = mapping({
  contact: v.optional(line(80)),
  lot: v.optional(line(40)),
  expiry: v.optional(line(40)),
  trial: v.optional(line(40)),
  site: v.optional(line(40)),
  investigator: v.optional(line(40)),
  kit: v.optional(line(40)),
  subject: v.optional(line(40)),
  visit: v.optional(line(40)),
  injection: v.optional(line(40)),
  trialUse: v.optional(line(200)),
  children: v.optional(line(120)),
  reprint: v.optional(line(20)),
  specimen: v.optional(line(20)),
  dummy: v.optional(line(40)),
});
const LABELS = mapping({
  profile: v.optional(v.picklist(PROFILES, `expected one of ${PROFILES.join(', ')}`)),
  languages: v.optional(
    v.pipe(v.array(LANGUAGE), v.minLength(1, 'expected at least one language')),
    ['en'],
  ),
  contact: v.optional(
    mapping({
      name: line(100),
      address: v.optional(line(160)),
      phone: v.optional(line(40)),
    }),
  ),
  contactOnCard: v.optional(v.boolean(), false),
  takenHome: v.optional(v.boolean(), true),
  words: v.optional(v.record(LANGUAGE, WORDS), {}),
  ...TEXTS,
});
/** What a kit is, how it was packaged, and what its labels say. */
const PARTS = mapping({
  kit: v.optional(MAKE_UP, {}),
  packaged: v.nullish(v.array(PACKAGED), []),
  labels: v.optional(LABELS, {}),
});

/** The word for a study whose participants get no kit: surgery, a device, a drug from the hospital's own stock. */
const NO_KITS = 'none';

export const SUPPLIES = v.nullish(
  v.lazy((input): v.GenericSchema<unknown, SuppliesYaml | typeof NO_KITS> => {
    return typeof input === 'object' ? PARTS : v.literal(NO_KITS, EXPECTED);
  }),
  {},
);
const EXPECTED = `expected keys with values, or ${NO_KITS} if the study has no kits`;

type SuppliesYaml = v.InferOutput<typeof PARTS>;

/**
 * The supplies that study.yaml describes.
 *
 * @param injections the number of a participant's injections
 * @returns whether slots have kits, how many spare ones, and what they are; nothing of it counts if they have none
 */
export function suppliesFrom(
  said: v.InferOutput<typeof SUPPLIES>,
  injections: number,
): { readonly hasKits: boolean; readonly spareKits: number; readonly supplies: Supplies } {
  const { kit, packaged, labels } = said === NO_KITS ? v.parse(PARTS, {}) : said;
  const units = kit.units === EACH_INJECTION ? injections : kit.units;
  const { outer, unitPackaging, spares: spareKits } = kit;
  return {
    hasKits: said !== NO_KITS,
    spareKits,
    supplies: { kit: { units, outer, unitPackaging }, packaged, labels },
  };
}

/**
 * Reports packaged products that do not fit the rest of the file, and what is about kits if there are none. What a label
 * lacks, such as a translation, is reported when labels are made: a mistake in their texts must not stop anything else,
 * such as a code-break.
 */
export function checkSupplies(yaml: YamlFile): void {
  if (!hasKits(yaml)) {
    for (const [path, why] of OF_KITS) {
      if (isSaid(yaml, path))
        yaml.report(path, `${why}, but the study has no kits (supplies: none)`);
    }
    return;
  }
  checkUnits(yaml);
  const arms = yaml.soundItems(['arms'], ARM).map(({ value }) => value.code);
  const seen = new Set<string>();
  for (const { path, value } of yaml.soundItems(['supplies', 'packaged'], PACKAGED)) {
    const { arm, batch } = value;
    if (arm !== undefined && yaml.areSound(['arms']) && !arms.includes(arm)) {
      yaml.report([...path, 'arm'], `unknown arm "${arm}"; the arms are: ${arms.join(', ')}`);
    }
    const key = `${arm ?? ''} ${batch ?? ''}`;
    if (seen.has(key)) {
      const ofArm = arm === undefined ? 'all arms' : `arm ${arm}`;
      const ofBatch = batch === undefined ? 'all batches' : `batch ${batch}`;
      yaml.report(path, `what is packaged for ${ofArm} and ${ofBatch} is here twice`);
    }
    seen.add(key);
  }
}

/** Reports kits whose number of units nobody says: without injections, `each injection` does not. */
function checkUnits(yaml: YamlFile): void {
  const isSaidOf = (path: YamlPath) => yaml.areSound(path) && isSaid(yaml, path);
  const units = yaml.sound(['supplies', 'kit', 'units'], v.unknown()) ?? EACH_INJECTION;
  const path = ['schedule', 'injections'];
  if (units !== EACH_INJECTION || !yaml.areSound(['schedule']) || isSaidOf(path)) return;
  yaml.report(
    ['supplies', 'kit', 'units'],
    'there is no injection that would say how many units a kit has: write the number, such as supplies: {kit: {units: 1}}; or write supplies: none if the study has no kits',
  );
}

/** What study.yaml may say about kits outside of `supplies`. */
const OF_KITS: readonly (readonly [path: YamlPath, why: string])[] = [
  [['numbers', 'kits'], 'this says how kit codes look'],
  [['packers'], 'packers put the treatments into the kits'],
];

/** Whether slots have kits, as far as the section is sound. */
export function hasKits(yaml: YamlFile): boolean {
  return yaml.sound(['supplies'], v.unknown()) !== NO_KITS;
}

/** Whether there is anything at a path, other than an empty list. */
function isSaid(yaml: YamlFile, path: YamlPath): boolean {
  const said = yaml.sound(path, v.unknown()) ?? [];
  return !Array.isArray(said) || said.length > 0;
}
