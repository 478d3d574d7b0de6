import { join } from 'node:path';
import { type Manifest, parseManifest } from '../../../blinding/manifest.ts';
import { sha256 } from '../../../digest.ts';
import { START } from '../../../ledger/chain.ts';
import { plainText, provenContent } from '../../../ledger/plain-text.ts';
import { type SalvagedLedger, salvageLedger } from '../../../ledger/salvage.ts';
import type { Wrapping } from '../../../ledger/wrappings.ts';
import type { Slot } from '../../../randomization/list.ts';
import { parsePublicList } from '../../../randomization/public-list.ts';
import { batchFiles, LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import type { Study } from '../../../study/study.ts';
import { readStudy } from '../../../study/study-file.ts';
import { exists, readBytes } from '../../../system/files.ts';

/** What could not be checked, a line each, without a full stop. */
type Doubts = readonly string[];

/** A file of which only line ends or the encoding were changed; what is in it is proven. */
export interface ChangedFile {
  readonly file: string;
  /** As what follows the name of the file. */
  readonly changes: readonly string[];
}

/** study.yaml, as far as it can be read. */
interface RescuedStudyFile {
  /** Undefined if study.yaml cannot be read or has errors. */
  readonly study: Study | undefined;
  /** The content of study.yaml, even if it has errors; empty if it cannot be read. */
  readonly text: Uint8Array | string;
  readonly doubts: Doubts;
}

/** It throws nothing. */
export function rescueStudyFile(root: string): RescuedStudyFile {
  const read = bytesOf(root, STUDY_FILE);
  if (typeof read === 'string') return { study: undefined, text: '', doubts: [read] };
  const plain = plainText(read);
  const checked = orUndefined(() => readStudy(plain.text, STUDY_FILE));
  if (checked?.ok === true) return { study: checked.value, text: read, doubts: [] };
  const [first] = checked?.problems ?? [];
  const where = first?.line === undefined ? '' : `:${first.line}`;
  const doubt = `${STUDY_FILE}${where}: ${first?.message ?? 'it cannot be read'}`;
  return { study: undefined, text: read, doubts: [doubt] };
}

/** The ledger, as far as it can be read. It throws nothing. */
export function rescueLedger(root: string): SalvagedLedger {
  const read = bytesOf(root, LEDGER_FILE);
  if (typeof read !== 'string') return salvageLedger(read);
  const none = { head: START, entries: [], whole: [], sound: [] };
  return { ...none, isSound: false, areEntriesSound: false, doubts: [read], changes: [] };
}

/** A wrapping. Its manifest is undefined if no sound entry of the ledger names it. */
export type KnownWrapping = Omit<Wrapping, 'manifest'> & { readonly manifest: string | undefined };

/** A manifest, as far as it can be read. */
interface RescuedManifest {
  readonly manifest: Manifest | undefined;
  /** Whether it is the one that the ledger names. */
  readonly isSound: boolean;
  /** Whether it differs from the one that the ledger names. */
  readonly isAltered: boolean;
  readonly doubts: Doubts;
  readonly changed: readonly ChangedFile[];
}

/** It throws nothing. */
export function rescueManifest(
  root: string,
  { batch, rewrap, manifest: digest }: KnownWrapping,
): RescuedManifest {
  const { manifest: file } = batchFiles(batch, rewrap);
  const read = bytesOf(root, file);
  const none = { manifest: undefined, isSound: false, isAltered: false, changed: [] };
  if (typeof read === 'string') return { ...none, doubts: [read] };
  const { text, doubts, changed, isSound } = textOf(read, file, digest);
  const manifest = orUndefined(() => parseManifest(text, batch, rewrap));
  if (manifest === undefined) return { ...none, doubts: [...doubts, `${file} is damaged`] };
  const isAltered = digest !== undefined && !isSound;
  if (isAltered) doubts.push(`${file} is not the one that the ledger names: somebody changed it`);
  return { manifest, isSound, isAltered, doubts, changed };
}

/** A list.csv, as far as it can be read. */
interface RescuedList {
  /** Empty if it cannot be read. */
  readonly slots: readonly Slot[];
  /** Whether it is the one that the manifest names. */
  readonly isSound: boolean;
  readonly doubts: Doubts;
  readonly changed: readonly ChangedFile[];
}

/** It throws nothing. @param manifest undefined if there is no sound one */
export function rescueList(
  root: string,
  batch: number,
  manifest: Manifest | undefined,
): RescuedList {
  const { list: file } = batchFiles(batch);
  const read = bytesOf(root, file);
  const none = { slots: [], isSound: false, changed: [] };
  if (typeof read === 'string') return { ...none, doubts: [read] };
  const { text, doubts, changed, isSound } = textOf(read, file, manifest?.files[file]);
  const slots = orUndefined(() => parsePublicList(text, batch));
  if (slots === undefined) return { ...none, doubts: [...doubts, `${file} is damaged`] };
  if (manifest !== undefined && !isSound) {
    doubts.push(`${file} is not the list that was sealed: somebody changed it`);
  }
  return { slots, isSound, doubts, changed };
}

/** A text, and whether it is the one with a digest. Changes that its digest proves harmless are no doubts. */
function textOf(
  bytes: Uint8Array,
  file: string,
  digest: string | undefined,
): { text: string; doubts: string[]; changed: readonly ChangedFile[]; isSound: boolean } {
  const proven = provenContent(bytes, (content) => sha256(content) === digest);
  if (proven === undefined) {
    const { text, changes } = plainText(bytes);
    const doubts = changes.map((change) => `${file} ${change}`);
    return { text, doubts, changed: [], isSound: false };
  }
  const { content, changes } = proven;
  const changed = changes.length === 0 ? [] : [{ file, changes }];
  return { text: new TextDecoder().decode(content), doubts: [], changed, isSound: true };
}

/** Does work whose failure, of any kind, must not stop an emergency. @returns undefined if it fails */
export function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The content of a file; or, as a text, the reason why it cannot be read. */
function bytesOf(root: string, file: string): Uint8Array | string {
  try {
    if (!exists(join(root, file))) return `${file} is missing`;
    return readBytes(join(root, file));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'it cannot be read';
    return message.includes(file) ? message.replace(join(root, file), file) : `${file}: ${message}`;
  }
}
