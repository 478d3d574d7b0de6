import type { Problem } from '../errors.ts';
import { STUDY_FILE } from '../study/layout.ts';
import { isPlaceholder } from '../study/stored-text.ts';
import { LABEL_TEXTS, type LabelText } from '../study/sections/supplies.ts';
import type { LabelKind } from './label.ts';
import { inLanguage } from './common-text.ts';
import { keyOfTexts, type Wording } from './label-text.ts';
import { type Packaging, type Particular, PROFILE } from './particulars.ts';

/** A particular that study.yaml does not have. */
interface Gap {
  /** What is missing or wrong, with its key. */
  readonly what: string;
  /** Which paragraph asks for it, and where. */
  readonly asked: string;
}

/** The particulars that the profile requires on a label and study.yaml does not have. */
export function missingParticulars(wording: Wording, kind: LabelKind, packaging: Packaging): Gap[] {
  const on = kind === 'outer' ? 'the outer label' : `the label of a unit (${packaging})`;
  const required = Object.entries(PROFILE[wording.profile].required[packaging]);
  return required.flatMap(([particular, paragraph]) => {
    const what = gapOf(wording, particular as Particular, packaging);
    return what === undefined ? [] : [{ what, asked: `${paragraph} asks for it on ${on}` }];
  });
}

/** @returns a problem for each text that is written by language, but not in all languages of the labels */
export function missingTranslations({ text, languages, type }: Wording): Problem[] {
  return LABEL_TEXTS.flatMap((name) => {
    const missing = languages.filter(
      (language) => text[name] !== undefined && inLanguage(text[name], language) === undefined,
    );
    if (missing.length === 0) return [];
    const message = `${keyOfTexts({ type })}.${name} is missing in: ${missing.join(', ')}`;
    return [{ file: STUDY_FILE, message }];
  });
}

const IN_LABELS = 'supplies.labels';

/** What is missing in study.yaml, with its key; undefined if nothing is. */
function gapOf(
  { study, text, site, languages, type }: Wording,
  particular: Particular,
  packaging: Packaging,
): string | undefined {
  const { contact } = study.supplies.labels;
  const texts = keyOfTexts({ type });
  const missing = (key: string, value: unknown) =>
    value === undefined ? `${key} is missing` : placeholderIn(key, value);
  const missingText = (name: 'form' | 'route' | 'directions' | 'storage') =>
    missing(`${texts}.${name}`, text[name]);
  switch (particular) {
    case 'contact name':
      return missing(`${IN_LABELS}.contact.name`, contact?.name);
    case 'contact': {
      if (contact === undefined) return `${IN_LABELS}.contact is missing`;
      // Annex VI, A.1(3), and Annex 13, 27: the rest is on a card that participants keep with them.
      if (study.supplies.labels.contactOnCard) return undefined;
      const parts = (['address', 'phone'] as const).filter((part) => contact[part] === undefined);
      if (parts.length === 0) {
        return (['address', 'phone'] as const)
          .map((part) => placeholderIn(`${IN_LABELS}.contact.${part}`, contact[part]))
          .find((one) => one !== undefined);
      }
      const keys = parts.map((part) => `${IN_LABELS}.contact.${part}`);
      return `${keys.join(' and ')} ${keys.length === 1 ? 'is' : 'are'} missing`;
    }
    case 'substance':
      return text.substance === undefined
        ? `${texts}.substance is missing`
        : unnamedPlacebo({ study, text, languages, type });
    case 'form':
    case 'route':
    case 'directions':
    case 'storage':
      return missingText(particular);
    case 'quantity': {
      const key = packaging === 'outer' ? 'contents' : 'unitContents';
      return missing(`${texts}.${key}`, text[key]);
    }
    case 'lot':
    case 'expiry':
      return missing(packagedKey(particular, type), text[particular]);
    case 'investigator': {
      // A kit at the depot can still go to any site.
      const sites = site === undefined ? study.sites : [site];
      const without = sites.find(({ investigator }) => investigator === undefined);
      return without && `sites[${without.code}].investigator is missing`;
    }
    case 'trial': // study.yaml always has identification and sponsor
    case 'number': // the kit code
    case 'trial use': // words of randose or of the trial (study/sections/supplies.ts requires them)
    case 'children':
    case 'caution':
      return undefined;
  }
}

/** The key of lot or expiry, with the kit type that it is about. */
export function packagedKey(name: 'lot' | 'expiry', type: string | undefined): string {
  return `supplies.packaged[].${name}${type === undefined ? '' : ` (type: ${type})`}`;
}

/** That a text is still the word of a template in the place of the real one; undefined if it is not. */
function placeholderIn(key: string, value: unknown): string | undefined {
  return typeof value === 'string' && isPlaceholder(value)
    ? `${key} is still "${value}", a placeholder`
    : undefined;
}

/** The languages in which a placebo is called “placebo”, so that a missing one can be detected. */
const CALLED_PLACEBO = new Set(['en', 'fr', 'de', 'es', 'it', 'nl', 'pt', 'da', 'sv', 'ro', 'cs']);

/** In a blinded trial, the labels of all arms name the substance together with the placebo. */
function unnamedPlacebo({
  study,
  text,
  languages,
  type,
}: Pick<Wording, 'study' | 'text' | 'languages' | 'type'>): string | undefined {
  if (!study.arms.some(({ type }) => type === 'placebo')) return undefined;
  const isNamedIn = (substance: LabelText | undefined) =>
    languages
      .filter((language) => CALLED_PLACEBO.has(language))
      .every((language) => /placebo/i.test(inLanguage(substance, language) ?? ''));
  // With kit types, everyone may have the same kit of one type, and the placebo is in another one.
  const { types, labels } = study.supplies;
  const ofTypes = types.map(({ substance }) => substance ?? labels.substance);
  if ([text.substance, ...ofTypes].some(isNamedIn)) return undefined;
  return `${keyOfTexts({ type })}.substance does not name the placebo ("… or placebo"), as a blinded label must`;
}
