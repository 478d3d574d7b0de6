import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  commit,
  commitmentOf,
  parseSlotLeaf,
  type SaltedSlot,
  slotLeaf,
} from '../../src/blinding/commitment.ts';
import type { KitNumber, RandomizationNumber } from '../../src/randomization/numbers.ts';
import type { Arm } from '../../src/study/study.ts';

const sha256 = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const SALT = 'a'.repeat(64);
const arm = {
  code: 'ILT101',
  name: 'ILT101 (interleukin-2), subcutaneous',
  type: 'active',
} as const;
const content = {
  study: 'DEPIL-2',
  list: 'ff',
  number: 'R001',
  kits: ['4KX9TM7'],
  arm,
  salt: SALT,
};
const LEAF = `randose 1 slot DEPIL-2 ff R001 4KX9TM7 ${SALT} ILT101 active ILT101 (interleukin-2), subcutaneous`;

describe('the leaf of a slot', () => {
  test.each([
    ['a kit', ['4KX9TM7'], LEAF],
    ['two kits', ['4KX9TM7', 'PY3GP9G'], LEAF.replace('4KX9TM7', '4KX9TM7,PY3GP9G')],
    ['no kit', [], LEAF.replace('4KX9TM7', '-')],
  ])('with %s is one line, and reads back', (_, kits, leaf) => {
    expect(slotLeaf({ ...content, kits })).toBe(leaf);
    expect(parseSlotLeaf(leaf)).toEqual({ ...content, kits });
  });

  test.each([
    ['', 'it is empty'],
    [LEAF.replace('randose 1', 'randose 2'), 'another version'],
    [LEAF.replace('slot', 'list'), 'another kind of leaf'],
    [`x${LEAF}`, 'something before it'],
    [`${LEAF}\nmore`, 'a second line'],
    [LEAF.replace('active', 'other'), 'another type of arm'],
    [LEAF.replace('4KX9TM7 ', ''), 'a part less'],
  ])('%j is not one: %s', (text) => {
    expect(parseSlotLeaf(text)).toBeUndefined();
  });
});

describe('the commitment of a batch', () => {
  const arms: Arm[] = [{ ...arm, ratio: 1 }];
  const slot: SaltedSlot = {
    number: 'R001' as RandomizationNumber,
    batch: 1,
    stratum: 'site=CRT',
    sequence: 1,
    kit: '4KX9TM7' as KitNumber,
    arm: 'ILT101',
    block: 1,
    blockSize: 1,
    sequenceInBlock: 1,
    salt: SALT,
  };
  const batch = {
    list: 'ff',
    seed: 'b'.repeat(64),
    planFile: 'blocks: { sizes: [1] }\n',
    studyFile: 'study: { id: DEPIL-2 }\n',
    salt: 'c'.repeat(64),
    slots: [slot],
  };
  const files = `plan ${sha256(batch.planFile).toString('hex')} study ${sha256(batch.studyFile).toString('hex')}`;
  /** By RFC 6962 a leaf has the byte 0 before it, a node the byte 1. */
  const rootWith = (listLeaf: string) =>
    sha256(Buffer.of(1), sha256(Buffer.of(0), LEAF), sha256(Buffer.of(0), listLeaf)).toString(
      'hex',
    );

  test('is over the leaf of each slot, then that of seed, plan and study.yaml', () => {
    const { slots, tree } = commit({ id: 'DEPIL-2', arms }, batch);
    const last = `randose 1 list DEPIL-2 ff algorithm 1 seed ${batch.seed} ${files} salt ${batch.salt}`;
    expect(slots.map(slotLeaf)).toEqual([LEAF]);
    expect(commitmentOf(tree)).toEqual({ leaves: 2, root: rootWith(last) });
  });

  test('of a least predictable list is over its tables too, and names their algorithm', () => {
    const tables = [{ ratio: [1], slots: 1, places: [[[0, 4294967296]]] }];
    const { tree } = commit({ id: 'DEPIL-2', arms }, { ...batch, tables });
    const digest = sha256('[{"ratio":[1],"slots":1,"places":[[[0,4294967296]]]}]').toString('hex');
    const last = `randose 1 list DEPIL-2 ff algorithm 2 seed ${batch.seed} ${files} tables ${digest} salt ${batch.salt}`;
    expect(commitmentOf(tree)).toEqual({ leaves: 2, root: rootWith(last) });
  });

  test('is not made for an arm that the study does not have', () => {
    const slots = [{ ...slot, arm: 'OTHER' }];
    expect(() => commit({ id: 'DEPIL-2', arms }, { ...batch, slots })).toThrow(
      'a slot has an arm that the study does not know',
    );
  });
});
