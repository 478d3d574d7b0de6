import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** The bytes before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410). */
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/**
 * The keys of an X25519 secret: the private one to calculate with, and the public one, which has 32 bytes.
 *
 * @param secret 32 random bytes
 */
export function x25519Keys(secret: Uint8Array): { privateKey: KeyObject; publicKey: Buffer } {
  const privateKey = privateKeyFrom(secret);
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicKey: Buffer.from(x!, 'base64url') };
}

/**
 * A JWK has to name the public key, which is what is asked for. Node 20 and 22 do not look at it, and with a JWK Node 20
 * takes a tenth of its time for PKCS #8; a list has a key for every slot. Node 24 looks at it, and is fast with both.
 */
const NOT_KNOWN_YET = Buffer.alloc(32).toString('base64url');
let isLookedAt = false;

function privateKeyFrom(secret: Uint8Array): KeyObject {
  if (!isLookedAt) {
    const d = Buffer.from(secret).toString('base64url');
    const key = { kty: 'OKP', crv: 'X25519', d, x: NOT_KNOWN_YET };
    try {
      return createPrivateKey({ key, format: 'jwk' });
    } catch {
      isLookedAt = true;
    }
  }
  const key = Buffer.concat([PKCS8_X25519, secret]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
