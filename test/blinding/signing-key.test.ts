import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  formatSigningKey,
  formatSigningSecret,
  isSignedManifest,
  parseSigningKey,
  readSigningSecret,
  signingKeyFrom,
  signManifest,
} from '../../src/blinding/signing-key.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/** RFC 8032, 7.1: Ed25519, TEST 1 to 3: secret, public key, message, signature. */
const RFC_8032 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    'r',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
] as const;

describe('a signing key', () => {
  test.each(RFC_8032)(
    'has the public key and the signature of RFC 8032: %s',
    (secret, publicKey, text, signature) => {
      const key = signingKeyFrom(hex(secret));
      expect(key.publicKey).toBe(publicKey);
      expect(signManifest(text, key)).toBe(`randose signature 1 ${signature}\n`);
      expect(isSignedManifest(text, `randose signature 1 ${signature}\n`, publicKey)).toBe(true);
    },
  );

  test('signs a text; a changed text or another key is refused', () => {
    const [key, other] = [signingKeyFrom(Buffer.alloc(32, 1)), signingKeyFrom(Buffer.alloc(32, 2))];
    const signature = signManifest('a manifest', key);
    expect(isSignedManifest('a manifest', signature, key.publicKey)).toBe(true);
    expect(isSignedManifest('a manifesT', signature, key.publicKey)).toBe(false);
    expect(isSignedManifest('a manifest', signature, other.publicKey)).toBe(false);
    const wrong = ['', signature.trim(), signature.replace('1 ', '2 '), 'x'.repeat(149)];
    for (const text of [...wrong, ` ${signature}`, `${signature}\n`, signature.toUpperCase()]) {
      expect(isSignedManifest('a manifest', text, key.publicKey)).toBe(false);
    }
  });

  test('is read back, and refused if it is not the secret half of the public one', () => {
    const [key, other] = [signingKeyFrom(Buffer.alloc(32, 1)), signingKeyFrom(Buffer.alloc(32, 2))];
    expect(parseSigningKey(formatSigningKey(key, 'X-1'))).toBe(key.publicKey);
    const publicText = formatSigningKey(key, 'X-1');
    for (const text of [`x${publicText}`, `${publicText}x`, publicText.replace('X-1', 'X 1'), '']) {
      expect(parseSigningKey(text)).toBeUndefined();
    }
    expect(parseSigningKey('randose signing key 1 X-1 abc\n')).toBeUndefined();
    expect(readSigningSecret(formatSigningSecret(key, 'X-1'), key.publicKey)).toEqual(key);
    const secret = formatSigningSecret(key, 'X-1');
    const changed = [`x${secret}`, `${secret}x`, secret.replace('X-1', 'X 1'), ''];
    for (const text of [formatSigningSecret(other, 'X-1'), 'nothing', ...changed]) {
      expect(() => readSigningSecret(text, key.publicKey)).toThrow(
        expect.objectContaining({
          code: 'not-trusted',
          message: 'NOT TRUSTED: signing.age does not contain the signing key of this list',
          hint: 'Do not act on it. Restore it from a backup or another copy of the study folder, then run: randose verify',
        }),
      );
    }
  });

  test('is written with the study that it is for', () => {
    const key = { secret: 'a'.repeat(64), publicKey: 'b'.repeat(64) };
    expect(formatSigningSecret(key, 'X-1')).toBe(`randose signing secret 1 X-1 ${key.secret}\n`);
    expect(formatSigningKey(key, 'X-1')).toBe(`randose signing key 1 X-1 ${key.publicKey}\n`);
  });

  testWithTool(['openssl', 'version'])('makes signatures that OpenSSL accepts', () => {
    const folder = testFolder();
    const key = signingKeyFrom(Buffer.alloc(32, 7));
    const signature = /[0-9a-f]{128}/.exec(signManifest('a manifest', key))![0];
    const spki = Buffer.concat([hex('302a300506032b6570032100'), hex(key.publicKey)]);
    const at = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const words = ['pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER'];
    const files = [
      ...['-inkey', at('key.der', spki), '-in', at('manifest.json', 'a manifest')],
      ...['-sigfile', at('signature', hex(signature))],
    ];
    expect(execFileSync('openssl', [...words, ...files], { encoding: 'utf8' })).toContain(
      'Signature Verified Successfully',
    );
  });
});
