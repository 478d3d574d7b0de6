import { faultOfTable } from '../randomization/count-table.ts';
import {
  type AllocatedSlot,
  listedKits,
  makeAllocationList,
  missingSlots,
  type Slot,
} from '../randomization/list.ts';
import { readPlan } from '../randomization/plan.ts';
import { batchFiles, STUDY_FILE } from '../study/layout.ts';
import { readStudy } from '../study/study-file.ts';
import { commit, type Commitment } from './commitment.ts';
import type { MasterContent } from './sealed-list.ts';

/**
 * Makes a batch of the list again from its sealed seed, study file and plan, and compares it with the sealed
 * list, as a second statistician would.
 *
 * @param earlier the slots of all earlier batches
 * @param commitment the commitment before the first participant
 * @returns undefined if every slot is the same and the whole batch matches the commitment; else the first
 *   difference, without any arm
 */
export function findMismatch(
  master: MasterContent,
  earlier: readonly Slot[],
  commitment: Commitment,
): string | undefined {
  const file = batchFiles(master.batch).master;
  const study = readStudy(master.studyFile, STUDY_FILE);
  if (!study.ok) return `the ${STUDY_FILE} that is sealed in ${file} has errors`;
  const plan = readPlan(master.planFile, 'plan.yaml', {
    arms: study.value.arms,
    strata: missingSlots(study.value.strata, earlier),
    known: study.value.strata,
    isExtension: true,
    isSealed: true,
  });
  if (!plan.ok) return `the plan that is sealed in ${file} has errors`;
  const seed = Buffer.from(master.seed, 'hex');
  const { leastPredictable } = plan.value;
  if ((leastPredictable === undefined) !== (master.tables === undefined)) {
    return `the plan that is sealed in ${file} does not go with the tables there`;
  }
  for (const table of master.tables ?? []) {
    const fault = faultOfTable(table, leastPredictable!.largestImbalance);
    if (fault !== undefined) return `a table of ${table.slots} slots in ${file} ${fault}`;
  }
  let again: AllocatedSlot[];
  try {
    const drawn = { ...plan.value, ...(master.tables && { tables: master.tables }) };
    again = makeAllocationList(study.value, drawn, seed, earlier);
  } catch {
    return `the plan that is sealed in ${file} does not fit its ${STUDY_FILE}: no list can be made`;
  }
  for (const [index, slot] of master.slots.entries()) {
    const made = again[index];
    if (made === undefined) return `${slot.number} is in the list, but not in the list made again`;
    const part = PARTS.find(([, partOf]) => partOf(slot) !== partOf(made))?.[0];
    if (part !== undefined) {
      return `${slot.number} (${slot.stratum}, sequence ${slot.sequence}): its ${part} differs from the list made again`;
    }
  }
  if (again.length === master.slots.length) {
    return commit(study.value, master).tree.root === commitment.root
      ? undefined
      : 'the list, its seed and its plan are not what was committed to';
  }
  return `the list made again has ${again.length} slots, but the sealed list has ${master.slots.length}`;
}

/** The parts of a slot that are compared, in this order. */
const PARTS: readonly (readonly [string, (slot: AllocatedSlot) => string | number | undefined])[] =
  [
    ['number', ({ number }) => number],
    ['stratum', ({ stratum }) => stratum],
    ['sequence', ({ sequence }) => sequence],
    [
      'kit',
      (slot) =>
        listedKits(slot)
          .map(({ type, kit }) => [type, kit].join(' '))
          .join(),
    ],
    ['replaced slot', ({ replacementFor }) => replacementFor],
    [
      'block',
      ({ block, blockSize, sequenceInBlock }) => `${block}/${blockSize}/${sequenceInBlock}`,
    ],
    ['arm', ({ arm }) => arm],
  ];
