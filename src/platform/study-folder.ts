import { dirname, join, resolve } from 'node:path';
import {
  changedParts,
  type DesignPart,
  type Manifest,
  parseManifest,
  sha256,
} from '../blinding/manifest.ts';
import { type Problem, RandoseError } from '../errors.ts';
import { formatEntries, type Head, readLedger } from '../ledger/chain.ts';
import { type Act, entriesOf, type Entry } from '../ledger/entry.ts';
import type { Slot } from '../randomization/list.ts';
import { parsePublicList } from '../randomization/public-list.ts';
import {
  ALLOCATION,
  LEDGER_FILE,
  LIST_FILE,
  LOCK_FILE,
  MANIFEST_FILE,
  STUDY_FILE,
} from '../study/layout.ts';
import { readStudy, type Study } from '../study/study.ts';
import { SOFTWARE } from '../version.ts';
import { now } from './clock.ts';
import { exists, readText, replace } from './files.ts';
import { withLock } from './lock.ts';

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
    throw new RandoseError('not-found', `${given} holds no ${STUDY_FILE}`, {
      hint: `Name the study's folder, or make one: randose init ${given}`,
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

export function isAllocated(root: string): boolean {
  return exists(join(root, ALLOCATION));
}

/** A study with its sealed list and its ledger, all of it checked enough to be worked with. */
export interface OpenStudy extends LoadedStudy {
  readonly manifest: Manifest;
  /** In the order of their numbers. */
  readonly slots: readonly Slot[];
  readonly entries: readonly Entry[];
}

/**
 * Opens an allocated study.
 *
 * @throws RandoseError `not-found` before allocation; `not-trusted` where manifest, list or ledger
 *   are not what they were
 */
export function openStudy(root: string): OpenStudy {
  const loaded = loadStudy(root);
  if (!isAllocated(root)) {
    throw new RandoseError('not-found', 'this study has no allocation list yet', {
      hint: 'A statistician makes it: randose allocate --plan FILE',
    });
  }
  const manifestText = readText(join(root, MANIFEST_FILE), RESTORE);
  const listText = readText(join(root, LIST_FILE), RESTORE);
  const { entries, problems } = readLedger(readText(join(root, LEDGER_FILE), RESTORE));
  if (problems.length > 0) throw untrusted(`${LEDGER_FILE} is damaged`, problems);
  const allocation = entriesOf(entries, 'allocation')[0];
  if (allocation?.manifest !== sha256(manifestText)) {
    throw untrusted(`${MANIFEST_FILE} is not the one that the ledger begins with`);
  }
  const manifest = parseManifest(manifestText);
  if (manifest.files[LIST_FILE] !== sha256(listText)) {
    throw untrusted(`${LIST_FILE} is not the list that was sealed`);
  }
  return { ...loaded, manifest, slots: parsePublicList(listText), entries };
}

const RESTORE = 'Restore it from a backup, and run randose verify.';

/**
 * Refuses where a part of study.yaml that matters for the act was changed after the list was sealed.
 *
 * @throws RandoseError `not-trusted`
 */
export function requireUnchanged(open: OpenStudy, needed: readonly DesignPart[]): void {
  const changed = changedParts(open.manifest, open.study).filter((part) => needed.includes(part));
  if (changed.length > 0) throw untrusted(`${STUDY_FILE} ${describeChange(changed)}`);
}

/** What study.yaml did, with the parts that were changed. */
export function describeChange(parts: readonly DesignPart[]): string {
  return `was changed after the list was sealed: ${parts.join(', ')}`;
}

function untrusted(message: string, problems: readonly Problem[] = []): RandoseError {
  return new RandoseError('not-trusted', message, { problems, hint: RESTORE });
}

/** Does work on a study that one process at a time may do. */
export async function withStudyLock<T>(root: string, work: () => T | Promise<T>): Promise<T> {
  return withLock(join(root, LOCK_FILE), async () => work());
}

/**
 * Adds entries to the ledger, all or none, and syncs them. To be called under the study's lock, on
 * the entries that were read under the same lock.
 *
 * The new ledger is written beside the old one and takes its place: no power cut and no full disk
 * can leave half an entry, or half a file of participants.
 *
 * @returns the new end of the ledger
 */
export function appendToLedger(
  { root, text }: LoadedStudy,
  head: Head,
  acts: readonly Act[],
): Head {
  const ledger = join(root, LEDGER_FILE);
  const written = head.seq === 0 ? '' : readText(ledger);
  const circumstances = { time: now(), software: SOFTWARE, study: sha256(text) };
  const added = formatEntries(head, acts, circumstances);
  replace(ledger, written + added.text);
  return added.head;
}
