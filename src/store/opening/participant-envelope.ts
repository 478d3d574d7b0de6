import type { EnvelopeContent } from '../../blinding/envelope.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { RandoseError } from '../../errors.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { envelopeFile } from '../../study/layout.ts';
import { RESTORE } from '../../words.ts';
import type { OpenStudy } from '../open-study.ts';
import { openWith } from './open-sealed.ts';
import { proveEnvelope } from './prove-envelope.ts';

/**
 * Opens the envelope of somebody who is randomized, and proves it.
 *
 * @throws RandoseError `wrong-key`; `not-trusted` if it is not what was sealed; `not-found`
 */
export async function openParticipant(
  open: OpenStudy,
  { number }: Pick<EntryOf<'randomization'>, 'number'>,
  keys: readonly KeyPair[],
): Promise<EnvelopeContent> {
  for (const batch of open.batches) {
    const index = batch.slots.findIndex((slot) => slot.number === number);
    const slot = batch.slots[index];
    if (slot === undefined) continue;
    const file = envelopeFile(slot, batch.manifest.rewrap);
    const text = await openWith(open, batch, file, keys, `the envelope of ${number}`);
    return proveEnvelope(batch, index, text);
  }
  throw new RandoseError('not-trusted', `the list has no ${number}`, { hint: RESTORE });
}
