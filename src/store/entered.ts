import type { Head } from '../ledger/chain.ts';

let last: Head | undefined;

/** Notes where the ledger ends after this process has entered something in it. */
export function noteEntered(head: Head): void {
  last = head;
}

/** Forgets what was noted: a command line begins. */
export function forgetEntered(): void {
  last = undefined;
}

/**
 * Where the ledger ends after what this command has entered; undefined if it has entered nothing. Whatever goes
 * wrong after an entry, the message can say that the entry is there.
 */
export function lastEntered(): Head | undefined {
  return last;
}
