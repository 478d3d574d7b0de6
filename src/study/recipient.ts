import { bech32 } from '@scure/base';

/**
 * The kinds of age key pair: X25519, and the post-quantum hybrid of ML-KEM-768 and X25519. Each file
 * is sealed to keys of one kind, because it is only as strong as its weakest key.
 */
export type RecipientKind = 'x25519' | 'hybrid';

/** The prefix of each kind of recipient, and its length in bytes (https://c2sp.org/age). */
const KINDS: Readonly<Record<RecipientKind, { prefix: string; bytes: number }>> = {
  x25519: { prefix: 'age', bytes: 32 },
  hybrid: { prefix: 'age1pq', bytes: 1216 },
};

/**
 * The kind of an age recipient, the public half of a key pair (`age1…`, `age1pq1…`), which has a
 * checksum.
 *
 * @returns undefined if the text is not a recipient that randose seals to
 */
export function recipientKind(text: string): RecipientKind | undefined {
  if (!/^age1[a-z0-9]+$/.test(text)) return undefined;
  const decoded = bech32.decodeUnsafe(text, false);
  const bytes = decoded && bech32.fromWordsUnsafe(decoded.words)?.length;
  const kinds = Object.entries(KINDS) as [RecipientKind, { prefix: string; bytes: number }][];
  return kinds.find(([, kind]) => kind.prefix === decoded?.prefix && kind.bytes === bytes)?.[0];
}

/**
 * A recipient, short enough to show: a hybrid one has two thousand characters.
 *
 * @param room how many characters there is room for; 17 are the fewest
 */
export function shortRecipient(recipient: string, room = 70): string {
  if (recipient.length <= room) return recipient;
  const first = Math.min(20, Math.max(8, room - 9));
  return `${recipient.slice(0, first)}…${recipient.slice(-8)}`;
}
