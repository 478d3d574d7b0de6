import * as v from 'valibot';
import { code, line, whole } from '../identifiers.ts';
import { LANGUAGE, LANGUAGE_LIST } from '../names.ts';
import { type ProfileName, PROFILES } from '../profiles.ts';
import { reportRepeats } from '../repeats.ts';
import {
  eitherShape,
  isKeysOrList,
  mapping,
  type Says,
  type YamlFile,
  type YamlPath,
} from '../yaml-file.ts';
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
  /** False if only the kit has a label: its units are counted, such as the tablets of a bottle. */
  readonly unitLabels?: boolean;
}

/** A kind of kit of which each participant has one, such as tablets or a syringe, with the texts of its own labels. */
export interface KitType extends KitMakeUp, LabelTexts {
  readonly type: string;
  /** Whether injections are given from it. One type at most is injected; the others are only dispensed and returned. */
  readonly injected: boolean;
}

/** The parts of a kit type on which the list depends. */
export interface ListedType {
  readonly type: string;
  /** How many spare kits of this type each slot has. */
  readonly spares: number;
}

/** What was packaged, for all arms, batches of the list and kit types, or for one of them. */
export interface Packaged extends LabelTexts {
  readonly type?: string | undefined;
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
  /** The make-up of a kit; with kit types, of the first. */
  readonly kit: KitMakeUp;
  /** In their order; empty if all kits are alike. */
  readonly types: readonly KitType[];
  readonly packaged: readonly Packaged[];
  readonly labels: LabelRules;
}

