import { ALGORITHM } from '../randomization/generator.ts';
import { type AllocatedSlot, kitsOf } from '../randomization/list.ts';
import type { Arm, Study } from '../study/study.ts';
import { sha256 } from '../digest.ts';
import { makeTree, type MerkleTree } from './merkle-tree.ts';

/**
 * What a batch is committed to before anybody is randomized: the root of a tree (merkle-tree.ts) with a
 * leaf for each slot, in their order, and one for the seed and the plan behind them. Each leaf is a
 * line of plain text with 32 random bytes of salt of its own in it: who does not know the salt cannot
 * try arms out, though there are as few as two.
 */
export interface Commitment {
  readonly leaves: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
}

/** The salts of a batch, each 64 hexadecimal digits. */
export interface Salts {
  /** In the order of the slots. */
  readonly slots: readonly string[];
  /** Of the leaf of seed and plan. */
  readonly list: string;
}

/** An arm as it was when the list was sealed. */
export type SealedArm = Pick<Arm, 'code' | 'name' | 'type'>;

/** A slot with the salt of its leaf: 64 hexadecimal digits. */
export interface SaltedSlot extends AllocatedSlot {
  readonly salt: string;
}

/** The version of the leaves' texts. */
const VERSION = 1;

/** What the leaf of a slot says. */
export interface SlotLeaf {
  readonly study: string;
  readonly list: string;
  readonly number: string;
  readonly kits: readonly string[];
  readonly arm: SealedArm;
  readonly salt: string;
}

/**
 * The leaf of a slot: one line, its parts separated by single blanks. The name of the arm, which alone
 * may have blanks, comes last.
 */
export function slotLeaf({ study, list, number, kits, arm, salt }: SlotLeaf): string {
  const { code, type, name } = arm;
  return `randose ${VERSION} slot ${study} ${list} ${number} ${kits.join(',')} ${salt} ${code} ${type} ${name}`;
}

/** What the leaf of the seed and the plan says. */
export interface ListLeaf {
  readonly study: string;
  readonly list: string;
  /** 64 hexadecimal digits. */
  readonly seed: string;
  readonly planFile: string;
  readonly studyFile: string;
  readonly salt: string;
}

/** The leaf of the algorithm's version, the seed, the plan and study.yaml (these by their SHA-256). */
function listLeaf({ study, list, seed, planFile, studyFile, salt }: ListLeaf): string {
  const files = `plan ${sha256(planFile)} study ${sha256(studyFile)}`;
  return `randose ${VERSION} list ${study} ${list} algorithm ${ALGORITHM} seed ${seed} ${files} salt ${salt}`;
}

/** A batch as it is committed to. */
export interface Committed {
  /** What each slot's leaf says, in the order of the slots. */
  readonly slots: readonly SlotLeaf[];
  readonly tree: MerkleTree;
}

/**
 * Makes the tree of a batch.
 *
 * @throws Error where a slot has an arm that the study does not know
 */
export function commit(
  { id, arms }: Pick<Study, 'id' | 'arms'>,
  batch: Omit<ListLeaf, 'study'> & { readonly slots: readonly SaltedSlot[] },
): Committed {
  const byCode = new Map(arms.map((arm) => [arm.code, arm]));
  const { list } = batch;
  const slots = batch.slots.map((slot): SlotLeaf => {
    const { number, arm: code, salt } = slot;
    const arm = byCode.get(code);
    if (arm === undefined) throw new Error('a slot has an arm that the study does not know');
    return { study: id, list, number, kits: kitsOf(slot), arm, salt };
  });
  const tree = makeTree([...slots.map(slotLeaf), listLeaf({ ...batch, study: id })]);
  return { slots, tree };
}

/** The commitment that a tree is the root of. */
export function commitmentOf({ size, root }: MerkleTree): Commitment {
  return { leaves: size, root };
}
