import type { KeyPair } from '../../blinding/identity.ts';
import { type MasterContent, readMaster } from '../../blinding/sealed-list.ts';
import { openWith } from './open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/**
 * Opens the master list of one batch, and holds it against its manifest and its public list.
 *
 * @throws RandoseError `wrong-key` where the keys are nobody's to whom it is sealed; `not-trusted`
 *   where it is not what was sealed
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
