import { basename, dirname, join } from 'node:path';
import { RandoseError } from '../../errors.ts';
import {
  exists,
  isSameFile,
  liesWithin,
  makeFolder,
  requireWritable,
  writeNew,
} from '../../system/files.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';

/** A file that is made for people. */
export interface NewFile {
  readonly file: string;
  readonly content: string | Uint8Array;
}

/** Where files of a kind belong in a study. */
export interface Shelf {
  /** The study; undefined where what is made is of none. */
  readonly root: string | undefined;
  /** Its folder that is for them; it is made where it is missing. */
  readonly folder: string;
}

/**
 * Nothing that is exported may take the place of what a study folder is made of, be it another's.
 *
 * @throws RandoseError `usage`
 */
export function refuseInside(path: string, { root, folder }: Shelf): void {
  const study = studyFolderAround(path);
  if (study === undefined) return;
  const isOwn = root === undefined || isSameFile(study, root);
  if (isOwn && liesWithin(path, join(study, folder))) return;
  throw new RandoseError('usage', `${path} lies inside a study folder`, {
    hint: `In the study folder, ${folder} belong into ${folder}/. Nothing was written.`,
  });
}

/**
 * Refuses files of which one is there already, or has no place there, or cannot be written, before any is made.
 *
 * @param newFolder a folder that is made for them
 * @throws RandoseError
 */
export function checkFiles(
  files: readonly Pick<NewFile, 'file'>[],
  shelf: Shelf,
  force: boolean,
  newFolder?: string,
): void {
  for (const { file } of files) {
    refuseInside(file, shelf);
    const study = studyFolderAround(file);
    const made = [newFolder, study === undefined ? undefined : join(study, shelf.folder)];
    let folder = dirname(file);
    while (!exists(folder) && made.some((one) => one !== undefined && isSameFile(one, folder))) {
      folder = dirname(folder);
    }
    requireWritable(folder, basename(file));
    if (!force && exists(file)) {
      throw new RandoseError('would-overwrite', `${file} exists already`, {
        hint: 'Nothing was written. --force replaces what is there.',
      });
    }
  }
}

/**
 * Writes all the files, or none of them where one is there already or has no place there. The study's folder
 * for them is made where it is missing, and so is `newFolder`.
 */
export function writeFiles(
  files: readonly NewFile[],
  shelf: Shelf,
  force: boolean,
  newFolder?: string,
): void {
  checkFiles(files, shelf, force, newFolder);
  const study = shelf.root ?? studyFolderAround(files[0]?.file ?? '');
  const own = study === undefined ? undefined : join(study, shelf.folder);
  if (own !== undefined && files.some(({ file }) => liesWithin(file, own))) makeFolder(own);
  if (newFolder !== undefined) makeFolder(newFolder);
  for (const { file, content } of files) writeNew(file, content, { force });
}
