import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import type { ReadyAct } from '../../ledger/chain.ts';
import { now } from '../../system/clock.ts';
import { filesBelow, isFolder, readText, removeFile, writeNew } from '../../system/files.ts';
import { makePrivateFolder, stateFolder } from '../../system/state-folder.ts';

const ACTS = v.array(
  v.object({ id: v.string(), text: v.string(), signature: v.optional(v.string()) }),
);
const SENT = v.object({
  randose: v.literal('sent acts'),
  version: v.literal(1),
  /** The hash of the ledger's first entry. */
  first: v.string(),
  host: v.string(),
  pid: v.number(),
  time: v.string(),
  acts: ACTS,
});

/** Acts that were sent to a database, until it is known whether they were entered. */
export interface SentActs {
  readonly file: string;
  readonly time: string;
  readonly acts: readonly ReadyAct[];
}

/**
 * Keeps acts in a private file before they are sent, so that the next command can ask whether they were entered. An act
 * has whom it is about, as the ledger has it, and never an arm.
 *
 * @param first the hash of the ledger's first entry
 * @returns the file; undefined if there is no place for it
 */
export function keepSent(first: string, acts: readonly ReadyAct[]): string | undefined {
  const folder = folderOf(first);
  const [act] = acts;
  if (folder === undefined || act === undefined) return undefined;
  const file = join(folder, `${act.id}.json`);
  const content = { randose: 'sent acts', version: 1, first, host: hostname(), pid: process.pid };
  try {
    makePrivateFolder(folder);
    writeNew(file, `${JSON.stringify({ ...content, time: now(), acts })}\n`, { mode: 'private' });
    return file;
  } catch {
    return undefined; // without the file the ledger itself shows what was entered
  }
}

/** Removes the file of acts if it is known whether they were entered. */
export function forgetSent(file: string | undefined): void {
  if (file === undefined) return;
  try {
    removeFile(file);
  } catch {
    // The next command asks once more, and gets the same answer.
  }
}

/** The acts of commands that have ended without learning whether they were entered, the oldest first. */
export function sentBefore(first: string): SentActs[] {
  const folder = folderOf(first);
  if (folder === undefined || !isFolder(folder)) return [];
  const found = filesBelow(folder).flatMap((name): SentActs[] => {
    const file = join(folder, name);
    try {
      const { host, pid, time, acts } = v.parse(SENT, JSON.parse(readText(file)));
      const isOurs = host !== hostname() || pid === process.pid || !isRunning(pid);
      return isOurs ? [{ file, time, acts: acts.map(asReady) }] : [];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => (a.time < b.time ? -1 : 1));
}

function asReady({ id, text, signature }: v.InferOutput<typeof ACTS>[number]): ReadyAct {
  return { id, text, signature };
}

/** Whether a process is running, so that it still waits for its own answer. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function folderOf(first: string): string | undefined {
  const folder = stateFolder('databases');
  return folder === undefined ? undefined : join(folder, `${first}.sent`);
}
