import { RandoseError } from '../../../errors.ts';
import { incompleteLine, repairLedger } from '../../../store/folder/repair-ledger.ts';
import { loadStudy } from '../../../store/folder/study-folder.ts';
import { signingWith } from '../../../store/signing.ts';
import { lineEndsError } from '../../../store/verify/changed-line-ends.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { askFirst, tellWould } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LedgerFlags } from './command.ts';
import { reasoned } from './who-and-why.ts';

/**
 * Removes the incomplete last line of a ledger, on record. On a terminal it first shows the line and asks.
 *
 * @throws RandoseError if the last line is complete, or if it lacks nothing but its end
 */
export async function repair(output: Output, root: string, options: LedgerFlags): Promise<void> {
  const { who, reason } = reasoned(options, 'repair');
  if (studyPlace(options).ledger.kind === 'database') {
    throw new RandoseError(
      'usage',
      'the ledger in a database has no incomplete line: --repair is for ledger.jsonl',
      {
        hint: 'Nothing was done. To see whether something is wrong: randose verify',
      },
    );
  }
  // A last line that lacks nothing but its end is an act: it is put back, not removed.
  const changed = lineEndsError(root);
  if (changed !== undefined) throw changed;
  if (options.dryRun === true) {
    tellWould(output, repairText(root));
    return;
  }
  const { ledger: store } = await atHome(output, studyPlace(options), options);
  await askFirst(output, options, 'Remove this line?', [
    `This will ${repairText(root)}. An entry of the ledger keeps its bytes.`,
  ]);
  const signing = await signingWith(options.sign, !output.json);
  const about = { who, reason };
  const repaired = await repairLedger(loadStudy(root), store, about, signing);
  const { head, bytes, was, late } = repaired;
  const lateText =
    late === 0 ? '' : `${counted(late, 'entry', 'entries')} from pending/ entered late.\n`;
  output.result(
    { removedBytes: bytes, was, entered: late, ledger: head },
    `The incomplete last line (${counted(bytes, 'byte')}) was removed. An entry of the ledger keeps its bytes.\n${lateText}\n${formatReceipt(head)}\n`,
  );
  if (was !== '') {
    output.warn(`the removed line was about: ${was}. ${afterRepairText(was)}`);
  }
  output.say(
    'Compare the ledger with the receipts on file, and ask who did what was in that line. A receipt of the removed line no longer matches the ledger, but the repair entry keeps the line.',
  );
}

/** What a repair would do: which line it removes, and how long that is. @throws RandoseError as `incompleteLine` does */
function repairText(root: string): string {
  const { bytes, was, line } = incompleteLine(root);
  const about = was === '' ? '' : `, about ${was}`;
  return `remove the incomplete last line (line ${line}, ${counted(bytes, 'byte')}${about})`;
}

/** What to do about an act whose incomplete line was removed. @param was the act, as far as it can be read */
function afterRepairText(was: string): string {
  if (/^[a-z -]+ outcome\b/.test(was)) {
    return 'There is nothing to record again: randose verify goes on saying that this opening has no outcome.';
  }
  if (/^[a-z -]+ intent\b/.test(was)) {
    return 'If something was opened, write down who opened it, when and why, and file it: no command records it.';
  }
  return 'If it took place, record it again before anybody records anything else.';
}
