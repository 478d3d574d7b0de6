import type { OptionValues } from '@commander-js/extra-typings';
import { RandoseError } from '../../errors.ts';
import { findAnyStudyFolder, loadStudy } from '../../store/folder/study-folder.ts';
import { armInText } from '../../study/arms-in-text.ts';
import type { Study } from '../../study/study.ts';
import { confirm, isAtTerminal } from '../../system/prompts.ts';
import type { Output } from '../output/output.ts';

/** That a reason names an arm, and who reads it; undefined if it names none, or if the study is open label. */
export function armInReason(
  reason: string,
  study: Pick<Study, 'arms' | 'blinding'> | undefined,
): string | undefined {
  if (study === undefined || study.blinding === 'open label') return undefined;
  const named = armInText(reason, study.arms);
  if (named === undefined) return undefined;
  return `the reason names an arm ("${named}"). Everybody who reads the ledger reads the reason, also blinded people, and it cannot be changed afterwards. Leave the arm out, unless this is meant.`;
}

/**
 * Asks a person at the terminal whether a reason that names an arm is meant; otherwise only warns, for a script cannot
 * answer, and a code-break is never stopped.
 *
 * @param command the command that is typed
 * @returns the flags; without the reason if it is not meant, and the command asks for another one
 * @throws RandoseError `usage` if it is not meant, and the command does not ask
 */
export async function askAboutArms(
  output: Output,
  flags: OptionValues,
  command: string,
): Promise<OptionValues> {
  const { reason, study, yes, dryRun } = flags;
  if (typeof reason !== 'string') return flags;
  const text = armInReason(reason, readableStudy(typeof study === 'string' ? study : undefined));
  if (text === undefined) return flags;
  output.warn(text);
  const isAsked = yes !== true && dryRun !== true && !output.json && isAtTerminal();
  if (!isAsked || (await confirm('Keep this reason?'))) return flags;
  if (command !== 'unblind') {
    throw new RandoseError('usage', 'Cancelled. Nothing was done.', {
      hint: 'Run the command again with another reason.',
    });
  }
  return Object.fromEntries(Object.entries(flags).filter(([name]) => name !== 'reason'));
}

/** The study, if its study.yaml can be read: a damaged one stops nothing here. */
function readableStudy(given: string | undefined): Study | undefined {
  try {
    return loadStudy(findAnyStudyFolder(given)).study;
  } catch (error) {
    if (error instanceof RandoseError) return undefined;
    throw error;
  }
}
