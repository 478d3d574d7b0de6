import { FolderLedger, type FolderOptions } from './folder/folder-ledger.ts';
import type { LedgerStore } from './ledger-store.ts';

/**
 * The ledger of a study. This is where the store is chosen: today it is always the file in the study folder.
 *
 * @param root the study folder
 */
export function ledgerOf(root: string, options: FolderOptions = {}): LedgerStore {
  return new FolderLedger(root, options);
}
