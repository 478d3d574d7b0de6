import { join } from 'node:path';
import { formatManifest } from '../blinding/manifest.ts';
import { wrappingsOf } from '../ledger/wrappings.ts';
import { ALLOCATION, batchFiles } from '../study/layout.ts';
import { exists, isFolder, moveFolder, removeFolder, writeAllSynced } from './files.ts';
import type { OpenStudy } from './open-study.ts';
import type { RewrappedBatch } from './rewrap-batch.ts';

/** The folder that is filled before it is moved into its place, whole or not at all. */
const UNFINISHED = `${ALLOCATION}.partial`;

/**
 * Puts what was sealed anew beside what holds still. It holds from the ledger's entry on: a run that
 * was cut short before leaves the study as it was, and what it wrote is a leftover.
 *
 * @param tellProgress called with the number of files written so far
 */
export function installRewrap(
  root: string,
  { manifest, files }: RewrappedBatch,
  tellProgress: (written: number) => void,
): void {
  const { sealed, manifest: manifestFile } = batchFiles(manifest.batch, manifest.rewrap);
  const within = (file: string) => join(root, file.replace(sealed, UNFINISHED));
  removeFolder(join(root, UNFINISHED));
  const all = new Map<string, string | Uint8Array>();
  for (const [file, content] of files) all.set(within(file), content);
  all.set(within(manifestFile), formatManifest(manifest));
  writeAllSynced(all, manifest.created, tellProgress);
  moveFolder(join(root, UNFINISHED), join(root, sealed));
}

/**
 * What no longer holds, or never did: sealed files from before a rewrap, and folders of one that was
 * cut short. The manifests of before stay.
 *
 * @returns paths that exist, relative to the study folder
 */
export function leftoversOf({ root, entries }: OpenStudy): string[] {
  const found: string[] = [];
  for (const [batch, wrappings] of wrappingsOf(entries)) {
    for (const { rewrap } of wrappings.slice(0, -1)) {
      const { envelopes, master, packing, cards, custody } = batchFiles(batch, rewrap);
      found.push(envelopes, master, packing, cards, custody);
    }
    for (let rewrap = wrappings.length; ; rewrap += 1) {
      const { sealed } = batchFiles(batch, rewrap);
      if (!isFolder(join(root, sealed))) break;
      found.push(sealed);
    }
  }
  return found.filter((path) => exists(join(root, path)));
}

/** Takes leftovers away. */
export function removeLeftovers(root: string, leftovers: readonly string[]): void {
  for (const path of leftovers) removeFolder(join(root, path));
}
