import type { Head } from '../ledger/chain.ts';

/** Where the ledger stands after an act, to be noted or filed: `sequence:hash`. */
export function formatReceipt({ seq, hash }: Head): string {
  return `Ledger ${seq}:${hash}`;
}
