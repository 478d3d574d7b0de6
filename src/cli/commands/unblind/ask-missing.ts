import { RandoseError } from '../../../errors.ts';
import { meaningsOf, type Naming } from '../../../ledger/named-participant.ts';
import { kitsOfEntry, randomizations } from '../../../ledger/enrolment.ts';
import { type GivenKit, otherKitsGiven } from '../../../ledger/given-kits.ts';
import { isNearId } from '../../../ledger/like-ids.ts';
import { participantNames } from '../../../ledger/subject-ids.ts';
import type { FoundSlot } from '../../../ledger/sought-slot.ts';
import { kitNames, numberText } from '../../../randomization/list.ts';
import { formatWho } from '../../../ledger/who.ts';
import { peopleOfRescued } from '../../../store/opening/owners.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { Cancelled, confirm } from '../../../system/prompts.ts';
import { parseSubjectId } from '../../../study/identifiers.ts';
import { lowerFirst, upperFirst } from '../../../words.ts';
import { looksLikeCardKey } from '../../../blinding/typed-card.ts';
import type { KeyFlags } from '../../arguments/options.ts';
import { askWhoTheyAre } from '../../arguments/ask-who.ts';
import { askOrBack, FIRST_QUESTION, WentBack } from '../../arguments/ask-or-back.ts';
import { isSecretTyped } from '../../arguments/keys.ts';
import type { Output } from '../../output/output.ts';
import { areTooFew } from '../../study/officers-needed.ts';
import { askReason, sayReason } from '../../study/opening-reason.ts';
import { askForKey, keyProblems } from './ask-key.ts';
import { anotherKitText, givenText, type KitGivenTo, openedBeforeText } from './code-break-view.ts';
import { namingOf } from './naming.ts';
import { isOpenLabel, OPEN_LABEL } from './open-label.ts';
import {
  findTarget,
  givenOf,
  notGivenText,
  openingsBefore,
  sourcesOf,
  surelyNobody,
  type Target,
  type TargetFlags,
  NotAssigned,
} from './target.ts';
import type { UnblindFlags } from './command.ts';
import { isBlank, namesParticipant, type ReasonedFlags } from './unblind-flags.ts';

/** What is known of a code-break while it is asked for. */
type AskedFlags = UnblindFlags & Pick<KeyFlags, 'cardLine'>;

/** Asks for one thing. @returns undefined if it was typed already, so that nothing was asked */
type Step = (flags: AskedFlags) => Promise<AskedFlags | undefined>;

/**
 * Asks a person at the terminal for what a code-break needs and was not typed: the participant, the key, who they
 * are, the reason. A wrong answer is asked again, and so is a slip on the command line. `back` asks the question before
 * again. Nothing is on record yet.
 *
 * @throws Cancelled
 */
export async function askMissing(
  output: Output,
  study: RescuedStudy,
  typed: UnblindFlags,
): Promise<ReasonedFlags> {
  const steps: readonly Step[] = [
    (flags) => askWhom(output, study, flags),
    (flags) => askWhichKey(output, study, flags),
    async (flags) => {
      if (flags.card !== true || flags.by !== undefined) return undefined;
      return { ...flags, by: await askWho(output) };
    },
    async (flags) => {
      return isBlank(flags.reason)
        ? { ...flags, reason: await askReason(output, study.study) }
        : undefined;
    },
  ];
  const asked: { readonly at: number; readonly before: AskedFlags }[] = [];
  let flags: AskedFlags = typed;
  for (let at = 0; at < steps.length;) {
    try {
      const next = await steps[at]?.(flags);
      if (next !== undefined) asked.push({ at, before: flags });
      flags = next ?? flags;
      at += 1;
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      const last = asked.pop();
      if (last === undefined) output.say(FIRST_QUESTION);
      at = last?.at ?? at;
      flags = last?.before ?? flags;
    }
  }
  return { ...flags, reason: flags.reason ?? '' };
}

/** Asks for the participant, if none was typed or the one who was typed is not here. Says who is opened. */
async function askWhom(
  output: Output,
  study: RescuedStudy,
  flags: AskedFlags,
): Promise<AskedFlags | undefined> {
  const isNamed = (flags.card === true && flags.identity === undefined) || namesParticipant(flags);
  const wrong = isNamed ? surelyNobody(study, flags) : undefined;
  if (wrong !== undefined) sayNobody(output, study, typedIn(flags), wrong);
  const isAsked = !isNamed || wrong !== undefined;
  const all = isAsked
    ? { ...withoutNaming(flags), ...(await askForParticipant(output, study)) }
    : flags;
  sayTarget(output, study, all);
  await askIfNotGiven(output, study, all);
  await askIfOpenLabel(output, study, all);
  return isAsked ? all : undefined;
}

