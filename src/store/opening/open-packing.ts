import type { KeyPair } from '../../blinding/identity.ts';
import { readPackingList } from '../../blinding/sealed-list.ts';
import type { Who } from '../../ledger/who.ts';
import type { PackedKit } from '../../randomization/list.ts';
import { type Attempt, type Intent, type Opened, openOnRecord } from './on-record.ts';
import { openWith } from './open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch } from '../open-study.ts';
import { openerOf } from './owners.ts';
import type { Signing } from '../folder/study-folder.ts';

/** Who opens the packing list, and of which batches. */
export interface PackingOpening {
  readonly batches: readonly SealedBatch[];
  readonly keys: Attempt<readonly KeyPair[]>;
  /** Undefined where it is whoever the key is of. */
  readonly by: Who | undefined;
  readonly reason: string | null;
  readonly signing: Signing | undefined;
}

/**
 * Opens the packing list, kit to arm, on record. To be called under the study's lock.
 *
 * @param work what is made of it; where that fails, the ledger says that it was refused
 */
export async function openPackingOnRecord<T>(
  open: OpenStudy,
  { batches, keys, by, reason, signing }: PackingOpening,
  work: (kits: readonly PackedKit[]) => Promise<T>,
): Promise<Opened<T>> {
  const intent: Intent<'packing'> = {
    action: 'packing intent',
    ...openerOf(open, keys, by),
    reason,
    batches: batches.map(({ manifest }) => manifest.batch),
  };
  return openOnRecord<T, 'packing'>(
    open,
    intent,
    async () => {
      if (!keys.ok) throw keys.error;
      const kits: PackedKit[] = [];
      for (const batch of batches) {
        const file = filesOf(batch.manifest).packing;
        const text = await openWith(open, batch, file, keys.value);
        const { arms } = open.study;
        kits.push(...readPackingList(text, { file, slots: batch.slots, arms }));
      }
      return work(kits);
    },
    { signing },
  );
}
