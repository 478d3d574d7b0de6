import { readPackingList } from '../../blinding/sealed-list.ts';
import type { Who } from '../../ledger/who.ts';
import type { PackedKit } from '../../randomization/list.ts';
import { type Opened, openOnRecord } from './on-record.ts';
import { openWith } from './open-sealed.ts';
import { filesOf, type OpenStudy, type SealedBatch, type StudyPlace } from '../open-study.ts';
import type { GivenKeys } from './keys.ts';
import { openerOf } from './owners.ts';
import type { Signing } from '../ready.ts';

/** Who opens the packing list, and of which batches. */
interface PackingOpening {
  /** The batches to open. It refuses by throwing. */
  readonly batchesOf: (open: OpenStudy) => readonly SealedBatch[];
  readonly keys: GivenKeys;
  /** Undefined if it is the person who has the key. */
  readonly by: Who | undefined;
  readonly reason: string | null;
  readonly signing: Signing | undefined;
}

/**
 * Opens the packing list, kit to arm, on record.
 *
 * @param work uses the opened list; if it fails, the ledger says that the opening was refused
 */
export async function openPackingOnRecord<T>(
  study: StudyPlace,
  { batchesOf, keys, by, reason, signing }: PackingOpening,
  work: (open: OpenStudy, kits: readonly PackedKit[]) => Promise<T>,
): Promise<Opened<T>> {
  return openOnRecord<T, 'packing'>(study, signing, {
    intentOf: (open) => ({
      action: 'packing intent',
      ...openerOf(open, keys, by),
      reason,
      batches: batchesOf(open).map(({ manifest }) => manifest.batch),
    }),
    work: async (open) => {
      if (!keys.ok) throw keys.error;
      const kits: PackedKit[] = [];
      for (const batch of batchesOf(open)) {
        const file = filesOf(batch.manifest).packing;
        const text = await openWith(open, batch, file, keys.value);
        const { arms } = open.study;
        kits.push(...readPackingList(text, { file, slots: batch.slots, arms }));
      }
      return work(open, kits);
    },
  });
}
