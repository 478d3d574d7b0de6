import { type Problem, RandoseError } from '../errors.ts';
import type { KitNumber } from '../randomization/numbers.ts';
import type { Slot } from '../randomization/list.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { siteOfStratum } from '../study/strata.ts';
import type { Site, Study } from '../study/study.ts';
import type { LabelText, LabelWord, ProfileName } from '../study/supplies.ts';
import { commonText, type CommonText } from './common-text.ts';
import { type AllLabelWords, US_CAUTION, wordsIn } from './label-words.ts';
import { type Packaging, packagingOfUnit, type Particular, PROFILE } from './particulars.ts';

export type LabelKind = 'outer' | 'unit';

/** What a line of a label is about: its column where labels are a table. */
export type LineKind =
  | 'injection'
  | 'substance'
  | 'contents'
  | 'lot'
  | 'subject'
  | 'trial'
  | 'investigator'
  | 'directions'
  | 'trial_use'
  | 'caution'
  | 'storage'
  | 'children';

export interface LabelLine {
  readonly kind: LineKind;
  readonly text: string;
  readonly isStrong: boolean;
}

/** A label, before anybody knows on what it is printed. It depends on no arm. */
export interface Label {
  readonly kind: LabelKind;
  /** Its name, for whoever has to do something about it: `the outer label of kit 474WW4E`. */
  readonly name: string;
  /** What is scanned, and is read beneath the bar code. */
  readonly kit: KitNumber;
  /** The caption of that. */
  readonly caption: string;
  /** Which unit of the kit, from 1; null on an outer label. */
  readonly unit: number | null;
  /** Whom to call: what is seen first, beside the kit code. Undefined where study.yaml has nobody. */
  readonly contact: string | undefined;
  readonly lines: readonly LabelLine[];
  /** REPRINT, DUMMY. */
  readonly marks: readonly string[];
  readonly subject: string | null;
  readonly visit: string | null;
  readonly date: CivilDate | null;
}

/** An injection of the schedule, or of one participant. */
export interface LabelledInjection {
  /** From 1. */
  readonly index: number;
  readonly visit: string;
  /** Null where it is nobody's yet. */
  readonly date: CivilDate | null;
  /** It will not be given: its unit gets no label. */
  readonly isCancelled?: boolean;
}

/** A kit that is to be labelled. */
export interface KitToLabel {
  readonly kit: KitNumber;
  readonly slot: Slot;
  /** To whom it is dispensed; null for the stock. */
  readonly subject: string | null;
  /** In their order. */
  readonly injections: readonly LabelledInjection[];
  /** Of which it had labels before. */
  readonly had: readonly LabelKind[];
}

type LabelledStudy = Pick<
  Study,
  'id' | 'domain' | 'sponsor' | 'registrations' | 'arms' | 'sites' | 'supplies'
>;

/**
 * The labels of kits: for each its outer label, then those of its units.
 *
 * @param kinds which of them; a kit without outer packaging has no outer label
 * @throws RandoseError `invalid-study` where the arms' labels would differ, or a particular that the
 *   profile asks for is missing: each with its paragraph and its key
 */
export function makeLabels(
  study: LabelledStudy,
  profile: ProfileName,
  kinds: readonly LabelKind[],
  kits: readonly KitToLabel[],
): Label[] {
  const { kit: makeUp } = study.supplies;
  const has = (kind: LabelKind) => kinds.includes(kind) && (kind === 'unit' || makeUp.outer);
  const commonOf = memo((key: string): Common => {
    const [batch, site] = JSON.parse(key) as [number, string];
    return commonParts(study, profile, batch, site);
  });
  const problems = new Map<string, Problem>();
  const labels: Label[] = [];
  for (const one of kits) {
    const site = siteOfStratum(one.slot.stratum);
    const common = commonOf(JSON.stringify([one.slot.batch, site]));
    for (const kind of ['outer', 'unit'] as const) {
      if (!has(kind)) continue;
      const packaging = kind === 'outer' ? 'outer' : packagingOfUnit(makeUp);
      for (const problem of common.missing(kind, packaging)) problems.set(problem.message, problem);
    }
    if (problems.size > 0) continue;
    if (has('outer')) labels.push(outerLabel(common, one));
    if (!has('unit')) continue;
    for (let unit = 1; unit <= makeUp.units; unit += 1) {
      const label = unitLabel(common, one, unit, makeUp.units, packagingOfUnit(makeUp));
      if (label !== undefined) labels.push(label);
    }
  }
  if (problems.size === 0) return labels;
  const count = problems.size === 1 ? 'a particular is' : `${problems.size} particulars are`;
  throw new RandoseError(
    'invalid-study',
    `${count} missing on the labels (${PROFILE[profile].law})`,
    {
      problems: [...problems.values()],
      hint: 'No label was made. Add them to study.yaml under supplies; the sponsor approves the words.',
    },
  );
}

