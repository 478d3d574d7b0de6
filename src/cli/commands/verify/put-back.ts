import { ledgerOf } from '../../../store/ledger-of.ts';
import { changedLineEnds, changesText } from '../../../store/verify/changed-line-ends.ts';
import { repairLineEnds } from '../../../store/verify/repair-line-ends.ts';
import { counted } from '../../../words.ts';
import { askFirst } from '../../study/look-first.ts';
import type { Output } from '../../output/output.ts';
import type { VerifyFlags } from './command.ts';

/**
 * `verify --repair-line-ends`: shows which files have other line ends, asks on a terminal, and puts them back.
 *
 * @returns the files, relative to the study folder
 * @throws RandoseError `usage` if the person says no
 */
export async function putBack(
  output: Output,
  root: string,
  { yes = false, dryRun = false }: VerifyFlags,
): Promise<string[]> {
  const changed = changedLineEnds(root);
  if (changed.size === 0) {
    output.say('No file has only its line ends changed: nothing was put back.');
    return [];
  }
  for (const [file, proven] of changed) output.say(`${file} ${changesText(proven)}.`);
  if (dryRun) {
    output.say('Dry run: nothing was put back.');
    return [];
  }
  const count = counted(changed.size, 'file');
  await askFirst(output, { yes }, `Put back ${count}?`);
  const repaired = await repairLineEnds(root, ledgerOf(root));
  output.say(`Put back ${counted(repaired.length, 'file')}, as the digests prove.`);
  return repaired;
}
