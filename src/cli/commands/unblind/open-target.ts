import type { KeyPair } from '../../../blinding/identity.ts';
import { RandoseError } from '../../../errors.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { type GivenKit, otherKitsGiven } from '../../../ledger/given-kits.ts';
import type { FoundSlot } from '../../../ledger/sought-slot.ts';
import type { OpenedEnvelope } from '../../../store/opening/judge-envelope.ts';
import { findByKit, openSlot } from '../../../store/opening/emergency/open-rescued.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import type { UnblindFlags } from './command.ts';
import { sourcesOf, type Target } from './target.ts';

/** An opened envelope, and its participant. */
export interface OpenedTarget {
  readonly target: Target;
  readonly opened: OpenedEnvelope;
  /** Kits of other slots that the participant was given. */
  readonly otherKits: readonly GivenKit[];
}

/**
 * Opens the envelope of a slot. If only the envelopes know the slot, it tries them.
 *
 * @throws RandoseError if the keys do not open it, or if it is not the envelope that was asked for
 */
export async function openTarget(
  study: RescuedStudy,
  { kit, subject, givenTo }: UnblindFlags,
  target: Target,
  keys: readonly KeyPair[],
): Promise<OpenedTarget> {
  const opened =
    target.slot === undefined
      ? await openSlot(study, await searchEnvelopes(study, kit, keys), keys)
      : await openSlot(study, target.slot, keys).catch(otherSlotOf(study, kit, keys));
  const { number, kits } = opened.content;
  const isOther = target.slot !== undefined && target.slot.number !== number;
  const named = isOther ? undefined : (target.subject ?? undefined);
  const holder = givenTo ?? named ?? holderOf(study, number) ?? subject;
  const otherKits = holder === undefined ? [] : otherKitsGiven(study.ledger.whole, holder, kits);
  return { target: { ...target, subject: holder ?? null }, opened, otherKits };
}

/** The participant who has a number, by the readable lines of the ledger. */
function holderOf({ ledger }: RescuedStudy, number: string): string | undefined {
  return randomizations(ledger.whole).find((entry) => entry.number === number)?.subject;
}

/**
 * If the list that gives the slot of a kit was altered, the envelopes still know it.
 *
 * @returns a function that takes a refusal and opens the right envelope, or throws the refusal again
 */
function otherSlotOf(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): (error: unknown) => Promise<OpenedEnvelope> {
  return async (error) => {
    const mayBeOther = kit !== undefined && !sourcesOf(study).isListSound;
    const other = mayBeOther ? await findByKit(study, kit, keys) : undefined;
    if (other === undefined) throw error;
    return openSlot(study, other, keys);
  };
}

/** The slot of a kit, among those that the keys open; without a kit, the slot of the card. */
async function searchEnvelopes(
  study: RescuedStudy,
  kit: string | undefined,
  keys: readonly KeyPair[],
): Promise<Pick<FoundSlot, 'number' | 'kits'>> {
  const found = await findByKit(study, kit, keys);
  if (found !== undefined) return found;
  const what = kit === undefined ? 'an envelope' : `an envelope for kit ${kit}`;
  throw new RandoseError('wrong-key', `this key does not open ${what}`, {
    hint: 'The list is damaged, so every envelope was tried. Check the code and the key; or name the number: --number NUMBER',
  });
}
