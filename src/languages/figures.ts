import type { Language } from './language.ts';

/** A number with a decimal point, such as `72.5`, as the language writes it. */
export function figureIn({ decimalMark }: Pick<Language, 'decimalMark'>, figure: string): string {
  return figure.replace('.', decimalMark);
}
