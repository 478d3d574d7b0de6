import { type EnvelopeContent, parseEnvelope, rootOf } from '../../blinding/envelope.ts';
import { RandoseError } from '../../errors.ts';
import { batchFiles } from '../../study/layout.ts';
import type { OpenedCopy } from './emergency/open-copy.ts';
import type { RescuedBatch } from './emergency/rescue-batch.ts';

/** An envelope that was opened, and how far it is proven. */
export interface OpenedEnvelope {
  readonly content: EnvelopeContent;
  /** Relative to the study folder. */
  readonly file: string;
  /**
   * Whether it leads to the root that the batch was allocated with, or that was filed: then nobody can
   * have made it up. Else it may be forged.
   */
  readonly isProven: boolean;
  /** What could not be checked, a line each, without a full stop. */
  readonly doubts: readonly string[];
}

/** An envelope that somebody asks for. */
interface SoughtEnvelope {
  /** Relative to the study folder. */
  readonly file: string;
  readonly number: string;
  /** The kits that it must be for; empty if nothing else says which. */
  readonly kits: readonly string[];
}

/**
 * Checks what is in an envelope with whatever is sound in the study.
 *
 * @param batch undefined if nothing of the envelope's batch can be read
 * @returns the reason, as an error, if something sound contradicts it
 */
export function judgeEnvelope(
  batch: RescuedBatch | undefined,
  { file, number, kits }: SoughtEnvelope,
  { plaintext, digest }: OpenedCopy,
): OpenedEnvelope | RandoseError {
  const content = parseEnvelope(plaintext);
  if (content === undefined) return notTrusted(file, 'its content is not a randose envelope');
  if (content.number !== number) return notTrusted(file, `it is the envelope of ${content.number}`);
  const root = rootOf(content);
  const { anchor, hint } = batch ?? {};
  if (root === undefined) return notTrusted(file, 'its proof is not valid');
  const doubts: string[] = [];
  if (anchor !== undefined) {
    const isOurs = content.study === anchor.study && content.list === anchor.list;
    if (!isOurs || content.leaves !== anchor.leaves || root !== anchor.root) {
      const isOfThisFolder = root === hint?.commitment.root;
      const either = isOfThisFolder
        ? '. It matches the manifest in this folder: either --commitment names the commitment of another list, or the whole list was exchanged'
        : '';
      return notTrusted(
        file,
        `it does not match the commitment from before the first participant${either}`,
      );
    }
  } else if (hint !== undefined && root !== hint.commitment.root) {
    const { manifest } = batchFiles(hint.batch);
    if (hint.files[file] !== digest) return notTrusted(file, `${manifest} contradicts it`);
    doubts.push(`${manifest} has another root than this envelope`);
  }
  if (!kits.every((kit) => content.kits.includes(kit))) {
    return notTrusted(
      file,
      `it is for kit ${content.kits.join(', ') || '(none)'}, not ${kits.join(', ')}. The code on the participant's kit says which one it is: randose unblind --kit CODE`,
    );
  }
  return { content, file, isProven: anchor !== undefined, doubts };
}

const NOT_TRUSTED = 'NOT TRUSTED: ';

/** The error for an envelope that nobody may act on. */
export function notTrusted(file: string, reason: string): RandoseError {
  return new RandoseError('not-trusted', `${NOT_TRUSTED}${file}: ${reason}`, {
    hint: 'Do not act on it. Restore the envelope from a backup, then run: randose verify',
  });
}

/** The message of a refusal, as a doubt about the copy that was opened instead. */
export function asDoubt({ message }: RandoseError): string {
  return message.startsWith(NOT_TRUSTED) ? message.slice(NOT_TRUSTED.length) : message;
}
