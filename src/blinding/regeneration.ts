import {
  type AllocatedSlot,
  kitsOf,
  makeAllocationList,
  type Slot,
} from '../randomization/list.ts';
import { readPlan } from '../randomization/plan.ts';
import { batchFiles, STUDY_FILE } from '../study/layout.ts';
import { readStudy } from '../study/study-file.ts';
import { commit, type Commitment } from './commitment.ts';
import type { MasterContent } from './sealed-list.ts';

/**
 * Makes a batch of the list again, from its sealed seed, study file and plan, and holds it against
 * the sealed list: a second statistician's check.
 *
 * @param earlier the slots of all earlier batches
 * @param commitment what was committed to before the first participant
 * @returns undefined where every slot is the same, and all of it is what was committed to; else where
 *   the first one differs, without any arm
 */
export function findMismatch(
  master: MasterContent,
  earlier: readonly Slot[],
  commitment: Commitment,
): string | undefined {
  const file = batchFiles(master.batch).master;
  const study = readStudy(master.studyFile, STUDY_FILE);
  if (!study.ok) return `the ${STUDY_FILE} that is sealed in ${file} has problems`;
  const plan = readPlan(master.planFile, 'plan.yaml', { arms: study.value.arms });
  if (!plan.ok) return `the plan that is sealed in ${file} has problems`;
  const seed = Buffer.from(master.seed, 'hex');
  let again: AllocatedSlot[];
  try {
    again = makeAllocationList(study.value, plan.value, seed, earlier);
  } catch {
    return `the plan that is sealed in ${file} makes no list for its ${STUDY_FILE}`;
  }
  for (const [index, slot] of master.slots.entries()) {
    const made = again[index];
    if (made === undefined) return `${slot.number} is in the list, but is not made again`;
    const part = PARTS.find(([, partOf]) => partOf(slot) !== partOf(made))?.[0];
    if (part !== undefined) {
      return `${slot.number} (${slot.stratum}, sequence ${slot.sequence}): its ${part} is not the one that is made again`;
    }
  }
  if (again.length === master.slots.length) {
    return commit(study.value, master).tree.root === commitment.root
      ? undefined
      : 'the list, its seed and its plan are not what was committed to';
  }
  return `${again.length} slots are made again, but the list has ${master.slots.length}`;
}

/** What of a slot is compared, in the order in which it is told. */
const PARTS: readonly (readonly [string, (slot: AllocatedSlot) => string | number])[] = [
  ['number', ({ number }) => number],
  ['stratum', ({ stratum }) => stratum],
  ['sequence', ({ sequence }) => sequence],
  ['kit', (slot) => kitsOf(slot).join(' ')],
  ['block', ({ block, blockSize, sequenceInBlock }) => `${block}/${blockSize}/${sequenceInBlock}`],
  ['arm', ({ arm }) => arm],
];
