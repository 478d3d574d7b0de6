import { type ReadLedger, readLedger } from '../../../ledger/chain.ts';
import { readLedgerText } from '../../../store/folder/folder-ledger.ts';
import { isAllocated } from '../../../store/folder/study-folder.ts';
import { explainedByLineEnds, lineEndsError } from '../../../store/verify/changed-line-ends.ts';
import { RESTORE } from '../../../words.ts';

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
