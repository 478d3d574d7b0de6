import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from '../../digest.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { formatEntries, type Head, readLedger, type SignHeads } from '../../ledger/chain.ts';
import type { Act } from '../../ledger/entry.ts';
import { ALLOCATION, LEDGER_FILE, LOCK_FILE, STUDY_FILE, SUPERSEDED } from '../../study/layout.ts';
import { type Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
import { SOFTWARE } from '../../version.ts';
import { now } from '../../system/clock.ts';
import { noteEntered } from '../entered.ts';
import {
  decodeText,
  exists,
  isFolder,
  readBytes,
  readText,
  removeUnfinished,
  replace,
} from '../../system/files.ts';
import { realPath } from '../../system/links.ts';
import { withLock } from '../../system/lock.ts';
import { forgetWaiting, hasPending, type WaitingActs, waitingActs } from './pending.ts';

/**
 * The folder of a study.
 *
 * @param given the folder named by --study; without it the nearest one upwards from here that holds
 *   a study.yaml, as git looks for its folder
 * @throws RandoseError `not-found`
 */
export function findStudyFolder(given: string | undefined): string {
  if (given !== undefined) {
    const folder = resolve(given);
    if (exists(join(folder, STUDY_FILE))) return folder;
    const hasLost = [ALLOCATION, LEDGER_FILE].some((name) => exists(join(folder, name)));
    throw new RandoseError('not-found', `${given} holds no ${STUDY_FILE}`, {
      hint: hasLost
        ? `It was there when the list was sealed: restore it from a backup.`
        : `Name the study's folder, or make one: randose init ${given}`,
    });
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (exists(join(folder, STUDY_FILE))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new RandoseError('not-found', `no ${STUDY_FILE} here or in any folder above`, {
    hint: 'Go to the study folder, name it with --study DIR, or make one: randose init DIR',
  });
}

/**
 * The folder of a study for an emergency: any of its parts shows that it is one.
 *
 * @param given as for `findStudyFolder`
 * @throws RandoseError `not-found`
 */
export function findAnyStudyFolder(given: string | undefined): string {
  const isOne = (folder: string) =>
    [STUDY_FILE, LEDGER_FILE, ALLOCATION, SUPERSEDED].some((name) => exists(join(folder, name)));
  if (given !== undefined) {
    return isOne(resolve(given)) ? resolve(given) : findStudyFolder(given);
  }
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isOne(folder)) return folder;
    if (folder === dirname(folder)) return findStudyFolder(given);
  }
}

/**
 * The study folder, this one or another's, in which a path lies or would lie, or to which it leads; undefined
 * where there is none.
 */
export function studyFolderAround(path: string): string | undefined {
  const places = [realPath(path), join(realPath(dirname(resolve(path))), basename(path))];
  for (const place of places) {
    for (let folder = place; ; folder = dirname(folder)) {
      if (exists(join(folder, STUDY_FILE))) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

/** study.yaml, read and checked. */
export interface LoadedStudy {
  readonly root: string;
  readonly study: Study;
  readonly text: string;
}

/** @throws RandoseError `invalid-study`, with every problem's line and column */
export function loadStudy(root: string): LoadedStudy {
  const text = readText(join(root, STUDY_FILE));
  const checked = readStudy(text, STUDY_FILE);
  if (checked.ok) return { root, text, study: checked.value };
  throw invalidStudy(checked.problems);
}

/** The error for problems in study.yaml, in plan.yaml, or in both. */
export function invalidStudy(problems: readonly Problem[]): RandoseError {
  const files = [...new Set(problems.map((problem) => problem.file))].join(' and ');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new RandoseError('invalid-study', `${files}: ${count}`, {
    problems,
    hint: 'Nothing was done. Mend the lines above and try again.',
  });
}

/** Whether the study has its list: from then on study.yaml is fixed. */
export function isAllocated(root: string): boolean {
  return exists(join(root, ALLOCATION));
}

/**
 * Does work on a study that one process at a time may do. If the ledger is a link, studies that share the file
 * wait for each other: the lock beside the file is held as well.
 *
 * @param patienceMs how long to wait for a turn, if not as long as usual
 */
export async function withStudyLock<T>(
  root: string,
  work: () => T | Promise<T>,
  patienceMs?: number,
): Promise<T> {
  const home = realPath(root);
  const ledger = realPath(join(root, LEDGER_FILE));
  // A link to a folder that is gone is told by whoever reads the ledger.
  const folders = [...new Set([home, dirname(ledger)])].filter(
    (folder) => folder === home || isFolder(folder),
  );
  return withLocks(folders, patienceMs, () => {
    // Whoever writes here has the locks: what is unfinished is of a process that was killed.
    removeUnfinished(home);
    removeUnfinished(dirname(ledger), basename(ledger));
    return work();
  });
}

/** Holds the lock of each folder, taken in one order by everybody: so nobody waits in a circle. */
async function withLocks<T>(
  folders: readonly string[],
  patienceMs: number | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  const [first, ...others] = folders.toSorted();
  if (first === undefined) return work();
  return withLock(join(first, LOCK_FILE), () => withLocks(others, patienceMs, work), patienceMs);
}

/**
 * The text of the ledger. What stands behind its last line feed was cut off, maybe within a
 * character; the rest must be whole.
 *
 * @throws RandoseError `not-found`; `bad-data` where it is not UTF-8
 */
export function readLedgerText(root: string, hint?: string): string {
  const file = join(root, LEDGER_FILE);
  const { whole, tail } = splitLedger(readBytes(file, hint));
  return `${decodeText(whole, file)}${new TextDecoder().decode(tail)}`;
}

/** A ledger's whole lines, and what stands behind the last of them. */
export function splitLedger(bytes: Uint8Array): { whole: Uint8Array; tail: Uint8Array } {
  const end = bytes.lastIndexOf(0x0a) + 1;
  return { whole: bytes.subarray(0, end), tail: bytes.subarray(end) };
}

/** How entries are signed: with whose key, and by what. */
export interface Signing {
  /** The fingerprint of the ssh key. */
  readonly signer: string;
  readonly sign: SignHeads;
}

/**
 * Adds entries to the ledger, all or none, and syncs them. To be called under the study's lock, on
 * the entries that were read under the same lock.
 *
 * The new ledger is written beside the old one and takes its place: no power cut and no full disk
 * can leave half an entry, or half a file of participants.
 *
 * @param signing where the entries are signed
 * @returns the new end of the ledger
 */
export function appendToLedger(
  { root, text }: { readonly root: string; readonly text: Uint8Array | string },
  head: Head,
  acts: readonly Act[],
  signing?: Signing,
): Head {
  const ledger = join(root, LEDGER_FILE);
  const written = head.seq === 0 ? '' : readText(ledger);
  const signer = signing?.signer ?? null;
  const circumstances = { time: now(), software: SOFTWARE, study: sha256(text), signer: null };
  // What could not be entered when it happened comes first; nobody signs it now.
  const waiting = hasPending(root) ? waitingActs(root, readLedger(written).entries) : NOTHING;
  const late = formatEntries(head, waiting.acts, circumstances);
  const added = formatEntries(late.head, acts, { ...circumstances, signer }, signing?.sign);
  writeLedger(ledger, written + late.text + added.text, added.head);
  forgetWaiting(root, waiting.files);
  return added.head;
}

const NOTHING: WaitingActs = { acts: [], files: [], unreadable: [] };

/**
 * Puts a ledger with a new end in its place, and notes that end for whatever goes wrong later.
 *
 * @throws RandoseError if it cannot be written; also if it is in its place and the disk does not confirm it
 */
export function writeLedger(file: string, text: string, head: Head): void {
  try {
    replace(file, text);
  } catch (error) {
    if (isThere(file, text)) noteEntered(head);
    throw error;
  }
  noteEntered(head);
}

function isThere(file: string, text: string): boolean {
  try {
    return readText(file) === text;
  } catch {
    return false;
  }
}
