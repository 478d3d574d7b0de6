import type { KeyPair } from '../../blinding/identity.ts';
import { type MasterContent, readMaster } from '../../blinding/sealed-list.ts';
import { openWith } from './open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/**
 * Opens the master list of one batch, and compares it with its manifest and its public list.
 *
 * @throws RandoseError `wrong-key` if the keys do not open it; `not-trusted` if it is not what was
 *   sealed
 */
export async function openMaster(
  open: OpenStudy,
  batch: SealedBatch,
  keys: readonly KeyPair[],
): Promise<MasterContent> {
  const { manifest, slots } = batch;
  const { master: file } = filesOf(manifest);
  return readMaster(await openWith(open, batch, file, keys), {
    file,
    study: manifest.study,
    batch: manifest.batch,
    list: manifest.list,
    slots,
  });
}
