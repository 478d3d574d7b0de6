import { upperFirst } from '../words.ts';

/** What word processors, spreadsheets and keyboards of other scripts put in the place of a hyphen. */
const NAMES: Readonly<Record<string, string>> = {
  '\u00ad': 'a soft hyphen',
  '\u2010': 'the hyphen of a word processor',
  '\u2011': 'a non-breaking hyphen',
  '\u2012': 'a figure dash',
  '\u2013': 'an en dash',
  '\u2014': 'an em dash',
  '\u2015': 'a horizontal bar',
  '\u2043': 'a hyphen bullet',
  '\u2212': 'a minus sign',
  '\ufe58': 'a small dash',
  '\ufe63': 'a small hyphen',
  '\uff0d': 'a wide hyphen',
};

/**
 * What is wrong with an id that has a character in it which looks like a hyphen, and what to type.
 *
 * @returns a sentence without its full stop; undefined if the id has no such character
 */
export function wrongHyphen(id: string): string | undefined {
  const signs = Array.from(id);
  const sign = signs.find((one) => NAMES[one] !== undefined);
  if (sign === undefined) return undefined;
  const code = sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const plain = signs.map((one) => (NAMES[one] === undefined ? one : '-')).join('');
  return `it has ${NAMES[sign]!} (U+${code}) in the place of "-": type ${plain.trim()}`;
}

/** What is wrong with the hyphen of a typed id, as a sentence with a blank after it; else nothing. */
export function hyphenHint(typed: string): string {
  const why = wrongHyphen(typed);
  return why === undefined ? '' : `${upperFirst(why)}. `;
}
