// eslint-disable-next-line no-restricted-imports -- nobody keeps an ephemeral key, so nobody hands it in
import { createCipheriv, createPublicKey, diffieHellman, hkdfSync, randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';
import { type Recipient, Stanza } from 'age-encryption';
import { x25519Keys } from './x25519-key.ts';

const KEY_LABEL = 'age-encryption.org/v1/X25519';

/**
 * An age X25519 recipient that uses node:crypto, by the library's interface for recipients. The library still
 * writes the file. The result is the same as with its built-in recipient, which imports two WebCrypto keys for
 * each stanza and takes several times as long (bench/).
 *
 * Specification: C2SP, age, "The X25519 recipient type" (https://c2sp.org/age).
 *
 * @param recipient `age1…`
 * @throws Error if the text is not an X25519 recipient
 */
export function x25519Recipient(recipient: string): Recipient {
  const { prefix, bytes } = bech32.decodeToBytes(recipient);
  if (prefix !== 'age' || bytes.length !== 32) throw new Error('not an age X25519 recipient');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(bytes).toString('base64url') },
    format: 'jwk',
  });
  return {
    wrapFileKey(fileKey) {
      // Of random bytes, as the specification has it: Node 20 takes four times as long to generate a pair of keys.
      const { privateKey, publicKey: share } = x25519Keys(randomBytes(32));
      const secret = diffieHellman({ privateKey, publicKey });
      const salt = Buffer.concat([share, bytes]);
      const key = Buffer.from(hkdfSync('sha256', secret, salt, KEY_LABEL, 32));
      // Each key wraps only one file key, so the nonce is zero, as the specification says.
      const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), {
        authTagLength: 16,
      });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      // Of 32 bytes there is one sign of padding.
      const unpadded = share.toString('base64').replace('=', '');
      return [new Stanza(['X25519', unpadded], new Uint8Array(body))];
    },
  };
}
