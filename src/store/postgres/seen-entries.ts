import { join } from 'node:path';
import { SEEN_ENTRIES_FILE } from '../../study/layout.ts';
import { exists, readText, replace } from '../../system/files.ts';

/**
 * Keeps the entries that were seen last in the study folder, a line each: so that a code-break finds whose slot it is
 * while the database does not answer. If it cannot be written, no command fails because of it.
 *
 * @param lines as the ledger has them, without line feeds
 */
export function keepSeenEntries(root: string, lines: readonly string[]): void {
  const file = join(root, SEEN_ENTRIES_FILE);
  const text = lines.map((line) => `${line}\n`).join('');
  try {
    if (!exists(file) || readText(file) !== text) replace(file, text);
  } catch {
    // The database has them.
  }
}
