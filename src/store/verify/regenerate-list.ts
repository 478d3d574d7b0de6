import { sha256 } from '../../digest.ts';
import type { KeyPair } from '../../blinding/identity.ts';
import { findMismatch } from '../../blinding/regeneration.ts';
import type { MasterContent } from '../../blinding/sealed-list.ts';
import type { Problem } from '../../errors.ts';
import { entriesOf } from '../../ledger/entry.ts';
import type { Slot } from '../../randomization/list.ts';
import { envelopeFile, STUDY_FILE } from '../../study/layout.ts';
import { proveEnvelope } from '../opening/prove-envelope.ts';
import { openMaster } from '../opening/open-master.ts';
import { keysFor, openSealed } from '../opening/open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';
import { ownersOf } from '../opening/owners.ts';

/** The result of making a list again. */
interface Regeneration {
  readonly problems: readonly Problem[];
  /** Whether the envelopes were compared with the list too: the keys that open them were given. */
  readonly hasEnvelopes: boolean;
}

/**
 * Makes every batch of the list again from its sealed seed, study file and plan, and compares the sealed list
 * with it and with the commitment. With the keys of officers it compares every envelope too. It shows no arm
 * and writes nothing, so nobody is unblinded.
 *
 * @throws RandoseError `wrong-key` if the keys do not open the list; `not-trusted` if a sealed file is not
 *   the one that was sealed
 */
export async function regenerateList(
  open: OpenStudy,
  given: readonly KeyPair[],
  tellProgress: (checked: number, total: number) => void,
): Promise<Regeneration> {
  const problems: Problem[] = [];
  const earlier: Slot[] = [];
  const isOfficer = ownersOf(open.study, given).some(({ role }) => role === 'officer');
  let hasEnvelopes = true;
  for (const batch of open.batches) {
    const { manifest, slots } = batch;
    const { master: file } = filesOf(manifest);
    const { keys, refusal } = await keysFor(open, batch, given);
    if (refusal !== undefined) throw refusal;
    const master = await openMaster(open, batch, keys);
    const message =
      sha256(master.studyFile) === studyDigestOf(open, batch)
        ? findMismatch(master, earlier, manifest.commitment)
        : `the ${STUDY_FILE} inside it is not the one that the manifest names`;
    if (message !== undefined) problems.push({ file, message });
    hasEnvelopes &&= isOfficer;
    if (hasEnvelopes) {
      problems.push(...(await checkEnvelopes(open, batch, master, keys, tellProgress)));
    }
    for (const slot of slots) earlier.push(slot);
  }
  return { problems, hasEnvelopes };
}

/** The digest of the study.yaml with which the batch was allocated. A later rewrap may name another one. */
function studyDigestOf({ entries }: OpenStudy, { manifest }: SealedBatch): string | undefined {
  if (manifest.rewrap === 0) return manifest.files[STUDY_FILE];
  return entriesOf(entries, 'allocation').find(({ batch }) => batch === manifest.batch)?.study;
}

async function checkEnvelopes(
  open: OpenStudy,
  batch: SealedBatch,
  master: MasterContent,
  keys: readonly KeyPair[],
  tellProgress: (checked: number, total: number) => void,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const { slots } = master;
  for (const [index, slot] of slots.entries()) {
    const file = envelopeFile(slot, batch.manifest.rewrap);
    const plaintext = await openSealed(open, batch, file, keys);
    const { arm, salt } = proveEnvelope(batch, index, plaintext);
    if (arm.code !== slot.arm || salt !== slot.salt) {
      problems.push({ file, message: 'has another arm than the list' });
    }
    tellProgress(index + 1, slots.length);
  }
  return problems;
}
