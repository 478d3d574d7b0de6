import { looksLikeCardKey } from '../../blinding/typed-card.ts';
import { RandoseError } from '../../errors.ts';
import type { GivenKeys } from '../../store/opening/keys.ts';
import { whyNotStored } from '../../study/stored-text.ts';
import type { Study } from '../../study/study.ts';
import { isAtTerminal } from '../../system/prompts.ts';
import { upperFirst } from '../../words.ts';
import { askOrBack, FIRST_QUESTION, WentBack } from '../arguments/ask-or-back.ts';
import { givenKeys, isSecretTyped } from '../arguments/keys.ts';
import type { KeyFlags } from '../arguments/options.ts';
import type { Output } from '../output/output.ts';
import { armInReason } from './arms-in-reason.ts';

/** What shows whether a reason names an arm that nobody may know. */
type ReasonedStudy = Pick<Study, 'arms' | 'blinding'>;

/**
 * Why something is opened: as it was typed, or as the person at the terminal answers. The whole list, a rewrap, and
 * whatever was opened before need a reason. The first packing list and the first cards of a batch have their purpose.
 *
 * @param given what was typed as --reason
 * @param opening what is opened, for the error: "a rewrap"
 * @param example a reason, for the error
 * @param study undefined if study.yaml cannot be read
 * @throws RandoseError `usage` if none was typed and there is nobody to ask; Cancelled
 */
export async function openingReason(
  output: Output,
  given: string | undefined,
  opening: string,
  example: string,
  study: ReasonedStudy | undefined,
): Promise<string> {
  const typed = (given ?? '').trim();
  if (typed !== '') return typed;
  if (!output.json && isAtTerminal()) return askReasonFirst(output, study);
  throw new RandoseError('usage', `${opening} needs a reason`, {
    hint: `For example: --reason "${example}". It is kept in the ledger. Nothing was opened.`,
  });
}

/** As `askReason`, if no question was asked before it. */
async function askReasonFirst(output: Output, study: ReasonedStudy | undefined): Promise<string> {
  for (;;) {
    try {
      return await askReason(output, study);
    } catch (error) {
      if (!(error instanceof WentBack)) throw error;
      output.say(FIRST_QUESTION);
    }
  }
}

/**
 * Asks why something is opened. A reason that names an arm is asked again once.
 *
 * @param study undefined if study.yaml cannot be read
 * @throws WentBack if the question before is to be asked again; Cancelled
 */
export async function askReason(output: Output, study: ReasonedStudy | undefined): Promise<string> {
  output.say('The reason is kept in the ledger, which everyone in the trial can read.');
  let doubted: string | undefined;
  for (;;) {
    const typed = await askOrBack("Why? One sentence, without a participant's name: ");
    if (typed === '') {
      output.say('Type a reason, such as "serious adverse event". Ctrl-C cancels.');
      continue;
    }
    const why = looksLikeCardKey(typed)
      ? 'is the key of a code-break card, and was not kept'
      : whyNotStored(typed);
    if (why !== undefined) output.say(`The reason ${why}.`);
    else if ((typed.match(/\p{L}/gu) ?? []).length < LEAST_LETTERS)
      output.say('Say why in a few words.');
    else {
      const arm = typed === doubted ? undefined : armInReason(typed, study);
      if (arm === undefined) return typed;
      output.say(`${upperFirst(arm)}\nTo keep it anyway, type it again.`);
      doubted = typed;
    }
  }
}

/** A reason with fewer letters is a slip of the keyboard. */
const LEAST_LETTERS = 3;

/**
 * The keys of an opening. If a person types a secret, they see the reason before, while they can still cancel: out of
 * habit it may be their passphrase.
 *
 * @throws RandoseError `usage` if the reason has a passphrase in it: the ledger never forgets it; Cancelled
 */
export async function keysAfterReason(
  output: Output,
  flags: KeyFlags,
  reason: string | null,
): Promise<GivenKeys> {
  if (reason !== null && isSecretTyped(flags)) sayReason(output, reason, undefined);
  const { keys, hasPassphraseIn } = await givenKeys(output, flags);
  if (reason === null || !hasPassphraseIn(reason)) return keys;
  throw new RandoseError('usage', 'the reason has a passphrase in it', {
    hint: 'Nothing was opened, and nothing was kept. Run the command again with another reason. If somebody saw the passphrase, make a new key: randose keygen',
  });
}

/** Shows a person what the ledger will say. */
export function sayReason(output: Output, reason: string, by: string | undefined): void {
  const who = by === undefined ? '' : `, by ${by}`;
  output.say(`For the ledger: "${reason.trim()}"${who}. Ctrl-C cancels.`);
}
