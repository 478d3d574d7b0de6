import { join } from 'node:path';
import type { KeyPair } from '../blinding/identity.ts';
import { sha256 } from '../blinding/manifest.ts';
import { unseal } from '../blinding/seal.ts';
import { type MasterContent, readMaster } from '../blinding/sealed-list.ts';
import { RandoseError } from '../errors.ts';
import { batchFiles } from '../study/layout.ts';
import { readBytes } from './files.ts';
import type { OpenStudy, SealedBatch } from './open-study.ts';

/**
 * Opens the master list of one batch, and holds it against its manifest and its public list.
 *
 * @throws RandoseError `wrong-key` where the keys are nobody's to whom it is sealed; `not-trusted`
 *   where it is not what was sealed
 */
export async function openMaster(
  { root, study }: OpenStudy,
  { manifest, slots }: SealedBatch,
  keys: readonly KeyPair[],
): Promise<MasterContent> {
  const file = batchFiles(manifest.batch).master;
  const sealed = readBytes(join(root, file), 'Restore it from a backup, and run randose verify.');
  if (sha256(sealed) !== manifest.files[file]) {
    throw new RandoseError('not-trusted', `NOT TRUSTED: ${file} is not the one that was sealed`, {
      hint: 'Do not act on it. Restore it from a backup, and run randose verify.',
    });
  }
  const identities = keys.map(({ identity }) => identity);
  return readMaster(await unseal(sealed, identities, file), {
    file,
    study: study.id,
    batch: manifest.batch,
    list: manifest.list,
    slots,
  });
}
