import type { ReadyAct } from '../../../ledger/chain.ts';
import { kitKey } from '../../../randomization/kit-check.ts';
import { findRandomization } from '../../../ledger/enrolment.ts';
import { underFirstIds } from '../../../ledger/subject-ids.ts';
import type { Who } from '../../../ledger/who.ts';
import { type Attempt, attempt, type Intent } from '../../../store/opening/on-record.ts';
import type { GivenKeys } from '../../../store/opening/keys.ts';
import { openerOfRescued } from '../../../store/opening/owners.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { areSameActs, makeReady, type Signing } from '../../../store/ready.ts';
import { parseSubjectId } from '../../../study/identifiers.ts';
import type { ReasonedFlags } from './unblind-flags.ts';
import { findTarget, type Target } from './target.ts';

/** Who opens the envelope, and with what. */
interface Opener {
  /** The keys, or why they could not be read: an attempt without a key is on record too. */
  readonly keys: GivenKeys;
  /** Undefined if nobody was named. */
  readonly by: Who | undefined;
  readonly signing: Signing | undefined;
}

/** A code-break that is decided: what to open, and what to enter in the ledger before. */
export interface CodeBreakPlan extends Opener {
  /** The slot, or why it is not known: this attempt is on record too. */
  readonly target: Attempt<Target>;
  readonly intent: Intent<'code-break'>;
  /** The intent's entry, or why it could not be signed. */
  readonly ready: Attempt<readonly ReadyAct[]>;
}

/**
 * Decides what to open. This is done once before the lock is taken, because a signature may ask for a passphrase,
 * and again under the lock.
 *
 * @param before the plan from before the lock: its entry is kept if the intent is still the same
 */
export async function planCodeBreak(
  study: RescuedStudy,
  flags: ReasonedFlags,
  opener: Opener,
  before?: CodeBreakPlan,
): Promise<CodeBreakPlan> {
  const target = await attempt(() => findTarget(study, flags));
  const intent = intentOf(study, flags, target, opener);
  const isSame = before !== undefined && areSameActs([intent], [before.intent]);
  const ready = isSame ? before.ready : await makeIntentReady(study, intent, opener.signing);
  return { ...opener, target, intent, ready };
}

/** What is entered before anything is opened. */
function intentOf(
  study: RescuedStudy,
  flags: ReasonedFlags,
  target: Attempt<Target>,
  { keys, by }: Opener,
): Intent<'code-break'> {
  const { kit, givenTo, reason, to } = flags;
  const found = target.ok ? target.value : undefined;
  const slot = found?.slot;
  const named = typedCode(flags, target.ok) ?? '(no subject id)';
  // A refused attempt may name a participant all the same, and then it is about their number.
  const number = target.ok ? slot?.number : findRandomization(study.ledger.whole, named)?.number;
  const isGiven = givenTo !== undefined && slot !== undefined && kit !== undefined;
  const given = isGiven ? slot.kits.find((one) => kitKey(one) === kitKey(kit)) : undefined;
  return {
    action: 'code-break intent',
    ...openerOfRescued(study, keys, by),
    subject: found?.subject ?? named,
    reason: reason.trim(),
    number: number ?? null,
    to: to ?? null,
    ...(given !== undefined && { kit: given }),
  };
}

/**
 * What was typed for the participant, if it is a code. Any other text may be a person's name, and a ledger never
 * forgets.
 *
 * @param isFound whether a slot was found: then a number or a kit is already in the entry, or is in an envelope
 */
function typedCode(
  { subject, number, kit, givenTo }: ReasonedFlags,
  isFound: boolean,
): string | undefined {
  const id = parseSubjectId(givenTo ?? subject ?? '');
  if (id !== undefined || isFound) return id;
  const code = parseSubjectId(number ?? kitKey(kit ?? '')) ?? '';
  return /\d/.test(code) ? code : undefined;
}

function makeIntentReady(
  { text, ledger: { head, whole } }: RescuedStudy,
  intent: Intent<'code-break'>,
  signing: Signing | undefined,
): Promise<Attempt<readonly ReadyAct[]>> {
  return attempt(() => makeReady({ text, head }, underFirstIds(whole, [intent]), signing));
}
