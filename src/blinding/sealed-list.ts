import { stringify } from 'csv-stringify/sync';
import { ALGORITHM } from '../randomization/generator.ts';
import type { AllocatedSlot } from '../randomization/list.ts';
import { MOST_PLAN_BYTES } from '../randomization/plan.ts';
import type { Arm } from '../study/study.ts';
import { padded } from './seal.ts';

/** All that is needed to make the list again, and the list. */
export interface MasterContent {
  readonly study: string;
  /** The identifier of the allocation list. */
  readonly list: string;
  /** 64 hexadecimal digits. */
  readonly seed: string;
  /** study.yaml and plan.yaml, word for word. */
  readonly studyFile: string;
  readonly planFile: string;
  readonly slots: readonly AllocatedSlot[];
}

/**
 * The plaintext of master.age: JSON, one slot a line, padded with blanks to a length that follows
 * from public facts alone. Without that, its length would tell how long the plan is and how many
 * digits the block sizes have.
 */
export function formatMaster(content: MasterContent, arms: readonly Arm[]): string {
  const longestArm = longest(arms.map((arm) => arm.code));
  const most = content.slots.length;
  const widest: MasterContent = {
    ...content,
    planFile: '\n'.repeat(MOST_PLAN_BYTES),
    slots: content.slots.map((slot) => ({
      ...slot,
      arm: longestArm,
      block: most,
      blockSize: most,
      sequenceInBlock: most,
    })),
  };
  return padded(masterText(content), Buffer.byteLength(masterText(widest)), ' ');
}

/**
 * The plaintext of packing.age: kit → arm as CSV, in the order of the kit codes, padded with empty
 * lines to a length that does not depend on which arm is whose.
 */
export function formatPackingList(slots: readonly AllocatedSlot[], arms: readonly Arm[]): string {
  const byKit = slots.toSorted((a, b) => (a.kit < b.kit ? -1 : 1));
  const nameOf = new Map(arms.map((arm) => [arm.code, arm.name]));
  const table = (cells: (slot: AllocatedSlot) => string[]) =>
    stringify(byKit.map(cells), { header: true, columns: ['kit', 'arm_code', 'arm_name'] });
  const text = table((slot) => [slot.kit, slot.arm, nameOf.get(slot.arm) ?? '']);
  // Quotation marks may be added around a name and doubled within it.
  const widestName = 2 + 2 * Math.max(...arms.map((arm) => Buffer.byteLength(arm.name)));
  const widestCode = longest(arms.map((arm) => arm.code)).length;
  const widest = 64 + slots.length * (widestName + widestCode + 10);
  return padded(text, widest, '\n');
}

function masterText({ study, list, seed, studyFile, planFile, slots }: MasterContent): string {
  const head = { randose: 'master', version: 1, study, list, algorithm: ALGORITHM, seed };
  const lines = slots.map((slot) =>
    JSON.stringify({
      number: slot.number,
      stratum: slot.stratum,
      sequence: slot.sequence,
      block: slot.block,
      blockSize: slot.blockSize,
      sequenceInBlock: slot.sequenceInBlock,
      kit: slot.kit,
      arm: slot.arm,
    }),
  );
  const top = JSON.stringify({ ...head, studyFile, planFile }, undefined, 2).slice(0, -2);
  return `${top},\n  "slots": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
}

function longest(texts: readonly string[]): string {
  return texts.reduce((a, b) => (b.length > a.length ? b : a), '');
}
