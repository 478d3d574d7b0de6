import type { Command } from '@commander-js/extra-typings';
import { nearestWord } from '../words.ts';

/** The dashes that mail programs and word processors write for `--`. */
const DASHES = /^[-‐‑‒–—―−﹘﹣－]+(?=[A-Za-z])/u;
const PLAIN_OPTION = /^--?[A-Za-z]/;

/** Whether a word is typed as an option, with whatever dash. */
export function isOptionWord(word: string): boolean {
  return DASHES.test(word);
}

/**
 * The words of a command line as they were meant: a dash that a program has put in the place of `--`, and curly
 * quotation marks, which a shell does not know, around a value.
 *
 * @param flags the options that the command line can have, such as `--subject`
 */
export function meantWords(typed: readonly string[], flags: readonly string[]): string[] {
  return unquoted(typed.map((word) => withPlainDashes(word, flags)));
}

function withPlainDashes(word: string, flags: readonly string[]): string {
  if (!DASHES.test(word) || PLAIN_OPTION.test(word)) return word;
  const [name = '', ...value] = word.replace(DASHES, '').split('=');
  const flag = `${name.length === 1 ? '-' : '--'}${name}`;
  // A text may begin with a dash too: only what is an option, or nearly one, is taken for it.
  const isKnown = flags.includes(flag) || nearestWord(flag, flags) !== undefined;
  return isKnown ? [flag, ...value].join('=') : word;
}

const OPENING = /^(--[A-Za-z-]+=)?[“„«‟]/u;
const CLOSING = /[”“»]$/u;

/** Puts words together that a shell has split within curly quotation marks. */
function unquoted(words: readonly string[]): string[] {
  const meant: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const end = OPENING.test(words[index]!) ? endOfQuote(words, index) : undefined;
    if (end === undefined) meant.push(words[index]!);
    else {
      const value = words.slice(index, end + 1).join(' ');
      meant.push(value.replace(OPENING, '$1').replace(CLOSING, ''));
      index = end;
    }
  }
  return meant;
}

/** Where a quotation ends. A word with a blank in it was in straight quotation marks, and means what it says. */
function endOfQuote(words: readonly string[], start: number): number | undefined {
  for (let index = start; index < words.length; index += 1) {
    const word = words[index]!;
    if (/\s/.test(word) || (index > start && (PLAIN_OPTION.test(word) || OPENING.test(word)))) {
      return undefined;
    }
    if (word.length > 1 && CLOSING.test(word)) return index;
  }
  return undefined;
}

/** What a command line has that its command does not take, and what it lacks. */
export interface Sorted {
  /** Options that the command does not have. */
  readonly unknown: readonly string[];
  /** Words that are neither an option, nor its value, nor an argument, each with what is before it. */
  readonly surplus: readonly { readonly word: string; readonly after: string | undefined }[];
  /** The words that are not options and not their values, in their order. */
  readonly operands: readonly string[];
  /** The same, each with the option before it. */
  readonly typed: readonly { readonly word: string; readonly after: string | undefined }[];
  /** The options that are given, by their long names. */
  readonly given: ReadonlySet<string>;
}

/** Sorts the words after a command's name into what it takes and what it does not. */
export function sortWords(command: Command, words: readonly string[]): Sorted {
  const unknown: string[] = [];
  const operands: { word: string; after: string | undefined }[] = [];
  const given = new Set<string>();
  let after: string | undefined;
  let isAfterUnknown = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (!/^--?[A-Za-z]/.test(word)) {
      // Nobody knows how many words an unknown option takes.
      if (!isAfterUnknown) operands.push({ word, after });
      continue;
    }
    const [flag = ''] = word.split('=');
    const option = command.options.find((one) => one.long === flag || one.short === flag);
    isAfterUnknown = false;
    after = undefined;
    if (option === undefined) {
      if (!['--help', '-h'].includes(flag)) {
        unknown.push(flag);
        isAfterUnknown = true;
      }
      continue;
    }
    given.add(option.long ?? flag);
    if (!option.required && !option.optional) continue;
    after = flag;
    if (word.includes('=')) continue;
    index += 1;
    while (option.variadic && words[index + 1]?.startsWith('-') === false) index += 1;
  }
  return {
    unknown,
    operands: operands.map(({ word }) => word),
    typed: operands,
    surplus: operands.slice(command.registeredArguments.length),
    given,
  };
}
