import { RandoseError } from '../../../errors.ts';
import { whyNotStored } from '../../../study/stored-text.ts';
import type { Naming } from '../../../ledger/named-participant.ts';
import { findSlot } from '../../../ledger/sought-slot.ts';
import { formatWho, parseWho } from '../../../ledger/who.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { ask } from '../../../system/prompts.ts';
import type { Output } from '../../output/output.ts';
import { askForKey } from './ask-key.ts';
import { namingOf } from './naming.ts';
import { sourcesOf } from './target.ts';
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
  const naming = isNamed ? {} : await askForParticipant(output, study);
  const hasKey = flags.identity !== undefined || flags.card === true;
  const needed = study.batches.at(-1)?.inForce?.custody.needed ?? 1;
  const desk = { root: study.root, people: study.study, needed, hasCards: true };
  const key = hasKey ? {} : await askForKey(output, desk);
  const all = { ...flags, ...naming, ...key };
  const by = all.card === true && all.by === undefined ? await askWho(output) : undefined;
  const reason = all.reason ?? (await askReason(output));
  return { ...all, ...(by !== undefined && { by }), reason };
}

async function askForParticipant(output: Output, study: RescuedStudy): Promise<Naming> {
  const sources = sourcesOf(study);
  for (;;) {
    const typed = (await ask('Which participant? Subject id, number or kit code: ')).trim();
    if (typed === '') continue;
    try {
      const naming = chosenNaming(study, typed);
      const slot = findSlot(naming, sources);
      const holder = slot?.holders[0];
      if (slot !== undefined && holder === undefined && sources.isLedgerSound) {
        output.say(`No participant has ${slot.number}. Check the id.`);
        continue;
      }
      if (holder !== undefined) {
        output.say(
          `This is ${holder.subject}, randomization number ${holder.number}, kit ${holder.kit}.`,
        );
      }
      return naming;
    } catch (error) {
      sayRefusal(output, error);
    }
  }
}

/** How an answer names the participant: by itself, or with a flag if it could be two things. */
function chosenNaming(study: RescuedStudy, typed: string): Naming {
  const [, flag, id = ''] = /^--(subject|number|kit)[ =]+(.+)$/.exec(typed) ?? [];
  return flag === undefined ? namingOf(study, typed) : { [flag]: id };
}

async function askWho(output: Output): Promise<string> {
  for (;;) {
    const typed = (await ask('Who are you? NAME, ROLE, ORGANISATION: ')).trim();
    if (typed === '') continue;
    try {
      return formatWho(parseWho(typed));
    } catch (error) {
      sayRefusal(output, error);
    }
  }
}

/** Asks why something is opened. */
export async function askReason(output: Output): Promise<string> {
  output.say('The reason is kept in the ledger, which everyone in the trial can read.');
  for (;;) {
    const typed = (await ask("Why? One sentence, without a participant's name: ")).trim();
    if (typed === '') continue;
    const why = whyNotStored(typed);
    if (why === undefined) return typed;
    output.say(`The reason ${why}.`);
  }
}

/** Says what is wrong with an answer. Any other error is not about the answer. */
function sayRefusal(output: Output, error: unknown): void {
  if (!(error instanceof RandoseError)) throw error;
  output.say(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
  // Other hints are about command lines.
  if (error.code === 'usage' && error.hint !== undefined) output.say(error.hint);
}
