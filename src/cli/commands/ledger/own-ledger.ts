import { type ReadLedger, readLedger } from '../../../ledger/chain.ts';
import { RandoseError } from '../../../errors.ts';
import type { InspectedLedger, LedgerStore } from '../../../store/ledger-store.ts';
import { readLedgerText } from '../../../store/folder/folder-ledger.ts';
import { isAllocated } from '../../../store/folder/study-folder.ts';
import { explainedByLineEnds, lineEndsError } from '../../../store/verify/changed-line-ends.ts';
import { RESTORE } from '../../../words.ts';

/** A ledger that is compared with another one. */
export type ComparedLedger = Pick<InspectedLedger, 'entries' | 'head' | 'problems'>;

/**
 * All entries of a ledger, wherever it is, to be compared with those of another one.
 *
 * @param done what was not done if it is refused: `compared`
 * @throws RandoseError `no-access` if the reader may not see all of them: what seems to be missing may be there
 */
export async function readWhole(store: LedgerStore, done: string): Promise<ComparedLedger> {
  const { entries, head, ownSites } = await store.read();
  if (ownSites === undefined) return { entries, head, problems: [] };
  throw new RandoseError('no-access', 'this login sees what its own sites recorded', {
    hint: `Nothing was ${done}. Only a login that sees every entry can tell what is missing: give the copy to the data manager.`,
  });
}

/** The ledger, with its problems. @throws RandoseError if only its line ends or its encoding were changed */
export function readOwnLedger(root: string): ReadLedger {
  const hint = isAllocated(root)
    ? RESTORE
    : 'The ledger starts with the list. To make it: randose allocate --plan FILE';
  try {
    const read = readLedger(readLedgerText(root, hint));
    const changed = read.problems.length > 0 ? lineEndsError(root) : undefined;
    if (changed !== undefined) throw changed;
    return read;
  } catch (error) {
    throw explainedByLineEnds(root, error);
  }
}
