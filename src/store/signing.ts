import type { Signing } from './ready.ts';

/**
 * How somebody signs what they enter in the ledger.
 *
 * @param keyFile an ssh key; undefined if nothing is to be signed
 * @param mayAsk whether there is somebody to ask for a passphrase
 * @throws RandoseError `wrong-key` if there is no such key
 */
export async function signingWith(
  keyFile: string | undefined,
  mayAsk: boolean,
): Promise<Signing | undefined> {
  if (keyFile === undefined) return undefined;
  const { fingerprintOf, signAll } = await import('../system/ssh-signature.ts');
  return {
    signer: fingerprintOf(keyFile),
    sign: (texts) => signAll(keyFile, texts, mayAsk),
  };
}