/** What the labels of a batch at a site have in common, as texts. */
interface Common {
  readonly study: LabelledStudy;
  readonly words: readonly AllLabelWords[];
  readonly captioned: Captioned;
  readonly contact: (packaging: Packaging) => string | undefined;
  /** By kind; undefined where study.yaml has nothing for it. */
  readonly line: (kind: LineKind, packaging: Packaging) => LabelLine | undefined;
  readonly missing: (kind: LabelKind, packaging: Packaging) => Problem[];
}

/** The lines of an outer label, and of one that stands alone, in their order. */
const ALL_LINES: readonly LineKind[] = [
  ...(['caution', 'substance', 'contents', 'lot', 'trial', 'investigator'] as const),
  ...(['directions', 'trial_use', 'storage', 'children'] as const),
];
/** Those of a unit in an outer packaging. */
const INNER_LINES: readonly LineKind[] = ['caution', 'contents', 'lot', 'trial'];

function commonParts(
  study: LabelledStudy,
  profile: ProfileName,
  batch: number,
  siteCode: string,
): Common {
  const { labels, kit: makeUp } = study.supplies;
  const { languages } = labels;
  const text = commonText(study, batch);
  const site = study.sites.find(({ code }) => code === siteCode);
  const words = languages.map((language) => wordsIn(language, labels.words[language]));
  const said = (value: LabelText | undefined) => inLanguages(value, languages);
  const captioned = captioner(words, languages);
  const parts: Parts = { study, text, site, makeUp, languages, words, captioned, said };
  return {
    study,
    words,
    captioned,
    contact: (packaging) => contactText(study, packaging, captioned),
    line: (kind, packaging) => {
      const isStrong = kind === 'substance' || kind === 'lot' || kind === 'trial_use';
      const found = lineText(parts, profile, kind, packaging);
      return found === undefined ? undefined : { kind, text: found, isStrong };
    },
    missing: (kind, packaging) => missingParticulars(parts, profile, kind, packaging),
  };
}

interface Parts {
  readonly study: LabelledStudy;
  readonly text: CommonText;
  readonly site: Site | undefined;
  readonly makeUp: Study['supplies']['kit'];
  readonly languages: readonly string[];
  readonly words: readonly AllLabelWords[];
  readonly captioned: Captioned;
  readonly said: (value: LabelText | undefined) => string | undefined;
}

function lineText(
  { study, text, site, languages, words, captioned, said }: Parts,
  profile: ProfileName,
  kind: LineKind,
  packaging: Packaging,
): string | undefined {
  const isInner = packaging === 'immediate' || packaging === 'small';
  switch (kind) {
    case 'caution':
      return profile === 'us-312.6' ? US_CAUTION : undefined;
    case 'substance':
      return said(text.substance);
    case 'contents': {
      const quantity = packaging === 'outer' ? text.contents : text.unitContents;
      const parts = packaging === 'small' ? [text.route] : [text.form, text.route, quantity];
      const inEach = languages.map((language) =>
        parts.flatMap((part) => inLanguage(part, language) ?? []).join(', '),
      );
      return [...new Set(inEach)].filter((one) => one !== '').join(' / ') || undefined;
    }
    case 'lot': {
      const isDated = !isInner && text.expiry !== undefined;
      const parts = [
        text.lot === undefined ? '' : captioned('lot', text.lot),
        isDated ? captioned('expiry', monthYear(text.expiry)) : '',
      ];
      return parts.filter((part) => part !== '').join(' · ') || undefined;
    }
    case 'trial': {
      const own = said(text.trialReference);
      if (own !== undefined) return captioned('trial', own);
      const where = site === undefined ? [] : [captioned('site', site.code)];
      const register = registrationOf(study, profile);
      const reference = register === undefined ? study.id : `${study.id} (${register})`;
      const about = isInner ? [study.id] : [reference, study.sponsor];
      return [captioned('trial', about.join(', ')), ...where].join(' · ');
    }
    case 'investigator':
      return site?.investigator === undefined
        ? undefined
        : captioned('investigator', site.investigator);
    case 'directions':
      return said(text.directions);
    case 'trial_use':
      return caption(words, 'trialUse');
    case 'storage':
      return said(text.storage);
    case 'children':
      return study.supplies.labels.takenHome ? caption(words, 'children') : undefined;
    case 'injection':
    case 'subject':
      return undefined; // of one label, not of all
  }
}

