import type { AllocatedSlot } from '../randomization/list.ts';
import { formatPublicList } from '../randomization/public-list.ts';
import { batchFiles, envelopeFile } from '../study/layout.ts';
import type { Arm, Person, Study } from '../study/study.ts';
import { formatEnvelope } from './envelope.ts';
import { sealFor } from './seal.ts';
import { formatMaster, formatPackingList } from './sealed-list.ts';

/** How many envelopes are sealed side by side: enough to keep the machine busy, no more. */
const SIDE_BY_SIDE = 256;

/** To whom each sealed file is sealed, in the order of study.yaml. */
export function sealedFor(study: Study): Record<'envelopes' | 'master' | 'packing', Person[]> {
  const officers = [...study.officers];
  return {
    envelopes: officers,
    master: [...officers, ...study.statisticians],
    // Somebody has to be able to tell the packers: where none is named, that is the officers.
    packing: study.packers.length > 0 ? [...study.packers] : officers,
  };
}

/**
 * Seals a batch of the allocation list: an envelope a slot, the whole list with its seed and plan, and the
 * packing list. Nothing of it was, or is, anywhere in the clear but in memory.
 *
 * @param study with one officer at least
 * @param tellProgress called with the number of envelopes sealed so far
 * @returns path → content of every file of the batch but its manifest, in a fixed order
 */
export async function sealList(
  study: Study,
  slots: readonly AllocatedSlot[],
  secrets: { batch: number; list: string; seed: Uint8Array; studyFile: string; planFile: string },
  tellProgress: (sealed: number) => void = () => undefined,
): Promise<Map<string, Uint8Array | string>> {
  const { batch, list, seed, studyFile, planFile } = secrets;
  const paths = batchFiles(batch);
  const { envelopes, master, packing } = sealedFor(study);
  const seal = (people: readonly Person[]) => sealFor(people.map((person) => person.recipient));
  const sealEnvelope = seal(envelopes);
  const files = new Map<string, Uint8Array | string>([[paths.list, formatPublicList(slots)]]);
  for (let first = 0; first < slots.length; first += SIDE_BY_SIDE) {
    const sealed = slots.slice(first, first + SIDE_BY_SIDE).map(async (slot) => {
      const { number, kit } = slot;
      const text = formatEnvelope({ study: study.id, list, number, kit, arm: armOf(study, slot) });
      return [envelopeFile(slot), await sealEnvelope(text)] as const;
    });
    for (const [path, content] of await Promise.all(sealed)) files.set(path, content);
    tellProgress(Math.min(first + SIDE_BY_SIDE, slots.length));
  }
  const content = {
    study: study.id,
    domain: study.domain,
    batch,
    list,
    seed: Buffer.from(seed).toString('hex'),
    studyFile,
    planFile,
    slots,
  };
  files.set(paths.master, await seal(master)(formatMaster(content, study.arms)));
  files.set(paths.packing, await seal(packing)(formatPackingList(slots, study.arms)));
  return files;
}

function armOf(study: Study, slot: AllocatedSlot): Arm {
  const arm = study.arms.find(({ code }) => code === slot.arm);
  if (arm === undefined) throw new Error('a slot has an arm that the study does not know');
  return arm;
}
