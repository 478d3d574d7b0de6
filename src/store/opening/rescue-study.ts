import { join } from 'node:path';
import { sha256 } from '../../digest.ts';
import { type Manifest, commitsToSameList, parseManifest } from '../../blinding/manifest.ts';
import type { Commitments } from '../../blinding/published.ts';
import { RandoseError } from '../../errors.ts';
import type { Head } from '../../ledger/chain.ts';
import { entriesOf, type Entry } from '../../ledger/entry.ts';
import { START } from '../../ledger/chain.ts';
import { plainText, type SalvagedLedger, salvageLedger } from '../../ledger/salvage.ts';
import { type Wrapping, wrappingsOf } from '../../ledger/wrappings.ts';
import type { Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, LEDGER_FILE, STUDY_FILE, SUPERSEDED } from '../../study/layout.ts';
import { type Domain, DUMMY_MARK, type Study } from '../../study/study.ts';
import { readStudy } from '../../study/study-file.ts';
import { exists, filesBelow, readBytes } from '../../system/files.ts';
import { rivalsOf, viewHome } from '../folder/home.ts';
import { checkSignatures } from '../verify/signed-manifests.ts';

/** What an envelope of a batch has to lead to, and what says so. */
export interface Anchor {
  readonly study: string;
  readonly list: string;
  readonly leaves: number;
  readonly root: string;
}

/** As much of a batch as can be read. */
export interface RescuedBatch {
  readonly batch: number;
  /** What was filed, or what the sound part of the ledger fixes; undefined if nothing does. */
  readonly anchor: Anchor | undefined;
  /** The manifest as allocated, if it can be read, and nothing shows that it was altered. */
  readonly hint: Manifest | undefined;
  /** The manifest in force, by the sound part of the ledger; else the newest that can be read. */
  readonly inForce: Manifest | undefined;
  readonly slots: readonly Slot[];
  readonly isListSound: boolean;
}

/** As much of a study as can be read: for a code-break, which no other file may stop. */
export interface RescuedStudy {
  readonly root: string;
  /** Whether it is used where it was used before, with the newest ledger seen there. */
  readonly isHome: boolean;
  readonly domain: Domain;
  /** Undefined if study.yaml cannot be read or has errors. */
  readonly study: Study | undefined;
  /** study.yaml as it is, whatever it is. */
  readonly text: Uint8Array | string;
  readonly ledger: SalvagedLedger;
  readonly batches: readonly RescuedBatch[];
  /** Every envelope in the folder, of whatever time, as paths relative to it. */
  readonly envelopes: readonly string[];
  /** What could not be checked, a line each, without a full stop. */
  readonly doubts: readonly string[];
}

/** What somebody filed, and has at hand. */
export interface Filed {
  /** The commitments of each batch; undefined if none was given. */
  readonly commitments: readonly Commitments[] | undefined;
  readonly receipts: readonly Head[];
}

/**
 * Reads what can be read of a study folder. Whatever is missing, damaged or altered becomes a doubt.
 *
 * @throws RandoseError `not-found` if there is no envelope in the folder
 */
export function rescueStudy(root: string, filed: Filed): RescuedStudy {
  const envelopes = [ALLOCATION, SUPERSEDED, UNFINISHED]
    .flatMap((folder) => listed(root, folder))
    .filter((file) => /\/envelopes\/[^/]+\.age$/.test(file));
  const doubts: string[] = [];
  const { study, text } = rescueStudyFile(root, doubts);
  const ledger = rescueLedger(root, doubts);
  const home = attempt(() => viewHome(root));
  if (home?.older !== undefined) {
    const { now, seen } = home.older;
    doubts.push(
      now.seq < seen.seq
        ? `${LEDGER_FILE} ends at ${now.seq}, but a newer one, up to ${seen.seq}, was seen here: entries are missing`
        : `${LEDGER_FILE} has other entries than the one that was seen here`,
    );
  }
  for (const { path } of home === undefined ? [] : rivalsOf(home)) {
    doubts.push(
      `another copy of this study, at ${path}, has been used too: compare number and kit with the box`,
    );
  }
  for (const { seq, hash } of filed.receipts) {
    if (ledger.sound[seq - 1]?.hash === hash) continue;
    doubts.push(`${LEDGER_FILE} is not the ledger of which receipt ${seq} was filed`);
  }
  const isFiled = filed.receipts.every(({ seq, hash }) => ledger.sound[seq - 1]?.hash === hash);
  const trusted = isFiled ? ledger.sound : [];
  const forged = attempt(() => checkSignatures(root, trusted).problems) ?? [];
  const batches = batchesOf(ledger.entries, envelopes).map((batch) =>
    rescueBatch(root, batch, { trusted, forged, filed, envelopes }, doubts),
  );
  if (envelopes.length === 0) throw noEnvelopes(root);
  const domain = domainOf(envelopes);
  if (study !== undefined && study.domain !== domain) {
    const what = domain === 'dummy' ? 'a rehearsal' : 'a trial';
    doubts.push(`${STUDY_FILE} does not say that this is ${what}, as its numbers do`);
  }
  const isHome = home?.older === undefined && home?.lastUsed === undefined;
  return { root, isHome, domain, study, text, ledger, batches, envelopes, doubts };
}

