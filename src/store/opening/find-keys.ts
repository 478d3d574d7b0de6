import { join, relative, resolve } from 'node:path';
import { looksLikeIdentityFile } from '../../blinding/identity.ts';
import { isSameFile, readBytes } from '../../system/files.ts';
import { filesIn, placesOfKeys } from '../../system/usual-places.ts';
import { recipientsOfFile } from './keys.ts';

/** A key file that was found, and whose it may be. */
export interface FoundKey {
  /** As a person would type it: relative to the current folder if that is shorter. */
  readonly file: string;
  /** The public halves that it names without its passphrase; see `recipientsOfFile`. */
  readonly recipients: readonly string[];
}

/** Names of files that may be keys. Every other file stays unread. */
const KEY_NAME = /\.(key|agekey|age-identity)$|^(identity|keys?|age)[^.]*\.txt$/i;
/** The most files that are read. */
const MOST_READ = 40;

/**
 * Looks for key files: in the current folder and the one above, beside the study, in the usual places of the home
 * folder and on disks that are plugged in. It opens none of them. What cannot be read is left out.
 *
 * @param root the study folder
 */
export function findKeys(root: string): FoundKey[] {
  const near = ['.', 'keys', '..', join('..', 'keys')];
  const folders = [
    ...near,
    ...['keys', '..', join('..', 'keys')].map((name) => join(root, name)),
    ...placesOfKeys(),
  ].map((folder) => resolve(folder));
  const files = [...new Set(folders)]
    .flatMap((folder) => filesIn(folder).map((name) => ({ name, path: join(folder, name) })))
    .filter(({ name }) => KEY_NAME.test(name))
    .slice(0, MOST_READ)
    .map(({ path }) => path);
  const found: FoundKey[] = [];
  for (const path of files) {
    if (!isKey(path) || found.some(({ file }) => isSameFile(file, path))) continue;
    found.push({ file: shortest(path), recipients: recipientsOfFile(path) });
  }
  return found;
}

function isKey(path: string): boolean {
  try {
    return looksLikeIdentityFile(readBytes(path));
  } catch {
    return false;
  }
}

function shortest(path: string): string {
  const near = relative('.', path);
  return near.length < path.length ? near : path;
}
