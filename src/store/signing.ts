import { formatHead } from '../ledger/chain.ts';
import type { Signing } from './folder/study-folder.ts';

/**
 * How somebody signs what they enter in the ledger.
 *
 * @param keyFile an ssh key; undefined where nothing is to be signed
 * @param mayAsk whether ssh-keygen may ask for a passphrase
 * @throws RandoseError `wrong-key` where there is no such key
 */
export async function signingWith(
  keyFile: string | undefined,
  mayAsk: boolean,
): Promise<Signing | undefined> {
  if (keyFile === undefined) return undefined;
  const { fingerprintOf, signAll } = await import('../system/ssh-signature.ts');
  return {
    signer: fingerprintOf(keyFile),
    sign: (heads) => signAll(keyFile, heads.map(formatHead), mayAsk),
  };
}
