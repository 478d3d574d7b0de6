import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEEN_ENTRIES_FILE } from '../../study/layout.ts';
import { exists, readText, replace } from '../../system/files.ts';

/**
 * The lines of the entries that were seen last, in their order: for a code-break while the database does not answer, and so
 * that whoever sees all entries does not fetch them again. None if they cannot be read.
 */
export function seenLines(root: string): string[] {
  try {
    const file = join(root, SEEN_ENTRIES_FILE);
    return exists(file) ? readText(file).split('\n').slice(0, -1) : [];
  } catch {
    return [];
  }
}

/** Adds entries to those that were seen last. If they cannot be written, no command fails because of it. */
export function addSeenLines(root: string, lines: readonly string[]): void {
  const file = join(root, SEEN_ENTRIES_FILE);
  try {
    if (lines.length > 0 && exists(file)) appendFileSync(file, textOf(lines));
  } catch {
    // The database has them.
  }
}

/**
 * Keeps the entries that were seen last. If they cannot be written, no command fails because of it.
 *
 * @param kept lines that are in the file already, before those that are new
 */
export function keepSeenLines(
  root: string,
  kept: readonly string[],
  added: readonly string[],
): void {
  const file = join(root, SEEN_ENTRIES_FILE);
  try {
    if (kept.length > 0) {
      // A line that is lost is fetched again.
      if (added.length > 0) appendFileSync(file, textOf(added));
      return;
    }
    const text = textOf(added);
    if (!exists(file) || readText(file) !== text) replace(file, text);
  } catch {
    // The database has them.
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
