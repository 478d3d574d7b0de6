import { armor } from 'age-encryption';
import type { EnvelopeContent } from './envelope.ts';
import { sealFor } from './seal.ts';

/** The result of a code-break, to be sent to somebody else. */
interface Answer {
  readonly subject: string;
  readonly content: EnvelopeContent;
  /** An instant in ISO 8601, UTC. */
  readonly time: string;
  readonly reason: string;
  /** Who opened the envelope, as one line. */
  readonly by: string;
  readonly proof: string;
}

/** The longest arm that study.yaml allows, in bytes: a code of 20 characters, a type, a name of 100. */
const LONGEST_ARM = 20 + 'placebo'.length + 4 * 100;

/**
 * The plaintext of an answer: the proof, then plain words as comments, so that a terminal shows the words
 * last and the whole text is still a proof. It is padded to the length that the longest arm would give
 * (the arm is in the text twice), because whoever runs the command sees the length of the sealed answer.
 */
export function formatAnswer({ subject, content, time, reason, by, proof }: Answer): string {
  const { study, number, kits, arm } = content;
  const words = `${study}, subject ${subject}, randomization number ${number}, kit ${kits.join(', ')}

  ${arm.code}  ${arm.name} (${arm.type})

Opened ${time} by ${by}.
Reason: ${reason}
Every other participant is still blinded: tell only who must know.`;
  const missing = LONGEST_ARM - Buffer.byteLength(arm.code + arm.name + arm.type);
  const comments = words.split(/\r?\n/).map((line) => `# ${line}\n`);
  return `${proof}#${' '.repeat(2 * missing)}\n${comments.join('')}`;
}

/** Seals an answer as an armored age file, which can be sent as text. */
export async function sealAnswerFor(recipient: string, text: string): Promise<string> {
  return armor.encode(await sealFor([recipient])(text));
}
