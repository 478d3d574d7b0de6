import { bech32 } from '@scure/base';
import {
  armor,
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  identityToRecipient,
} from 'age-encryption';
import { RandoseError } from '../errors.ts';
import { recipientKind } from '../study/recipient.ts';
import { x25519Keys } from './x25519-key.ts';

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

/**
 * The X25519 key pair of a secret. It uses node:crypto, which is several times as fast as the library: a list
 * has a card for every slot.
 *
 * @param secret 32 random bytes
 */
export function keyPairFrom(secret: Uint8Array): KeyPair {
  const { publicKey } = x25519Keys(secret);
  return {
    identity: bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase(),
    recipient: bech32.encodeFromBytes('age', publicKey),
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

/** The text of the file beside a protected identity file: a recipients file, as `age -R` reads it. */
export function formatPublicHalf({ name, recipient }: { name: string; recipient: string }): string {
  return `# ${name}\n${recipient}\n`;
}

/** Protects an identity file with a passphrase (age's scrypt, armored); `age -i` accepts it and asks. */
export async function protectIdentityFile(text: string, passphrase: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(text));
}

/**
 * Gives a passphrase of a protected identity file.
 *
 * @param wrong how many passphrases were wrong before
 * @returns undefined if there is no other one to try
 */
export type GivePassphrase = (wrong: number) => Promise<string | undefined>;

/**
 * Reads an identity file.
 *
 * @param content the file's bytes: plain, or an age file with a passphrase (armored or binary)
 * @param file its name, for the errors
 * @param givePassphrase called only for a protected file; again after a wrong passphrase, until it has no other one
 * @returns the key pairs in it, at least one
 * @throws RandoseError `wrong-key` if the passphrases are wrong or the file has no identity
 */
export async function readIdentityFile(
  content: Uint8Array,
  file: string,
  givePassphrase: GivePassphrase,
): Promise<KeyPair[]> {
  const text = await plainText(content, file, givePassphrase);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  // Each is tried on each sealed file: a file that was written again and again would take long.
  const identities = [...new Set(lines.map((line) => line.trim()))];
  const keys = await Promise.all(
    identities.map(async (identity): Promise<KeyPair | undefined> => {
      const recipient = await recipientOf(identity);
      return recipient === undefined ? undefined : { identity, recipient };
    }),
  );
  const valid = keys.filter((key) => key !== undefined);
  if (valid.length === 0 || valid.length < keys.length) {
    throw noIdentity(file);
  }
  return valid;
}

function noIdentity(file: string): RandoseError {
  return new RandoseError('wrong-key', `${file} is not a key file`, {
    hint: 'A key file has a line AGE-SECRET-KEY-1…, or is protected by a passphrase. It often ends in .key.',
  });
}

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const MAGIC = 'age-encryption.org/';

/** Whether the bytes are text with a secret key that no passphrase protects. */
function hasPlainIdentity(content: Uint8Array): boolean {
  return /^\s*AGE-SECRET-KEY-(PQ-)?1/m.test(new TextDecoder().decode(content));
}

/** Whether the bytes are an identity file: one with a secret key, or one under a passphrase. Nothing is opened. */
export function looksLikeIdentityFile(content: Uint8Array): boolean {
  return hasPlainIdentity(content) || isProtectedIdentityFile(content);
}

/** Whether the bytes are an identity file under a passphrase. Nothing is opened. */
export function isProtectedIdentityFile(content: Uint8Array): boolean {
  const text = new TextDecoder().decode(content).trimStart();
  const armored = text.startsWith(ARMOR) ? text.slice(ARMOR.length).replace(/\s/g, '') : undefined;
  // The second line of the file that is armored says how it is opened.
  const head =
    armored === undefined ? text : Buffer.from(armored.slice(0, 88), 'base64').toString('latin1');
  return head.startsWith(`${MAGIC}v1\n-> scrypt `);
}

/**
 * The public halves that a text names without being opened: the recipients in comments and in lines of their own,
 * as in a plain identity file and in the file that keygen writes beside a protected one. Nobody has proven them.
 */
export function namedRecipients(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const named = /^(?:# *public key: *)?(age1[a-z0-9]+)$/.exec(line.trim())?.[1];
    return named === undefined || recipientKind(named) === undefined ? [] : [named];
  });
}

async function plainText(
  content: Uint8Array,
  file: string,
  givePassphrase: GivePassphrase,
): Promise<string> {
  const text = new TextDecoder().decode(content);
  const isArmored = text.trimStart().startsWith(ARMOR);
  if (!isArmored && !text.startsWith(MAGIC)) return text;
  if (!isProtectedIdentityFile(content)) throw noIdentity(file);
  for (let wrong = 0; ; wrong += 1) {
    const passphrase = await givePassphrase(wrong);
    if (passphrase === undefined) throw wrongPassphrase(file);
    for (const spelling of spellingsOf(passphrase)) {
      const opened = await withPassphrase(isArmored ? text : content, file, spelling);
      if (opened !== undefined) return opened;
    }
  }
}

/**
 * A passphrase as computers may write it: composed (an accented letter is one character), decomposed (it is two),
 * and as it was typed. The key may have been made on another system.
 */
function spellingsOf(passphrase: string): Set<string> {
  return new Set([passphrase, passphrase.normalize('NFC'), passphrase.normalize('NFD')]);
}

/** @returns undefined if the passphrase is wrong */
async function withPassphrase(
  content: string | Uint8Array,
  file: string,
  passphrase: string,
): Promise<string | undefined> {
  if (passphrase === '') return undefined; // age does not make such a file
  try {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    return await decrypter.decrypt(
      typeof content === 'string' ? armor.decode(content) : content,
      'text',
    );
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) return undefined;
    throw new RandoseError('wrong-key', `${file} is damaged: no passphrase opens it`, {
      hint: 'Use a copy of the key file from a backup.',
    });
  }
}

/** Whether an error is that of a wrong passphrase. */
export function isWrongPassphrase({ code, message }: RandoseError): boolean {
  return code === 'wrong-key' && message.startsWith(WRONG_PASSPHRASE);
}

const WRONG_PASSPHRASE = 'the passphrase does not open';

function wrongPassphrase(file: string): RandoseError {
  return new RandoseError('wrong-key', `${WRONG_PASSPHRASE} ${file}`, {
    hint: 'Is Caps Lock on, or another keyboard layout in use? If not, it is the wrong passphrase, or the file is damaged.',
  });
}
