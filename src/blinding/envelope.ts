import * as v from 'valibot';
import { RandoseError } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import type { Arm } from '../study/study.ts';
import { parseJson } from './parse-json.ts';
import { padded } from './seal.ts';

/**
 * The plaintext of every envelope has this length, whatever its arm is called: age does not hide
 * a length. The longest content that study.yaml allows fits.
 */
export const ENVELOPE_BYTES = 1024;

/** An arm as it was when the list was sealed. */
export type SealedArm = Pick<Arm, 'code' | 'name' | 'type'>;

/** What an envelope says. */
export interface EnvelopeContent {
  readonly study: string;
  /** The identifier of the allocation list. */
  readonly list: string;
  readonly number: string;
  readonly kit: string;
  readonly arm: SealedArm;
}

const ENVELOPE = v.strictObject({
  randose: v.literal('envelope'),
  version: v.literal(1),
  study: v.string(),
  list: v.string(),
  number: v.string(),
  kit: v.string(),
  arm: v.strictObject({
    code: v.string(),
    name: v.string(),
    type: v.picklist(['active', 'placebo']),
  }),
});

/** The plaintext of an envelope: JSON that a person can read, padded with blanks. */
export function formatEnvelope(content: EnvelopeContent): string {
  const { study, list, number, kit } = content;
  const { code, name, type } = content.arm;
  const text = JSON.stringify(
    { randose: 'envelope', version: 1, study, list, number, kit, arm: { code, name, type } },
    undefined,
    2,
  );
  return `${padded(text, ENVELOPE_BYTES - 1, ' ')}\n`;
}

/**
 * Reads an opened envelope and holds it against the slot it was opened for. An age file has no
 * sender: only what matches in every part counts.
 *
 * @param plaintext what was in it
 * @param expected the study, the list and the slot that were asked for, and the study's arms; these
 *   are left out where study.yaml no longer says what was sealed
 * @returns the slot's arm, as it was sealed
 * @throws RandoseError `not-trusted`, without any arm, where the envelope is another slot's, another
 *   study's, or not one of randose's
 */
export function readEnvelope(
  plaintext: string,
  expected: { study: string; list: string; slot: Slot; arms?: readonly SealedArm[] },
): SealedArm {
  const { slot } = expected;
  const content = v.safeParse(ENVELOPE, parseJson(plaintext));
  if (!content.success) throw notTrusted(slot, 'what is in it is no randose envelope');
  const { study, list, number, kit, arm } = content.output;
  if (study !== expected.study) throw notTrusted(slot, `it is of study ${study}`);
  if (list !== expected.list) throw notTrusted(slot, 'it is of another allocation list');
  if (number !== slot.number) throw notTrusted(slot, `it is the envelope of ${number}`);
  if (kit !== slot.kit) throw notTrusted(slot, `it is for kit ${kit}, not ${slot.kit}`);
  const isKnown = (expected.arms ?? [arm]).some(
    ({ code, name, type }) => code === arm.code && name === arm.name && type === arm.type,
  );
  if (!isKnown) throw notTrusted(slot, 'its arm is none of study.yaml');
  return arm;
}

function notTrusted(slot: Slot, reason: string): RandoseError {
  return new RandoseError('not-trusted', `NOT TRUSTED: the envelope of ${slot.number}: ${reason}`, {
    hint: 'Do not act on it. Restore the envelope from a backup, and run randose verify.',
  });
}
