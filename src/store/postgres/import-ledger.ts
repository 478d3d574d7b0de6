import { RandoseError } from '../../errors.ts';
import type { Head } from '../../ledger/chain.ts';
import { entriesOf } from '../../ledger/entry.ts';
import type { Who } from '../../ledger/who.ts';
import { enterNow } from '../enter-now.ts';
import { isContinuedElsewhere, readLedgerText } from '../folder/folder-ledger.ts';
import { writeMarker } from '../folder/ledger-marker.ts';
import { hasPending } from '../folder/pending.ts';
import { openStudy, type OpenStudy, type StudyPlace } from '../open-study.ts';
import { makeReady, type Signing } from '../ready.ts';
import type { Server, Standing } from './server.ts';
import { filesAt, servedSlots, sharedPaths } from './shared-files.ts';

/** How many entries are sent at once. */
const PORTION = 1000;

/** Told how far an import is. */
export type TellProgress = (done: number, total: number, what: string) => void;

/**
 * Moves the ledger of a study folder into a database, with the files of the study. Then the folder's ledger ends with an
 * entry that it is continued elsewhere. An import that was interrupted goes on when it is run again.
 *
 * @param place the study, with the ledger in its folder
 * @returns how many entries the database has, and where its ledger ends
 * @throws RandoseError `would-overwrite` if the database has the ledger of another study, or other entries
 */
export async function importLedger(
  place: StudyPlace,
  { server, standing }: { readonly server: Server; readonly standing: Standing },
  { who, signing }: { readonly who: Who; readonly signing: Signing | undefined },
  tellProgress: TellProgress,
): Promise<{ readonly count: number; readonly head: Head }> {
  return place.ledger.exclusive(async () => {
    // Later, the entry that ends the file would come after them, and the database would not have them.
    if (hasPending(place.root)) await enterNow(place.ledger, await openStudy(place), []);
    const open = await openStudy(place);
    const lines = linesOf(place.root);
    requireBeginning(open, standing, lines);
    const paths = sharedPaths(place.root);
    await server.putFiles(filesAt(place.root, paths), (done) => {
      tellProgress(done, paths.length, 'files');
    });
    for (const { batch } of entriesOf(open.entries, 'allocation')) {
      await server.putSlots(servedSlots(place.root, batch));
    }
    for (let at = standing.seq; at < lines.length; at += PORTION) {
      await server.importEntries(lines.slice(at, at + PORTION));
      tellProgress(Math.min(at + PORTION, lines.length), lines.length, 'entries');
    }
    const end = { action: 'continuation' as const, who, store: 'postgres' as const };
    await enterNow(place.ledger, open, makeReady(open, [end], signing));
    // Otherwise whoever reads this folder alone would see a ledger that has ended.
    writeMarker(place.root, { study: open.study.id, first: open.entries[0]?.hash ?? '' });
    return { count: lines.length, head: open.head };
  });
}

/** The lines of the ledger in a folder. */
function linesOf(root: string): string[] {
  const text = readLedgerText(root);
  if (isContinuedElsewhere(Buffer.from(text))) {
    throw new RandoseError('usage', 'the ledger of this folder was moved to a database before', {
      hint: 'Nothing was done. To use it: --ledger URL',
    });
  }
  return text.split('\n').slice(0, -1);
}

/** @throws RandoseError `would-overwrite` if the entries in the database are not the first ones of the folder */
function requireBeginning(
  { entries, study }: OpenStudy,
  { seq, hash, firstHash }: Standing,
  lines: readonly string[],
): void {
  if (seq === 0) return;
  const isOwn = entries.find((entry) => entry.seq === seq)?.hash === hash;
  if (isOwn && seq <= lines.length) return;
  const isOther = entries[0]?.hash !== firstHash;
  throw new RandoseError(
    'would-overwrite',
    isOther
      ? 'the database has the ledger of another study'
      : `the database has ${seq} entries of ${study.id} that this folder does not have`,
    { hint: 'Nothing was done. Each study has a database of its own: createdb NAME' },
  );
}
