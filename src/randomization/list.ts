import type { Arm, Study } from '../study/study.ts';
import { drawBlockSizes, drawPermutedBlock, lowestTerms } from './blocks.ts';
import { openStream, type Purpose } from './generator.ts';
import {
  drawKitNumber,
  type KitNumber,
  type RandomizationNumber,
  randomizationNumber,
} from './numbers.ts';
import type { Plan } from './plan.ts';

/** One place on the allocation list, as everyone may see it. */
export interface Slot {
  readonly number: RandomizationNumber;
  readonly stratum: string;
  /** Place in the stratum, from 1: the order in which participants take the slots. */
  readonly sequence: number;
  readonly kit: KitNumber;
}

/** A slot with what is sealed: its arm, and its block. */
export interface AllocatedSlot extends Slot {
  readonly arm: string;
  /** Block in the stratum, from 1. */
  readonly block: number;
  readonly blockSize: number;
  /** Place in the block, from 1. */
  readonly sequenceInBlock: number;
}

/** What of a study decides its list. */
export type Design = Pick<Study, 'id' | 'strata'> & {
  readonly arms: readonly Pick<Arm, 'code' | 'ratio'>[];
};

const FIRST_BATCH = 1;

/**
 * Makes the allocation list: permuted blocks per stratum, strata in the order of the study, slots
 * numbered through (docs/ALGORITHM.md, version 1). The same design, plan and seed give the same
 * list for ever; the list of a stratum does not depend on the other strata.
 *
 * @param seed 32 bytes of entropy
 * @returns the slots, in the order of their numbers
 * @throws Error where whole blocks cannot fill a stratum, which `readPlan` rules out
 */
export function makeAllocationList(design: Design, plan: Plan, seed: Uint8Array): AllocatedSlot[] {
  const total = design.strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  const ratio = lowestTerms(design.arms.map((arm) => arm.ratio));
  const takenKits = new Set<string>();
  const list: AllocatedSlot[] = [];
  for (const { id: stratum, slots } of design.strata) {
    const stream = (purpose: Purpose) =>
      openStream(seed, { study: design.id, batch: FIRST_BATCH, purpose, stratum });
    const permutations = stream('permutations');
    const kits = stream('kit codes');
    let sequence = 0;
    const sizes = drawBlockSizes(plan.blockSizes, slots, stream('block sizes'));
    for (const [block, blockSize] of sizes.entries()) {
      const arms = drawPermutedBlock(ratio, blockSize, permutations);
      for (const [place, arm] of arms.entries()) {
        sequence += 1;
        list.push({
          number: randomizationNumber(list.length, total),
          stratum,
          sequence,
          kit: drawKitNumber(kits, takenKits),
          arm: (design.arms[arm] as Pick<Arm, 'code'>).code,
          block: block + 1,
          blockSize,
          sequenceInBlock: place + 1,
        });
      }
    }
  }
  return list;
}
