import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import {
  checkSealedFiles,
  formatManifest,
  type Manifest,
  parseManifest,
} from '../../blinding/manifest.ts';
import { isSignedManifest } from '../../blinding/signing-key.ts';
import { type Problem, RandoseError } from '../../errors.ts';
import { type Head, readLedger, type ReadyAct, START } from '../../ledger/chain.ts';
import type { Act } from '../../ledger/entry.ts';
import type { Who } from '../../ledger/who.ts';
import { kitsOf, missingSlots, type Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, LEDGER_FILE, STUDY_FILE, UNFINISHED } from '../../study/layout.ts';
import { exists, filesBelow, moveFolder, readBytes, readText } from '../../system/files.ts';
import { enterNow } from '../enter-now.ts';
import { readLedgerText } from '../folder/folder-ledger.ts';
import type { LoadedStudy } from '../folder/study-folder.ts';
import type { LedgerStore } from '../ledger-store.ts';
import { domainName, type OpenStudy } from '../open-study.ts';
import { setAside } from './superseded.ts';
import { fillUnfinished, type ReadyBatch, unfinished } from './unfinished-folder.ts';

/**
 * Puts a study's first batch in its place, inside `exclusive`. The ledger comes first, the folder last: until the
 * folder is there, nothing is allocated. If a run is interrupted, the next run finishes it.
 *
 * @param entry the ledger's entry about it
 * @param tellProgress called with the number of files written so far
 */
export async function installFirst(
  { root }: LoadedStudy,
  ledger: LedgerStore,
  batch: ReadyBatch,
  entry: readonly ReadyAct[],
  tellProgress: (written: number) => void,
): Promise<Head> {
  setAsideUnfinished(root);
  await fillUnfinished(root, batch, tellProgress);
  const { head } = await enterNow(ledger, { head: START }, entry);
  moveFolder(join(root, UNFINISHED), join(root, ALLOCATION));
  return head;
}

/**
 * Puts a further batch in its place, inside `exclusive`. Here the folder comes first, so that the study can be
 * used at every moment. If a run is interrupted, the next run finishes it.
 */
export async function installFurther(
  open: OpenStudy,
  ledger: LedgerStore,
  batch: ReadyBatch,
  entry: readonly ReadyAct[],
  tellProgress: (written: number) => void,
): Promise<Head> {
  setAsideUnfinished(open.root);
  await fillUnfinished(open.root, batch, tellProgress);
  const { folder } = batchFiles(batch.manifest.batch);
  moveFolder(join(open.root, UNFINISHED), join(open.root, folder));
  await shareBatch(open, ledger, batch.manifest.batch);
  return (await enterNow(ledger, open, entry)).head;
}

/** Gives a further batch, and the study.yaml that asks for it, to everybody who uses the ledger, before its entry. */
export async function shareBatch(
  { root }: Pick<OpenStudy, 'root'>,
  ledger: LedgerStore,
  batch: number,
): Promise<void> {
  const { folder } = batchFiles(batch);
  const files = filesBelow(join(root, folder)).map((file) => `${folder}/${file}`);
  await ledger.share({ added: [STUDY_FILE, ...files], removed: [], batches: [batch] });
}

/**
 * Finishes a first batch that was interrupted between its ledger and its folder: the list was drawn and sealed, and
 * drawing another one would be a choice between two lists.
 *
 * @returns the ledger's head; undefined if no batch was interrupted
 * @throws RandoseError `not-trusted` if the ledger has a list whose folder is missing
 */
export function finishFirst(root: string): Head | undefined {
  const ledger = join(root, LEDGER_FILE);
  if (!exists(ledger)) return undefined;
  const { entries, head, problems } = readLedger(readLedgerText(root));
  const [first] = entries;
  const manifest = join(root, unfinished(batchFiles(1).manifest, { batch: 1, rewrap: 0 }));
  const isInterrupted =
    problems.length === 0 &&
    entries.length === 1 &&
    first?.action === 'allocation' &&
    exists(manifest) &&
    sha256(readText(manifest)) === first.manifest;
  if (!isInterrupted) {
    throw new RandoseError(
      'not-trusted',
      `${LEDGER_FILE} names a list, but ${ALLOCATION}/ is missing`,
      {
        hint: `Restore ${ALLOCATION}/ from a backup. randose does not make a second list: somebody could then choose between the two.`,
      },
    );
  }
  moveFolder(join(root, UNFINISHED), join(root, ALLOCATION));
  return head;
}

/**
 * A further batch that was interrupted between its folder and its ledger: only its entry is missing.
 *
 * @param batch the number of the next batch
 * @returns its manifest; undefined if nothing was begun
 * @throws RandoseError `not-trusted` if the batch in the folder is not the next batch of this study
 */
export function unfinishedBatch(open: OpenStudy, batch: number): Manifest | undefined {
  const { root, study, text, slots } = open;
  const paths = batchFiles(batch);
  if (!exists(join(root, paths.folder))) return undefined;
  const problems: Problem[] = [];
  const manifestText = readText(join(root, paths.manifest), MOVE_AWAY);
  const manifest = parseManifest(manifestText, batch);
  const report = (message: string) => problems.push({ file: paths.manifest, message });
  if (manifest.study !== study.id || manifest.domain !== study.domain) {
    report(`belongs to ${manifest.study}, a ${domainName(manifest.domain)}`);
  }
  if (manifest.files[STUDY_FILE] !== sha256(text)) report(`does not belong to this ${STUDY_FILE}`);
  const { publicKey } = open.signing ?? {};
  const signature = join(root, paths.signature);
  const isSigned =
    publicKey === undefined ||
    (exists(signature) && isSignedManifest(manifestText, readText(signature), publicKey));
  if (!isSigned) report('is not signed with the signing key of the list');
  const missing = missingSlots(study.strata, slots);
  const asked = missing.map(({ id, slots: count }) => ({ stratum: id, slots: count }));
  if (JSON.stringify(manifest.strata) !== JSON.stringify(asked)) {
    report(`does not have the slots in ${STUDY_FILE}`);
  }
  const added = parsePublicList(readText(join(root, paths.list), MOVE_AWAY), batch);
  const marksOf = (slot: Slot): string[] => [slot.number, ...kitsOf(slot)];
  const taken = new Set(slots.flatMap(marksOf));
  if (added.flatMap(marksOf).some((mark) => taken.has(mark))) {
    problems.push({ file: paths.list, message: 'has a number or a kit code of an earlier batch' });
  }
  const digests = new Map([[STUDY_FILE, sha256(text)]]);
  for (const file of filesBelow(join(root, paths.folder))) {
    const path = `${paths.folder}/${file}`;
    if (![paths.manifest, paths.signature].includes(path))
      digests.set(path, sha256(readBytes(join(root, path))));
  }
  problems.push(...checkSealedFiles([{ manifest, earlier: [], slots: added }], digests));
  if (problems.length > 0) {
    throw new RandoseError('not-trusted', `${paths.folder}/ is not a batch of this study`, {
      problems,
      hint: MOVE_AWAY,
    });
  }
  return manifest;
}

const MOVE_AWAY =
  'The ledger does not have this folder. Find out where it came from, move it away, and run the command again.';

/** An interrupted run left it. It may be the only copy of a list: it is moved aside, never removed. */
function setAsideUnfinished(root: string): void {
  setAside(root, [UNFINISHED]);
}

/** The ledger's entry about a batch. */
export function allocationOf(manifest: Manifest, who: Who): Act {
  const { batch, list } = manifest;
  return {
    action: 'allocation',
    who,
    batch,
    list,
    manifest: sha256(formatManifest(manifest)),
  };
}