/** Asks for the key, if none was typed or what was typed is not a key. */
async function askWhichKey(
  output: Output,
  study: RescuedStudy,
  flags: AskedFlags,
): Promise<AskedFlags | undefined> {
  const { identity, ...rest } = flags;
  const problems = await keyProblems(identity ?? []);
  for (const problem of problems) output.say(problem);
  const needed = study.batches.at(-1)?.inForce?.custody.needed ?? 1;
  const people = peopleOfRescued(study);
  const named = problems.length === 0 && flags.card !== true ? (identity ?? []) : [];
  const isFew = named.length > 0 && areTooFew({ needed, people }, named);
  if (problems.length === 0 && !isFew && (named.length > 0 || flags.card === true)) {
    return undefined;
  }
  if (flags.card === true) return rest;
  const openers = openersOf(study);
  const desk = { root: study.root, people, needed, hasCards: true, openers, named };
  return { ...rest, ...(await askForKey(output, desk)) };
}

/** The public halves of the keys that open envelopes, alone or together; undefined if nothing says it. */
function openersOf({ batches, study }: RescuedStudy): ReadonlySet<string> | undefined {
  const sealed = batches.flatMap(({ inForce }) => inForce?.custody.officers ?? []);
  const officers = sealed.length > 0 ? sealed : study?.officers;
  return officers && new Set(officers.map(({ recipient }) => recipient));
}

const NAMING: readonly string[] = ['subject', 'number', 'kit', 'givenTo'];

function withoutNaming(flags: AskedFlags): AskedFlags {
  const own = Object.entries(flags).filter(([name]) => !NAMING.includes(name));
  return { ...(Object.fromEntries(own) as Partial<AskedFlags>), format: flags.format };
}

function typedIn({ subject, number, kit }: UnblindFlags): string {
  return subject ?? number ?? kit ?? '';
}

async function askForParticipant(output: Output, study: RescuedStudy): Promise<Naming> {
  for (;;) {
    const hasKits = study.study?.hasKits !== false;
    const ways = hasKits ? 'Subject id, number or kit code' : 'Subject id or number';
    const typed = await askOrBack(`Which participant? ${ways}: `);
    if (typed === '') {
      const example = hasKits ? ', such as the code on the kit' : '';
      output.say(`Type one of them${example}. Ctrl-C cancels.`);
      continue;
    }
    if (looksLikeCardKey(typed)) {
      output.say('This is the key of a code-break card: type it when a key is asked for.');
      continue;
    }
    try {
      const naming = chosenNaming(study, typed);
      const wrong = surelyNobody(study, naming);
      if (wrong === undefined) {
        findTarget(study, naming);
        return naming;
      }
      sayNobody(output, study, typed, wrong);
    } catch (error) {
      if (looksLikeId(typed) || !(error instanceof RandoseError)) sayRefusal(output, error);
      else output.say(NOT_KEPT);
    }
  }
}

/** Says that what was typed names nobody who can be opened, and what may be meant. It chooses nobody. */
function sayNobody(output: Output, study: RescuedStudy, typed: string, wrong: RandoseError): void {
  const sources = sourcesOf(study);
  const isKnown = sources.isLedgerSound && sources.mayBeInUse === undefined;
  const isUnknown = isKnown && meaningsOf(typed, sources).length === 0;
  if (!looksLikeId(typed)) {
    output.say(NOT_KEPT);
    return;
  }
  if (isUnknown && namingOf(study, typed).subject !== undefined) {
    output.say(`"${typed}" is not a participant, a number or a kit of this study.`);
  } else {
    sayRefusal(output, wrong);
    if (wrong instanceof NotAssigned && wrong.hint !== undefined) output.say(wrong.hint);
  }
  const near = randomizations(study.ledger.whole).filter(
    ({ subject, number }) => isNearId(typed, subject) || isNearId(typed, number),
  );
  if (isUnknown && near.length > 0 && near.length <= MOST_NEAR) {
    const named = near.map(({ subject, number }) => `${subject} (${number})`);
    output.say(`Did you mean ${named.join(' or ')}?`);
  }
  output.say(
    isKnown
      ? 'To list all participants, run: randose calendar. Ctrl-C cancels.'
      : "Type the code on the participant's kit, or the number on the calendar. Ctrl-C cancels.",
  );
}

/** Whether an answer has the form of an id, a number or a kit code. Any other one may be a secret, or a name. */
function looksLikeId(typed: string): boolean {
  const id = typed.replace(/^--(subject|number|kit)[ =]+/, '');
  if (/^[A-Z0-9][A-Z0-9 ._-]*$/.test(id)) return true;
  return /\d/.test(id) && parseSubjectId(id) !== undefined;
}

const NOT_KEPT =
  'This is not a participant, a number or a kit of this study. What you typed was not kept. Ctrl-C cancels.';

/** If more ids than these are near, they say nothing. */
const MOST_NEAR = 3;

