import { type EnvelopeContent, readEnvelope } from '../../blinding/envelope.ts';
import type { SealedBatch } from '../open-study.ts';

/**
 * Proves the plaintext of an envelope against what is published of its batch.
 *
 * What study.yaml says of the arms does not matter: what was committed to is in the envelope.
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
