import { RandoseError } from '../errors.ts';
import type { AllLabelWords } from '../languages/language.ts';
import { LANGUAGE_CODES, languageOf } from '../languages/languages.ts';
import { LABEL_WORDS, type LabelWords } from '../study/sections/supplies.ts';

/** 21 CFR 312.6(a), word for word. */
export const US_CAUTION =
  'Caution: New Drug—Limited by Federal (or United States) law to investigational use.';

/**
 * The words of a language: the trial's own words, and for the others those of randose.
 *
 * @throws RandoseError `invalid-study` if a word is missing
 */
export function wordsIn(language: string, own: LabelWords = {}): AllLabelWords {
  const known: LabelWords = languageOf(language)?.label ?? {};
  const words = Object.fromEntries(LABEL_WORDS.map((name) => [name, own[name] ?? known[name]]));
  const missing = LABEL_WORDS.filter((name) => words[name] === undefined);
  if (missing.length === 0) return words as AllLabelWords;
  const has = LANGUAGE_CODES.join(', ');
  const message = `label words in "${language}" are missing: ${missing.join(', ')}`;
  throw new RandoseError('invalid-study', message, {
    hint: `Add them to study.yaml: supplies.labels.words.${language}. randose has the words of: ${has}`,
  });
}
