import { dirname } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { exists, isFolder, liesWithin } from '../../system/files.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';

/**
 * Refuses a file for what blinded people may not see, before anything is opened.
 *
 * @param root the study folder, if it may lack what shows that it is one
 * @throws RandoseError where it would lie in a study folder, in no folder, or take another's place
 */
export function refuseSecretFile(path: string | undefined, root?: string): void {
  if (path === undefined) return;
  const isWithin = root !== undefined && liesWithin(path, root);
  if (isWithin || studyFolderAround(path) !== undefined) {
    throw new RandoseError('usage', `${path} is inside a study folder`, {
      hint: 'Blinded people read that folder: keep this elsewhere. Nothing was opened.',
    });
  }
  if (path === '' || !isFolder(dirname(path))) {
    throw new RandoseError('not-found', `the folder of ${path} does not exist`, {
      hint: 'Make it, or name another. Nothing was opened.',
    });
  }
  if (exists(path)) {
    throw new RandoseError('would-overwrite', `${path} exists already`, {
      hint: 'Choose another name. Nothing was opened.',
    });
  }
}
