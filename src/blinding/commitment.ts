import { type CountTable, tablesText } from '../randomization/count-table.ts';
import { ALGORITHM, ALGORITHM_BY_COUNTS } from '../randomization/generator.ts';
import { type AllocatedSlot, kitsOf } from '../randomization/list.ts';
import { type Arm, ARM_TYPES, type Study } from '../study/study.ts';
import { sha256 } from '../digest.ts';
import { makeTree, type MerkleTree } from './merkle-tree.ts';

/**
 * What fixes a batch before anybody is randomized: the root of a tree (merkle-tree.ts) with one leaf for each
 * slot, in their order, and a last leaf for the seed and the plan. Each leaf is a line of plain text with its
 * own 32 random bytes of salt: without the salt nobody can guess an arm and check it, even if there are only
 * two.
 */
export interface Commitment {
  readonly leaves: number;
  /** In hexadecimal. */
  readonly root: string;
}

/** The salts of a batch, each 32 bytes in hexadecimal. */
export interface Salts {
  /** In the order of the slots. */
  readonly slots: readonly string[];
  /** The salt of the leaf of seed and plan. */
  readonly list: string;
}

/** An arm as it was when the list was sealed. */
export type SealedArm = Pick<Arm, 'code' | 'name' | 'type'>;

/** A slot with the salt of its leaf: 32 bytes in hexadecimal. */
export interface SaltedSlot extends AllocatedSlot {
  readonly salt: string;
}

/** The version of the text of a leaf. */
const VERSION = 1;
/** Stands for the kits of a slot that has none. */
const NO_KITS = '-';

/** The content of a slot's leaf. */
export interface SlotLeaf {
  readonly study: string;
  readonly list: string;
  readonly number: string;
  readonly kits: readonly string[];
  readonly arm: SealedArm;
  readonly salt: string;
}

/**
 * The leaf of a slot: one line, its parts separated by single spaces. The name of the arm comes last, because
 * it alone may contain spaces.
 */
export function slotLeaf({ study, list, number, kits, arm, salt }: SlotLeaf): string {
  const { code, type, name } = arm;
  return `randose ${VERSION} slot ${study} ${list} ${number} ${kits.join(',') || NO_KITS} ${salt} ${code} ${type} ${name}`;
}

/** Reads the leaf of a slot; undefined if the text is not the leaf of a slot. */
export function parseSlotLeaf(leaf: string): SlotLeaf | undefined {
  const match = SLOT_LEAF.exec(leaf);
  if (match === null) return undefined;
  const [study, list, number, kits, salt, code, type, name] = match.slice(1) as Parts;
  const arm: SealedArm = { code, name, type: type as SealedArm['type'] };
  return { study, list, number, kits: kits === NO_KITS ? [] : kits.split(','), arm, salt };
}

type Parts = [string, string, string, string, string, string, string, string];

const SLOT_LEAF = new RegExp(
  `^randose ${VERSION} slot (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (${ARM_TYPES.join('|')}) (.*)$`,
);

/** The content of the leaf of seed and plan. */
interface ListLeaf {
  readonly study: string;
  readonly list: string;
  /** 32 bytes in hexadecimal. */
  readonly seed: string;
  readonly planFile: string;
  readonly studyFile: string;
  /** The tables of arms that are drawn by their numbers; undefined for permuted blocks. */
  readonly tables?: readonly CountTable[] | undefined;
  readonly salt: string;
}

/**
 * The leaf of the algorithm's version, the seed, and the SHA-256 of the plan and of study.yaml; if arms are drawn by their
 * numbers, of the tables too.
 */
function listLeaf({ study, list, seed, planFile, studyFile, tables, salt }: ListLeaf): string {
  const algorithm = tables === undefined ? ALGORITHM : ALGORITHM_BY_COUNTS;
  const byCounts = tables === undefined ? '' : ` tables ${sha256(tablesText(tables))}`;
  const files = `plan ${sha256(planFile)} study ${sha256(studyFile)}${byCounts}`;
  return `randose ${VERSION} list ${study} ${list} algorithm ${algorithm} seed ${seed} ${files} salt ${salt}`;
}

/** The leaves and the tree of a batch. */
interface Committed {
  /** The content of each slot's leaf, in the order of the slots. */
  readonly slots: readonly SlotLeaf[];
  readonly tree: MerkleTree;
}

/**
 * Makes the tree of a batch.
 *
 * @throws Error if a slot has an arm that the study does not have
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

/** The commitment to a tree. */
export function commitmentOf({ size, root }: MerkleTree): Commitment {
  return { leaves: size, root };
}