const BY_LANGUAGE = v.record(LANGUAGE, line(300));
const TEXT: v.GenericSchema<unknown, LabelText> = eitherShape(isKeysOrList, BY_LANGUAGE, line(300));
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
const TEXTS_SAY: Says<typeof TEXTS> = {
  substance:
    'The product and its strength, the same for every arm, such as ILT101 1 MUI or placebo. One text, or one by language.',
  form: 'The pharmaceutical form, such as powder for injection.',
  route: 'The route of administration, as labels say it.',
  contents: 'What a kit contains, such as 9 vials.',
  unitContents: 'What one unit contains, such as 1 vial.',
  trialReference: 'The reference of the trial on labels, if it is another than study.id.',
  directions: 'How the product is used, or where that is written.',
  storage: 'How the product is stored.',
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
const MAKE_UP_SAYS = {
  units: 'How many units, such as vials, a kit has: each injection (one for each), or a number.',
  outer: 'true (the default): the kit has an outer packaging with a label of its own.',
  unitPackaging: 'small (the default: the label of a unit says less) or immediate.',
  spares: 'How many spare kits each slot has, 0 to 9, if its kit is lost or damaged.',
};
const MAKE_UP = mapping(
  {
    units: v.optional(UNITS, EACH_INJECTION),
    outer: v.optional(v.boolean(), true),
    unitPackaging: v.optional(
      v.picklist(['immediate', 'small'], 'expected immediate or small'),
      'small',
    ),
    spares: SPARES,
  },
  MAKE_UP_SAYS,
);
/** A name that is safe in the columns of list.csv and in the label of a stream. */
const TYPE = code(24);
const KIT_TYPE = mapping(
  {
    type: TYPE,
    units: v.optional(UNITS),
    injected: v.optional(v.boolean(), false),
    unitLabels: v.optional(v.boolean(), true),
    outer: v.optional(v.boolean(), true),
    unitPackaging: v.optional(
      v.picklist(['immediate', 'small'], 'expected immediate or small'),
      'small',
    ),
    spares: SPARES,
    ...TEXTS,
  },
  {
    type: 'The name of the kit type, such as tablets.',
    ...MAKE_UP_SAYS,
    injected: 'true: injections are given from this type.',
    unitLabels:
      'false: only the kit has a label; its units are counted, such as the tablets of a bottle.',
    ...TEXTS_SAY,
  },
);
/** The key `supplies.kits`: empty if there is only `supplies.kit`. */
export const KIT_TYPES = v.nullish(v.array(KIT_TYPE), []);
const PACKAGED = mapping(
  {
    type: v.optional(TYPE),
    arm: v.optional(code(20)),
    batch: v.optional(whole(1, 999)),
    lot: v.optional(line(40)),
    expiry: v.optional(EXPIRY),
    ...TEXTS,
  },
  {
    type: 'Only for this kit type.',
    arm: 'Only for the kits of this arm. What a label says must be the same for every arm.',
    batch: 'Only for the kits of this batch of the list.',
    lot: 'The lot, as labels say it.',
    expiry: 'The last month in which the product may be used, as YYYY-MM.',
    ...TEXTS_SAY,
  },
);
const WORDS = mapping(
  {
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
  },
  {
    contact: 'The words before the person to call.',
    lot: 'The word before the lot.',
    expiry: 'The words before the month of expiry.',
    trial: 'The word before the reference of the trial.',
    site: 'The word before the site.',
    investigator: 'The word before the investigator.',
    kit: 'The word before the kit code.',
    subject: 'The word before the subject id.',
    visit: 'The word before the visit.',
    injection: 'The word before the number of the injection.',
    trialUse: 'The sentence that it is for clinical trial use only.',
    children: 'The sentence that it must be kept away from children.',
    reprint: 'The mark of a label that is printed again.',
    specimen: 'The mark of a label that is a specimen.',
    dummy: 'The mark of a label of a rehearsal.',
  },
);
const LABELS = mapping(
  {
    profile: v.optional(v.picklist(PROFILES, `expected one of ${PROFILES.join(', ')}`)),
    languages: v.optional(LANGUAGE_LIST, ['en']),
    contact: v.optional(
      mapping(
        {
          name: line(100),
          address: v.optional(line(160)),
          phone: v.optional(line(40)),
        },
        {
          name: 'Whom to call about the product, the trial and an emergency.',
          address: 'The address of the contact.',
          phone: 'The telephone number of the contact.',
        },
      ),
    ),
    contactOnCard: v.optional(v.boolean(), false),
    takenHome: v.optional(v.boolean(), true),
    words: v.optional(v.record(LANGUAGE, WORDS), {}),
    ...TEXTS,
  },
  {
    profile: 'The law that says what a label must have: eu-ctr, eu-annex13 or us-312.6.',
    languages:
      'The languages of the labels, two small letters each, in their order, such as [fr, nl].',
    contact: 'Whom to call in an emergency.',
    contactOnCard:
      'true: participants carry a card with address and telephone number, so that the label only has the name.',
    takenHome:
      'true (the default): participants take the product home, so that the label says to keep it away from children.',
    words: "The trial's own words on labels, by language. They replace those that randose has.",
    ...TEXTS_SAY,
  },
);
/** What a kit is, how it was packaged, and what its labels say. */
const PARTS = mapping(
  {
    kit: v.optional(MAKE_UP, {}),
    kits: KIT_TYPES,
    packaged: v.nullish(v.array(PACKAGED), []),
    labels: v.optional(LABELS, {}),
  },
  {
    kit: "What a participant's kit consists of, if all kits are alike.",
    kits: 'Instead of kit: kit types, two at least, of which each participant has one each (double-dummy).',
    packaged:
      'What was packaged, with lot and expiry: for all kits, or for an arm, a batch or a kit type.',
    labels: 'What labels say, the same for every arm.',
  },
);

/** The word for a study whose participants get no kit: surgery, a device, a drug from the hospital's own stock. */
const NO_KITS = 'none';

const EXPECTED = `expected keys with values, or ${NO_KITS} if the study has no kits`;
export const SUPPLIES = v.nullish(
  eitherShape((input) => typeof input === 'object', PARTS, v.literal(NO_KITS, EXPECTED)),
  {},
);

/**
 * The supplies that study.yaml describes.
 *
 * @param injections the number of a participant's injections
 * @returns whether slots have kits, of which types, how many spare ones (of the first type), and what they are; nothing
 *   of it counts if they have none
 */
export function suppliesFrom(
  said: v.InferOutput<typeof SUPPLIES>,
  injections: number,
): {
  readonly hasKits: boolean;
  readonly spareKits: number;
  readonly kitTypes: readonly ListedType[];
  readonly supplies: Supplies;
} {
  const { kit, kits, packaged, labels } = said === NO_KITS ? v.parse(PARTS, {}) : said;
  const unitsOf = (units: typeof kit.units | undefined) =>
    units === undefined || units === EACH_INJECTION ? injections : units;
  const types = kits.map((one) => ({ ...one, units: unitsOf(one.units) }));
  const { units, outer, unitPackaging, spares } = kits[0] ?? kit;
  return {
    hasKits: said !== NO_KITS,
    spareKits: spares,
    kitTypes: kits.map((one) => ({ type: one.type, spares: one.spares })),
    supplies: {
      kit: { units: unitsOf(units), outer, unitPackaging },
      types,
      packaged,
      labels,
    },
  };
}

/** What kits of a type consist of; without types, all kits. */
export function makeUpOf(
  { kit, types }: Pick<Supplies, 'kit' | 'types'>,
  type: string | undefined,
): KitMakeUp {
  return types.find((one) => one.type === type) ?? kit;
}

/** Whether injections are given from kits of a type: from all kits if there are no types. */
export function isInjected({ types }: Pick<Supplies, 'types'>, type: string | undefined): boolean {
  return types.length === 0 || types.some((one) => one.type === type && one.injected);
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
  checkTypes(yaml);
  const types = yaml.soundItems(['supplies', 'kits'], KIT_TYPE).map(({ value }) => value.type);
  const arms = yaml.soundItems(['arms'], ARM).map(({ value }) => value.code);
  const seen = new Set<string>();
  for (const { path, value } of yaml.soundItems(['supplies', 'packaged'], PACKAGED)) {
    const { arm, batch, type } = value;
    if (type !== undefined && yaml.areSound(['supplies', 'kits']) && !types.includes(type)) {
      const known =
        types.length === 0
          ? 'the study has no kit types (supplies.kits)'
          : `the types are: ${types.join(', ')}`;
      yaml.report([...path, 'type'], `unknown kit type "${type}"; ${known}`);
    }
    if (arm !== undefined && yaml.areSound(['arms']) && !arms.includes(arm)) {
      yaml.report([...path, 'arm'], `unknown arm "${arm}"; the arms are: ${arms.join(', ')}`);
    }
    const key = `${arm ?? ''} ${batch ?? ''} ${type ?? ''}`;
    if (seen.has(key)) {
      const ofArm = arm === undefined ? 'all arms' : `arm ${arm}`;
      const ofBatch = batch === undefined ? 'all batches' : `batch ${batch}`;
      const ofType = type === undefined ? '' : ` (${type})`;
      yaml.report(path, `what is packaged for ${ofArm} and ${ofBatch}${ofType} is here twice`);
    }
    seen.add(key);
  }
}

/** Reports kits whose number of units nobody says: without injections, `each injection` does not. */
function checkUnits(yaml: YamlFile): void {
  if (yaml.has(['supplies', 'kits'])) return;
  const isSaidOf = (path: YamlPath) => yaml.areSound(path) && isSaid(yaml, path);
  const units = yaml.sound(['supplies', 'kit', 'units'], v.unknown()) ?? EACH_INJECTION;
  const path = ['schedule', 'injections'];
  if (units !== EACH_INJECTION || !yaml.areSound(['schedule']) || isSaidOf(path)) return;
  yaml.report(
    ['supplies', 'kit', 'units'],
    'there is no injection that would say how many units a kit has: write the number, such as supplies: {kit: {units: 1}}; or write supplies: none if the study has no kits',
  );
}

/** Reports kit types that are not several, are the same, or of which nobody knows the units or what injections come from. */
function checkTypes(yaml: YamlFile): void {
  const path = ['supplies', 'kits'];
  if (!yaml.has(path) || !yaml.areSound(path)) return;
  const items = yaml.soundItems(path, KIT_TYPE);
  if (yaml.has(['supplies', 'kit'])) {
    const message =
      'either kit, if all kits are alike, or kits, with a row for each kit type: not both';
    yaml.report(path, message, true);
  }
  if (items.length < 2) {
    const message = 'expected two kit types at least; if all kits are alike, write kit instead';
    yaml.report(path, message, true);
    return;
  }
  reportRepeats(yaml, items, 'type', 'kit type');
  for (const { path: at, value } of items) {
    if (value.outer || value.unitLabels) continue;
    const message =
      'without outer packaging only units have labels: write outer: true, or leave this out';
    yaml.report([...at, 'unitLabels'], message);
  }
  const injected = items.filter(({ value }) => value.injected);
  const hasInjections = isSaid(yaml, ['schedule', 'injections']);
  for (const { path: at, value } of items) {
    if (value.injected || typeof value.units === 'number') continue;
    const message = `write how many units a kit of ${value.type} has, such as units: 28; only the type that is injected has one for each injection`;
    yaml.report(value.units === undefined ? at : [...at, 'units'], message);
  }
  for (const { path: at } of injected.slice(1)) {
    const message = `injections are given from one kit type, and ${injected[0]!.value.type} is injected already`;
    yaml.report([...at, 'injected'], message);
  }
  if (!yaml.areSound(['schedule'])) return;
  if (hasInjections && injected.length === 0) {
    const message =
      'the schedule has injections: write injected: true in the kit type that they are given from';
    yaml.report(path, message, true);
  }
  const [first] = injected;
  if (!hasInjections && first !== undefined) {
    yaml.report([...first.path, 'injected'], 'the schedule has no injections: leave this out');
  }
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
