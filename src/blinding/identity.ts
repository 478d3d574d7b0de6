import { createPrivateKey, createPublicKey } from 'node:crypto';
import { bech32 } from '@scure/base';
import {
  armor,
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  identityToRecipient,
} from 'age-encryption';
import { RandoseError } from '../errors.ts';

/** An age key pair: the identity is the secret half, the recipient the public one. */
export interface KeyPair {
  /** `AGE-SECRET-KEY-1…`; for a post-quantum hybrid `AGE-SECRET-KEY-PQ-1…` */
  readonly identity: string;
  /** `age1…`; for a post-quantum hybrid `age1pq1…` */
  readonly recipient: string;
}

/** Makes a post-quantum hybrid key pair, with the library's own random bytes. */
export async function generateHybridKeyPair(): Promise<KeyPair> {
  const identity = await generateHybridIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The bytes before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/**
 * The X25519 key pair of a secret. It uses node:crypto, which is several times as fast as the library: a list
 * has a card for every slot.
 *
 * @param secret 32 random bytes
 */
export function keyPairFrom(secret: Uint8Array): KeyPair {
  const key = Buffer.concat([PKCS8_X25519, secret]);
  const publicKey = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })).export(
    { type: 'spki', format: 'der' },
  );
  return {
    identity: bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase(),
    // The last 32 bytes are the raw key.
    recipient: bech32.encodeFromBytes('age', publicKey.subarray(-32)),
  };
}

/** The public half of an identity. @returns undefined if the text is not an identity */
export async function recipientOf(identity: string): Promise<string | undefined> {
  if (!/^AGE-SECRET-KEY-(PQ-)?1/.test(identity)) return undefined;
  return identityToRecipient(identity).catch(() => undefined);
}

/**
 * The text of an identity file, as age-keygen writes it; `age -i` accepts it.
 *
 * @param created an instant in ISO 8601, UTC
 */
export function formatIdentityFile(keys: KeyPair, created: string): string {
  return `# created: ${created}\n# public key: ${keys.recipient}\n${keys.identity}\n`;
}

/** Protects an identity file with a passphrase (age's scrypt, armored); `age -i` accepts it and asks. */
export async function protectIdentityFile(text: string, passphrase: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(text));
}

/**
 * Reads an identity file.
 *
 * @param content the file's bytes: plain, or an age file with a passphrase (armored or binary)
 * @param file its name, for the errors
 * @param askPassphrase called only for a protected file
 * @returns the key pairs in it, at least one
 * @throws RandoseError `wrong-key` if the passphrase is wrong or the file has no identity
 */
export async function readIdentityFile(
  content: Uint8Array,
  file: string,
  askPassphrase: () => Promise<string>,
): Promise<KeyPair[]> {
  const text = await plainText(content, file, askPassphrase);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const keys = await Promise.all(
    lines.map(async (line): Promise<KeyPair | undefined> => {
      const identity = line.trim();
      const recipient = await recipientOf(identity);
      return recipient === undefined ? undefined : { identity, recipient };
    }),
  );
  const valid = keys.filter((key) => key !== undefined);
  if (valid.length === 0 || valid.length < keys.length) {
    throw new RandoseError('wrong-key', `${file} is not an age identity file`, {
      hint: 'Use a key file: it has a line AGE-SECRET-KEY-1…, or is protected by a passphrase. To create one, run: randose keygen',
    });
  }
  return valid;
}

async function plainText(
  content: Uint8Array,
  file: string,
  askPassphrase: () => Promise<string>,
): Promise<string> {
  const text = new TextDecoder().decode(content);
  const isArmored = text.trimStart().startsWith('-----BEGIN AGE ENCRYPTED FILE-----');
  if (!isArmored && !text.startsWith('age-encryption.org/')) return text;
  const passphrase = await askPassphrase();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(isArmored ? armor.decode(text) : content, 'text');
  } catch {
    throw new RandoseError('wrong-key', `the passphrase does not open ${file}`, {
      hint: 'Type it again. If it does not open the file, it is the wrong passphrase or the file is damaged.',
    });
  }
}
