import type { ReadyAct } from '../../../ledger/chain.ts';
import { kitKey } from '../../../randomization/kit-check.ts';
import { kitsOf } from '../../../randomization/list.ts';
import { KIT_TEXT } from '../../../randomization/numbers.ts';
import { findRandomization, randomizations } from '../../../ledger/enrolment.ts';
import { NO_SUBJECT } from '../../../ledger/openings.ts';
import { underFirstIds } from '../../../ledger/subject-ids.ts';
import type { Who } from '../../../ledger/who.ts';
import { type Attempt, attempt, type Intent } from '../../../store/opening/on-record.ts';
import type { GivenKeys } from '../../../store/opening/keys.ts';
import { cardsOfKeys, openerOfRescued } from '../../../store/opening/owners.ts';
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
  const named = typedCode(flags, target.ok) ?? NO_SUBJECT;
  const ofCard =
    found === undefined || slot !== undefined ? undefined : slotOfCard(study, flags, keys);
  // A refused attempt may name a participant all the same, and then it is about their number.
  const number = target.ok
    ? (slot?.number ?? ofCard?.number ?? numberInLists(study, kit))
    : findRandomization(study.ledger.whole, named)?.number;
  const given = found === undefined || givenTo === undefined ? undefined : givenKit(found, kit);
  return {
    action: 'code-break intent',
    ...openerOfRescued(study, keys, by),
    subject: found?.subject ?? ofCard?.subject ?? named,
    reason: reason.trim(),
    number: number ?? null,
    to: to ?? null,
    ...(given !== undefined && { kit: given }),
  };
}

/** A kit that somebody was given, as the list has it; or as it was typed, if only the envelopes know its slot. */
function givenKit({ slot }: Target, typed = ''): string | undefined {
  const key = kitKey(typed);
  if (slot !== undefined) return slot.kits.find((one) => kitKey(one) === key);
  return KIT_TEXT.test(key) ? key : undefined;
}

/** The participant whose card is used, if nobody is named and the card is that of a participant, or the ledger cannot say it. */
function slotOfCard(
  study: RescuedStudy,
  { kit, number, subject }: ReasonedFlags,
  keys: GivenKeys,
): { readonly number: string; readonly subject: string | undefined } | undefined {
  if ((kit ?? number ?? subject) !== undefined || !keys.ok) return undefined;
  const [card, ...others] = cardsOfKeys(study, keys.value);
  if (card === undefined || others.length > 0) return undefined;
  const [holder, ...rivals] = randomizations(study.ledger.whole).filter(
    (one) => one.number === card,
  );
  if (rivals.length > 0 || (holder === undefined && study.ledger.isSound)) return undefined;
  return { number: card, subject: holder?.subject };
}

/**
 * The number that a kit has in list.csv, if nobody can check that list because the ledger is missing or damaged. The
 * envelope corrects it. A ledger that can be written takes only what is sound: nothing corrects an entry.
 */
function numberInLists(
  { batches, ledger, notTheLedger }: RescuedStudy,
  kit: string | undefined,
): string | undefined {
  if (kit === undefined || (ledger.isSound && notTheLedger === undefined)) return undefined;
  const slots = batches.flatMap((batch) => batch.slots);
  const own = slots.filter((slot) => kitsOf(slot).some((one) => kitKey(one) === kitKey(kit)));
  return own.length === 1 ? own[0]?.number : undefined;
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
