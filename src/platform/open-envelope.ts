import { type EnvelopeContent, readEnvelope } from '../blinding/envelope.ts';
import type { KeyPair } from '../blinding/identity.ts';
import { RandoseError } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import { envelopeFile } from '../study/layout.ts';
import { cardsOf } from './owners.ts';
import { openWith } from './open-sealed.ts';
import { batchOf, type OpenStudy, type SealedBatch } from './open-study.ts';

/**
 * Opens the envelope of a slot, and has it prove itself against what was published.
 *
 * What study.yaml says of the arms does not matter: a correction there must not stop an emergency,
 * least of all for one arm and not another, and what was committed to is in the envelope.
 *
 * @returns what is in it, as it was sealed
 * @throws RandoseError `wrong-key` where it is sealed to nobody with these keys; `not-trusted` where
 *   it is not what was sealed
 */
export async function openEnvelope(
  open: OpenStudy,
  slot: Slot,
  keys: readonly KeyPair[],
): Promise<EnvelopeContent> {
  const batch = batchOf(open, slot);
  const file = envelopeFile(slot, batch.manifest.rewrap);
  const plaintext = await openWith(open, batch, file, keys, `the envelope of ${slot.number}`).catch(
    (error: unknown) => {
      throw withCard(open, slot, keys, error);
    },
  );
  const index = batch.slots.findIndex(({ number }) => number === slot.number);
  return proveEnvelope(batch, index, plaintext);
}

/** Where the key is another slot's card, it is the wrong card rather than a wrong key. */
function withCard(
  open: OpenStudy,
  { number }: Slot,
  keys: readonly KeyPair[],
  error: unknown,
): unknown {
  const isWrongKey = error instanceof RandoseError && error.code === 'wrong-key';
  const [other] = isWrongKey ? cardsOf(open, keys) : [];
  if (other === undefined) return error;
  return new RandoseError(
    'wrong-key',
    `that is the code-break card of ${other}, not of ${number}`,
    {
      hint: 'A card opens one envelope and no other. Take the one of this participant.',
    },
  );
}

/**
 * Has the plaintext of an envelope prove itself.
 *
 * @param index the place of its slot in the batch, from 0
 * @throws RandoseError `not-trusted`
 */
export function proveEnvelope(
  { manifest, slots }: SealedBatch,
  index: number,
  plaintext: string,
): EnvelopeContent {
  const { study, list, commitment } = manifest;
  return readEnvelope(plaintext, { study, list, slot: slots[index]!, index, commitment });
}
