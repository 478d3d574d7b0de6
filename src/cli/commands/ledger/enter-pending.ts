import { RandoseError } from '../../../errors.ts';
import { enterNow } from '../../../store/enter-now.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { tellWould } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LedgerFlags } from './command.ts';
import { readOwnLedger } from './own-ledger.ts';

/** Enters the code-breaks in pending/. Every command that writes the ledger does the same. */
export async function enterPending(
  output: Output,
  root: string,
  options: LedgerFlags,
): Promise<void> {
  const place = studyPlace(options);
  // Of a file, what is wrong with it is told; a database checks what it takes.
  const readNow = () =>
    place.ledger.kind === 'database' ? place.ledger.inspect() : readOwnLedger(root);
  if (options.dryRun === true) {
    const { acts } = waitingActs(root, (await readNow()).entries);
    tellWould(output, `enter ${counted(acts.length, 'entry', 'entries')} from pending/`);
    return;
  }
  const { ledger: store } = await atHome(output, place, options);
  await store.exclusive(async () => {
    const { entries, head: before, problems } = await readNow();
    if (problems.length > 0) {
      throw new RandoseError('not-trusted', `${LEDGER_FILE} is damaged: nothing can be entered`, {
        problems,
        hint: 'What is in pending/ stays there. Restore the ledger from a backup, or run: randose ledger --repair --by WHO --reason TEXT',
      });
    }
    const { acts, files } = waitingActs(root, entries);
    if (files.length === 0) {
      throw new RandoseError('usage', 'pending/ is empty: nothing to enter');
    }
    // The store enters what waits before other acts; here there are no others.
    const { head } = await enterNow(store, { head: before }, []);
    const count = counted(acts.length, 'entry', 'entries');
    const said =
      acts.length === 0 ? 'What was in pending/ is in the ledger.' : `${count} entered late.`;
    output.result({ entered: acts.length, ledger: head }, `${said}\n\n${formatReceipt(head)}\n`);
  });
}
