import { dirname, join } from 'node:path';
import type { KeyPair } from '../../../blinding/identity.ts';
import { unseal } from '../../../blinding/seal.ts';
import { studyKeysIn, unwrapStudyKey } from '../../../blinding/study-key.ts';
import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import { provenContent } from '../../../ledger/plain-text.ts';
import { readableFilesBelow, readBytes } from '../../../system/files.ts';
import { numberOfFile } from '../envelope-paths.ts';
import { batchOfEnvelope, type RescuedStudy } from './rescue-study.ts';

/** What is in one copy of an envelope. Nothing in it is proven yet. */
export interface OpenedCopy {
  readonly plaintext: string;
  /** The SHA-256 of the sealed file. */
  readonly digest: string;
}

/**
 * Opens one copy of an envelope: with a key that opens it alone, else with the study key that the officers'
 * keys unwrap together.
 *
 * @param file relative to the study folder
 * @throws RandoseError `wrong-key` if the keys do not open it; any other error if it cannot be read
 */
export async function openCopy(
  study: RescuedStudy,
  file: string,
  keys: readonly KeyPair[],
): Promise<OpenedCopy> {
  const sealed = sealedBytes(study, file);
  const what = `the envelope of ${numberOfFile(file)}`;
  const identities = aloneIn(study, file, keys).map(({ identity }) => identity);
  const digest = sha256(sealed);
  try {
    if (identities.length === 0) throw new RandoseError('wrong-key', `no key opens ${what} alone`);
    return { plaintext: await unseal(sealed, identities, what), digest };
  } catch (error) {
    if (!(error instanceof RandoseError) || error.code !== 'wrong-key') throw error;
    const shared = await sharedKeys(study, file, keys);
    if (shared.keys.length === 0) throw shared.refusal ?? error;
    const together = shared.keys.map(({ identity }) => identity);
    return { plaintext: await unseal(sealed, together, what), digest };
  }
}

/** An envelope as it was sealed: without the line ends that a file transfer changed, if its manifest proves it. */
function sealedBytes(study: RescuedStudy, file: string): Uint8Array {
  const bytes = readBytes(join(study.root, file));
  const digest = batchOfEnvelope(study, file)?.inForce?.files[file];
  return provenContent(bytes, (content) => sha256(content) === digest)?.content ?? bytes;
}

/**
 * The keys that may open an envelope alone. If several officers are needed together now, an officer's key
 * may not, though an older copy was sealed to each officer.
 */
function aloneIn(study: RescuedStudy, file: string, keys: readonly KeyPair[]): readonly KeyPair[] {
  const custody = batchOfEnvelope(study, file)?.inForce?.custody;
  if (custody === undefined || custody.recipient === null) return keys;
  const officers = custody.officers.map(({ recipient }) => recipient);
  return keys.filter(({ recipient }) => !officers.includes(recipient));
}

/** The study keys that officers share, beside an envelope; if there is none, and it needs one, why. */
async function sharedKeys(
  study: RescuedStudy,
  envelope: string,
  keys: readonly KeyPair[],
): Promise<{ keys: KeyPair[]; refusal: RandoseError | undefined }> {
  const files = readWrappedKeys(join(study.root, dirname(dirname(envelope)), 'custody'));
  const custody = batchOfEnvelope(study, envelope)?.inForce?.custody;
  if (files.size === 0 && custody?.recipient === null) return { keys: [], refusal: undefined };
  const all = await studyKeysIn(files, keys, custody?.needed, () => true);
  if (all.length > 0 || custody === undefined || custody.recipient === null) {
    return { keys: all, refusal: undefined };
  }
  const { officers, needed, recipient } = custody;
  try {
    const key = await unwrapStudyKey(files, { officers, needed, recipient }, keys);
    return { keys: [key], refusal: undefined };
  } catch (error) {
    return { keys: [], refusal: error instanceof RandoseError ? error : undefined };
  }
}

/** The files in a custody/ folder that can be read. A file that cannot be read counts as missing. */
function readWrappedKeys(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const file of readableFilesBelow(folder)) {
    try {
      files.set(file, readBytes(join(folder, file)));
    } catch {
      continue;
    }
  }
  return files;
}
