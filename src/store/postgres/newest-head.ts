import { join } from 'node:path';
import * as v from 'valibot';
import { DIGEST_TEXT } from '../../digest.ts';
import { RandoseError } from '../../errors.ts';
import { formatHead, type Head } from '../../ledger/chain.ts';
import { momentText } from '../../ledger/times.ts';
import { now } from '../../system/clock.ts';
import { exists, readText, replace } from '../../system/files.ts';
import { makePrivateFolder, stateFolder } from '../../system/state-folder.ts';

const NEWEST = v.object({
  randose: v.literal('newest head'),
  version: v.literal(1),
  /** The hash of the ledger's first entry. */
  first: v.pipe(v.string(), v.regex(DIGEST_TEXT)),
  seq: v.number(),
  hash: v.pipe(v.string(), v.regex(DIGEST_TEXT)),
  time: v.string(),
});

/** The newest head of a ledger that this user has seen. */
export interface SeenHead extends Head {
  /** When it was seen, ISO 8601 in UTC. */
  readonly time: string;
}

/**
 * The newest head of a ledger in a database that this user has seen on this machine: whoever restores an older backup,
 * or makes a standby the primary that lacks entries, cannot make them forget it.
 *
 * @param first the hash of the ledger's first entry
 * @returns undefined if none was seen, or if what was kept is damaged
 */
export function newestSeen(first: string): SeenHead | undefined {
  const file = stateFile(first);
  if (file === undefined || !exists(file)) return undefined;
  try {
    const { seq, hash, time } = v.parse(NEWEST, JSON.parse(readText(file)));
    return { seq, hash, time };
  } catch {
    return undefined;
  }
}

/** Keeps a head if it is newer than the newest one seen. If it cannot be written, no command fails because of it. */
export function noteNewest(first: string, head: Head): void {
  if (head.seq > (newestSeen(first)?.seq ?? 0)) writeNewest(first, head);
}

/** Keeps a head although a newer one was seen. */
export function acceptOlderHead(first: string, head: Head): void {
  writeNewest(first, head);
}

function writeNewest(first: string, { seq, hash }: Head): void {
  const file = stateFile(first);
  if (file === undefined) return;
  try {
    makePrivateFolder(stateFolder('databases') ?? '');
    const content = { randose: 'newest head', version: 1, first, seq, hash, time: now() };
    replace(file, `${JSON.stringify(content)}\n`, 'private');
  } catch {
    // What was done is on record. The next command keeps the head.
  }
}

/**
 * The error if a database lacks entries that were seen in it.
 *
 * @param end where its ledger ends now
 */
export function wentBack(end: Head, seen: SeenHead): RandoseError {
  const had = `an entry up to ${formatHead(seen)} was seen here on ${momentText(seen.time)}`;
  const what =
    end.seq < seen.seq
      ? `the ledger went back: it ends at ${formatHead(end)}, but ${had}`
      : `the ledger went back: its entry ${seen.seq} is another one than the one that was seen here on ${momentText(seen.time)}`;
  return new RandoseError('not-trusted', what, {
    hint: 'Nothing was done. An older backup was restored, or a standby became the primary that lacked entries. Tell the data manager: the receipts on file say what is missing. To go on with this ledger all the same: randose ledger --accept-older --by WHO --reason TEXT',
  });
}

function stateFile(first: string): string | undefined {
  const folder = stateFolder('databases');
  return folder === undefined ? undefined : join(folder, `${first}.json`);
}
