import { RandoseError } from '../errors.ts';
import type { Head, ReadyAct } from '../ledger/chain.ts';
import type { AppendOptions, EnteredActs, LedgerStore } from './ledger-store.ts';

/**
 * Enters acts while nobody else can change the study: inside `exclusive`.
 *
 * @throws RandoseError `not-trusted` if the ledger has moved anyway: somebody changed a file without randose; `locked` if
 *   others entered something in a database
 */
export async function enterNow(
  ledger: LedgerStore,
  seen: { readonly head: Head },
  acts: readonly ReadyAct[],
  options?: AppendOptions,
): Promise<EnteredActs> {
  const entered = await ledger.append(seen, acts, options);
  if (entered.result !== 'moved') return entered;
  if (ledger.kind === 'database') {
    throw new RandoseError('locked', 'others are recording in this study at the same time', {
      hint: 'Nothing was entered. Run the command again.',
    });
  }
  throw new RandoseError('not-trusted', 'the ledger was changed while this command had it locked', {
    hint: 'Nothing was entered. Run randose verify, and find out which program writes ledger.jsonl.',
  });
}
