import type { Problem } from '../errors.ts';
import type { Head, ReadyAct } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';
import type { Sight } from '../ledger/hidden-slots.ts';

/** A ledger as it was when it was read. */
export interface LedgerView extends Sight {
  /** The entries that the reader may see, in their order: of a database not always all. */
  readonly entries: readonly Entry[];
  /** Where the ledger ends, even if the reader may not see the last entry; sequence 0 if it is empty. */
  readonly head: Head;
  /** When the last entry was made, ISO 8601 in UTC; undefined if the ledger is empty. */
  readonly lastTime: string | undefined;
}

/** A ledger with everything that is wrong with it. */
export interface InspectedLedger extends Pick<LedgerView, 'entries' | 'head' | keyof Sight> {
  readonly problems: readonly Problem[];
  /** What is not wrong, but worth telling. A sentence each. */
  readonly notes: readonly string[];
  /** How many entries the reader knows by their hashes alone. */
  readonly hidden: number;
  /** The hash of every entry, in their order. */
  readonly hashes: readonly string[];
}

/** The acts that were to be entered, where they are now in the ledger. */
export interface EnteredActs {
  /** `replayed`: the ledger had them already, under the same ids. */
  readonly result: 'done' | 'replayed';
  /** The entry of each act, in their order. */
  readonly entries: readonly Entry[];
  /** The last of them, or where the ledger ends if there were none. */
  readonly head: Head;
}

/** Acts of an earlier command that did not learn whether they were entered. */
export interface SettledActs {
  /** When they were sent, ISO 8601 in UTC. */
  readonly time: string;
  readonly acts: readonly ReadyAct[];
  /** Their entries; undefined if they were not entered, and never will be. */
  readonly entered: EnteredActs | undefined;
}

export interface AppendOptions {
  /** Enters the acts although the ledger has moved: they depend on nothing in it, such as the outcome of an opening. */
  readonly anyway?: boolean;
}

/** What is new among the files of a study, for all who use its ledger. */
export interface SharedFiles {
  /** Files below the study folder, with forward slashes. */
  readonly added: readonly string[];
  /** Files and folders. */
  readonly removed: readonly string[];
  /** The batches whose slots are new. */
  readonly batches: readonly number[];
}

/**
 * Where a study's ledger is kept: in the folder's file, or in a database. Everything that reads or extends a ledger uses
 * this interface.
 */
export interface LedgerStore {
  readonly kind: 'folder' | 'database';
  /** @throws RandoseError `not-found` if there is no ledger; `not-trusted` if it is damaged */
  read(): Promise<LedgerView>;
  /** Reads the ledger with everything that is wrong with it. */
  inspect(): Promise<InspectedLedger>;
  /**
   * Adds acts to a ledger, all or none, and returns when they are on the disk.
   *
   * @param view the ledger that the acts were decided on. If it has moved since then, nothing is entered.
   * @throws RandoseError if they cannot be entered; `outcome-unknown` if it is not known whether they were
   */
  append(
    view: Pick<LedgerView, 'head'>,
    acts: readonly ReadyAct[],
    options?: AppendOptions,
  ): Promise<EnteredActs | { readonly result: 'moved' }>;
  /**
   * Makes sure that acts would be entered, unless the ledger moves. For what cannot wait until they are. Nothing is entered.
   *
   * @throws RandoseError as `append` would
   */
  requireTaken(view: Pick<LedgerView, 'head'>, acts: readonly ReadyAct[]): Promise<void>;
  /** Finds out whether the acts of earlier commands were entered, if they did not learn it. */
  settle(): Promise<readonly SettledActs[]>;
  /** Gives new files of the study to all who use its ledger; in a folder they are there already. */
  share(files: SharedFiles): Promise<void>;
  /**
   * Does work while nobody else can change the files of the study. In a folder nobody else can change the ledger then;
   * in a database others go on.
   */
  exclusive<T>(work: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}
