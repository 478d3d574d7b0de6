import { armor } from 'age-encryption';
import type { EnvelopeContent } from './envelope.ts';
import { sealFor } from './seal.ts';

/** What the opener of an envelope is told, where it goes to somebody else. */
export interface Answer {
  readonly subject: string;
  readonly content: EnvelopeContent;
  /** An instant in ISO 8601, UTC. */
  readonly time: string;
  readonly reason: string;
  /** Who had it opened, as one line. */
  readonly by: string;
  readonly proof: string;
}

/** The longest that study.yaml allows: a code of 20 characters, a type, a name of 100. */
const LONGEST_ARM = 20 + 'placebo'.length + 4 * 100;

/**
 * The answer to a code-break as it is sealed to whoever treats the participant: the proof, and then
 * plain words as its comments, so that they are what a terminal shows last and all of it is a proof.
 * Padded by as much as its arm, which stands in it twice, is shorter than the longest: whoever runs the
 * command sees the length of what is sealed.
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

/** An answer as an armored age file, which can be sent as text. */
export async function sealAnswerFor(recipient: string, text: string): Promise<string> {
  return armor.encode(await sealFor([recipient])(text));
}
