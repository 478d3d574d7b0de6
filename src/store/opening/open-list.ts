import type { KeyPair } from '../../blinding/identity.ts';
import { findMismatch } from '../../blinding/regeneration.ts';
import type { MasterContent } from '../../blinding/sealed-list.ts';
import { RandoseError } from '../../errors.ts';
import type { Slot } from '../../randomization/list.ts';
import { type Opened, openOnRecord } from './on-record.ts';
import { openMaster } from './open-master.ts';
import { filesOf, type OpenStudy, type StudyPlace } from '../open-study.ts';
import type { GivenKeys } from './keys.ts';
import { openerOf } from './owners.ts';
import type { Signing } from '../ready.ts';
import type { Who } from '../../ledger/who.ts';

/** Who opens the whole list, and why. */
interface ListOpening {
  readonly keys: GivenKeys;
  /** Undefined if it is the person who has the key. */
  readonly by: Who | undefined;
  readonly reason: string;
  readonly signing: Signing | undefined;
}

/**
 * Opens the whole list, on record, compares it with the commitment, and makes it again from its seed.
 *
 * @returns the content of every batch; or the reason why it was refused
 */
export async function openListOnRecord(
  study: StudyPlace,
  { keys, by, reason, signing }: ListOpening,
): Promise<Opened<MasterContent[]>> {
  return openOnRecord<MasterContent[], 'list opening'>(study, signing, {
    intentOf: (open) => ({ action: 'list opening intent', ...openerOf(open, keys, by), reason }),
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      return openAndProve(open, keys.value);
    },
  });
}

/**
 * Opens the list of every batch, compares it with the commitment, and makes it again from its seed.
 *
 * @throws RandoseError `wrong-key`, `not-trusted`
 */
export async function openAndProve(
  open: OpenStudy,
  keys: readonly KeyPair[],
): Promise<MasterContent[]> {
  const masters: MasterContent[] = [];
  const earlier: Slot[] = [];
  for (const batch of open.batches) {
    const master = await openMaster(open, batch, keys);
    const mismatch = findMismatch(master, earlier, batch.manifest.commitment);
    if (mismatch !== undefined) {
      throw new RandoseError(
        'not-trusted',
        `NOT TRUSTED: ${filesOf(batch.manifest).master}: ${mismatch}`,
        {
          hint: 'Do not act on it. Restore it from a backup, then run: randose verify --regenerate',
        },
      );
    }
    masters.push(master);
    for (const slot of batch.slots) earlier.push(slot);
  }
  return masters;
}