/** What `allocate` fills before it is in its place: a run that was cut short may have left it. */
const UNFINISHED = `${ALLOCATION}.partial`;

function listed(root: string, folder: string): string[] {
  return attempt(() => filesBelow(join(root, folder)).map((file) => `${folder}/${file}`)) ?? [];
}

function rescueStudyFile(root: string, doubts: string[]): Pick<RescuedStudy, 'study' | 'text'> {
  const read = bytesOf(root, STUDY_FILE);
  if (typeof read === 'string') {
    doubts.push(read);
    return { study: undefined, text: '' };
  }
  const plain = plainText(read);
  const checked = attempt(() => readStudy(plain.text, STUDY_FILE));
  if (checked?.ok === true) return { study: checked.value, text: read };
  const [first] = checked?.problems ?? [];
  const where = first?.line === undefined ? '' : `:${first.line}`;
  doubts.push(`${STUDY_FILE}${where}: ${first?.message ?? 'it cannot be read'}`);
  return { study: undefined, text: read };
}

function rescueLedger(root: string, doubts: string[]): SalvagedLedger {
  const read = bytesOf(root, LEDGER_FILE);
  if (typeof read === 'string') {
    doubts.push(read);
    return { head: START, entries: [], whole: [], sound: [], isSound: false, doubts: [read] };
  }
  const ledger = salvageLedger(read);
  doubts.push(...ledger.doubts);
  return ledger;
}

/** What is known when a batch is read. */
interface Known {
  /** The entries that nobody altered, and that are those of which receipts were filed. */
  readonly trusted: readonly Entry[];
  readonly forged: ReturnType<typeof checkSignatures>['problems'];
  readonly filed: Filed;
  readonly envelopes: readonly string[];
}

function rescueBatch(
  root: string,
  batch: number,
  { trusted, forged, filed, envelopes }: Known,
  doubts: string[],
): RescuedBatch {
  const isForged = (rewrap: number) =>
    forged.some((one) => one.batch === batch && one.rewrap === rewrap && batch + rewrap > 1);
  const files = batchFiles(batch);
  const allocation = entriesOf(trusted, 'allocation').find((entry) => entry.batch === batch);
  const allocated = rescueManifest(root, { batch, rewrap: 0, manifest: allocation?.manifest });
  doubts.push(...allocated.doubts);
  if (isForged(0)) {
    doubts.push(`batch ${batch} is not signed by a holder of a key: somebody may have made it up`);
  }
  const isSound = allocated.isSound && !isForged(0);
  const paragraph = filed.commitments?.find((one) => one.batch === String(batch));
  if (filed.commitments !== undefined && paragraph === undefined) {
    doubts.push(`the commitment that was filed does not have batch ${batch}`);
  }
  const anchor =
    paragraph !== undefined
      ? anchorOf(paragraph)
      : isSound && allocated.manifest !== undefined
        ? { ...allocated.manifest, ...allocated.manifest.commitment }
        : undefined;
  if (paragraph !== undefined && isSound && allocated.manifest?.commitment.root !== anchor?.root) {
    doubts.push(`${files.manifest} is not the manifest of which the commitment was filed`);
  }
  // Without the ledger, what is on the disk says how often the batch was rewrapped.
  const wrappings: (Omit<Wrapping, 'manifest'> & { manifest: string | undefined })[] =
    allocation === undefined
      ? rewrapsOnDisk(envelopes, batch).map((rewrap) => ({ batch, rewrap, manifest: undefined }))
      : (wrappingsOf(trusted).get(batch) ?? []);
  const history = wrappings.filter(({ rewrap }) => rewrap > 0);
  let inForce = allocated.manifest;
  for (const wrapping of history) {
    const { manifest, doubts: more } = rescueManifest(root, wrapping);
    doubts.push(...more);
    const isSame =
      manifest !== undefined &&
      (allocated.manifest === undefined || commitsToSameList(allocated.manifest, manifest));
    if (isForged(wrapping.rewrap) || (manifest !== undefined && !isSame)) {
      const { manifest: file } = batchFiles(batch, wrapping.rewrap);
      doubts.push(
        `${file} is not a rewrap of this list: somebody without a key made it, and it is passed over`,
      );
    } else inForce = manifest ?? inForce;
  }
  const list = rescueList(root, batch, allocated.isSound ? allocated.manifest : undefined);
  doubts.push(...list.doubts);
  const hint = allocated.isAltered ? undefined : allocated.manifest;
  return { batch, anchor, hint, inForce, slots: list.slots, isListSound: list.isSound };
}

