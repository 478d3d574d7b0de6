import type { Problem } from '../errors.ts';
import { LEDGER_FILE } from '../study/layout.ts';

/** A problem with an entry: its line in the ledger is its sequence number. */
export function entryProblem({ seq }: { readonly seq: number }, message: string): Problem {
  return { file: LEDGER_FILE, line: seq, message };
}
