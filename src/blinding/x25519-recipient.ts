import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { bech32 } from '@scure/base';
import { type Recipient, Stanza } from 'age-encryption';

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
      const ephemeral = ephemeralKey();
      const share = ephemeral.publicKey.subarray(-32);
      const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
      const salt = Buffer.concat([share, bytes]);
      const key = Buffer.from(hkdfSync('sha256', secret, salt, KEY_LABEL, 32));
      // Each key wraps only one file key, so the nonce is zero, as the specification says.
      const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), {
        authTagLength: 16,
      });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      const unpadded = share.toString('base64').replace(/=+$/, '');
      return [new Stanza(['X25519', unpadded], new Uint8Array(body))];
    },
  };
}

/**
 * Makes a private key and its public key in DER, whose last 32 bytes are the raw key.
 *
 * The public key is encoded when it is made. Exporting it later can hang Node 20 for ever: if the garbage
 * collector takes the generator's job during the export, both wait for one lock. (The types of Node 20 do not
 * know that one half alone may be encoded.)
 */
function ephemeralKey(): { publicKey: Buffer; privateKey: KeyObject } {
  const options = { publicKeyEncoding: { type: 'spki', format: 'der' } };
  return generateKeyPairSync('x25519', options as object) as unknown as {
    publicKey: Buffer;
    privateKey: KeyObject;
  };
}
