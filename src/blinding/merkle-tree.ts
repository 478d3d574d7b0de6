import { createHash } from 'node:crypto';
import { DIGEST_TEXT } from '../digest.ts';

/**
 * A Merkle tree over texts with SHA-256, as in Certificate Transparency (RFC 6962, section 2.1; the same in
 * RFC 9162). Its root fixes all texts and their order. A path of a few hashes shows that one text is at its
 * place under the root, and tells nothing about the other texts.
 *
 * A leaf is the SHA-256 of byte 0 and the text in UTF-8; a node is the SHA-256 of byte 1 and the two hashes
 * below. Because they begin differently, nobody can pass a leaf for a node or a node for a leaf.
 */
export interface MerkleTree {
  readonly size: number;
  /** In lower-case hexadecimal, like every hash here. */
  readonly root: string;
  /**
   * The hashes that show that a leaf is in the tree: from the leaf's sibling up to the level below the root.
   *
   * @param index from 0
   */
  readonly pathOf: (index: number) => string[];
}

const BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The hash of a text as a leaf. */
export function leafHash(text: string | Uint8Array): string {
  return hashOf(LEAF, text).toString('hex');
}

/**
 * Makes the tree. It keeps all hashes, so that a path is looked up, not computed.
 *
 * @throws Error if there are no leaves
 */
export function makeTree(leaves: readonly (string | Uint8Array)[]): MerkleTree {
  if (leaves.length === 0) throw new Error('a tree of no leaves');
  // Each level is its hashes one after the other. Pairing from the left, and passing up a last hash without
  // a partner unchanged, gives the same tree as splitting at the largest power of two.
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
 * The root that follows from a text and its path. If it is the tree's root and `size` is the tree's size, the
 * text is in the tree: a path alone does not show the number of leaves.
 *
 * @param index the text's place, from 0
 * @returns undefined if there is no such place, the path has the wrong length, or a part of it is not a hash
 *   in lower-case hexadecimal
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
 * The side of each hash of a path, from the leaf up, for following a path by hand.
 *
 * @param index from 0
 * @throws RangeError if the tree has no such leaf
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
