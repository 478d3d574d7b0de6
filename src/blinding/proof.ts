import { type Problem, RandoseError } from '../errors.ts';
import { shown } from '../study/stored-text.ts';
import { quoted } from '../words.ts';
import { armWords, formatAnswer, readOpening } from './answer-text.ts';
import { type Commitment, parseSlotLeaf, slotLeaf, type SlotLeaf } from './commitment.ts';
import { type EnvelopeContent, sidesOf } from './envelope.ts';
import { pathSides, rootOfPath } from './merkle-tree.ts';

/** A proof that a participant's slot has the arm that its leaf says, under the published root. */
interface Proof {
  readonly study: string;
  readonly list: string;
  readonly subject: string;
  readonly number: string;
  readonly leaf: string;
  /** The content of the leaf. */
  readonly slot: SlotLeaf;
  readonly index: number;
  readonly leaves: number;
  readonly path: readonly string[];
  readonly root: string;
}

/** The first line of a proof, after its comments. */
export const PROOF_TITLE = 'randose proof 1';

/**
 * The proof of one participant's allocation, as plain text that explains how to check it with sha256sum. Of
 * the other slots it contains only hashes of salted hashes, which tell nothing.
 */
export function formatProof(subject: string, content: EnvelopeContent, root: string): string {
  const { study, list, number, index, leaves, path } = content;
  const sides = sidesOf(content);
  return `# The arm of participant ${subject} of ${study}, proven with what was published before the first
# participant. This file says nothing about anybody else.
#
# To check it with sha256sum (bash; FILE is this file):
#
#   bytes() { printf "$(sed 's/../\\\\x&/g')"; }
#   hash() { sha256sum | cut -c1-64; }
#   h=$( (printf '\\0'; grep ^leaf FILE | cut -c6- | tr -d '\\n') | hash)
#   while read -r _ side other; do
#     if [ $side = left ]; then both=$other$h; else both=$h$other; fi
#     h=$( (printf '\\1'; printf %s $both | bytes) | hash)
#   done < <(grep ^path FILE)
#   echo $h
#
# The last line must be the root below, and this root must be in the commitment that was filed.
${PROOF_TITLE}
study ${study}
list ${list}
subject ${subject}
number ${number}
leaf ${slotLeaf(content)}
index ${index}
leaves ${leaves}
${path.map((hash, step) => `path ${sides[step]} ${hash}\n`).join('')}root ${root}
`;
}

/**
 * Reads a proof, and checks that it leads to its own root. The caller checks that it is a study's root.
 *
 * @param file its name, for the errors
 * @throws RandoseError `bad-data` if it is not a proof; `not-trusted` if it does not lead to its root
 */
export function readProof(text: string, file: string): Proof {
  if (/^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text)) {
    throw new RandoseError('bad-data', `${file} is still encrypted`, {
      hint: `Whoever has the key decrypts it first: age -d -i KEY ${quoted(file)} > answer.txt`,
    });
  }
  const lines = linesOf(text).filter((line) => line !== '' && !line.startsWith('#'));
  const values = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const one = (key: string) => {
    const found = values(key);
    if (found.length === 1) return found[0]!;
    throw notProof(file, `it has ${found.length} lines "${key}" instead of one`);
  };
  if (lines[0] !== PROOF_TITLE) {
    const why = lines.includes(PROOF_TITLE)
      ? `other lines are above "${PROOF_TITLE}"`
      : `it has no line "${PROOF_TITLE}"`;
    throw notProof(file, why);
  }
  const number = (key: string) => {
    const found = one(key);
    if (/^\d{1,9}$/.test(found)) return Number(found);
    throw notProof(file, `${key} is not a number`);
  };
  const [index, leaves] = [number('index'), number('leaves')];
  const steps = values('path').map((step) => step.split(' '));
  const path = steps.map(([, hash = '']) => hash);
  const leaf = one('leaf');
  const slot = parseSlotLeaf(leaf);
  if (slot === undefined) throw notProof(file, 'its leaf is not the leaf of a slot');
  const proof = { leaf, slot, index, leaves, path, root: one('root') };
  if (rootOfPath(proof.leaf, index, leaves, path) !== proof.root) {
    throw new RandoseError('not-trusted', `NOT TRUSTED: ${file} does not lead to its own root`, {
      hint: 'The file was changed or is incomplete. Ask for it again.',
    });
  }
  const sides = pathSides(index, leaves);
  if (steps.some(([side, , more], step) => side !== sides[step] || more !== undefined)) {
    throw notProof(file, 'the sides in its path do not match its place');
  }
  return {
    study: one('study'),
    list: one('list'),
    subject: one('subject'),
    number: one('number'),
    ...proof,
  };
}

/** The study that the leaf of a proof names; undefined if the file is not a sound proof. */
export function studyOfProof(text: string, file: string): string | undefined {
  try {
    return readProof(text, file).slot.study;
  } catch (error) {
    if (error instanceof RandoseError) return undefined; // the verdict says what is wrong with it
    throw error;
  }
}

/** Whether a proof is for a slot of this batch. */
export function isProofOf(
  { study, list, leaf, number, leaves, root }: Proof,
  batch: { readonly study: string; readonly list: string; readonly commitment: Commitment },
): boolean {
  return (
    study === batch.study &&
    list === batch.list &&
    root === batch.commitment.root &&
    leaves === batch.commitment.leaves &&
    leaf.startsWith(`randose 1 slot ${study} ${list} ${number} `)
  );
}

/**
 * The first line of a proof or of an answer that is not what randose writes: only the leaf, its path and the root are
 * proven, and somebody reads the words. Line ends, and blanks at the end of a line, do not count.
 *
 * @param text which `readProof` accepts
 */
export function strangeLine(text: string, proof: Proof, file: string): Problem | undefined {
  const { subject, slot, index, leaves, path, root } = proof;
  const found = linesOf(text);
  const plain = formatProof(subject, { ...slot, index, leaves, path }, root);
  const answer = formatAnswer({ subject, content: slot, ...readOpening(found), proof: plain });
  const expected = [plain, answer].map(linesOf);
  const strange = expected.map((lines) => firstDifference(found, lines));
  if (strange.includes(undefined)) return undefined;
  // The one of which more lines are as they should be is what the file was.
  const at = Math.max(...strange.map((line = 0) => line));
  const lines = expected[strange.indexOf(at)]!;
  const [is = '', should = ''] = [found[at], lines[at]];
  if (should.includes(armWords(slot.arm))) {
    const message = `says "${spoken(is)}", but what it proves is "${armWords(slot.arm)}"`;
    return { file, line: at + 1, message };
  }
  const what = should === '' ? 'no line' : `"${spoken(should)}"`;
  return { file, line: at + 1, message: `says "${spoken(is)}", but randose writes ${what} there` };
}

/** The index of the first line that is not as expected; undefined if all are. */
function firstDifference(found: readonly string[], expected: readonly string[]) {
  const last = Math.max(found.length, expected.length);
  for (let at = 0; at < last; at += 1) if (found[at] !== expected[at]) return at;
  return undefined;
}

/** The lines of a text without blanks at their ends, and without empty lines at its end. */
function linesOf(text: string): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trimEnd());
}

/** A line as a message quotes it. */
function spoken(line: string): string {
  return shown(line.replace(/^# */, ''), 100);
}

function notProof(file: string, reason: string): RandoseError {
  return new RandoseError('bad-data', `${file} is not a proof: ${reason}`, {
    hint: 'Use the file as it was written, whole and without other lines. To write a new one would be another code-break.',
  });
}
