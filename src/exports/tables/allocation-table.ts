import { type AllocatedSlot, isReplacementSlot } from '../../randomization/list.ts';
import { type CsvFlavour, formatCsv } from '../csv.ts';
import { kitTable } from '../../randomization/public-list.ts';

/** The allocation table: the list with its blocks and arms. */
export function allocationRows(slots: readonly AllocatedSlot[]) {
  return slots.map((slot) => ({
    randomization_number: slot.number,
    batch: slot.batch,
    stratum: slot.stratum,
    sequence_in_stratum: slot.sequence,
    block: slot.block,
    block_size: slot.blockSize,
    sequence_in_block: slot.sequenceInBlock,
    ...kitMembers(slot),
    arm: slot.arm,
    ...(slot.replacementFor !== undefined && { replacement_for: slot.replacementFor }),
  }));
}

/** The kits of a slot; of a type, with the type in the names of the members. */
function kitMembers({ kit, spares, kitType, further = [] }: AllocatedSlot) {
  if (kit === undefined) return {};
  const all = [{ type: kitType, kit, spares }, ...further];
  return Object.fromEntries(
    all.flatMap((one): [string, unknown][] => {
      const end = one.type === undefined ? '' : `_${one.type}`;
      const ofSpares: [string, unknown][] =
        one.spares === undefined ? [] : [[`spare_kits${end}`, one.spares]];
      return [[`kit${end}`, one.kit], ...ofSpares];
    }),
  );
}

const BEFORE_KITS = [
  ...['randomization_number', 'batch', 'stratum', 'sequence_in_stratum'],
  ...['block', 'block_size', 'sequence_in_block'],
];

/**
 * Writes the allocation table as CSV (docs/FORMATS.md): one row per slot, in the order of the list. Spare kits,
 * if there are any, are in their own column, with a blank between them. Each kit type has columns of its own, with its name at
 * their end. Without kits there is no column for them. If slots
 * have replacement slots, the last column says of each of these which slot it is for.
 *
 * The table has numbers and codes only. By the rules of study.yaml these need no quotation marks, so that rows
 * are joined here. For a long list, this takes a seventh of the time of a CSV library.
 */
export function formatAllocationCsv(slots: readonly AllocatedSlot[], flavour?: CsvFlavour): string {
  const { names, cellsOf } = kitTable(slots);
  const hasReplacements = slots.some(isReplacementSlot);
  const rowOf = (slot: AllocatedSlot) => [
    slot.number,
    slot.batch,
    slot.stratum,
    slot.sequence,
    slot.block,
    slot.blockSize,
    slot.sequenceInBlock,
    ...cellsOf(slot),
    slot.arm,
    ...(hasReplacements ? [slot.replacementFor ?? ''] : []),
  ];
  const last = hasReplacements ? ['replacement_for'] : [];
  const header = [...BEFORE_KITS, ...names, 'arm', ...last];
  if (flavour !== undefined) return formatCsv(header, slots.map(rowOf), flavour);
  return `${header.join()}\n${slots.map((slot) => rowOf(slot).join()).join('\n')}\n`;
}
