import type { Salts } from '../blinding/commitment.ts';
import { generateHybridKeyPair, type KeyPair, keyPairFrom } from '../blinding/identity.ts';
import { type SigningKey, signingKeyFrom } from '../blinding/signing-key.ts';
import { SEED_BYTES } from '../randomization/generator.ts';
import type { RecipientKind } from '../study/recipient.ts';
import { drawBytes } from '../system/determined.ts';

const SALT_BYTES = 32;
const X25519_BYTES = 32;
const ED25519_BYTES = 32;

/** Draws the seed of an allocation list: 256 bits. */
export function drawSeed(): Uint8Array {
  return drawBytes(SEED_BYTES);
}

/** Draws the salts of a batch: 256 bits for each slot, and 256 for the leaf of seed and plan. */
export function drawSalts(slots: number): Salts {
  const bytes = drawBytes(SALT_BYTES * (slots + 1));
  const salt = (index: number) =>
    bytes.toString('hex', SALT_BYTES * index, SALT_BYTES * (index + 1));
  return { slots: Array.from({ length: slots }, (_, index) => salt(index)), list: salt(slots) };
}

/** Draws the number that a time-stamping authority repeats in its reply: 64 random bits. */
export function drawNonce(): Uint8Array {
  return drawBytes(8);
}

/** Draws an age key pair. */
export async function drawKeyPair(kind: RecipientKind = 'x25519'): Promise<KeyPair> {
  return kind === 'hybrid' ? generateHybridKeyPair() : keyPairFrom(drawBytes(X25519_BYTES));
}

/** Draws the key that signs the manifests of later batches and rewraps. */
export function drawSigningKey(): SigningKey {
  return signingKeyFrom(drawBytes(ED25519_BYTES));
}
