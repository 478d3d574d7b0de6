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
 * An age X25519 recipient on node:crypto, through the library's own interface for recipients. The
 * file format stays the library's; the result is the same as its built-in recipient's, which imports
 * two WebCrypto keys a stanza and takes several times as long (bench/).
 *
 * Specification: C2SP, age, "The X25519 recipient type" (https://c2sp.org/age).
 *
 * @param recipient `age1…`
 * @throws Error where it is none
 */
export function x25519Recipient(recipient: string): Recipient {
  const { prefix, bytes } = bech32.decodeToBytes(recipient);
  if (prefix !== 'age' || bytes.length !== 32) throw new Error('no age X25519 recipient');
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
      // Each key wraps one file key, so the nonce is zero, as the specification has it.
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
 * A new private key, and its public key in DER, which ends in the raw 32 bytes.
 *
 * The public key is encoded as it is made. To export it afterwards can lock Node 20 up for ever:
 * when the garbage collector takes the generator's job in the middle of the export, both wait for
 * one lock. (The types of Node 20 do not know that one half alone may be encoded.)
 */
function ephemeralKey(): { publicKey: Buffer; privateKey: KeyObject } {
  const options = { publicKeyEncoding: { type: 'spki', format: 'der' } };
  return generateKeyPairSync('x25519', options as object) as unknown as {
    publicKey: Buffer;
    privateKey: KeyObject;
  };
}
