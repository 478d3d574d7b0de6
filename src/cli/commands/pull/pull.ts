import { join, resolve } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { isContinuedElsewhere } from '../../../store/folder/folder-ledger.ts';
import { readLedgerLines } from '../../../store/folder/ledger-lines.ts';
import { continuedElsewhere, readMarker } from '../../../store/folder/ledger-marker.ts';
import { loadStudy } from '../../../store/folder/study-folder.ts';
import { withStudyLock } from '../../../store/folder/study-lock.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { isDatabaseInEnvironment } from '../../../store/postgres/environment.ts';
import { openServer } from '../../../store/postgres/open-server.ts';
import { pullFiles } from '../../../store/postgres/pull.ts';
import { exists, filesBelow, makeFolder, readBytes } from '../../../system/files.ts';
import { LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import { counted, quoted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { tellWould } from '../../study/look-first.ts';
import type { PullFlags } from './command.ts';

/** `randose pull`: the files of a study whose ledger is in a database, into a new folder or one that has older ones. */
export async function pull(
  output: Output,
  flags: PullFlags,
  [typed = '.']: [string | undefined],
): Promise<void> {
  const root = resolve(typed);
  // A full stop after "." reads as the folder above.
  const folder = typed === '.' ? root : typed;
  if (flags.ledger === undefined && !isDatabaseInEnvironment(process.env)) {
    throw continuedElsewhere();
  }
  const { server, standing, connection } = await openServer(flags.ledger);
  noteOpened(connection);
  requireForStudy(root, folder, standing.firstHash);
  if (flags.dryRun === true) {
    const files = await server.fileList();
    tellWould(output, `bring ${folder} up to date with ${counted(files.length, 'file')}`);
    return;
  }
  makeFolder(root);
  const studyId = () => loadStudy(root).study.id;
  const told = (done: number, total: number) => {
    output.progress(done, total, 'files');
  };
  const pulled = await withStudyLock(root, () => pullFiles(root, server, standing, studyId, told));
  const { written, superseded, edited } = pulled;
  output.result(
    { folder: root, written, superseded: superseded ?? null, edited: edited ?? null },
    written === 0 && superseded === undefined
      ? `${folder} has all files as they are in the database.\n`
      : `Wrote ${counted(written, 'file')} to ${folder}.\n`,
  );
  if (superseded !== undefined) {
    output.say(`Sealed files that are no longer in force were moved to ${superseded}/.`);
  }
  if (edited !== undefined) {
    output.warn(`${STUDY_FILE} here was not the one in force: it is kept as ${edited}.`);
  }
  if (typed !== '.') output.say(`Next: randose status --study ${quoted(folder)}`);
}

/** @throws RandoseError if the folder has something else than this study */
function requireForStudy(root: string, folder: string, first: string | null): void {
  const own = readMarker(root)?.first ?? readLedgerLines(root).first;
  if (own !== undefined && own !== first) {
    throw new RandoseError('not-trusted', `${folder} has another study than the database`, {
      hint: 'Nothing was done. Name a new folder, or the right database.',
    });
  }
  const ledger = join(root, LEDGER_FILE);
  // Its file would be read in the place of the database: it is an archive, or a copy of before the ledger was moved.
  if (exists(ledger) && !isContinuedElsewhere(Buffer.from(readBytes(ledger)))) {
    throw new RandoseError('would-overwrite', `${folder} has a ${LEDGER_FILE} of its own`, {
      hint: 'Nothing was done. Name a new folder: randose pull FOLDER --ledger URL',
    });
  }
  if (own !== undefined || !exists(root) || filesBelow(root).length === 0) return;
  if (exists(join(root, STUDY_FILE))) {
    throw new RandoseError('would-overwrite', `${folder} has a study without a ledger`, {
      hint: 'Nothing was done. Name a new folder: randose pull FOLDER --ledger URL',
    });
  }
  throw new RandoseError('would-overwrite', `${folder} is not empty, and has no study`, {
    hint: 'Nothing was done. Name a new folder: randose pull FOLDER --ledger URL',
  });
}
