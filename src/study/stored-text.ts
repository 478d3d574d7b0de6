/** The most characters of a text that is kept. */
const LONGEST_TEXT = 500;

/**
 * Characters that are not seen, and can make a text look like another one or like several lines: controls, line
 * separators, marks that turn the direction of writing, characters without width, halves of a character.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN, 'gu');

const SECRET = /AGE-SECRET-KEY-|-----BEGIN [A-Z ]*PRIVATE KEY-----|AGE ENCRYPTED FILE/i;

/** Words that stand for something in help texts and pages. */
const PLACEHOLDERS =
  /^(?:NAME|WHO|ROLE|ORGANISATION|ORGANIZATION|TEXT|REASON|WHY|ID|SUBJECT|ADDRESS|WHERE|NUMBER|LOT|…|\.{3}|<.*>|\[.*\])$/;

/**
 * Says why a text must not be kept in the ledger or in study.yaml: it is too long, has characters that nobody
 * sees, or has a secret key in it. The sentence does not repeat a secret.
 *
 * @returns a sentence without its subject and a full stop; undefined if the text can be kept
 */
export function whyNotStored(text: string, longest = LONGEST_TEXT): string | undefined {
  if (SECRET.test(text))
    return 'has a secret key in it. Nothing was kept; treat that key as known to others';
  const length = Array.from(text).length;
  if (length > longest) return `has ${length} characters: at most ${longest} are kept`;
  const unseen = UNSEEN.exec(text)?.[0];
  if (unseen === undefined) return undefined;
  return `has a character that nobody sees, ${codePoint(unseen)}, after "${shown(text.slice(0, text.indexOf(unseen)).slice(-20))}": type it again on one line`;
}

/** Whether a text is a word that a help text or a page has in the place of the real one. */
export function isPlaceholder(text: string): boolean {
  return (
    PLACEHOLDERS.test(text.trim()) || /^name, *role(?:, *organi[sz]ation)?$/i.test(text.trim())
  );
}

/** A text as it can be shown in one line: what nobody sees is written as its code, and a long text is cut. */
export function shown(text: string, longest = LONGEST_TEXT): string {
  const signs = Array.from(text.replace(ALL_UNSEEN, codePoint));
  return signs.length <= longest ? signs.join('') : `${signs.slice(0, longest).join('')}…`;
}

/** A character as its code: `<U+00A0>`. */
export function codePoint(sign: string): string {
  return `<U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}
