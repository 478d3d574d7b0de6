import { dirname, join } from 'node:path';
import { batchFiles, SUPERSEDED } from '../../study/layout.ts';
import { wrappingsOf } from '../../ledger/wrappings.ts';
import { now } from '../../system/clock.ts';
import {
  exists,
  filesBelow,
  isFolder,
  makeFolder,
  moveFolder,
  removeFolder,
} from '../../system/files.ts';
import type { OpenStudy } from '../open-study.ts';

/**
 * Moves files and folders of a study aside into a new folder below superseded/, each with its path. It
 * deletes nothing: a file that was moved by mistake can be moved back.
 *
 * @param paths relative to the study folder; paths that do not exist are ignored
 * @returns where they are now, relative to the study folder; undefined if there was nothing to move
 */
export function setAside(root: string, paths: readonly string[]): string | undefined {
  const found = paths.filter((path) => exists(join(root, path)));
  if (found.length === 0) return undefined;
  const place = freePlace(root);
  for (const path of found) {
    const to = join(root, place, path);
    makeFolder(dirname(to));
    moveFolder(join(root, path), to);
  }
  return place;
}

/** A new folder below superseded/, named by the time. */
function freePlace(root: string): string {
  const moment = now().slice(0, 19).replace(/[-:]/g, '');
  for (let count = 1; ; count += 1) {
    const place = `${SUPERSEDED}/${moment}${count === 1 ? '' : `-${count}`}`;
    if (!exists(join(root, place))) return place;
  }
}

/** The files that were moved aside, relative to the study folder. */
export function supersededFiles(root: string): string[] {
  return filesBelow(join(root, SUPERSEDED)).map((file) => `${SUPERSEDED}/${file}`);
}

/**
 * Deletes everything that was moved aside. Only for a caller that has opened and proven every envelope in
 * force in the same run.
 */
export function deleteSuperseded(root: string): void {
  removeFolder(join(root, SUPERSEDED));
}

/**
 * The files in allocation/ that are not in force, by the ledger: sealed files from before a rewrap, and
 * folders of a rewrap that is not in the ledger. The ledger may be wrong, so the caller must prove that the
 * files in force are complete before it moves any of these aside. Older public files stay.
 *
 * @returns paths that exist, relative to the study folder
 */
export function leftoversOf({ root, entries }: Pick<OpenStudy, 'root' | 'entries'>): string[] {
  const found: string[] = [];
  for (const [batch, wrappings] of wrappingsOf(entries)) {
    for (const { rewrap } of wrappings.slice(0, -1)) {
      const { envelopes, master, packing, cards, custody, signing } = batchFiles(batch, rewrap);
      found.push(envelopes, master, packing, cards, custody, signing);
    }
    for (let rewrap = wrappings.length; ; rewrap += 1) {
      const { sealed } = batchFiles(batch, rewrap);
      if (!isFolder(join(root, sealed))) break;
      found.push(sealed);
    }
  }
  return found.filter((path) => exists(join(root, path)));
}

/**
 * The folder of a rewrap that is over, although the ledger has no entry about it: its earlier envelopes were moved aside,
 * and that happens only after the entry. So the ledger is an old one.
 *
 * @returns with its slash, relative to the study folder; undefined if there is none
 */
export function newerRewrap({ root, entries }: Pick<OpenStudy, 'root' | 'entries'>) {
  for (const [batch, wrappings] of wrappingsOf(entries)) {
    const { sealed } = batchFiles(batch, wrappings.length);
    const { envelopes } = batchFiles(batch, wrappings.length - 1);
    if (isFolder(join(root, sealed)) && !isFolder(join(root, envelopes))) return `${sealed}/`;
  }
  return undefined;
}
