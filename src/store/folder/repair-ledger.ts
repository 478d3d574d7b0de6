import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { formatEntries, type Head, headOf, readLedger } from '../../ledger/chain.ts';
import type { Who } from '../../ledger/who.ts';
import { LEDGER_FILE } from '../../study/layout.ts';
import { SOFTWARE } from '../../version.ts';
import { now } from '../../system/clock.ts';
import { decodeText, readBytes } from '../../system/files.ts';
import { type LoadedStudy, type Signing, splitLedger, writeLedger } from './study-folder.ts';

/**
 * Takes a torn last line out of the ledger, with an entry that keeps it. To be called under the
 * study's lock.
 *
 * @returns the new end of the ledger, and how many bytes were torn
 * @throws RandoseError `usage` where no line is torn; `not-trusted` where another one is damaged, which
 *   nothing but a backup mends
 */
export function repairLedger(
  { root, text }: LoadedStudy,
  { who, reason }: { who: Who; reason: string },
  signing?: Signing,
): { head: Head; bytes: number; was: string } {
  const file = join(root, LEDGER_FILE);
  const { whole, tail } = splitLedger(readBytes(file));
  const kept = decodeText(whole, file);
  const { entries, problems } = readLedger(kept);
  if (problems.length > 0) {
    throw new RandoseError('not-trusted', `${LEDGER_FILE} is damaged in whole lines`, {
      problems,
      hint: 'Only a torn last line can be repaired. Restore the file from a backup; nothing was changed.',
    });
  }
  if (tail.length === 0) {
    throw new RandoseError(
      'usage',
      `no line of ${LEDGER_FILE} is torn: there is nothing to repair`,
    );
  }
  const removed = Buffer.from(tail).toString('base64');
  const circumstances = {
    time: now(),
    software: SOFTWARE,
    study: sha256(text),
    signer: signing?.signer ?? null,
  };
  const act = { action: 'repair', who, reason, removed } as const;
  const added = formatEntries(headOf(entries), [act], circumstances, signing?.sign);
  writeLedger(file, kept + added.text, added.head);
  return { head: added.head, bytes: tail.length, was: tornAct(new TextDecoder().decode(tail)) };
}

/** What a torn line says of itself, as far as it goes; nobody may rely on it. */
function tornAct(text: string): string {
  const of = (key: string) => new RegExp(`"${key}":"([^"]*)"`).exec(text)?.[1];
  const about = [of('subject'), of('number'), of('kit') && `kit ${of('kit')}`];
  const known = about.filter((part) => part !== undefined && part !== '').join(', ');
  const action = of('action');
  if (action === undefined) return '';
  return known === '' ? action : `${action} of ${known}`;
}
