import { join } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { formatEntries, type Head, readLedger } from '../../ledger/chain.ts';
import type { Who } from '../../ledger/who.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { now } from '../../system/clock.ts';
import { decodeText, readBytes } from '../../system/files.ts';
import { enterNow } from '../enter-now.ts';
import type { LedgerStore } from '../ledger-store.ts';
import { makeReady, type Signing } from '../ready.ts';
import { splitLedger, writeLedger } from './folder-ledger.ts';
import type { LoadedStudy } from './study-folder.ts';

/** A ledger after its repair. */
interface RepairedLedger {
  readonly head: Head;
  /** How many bytes were removed. */
  readonly bytes: number;
  /** The act that the removed line was about, as far as it can be read. */
  readonly was: string;
  /** How many entries from pending/ were entered after it. */
  readonly late: number;
}

/** The incomplete last line that a repair would remove. @throws RandoseError as `repairLedger` does */
export function incompleteLine(
  root: string,
): Pick<RepairedLedger, 'bytes' | 'was'> & { readonly line: number } {
  const file = join(root, LEDGER_FILE);
  const { tail, head } = readTorn(readBytes(file), file);
  return {
    bytes: tail.length,
    was: tornAct(new TextDecoder().decode(tail)),
    line: head.seq + 1,
  };
}

/**
 * Removes an incomplete last line from the ledger, with an entry that keeps it, and then enters what waits in pending/.
 *
 * @param ledger the store of this folder
 * @throws RandoseError `usage` if no line is incomplete; `not-trusted` if another line is damaged, which only a
 *   backup can repair, or if the ledger changes in the meantime
 */
export async function repairLedger(
  { root, text }: LoadedStudy,
  ledger: LedgerStore,
  { who, reason }: { who: Who; reason: string },
  signing?: Signing,
): Promise<RepairedLedger> {
  const file = join(root, LEDGER_FILE);
  const before = readBytes(file);
  const { kept, head, tail } = readTorn(before, file);
  const removed = Buffer.from(tail).toString('base64');
  const act = { action: 'repair', who, reason, removed } as const;
  const ready = makeReady({ text, head }, [act], signing);
  return ledger.exclusive(async () => {
    if (!Buffer.from(readBytes(file)).equals(before)) {
      throw new RandoseError('not-trusted', `${LEDGER_FILE} has changed in the meantime`, {
        hint: 'Nothing was changed. Run the command again.',
      });
    }
    const added = formatEntries(head, ready, now());
    writeLedger(file, kept + added.text, added.head);
    // The store enters what waits before other acts; here there are no others.
    const { head: end } = await enterNow(ledger, added, []);
    const late = end.seq - added.head.seq;
    return { head: end, bytes: tail.length, was: tornAct(new TextDecoder().decode(tail)), late };
  });
}

/** The complete lines of a ledger, where they end, and the incomplete one after them. */
function readTorn(bytes: Uint8Array, file: string): { kept: string; head: Head; tail: Uint8Array } {
  const { whole, tail } = splitLedger(bytes);
  const kept = decodeText(whole, file);
  const { head, problems } = readLedger(kept);
  if (problems.length > 0) {
    throw new RandoseError('not-trusted', `${LEDGER_FILE} is damaged in complete lines`, {
      problems,
      hint: 'Only an incomplete last line can be repaired. Restore the file from a backup; nothing was changed.',
    });
  }
  if (tail.length === 0) {
    throw new RandoseError('usage', `no line of ${LEDGER_FILE} is incomplete: nothing to repair`);
  }
  return { kept, head, tail };
}

/** The act that an incomplete line was about, as far as it can be read; nobody may rely on it. */
function tornAct(text: string): string {
  const of = (key: string) => new RegExp(`"${key}":"([^"]*)"`).exec(text)?.[1];
  const about = [of('subject'), of('number'), of('kit') && `kit ${of('kit')}`];
  const known = about.filter((part) => part !== undefined && part !== '').join(', ');
  const action = of('action');
  if (action === undefined) return '';
  return known === '' ? action : `${action} of ${known}`;
}
