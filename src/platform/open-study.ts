import { join } from 'node:path';
import {
  changedParts,
  type DesignPart,
  type Manifest,
  parseManifest,
  sha256,
} from '../blinding/manifest.ts';
import { type Problem, RandoseError } from '../errors.ts';
import { readLedger } from '../ledger/chain.ts';
import { entriesOf, type Entry } from '../ledger/entry.ts';
import type { Slot } from '../randomization/list.ts';
import { parsePublicList } from '../randomization/public-list.ts';
import { ALLOCATION, LEDGER_FILE, LIST_FILE, MANIFEST_FILE, STUDY_FILE } from '../study/layout.ts';
import { exists, readText } from './files.ts';
import { isAllocated, type LoadedStudy, loadStudy } from './study-folder.ts';

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
    if (exists(join(root, LEDGER_FILE))) {
      throw untrusted(`${ALLOCATION}/ is gone, but ${LEDGER_FILE} speaks of it`);
    }
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
