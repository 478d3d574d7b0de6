import { isAbsolute, join, relative } from 'node:path';
import { RandoseError } from '../../errors.ts';
import {
  exists,
  isSameFile,
  liesWithin,
  type NewFile,
  refuseFolder,
  refuseLink,
  requireWritable,
  writeAllNew,
} from '../../system/files.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';

/** The place in a study folder for one kind of file. */
export interface Shelf {
  /** The study folder; undefined if the file belongs to no study. */
  readonly root: string | undefined;
  /** The folder in it for these files. */
  readonly folder: string;
}

/**
 * Refuses a path in a study folder, this one or another one, outside the folder for such files.
 *
 * @throws RandoseError `usage`
 */
export function refuseInside(path: string, { root, folder }: Shelf): void {
  const study = studyFolderAround(path);
  if (study === undefined) return;
  const isOwn = root === undefined || isSameFile(study, root);
  if (isOwn && liesWithin(path, join(study, folder))) return;
  throw new RandoseError('usage', `${path} is inside a study folder`, {
    hint: `In the study folder, ${folder} go into ${folder}/. Nothing was written.`,
  });
}

/**
 * Refuses files before any of them is written: if one exists already, may not be there, or cannot be written.
 *
 * @param newFolder the folder for them, if a folder was named
 * @throws RandoseError
 */
export function checkFiles(
  files: readonly Pick<NewFile, 'file'>[],
  shelf: Shelf,
  force: boolean,
  newFolder?: string,
): void {
  for (const { file } of files) {
    refuseNoName(newFolder ?? file);
    refuseInside(file, shelf);
    refuseFolder(file);
    refuseLink(file);
    requireWritable(file);
    if (!force) refuseExisting(file);
  }
}

/** @throws RandoseError `would-overwrite` if a file exists that --force would replace */
export function refuseExisting(file: string): void {
  if (!exists(file)) return;
  throw new RandoseError('would-overwrite', `${file} exists already`, {
    hint: 'Nothing was written. To replace it, add --force.',
  });
}

/** @throws RandoseError `usage` if a path does not name a file or a folder */
function refuseNoName(path: string): void {
  if (path.trim() !== '' && path !== '-') return;
  throw new RandoseError(
    'usage',
    path === '-' ? '--output -: this command writes files here' : '--output is empty',
    { hint: 'Name a file or a folder, or leave --output out. Nothing was written.' },
  );
}

/** A path as people read it: from the current folder, if it is in there. */
export function shownPath(path: string): string {
  const way = relative('', path);
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way;
}

/** Writes all files, or none of them if one exists already, may not be there, or cannot be written. */
export function writeFiles(
  files: readonly NewFile[],
  shelf: Shelf,
  force: boolean,
  newFolder?: string,
): void {
  checkFiles(files, shelf, force, newFolder);
  writeAllNew(files, { force });
}
