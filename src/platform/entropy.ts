import { randomBytes } from 'node:crypto';
import { SEED_BYTES } from '../randomization/generator.ts';

/** A seed for an allocation list: 256 bits from the operating system. */
export function drawSeed(): Uint8Array {
  return randomBytes(SEED_BYTES);
}

/** A name that no other thing has: 128 random bits, in hexadecimal. */
export function drawIdentifier(): string {
  return randomBytes(16).toString('hex');
}
