import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesOf } from './damage.ts';

/** Each file of a folder, with what differs if it is written. */
export function lookAt(folder: string): Map<string, string> {
  return new Map(
    filesOf(folder).map((file) => {
      const { mtimeMs, size, ino } = statSync(file);
      return [relative(folder, file), `${mtimeMs} ${size} ${ino}`];
    }),
  );
}

/** The texts of the files that differ. */
export function changedTexts(
  folder: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...after]
    .filter(([file, state]) => before.get(file) !== state && !file.startsWith('keys'))
    .map(([file]) => `${file}: ${readFileSync(join(folder, file), 'utf8')}`);
}
