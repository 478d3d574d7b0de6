import { join } from 'node:path';
import { RandoseError } from '../errors.ts';
import { exists, liesWithin, makeFolder, writeNew } from '../platform/files.ts';

/** A file that is made for people. */
export interface NewFile {
  readonly file: string;
  readonly content: string | Uint8Array;
}

/**
 * Nothing that is exported may take the place of what the study folder is made of.
 *
 * @param folder the folder in the study that is for it
 * @throws RandoseError `usage`
 */
export function refuseInside(path: string, root: string, folder: string): void {
  if (!liesWithin(path, root) || liesWithin(path, join(root, folder))) return;
  throw new RandoseError('usage', `${path} lies inside the study folder`, {
    hint: `In the study folder, ${folder} belong into ${folder}/. Nothing was written.`,
  });
}

/**
 * Refuses files of which one is there already, or has no place there, before any is made.
 *
 * @throws RandoseError
 */
export function checkFiles(
  files: readonly Pick<NewFile, 'file'>[],
  root: string,
  folder: string,
  force: boolean,
): void {
  for (const { file } of files) {
    refuseInside(file, root, folder);
    if (!force && exists(file)) {
      throw new RandoseError('would-overwrite', `${file} exists already`, {
        hint: 'Nothing was written. --force replaces what is there.',
      });
    }
  }
}

/**
 * Writes all the files, or none of them where one is there already or has no place there. The study's folder
 * for them is made where it is missing.
 */
export function writeFiles(
  files: readonly NewFile[],
  root: string,
  folder: string,
  force: boolean,
): void {
  checkFiles(files, root, folder, force);
  const own = join(root, folder);
  if (files.some(({ file }) => liesWithin(file, own))) makeFolder(own);
  for (const { file, content } of files) writeNew(file, content, { force });
}
