import type { ReadyAct } from '../../ledger/chain.ts';
import type {
  AppendOptions,
  EnteredActs,
  InspectedLedger,
  LedgerStore,
  LedgerView,
  SettledActs,
  SharedFiles,
} from '../ledger-store.ts';
import type { DatabaseOptions } from './postgres-ledger.ts';

/** A ledger in a database, whose code is loaded when it is used: most studies are in a folder. */
export class DatabaseLedger implements LedgerStore {
  readonly kind = 'database';
  readonly #load: () => Promise<LedgerStore>;
  #loaded: Promise<LedgerStore> | undefined;

  /** @param url undefined if the environment names the database, as libpq reads it */
  constructor(root: string, url: string | undefined, options: DatabaseOptions = {}) {
    this.#load = async () => {
      const { PostgresLedger } = await import('./postgres-ledger.ts');
      return new PostgresLedger(root, url, options);
    };
  }

  async read(): Promise<LedgerView> {
    return (await this.#store()).read();
  }

  async inspect(): Promise<InspectedLedger> {
    return (await this.#store()).inspect();
  }

  async append(
    view: Pick<LedgerView, 'head'>,
    acts: readonly ReadyAct[],
    options?: AppendOptions,
  ): Promise<EnteredActs | { readonly result: 'moved' }> {
    return (await this.#store()).append(view, acts, options);
  }

  async requireTaken(view: Pick<LedgerView, 'head'>, acts: readonly ReadyAct[]): Promise<void> {
    return (await this.#store()).requireTaken(view, acts);
  }

  async settle(): Promise<readonly SettledActs[]> {
    return (await this.#store()).settle();
  }

  async share(files: SharedFiles): Promise<void> {
    return (await this.#store()).share(files);
  }

  async exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    return (await this.#store()).exclusive(work);
  }

  async close(): Promise<void> {
    await (await this.#loaded)?.close();
  }

  #store(): Promise<LedgerStore> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }
}
