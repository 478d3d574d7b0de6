import type { Head, ReadyAct } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';

/** A ledger as it was when it was read. */
export interface LedgerView {
  /** The entries that the reader may see, in their order. */
  readonly entries: readonly Entry[];
  /** Where the ledger ends, even if the reader may not see the last entry; sequence 0 if it is empty. */
  readonly head: Head;
  /** When the last entry was made, ISO 8601 in UTC; undefined if the ledger is empty. */
  readonly lastTime: string | undefined;
  /** The numbers of slots that are in use, even if the reader may not see by whom; none if the entries show them all. */
  readonly taken: ReadonlySet<string>;
  /** The hash of every entry, in the order of their sequence. */
  readonly hashes: readonly string[];
}

/** The acts that were to be entered, where they are now in the ledger. */
export interface EnteredActs {
  /** `replayed`: the ledger had them already, under the same ids. */
  readonly result: 'done' | 'replayed';
  /** The entry of each act, in their order. */
  readonly entries: readonly Entry[];
  /** Where the ledger ends now. */
  readonly head: Head;
}

/**
 * Where a study's ledger is kept. Everything that reads or extends a ledger uses this interface, so that another
 * store can replace the folder's file.
 */
export interface LedgerStore {
  /** @throws RandoseError `not-found` if there is no ledger; `not-trusted` if it is damaged */
  read(): Promise<LedgerView>;
  /**
   * Adds acts to a ledger, all or none, and returns when they are on the disk.
   *
   * @param view the ledger that the acts were decided on. If it has moved since then, nothing is entered.
   * @throws RandoseError if they cannot be entered, or if it is not known whether they were
   */
  append(
    view: Pick<LedgerView, 'head'>,
    acts: readonly ReadyAct[],
  ): Promise<EnteredActs | { readonly result: 'moved' }>;
  /** Does work while nobody else can change the study: its ledger or its folder. */
  exclusive<T>(work: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}
