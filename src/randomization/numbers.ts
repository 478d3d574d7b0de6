import type { Stream } from './generator.ts';

/** The number of a slot, such as `R001`: what a participant is given. */
export type RandomizationNumber = string & { readonly brand: 'RandomizationNumber' };

/** A kit's code: six drawn characters and a check character, such as `4KX9TM7`. */
export type KitNumber = string & { readonly brand: 'KitNumber' };

/** No two of these look alike in print or in handwriting: 0 O 1 I L 2 Z 5 S 8 B U V are left out. */
const KIT_ALPHABET = '34679ACDEFGHJKMNPQRTWXY';
const KIT_LENGTH = 6;
const MOD_37_36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The number of the slot at an index.
 *
 * @param index from 0
 * @param total the number of slots in the list, which decides the width: three digits at least
 */
export function randomizationNumber(index: number, total: number): RandomizationNumber {
  const width = Math.max(3, String(total).length);
  return `R${String(index + 1).padStart(width, '0')}` as RandomizationNumber;
}

/**
 * Draws a kit code that is not taken yet, and takes it. Codes whose check character might be
 * misread are drawn again, so that the whole code is free of look-alikes (docs/ALGORITHM.md, 7).
 */
export function drawKitNumber(stream: Stream, taken: Set<string>): KitNumber {
  for (;;) {
    let drawn = '';
    for (let place = 0; place < KIT_LENGTH; place += 1) {
      drawn += KIT_ALPHABET.charAt(stream.integerBelow(KIT_ALPHABET.length));
    }
    const check = checkCharacter(drawn);
    const kit = drawn + check;
    if (KIT_ALPHABET.includes(check) && !taken.has(kit)) {
      taken.add(kit);
      return kit as KitNumber;
    }
  }
}

/**
 * The check character of ISO/IEC 7064 Mod 37,36, which finds every single wrong character and
 * nearly every exchange of two neighbours.
 *
 * @param text digits and capital letters A to Z
 * @throws Error at any other character
 */
export function checkCharacter(text: string): string {
  let product = 36;
  for (const character of text) {
    const value = MOD_37_36.indexOf(character);
    if (value < 0) throw new Error(`no digit or capital letter: ${character}`);
    const sum = (product + value) % 36 || 36;
    product = (sum * 2) % 37;
  }
  return MOD_37_36.charAt((37 - product) % 36);
}
