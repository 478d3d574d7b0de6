import { Decrypter, Encrypter, type Recipient } from 'age-encryption';
import { RandoseError } from '../errors.ts';
import { recipientKind } from '../study/recipient.ts';
import { RESTORE } from '../words.ts';
import { x25519Recipient } from './x25519-recipient.ts';

/**
 * Reads a recipient once, for many files that are sealed to it.
 *
 * @param recipient `age1…` or `age1pq1…`
 * @throws Error if it is not a recipient
 */
export function readRecipient(recipient: string): string | Recipient {
  return recipientKind(recipient) === 'x25519' ? x25519Recipient(recipient) : recipient;
}

/**
 * Returns a function that seals a text, or bytes, in an age file that each of the recipients can open alone.
 *
 * @param recipients age recipients (all `age1…`, or all `age1pq1…`), or what `readRecipient` made of them; at least one
 * @throws Error if there is none, or one is not a recipient
 */
export function sealFor(
  recipients: readonly (string | Recipient)[],
): (content: string | Uint8Array) => Promise<Uint8Array> {
  if (recipients.length === 0) throw new Error('sealed to nobody');
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    encrypter.addRecipient(typeof recipient === 'string' ? readRecipient(recipient) : recipient);
  }
  // As a stream: for bytes the library uses fetch's Response, which takes Node longer to load than sealing a
  // whole small trial.
  return async (content) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return collected(await encrypter.encrypt(streamOf(bytes)));
  };
}

/**
 * Opens an age file with a text in it.
 *
 * @param identities age identities (`AGE-SECRET-KEY-1…`)
 * @param what the file's name, for the error
 * @throws RandoseError `wrong-key` if none of the identities opens the file; `not-trusted` if the file is
 *   damaged, is not an age file, or does not contain text
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

/** Opens an age file as `unseal` does, but returns its bytes, whatever they are. */
export async function unsealBytes(
  ciphertext: Uint8Array,
  identities: readonly string[],
  what: string,
): Promise<Uint8Array> {
  try {
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    return await collected(await decrypter.decrypt(streamOf(ciphertext)));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new RandoseError('wrong-key', `this key does not open ${what}`, {
        hint: 'Use the key file of a person to whom it was sealed; study.yaml names them.',
      });
    }
    throw damaged(what);
  }
}

function damaged(what: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: ${what} is damaged or not an age file`, {
    hint: RESTORE,
  });
}

/** As `ReadableStream.from`, without an iterator: a list has thousands of these streams. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

async function collected(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
  }
}

/** Pads with one repeated ASCII character to a length in bytes. @throws Error if the text is longer */
export function padded(text: string, bytes: number, filler: ' ' | '\n'): string {
  const missing = bytes - Buffer.byteLength(text);
  if (missing < 0) throw new Error(`${-missing} bytes too long for its sealed space`);
  return text + filler.repeat(missing);
}
