import { basename, dirname, join } from 'node:path';
import { LEDGER_FILE, LOCK_FILE } from '../../study/layout.ts';
import { isFolder, removeUnfinished } from '../../system/files.ts';
import { realPath } from '../../system/links.ts';
import { withLock } from '../../system/lock.ts';

/**
 * Does work on a study that one process at a time may do. If the ledger is a link, studies that share the file
 * wait for each other: the lock beside the file is held as well.
 *
 * @param patienceMs how long to wait for a turn, if not as long as usual
 */
export async function withStudyLock<T>(
  root: string,
  work: () => T | Promise<T>,
  patienceMs?: number,
): Promise<T> {
  const home = realPath(root);
  const ledger = realPath(join(root, LEDGER_FILE));
  // Whoever reads the ledger reports a link to a folder that is gone.
  const folders = [...new Set([home, dirname(ledger)])].filter(
    (folder) => folder === home || isFolder(folder),
  );
  return withLocks(folders, patienceMs, () => {
    // Whoever writes here has the locks: an unfinished file belongs to a process that was killed.
    removeUnfinished(home);
    removeUnfinished(dirname(ledger), basename(ledger));
    return work();
  });
}

/** Holds the lock of each folder, taken in one order by everybody: so nobody waits in a circle. */
async function withLocks<T>(
  folders: readonly string[],
  patienceMs: number | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  const [first, ...others] = folders.toSorted();
  if (first === undefined) return work();
  return withLock(join(first, LOCK_FILE), () => withLocks(others, patienceMs, work), patienceMs);
}
