import { join } from 'node:path';
import type { KeyPair } from '../../blinding/identity.ts';
import { unseal } from '../../blinding/seal.ts';
import { readSigningSecret, type SigningKey } from '../../blinding/signing-key.ts';
import { RandoseError } from '../../errors.ts';
import { readBytes } from '../../system/files.ts';
import { RESTORE } from '../../words.ts';
import type { OpenStudy } from '../open-study.ts';
import { ownersOf } from './owners.ts';

/**
 * Opens the signing key of a list. Only officers and statisticians can open it, so one of them made whatever
 * it signs.
 *
 * An older list has no signing key. Then the key of an officer or a statistician in study.yaml is still
 * needed, and nothing is signed.
 *
 * @param hint whose key to use instead of a wrong one
 * @returns undefined for such an older list
 * @throws RandoseError `wrong-key` if none of the keys is one of theirs; `not-trusted`, `not-found`
 */
export async function openSigningKey(
  { root, study, signing }: OpenStudy,
  keys: readonly KeyPair[],
  hint = OFFICER_OR_STATISTICIAN,
): Promise<SigningKey | undefined> {
  if (signing === undefined) {
    const roles = ownersOf(study, keys).map(({ role }) => role);
    if (roles.includes('officer') || roles.includes('statistician')) return undefined;
    throw notTheirs('this is not the key of an officer or a statistician', hint);
  }
  const sealed = readBytes(join(root, signing.file), RESTORE);
  const identities = keys.map(({ identity }) => identity);
  const text = await unseal(sealed, identities, signing.file).catch((error: unknown) => {
    throw error instanceof RandoseError && error.code === 'wrong-key'
      ? notTheirs(`this key does not open ${signing.file}`, hint)
      : error;
  });
  return readSigningSecret(text, signing.publicKey);
}

const OFFICER_OR_STATISTICIAN =
  'Use the key of an officer or a statistician who can open the list now, not of a new one: --identity FILE.';

function notTheirs(message: string, hint: string): RandoseError {
  return new RandoseError('wrong-key', message, { hint: `${hint} Nothing was changed.` });
}
