import { KIT_ALPHABET } from '../study/identifiers.ts';
import { DUMMY_MARK, type KitPattern, type Study } from '../study/study.ts';
import type { Stream } from './generator.ts';
import { takenCodes } from './taken-codes.ts';

/** The number of a slot, such as `R001`, which its participant gets. */
export type RandomizationNumber = string & { readonly brand: 'RandomizationNumber' };

/** A kit's code: drawn characters and a check character, such as `474WW4E`. */
export type KitNumber = string & { readonly brand: 'KitNumber' };

/** A randomization number of any pattern; safe as the name of a file. */
export const NUMBER_TEXT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** A kit code of any pattern. */
export const KIT_TEXT = /^[0-9A-Z][0-9A-Z-]{3,}$/;

/** The parts of a study on which the patterns of its numbers depend. */
export type Numbering = Pick<Study, 'domain' | 'numbers'>;

const MOD_37_36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LEAST_DIGITS = 3;

/**
 * How a study writes the randomization number with a count: in the list, or in the site if the pattern has the
 * site (docs/ALGORITHM.md, 8).
 *
 * @param firstBatch the number of slots of the study's first batch, on which the width depends if the pattern
 *   has none
 */
export function numberWriter(
  { domain, numbers }: Numbering,
  firstBatch: number,
): (site: string) => (count: number) => RandomizationNumber {
  const { prefix, site: hasSite, check, width } = numbers.randomization;
  const digits = width ?? Math.max(LEAST_DIGITS, String(firstBatch).length);
  const mark = markOf(domain);
  return (site) => {
    const before = `${mark}${prefix}${hasSite ? `${site}-` : ''}`;
    const write = countWriter(before, digits);
    if (!check) return (count) => write(count) as RandomizationNumber;
    return (count) => {
      const text = write(count);
      const checked = charactersOf(text.slice(mark.length));
      return `${text}-${checkCharacter(checked)}` as RandomizationNumber;
    };
  };
}

/** The last three digits of every number. */
const LAST_DIGITS = Array.from({ length: 1000 }, (_, count) => String(count).padStart(3, '0'));

/**
 * Writes counts with leading zeros after a text. The part before the last three digits is written once in a
 * thousand counts, which takes a third of the time in a long list.
 */
function countWriter(before: string, digits: number): (count: number) => string {
  let thousands = -1;
  let head = '';
  return (count) => {
    if (digits < 3) return before + String(count).padStart(digits, '0');
    const last = count % 1000;
    if ((count - last) / 1000 !== thousands) {
      thousands = (count - last) / 1000;
      head =
        before + (digits > 3 || thousands > 0 ? String(thousands).padStart(digits - 3, '0') : '');
    }
    return head + LAST_DIGITS[last]!;
  };
}

/**
 * How a study draws the kit codes of a list. A study has no drawn part twice, whatever comes before it. A code
 * whose check character can be misread is drawn again, so that the drawn part and the check character have no
 * look-alikes (docs/ALGORITHM.md, 7).
 *
 * @param taken the kit codes that the study has already
 * @param expected about how many it will have in all
 */
export function kitDrawer(
  { domain, numbers: { kits } }: Numbering,
  taken: Iterable<string>,
  expected: number,
): (site: string, stream: Stream) => () => KitNumber {
  const { prefix, site: hasSite, width } = kits;
  const base = KIT_ALPHABET.length;
  const drawnBefore = takenCodes(base ** width, expected);
  for (const kit of taken) drawnBefore.take(drawnPart(kit, kits));
  const characters = new Array<number>(width + 1).fill(0);
  return (site, stream) => {
    const before = `${prefix}${hasSite ? site : ''}`;
    const head = `${markOf(domain)}${before}${hasSite ? '-' : ''}`;
    const start = checkProduct(CHECK_START, before);
    return () => {
      for (;;) {
        let ordinal = 0;
        let product = start;
        for (let place = 0; place < width; place += 1) {
          const index = stream.integerBelow(base);
          characters[place] = KIT_CODES[index]!;
          ordinal = ordinal * base + index;
          product = nextProduct(product, KIT_VALUES[index]!);
        }
        const check = (37 - product) % 36;
        if (!CHECKS_IN_ALPHABET[check] || !drawnBefore.take(ordinal)) continue;
        characters[width] = MOD_37_36.charCodeAt(check);
        return (head + String.fromCharCode(...characters)) as KitNumber;
      }
    };
  };
}

/** The number of a kit code's drawn part among all drawn parts of its width. */
function drawnPart(kit: string, { width }: KitPattern): number {
  let ordinal = 0;
  for (const character of kit.slice(-1 - width, -1)) {
    ordinal = ordinal * KIT_ALPHABET.length + KIT_ALPHABET.indexOf(character);
  }
  return ordinal;
}

/** The mark at the start of all numbers and kits of a rehearsal; empty in a trial. */
function markOf(domain: Study['domain']): string {
  return domain === 'dummy' ? DUMMY_MARK : '';
}

const CHECK_START = 36;
/** For each character of the kit alphabet: its value in the check, and its code. */
const KIT_VALUES = Array.from(KIT_ALPHABET, (character) => MOD_37_36.indexOf(character));
const KIT_CODES = Array.from(KIT_ALPHABET, (character) => character.charCodeAt(0));
/** Which values of the check are characters of the kit alphabet. */
const CHECKS_IN_ALPHABET = Array.from(MOD_37_36, (check) => KIT_ALPHABET.includes(check));

/**
 * The check character of ISO/IEC 7064 Mod 37,36, which detects every single wrong character and nearly every
 * exchange of two neighbours.
 *
 * @param text digits and capital letters A to Z
 * @throws Error if there is any other character
 */
export function checkCharacter(text: string): string {
  return MOD_37_36.charAt((37 - checkProduct(CHECK_START, text)) % 36);
}

function checkProduct(start: number, text: string): number {
  let product = start;
  for (const character of text) {
    const value = MOD_37_36.indexOf(character);
    if (value < 0) throw new Error(`not a digit or a capital letter: ${character}`);
    product = nextProduct(product, value);
  }
  return product;
}

function nextProduct(product: number, value: number): number {
  return (((product + value) % 36 || 36) * 2) % 37;
}

/** The characters that are checked: digits, and letters as capitals. */
function charactersOf(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, '');
}
