import { join } from 'node:path';
import type { KeyPair } from '../../blinding/identity.ts';
import { sha256 } from '../../digest.ts';
import { unseal } from '../../blinding/seal.ts';
import { unwrapStudyKey } from '../../blinding/study-key.ts';
import { RandoseError } from '../../errors.ts';
import { filesBelow, readBytes } from '../../system/files.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';

/**
 * Reads a sealed file, and holds it against its manifest.
 *
 * @throws RandoseError `not-trusted` where it is not the file that was sealed; `not-found`
 */
export function readSealed(
  { root }: OpenStudy,
  { manifest }: SealedBatch,
  file: string,
): Uint8Array {
  const sealed = readBytes(join(root, file), 'Restore it from a backup, and run randose verify.');
  if (sha256(sealed) === manifest.files[file]) return sealed;
  throw new RandoseError('not-trusted', `NOT TRUSTED: ${file} is not the file that was sealed`, {
    hint: 'Do not act on it. Restore it from a backup, and run randose verify.',
  });
}

/**
 * Opens a sealed file of a batch.
 *
 * @param what its name, for the error
 * @throws RandoseError `wrong-key` where it is sealed to nobody with these keys; `not-trusted` where
 *   it is not what was sealed
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
 * The keys with which a batch is opened: those given, and, where it takes several officers together
 * and enough of their keys are given, the study key that these unwrap.
 *
 * @returns the keys; where they do not suffice for the study key, those given and why not
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
    // What is in them is the study key or it is not: their digests do not matter.
    for (const file of filesBelow(join(open.root, folder))) {
      files.set(file, readBytes(join(open.root, folder, file)));
    }
    const studyKey = await unwrapStudyKey(files, { officers, needed, recipient }, keys);
    return { keys: [...keys, studyKey], refusal: undefined };
  } catch (error) {
    // A card, or the key of somebody who holds one thing alone, may open what is asked for.
    if (error instanceof RandoseError) return { keys, refusal: error };
    throw error;
  }
}

/**
 * Opens a sealed file of a batch with whatever the keys open, alone or together.
 *
 * @throws RandoseError as `openSealed`; where it takes more officers, it says so
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
