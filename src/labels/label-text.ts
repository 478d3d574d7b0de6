import type { AllLabelWords } from '../languages/language.ts';
import { commonDate, languageOf, visitCode } from '../languages/languages.ts';
import type { CivilDate } from '../study/civil-date.ts';
import type { Site, Study } from '../study/study.ts';
import type { LabelText, LabelTextName, LabelWord } from '../study/sections/supplies.ts';
import type { ProfileName } from '../study/profiles.ts';
import { type CommonText, monthYear } from '../study/packaged.ts';
import { commonText, inLanguage, languagesAt } from './common-text.ts';
import type { LabelContact, LabelLine, LineKind } from './label.ts';
import { US_CAUTION, wordsIn } from './label-words.ts';
import type { Packaging } from './particulars.ts';

/** The parts of a study that its labels depend on. */
export type LabelledStudy = Pick<
  Study,
  'id' | 'domain' | 'sponsor' | 'registrations' | 'arms' | 'sites' | 'supplies'
>;

/** What the labels of a batch at a site have in common, before it is written into lines. */
export interface Wording {
  readonly study: LabelledStudy;
  readonly profile: ProfileName;
  readonly text: CommonText;
  /** The type of the kits; undefined if all kits are alike. */
  readonly type: string | undefined;
  /** Undefined while nobody knows it: the kits are at the depot, and their labels have the languages of all labels. */
  readonly site: Site | undefined;
  readonly languages: readonly string[];
  /** The words of each language, in the order of `languages`. */
  readonly words: readonly AllLabelWords[];
}

/**
 * @param code of the site; undefined while nobody knows it
 * @param type of the kits; undefined if all kits are alike
 * @throws RandoseError `invalid-study` if the labels of the arms differ
 */
export function wordingOf(
  given: LabelledStudy,
  profile: ProfileName,
  batch: number,
  code: string | undefined,
  type: string | undefined,
): Wording {
  // An accent can be typed as a separate mark behind its letter. Fonts have one character for both.
  const study = JSON.parse(JSON.stringify(given).normalize('NFC')) as LabelledStudy;
  const { words } = study.supplies.labels;
  const site = study.sites.find((one) => one.code === code);
  const languages = languagesAt(study, site);
  return {
    study,
    profile,
    languages,
    text: commonText(study, batch, type),
    type,
    site,
    words: languages.map((language) => wordsIn(language, words[language])),
  };
}

/** A word in every language of the label; once if it is the same in all. */
export function caption({ words }: Wording, word: LabelWord): string {
  return [...new Set(words.map((one) => one[word]))].join(' / ');
}

/** A value behind its caption, with the colon of the label's first language. */
export function captioned(wording: Wording, word: LabelWord, value: string): string {
  const colon = languageOf(wording.languages[0] ?? '')?.colon ?? ': ';
  return `${caption(wording, word)}${colon}${value}`;
}

/** A visit, with its day in a cycle if it has one, in every language of the label; once if it is the same in all. */
export function visitOn({ languages }: Wording, visit: string, cycle: string | undefined): string {
  const inEach = (code: string) =>
    [...new Set(languages.map((one) => visitCode(languageOf(one), code)))].join(' / ');
  return `${inEach(visit)}${cycle === undefined ? '' : ` (${inEach(cycle)})`}`;
}

/** A date as all languages of the label write it. */
export function dateOn({ languages }: Wording, date: CivilDate): string {
  return commonDate(languages, date);
}

/** Whether the label is inside an outer packaging with all particulars, and so needs fewer. */
function isInside(packaging: Packaging): boolean {
  return packaging === 'immediate' || packaging === 'small';
}

/** Whether the label of a packaging says until when the product can be used, and not only the outer one around it. */
export function showsExpiry(packaging: Packaging): boolean {
  return !isInside(packaging);
}

const IN_LABELS = 'supplies.labels';

/** Whom to call; undefined if study.yaml has no contact. */
export function contactOf(wording: Wording, packaging: Packaging): LabelContact | undefined {
  const { contact } = wording.study.supplies.labels;
  if (contact === undefined) return undefined;
  const { name, address, phone } = contact;
  const keys = [`${IN_LABELS}.contact.name`];
  if (isInside(packaging)) return { caption: undefined, phone, text: name, keys };
  const called = { caption: caption(wording, 'contact'), phone };
  if (address === undefined) return { ...called, text: name, keys };
  return {
    ...called,
    text: `${name}, ${address}`,
    keys: [...keys, `${IN_LABELS}.contact.address`],
  };
}

const STRONG: ReadonlySet<LineKind> = new Set(['substance', 'lot', 'trial_use']);

/** A line that is the same on all labels; undefined if study.yaml has no text for it. */
export function lineOf(
  wording: Wording,
  kind: LineKind,
  packaging: Packaging,
): LabelLine | undefined {
  const text = lineText(wording, kind, packaging);
  if (text === undefined) return undefined;
  const keys = ownTexts(kind, packaging)
    .filter((name) => wording.text[name] !== undefined)
    .map((name) => keyOf(wording, name));
  return { kind, text, isStrong: STRONG.has(kind), ...(keys.length > 0 && { keys }) };
}

