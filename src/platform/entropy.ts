import { randomBytes } from 'node:crypto';
import type { Salts } from '../blinding/commitment.ts';
import { SEED_BYTES } from '../randomization/generator.ts';

const SALT_BYTES = 32;

/** A seed for an allocation list: 256 bits from the operating system. */
export function drawSeed(): Uint8Array {
  return randomBytes(SEED_BYTES);
}

/** A name that no other thing has: 128 random bits, in hexadecimal. */
export function drawIdentifier(): string {
  return randomBytes(16).toString('hex');
}

/** The salts of a batch: 256 bits for each of its slots, and for its list. */
export function drawSalts(slots: number): Salts {
  const bytes = randomBytes(SALT_BYTES * (slots + 1));
  const salt = (index: number) =>
    bytes.toString('hex', SALT_BYTES * index, SALT_BYTES * (index + 1));
  return { slots: Array.from({ length: slots }, (_, index) => salt(index)), list: salt(slots) };
}

/** A number that a time-stamping authority says back: 64 random bits. */
export function drawNonce(): Uint8Array {
  return randomBytes(8);
}
