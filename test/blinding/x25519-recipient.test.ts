import { bech32 } from '@scure/base';
import { Decrypter, Encrypter } from 'age-encryption';
import { expect, test } from 'vitest';
import { keyPairFrom } from '../../src/blinding/identity.ts';
import { x25519Recipient } from '../../src/blinding/x25519-recipient.ts';

const RECIPIENT = 'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu';

test('a file key is wrapped as one stanza, different each time', async () => {
  const recipient = x25519Recipient(RECIPIENT);
  const fileKey = new Uint8Array(16);
  const [[one], [other]] = [
    await recipient.wrapFileKey(fileKey),
    await recipient.wrapFileKey(fileKey),
  ];
  expect(one?.args[0]).toBe('X25519');
  expect(Buffer.from(one!.args[1]!, 'base64')).toHaveLength(32);
  // 32 bytes in base64 without padding.
  expect(one?.args[1]).toMatch(/^[A-Za-z0-9+/]{43}$/);
  expect(one?.body).toHaveLength(32);
  expect(one?.args[1]).not.toBe(other?.args[1]);
  expect(one?.body).not.toEqual(other?.body);
});

test('the identity of the recipient gets the file key again, with the library itself', async () => {
  const { identity, recipient } = keyPairFrom(new Uint8Array(32).fill(7));
  const encrypter = new Encrypter();
  encrypter.addRecipient(x25519Recipient(recipient));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect(await decrypter.decrypt(await encrypter.encrypt('text'), 'text')).toBe('text');
});

test('a post-quantum recipient, or one of another length, is not an X25519 recipient', () => {
  for (const [prefix, length] of [
    ['age', 31],
    ['age', 33],
    ['bge', 32],
  ] as const) {
    const text = bech32.encodeFromBytes(prefix, new Uint8Array(length).fill(9));
    expect(() => x25519Recipient(text)).toThrow('not an age X25519 recipient');
  }
});

test.each(['age1', 'age1pq1qqqq', RECIPIENT.slice(0, -1), RECIPIENT.replace('age1vr', 'age1vv')])(
  '%s is not a recipient',
  (text) => {
    expect(() => x25519Recipient(text)).toThrow();
  },
);
