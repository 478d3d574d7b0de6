import { RandoseError } from '../../errors.ts';
import type { Decision, Look } from '../../store/record.ts';
import { confirm, isAtTerminal } from '../../system/prompts.ts';
import type { LookFlags } from '../arguments/options.ts';
import type { Output } from '../output/output.ts';

/**
 * How a person looks at what is about to be recorded. With --dry-run it is shown, and nothing is recorded. On a
 * terminal, what cannot be taken back is shown, and recorded if the answer is yes; --yes answers it.
 */
export function lookFirst(output: Output, { dryRun = false, yes = false }: LookFlags): Look {
  const asks = !dryRun && !yes && !output.json && isAtTerminal();
  return {
    asks,
    see: async (decision) => {
      if (dryRun) showOnly(output, decision);
      else if (asks && decision.before?.question !== undefined) {
        await ask(output, decision.before.question, decision);
      }
      return !dryRun;
    },
  };
}

/** What is above everything that is shown before it is recorded, for its sentences say that it is done. */
const NOT_YET = 'Not recorded yet:';

function showOnly(output: Output, { acts, gives, before }: Decision): void {
  const lines = before === undefined ? gives.map((line) => `  ${line}\n`).join('') : before.text;
  output.result(
    { dryRun: true, acts, gives },
    `${NOT_YET}\n${lines}Dry run: nothing was recorded or written.\n`,
  );
  for (const text of before?.warnings ?? []) output.warn(text);
}

/**
 * Asks on a terminal before something is done that nobody can take back; --yes answers. Scripts are not asked.
 *
 * @param about what is shown above the question
 * @param nothing what is said if the answer is not yes
 * @throws RandoseError `usage` if the answer is not yes
 */
export async function askFirst(
  output: Output,
  { yes = false }: Pick<LookFlags, 'yes'>,
  question: string,
  about: readonly string[] = [],
  nothing = 'Nothing was done.',
): Promise<void> {
  if (yes || output.json || !isAtTerminal()) return;
  for (const text of about) output.tell(text);
  if (await confirm(question)) return;
  throw new RandoseError('usage', `Cancelled. ${nothing}`);
}

/** Says what a command would do to the study folder or outside it, and does nothing. */
export function tellWould(output: Output, would: string): void {
  output.result({ dryRun: true, would }, `Would ${would}.\nDry run: nothing was changed.\n`);
}

/** Says what a command that opens something would do, before a key is asked for. */
export function tellDryRun(output: Output, would: string): void {
  output.result(
    { dryRun: true, would },
    `Would ${would}.\nDry run: nothing was opened, and nothing is on record.\n`,
  );
}

/** @throws RandoseError `usage` if the answer is not yes */
async function ask(output: Output, question: string, { before }: Decision): Promise<void> {
  const { text = '', warnings = [] } = before?.brief ?? before ?? {};
  output.tell(`${NOT_YET}\n${text}`.trimEnd());
  for (const warning of warnings) output.warn(warning);
  if (await confirm(question)) return;
  throw new RandoseError('usage', 'Cancelled. Nothing was recorded.');
}
