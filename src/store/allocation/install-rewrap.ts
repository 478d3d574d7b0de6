import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { batchFiles, UNFINISHED } from '../../study/layout.ts';
import { moveFolder, readBytes } from '../../system/files.ts';
import { setAside } from './superseded.ts';
import { fillUnfinished, type ReadyBatch } from './unfinished-folder.ts';

/**
 * Puts a rewrapped batch beside the files in force. It is in force from the ledger's entry on: if a run is
 * interrupted before, the study is as it was. Files that an interrupted run has left in this place are moved
 * aside: the caller has opened and proven everything that is in force.
 *
 * @param tellProgress called with the number of files written so far
 */
export async function installRewrap(
  root: string,
  batch: ReadyBatch,
  tellProgress: (written: number) => void,
): Promise<void> {
  const { sealed } = batchFiles(batch.manifest.batch, batch.manifest.rewrap);
  setAside(root, [UNFINISHED, sealed]);
  await fillUnfinished(root, batch, tellProgress);
  moveFolder(join(root, UNFINISHED), join(root, sealed));
}

/**
 * Reads every file of a rewrapped batch back from the disk.
 *
 * @throws RandoseError `not-trusted` if one is not what was sealed in this run
 */
export function requireInstalled(root: string, { files }: ReadyBatch): void {
  for (const [file, content] of files) {
    if (sha256(readBytes(join(root, file))) === sha256(content)) continue;
    throw new RandoseError('not-trusted', `${file} on the disk is not what was sealed`, {
      hint: 'Nothing was moved: the earlier files are still in force. Check the disk, then run: randose verify',
    });
  }
}
