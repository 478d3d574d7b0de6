import { RandoseError } from '../../errors.ts';
import { parseWho, type Who } from '../../ledger/who.ts';
import { Cancelled } from '../../system/prompts.ts';
import { upperFirst } from '../../words.ts';
import type { Output } from '../output/output.ts';
import { shortWhoText } from './short-who.ts';

/** What is asked of somebody who did not say it with `--by`. */
const WHO_ARE_YOU = 'Who are you? Your name, your role, your organisation: ';

const EXAMPLE = '"E. Example, physician"';

/** What the next question of another kind takes: whoever types it here has not read this one. */
const YES_OR_NO = /^(y|yes|no?|o|oui|non|j|ja|nein|si|sí|ok)[.!]?$/i;

/**
 * Asks who somebody is, until the answer can be a name. Of a name without a role it warns, as of `--by`: the ledger keeps
 * it for good.
 *
 * @param ask takes the question; what it throws ends the questions
 * @param refused says why an answer cannot be taken; undefined if it can
 */
export async function askWhoTheyAre(
  output: Output,
  ask: (question: string) => Promise<string>,
  refused: (typed: string) => string | undefined = () => undefined,
): Promise<Who> {
  let doubted: string | undefined;
  for (;;) {
    const typed = (await ask(WHO_ARE_YOU)).trim();
    const why = refused(typed) ?? whyNoName(typed);
    if (why !== undefined) {
      output.say(why);
      continue;
    }
    if (!/[\s,]/.test(typed) && typed !== doubted) {
      output.say(`Type your name first, then a comma and your role: ${EXAMPLE}.`);
      doubted = typed;
      continue;
    }
    const who = readName(output, typed);
    if (who === undefined) continue;
    if (who.role === '') output.warn(shortWhoText('your answer', who));
    return who;
  }
}

function whyNoName(typed: string): string | undefined {
  if (typed === '') return 'Type your name, then a comma and your role. Ctrl-C cancels.';
  const isName = /\p{L}.*\p{L}/u.test(typed) && !YES_OR_NO.test(typed);
  return isName
    ? undefined
    : `This is not a name. Type your name, then a comma and your role: ${EXAMPLE}. Ctrl-C cancels.`;
}

/** Undefined if the text is not somebody: that is said. */
function readName(output: Output, typed: string): Who | undefined {
  try {
    return parseWho(typed);
  } catch (error) {
    if (!(error instanceof RandoseError) || error instanceof Cancelled) throw error;
    output.say(`${upperFirst(error.message)}.`);
    return undefined;
  }
}
