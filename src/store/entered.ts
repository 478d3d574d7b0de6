import type { Head } from '../ledger/chain.ts';

/** What this process has entered in a ledger. */
export interface Entered {
  /** Where the ledger ends after it. */
  readonly head: Head;
  /** What the acts gave, a line each. */
  readonly gives: readonly string[];
}

let last: Entered | undefined;

/** Notes where the ledger ends after this process has entered something in it. */
export function noteEntered(head: Head): void {
  last = { head, gives: last?.gives ?? [] };
}

/** Notes what the acts gave that were entered last. */
export function noteGiven(gives: readonly string[]): void {
  if (last !== undefined) last = { ...last, gives };
}

/** Forgets what was noted: a command line begins. */
export function forgetEntered(): void {
  last = undefined;
}

/**
 * What this command has entered; undefined if it has entered nothing. Whatever goes wrong after an entry, the
 * message can say that the entry is there.
 */
export function lastEntered(): Entered | undefined {
  return last;
}
