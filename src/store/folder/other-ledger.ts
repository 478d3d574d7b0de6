import { join } from 'node:path';
import type { Problem } from '../../errors.ts';
import { type Head, readLedger } from '../../ledger/chain.ts';
import type { Entry } from '../../ledger/entry.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { isFolder, readBytes } from '../../system/files.ts';
import { splitLedger } from './folder-ledger.ts';

/** Another ledger of a study: a copy of its file, or the file in a copy of its folder. */
interface OtherLedger {
  readonly file: string;
  /** The entries that can be read, in the order of the file. */
  readonly entries: readonly Entry[];
  /** Where it ends. */
  readonly head: Head;
  /** What is damaged, with its line. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the readable lines of another ledger.
 *
 * @param path a ledger file, or a study folder
 * @throws RandoseError `not-found`
 */
export function readOtherLedger(path: string): OtherLedger {
  const file = isFolder(path) ? join(path, LEDGER_FILE) : path;
  const { whole, tail } = splitLedger(
    readBytes(file, 'Name a ledger file, or the folder of a copy of this study.'),
  );
  // A copy may be damaged anywhere: bytes that are not UTF-8 show as a damaged line.
  const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { entries, head, problems } = readLedger(decoded(whole) + decoded(tail));
  return { file, entries, head, problems: problems.map((problem) => ({ ...problem, file })) };
}
