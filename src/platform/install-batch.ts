import { join } from 'node:path';
import { type Manifest, formatManifest, parseManifest, sha256 } from '../blinding/manifest.ts';
import { RandoseError } from '../errors.ts';
import { type Head, headOf, readLedger } from '../ledger/chain.ts';
import type { Entry } from '../ledger/entry.ts';
import type { Who } from '../ledger/who.ts';
import { ALLOCATION, batchFiles, LEDGER_FILE } from '../study/layout.ts';
import { exists, makeFolder, moveFolder, readText, removeFolder, writeAllSynced } from './files.ts';
import { appendToLedger, type LoadedStudy } from './study-folder.ts';

/** The folder that is filled before it becomes a batch's, whole or not at all. */
const UNFINISHED = `${ALLOCATION}.partial`;

/** A sealed batch that is ready for its place. */
export interface ReadyBatch {
  readonly manifest: Manifest;
  /** path → content of every file of the batch but its manifest. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
  readonly who: Who;
}

/**
 * Puts a study's first batch in its place. The ledger comes first, the folder last: until it is
 * there, nothing is allocated, and a run that was cut short is finished by the next one.
 *
 * @param tellProgress called with the number of files written so far
 */
export function installFirst(
  loaded: LoadedStudy,
  batch: ReadyBatch,
  tellProgress: (written: number) => void,
): Head {
  fillUnfinished(loaded.root, batch, tellProgress);
  const head = appendToLedger(loaded, headOf([]), [allocationOf(batch.manifest, batch.who)]);
  moveFolder(join(loaded.root, UNFINISHED), join(loaded.root, ALLOCATION));
  return head;
}

/**
 * Puts a further batch in its place. Here the folder comes first, so that the study can be worked
 * with at every moment; a run that was cut short is finished by the next one.
 */
export function installFurther(
  loaded: LoadedStudy,
  entries: readonly Entry[],
  batch: ReadyBatch,
  tellProgress: (written: number) => void,
): Head {
  fillUnfinished(loaded.root, batch, tellProgress);
  const { folder } = batchFiles(batch.manifest.batch);
  moveFolder(join(loaded.root, UNFINISHED), join(loaded.root, folder));
  return appendToLedger(loaded, headOf(entries), [allocationOf(batch.manifest, batch.who)]);
}

/**
 * Finishes a first batch that was cut short between its ledger and its folder: the list was drawn
 * and sealed, and drawing another one would be a choice between two.
 *
 * @returns the ledger's head; undefined where nothing was begun
 * @throws RandoseError `not-trusted` where the ledger speaks of a list that is not there
 */
export function finishFirst(root: string): Head | undefined {
  const ledger = join(root, LEDGER_FILE);
  if (!exists(ledger)) return undefined;
  const { entries, problems } = readLedger(readText(ledger));
  const [first] = entries;
  const manifest = join(root, unfinished(batchFiles(1).manifest, 1));
  const isCutShort =
    problems.length === 0 &&
    entries.length === 1 &&
    first?.action === 'allocation' &&
    exists(manifest) &&
    sha256(readText(manifest)) === first.manifest;
  if (!isCutShort) {
    throw new RandoseError(
      'not-trusted',
      `${LEDGER_FILE} speaks of a list, but ${ALLOCATION}/ is gone`,
      {
        hint: `Restore ${ALLOCATION}/ from a backup: a second list would be a choice between two.`,
      },
    );
  }
  moveFolder(join(root, UNFINISHED), join(root, ALLOCATION));
  return headOf(entries);
}

/**
 * Finishes a further batch that was cut short between its folder and its ledger.
 *
 * @param batch the number of the batch that is next
 * @returns its manifest and the ledger's head; undefined where nothing was begun
 */
export function finishFurther(
  loaded: LoadedStudy,
  entries: readonly Entry[],
  batch: number,
  who: Who,
): { manifest: Manifest; head: Head } | undefined {
  const file = join(loaded.root, batchFiles(batch).manifest);
  if (!exists(file)) return undefined;
  const manifest = parseManifest(readText(file), batch);
  const head = appendToLedger(loaded, headOf(entries), [allocationOf(manifest, who)]);
  return { manifest, head };
}

function fillUnfinished(
  root: string,
  { manifest, files }: ReadyBatch,
  tellProgress: (written: number) => void,
): void {
  const paths = batchFiles(manifest.batch);
  const within = (file: string) => join(root, unfinished(file, manifest.batch));
  removeFolder(join(root, UNFINISHED));
  makeFolder(within(paths.envelopes));
  const all = new Map<string, Uint8Array | string>();
  for (const [file, content] of files) all.set(within(file), content);
  all.set(within(paths.manifest), formatManifest(manifest));
  writeAllSynced(all, tellProgress);
}

/** Where a batch's file is while its folder is not finished. */
function unfinished(file: string, batch: number): string {
  return file.replace(batchFiles(batch).folder, UNFINISHED);
}

function allocationOf(manifest: Manifest, who: Who) {
  const { batch, list } = manifest;
  return {
    action: 'allocation',
    who,
    batch,
    list,
    manifest: sha256(formatManifest(manifest)),
  } as const;
}
