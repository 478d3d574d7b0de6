import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  formatIdentityFile,
  protectIdentityFile,
  readIdentityFile,
} from '../../src/blinding/identity.ts';
import { drawKeyPair } from '../../src/store/draw.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { recipientKind } from '../../src/study/recipient.ts';
import { FIXTURES } from '../support/command-line.ts';

const noPassphrase = () => Promise.reject(new Error('no passphrase should be asked'));
const bytes = (text: string) => new TextEncoder().encode(text);

test('a new key reads back, and its recipient is valid', async () => {
  const keys = await drawKeyPair();
  expect(recipientKind(keys.recipient)).toBe('x25519');
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  expect(await readIdentityFile(bytes(text), 'k', noPassphrase)).toEqual([keys]);
});

test('a key that is in its file many times is one key', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z').repeat(3);
  expect(await readIdentityFile(bytes(text), 'k', noPassphrase)).toEqual([keys]);
});

test('with a passphrase it can be read back only with that passphrase [R-036]', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const file = bytes(await protectIdentityFile(text, 'four random words here'));
  const ask = (passphrase: string) => (wrong: number) =>
    Promise.resolve(wrong === 0 ? passphrase : undefined);
  expect(await readIdentityFile(file, 'k', ask('four random words here'))).toEqual([keys]);
  await expect(readIdentityFile(file, 'k', ask('another'))).rejects.toMatchObject({
    code: 'wrong-key',
  });
});

test('it asks until there is no other passphrase, and stops at the right one', async () => {
  const keys = await drawKeyPair();
  const text = formatIdentityFile(keys, '2026-01-01T00:00:00Z');
  const file = bytes(await protectIdentityFile(text, 'four r\u00e4ndom words'));
  const given: number[] = [];
  const answers = ['', 'four r\u0061\u0308ndom words'];
  const read = await readIdentityFile(file, 'k', (wrong) => {
    given.push(wrong);
    return Promise.resolve(answers[wrong]);
  });
  expect(read).toEqual([keys]);
  expect(given).toEqual([0, 1]);
});

test('an envelope, or a damaged file, is not asked for a passphrase again', async () => {
  const keys = await drawKeyPair();
  const sealed = await sealFor([keys.recipient])('x');
  await expect(readIdentityFile(sealed, 'k', noPassphrase)).rejects.toMatchObject({
    message: 'k is not a key file',
  });
  const armored = await protectIdentityFile('text', 'four random words');
  const cut = bytes(armored.slice(0, 200));
  await expect(
    readIdentityFile(cut, 'k', () => Promise.resolve('four random words')),
  ).rejects.toMatchObject({ message: 'k is damaged: no passphrase opens it' });
});

describe('a file without an identity is the wrong key', () => {
  test.each([
    ['empty', ''],
    ['comments alone', '# public key: age1xyz\n'],
    ['a recipient', 'age1vr2ep4f2cc5ut8lll7qfuv6l9w8w5p4l5mljfzr7wjca0shvadmqqgvjvu\n'],
    [
      'a mistyped identity',
      'AGE-SECRET-KEY-1E3QCXY94PS4TEANV6VZYMVUR7UTDDJEG3SMHNZL7P96WXJ4QNXYSXTLXDD\n',
    ],
    [
      'an identity in small letters',
      'age-secret-key-1e3qcxy94ps4teanv6vzymvur7utddjeg3smhnzl7p96wxj4qnxysxtlxdc',
    ],
    ['something else', '\u0000\u0001binary'],
  ])('%s', async (_, text) => {
    await expect(readIdentityFile(bytes(text), 'k', noPassphrase)).rejects.toMatchObject({
      code: 'wrong-key',
    });
  });
});

test('Windows line ends and blank lines are accepted', async () => {
  const text = readFileSync(join(FIXTURES, 'keys', 'officer.key'), 'utf8');
  const windows = `\r\n${text.replaceAll('\n', '\r\n')}`;
  const [keys] = await readIdentityFile(bytes(windows), 'k', noPassphrase);
  expect(keys?.recipient).toBe(/public key: (\S+)/.exec(text)?.[1]);
});
