import { RandoseError } from '../../../errors.ts';
import { meaningsOf, type Naming } from '../../../ledger/named-participant.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { isNearId } from '../../../ledger/like-ids.ts';
import { openingsOfSlot } from '../../../ledger/openings.ts';
import { formatWho, parseWho } from '../../../ledger/who.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { ask, Cancelled, confirm } from '../../../system/prompts.ts';
import { isSecretTyped } from '../../arguments/keys.ts';
import type { Output } from '../../output/output.ts';
import { askReason } from '../../study/opening-reason.ts';
import { askForKey } from './ask-key.ts';
import { openedBeforeText } from './code-break-view.ts';
import { namingOf } from './naming.ts';
import { findTarget, sourcesOf, surelyNobody, type Target, type TargetFlags } from './target.ts';
import type { UnblindFlags } from './command.ts';
import { namesParticipant, type ReasonedFlags } from './unblind-flags.ts';

/**
 * Asks a person at the terminal for what a code-break needs and was not typed: the participant, the key, who they
 * are, the reason. A wrong answer is asked again. Nothing is on record yet.
 *
 * @throws Cancelled
 */
export async function askMissing(
  output: Output,
  study: RescuedStudy,
  flags: UnblindFlags,
): Promise<ReasonedFlags> {
  const isCardAlone = flags.card === true && flags.identity === undefined;
  const isNamed = isCardAlone || namesParticipant(flags);
  const hasKey = flags.identity !== undefined || flags.card === true;
  const wrong = isNamed ? surelyNobody(study, flags) : undefined;
  // If nothing else has to be asked, the command line is refused as it is, and the attempt is on record.
  const isAskedAgain = wrong !== undefined && !(hasKey && flags.reason !== undefined);
  if (isAskedAgain) sayNobody(output, study, typedIn(flags), wrong);
  const rest = isAskedAgain ? withoutNaming(flags) : flags;
  const naming = isNamed && !isAskedAgain ? {} : await askForParticipant(output, study);
  sayTarget(output, study, { ...rest, ...naming });
  const needed = study.batches.at(-1)?.inForce?.custody.needed ?? 1;
  const openers = openersOf(study);
  const desk = { root: study.root, people: study.study, needed, hasCards: true, openers };
  const key = hasKey ? {} : await askForKey(output, desk);
  const all = { ...rest, ...naming, ...key };
  const by = all.card === true && all.by === undefined ? await askWho(output) : undefined;
  const reason = all.reason ?? (await askReason(output));
  return { ...all, ...(by !== undefined && { by }), reason };
}

/** The public halves of the keys that open envelopes, alone or together; undefined if nothing says it. */
function openersOf({ batches, study }: RescuedStudy): ReadonlySet<string> | undefined {
  const sealed = batches.flatMap(({ inForce }) => inForce?.custody.officers ?? []);
  const officers = sealed.length > 0 ? sealed : study?.officers;
  return officers && new Set(officers.map(({ recipient }) => recipient));
}

const NAMING: readonly string[] = ['subject', 'number', 'kit', 'givenTo'];

function withoutNaming(flags: UnblindFlags): UnblindFlags {
  const own = Object.entries(flags).filter(([name]) => !NAMING.includes(name));
  return { ...(Object.fromEntries(own) as Partial<UnblindFlags>), format: flags.format };
}

function typedIn({ subject, number, kit }: UnblindFlags): string {
  return subject ?? number ?? kit ?? '';
}

async function askForParticipant(output: Output, study: RescuedStudy): Promise<Naming> {
  for (;;) {
    const typed = (await ask('Which participant? Subject id, number or kit code: ')).trim();
    if (typed === '') continue;
    try {
      const naming = chosenNaming(study, typed);
      const wrong = surelyNobody(study, naming);
      if (wrong === undefined) {
        findTarget(study, naming);
        return naming;
      }
      sayNobody(output, study, typed, wrong);
    } catch (error) {
      sayRefusal(output, error);
    }
  }
}

/** Says that what was typed names nobody who can be opened, and what may be meant. It chooses nobody. */
function sayNobody(output: Output, study: RescuedStudy, typed: string, wrong: RandoseError): void {
  const isUnknown = meaningsOf(typed, sourcesOf(study)).length === 0;
  if (isUnknown && namingOf(study, typed).subject !== undefined) {
    output.say(`"${typed}" is not a participant, a number or a kit of this study.`);
  } else {
    sayRefusal(output, wrong);
  }
  const near = randomizations(study.ledger.whole).filter(
    ({ subject, number }) => isNearId(typed, subject) || isNearId(typed, number),
  );
  if (isUnknown && near.length > 0 && near.length <= MOST_NEAR) {
    const named = near.map(({ subject, number }) => `${subject} (${number})`);
    output.say(`Did you mean ${named.join(' or ')}?`);
  }
  output.say('To list all participants, run: randose calendar. Ctrl-C cancels.');
}

/** If more ids than these are near, they say nothing. */
const MOST_NEAR = 3;

/** Says who is opened, and who saw their arm before: while it can still be cancelled. */
function sayTarget(output: Output, study: RescuedStudy, flags: TargetFlags): void {
  const target = targetOf(study, flags);
  if (target?.slot === undefined) return;
  const { subject, slot } = target;
  const [holder] = slot.holders;
  if (holder !== undefined) {
    output.say(
      `This is ${holder.subject}, randomization number ${holder.number}, kit ${holder.kit}.`,
    );
  }
  const before = openingsOfSlot(study.ledger.whole, {
    subject: subject ?? undefined,
    number: slot.number,
  });
  for (const one of before) output.sayOnce(openedBeforeText(one));
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
  const isScript = typed.identity !== undefined && typed.reason !== undefined;
  const isAllTyped = isScript && namesParticipant(typed);
  const isAsked = !isAllTyped && flags.yes !== true && !isSecretTyped(flags);
  if (isAsked || isSecretTyped(flags)) {
    const by = flags.by === undefined ? '' : `, by ${flags.by}`;
    output.say(`For the ledger: "${flags.reason.trim()}"${by}. Ctrl-C cancels.`);
  }
  const whose = targetOf(study, flags)?.subject ?? typedIn(flags);
  if (isAsked && !(await confirm(`Open ${whose}?`))) throw new Cancelled();
}

/** How an answer names the participant: by itself, or with a flag if it could be two things. */
function chosenNaming(study: RescuedStudy, typed: string): Naming {
  const [, flag, id = ''] = /^--(subject|number|kit)[ =]+(.+)$/.exec(typed) ?? [];
  return flag === undefined ? namingOf(study, typed) : { [flag]: id };
}

async function askWho(output: Output): Promise<string> {
  let doubted: string | undefined;
  for (;;) {
    const typed = (await ask('Who are you? Your name, your role, your organisation: ')).trim();
    if (typed === '') continue;
    if (!/[\s,]/.test(typed) && typed !== doubted) {
      output.say('Type your name first, then a comma and your role: "E. Example, physician".');
      doubted = typed;
      continue;
    }
    try {
      return formatWho(parseWho(typed));
    } catch (error) {
      sayRefusal(output, error);
    }
  }
}

/** Says what is wrong with an answer. Any other error is not about the answer. */
function sayRefusal(output: Output, error: unknown): void {
  if (!(error instanceof RandoseError)) throw error;
  output.say(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
  // Other hints are about command lines.
  if (error.code === 'usage' && error.hint !== undefined) output.say(error.hint);
}
