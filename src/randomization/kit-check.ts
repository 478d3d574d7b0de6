import { KIT_ALPHABET } from '../study/identifiers.ts';
import { DUMMY_MARK } from '../study/study.ts';
import { checkCharacter, type KitNumber, type Numbering } from './numbers.ts';

/** A kit code as a text has it: the code as randose writes it, or what is wrong with the text. */
export type TypedKit = { readonly kit: KitNumber } | { readonly problem: string };

/**
 * Reads a kit code that somebody typed or scanned: small letters, blanks and hyphens do no harm; a
 * wrong character is found by the check character, before anything is looked up.
 */
export function readKit(text: string, { domain, numbers: { kits } }: Numbering): TypedKit {
  const typed = text.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const mark = DUMMY_MARK.replace('-', '');
  const isDummy = typed.startsWith(mark);
  if (isDummy && domain === 'production') {
    return { problem: `kit "${text}" is a kit of a rehearsal (DUMMY), not of this study` };
  }
  if (!isDummy && domain === 'dummy') {
    return { problem: `kit "${text}" is no kit of a rehearsal: those begin with ${DUMMY_MARK}` };
  }
  const code = isDummy ? typed.slice(mark.length) : typed;
  const drawnFrom = code.length - kits.width - 1;
  const before = code.slice(0, Math.max(0, drawnFrom));
  const drawn = code.slice(Math.max(0, drawnFrom));
  const isLongEnough = kits.site
    ? drawnFrom > kits.prefix.length
    : drawnFrom === kits.prefix.length;
  if (!isLongEnough) {
    const length = `${kits.width + 1 + kits.prefix.length}${kits.site ? ' and its site' : ''}`;
    return { problem: `kit "${text}" has ${code.length} characters; a kit code has ${length}` };
  }
  const strange = Array.from(drawn).find((character) => !KIT_ALPHABET.includes(character));
  if (strange !== undefined) {
    return {
      problem: `kit "${text}" is mistyped: "${strange}" is in no kit code; they have ${KIT_ALPHABET}`,
    };
  }
  if (checkCharacter(code.slice(0, -1)) !== code.at(-1)) {
    return {
      problem: `kit "${text}" is mistyped: its check character does not fit, so a character is wrong or two are exchanged`,
    };
  }
  if (!before.startsWith(kits.prefix)) {
    return {
      problem: `kit "${text}" does not begin with ${kits.prefix}, as the kits of this study do`,
    };
  }
  const head = kits.site ? `${before}-` : before;
  return { kit: `${isDummy ? DUMMY_MARK : ''}${head}${drawn}` as KitNumber };
}
