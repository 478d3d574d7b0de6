import { RandoseError } from '../../errors.ts';
import { whyNotStored } from '../../study/stored-text.ts';
import { ask, isAtTerminal } from '../../system/prompts.ts';
import type { Output } from '../output/output.ts';

/**
 * Why something is opened: as it was typed, or as the person at the terminal answers. The whole list, a rewrap, and
 * whatever was opened before need a reason. The first packing list and the first cards of a batch have their purpose.
 *
 * @param given what was typed as --reason
 * @param opening what is opened, for the error: "a rewrap"
 * @param example a reason, for the error
 * @throws RandoseError `usage` if none was typed and there is nobody to ask; Cancelled
 */
export async function openingReason(
  output: Output,
  given: string | undefined,
  opening: string,
  example: string,
): Promise<string> {
  const typed = (given ?? '').trim();
  if (typed !== '') return typed;
  if (!output.json && isAtTerminal()) return askReason(output);
  throw new RandoseError('usage', `${opening} needs a reason`, {
    hint: `For example: --reason "${example}". It is kept in the ledger. Nothing was opened.`,
  });
}

/** Asks why something is opened. @throws Cancelled */
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
