import { join, resolve } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { openServer } from '../../../store/postgres/open-server.ts';
import { pullFiles } from '../../../store/postgres/pull.ts';
import { loadStudy } from '../../../store/folder/study-folder.ts';
import { LEDGER_FILE } from '../../../study/layout.ts';
import { exists, filesBelow, makeFolder, writeNew } from '../../../system/files.ts';
import { counted, quoted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { tellWould } from '../../study/look-first.ts';
import type { LedgerFlags } from './command.ts';
import { requireUrl } from './database-url.ts';

/**
 * `randose ledger --export`: a folder with the files of the study and every entry of the database, byte for byte, which
 * needs no database to be verified or opened.
 */
export async function copyToFolder(
  output: Output,
  folder: string,
  flags: LedgerFlags,
): Promise<void> {
  const root = resolve(folder);
  if (exists(root) && filesBelow(root).length > 0) {
    throw new RandoseError('would-overwrite', `${folder} is not empty`, {
      hint: 'Nothing was written. Name a new folder.',
    });
  }
  const { server, standing, connection } = await openServer(requireUrl(flags, '--export'));
  noteOpened(connection);
  const { head, lines } = await server.readLedger();
  if (lines.length < head.seq) {
    throw new RandoseError(
      'no-access',
      `${connection.login} sees ${lines.length} of ${head.seq} entries: a copy must have all`,
      {
        hint: 'Nothing was written. A login with the duty inspector, monitor or a central one sees all.',
      },
    );
  }
  if (flags.dryRun === true) {
    tellWould(
      output,
      `write ${counted(head.seq, 'entry', 'entries')} and the files into ${folder}`,
    );
    return;
  }
  makeFolder(root);
  await pullFiles(
    root,
    server,
    standing,
    () => loadStudy(root).study.id,
    (done, total) => {
      output.progress(done, total, 'files');
    },
  );
  writeNew(join(root, LEDGER_FILE), lines.map(({ line }) => `${line}\n`).join(''));
  output.result(
    { folder: root, entries: head.seq, ledger: head },
    `${folder} has the files of the study and ${counted(head.seq, 'entry', 'entries')}.\n\n${formatReceipt(head)}\n`,
  );
  output.say(
    `It is a copy: nothing can be recorded in it. To check it: randose verify --study ${quoted(folder)}`,
  );
}
