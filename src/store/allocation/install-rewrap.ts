import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { formatManifest } from '../../blinding/manifest.ts';
import { RandoseError } from '../../errors.ts';
import { ALLOCATION, batchFiles } from '../../study/layout.ts';
import { moveFolder, readBytes, writeAllSynced } from '../../system/files.ts';
import type { RewrappedBatch } from './rewrap-batch.ts';
import { setAside } from './superseded.ts';

/** The folder that is filled before it is moved into its place, whole or not at all. */
const UNFINISHED = `${ALLOCATION}.partial`;

/**
 * Puts a rewrapped batch beside the files in force. It is in force from the ledger's entry on: if a run is
 * interrupted before, the study is as it was. Files that an interrupted run has left in this place are moved
 * aside: the caller has opened and proven everything that is in force.
 *
 * @param tellProgress called with the number of files written so far
 */
export async function installRewrap(
  root: string,
  { manifest, files, signature }: RewrappedBatch,
  tellProgress: (written: number) => void,
): Promise<void> {
  const paths = batchFiles(manifest.batch, manifest.rewrap);
  const within = (file: string) => join(root, file.replace(paths.sealed, UNFINISHED));
  setAside(root, [UNFINISHED, paths.sealed]);
  const all = new Map<string, string | Uint8Array>();
  for (const [file, content] of files) all.set(within(file), content);
  if (signature !== undefined) all.set(within(paths.signature), signature);
  all.set(within(paths.manifest), formatManifest(manifest));
  await writeAllSynced(all, manifest.created, tellProgress);
  moveFolder(join(root, UNFINISHED), join(root, paths.sealed));
}

/**
 * Reads every file of a rewrapped batch back from the disk.
 *
 * @throws RandoseError `not-trusted` if one is not what was sealed in this run
 */
export function requireInstalled(root: string, { files }: RewrappedBatch): void {
  for (const [file, content] of files) {
    if (sha256(readBytes(join(root, file))) === sha256(content)) continue;
    throw new RandoseError('not-trusted', `${file} on the disk is not what was sealed`, {
      hint: 'Nothing was moved: the earlier files are still in force. Check the disk, then run: randose verify',
    });
  }
}
