import { basename, relative } from 'node:path';

/**
 * What to type for this program: without an installation there is no command `randose`, and an executable may have
 * another name.
 *
 * @param script the second word of the process: the script that Node runs, or the executable as it was typed
 */
export function programName(script = ''): string {
  if (/\.[cm]?js$/.test(script)) return `node ${quoted(relative('', script))}`;
  return /^randose(?:\.exe)?$/.test(basename(script)) ? 'randose' : quoted(script);
}

/** A word as a shell reads it: in quotation marks if it needs them. */
export function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `"${word}"`;
}
