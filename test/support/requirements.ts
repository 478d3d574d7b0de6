import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'validation', 'requirements.md');

/** A requirement of docs/validation/requirements.md. */
export interface Requirement {
  /** Such as R-012. */
  readonly number: string;
  readonly sentence: string;
  readonly risk: string;
}

/** Every requirement, in the order of its number. */
export function readRequirements(): Requirement[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| R-'))
    .map((line) => {
      const [, number = '', sentence = '', , risk = ''] = line
        .split('|')
        .map((cell) => cell.trim());
      return { number, sentence, risk };
    });
}

/** The numbers of the requirements that the name of a test says. */
export function numbersIn(name: string): string[] {
  return [...name.matchAll(/\[(R-\d{3})\]/g)].map(([, number = '']) => number);
}
