import { join } from 'node:path';
import { LEDGER_FILE, LEDGER_STORE_FILE } from '../study/layout.ts';
import { exists, readEnd } from '../system/files.ts';
import { continuedElsewhere, readMarker } from './folder/ledger-marker.ts';
import { FolderLedger, type FolderOptions, isContinuedElsewhere } from './folder/folder-ledger.ts';
import { enterFromCommand } from './folder/home.ts';
import type { LedgerStore } from './ledger-store.ts';
import { isDatabaseInEnvironment } from './postgres/environment.ts';
import { DatabaseLedger } from './postgres/database-ledger.ts';

/** How a ledger is used, and where it is. */
export interface LedgerOptions extends FolderOptions {
  /** The URL of its database; undefined if nobody has named one. */
  readonly ledger?: string | undefined;
  /** Whether it is the one in the folder, whatever else is named. */
  readonly isInFolder?: boolean;
}

/**
 * The ledger of a study. This is where the store is chosen: the file of an exported copy, whatever is named; the database
 * that somebody named; if the folder says that its ledger is in a database, the one that the environment names, as libpq
 * reads it; else the file in the folder.
 *
 * @param root the study folder
 * @throws RandoseError `bad-data` if the ledger is in a database that nobody has named
 */
export function ledgerOf(
  root: string,
  { ledger, isInFolder = false, ...options }: LedgerOptions = {},
): LedgerStore {
  if (isInFolder) return new FolderLedger(root, options);
  if (isExportedCopy(root)) return new FolderLedger(root, { ...options, isCopy: true });
  if (ledger !== undefined) return new DatabaseLedger(root, ledger, options);
  if (readMarker(root) === undefined) return new FolderLedger(root, options);
  if (!isDatabaseInEnvironment(process.env)) throw continuedElsewhere();
  return new DatabaseLedger(root, undefined, options);
}

/**
 * Whether the ledger that is shown or verified is the file in the folder: that of a study without a database, that of an
 * exported copy, or one that is continued in a database which nobody has named.
 *
 * @param root the study folder
 */
export function isFileShown(root: string, { ledger }: Pick<LedgerOptions, 'ledger'>): boolean {
  if (!exists(join(root, LEDGER_FILE))) return false;
  return isExportedCopy(root) || (ledger === undefined && !isDatabaseInEnvironment(process.env));
}

/** An entry that a ledger is continued elsewhere is shorter, in bytes: the longest text in it is who moved the ledger. */
const LONGEST_CONTINUATION = 65_536;

/** How code-breaks in the pending/ of a study folder get into its ledger: a command, and where it is run if not there. */
export function howPendingEntered(root: string): string {
  // Nothing is entered in the copy of a ledger that goes on in a database.
  return isExportedCopy(root)
    ? `${enterFromCommand('FOLDER', root)} (FOLDER: that of the study, which was pulled from the database)`
    : 'randose ledger --enter-pending';
}

/** Whether a folder was exported from a database: it has every entry, and none that says where they go on. */
export function isExportedCopy(root: string): boolean {
  const file = join(root, LEDGER_FILE);
  if (!exists(join(root, LEDGER_STORE_FILE)) || !exists(file)) return false;
  return !isContinuedElsewhere(readEnd(file, LONGEST_CONTINUATION));
}
