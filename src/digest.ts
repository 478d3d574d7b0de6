import { createHash } from 'node:crypto';

/** What a file has; a long content is made, or read, part by part while it is used. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array>;

/** The parts of a content, in their order. */
export function partsOf(content: Content): Iterable<string | Uint8Array> {
  const isWhole = typeof content === 'string' || content instanceof Uint8Array;
  return isWhole ? [content] : content;
}

/** SHA-256, in hexadecimal, as sha256sum prints it. */
export function sha256(content: Content): string {
  const hash = createHash('sha256');
  for (const part of partsOf(content)) hash.update(part);
  return hash.digest('hex');
}

/** A SHA-256 digest as randose writes it: 64 hexadecimal digits, small letters. */
export const DIGEST_TEXT = /^[0-9a-f]{64}$/;
