import { readPart, START } from '../../../ledger/chain.ts';
import type { Entry } from '../../../ledger/entry.ts';
import { mayBeHidden } from '../../../ledger/hidden-slots.ts';
import type { SalvagedLedger } from '../../../ledger/salvage.ts';
import { momentText } from '../../../ledger/times.ts';
import type { Slot } from '../../../randomization/list.ts';
import { SEEN_ENTRIES_FILE } from '../../../study/layout.ts';
import { seenLines } from '../../postgres/seen-entries.ts';
import { ledgerOf } from '../../ledger-of.ts';
import type { LedgerStore } from '../../ledger-store.ts';
import { attempt } from '../on-record.ts';

/** How long an emergency waits for a database, before it goes on without it: for each of the few things it asks. */
const PATIENCE_MS = 1_500;

/** The ledger of an emergency, in a database. */
export interface ServedLedger {
  /** What can be read of it: from the database, or what was seen of it last. */
  readonly ledger: SalvagedLedger;
  /** The database, if it answers; else why not. */
  readonly store: LedgerStore | { readonly why: string };
}

/**
 * The ledger for a code-break if it is in a database; undefined if it is in the folder. It throws nothing: if the database
 * does not answer in time, the entries that were seen here last say whose slot it is.
 *
 * @param url the database that somebody named
 */
export async function servedLedger(
  root: string,
  url: string | undefined,
): Promise<ServedLedger | undefined> {
  const found = await attempt(() => ledgerOf(root, { ledger: url, patienceMs: PATIENCE_MS }));
  if (found.ok && found.value.kind === 'folder') return undefined;
  const read = await attempt(() => {
    if (!found.ok) throw found.error;
    return found.value.read();
  });
  if (found.ok && read.ok) {
    const { entries, head, ...sight } = read.value;
    const ledger = sound(entries, head, []);
    const mayBeInUse = (slot: Pick<Slot, 'number' | 'stratum'>) => mayBeHidden(sight, slot);
    const isWhole = sight.ownSites === undefined;
    return { ledger: isWhole ? ledger : { ...ledger, mayBeInUse }, store: found.value };
  }
  const why = messageOf(read.ok ? undefined : read.error);
  return { ledger: seenLedger(root, why), store: { why } };
}

/** The entries that were seen here last. */
function seenLedger(root: string, why: string): SalvagedLedger {
  const { entries } = readPart(seenLines(root));
  const last = entries.at(-1);
  const seen =
    last === undefined
      ? `no entries were seen here before (${SEEN_ENTRIES_FILE}): name the kit or the randomization number`
      : `participants are known as of entry ${last.seq}, ${momentText(last.time)}: what was recorded since then was not seen here`;
  const head = last === undefined ? START : { seq: last.seq, hash: last.hash };
  // Who was randomized since then may have any slot.
  const mayBeInUse = () => true;
  return { ...sound(entries, head, [`the ledger: ${why}`, seen]), isSound: false, mayBeInUse };
}

function sound(
  entries: readonly Entry[],
  head: SalvagedLedger['head'],
  doubts: readonly string[],
): SalvagedLedger {
  const all = { entries: [...entries], whole: [...entries], sound: [...entries] };
  return { ...all, head, isSound: true, areEntriesSound: true, doubts, changes: [] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'the database does not answer';
}
