import * as v from 'valibot';
import { DIGEST_TEXT } from '../digest.ts';
import { RandoseError } from '../errors.ts';
import { kitsOf, type Slot } from '../randomization/list.ts';
import { ARM_TYPES } from '../study/study.ts';
import { RESTORE } from '../words.ts';
import { type Commitment, type SlotLeaf, slotLeaf } from './commitment.ts';
import { pathSides, rootOfPath } from './merkle-tree.ts';
import { parseJson } from './parse-json.ts';
import { padded } from './seal.ts';

/** The content of an envelope: the content of its slot's leaf, and the leaf's place in the tree. */
export interface EnvelopeContent extends SlotLeaf {
  /** From 0. */
  readonly index: number;
  /** The number of leaves of the tree. */
  readonly leaves: number;
  /** The hashes of the sibling nodes on the way from the leaf up to the root. */
  readonly path: readonly string[];
}

const DIGEST = v.pipe(v.string(), v.regex(DIGEST_TEXT));
/** The version that randose writes. Version 2 has the same members, the arm first and the padding last. */
const VERSION = 3;
const ENVELOPE = v.strictObject({
  randose: v.literal('envelope'),
  version: v.picklist([2, VERSION]),
  study: v.string(),
  list: v.string(),
  number: v.string(),
  kits: v.array(v.string()),
  arm: v.strictObject({
    code: v.string(),
    name: v.string(),
    type: v.picklist(ARM_TYPES),
  }),
  salt: DIGEST,
  leaf: v.string(),
  index: v.number(),
  leaves: v.number(),
  path: v.array(DIGEST),
});

/** The bytes for the longest content that study.yaml allows; then for each node of the path and each spare kit. */
const ROOM = 3072;
const ROOM_FOR_A_NODE = 76;
const ROOM_FOR_A_KIT = 100;

/**
 * The length in bytes of the plaintext of every envelope of a batch, whatever its arm's name and its place.
 * age does not hide a length.
 *
 * @param leaves the number of leaves of the batch's tree
 * @param kits the number of kits of a slot
 */
export function envelopeBytes(leaves: number, kits: number): number {
  const others = Math.max(0, kits - 1);
  return ROOM + ROOM_FOR_A_NODE * Math.ceil(Math.log2(leaves)) + ROOM_FOR_A_KIT * others;
}

/**
 * The plaintext of an envelope: JSON that a person can read. The padding (spaces, which JSON allows) comes
 * before number, kits and arm, so that a terminal shows last what the reader needs.
 */
export function formatEnvelope(content: EnvelopeContent): string {
  const { study, list, number, kits, salt, index, leaves, path } = content;
  const { code, name, type } = content.arm;
  const about = { randose: 'envelope', version: VERSION, study, list, salt };
  const proof = { leaf: slotLeaf(content), index, leaves, path };
  const last = { number, kits, arm: { code, name, type } };
  const text = JSON.stringify({ ...about, ...proof, ...last }, undefined, 2);
  // A string in JSON has no line feed, so this finds the member itself, whatever the names contain.
  const at = text.lastIndexOf('\n  "number": ');
  const end = `${text.slice(at)}\n`;
  const bytes = envelopeBytes(leaves, kits.length) - Buffer.byteLength(end);
  return `${padded(text.slice(0, at), bytes, ' ')}${end}`;
}

/**
 * Reads an opened envelope that agrees with itself. The caller decides whether to trust it.
 *
 * @returns undefined if it is not an envelope, or its leaf does not match its members
 */
export function parseEnvelope(plaintext: string): EnvelopeContent | undefined {
  const read = v.safeParse(ENVELOPE, parseJson(plaintext));
  if (!read.success || read.output.leaf !== slotLeaf(read.output)) return undefined;
  return read.output;
}

/** The root that follows from an envelope's leaf and path; undefined if the path does not fit. */
export function rootOf(content: EnvelopeContent): string | undefined {
  return rootOfPath(slotLeaf(content), content.index, content.leaves, content.path);
}

/** The public facts about a slot that its envelope must match. */
interface ExpectedEnvelope {
  readonly study: string;
  readonly list: string;
  readonly slot: Slot;
  /** The slot's place in its batch, from 0. */
  readonly index: number;
  readonly commitment: Commitment;
}

/**
 * Reads an opened envelope and checks its proof. An age file has no sender, and anybody can make one for a
 * public recipient: its content is trusted only if it is for the right slot and its leaf leads to the
 * published root.
 *
 * @returns the content, as it was committed to
 * @throws RandoseError `not-trusted`, without any arm, if the envelope is for another slot or another study,
 *   is not from randose, or is not what was committed to
 */
export function readEnvelope(plaintext: string, expected: ExpectedEnvelope): EnvelopeContent {
  const { slot, commitment } = expected;
  const content = parseEnvelope(plaintext);
  if (content === undefined) {
    throw notTrusted(slot, 'it is not a randose envelope, or its leaf does not match the rest');
  }
  const { study, list, number, index, leaves } = content;
  if (study !== expected.study) throw notTrusted(slot, `it is for study ${study}`);
  if (list !== expected.list) throw notTrusted(slot, 'it is for another allocation list');
  if (number !== slot.number) throw notTrusted(slot, `it is the envelope of ${number}`);
  const kits = content.kits.join(', ');
  const own = kitsOf(slot).join(', ');
  if (kits !== own) throw notTrusted(slot, `it is for kit ${kits}, not ${own}`);
  if (index !== expected.index || leaves !== commitment.leaves) {
    throw notTrusted(slot, 'it is for another place in the list');
  }
  if (rootOf(content) !== commitment.root) {
    throw notTrusted(slot, 'it is not what was committed to before the first participant');
  }
  return content;
}

/** For each node of an envelope's path: on which side of the way up it is. */
export function sidesOf({ index, leaves }: EnvelopeContent): ('left' | 'right')[] {
  return pathSides(index, leaves);
}

function notTrusted(slot: Slot, reason: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: the envelope of ${slot.number}: ${reason}`, {
    hint: `Do not act on it. ${RESTORE}`,
  });
}
