import type { OptionValues } from '@commander-js/extra-typings';
import { RandoseError } from '../../errors.ts';
import { parseWho, type Who } from '../../ledger/who.ts';
import { isAtTerminal } from '../../system/prompts.ts';
import type { Output } from '../output/output.ts';

/**
 * Warns a person at the terminal who gives a name without a role: the ledger keeps "Anna" for good, and an inspector asks
 * who that was. It is only a warning, for a study may have its own list of people, and scripts have theirs.
 */
export function warnOfShortWho(output: Output, { by, openedBy }: OptionValues): void {
  if (output.json || !isAtTerminal()) return;
  const given = [
    ['--by', by],
    ['--opened-by', openedBy],
  ] as const;
  for (const [flag, text] of given) {
    const who = typeof text === 'string' ? readWho(text) : undefined;
    if (who?.role !== '') continue;
    output.warn(
      `${shortWhoText(flag, who)} Add the role and the organisation, as in "A. Example, pharmacist, Example Hospital".`,
    );
  }
}

/** That a name without a role is not enough. @param where what has only the name, such as a flag */
export function shortWhoText(where: string, { name }: Who): string {
  return `${where} says only "${name}": an inspector will not know who this is.`;
}

/** Undefined if nobody is named: the command says why. */
function readWho(text: string): Who | undefined {
  try {
    return parseWho(text);
  } catch (error) {
    if (error instanceof RandoseError) return undefined;
    throw error;
  }
}
