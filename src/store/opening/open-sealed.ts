import { join } from 'node:path';
import { holdersOf, holdersText } from '../../blinding/custody.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { changedParts } from '../../blinding/manifest.ts';
import { sha256 } from '../../digest.ts';
import { unseal } from '../../blinding/seal.ts';
import { unwrapStudyKey } from '../../blinding/study-key.ts';
import { RandoseError } from '../../errors.ts';
import { STUDY_FILE } from '../../study/layout.ts';
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
  const sealed = readSealed(open, batch, file);
  try {
    return await unseal(sealed, identities, what);
  } catch (error) {
    if (!(error instanceof RandoseError) || error.code !== 'wrong-key') throw error;
    throw new RandoseError('wrong-key', error.message, { hint: whoOpens(open, batch, file) });
  }
}

/** Who can open a sealed file, for somebody whose key does not. */
function whoOpens({ study }: OpenStudy, { manifest }: SealedBatch, file: string): string {
  const { master, packing, cards } = filesOf(manifest);
  const { custody } = manifest;
  const holders = holdersOf(custody);
  const kinds = new Map([
    [master, holders.master],
    [packing, holders.packing],
    [cards, holders.cards],
  ]);
  const names = holdersText(custody, kinds.get(file) ?? holders.envelopes);
  const others = changedParts(manifest, study).includes('custody')
    ? ` ${STUDY_FILE} names other people: until an officer runs randose rewrap, it is not encrypted for them.`
    : '';
  return `It can be opened by: ${names}.${others}`;
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
