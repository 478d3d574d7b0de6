import { stringify } from 'csv-stringify/sync';
import type { AllocatedSlot } from '../randomization/list.ts';

/** The allocation table: the list with its blocks and arms, in the columns of the field. */
export function allocationRows(slots: readonly AllocatedSlot[]) {
  return slots.map((slot) => ({
    randomization_number: slot.number,
    batch: slot.batch,
    stratum: slot.stratum,
    sequence_in_stratum: slot.sequence,
    block: slot.block,
    block_size: slot.blockSize,
    sequence_in_block: slot.sequenceInBlock,
    kit: slot.kit,
    arm: slot.arm,
  }));
}

const COLUMNS = [
  'randomization_number',
  'batch',
  'stratum',
  'sequence_in_stratum',
  'block',
  'block_size',
  'sequence_in_block',
  'kit',
  'arm',
];

/** The allocation table as CSV (docs/FORMATS.md): one row a slot, in the order of the list. */
export function formatAllocationCsv(slots: readonly AllocatedSlot[]): string {
  return stringify(allocationRows(slots), { header: true, columns: COLUMNS });
}
