import type { KeyPair } from '../blinding/identity.ts';
import { sha256 } from '../blinding/manifest.ts';
import { findMismatch } from '../blinding/regeneration.ts';
import type { Problem } from '../errors.ts';
import type { AllocatedSlot, Slot } from '../randomization/list.ts';
import { batchFiles, envelopeFile, STUDY_FILE } from '../study/layout.ts';
import { ownerOf } from './keys.ts';
import { openEnvelope } from './open-envelope.ts';
import { openMaster } from './open-master.ts';
import type { OpenStudy } from './open-study.ts';

/** What came of making a list again. */
export interface Regeneration {
  readonly problems: readonly Problem[];
  /** Whether the envelopes were held against the list too: an officer's key opens them. */
  readonly hasEnvelopes: boolean;
}

/**
 * Makes every batch of the list again from its sealed seed, study file and plan, and holds the sealed
 * list against it; with an officer's key, every envelope too. No arm is shown, and nothing is
 * written: who does this has seen nothing.
 *
 * @throws RandoseError `wrong-key` where the keys do not open the list; `not-trusted` where what is
 *   sealed is not what was sealed
 */
export async function regenerateList(
  open: OpenStudy,
  keys: readonly KeyPair[],
  tellProgress: (checked: number, total: number) => void,
): Promise<Regeneration> {
  const hasEnvelopes = ownerOf(open.study, keys)?.role === 'officer';
  const problems: Problem[] = [];
  const earlier: Slot[] = [];
  for (const batch of open.batches) {
    const { manifest, slots } = batch;
    const file = batchFiles(manifest.batch).master;
    const master = await openMaster(open, batch, keys);
    const message =
      sha256(master.studyFile) === manifest.files[STUDY_FILE]
        ? findMismatch(master, earlier)
        : `the ${STUDY_FILE} that is sealed in it is not the one of the manifest`;
    if (message !== undefined) problems.push({ file, message });
    if (hasEnvelopes) {
      problems.push(...(await checkEnvelopes(open, master.slots, keys, tellProgress)));
    }
    for (const slot of slots) earlier.push(slot);
  }
  return { problems, hasEnvelopes };
}

async function checkEnvelopes(
  open: OpenStudy,
  slots: readonly AllocatedSlot[],
  keys: readonly KeyPair[],
  tellProgress: (checked: number, total: number) => void,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, slot] of slots.entries()) {
    const { code } = await openEnvelope(open, slot, keys);
    const file = envelopeFile(slot);
    if (code !== slot.arm) problems.push({ file, message: 'holds another arm than the list' });
    tellProgress(index + 1, slots.length);
  }
  return problems;
}
