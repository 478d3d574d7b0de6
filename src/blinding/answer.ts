import { armor } from 'age-encryption';
import { envelopeBytes, type EnvelopeContent } from './envelope.ts';
import { padded, sealFor } from './seal.ts';

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

/** What the words around it need beside the proof, at most. */
const ROOM = 4096;

/**
 * The answer to a code-break as it is sealed to whoever treats the participant: plain words, then the
 * proof; padded, since whoever runs the command sees the length of what is sealed.
 */
export function formatAnswer({ subject, content, time, reason, by, proof }: Answer): string {
  const { study, number, kits, arm, leaves } = content;
  const text = `${study}, subject ${subject}, randomization number ${number}, kit ${kits.join(', ')}

  ${arm.code}  ${arm.name} (${arm.type})

Opened ${time} by ${by}.
Reason: ${reason}
Every other participant is still blinded: tell only who must know.

${proof}`;
  const length = envelopeBytes(leaves) + ROOM;
  return padded(text, Math.max(length, Buffer.byteLength(text)), '\n');
}

/** An answer as an armored age file, which can be sent as text. */
export async function sealAnswerFor(recipient: string, text: string): Promise<string> {
  return armor.encode(await sealFor([recipient])(text));
}