function missingParticulars(
  { study, text, site, languages }: Parts,
  profile: ProfileName,
  kind: LabelKind,
  packaging: Packaging,
): Problem[] {
  const { labels } = study.supplies;
  const { contact } = labels;
  const inFull = (['name', 'address', 'phone'] as const).filter((part) => !contact?.[part]);
  const quantity = packaging === 'outer' ? 'contents' : 'unitContents';
  const isNamed = (value: LabelText | undefined) =>
    !study.arms.some(({ type }) => type === 'placebo') ||
    languages.every((one) => /placebo/i.test(inLanguage(value, one) ?? ''));
  /** The key of what is missing, and why where that needs a word; undefined where nothing is. */
  const gaps: Record<Particular, string | undefined> = {
    'contact name': contact === undefined ? 'supplies.labels.contact.name' : undefined,
    contact:
      contact === undefined
        ? 'supplies.labels.contact'
        : inFull.map((part) => `supplies.labels.contact.${part}`).join(', ') || undefined,
    substance:
      text.substance === undefined
        ? 'supplies.labels.substance'
        : isNamed(text.substance)
          ? undefined
          : 'the placebo ("… or placebo") in supplies.labels.substance, which must name both in a blinded trial,',
    form: text.form === undefined ? 'supplies.labels.form' : undefined,
    route: text.route === undefined ? 'supplies.labels.route' : undefined,
    quantity: text[quantity] === undefined ? `supplies.labels.${quantity}` : undefined,
    lot: text.lot === undefined ? 'supplies.packaged: lot' : undefined,
    trial: undefined,
    number: undefined,
    investigator:
      site?.investigator === undefined ? `sites: ${site?.code ?? ''}: investigator` : undefined,
    directions: text.directions === undefined ? 'supplies.labels.directions' : undefined,
    'trial use': undefined,
    storage: text.storage === undefined ? 'supplies.labels.storage' : undefined,
    expiry: text.expiry === undefined ? 'supplies.packaged: expiry' : undefined,
    children: undefined,
    caution: undefined,
  };
  const on = kind === 'outer' ? 'the outer label' : `the label of a unit (${packaging})`;
  const { required } = PROFILE[profile];
  return Object.entries(required[packaging]).flatMap(([particular, paragraph]) => {
    const gap = gaps[particular as Particular];
    if (gap === undefined) return [];
    const message = `${gap} is missing: ${paragraph} asks for it on ${on}`;
    return [{ file: STUDY_FILE, message }];
  });
}

function outerLabel(common: Common, one: KitToLabel): Label {
  const lines = ALL_LINES.flatMap((kind) => common.line(kind, 'outer') ?? []);
  return {
    ...labelOf(common, one, 'outer', 'outer'),
    name: `the outer label of kit ${one.kit}`,
    unit: null,
    lines: withSubject(lines, common, one),
    visit: null,
    date: null,
  };
}

