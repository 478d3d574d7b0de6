import { rootOf } from '../../../blinding/envelope.ts';
import { formatWho } from '../../../ledger/who.ts';
import type { Intent } from '../../../store/opening/on-record.ts';
import { shortRecipient } from '../../../study/recipient.ts';
import { now } from '../../../system/clock.ts';
import { writeNew } from '../../../system/files.ts';
import type { Output } from '../../output/output.ts';
import { quoted } from '../../../words.ts';
import { howToBeSure } from './code-break-view.ts';
import type { OpenedTarget } from './open-target.ts';

/** Writes a proof of the arm to a file, if the envelope was proven. */
export async function writeProof(output: Output, path: string, found: OpenedTarget): Promise<void> {
  if (!found.opened.isProven) {
    output.warn('no proof was written: the envelope could not be proven.');
    return;
  }
  writeNew(path, await proofOf(found), { mode: 'private' });
  output.say(`Wrote ${path}: the proof. It names the arm. Only you can read this file.`);
}

/** Who gets an answer, and what was entered about the code-break. */
interface AnswerPlan {
  /** An age recipient. */
  readonly to: string;
  /** Undefined for stdout. */
  readonly file: string | undefined;
  readonly intent: Intent<'code-break'>;
  /** The participant's id at randomization; null if the participant is unknown. */
  readonly randomizedAs: string | null;
  /** Who has the same arm by design, as a sentence; undefined if nobody has. */
  readonly sameArm: string | undefined;
}

/**
 * Encrypts the answer for a recipient: only they see the arm.
 *
 * @param about the facts about the envelope, for --json
 */
export async function sealAnswer(
  output: Output,
  { to, file, intent, randomizedAs, sameArm }: AnswerPlan,
  about: Readonly<Record<string, unknown>>,
  found: OpenedTarget,
): Promise<void> {
  const { formatAnswer } = await import('../../../blinding/answer-text.ts');
  const { sealAnswerFor } = await import('../../../blinding/answer.ts');
  const { opened, target } = found;
  const text = formatAnswer({
    subject: target.subject ?? '(unknown)',
    randomizedAs: randomizedAs ?? undefined,
    content: opened.content,
    sameArm,
    time: now(),
    reason: intent.reason ?? '',
    by: formatWho(intent.who),
    proof: await proofOf(found),
  });
  const sealed = await sealAnswerFor(to, text);
  if (file === undefined) {
    output.result({ ...about, to, answer: sealed }, sealed, { exact: true });
  } else {
    writeNew(file, sealed);
    output.result({ ...about, to, file }, '');
    output.say(`Wrote ${file}: the answer.`);
  }
  if (!opened.isProven) output.warn(`NOT PROVEN: ${howToBeSure(opened.content.number)}`);
  output.say(
    `It is encrypted for ${shortRecipient(to)}, who opens it with: age -d -i KEY ${file === undefined ? 'FILE' : quoted(file)}`,
  );
  output.say('Nobody here has seen the arm.');
}

async function proofOf({ target, opened }: OpenedTarget): Promise<string> {
  const { formatProof } = await import('../../../blinding/proof.ts');
  const { content } = opened;
  return formatProof(target.subject ?? '(unknown)', content, rootOf(content) ?? '');
}
