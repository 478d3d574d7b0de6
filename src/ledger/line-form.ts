/**
 * The end of a line that nobody signed. It has always the same length, so its members are found without parsing the
 * line: `,"id":"…","seen":null,"signer":null,"prev":"…","hash":"…"}`. Older lines have neither `id` nor `seen`.
 */
const BEFORE_ID = ',"id":"';
const AFTER_ID = '","seen":null';
const BEFORE_PREV = ',"signer":null,"prev":"';
const BEFORE_HASH = '","hash":"';
const AFTER_HASH = '"}';
const [ID_DIGITS, HASH_DIGITS] = [32, 64];

/** How far before the end of the line each of them begins. */
const HASH = AFTER_HASH.length + HASH_DIGITS;
const PREV = HASH + BEFORE_HASH.length + HASH_DIGITS;
const SIGNER = PREV + BEFORE_PREV.length;
const ID = SIGNER + AFTER_ID.length + ID_DIGITS;

/**
 * How far before the end of such a line the comma before its hash is. The text that the hash covers ends there, with a
 * brace in its place.
 */
export const COMMA = HASH + BEFORE_HASH.length - '"'.length;

const BRACE = 0x7d;

/** Whether a text, which has one byte for each character, is at a place. */
export function isAt(bytes: Uint8Array, place: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[place + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * Whether a line ends as one that nobody signed, with these two hashes.
 *
 * @param end where it ends, before its line feed
 * @returns `plain` without an id; undefined if it ends otherwise
 */
export function endOfLine(
  bytes: Uint8Array,
  end: number,
  { prev, hash }: { readonly prev: string; readonly hash: string },
): 'with id' | 'plain' | undefined {
  const isUsual =
    isAt(bytes, end - AFTER_HASH.length, AFTER_HASH) &&
    isAt(bytes, end - HASH, hash) &&
    isAt(bytes, end - HASH - BEFORE_HASH.length, BEFORE_HASH) &&
    isAt(bytes, end - PREV, prev) &&
    isAt(bytes, end - SIGNER, BEFORE_PREV);
  if (!isUsual) return undefined;
  if (isAt(bytes, end - ID + ID_DIGITS, AFTER_ID)) {
    return isAt(bytes, end - ID - BEFORE_ID.length, BEFORE_ID) ? 'with id' : undefined;
  }
  // An id alone, or what somebody had seen who did not sign, is never written.
  const isOdd =
    bytes[end - SIGNER - 1] === BRACE ||
    isAt(bytes, end - SIGNER - 1 - ID_DIGITS - BEFORE_ID.length, BEFORE_ID);
  return isOdd ? undefined : 'plain';
}

/** The hash of such a line. */
export function hashOfLine(bytes: Buffer, end: number): string {
  return bytes.toString('latin1', end - HASH, end - AFTER_HASH.length);
}

/** The hash before it, in that line. */
export function prevOfLine(bytes: Buffer, end: number): string {
  return bytes.toString('latin1', end - PREV, end - PREV + HASH_DIGITS);
}

/** The id of such a line, if it has one. */
export function idOfLine(bytes: Buffer, end: number): string {
  return bytes.toString('latin1', end - ID, end - ID + ID_DIGITS);
}

/** The digits of a number that JavaScript can hold. */
const KEY_DIGITS = 13;

/** The first digits of the id of such a line, as a number; undefined if it is not an id. */
export function keyOfLine(bytes: Uint8Array, end: number): number | undefined {
  let key = 0;
  for (let index = 0; index < ID_DIGITS; index += 1) {
    const digit = HEX_DIGITS[bytes[end - ID + index]!]!;
    if (digit === NO_DIGIT) return undefined;
    if (index < KEY_DIGITS) key = key * 16 + digit;
  }
  return key;
}

/** The same of an id. */
export function keyOfId(id: string): number {
  return Number.parseInt(id.slice(0, KEY_DIGITS), 16);
}

const NO_DIGIT = 16;
/** The value of each byte as a hexadecimal digit in small letters. */
const HEX_DIGITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return value === -1 ? NO_DIGIT : value;
});
