import { join } from 'node:path';
import { readEnvelope, type SealedArm } from '../blinding/envelope.ts';
import type { KeyPair } from '../blinding/identity.ts';
import { changedParts, sha256 } from '../blinding/manifest.ts';
import { unseal } from '../blinding/seal.ts';
import { RandoseError } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import { envelopeFile } from '../study/layout.ts';
import { readBytes } from './files.ts';
import type { OpenStudy } from './open-study.ts';

/**
 * Opens the envelope of a slot, and holds it against its manifest and the slot.
 *
 * @returns the slot's arm, as it was sealed
 * @throws RandoseError `wrong-key` where it is sealed to nobody with these keys; `not-trusted` where
 *   it is not what was sealed
 */
export async function openEnvelope(
  { root, study, batches }: OpenStudy,
  slot: Slot,
  keys: readonly KeyPair[],
): Promise<SealedArm> {
  const { manifest } = batches[slot.batch - 1]!;
  const file = envelopeFile(slot);
  const envelope = readBytes(join(root, file), 'Restore it from a backup, and run randose verify.');
  if (sha256(envelope) !== manifest.files[file]) {
    throw new RandoseError(
      'not-trusted',
      `NOT TRUSTED: ${file} is not the envelope that was sealed`,
      {
        hint: 'Do not act on it. Restore it from a backup, and run randose verify.',
      },
    );
  }
  const identities = keys.map((key) => key.identity);
  const plaintext = await unseal(envelope, identities, `the envelope of ${slot.number}`);
  const expected = { study: study.id, list: manifest.list, slot };
  // A correction in study.yaml must not stop an emergency; least of all for one arm and not another.
  const isChanged = changedParts(manifest, study).includes('arms');
  return readEnvelope(plaintext, isChanged ? expected : { ...expected, arms: study.arms });
}
