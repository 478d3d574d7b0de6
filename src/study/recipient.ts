import { bech32 } from '@scure/base';

/** The public half of an age X25519 key pair, `age1…` (58 characters after the 1, with checksum). */
export function isRecipient(text: string): text is `age1${string}` {
  if (!/^age1[a-z0-9]+$/.test(text)) return false;
  const decoded = bech32.decodeUnsafe(text, 90);
  return decoded?.prefix === 'age' && bech32.fromWordsUnsafe(decoded.words)?.length === 32;
}
