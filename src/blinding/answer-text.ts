import { numberText } from '../randomization/list.ts';
import { nameOfParticipant } from '../study/identifiers.ts';
import { ARM_TYPES } from '../study/study.ts';
import type { SealedArm, SlotLeaf } from './commitment.ts';

/** The result of a code-break, to be sent to somebody else. */
interface Answer {
  readonly subject: string;
  /** The id at randomization, if the participant is known. */
  readonly randomizedAs?: string | undefined;
  readonly content: SlotLeaf;
  /** Who has the same arm by design, as a sentence; undefined if nobody has. */
  readonly sameArm?: string | undefined;
  /** An instant in ISO 8601, UTC. */
  readonly time: string;
  readonly reason: string;
  /** Who opened the envelope, as one line. */
  readonly by: string;
  readonly proof: string;
}

/** The longest arm that study.yaml allows, in bytes: a code of 20 characters, a type, a name of 100. */
const LONGEST_ARM = 20 + Math.max(...ARM_TYPES.map((type) => type.length)) + 4 * 100;

/**
 * The plaintext of an answer: the proof, then plain words as comments, so that a terminal shows the words
 * last and the whole text is still a proof. It is padded to the length that the longest arm would give
 * (the arm is in the text twice), because whoever runs the command sees the length of the sealed answer.
 */
export function formatAnswer({
  subject,
  randomizedAs = subject,
  content,
  sameArm,
  time,
  reason,
  by,
  proof,
}: Answer): string {
  const { study, number, kits, arm } = content;
  const words = `${study}, subject ${nameOfParticipant(subject, randomizedAs)}, randomization number ${numberText(number, kits)}

  ${armWords(arm)}
${sameArm === undefined ? '' : `\n${sameArm}\n`}
Opened ${time} by ${by}.
Reason: ${reason}
Every other participant is still blinded: tell only who must know.`;
  const missing = LONGEST_ARM - Buffer.byteLength(arm.code + arm.name + arm.type);
  const comments = words.split(/\r?\n/).map((line) => `# ${line}\n`);
  return `${proof}#${' '.repeat(2 * missing)}\n${comments.join('')}`;
}

/** The arm as an answer has it in words. */
export function armWords({ code, name, type }: SealedArm): string {
  return `${code}  ${name} (${type})`;
}

/**
 * Who opened what an answer is about, when and why, the id at randomization if it was another, and who has the same arm,
 * by its own text.
 * Nothing proves it.
 *
 * @param lines the lines of the answer
 * @returns empty texts for what the answer does not say
 */
export function readOpening(
  lines: readonly string[],
): Pick<Answer, 'time' | 'by' | 'reason' | 'randomizedAs' | 'sameArm'> {
  const first = (pattern: RegExp) =>
    lines.map((line) => pattern.exec(line)).find((match) => match !== null);
  const opened = first(/^# Opened (\d{4}-\d\d-\d\dT[\d:.]+Z) by (.*)\.$/);
  return {
    time: opened?.[1] ?? '',
    by: opened?.[2] ?? '',
    reason: first(/^# Reason: (.*)/)?.[1] ?? '',
    randomizedAs: first(/^# [^\s,]+, subject \S+ \(randomized as (\S+)\), /)?.[1],
    sameArm: first(/^# (Same arm: .*)/)?.[1],
  };
}
