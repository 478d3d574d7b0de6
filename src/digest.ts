import { createHash } from 'node:crypto';

/** SHA-256, in hexadecimal, as sha256sum prints it. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A SHA-256 digest as randose writes it: 64 hexadecimal digits, small letters. */
export const DIGEST_TEXT = /^[0-9a-f]{64}$/;