/** @returns undefined for a unit that will not be given */
function unitLabel(
  common: Common,
  one: KitToLabel,
  unit: number,
  units: number,
  packaging: Packaging,
): Label | undefined {
  const isPerInjection = units >= one.injections.length;
  const injection = isPerInjection ? one.injections[unit - 1] : undefined;
  if (injection?.isCancelled === true) return undefined;
  const text =
    injection === undefined
      ? `${unit}/${units}`
      : [
          `${caption(common.words, 'injection')} ${injection.index}/${one.injections.length}`,
          `${caption(common.words, 'visit')} ${injection.visit}`,
          ...(injection.date === null ? [] : [injection.date]),
        ].join(' · ');
  const kinds = packaging === 'alone' ? ALL_LINES : INNER_LINES;
  const lines = kinds.flatMap((kind) => common.line(kind, packaging) ?? []);
  const first: LabelLine = { kind: 'injection', text, isStrong: true };
  const isNamed = packaging === 'alone' || one.subject !== null;
  return {
    ...labelOf(common, one, 'unit', packaging),
    name: `the label of unit ${unit} of kit ${one.kit}`,
    unit,
    lines: [first, ...(isNamed ? withSubject(lines, common, one) : lines)],
    visit: injection?.visit ?? null,
    date: injection?.date ?? null,
  };
}

function labelOf(common: Common, one: KitToLabel, kind: LabelKind, packaging: Packaging) {
  const { study, words } = common;
  const marks = [
    ...(study.domain === 'dummy' ? [caption(words, 'dummy')] : []),
    ...(one.had.includes(kind) ? [caption(words, 'reprint')] : []),
  ];
  const contact = common.contact(packaging);
  return {
    kind,
    kit: one.kit,
    caption: caption(words, 'kit'),
    contact,
    marks,
    subject: one.subject,
  };
}

/** The line for the participant, to be filled in by hand where nobody has the kit, behind the lot. */
function withSubject(
  lines: readonly LabelLine[],
  { captioned }: Common,
  { subject }: KitToLabel,
): LabelLine[] {
  const text = captioned('subject', subject ?? '_'.repeat(12));
  const line: LabelLine = { kind: 'subject', text, isStrong: subject !== null };
  const place = lines.findIndex(({ kind }) => kind === 'trial');
  return place < 0 ? [...lines, line] : lines.toSpliced(place, 0, line);
}

function contactText(
  { supplies: { labels } }: LabelledStudy,
  packaging: Packaging,
  captioned: Captioned,
): string | undefined {
  const { contact } = labels;
  if (contact === undefined) return undefined;
  const { name, address, phone } = contact;
  const isInner = packaging === 'immediate' || packaging === 'small';
  const parts = [phone, name, ...(isInner ? [] : [address])].filter((part) => part !== undefined);
  return isInner ? parts.join(', ') : captioned('contact', parts.join(', '));
}

/** What stands behind its caption, as the first language of the label separates the two. */
type Captioned = (word: LabelWord, value: string) => string;

function captioner(words: readonly AllLabelWords[], languages: readonly string[]): Captioned {
  const colon = languages[0] === 'fr' ? ' : ' : ': ';
  return (word, value) => `${caption(words, word)}${colon}${value}`;
}

/** The number by which the trial is known: in Europe that of its authorization, where it has one. */
function registrationOf(
  { registrations }: LabelledStudy,
  profile: ProfileName,
): string | undefined {
  const all = Object.entries(registrations);
  const european =
    profile === 'us-312.6' ? undefined : all.find(([name]) => /^(EU|CTIS)/i.test(name));
  return (european ?? all[0])?.[1];
}

/** A word in every language of the label; once where languages agree. */
function caption(words: readonly AllLabelWords[], word: LabelWord): string {
  return [...new Set(words.map((one) => one[word]))].join(' / ');
}

function inLanguage(text: LabelText | undefined, language: string): string | undefined {
  return typeof text === 'object' ? text[language] : text;
}

function inLanguages(
  text: LabelText | undefined,
  languages: readonly string[],
): string | undefined {
  const texts = languages.flatMap((language) => inLanguage(text, language) ?? []);
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' / ');
}

/** `2027-06` as Annex VI asks for it: month and year, which nobody takes for a day. */
function monthYear(expiry = ''): string {
  return `${expiry.slice(5)}/${expiry.slice(0, 4)}`;
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
