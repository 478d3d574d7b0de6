import { type EnvelopeContent, readEnvelope } from '../../blinding/envelope.ts';
import type { SealedBatch } from '../open-study.ts';

/**
 * Proves that the plaintext of an envelope is the one in the batch's published commitment.
 *
 * It does not use the arms in study.yaml: the envelope has the arm of the commitment.
 *
 * @param index the position of its slot in the batch, from 0
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
