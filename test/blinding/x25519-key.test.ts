import {
  createPrivateKey,
  createPublicKey,
  hash,
  type JsonWebKeyInput,
  type PrivateKeyInput,
} from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { x25519Keys } from '../../src/blinding/x25519-key.ts';

test.each([
  // RFC 7748, section 6.1.
  [
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  ],
  [
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  ],
])('the secret %s has the public key of the RFC', (secret, shown) => {
  expect(x25519Keys(Buffer.from(secret, 'hex')).publicKey.toString('hex')).toBe(shown);
});

test('every secret has the public key that it has in PKCS #8', () => {
  for (let count = 0; count < 50; count += 1) {
    const secret = hash('sha256', String(count), 'buffer');
    const key = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), secret]);
    const other = createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    const shown = other.export({ format: 'der', type: 'spki' }).subarray(-32);
    expect(x25519Keys(secret).publicKey.toString('hex')).toBe(shown.toString('hex'));
  }
});

describe('a key is made with either format that a version of Node is fast with:', () => {
  const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
  const [ONE, OTHER] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

  /** The formats of the keys of two secrets, if Node looks at the public key of a JWK or not. */
  async function formatsIf(isLookedAt: boolean): Promise<string[]> {
    const formats: string[] = [];
    const crypto = await vi.importActual<typeof import('node:crypto')>('node:crypto');
    vi.doMock('node:crypto', () => ({
      ...crypto,
      createPrivateKey: (input: JsonWebKeyInput | (PrivateKeyInput & { format: 'der' })) => {
        formats.push(input.format);
        if (input.format !== 'jwk') return createPrivateKey(input);
        const { kty, crv, d = '', x = '' } = input.key;
        const isWhole =
          kty === 'OKP' && crv === 'X25519' && Buffer.from(x, 'base64url').length === 32;
        if (isLookedAt || !isWhole) throw new Error('Invalid JWK data');
        const key = Buffer.concat([PKCS8, Buffer.from(d, 'base64url')]);
        return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
      },
    }));
    try {
      // Under a name that no earlier run of the test used, so that the module has not looked yet.
      const module = `../../src/blinding/x25519-key.ts?${process.hrtime.bigint()}`;
      const fresh = (await import(module)) as { x25519Keys: typeof x25519Keys };
      for (const secret of [ONE, OTHER]) {
        const { publicKey } = fresh.x25519Keys(secret);
        expect(publicKey).toEqual(x25519Keys(secret).publicKey);
      }
    } finally {
      vi.doUnmock('node:crypto');
    }
    return formats;
  }

  test('a JWK, if Node does not look at its public key', async () => {
    expect(await formatsIf(false)).toEqual(['jwk', 'jwk']);
  });

  test('PKCS #8, if it does, and a JWK is not tried again', async () => {
    expect(await formatsIf(true)).toEqual(['jwk', 'der', 'der']);
  });
});
