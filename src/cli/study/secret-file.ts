import { RandoseError } from '../../errors.ts';
import { exists, liesWithin, refuseFolder, requireWritable } from '../../system/files.ts';
import { studyFolderAround } from '../../store/folder/study-folder.ts';
import type { Output } from '../output/output.ts';

/** Typed as a file, it is stdout, also on a terminal. */
const STDOUT = '-';

/**
 * Where a table of arms goes. On a terminal nobody gets one without asking for it: it would stay in the scrollback.
 *
 * @param typed what --output says
 * @param what the beginning of the error
 * @returns the file; undefined for stdout
 * @throws RandoseError `usage` if it would be shown on a terminal unasked; else as `refuseSecretFile`
 */
export function secretTableFile(
  output: Output,
  typed: string | undefined,
  what = 'this table has arms',
): string | undefined {
  if (typed === STDOUT) return undefined;
  if (typed === undefined && output.isShown) {
    throw new RandoseError('usage', `${what}, and would stay on this terminal`, {
      hint: 'Add --output FILE, outside the study folder. To show it here anyway: --output -. Nothing was opened.',
    });
  }
  refuseSecretFile(typed);
  return typed;
}

/**
 * Refuses a file for what blinded people may not see, before anything is opened.
 *
 * @param root the study folder; named if it may lack the files that show that it is one
 * @throws RandoseError if the file would be in a study folder, cannot be written, or exists already
 */
export function refuseSecretFile(path: string | undefined, root?: string): void {
  if (path === undefined) return;
  const isWithin = root !== undefined && liesWithin(path, root);
  if (isWithin || studyFolderAround(path) !== undefined) {
    throw new RandoseError('usage', `${path} is inside a study folder`, {
      hint: 'Blinded people read that folder. Keep this file elsewhere. Nothing was opened.',
    });
  }
  if (path.trim() === '') {
    throw new RandoseError('usage', 'the name of the file is empty', {
      hint: 'Name a file outside the study folder. Nothing was opened.',
    });
  }
  refuseFolder(path);
  requireWritable(path);
  if (exists(path)) {
    throw new RandoseError('would-overwrite', `${path} exists already`, {
      hint: 'Choose another name. Nothing was opened.',
    });
  }
}
