import { RandoseError } from '../../../errors.ts';
import { formatHead } from '../../../ledger/chain.ts';
import { formatWho, type Who } from '../../../ledger/who.ts';
import { acceptOlder, viewHome } from '../../../store/folder/home.ts';
import { ledgerOf } from '../../../store/ledger-of.ts';
import type { LedgerStore } from '../../../store/ledger-store.ts';
import { upperFirst } from '../../../words.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { olderText } from '../../study/at-home.ts';
import { askFirst, tellWould } from '../../study/look-first.ts';
import type { LedgerFlags } from './command.ts';
import type { Output } from '../../output/output.ts';

/**
 * Accepts the ledger as it is, although a newer one was seen in this folder. Nothing is entered in it: who accepted it
 * and why is kept in the user's state folder, and printed for the file.
 *
 * @throws RandoseError `usage` if no newer ledger was seen here
 */
export async function acceptOlderLedger(
  output: Output,
  root: string,
  { who, reason }: { readonly who: Who; readonly reason: string },
  flags: LedgerFlags,
): Promise<void> {
  const store = ledgerOf(root, flags);
  if (store.kind === 'database') {
    await acceptOlderDatabase(output, store, { who, reason }, flags);
    return;
  }
  const view = viewHome(root).older;
  if (view !== undefined && flags.dryRun !== true) {
    await askFirst(output, flags, 'Accept it?', [`${LEDGER_FILE} ${olderText(view)}.`]);
  }
  await store.exclusive(() => {
    const { older } = viewHome(root);
    if (older === undefined) {
      throw new RandoseError('usage', 'no newer ledger was seen here: nothing to accept', {
        hint: 'Nothing was changed.',
      });
    }
    if (flags.dryRun === true) {
      tellWould(output, `accept ${LEDGER_FILE}, which ${olderText(older)}`);
      return;
    }
    acceptOlder(root, older, who, reason);
    const [from, to] = [formatHead(older.seen), formatHead(older.now)];
    output.result(
      { accepted: { from, to, who, reason } },
      `Accepted: ${LEDGER_FILE} ${olderText(older)}.\nBy ${formatWho(who)}: "${reason}"\n`,
    );
    output.say(
      'Print this and file it: it is not in the ledger. Ask who did what, look at the receipts on file, and record what is missing. Then: randose verify',
    );
  });
}

/** The same for a ledger in a database that lacks entries which were seen in it. */
async function acceptOlderDatabase(
  output: Output,
  store: LedgerStore,
  { who, reason }: { readonly who: Who; readonly reason: string },
  flags: LedgerFlags,
): Promise<void> {
  const { newestSeen, acceptOlderHead, wentBack } =
    await import('../../../store/postgres/newest-head.ts');
  const { head, hashes } = await store.inspect();
  const first = hashes[0] ?? '';
  const seen = newestSeen(first);
  if (seen === undefined || hashes[seen.seq - 1] === seen.hash) {
    throw new RandoseError('usage', 'no newer ledger was seen here: nothing to accept', {
      hint: 'Nothing was changed.',
    });
  }
  const { message } = wentBack(head, seen);
  if (flags.dryRun === true) {
    tellWould(output, `accept it although ${message}`);
    return;
  }
  await askFirst(output, flags, 'Accept it?', [`${upperFirst(message)}.`]);
  acceptOlderHead(first, head);
  const [from, to] = [formatHead(seen), formatHead(head)];
  output.result(
    { accepted: { from, to, who, reason } },
    `Accepted, although ${message}.\nBy ${formatWho(who)}: "${reason}"\n`,
  );
  output.say(
    'Print this and file it: it is not in the ledger. Collect the receipts of all sites, and record what is missing again. Then: randose verify',
  );
}