/** The trial's own texts that a line consists of, which it can shorten. */
function ownTexts(kind: LineKind, packaging: Packaging): readonly LabelTextName[] {
  if (kind === 'contents') return contentsTexts(packaging);
  return kind === 'substance' || kind === 'directions' || kind === 'storage' ? [kind] : [];
}

/** The texts about what is in a packaging, in order. */
function contentsTexts(packaging: Packaging): readonly LabelTextName[] {
  if (packaging === 'small') return ['route'];
  return ['form', 'route', packaging === 'outer' ? 'contents' : 'unitContents'];
}

/** The key of study.yaml that has a text: that of all kits, of a kit type, or of an arm or a batch. */
function keyOf(wording: Wording, name: LabelTextName): string {
  const { study, text, type } = wording;
  const ofType = study.supplies.types.find((one) => one.type === type)?.[name];
  if (ofType !== undefined && text[name] === ofType) return `${keyOfTexts(wording)}.${name}`;
  const isOfAll = text[name] === study.supplies.labels[name];
  return `${isOfAll ? IN_LABELS : 'supplies.packaged[]'}.${name}`;
}

/** Where study.yaml has the texts of a label, if nothing else says them: for a kit type, or for all kits. */
export function keyOfTexts({ type }: Pick<Wording, 'type'>): string {
  return type === undefined ? IN_LABELS : `supplies.kits[${type}]`;
}

function lineText(wording: Wording, kind: LineKind, packaging: Packaging): string | undefined {
  const { study, profile, text, languages } = wording;
  switch (kind) {
    case 'caution':
      return profile === 'us-312.6' ? US_CAUTION : undefined;
    case 'substance':
      return inLanguages([text.substance], languages);
    case 'contents':
      return inLanguages(
        contentsTexts(packaging).map((name) => text[name]),
        languages,
      );
    case 'lot': {
      const expiry = showsExpiry(packaging) ? text.expiry : undefined;
      const parts = [
        ...(text.lot === undefined ? [] : [captioned(wording, 'lot', text.lot)]),
        ...(expiry === undefined ? [] : [captioned(wording, 'expiry', monthYear(expiry))]),
      ];
      return parts.join(' · ') || undefined;
    }
    case 'trial':
      return trialLine(wording, packaging);
    case 'investigator':
      return investigatorLine(wording);
    case 'directions':
      return inLanguages([text.directions], languages);
    case 'trial_use':
      return caption(wording, 'trialUse');
    case 'storage':
      return inLanguages([text.storage], languages);
    case 'children':
      return study.supplies.labels.takenHome ? caption(wording, 'children') : undefined;
    case 'injection':
    case 'subject':
      return undefined; // not the same on all labels
  }
}

/** A blank to fill in by hand: about two centimetres at the size of a label's text. */
export const BLANK = '_'.repeat(16);

/** The site's investigator; a blank while nobody knows the site, if the sites have investigators. */
function investigatorLine(wording: Wording): string | undefined {
  const { study, site } = wording;
  const isSaid = study.sites.some(({ investigator }) => investigator !== undefined);
  const name = site === undefined && isSaid ? BLANK : site?.investigator;
  return name === undefined ? undefined : captioned(wording, 'investigator', name);
}

/** Trial and site; on outer packaging also the sponsor, unless the reference names it. */
function trialLine(wording: Wording, packaging: Packaging): string {
  const { study, text, site, languages } = wording;
  const own = inLanguages([text.trialReference], languages);
  const register = registrationOf(wording);
  const known = register === undefined ? study.id : `${study.id} (${register})`;
  const reference = own ?? (isInside(packaging) ? study.id : known);
  const isSaid = isInside(packaging) || reference.includes(study.sponsor);
  const about = isSaid ? reference : `${reference}, ${study.sponsor}`;
  // The label of a unit inside a box needs no blank: the box has one.
  const code = site?.code ?? (isInside(packaging) ? undefined : BLANK);
  const where = code === undefined ? [] : [captioned(wording, 'site', code)];
  return [captioned(wording, 'trial', about), ...where].join(' · ');
}

/** The trial's registration number: in Europe that of its authorization, if it has one. */
function registrationOf({ study, profile }: Wording): string | undefined {
  const all = Object.entries(study.registrations);
  const european =
    profile === 'us-312.6' ? undefined : all.find(([name]) => /^(EU|CTIS)/i.test(name));
  return (european ?? all[0])?.[1];
}

/** Joins texts, in every language; once if it is the same in all. Undefined if there is none. */
function inLanguages(
  texts: readonly (LabelText | undefined)[],
  languages: readonly string[],
): string | undefined {
  const inEach = languages.map((language) =>
    texts.flatMap((text) => inLanguage(text, language) ?? []).join(', '),
  );
  return [...new Set(inEach)].filter((one) => one !== '').join(' / ') || undefined;
}
