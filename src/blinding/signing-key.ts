import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { RandoseError } from '../errors.ts';
import { RESTORE } from '../words.ts';

/**
 * The Ed25519 key that signs the manifests of later batches and rewraps of a list. Its secret half is sealed to
 * the people who may make them; its public half is in the first batch, which the ledger's first entry fixes.
 * Anybody can seal a file to public recipients, but only people who can open the secret half can sign a
 * manifest.
 */
export interface SigningKey {
  /** 32 bytes in hexadecimal. */
  readonly secret: string;
  /** 32 bytes in hexadecimal. */
  readonly publicKey: string;
}

/** The bytes before the 32 bytes of an Ed25519 key in PKCS #8 and in SPKI (RFC 8410). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** The signing key of a secret. @param secret 32 random bytes */
export function signingKeyFrom(secret: Uint8Array): SigningKey {
  const spki = createPublicKey(privateKeyOf(secret)).export({ type: 'spki', format: 'der' });
  return {
    secret: Buffer.from(secret).toString('hex'),
    publicKey: spki.subarray(-32).toString('hex'),
  };
}

/** The plaintext of signing.age. It contains the study's id, which marks a rehearsal. */
export function formatSigningSecret({ secret }: SigningKey, study: string): string {
  return `randose signing secret 1 ${study} ${secret}\n`;
}

/**
 * Reads an opened signing.age.
 *
 * @param publicKey the public half that it must belong to: an age file has no sender
 * @throws RandoseError `not-trusted` if it is not
 */
export function readSigningSecret(plaintext: string, publicKey: string): SigningKey {
  const secret = /^randose signing secret 1 \S+ ([0-9a-f]{64})\n$/.exec(plaintext)?.[1];
  const key = secret === undefined ? undefined : signingKeyFrom(Buffer.from(secret, 'hex'));
  if (key?.publicKey === publicKey) return key;
  throw new RandoseError(
    'not-trusted',
    'NOT TRUSTED: signing.age does not contain the signing key of this list',
    { hint: `Do not act on it. ${RESTORE}` },
  );
}

/** The text of signing.pub. */
export function formatSigningKey({ publicKey }: SigningKey, study: string): string {
  return `randose signing key 1 ${study} ${publicKey}\n`;
}

/** The public key in a signing.pub; undefined if the text is not one. */
export function parseSigningKey(text: string): string | undefined {
  return /^randose signing key 1 \S+ ([0-9a-f]{64})\n$/.exec(text)?.[1];
}

/** Signs a manifest. @returns the text of manifest.sig, with a signature of 128 hexadecimal digits */
export function signManifest(manifest: string, { secret }: SigningKey): string {
  const signature = sign(null, Buffer.from(manifest), privateKeyOf(Buffer.from(secret, 'hex')));
  return `randose signature 1 ${signature.toString('hex')}\n`;
}

/**
 * Whether a signing key signed a manifest.
 *
 * @param signature the text of manifest.sig
 * @param publicKey 32 bytes in hexadecimal
 */
export function isSignedManifest(manifest: string, signature: string, publicKey: string): boolean {
  const hex = /^randose signature 1 ([0-9a-f]{128})\n$/.exec(signature)?.[1];
  if (hex === undefined) return false;
  const spki = Buffer.concat([SPKI_ED25519, Buffer.from(publicKey, 'hex')]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(manifest), key, Buffer.from(hex, 'hex'));
}

function privateKeyOf(secret: Uint8Array) {
  const key = Buffer.concat([PKCS8_ED25519, secret]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
