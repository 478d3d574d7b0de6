import { createHash } from 'node:crypto';
import { DIGEST_TEXT } from '../digest.ts';

/**
 * A Merkle tree over texts, as Certificate Transparency has it (RFC 6962, section 2.1; the same in
 * RFC 9162) over SHA-256: its root stands for all the texts and their order, and a path of a few
 * hashes shows that one text is at its place under the root, without telling any other text.
 *
 * A leaf is the SHA-256 of a zero byte and the text in UTF-8; a node that of a byte of one and the
 * two below it. That a leaf and a node begin differently keeps one from being passed for the other.
 */
export interface MerkleTree {
  readonly size: number;
  /** In lower-case hex, as every hash here. */
  readonly root: string;
  /**
   * What shows that a leaf is in the tree: from the leaf's sibling up to below the root.
   *
   * @param index from 0
   */
  readonly pathOf: (index: number) => string[];
}

const BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** @returns the hash a text has as a leaf */
export function leafHash(text: string | Uint8Array): string {
  return hashOf(LEAF, text).toString('hex');
}

/**
 * Makes the tree, and keeps all of it: a path is then looked up, not computed.
 *
 * @throws Error where there is no leaf
 */
export function makeTree(leaves: readonly (string | Uint8Array)[]): MerkleTree {
  if (leaves.length === 0) throw new Error('a tree of no leaves');
  // Each level is its hashes one after the other. Pairing from the left, and lifting a last one
  // without a partner as it is, is what splitting at the largest power of two comes to.
  let level = Buffer.alloc(leaves.length * BYTES);
  for (const [index, text] of leaves.entries()) hashOf(LEAF, text).copy(level, index * BYTES);
  const levels = [level];
  while (level.length > BYTES) {
    level = levelAbove(level);
    levels.push(level);
  }
  return {
    size: leaves.length,
    root: level.toString('hex'),
    pathOf(index) {
      assertPlace(index, leaves.length);
      const path: string[] = [];
      let place = index;
      for (const hashes of levels) {
        const sibling = siblingOf(place) * BYTES;
        if (sibling < hashes.length) path.push(hashes.toString('hex', sibling, sibling + BYTES));
        place = Math.floor(place / 2);
      }
      // The root has no sibling: the last level adds nothing.
      return path;
    },
  };
}

/**
 * The root that a text has, if this is its path. A text is shown to be in a tree where this is the
 * tree's root, and `size` the tree's: a path alone does not tell how many leaves there are.
 *
 * @param index the text's place, from 0
 * @returns nothing where there is no such place, or where the path is none: of a length that does
 *   not fit, or with something in it that is no hash in lower-case hex
 */
export function rootOfPath(
  text: string | Uint8Array,
  index: number,
  size: number,
  path: readonly string[],
): string | undefined {
  if (!isPlace(index, size)) return undefined;
  const sides = pathSides(index, size);
  if (path.length !== sides.length || !path.every((hash) => DIGEST_TEXT.test(hash)))
    return undefined;
  let hash = hashOf(LEAF, text);
  for (const [step, side] of sides.entries()) {
    const sibling = Buffer.from(path[step]!, 'hex');
    hash = side === 'left' ? hashOf(NODE, sibling, hash) : hashOf(NODE, hash, sibling);
  }
  return hash.toString('hex');
}

/**
 * On which side each hash of a path stands, from the leaf up: what somebody needs who follows a
 * path by hand.
 *
 * @param index from 0
 * @throws RangeError where the tree has no such leaf
 */
export function pathSides(index: number, size: number): ('left' | 'right')[] {
  assertPlace(index, size);
  const sides: ('left' | 'right')[] = [];
  for (let place = index, width = size; width > 1; width = Math.ceil(width / 2)) {
    const sibling = siblingOf(place);
    if (sibling < width) sides.push(sibling < place ? 'left' : 'right');
    place = Math.floor(place / 2);
  }
  return sides;
}

function levelAbove(level: Buffer): Buffer<ArrayBuffer> {
  const pair = 2 * BYTES;
  const above = Buffer.alloc(Math.ceil(level.length / pair) * BYTES);
  for (let from = 0; from < level.length; from += pair) {
    const both = level.subarray(from, from + pair);
    (both.length === pair ? hashOf(NODE, both) : both).copy(above, from / 2);
  }
  return above;
}

function siblingOf(place: number): number {
  return place % 2 === 0 ? place + 1 : place - 1;
}

function isPlace(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
}

function assertPlace(index: number, size: number): void {
  if (!isPlace(index, size)) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
}

function hashOf(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
