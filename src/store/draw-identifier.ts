import { drawBytes } from '../system/determined.ts';

/** Draws a unique name: 128 random bits, in hexadecimal. */
export function drawIdentifier(): string {
  return drawBytes(16).toString('hex');
}
