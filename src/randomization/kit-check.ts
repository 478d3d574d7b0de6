import { KIT_ALPHABET } from '../study/identifiers.ts';
import { DUMMY_MARK } from '../study/study.ts';
import { counted } from '../words.ts';
import { looksLike } from './look-alikes.ts';
import { checkCharacter, type KitNumber, type Numbering } from './numbers.ts';

/** A typed kit code as randose writes it; or what is wrong with the text. */
export type TypedKit =
  | { readonly kit: KitNumber }
  /** `isMistyped` if the text has the form of a kit code all the same. */
  | { readonly problem: string; readonly isMistyped: boolean };

/**
 * Reads a kit code that somebody typed or scanned. Lower case, spaces and hyphens are accepted. The check character
 * detects a wrong character before anything is looked up.
 */
export function readKit(text: string, { domain, numbers: { kits } }: Numbering): TypedKit {
  const typed = kitKey(text);
  const mark = DUMMY_MARK.replace('-', '');
  const isDummy = typed.startsWith(mark);
  if (isDummy && domain === 'production') {
    return wrong(`kit "${text}" is a kit of a rehearsal (DUMMY), not of this study`);
  }
  if (!isDummy && domain === 'dummy') {
    return wrong(`kit "${text}" is not a kit of a rehearsal: their codes start with ${DUMMY_MARK}`);
  }
  const code = isDummy ? typed.slice(mark.length) : typed;
  const drawnFrom = code.length - kits.width - 1;
  const isLongEnough = kits.site
    ? drawnFrom > kits.prefix.length
    : drawnFrom === kits.prefix.length;
  if (!isLongEnough) {
    const length = `${kits.width + 1 + kits.prefix.length}${kits.site ? ' and its site' : ''}`;
    return wrong(
      `kit "${text}" has ${counted(code.length, 'character')}; a kit code has ${length}`,
    );
  }
  const before = code.slice(0, drawnFrom);
  const drawn = code.slice(drawnFrom);
  const strange = Array.from(drawn).find((character) => !KIT_ALPHABET.includes(character));
  if (strange !== undefined) {
    return mistyped(
      `kit "${text}" is mistyped: "${strange}" is not in the alphabet of kit codes, ${KIT_ALPHABET}`,
    );
  }
  const writtenAs = (head: string) => `${isDummy ? DUMMY_MARK : ''}${head}${kits.site ? '-' : ''}`;
  if (!fits(code)) {
    const others = headsThatLookLike(before)
      .filter((head) => kits.site && head.startsWith(kits.prefix) && fits(`${head}${drawn}`))
      .map((head) => `${writtenAs(head)}${drawn}`);
    const hint =
      others.length === 0 ? '' : `. It would fit in ${others.join(' or ')}, which looks the same`;
    return mistyped(
      `kit "${text}" is mistyped: its check character does not fit, so a character is wrong or two are exchanged${hint}`,
    );
  }
  if (!before.startsWith(kits.prefix)) {
    return wrong(`kit "${text}" does not start with ${kits.prefix}, as the kits of this study do`);
  }
  return { kit: `${writtenAs(before)}${drawn}` as KitNumber };
}

function wrong(problem: string): TypedKit {
  return { problem, isMistyped: false };
}

function mistyped(problem: string): TypedKit {
  return { problem, isMistyped: true };
}

/** Whether a text has the form of a kit code of any trial, right or mistyped. */
export function hasFormOfKit(text: string, numbering: Numbering): boolean {
  const read = readKit(text, numbering);
  return 'kit' in read || read.isMistyped;
}

/**
 * Whether somebody who typed this without saying what it is probably means a kit code: it has the form of one, or it
 * lacks one character or has one too many.
 */
export function looksLikeKit(text: string, numbering: Numbering): boolean {
  if (hasFormOfKit(text, numbering)) return true;
  const { prefix, site, width } = numbering.numbers.kits;
  const typed = text.trim();
  if (site || numbering.domain === 'dummy' || !typed.toUpperCase().startsWith(prefix)) return false;
  const own = Array.from(typed.toUpperCase().slice(prefix.length));
  const isOneOff = Math.abs(own.length - (width + 1)) === 1;
  return (
    isOneOff &&
    own.every((one) => KIT_ALPHABET.includes(one)) &&
    own.some((one) => /\d/.test(one)) &&
    own.some((one) => /\D/.test(one))
  );
}

/** A kit code for comparison: case, spaces and hyphens do not matter. */
export function kitKey(kit: string): string {
  return kit.toUpperCase().replace(/[^0-9A-Z]/g, '');
}

/** Whether a code ends in its check character. */
function fits(code: string): boolean {
  return checkCharacter(code.slice(0, -1)) === code.at(-1);
}

/** The texts with one other character, which looks like the one in its place. */
function headsThatLookLike(head: string): string[] {
  return Array.from(head).flatMap((character, place) =>
    looksLike(character).map((other) => head.slice(0, place) + other + head.slice(place + 1)),
  );
}