/** Says who is opened, and who saw their arm before: while it can still be cancelled. */
function sayTarget(output: Output, study: RescuedStudy, flags: TargetFlags): void {
  const target = targetOf(study, flags);
  if (target?.slot === undefined) return;
  const { subject, slot } = target;
  const given = givenOf(flags);
  const [holder] = slot.holders;
  const nameOf = participantNames(study.ledger.whole);
  if (given !== undefined) {
    output.say(`This is ${lowerFirst(givenText({ ...given, to: nameOf(given.to) }))}.`);
  } else if (holder !== undefined) {
    output.say(
      `This is ${nameOf(holder.subject)}, randomization number ${numberText(holder.number, kitNames(holder))}.`,
    );
  }
  for (const one of kitsInsteadOf(study, target.slot, given)) {
    output.say(anotherKitText(one, { number: slot.number, subject, given }, output.colour));
  }
  const before = openingsBefore(study, flags, { subject, number: slot.number });
  for (const one of before) output.sayOnce(openedBeforeText(one));
}

/** The kits that a participant was given other than their own; of a kit that is opened as given, `askIfNotGiven` asks. */
function kitsInsteadOf(
  study: RescuedStudy,
  { holders: [holder], kits }: FoundSlot,
  given: KitGivenTo | undefined,
): GivenKit[] {
  if (holder === undefined || given !== undefined) return [];
  const own = [...kitsOfEntry(holder), ...kits];
  return otherKitsGiven(study.ledger.whole, holder.subject, own);
}

/**
 * Asks whether to go on, if the ledger does not say that the participant was given this kit: the code may be mistyped.
 *
 * @throws Cancelled if the answer is not yes
 */
async function askIfNotGiven(
  output: Output,
  study: RescuedStudy,
  flags: UnblindFlags,
): Promise<void> {
  const given = givenOf(flags);
  const doubt = given && notGivenText(study, given);
  if (given === undefined || doubt === undefined || surelyNobody(study, flags)) return;
  output.say(`${upperFirst(doubt)}.`);
  if (flags.yes === true || flags.dryRun === true) return;
  if (!(await confirm(`Open kit ${given.kit}?`))) throw new Cancelled();
}

/**
 * Asks whether a code-break is meant, in a study that is open label: it counts as one.
 *
 * @throws Cancelled if the answer is not yes
 */
async function askIfOpenLabel(
  output: Output,
  study: RescuedStudy,
  flags: UnblindFlags,
): Promise<void> {
  if (!isOpenLabel(study)) return;
  output.say(OPEN_LABEL);
  if (flags.yes === true || flags.dryRun === true) return;
  if (!(await confirm('Break the code all the same?'))) throw new Cancelled();
}

/** Undefined if the records do not say it: that is found again when it is opened. */
function targetOf(study: RescuedStudy, flags: TargetFlags): Target | undefined {
  try {
    return findTarget(study, flags);
  } catch (error) {
    if (error instanceof RandoseError) return undefined;
    throw error;
  }
}

/**
 * Shows what is about to be recorded, and asks whether to go on, if no passphrase and no card key is typed: to type
 * one is an answer too. Whoever gave the participant, the key and the reason as options is not asked.
 *
 * @param typed the flags as they were typed
 * @throws Cancelled if the answer is not yes
 */
export async function confirmCodeBreak(
  output: Output,
  study: RescuedStudy,
  flags: ReasonedFlags,
  typed: UnblindFlags,
): Promise<void> {
  if (surelyNobody(study, flags) !== undefined) return;
  const isAllTyped =
    ASKED.every((name) => flags[name] === typed[name]) &&
    typed.identity !== undefined &&
    namesParticipant(typed);
  const isAsked = !isAllTyped && flags.yes !== true && !isSecretTyped(flags);
  if (isAsked || isSecretTyped(flags)) sayReason(output, flags.reason, flags.by);
  const given = givenOf(flags);
  const whose =
    given === undefined
      ? (targetOf(study, flags)?.subject ?? typedIn(flags))
      : lowerFirst(givenText(given));
  if (isAsked && !(await confirm(`Open ${whose}?`))) throw new Cancelled();
}

/** What was asked for if it differs from what was typed. */
const ASKED = ['subject', 'number', 'kit', 'identity', 'reason'] as const;

/** How an answer names the participant: by itself, or with a flag if it could be two things. */
function chosenNaming(study: RescuedStudy, typed: string): Naming {
  const [, flag, id = ''] = /^--(subject|number|kit)[ =]+(.+)$/.exec(typed) ?? [];
  return flag === undefined ? namingOf(study, typed) : { [flag]: id };
}

async function askWho(output: Output): Promise<string> {
  const who = await askWhoTheyAre(output, askOrBack, (typed) => {
    return looksLikeCardKey(typed)
      ? 'This is the key of the code-break card: it is asked for later.'
      : undefined;
  });
  return formatWho(who);
}

/** Says what is wrong with an answer. Any other error is not about the answer. */
function sayRefusal(output: Output, error: unknown): void {
  if (!(error instanceof RandoseError)) throw error;
  output.say(`${upperFirst(error.message)}.`);
  // Other hints are about command lines.
  if (error.code === 'usage' && error.hint !== undefined) output.say(error.hint);
}