function anchorOf({ study, list, leaves, root }: Commitments): Anchor {
  return { study, list, leaves: Number(leaves), root };
}

interface RescuedManifest {
  readonly manifest: Manifest | undefined;
  /** Whether it is the one that the ledger names. */
  readonly isSound: boolean;
  /** Whether it is known not to be. */
  readonly isAltered: boolean;
  readonly doubts: readonly string[];
}

function rescueManifest(
  root: string,
  {
    batch,
    rewrap,
    manifest: digest,
  }: Omit<Wrapping, 'manifest'> & { manifest: string | undefined },
): RescuedManifest {
  const { manifest: file } = batchFiles(batch, rewrap);
  const read = bytesOf(root, file);
  const none = { manifest: undefined, isSound: false, isAltered: false };
  if (typeof read === 'string') return { ...none, doubts: [read] };
  const { text, changes } = plainText(read);
  const doubts = changes.map((change) => `${file} ${change}`);
  const manifest = attempt(() => parseManifest(text, batch, rewrap));
  if (manifest === undefined) return { ...none, doubts: [...doubts, `${file} is damaged`] };
  const isSound = digest === sha256(text);
  const isAltered = digest !== undefined && !isSound;
  if (isAltered) doubts.push(`${file} is not the one that the ledger names: it was altered`);
  return { manifest, isSound, isAltered, doubts };
}

function rescueList(
  root: string,
  batch: number,
  manifest: Manifest | undefined,
): { slots: readonly Slot[]; isSound: boolean; doubts: readonly string[] } {
  const { list: file } = batchFiles(batch);
  const read = bytesOf(root, file);
  if (typeof read === 'string') return { slots: [], isSound: false, doubts: [read] };
  const { text, changes } = plainText(read);
  const doubts = changes.map((change) => `${file} ${change}`);
  const slots = attempt(() => parsePublicList(text, batch));
  if (slots === undefined) {
    return { slots: [], isSound: false, doubts: [...doubts, `${file} is damaged`] };
  }
  const isSound = manifest?.files[file] === sha256(text);
  if (manifest !== undefined && !isSound) {
    doubts.push(`${file} is not the list that was sealed: it was altered`);
  }
  return { slots, isSound, doubts };
}

/** The batches of which there is anything. */
function batchesOf(entries: readonly Entry[], envelopes: readonly string[]): number[] {
  const found = new Set(entriesOf(entries, 'allocation').map(({ batch }) => batch));
  for (const file of envelopes) found.add(batchOfFile(file));
  return [...found].sort((a, b) => a - b);
}

/** The rewraps of a batch for which there are envelopes in their place, in their order. */
function rewrapsOnDisk(envelopes: readonly string[], batch: number): number[] {
  const own = envelopes.filter(
    (file) => file.startsWith(`${ALLOCATION}/`) && batchOfFile(file) === batch,
  );
  return [...new Set(own.map(rewrapOfFile))].sort((a, b) => a - b);
}

/** Which rewrap an envelope is of, by its path: 0 as it was allocated. */
export function rewrapOfFile(file: string): number {
  return Number(/\/rewrap-(\d+)\//.exec(file)?.[1] ?? 0);
}

/** The batch that an envelope is of, by its path. */
export function batchOfFile(file: string): number {
  return Number(/\/batch-(\d+)\//.exec(file)?.[1] ?? 1);
}

/** The randomization number that an envelope is named by. */
export function numberOfFile(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1, -'.age'.length);
}

/** The numbers of a rehearsal say so, each of them: a file that somebody adds or alters changes nothing. */
function domainOf(envelopes: readonly string[]): Domain {
  const marked = envelopes.filter((file) => numberOfFile(file).startsWith(DUMMY_MARK));
  return 2 * marked.length > envelopes.length ? 'dummy' : 'production';
}

/** A file's bytes; or why there are none, as a doubt. */
function bytesOf(root: string, file: string): Uint8Array | string {
  try {
    if (!exists(join(root, file))) return `${file} is missing`;
    return readBytes(join(root, file));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be read';
    return message.includes(file) ? message.replace(join(root, file), file) : `${file}: ${message}`;
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Whatever it is, it is not the envelope: an emergency goes on.
    return undefined;
  }
}

function noEnvelopes(root: string): RandoseError {
  const isBegun = [STUDY_FILE, LEDGER_FILE].some((file) => exists(join(root, file)));
  const hasList = exists(join(root, LEDGER_FILE)) || exists(join(root, ALLOCATION));
  if (isBegun && !hasList) {
    return new RandoseError('not-found', 'this study has no allocation list yet', {
      hint: 'A statistician makes it: randose allocate --plan FILE',
    });
  }
  return new RandoseError('not-found', `${root} has no envelope`, {
    hint: `The envelopes are in ${ALLOCATION}/: restore it from a backup. Their backup alone is enough: randose unblind --study FOLDER opens them.`,
  });
}
