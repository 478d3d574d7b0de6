import { RandoseError } from '../errors.ts';
import type { Head, ReadyAct } from '../ledger/chain.ts';
import type { EnteredActs, LedgerStore } from './ledger-store.ts';

/**
 * Enters acts while nobody else can change the study: inside `exclusive`.
 *
 * @throws RandoseError `not-trusted` if the ledger has moved anyway: somebody changed it without randose
 */
export async function enterNow(
  ledger: LedgerStore,
  seen: { readonly head: Head },
  acts: readonly ReadyAct[],
): Promise<EnteredActs> {
  const entered = await ledger.append(seen, acts);
  if (entered.result !== 'moved') return entered;
  throw new RandoseError('not-trusted', 'the ledger was changed while this command had it locked', {
    hint: 'Nothing was entered. Run randose verify, and find out which program writes ledger.jsonl.',
  });
}
