import { parseWho } from '../../../ledger/who.ts';
import { ledgerOf } from '../../../store/ledger-of.ts';
import { domainOf } from '../../../store/open-study.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { findStudyFolder } from '../../../store/folder/study-folder.ts';
import { importLedger } from '../../../store/postgres/import-ledger.ts';
import { openServer } from '../../../store/postgres/open-server.ts';
import { signingWith } from '../../../store/signing.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { askFirst, tellWould } from '../../study/look-first.ts';
import type { LedgerFlags } from './command.ts';
import { requireUrl } from './database-url.ts';
import { requireBy } from './who-and-why.ts';

/** `randose ledger --import`: moves the ledger of a folder into a database. */
export async function moveToDatabase(output: Output, flags: LedgerFlags): Promise<void> {
  const url = requireUrl(flags, '--import');
  const who = parseWho(requireBy(flags, '--import'));
  const root = findStudyFolder(flags.study);
  const opened = await openServer(url);
  noteOpened(opened.connection);
  // The ledger that is moved is the one in the folder.
  const here = { root, domain: domainOf(flags), ledger: ledgerOf(root, { isInFolder: true }) };
  if (flags.dryRun === true) {
    const { head } = await here.ledger.read();
    tellWould(output, `move ${counted(head.seq, 'entry', 'entries')} into the database`);
    return;
  }
  const place = await atHome(output, here, flags);
  await askFirst(output, flags, 'Move the ledger into the database?', [
    'From then on nothing can be recorded in this folder alone: every command needs the database.',
  ]);
  const signing = await signingWith(flags.sign, !output.json);
  const { count, head } = await importLedger(
    place,
    opened,
    { who, signing },
    (done, total, what) => {
      output.progress(done, total, what);
    },
  );
  output.result(
    { imported: count, ledger: head },
    `${counted(count, 'entry', 'entries')} moved into the database, with the files of the study.\nThe ledger in this folder ends with an entry about it, which is in this folder alone.\n\nThe ledger in the database ends at:\n${formatReceipt(head)}\n`,
  );
  output.say(
    'Next: give each login its duty (randose ledger --grant LOGIN --duty DUTY), and make the folders of the sites (randose pull).',
  );
}
