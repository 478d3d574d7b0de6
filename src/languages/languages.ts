import type { CivilDate } from '../study/civil-date.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import { FR } from './fr.ts';
import { IT } from './it.ts';
import type { Language } from './language.ts';

/** The languages that have words, by their code (ISO 639-1). */
export const LANGUAGES = { en: EN, fr: FR, de: DE, es: ES, it: IT } as const;

export type LanguageCode = keyof typeof LANGUAGES;

export const LANGUAGE_CODES = Object.keys(LANGUAGES) as LanguageCode[];

/** A language by a code that study.yaml has; undefined if it has no words. */
export function languageOf(code: string): Language | undefined {
  return (LANGUAGES as Readonly<Record<string, Language>>)[code];
}

/** The code of a visit or of a day in a cycle, as paper has it: `J5` for D5, `C2J8` for C2D8. */
export function visitCode(language: Language | undefined, code: string): string {
  const letter = language?.dayLetter ?? EN.dayLetter;
  return code.replace(/^(C\d+)?D(?=-?\d+$)/, (_, cycle: string | undefined) => {
    return `${cycle ?? ''}${letter}`;
  });
}

/** A date in digits for readers of several languages: as they all write it, or else as ISO 8601 does. */
export function commonDate(codes: readonly string[], date: CivilDate): string {
  const written = new Set(codes.map((code) => languageOf(code)?.dates.numeric(date) ?? date));
  const [first = date] = written;
  return written.size === 1 ? first : date;
}
