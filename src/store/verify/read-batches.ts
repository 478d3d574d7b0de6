import { join } from 'node:path';
import { type CheckedBatch, type Manifest, parseManifest } from '../../blinding/manifest.ts';
import { sha256 } from '../../digest.ts';
import type { Entry } from '../../ledger/entry.ts';
import { type Wrapping, wrappingsOf } from '../../ledger/wrappings.ts';
import { FIRST_BATCH, type Slot } from '../../randomization/list.ts';
import { parsePublicList } from '../../randomization/public-list.ts';
import { ALLOCATION, batchFiles, STUDY_FILE } from '../../study/layout.ts';
import type { Domain } from '../../study/study.ts';
import { exists, filesBelow, isSpecialFile, readBytes } from '../../system/files.ts';
import { domainName } from '../open-study.ts';
import type { FolderReader } from './folder-reader.ts';

/** A wrapping. Its manifest is undefined if no entry of the ledger names it. */
type FoundWrapping = Omit<Wrapping, 'manifest'> & { readonly manifest: string | undefined };

/** As much of a batch as can be read. */
interface ReadBatch {
  /** In force; undefined if it cannot be read. */
  readonly manifest: Manifest | undefined;
  /** The readable manifests that were in force before, the first one first. */
  readonly earlier: readonly Manifest[];
  /** Undefined if list.csv cannot be read. */
  readonly slots: readonly Slot[] | undefined;
}

/** The number of files after which progress is reported. */
const TELL_EVERY = 256;

/** Path → SHA-256 of every file in allocation/ that can be read. */
export function readDigests(
  reader: FolderReader,
  tellProgress: (done: number, total: number) => void,
): Map<string, string> {
  const { root } = reader;
  const digests = new Map<string, string>();
  const files = filesBelow(join(root, ALLOCATION)).map((file) => `${ALLOCATION}/${file}`);
  for (const [index, file] of files.entries()) {
    if (isSpecialFile(join(root, file))) {
      reader.report({ file, message: 'is not a regular file: randose did not put it there' });
      continue;
    }
    const content = reader.attempt(() => readBytes(join(root, file)));
    if (content !== undefined) {
      digests.set(file, sha256(file.endsWith('.age') ? content : reader.plain(file, content)));
    }
    if (index % TELL_EVERY === 0) tellProgress(index, files.length);
  }
  tellProgress(files.length, files.length);
  return digests;
}

/** Each batch with its wrappings, by the ledger; if the ledger has none, by the folders. */
export function findWrappings(
  root: string,
  entries: readonly Entry[],
): ReadonlyMap<number, readonly FoundWrapping[]> {
  const wrappings = wrappingsOf(entries);
  if (wrappings.size > 0) return wrappings;
  const batches = [FIRST_BATCH];
  while (exists(join(root, batchFiles(batches.length + 1).manifest))) {
    batches.push(batches.length + 1);
  }
  return new Map(batches.map((batch) => [batch, [{ batch, rewrap: 0, manifest: undefined }]]));
}

/** The list and the manifests of a batch. */
export function readBatch(
  reader: FolderReader,
  batch: number,
  wrappings: readonly FoundWrapping[],
  domain: Domain,
): ReadBatch {
  const { list } = batchFiles(batch);
  const slots = reader.attempt(() => parsePublicList(reader.text(list), batch));
  const manifests = wrappings.map((wrapping) => readManifest(reader, wrapping, domain));
  const earlier = manifests.slice(0, -1).filter((one) => one !== undefined);
  return { manifest: manifests.at(-1), earlier, slots };
}

function readManifest(
  reader: FolderReader,
  { batch, rewrap, manifest: digest }: FoundWrapping,
  domain: Domain,
): Manifest | undefined {
  const { manifest: file } = batchFiles(batch, rewrap);
  const text = reader.attempt(() => reader.text(file));
  if (text === undefined) return undefined;
  if (digest !== sha256(text)) {
    reader.report({ file, message: 'is not the manifest that the ledger names' });
  }
  const manifest = reader.attempt(() => parseManifest(text, batch, rewrap));
  if (manifest !== undefined && manifest.domain !== domain) {
    reader.report({ file, message: `belongs to a ${domainName(manifest.domain)}` });
  }
  return manifest;
}

/**
 * The digests, with that of the original in place of each sealed file of which only line ends were changed: such a
 * file is a problem of its own.
 */
export function withOriginals(
  reader: FolderReader,
  digests: ReadonlyMap<string, string>,
  batches: readonly CheckedBatch[],
): Map<string, string> {
  const originals = new Map(digests);
  const named = batches.flatMap(({ manifest, earlier }) => [...earlier, manifest]);
  for (const [file, digest] of named.flatMap(({ files }) => Object.entries(files))) {
    const found = digests.get(file);
    if (file === STUDY_FILE || found === undefined || found === digest) continue;
    const original = reader.proven(file);
    if (original !== undefined) originals.set(file, sha256(original));
  }
  return originals;
}

/** The batches whose manifest in force can be read: the others have nothing to compare files with. */
export function withManifest(batches: readonly ReadBatch[]): CheckedBatch[] {
  return batches.flatMap(({ manifest, ...rest }) => (manifest ? [{ manifest, ...rest }] : []));
}

/**
 * The digests without those of the manifests, which the ledger names, and of their signatures, which are
 * checked along the ledger.
 */
export function withoutManifests(
  digests: ReadonlyMap<string, string>,
  wrappings: ReadonlyMap<number, readonly FoundWrapping[]>,
): Map<string, string> {
  const others = new Map(digests);
  for (const { batch, rewrap } of [...wrappings.values()].flat()) {
    const { manifest, signature } = batchFiles(batch, rewrap);
    others.delete(manifest);
    // The first batch is not signed: a signature beside its manifest is a stray file.
    if (rewrap > 0 || batch > 1) others.delete(signature);
  }
  return others;
}
