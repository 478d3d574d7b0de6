import { join } from 'node:path';
import type { KeyPair } from '../../blinding/identity.ts';
import { sha256 } from '../../digest.ts';
import { unseal } from '../../blinding/seal.ts';
import { unwrapStudyKey } from '../../blinding/study-key.ts';
import { RandoseError } from '../../errors.ts';
import { filesBelow, readBytes } from '../../system/files.ts';
import { RESTORE } from '../../words.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/**
 * Reads a sealed file, and compares it with its manifest.
 *
 * @throws RandoseError `not-trusted` if it is not the file that was sealed; `not-found`
 */
export function readSealed(
  { root }: OpenStudy,
  { manifest }: SealedBatch,
  file: string,
): Uint8Array {
  const sealed = readBytes(join(root, file), RESTORE);
  if (sha256(sealed) === manifest.files[file]) return sealed;
  throw new RandoseError('not-trusted', `NOT TRUSTED: ${file} is not the file that was sealed`, {
    hint: `Do not act on it. ${RESTORE}`,
  });
}

/**
 * Opens a sealed file of a batch.
 *
 * @param what its name, for the error
 * @throws RandoseError `wrong-key` if none of these keys opens it; `not-trusted` if it is not what was
 *   sealed
 */
export async function openSealed(
  open: OpenStudy,
  batch: SealedBatch,
  file: string,
  keys: readonly KeyPair[],
  what = file,
): Promise<string> {
  const identities = keys.map(({ identity }) => identity);
  return unseal(readSealed(open, batch, file), identities, what);
}

/**
 * The keys that open a batch: the given keys, and, if several officers are needed together, the study key
 * that their keys unwrap.
 *
 * @returns the keys; if they are not enough for the study key, the given keys and the reason
 */
export async function keysFor(
  open: OpenStudy,
  batch: SealedBatch,
  keys: readonly KeyPair[],
): Promise<{ keys: readonly KeyPair[]; refusal: RandoseError | undefined }> {
  const { officers, needed, recipient } = batch.manifest.custody;
  if (recipient === null) return { keys, refusal: undefined };
  const { custody: folder } = filesOf(batch.manifest);
  const files = new Map<string, Uint8Array>();
  try {
    // The result shows whether they hold the study key, so their digests do not matter.
    for (const file of filesBelow(join(open.root, folder))) {
      files.set(file, readBytes(join(open.root, folder, file)));
    }
    const studyKey = await unwrapStudyKey(files, { officers, needed, recipient }, keys);
    return { keys: [...keys, studyKey], refusal: undefined };
  } catch (error) {
    // A card, or the key of a packer or a card maker, may still open the file.
    if (error instanceof RandoseError) return { keys, refusal: error };
    throw error;
  }
}

/**
 * Opens a sealed file of a batch with the given keys, alone or together.
 *
 * @throws RandoseError as `openSealed`; if more officers are needed, the error says so
 */
export async function openWith(
  open: OpenStudy,
  batch: SealedBatch,
  file: string,
  given: readonly KeyPair[],
  what = file,
): Promise<string> {
  const { keys, refusal } = await keysFor(open, batch, given);
  try {
    return await openSealed(open, batch, file, keys, what);
  } catch (error) {
    const isWrongKey = error instanceof RandoseError && error.code === 'wrong-key';
    throw isWrongKey && refusal !== undefined ? refusal : error;
  }
}
