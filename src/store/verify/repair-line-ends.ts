import { join } from 'node:path';
import { replace } from '../../system/files.ts';
import type { LedgerStore } from '../ledger-store.ts';
import { changedLineEnds } from './changed-line-ends.ts';

/**
 * Puts back the line ends and the encoding of every file of which nothing else was changed. Each file is proven
 * again under the study's lock, and replaced whole.
 *
 * @returns the files, relative to the study folder
 * @throws RandoseError if one cannot be written; those before it are put back
 */
export async function repairLineEnds(root: string, ledger: LedgerStore): Promise<string[]> {
  return ledger.exclusive(() => {
    const changed = changedLineEnds(root);
    for (const [file, { content }] of changed) replace(join(root, file), content);
    return [...changed.keys()];
  });
}
