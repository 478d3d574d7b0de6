import { join } from 'node:path';
import type { KeyPair } from '../../blinding/identity.ts';
import { unseal } from '../../blinding/seal.ts';
import { readSigningSecret, type SigningKey } from '../../blinding/signing-key.ts';
import { RandoseError } from '../../errors.ts';
import { readBytes } from '../../system/files.ts';
import type { OpenStudy } from '../open-study.ts';
import { ownersOf } from './owners.ts';

/**
 * Opens the signing key of a list: only who holds the key of an officer or a statistician can, so what
 * it signs was made by one of them.
 *
 * For a list from before there was a signing key, the key of an officer or a statistician whom
 * study.yaml names is needed all the same, and nothing is signed.
 *
 * @returns undefined for such a list
 * @throws RandoseError `wrong-key` if none of the keys is one of theirs; `not-trusted`, `not-found`
 */
export async function openSigningKey(
  { root, study, signing }: OpenStudy,
  keys: readonly KeyPair[],
): Promise<SigningKey | undefined> {
  if (signing === undefined) {
    const roles = ownersOf(study, keys).map(({ role }) => role);
    if (roles.includes('officer') || roles.includes('statistician')) return undefined;
    throw notTheirs('this is not the key of an officer or a statistician');
  }
  const sealed = readBytes(join(root, signing.file), 'Restore it from a backup.');
  const identities = keys.map(({ identity }) => identity);
  const text = await unseal(sealed, identities, signing.file).catch((error: unknown) => {
    throw error instanceof RandoseError && error.code === 'wrong-key'
      ? notTheirs(`this key does not open ${signing.file}`)
      : error;
  });
  return readSigningSecret(text, signing.publicKey);
}

function notTheirs(message: string): RandoseError {
  return new RandoseError('wrong-key', message, {
    hint: 'It takes the key of an officer or a statistician to whom the list is sealed so far, not of one who is new: --identity FILE. Nothing was changed.',
  });
}
