import { Decrypter, Encrypter } from 'age-encryption';
import { RandoseError } from '../errors.ts';
import { recipientKind } from '../study/recipient.ts';
import { x25519Recipient } from './x25519-recipient.ts';

/**
 * Makes a seal for some people: it puts a text, or bytes, into an age file that each of them can open,
 * alone.
 *
 * @param recipients age recipients (`age1…`, or `age1pq1…` all of them), at least one
 * @throws Error where there is none, or one is no recipient
 */
export function sealFor(
  recipients: readonly string[],
): (content: string | Uint8Array) => Promise<Uint8Array> {
  if (recipients.length === 0) throw new Error('sealed to nobody');
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient(
      recipientKind(recipient) === 'x25519' ? x25519Recipient(recipient) : recipient,
    );
  }
  // As a stream: from bytes to bytes the library goes by way of fetch's Response, which takes Node
  // longer to load than all the sealing of a small trial.
  return async (content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return collected(await encrypter.encrypt(ReadableStream.from([bytes])));
  };
}

/**
 * Opens an age file with a text in it.
 *
 * @param identities age identities (`AGE-SECRET-KEY-1…`)
 * @param what the file's name, for the error
 * @throws RandoseError `wrong-key` where none of the identities is a recipient of the file;
 *   `not-trusted` where the file is damaged, no age file, or has something else than text in it
 */
export async function unseal(
  ciphertext: Uint8Array,
  identities: readonly string[],
  what: string,
): Promise<string> {
  const content = await unsealBytes(ciphertext, identities, what);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw damaged(what);
  }
}

/** As `unseal`, with whatever is in it. */
export async function unsealBytes(
  ciphertext: Uint8Array,
  identities: readonly string[],
  what: string,
): Promise<Uint8Array> {
  try {
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    return await collected(await decrypter.decrypt(ReadableStream.from([ciphertext])));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new RandoseError('wrong-key', `this key does not open ${what}`, {
        hint: 'Use the key file of somebody to whom it was sealed; study.yaml names them.',
      });
    }
    throw damaged(what);
  }
}

function damaged(what: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: ${what} is damaged or no age file`, {
    hint: 'Restore it from a backup, and run randose verify.',
  });
}

async function collected(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Pads with one repeated ASCII character up to a length in bytes. @throws Error when longer already */
export function padded(text: string, bytes: number, filler: ' ' | '\n'): string {
  const missing = bytes - Buffer.byteLength(text);
  if (missing < 0) throw new Error(`${-missing} bytes longer than its sealed space`);
  return text + filler.repeat(missing);
}
