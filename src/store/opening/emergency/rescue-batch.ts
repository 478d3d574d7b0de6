import { commitsToSameList, type Manifest } from '../../../blinding/manifest.ts';
import type { Commitments } from '../../../blinding/published.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import { wrappingsOf } from '../../../ledger/wrappings.ts';
import type { Slot } from '../../../randomization/list.ts';
import { ALLOCATION, batchFiles } from '../../../study/layout.ts';
import type { UnsignedManifest } from '../../verify/signed-manifests.ts';
import { batchOfFile, rewrapOfFile } from '../envelope-paths.ts';
import {
  type ChangedFile,
  type KnownWrapping,
  rescueList,
  rescueManifest,
} from './rescue-files.ts';

/** The commitment that every envelope of a batch must lead to. */
interface Anchor {
  readonly study: string;
  readonly list: string;
  readonly leaves: number;
  readonly root: string;
}

/** A batch, as far as it can be read. */
export interface RescuedBatch {
  readonly batch: number;
  /** From the filed commitment, or from the sound part of the ledger; undefined if neither has it. */
  readonly anchor: Anchor | undefined;
  /** The manifest as allocated, if it can be read and nothing shows that somebody altered it. */
  readonly hint: Manifest | undefined;
  /** The manifest in force, by the sound part of the ledger; else the newest that can be read. */
  readonly inForce: Manifest | undefined;
  readonly slots: readonly Slot[];
  readonly isListSound: boolean;
}

/** What is known before a batch is read. */
export interface Known {
  /** The entries that nobody altered. Empty if the ledger does not agree with a filed receipt. */
  readonly trusted: readonly Entry[];
  readonly unsigned: readonly UnsignedManifest[];
  /** The commitments that were filed, of each batch; undefined if none was given. */
  readonly commitments: readonly Commitments[] | undefined;
  /** Every envelope in the study folder, as a path relative to it. */
  readonly envelopes: readonly string[];
}

/**
 * Reads what can be read of a batch. It throws nothing.
 *
 * @returns also what could not be checked, which files have other line ends, and whether its manifest is another one
 *   than the ledger names
 */
export function rescueBatch(
  root: string,
  batch: number,
  known: Known,
): {
  batch: RescuedBatch;
  doubts: readonly string[];
  changed: readonly ChangedFile[];
  isAltered: boolean;
} {
  const isForged = (rewrap: number) => isUnsigned(known, batch, rewrap);
  const digest = allocationOf(known, batch)?.manifest;
  const allocated = rescueManifest(root, { batch, rewrap: 0, manifest: digest });
  const isSound = allocated.isSound && !isForged(0);
  const { anchor, doubts } = anchorOf(known, batch, isSound ? allocated.manifest : undefined);
  const latest = inForceOf(root, batch, allocated.manifest, known);
  const list = rescueList(root, batch, allocated.isSound ? allocated.manifest : undefined);
  return {
    batch: {
      batch,
      anchor,
      hint: allocated.isAltered ? undefined : allocated.manifest,
      inForce: latest.inForce,
      slots: list.slots,
      isListSound: list.isSound,
    },
    doubts: [
      ...allocated.doubts,
      ...(isForged(0)
        ? [`batch ${batch} is not signed by a holder of a key: somebody may have made it up`]
        : []),
      ...doubts,
      ...latest.doubts,
      ...list.doubts,
    ],
    changed: [...allocated.changed, ...latest.changed, ...list.changed],
    isAltered: allocated.isAltered,
  };
}

/** Whether a manifest lacks its signature. The first one of the first batch needs none. */
function isUnsigned({ unsigned }: Known, batch: number, rewrap: number): boolean {
  if (batch + rewrap === 1) return false;
  return unsigned.some((one) => one.batch === batch && one.rewrap === rewrap);
}

function allocationOf({ trusted }: Known, batch: number) {
  return entriesOf(trusted, 'allocation').find((entry) => entry.batch === batch);
}

/** The commitment of a batch: the filed one, else the one in its sound manifest. */
function anchorOf(
  { commitments }: Known,
  batch: number,
  sound: Manifest | undefined,
): { anchor: Anchor | undefined; doubts: readonly string[] } {
  const filed = commitments?.find((one) => one.batch === String(batch));
  if (filed !== undefined) {
    const { study, list, leaves, root } = filed;
    const isOther = sound !== undefined && sound.commitment.root !== root;
    const { manifest } = batchFiles(batch);
    const doubt = `${manifest} does not match the filed commitment`;
    return {
      anchor: { study, list, leaves: Number(leaves), root },
      doubts: isOther ? [doubt] : [],
    };
  }
  return {
    anchor: sound && { ...sound, ...sound.commitment },
    doubts: commitments === undefined ? [] : [`the filed commitment does not have batch ${batch}`],
  };
}

/** The latest manifest of a batch that is a rewrap of the same list. */
function inForceOf(
  root: string,
  batch: number,
  allocated: Manifest | undefined,
  known: Known,
): {
  inForce: Manifest | undefined;
  doubts: readonly string[];
  changed: readonly ChangedFile[];
} {
  const doubts: string[] = [];
  const changedFiles: ChangedFile[] = [];
  let inForce = allocated;
  for (const wrapping of rewrapsOf(batch, known)) {
    const { manifest, doubts: more, changed } = rescueManifest(root, wrapping);
    doubts.push(...more);
    changedFiles.push(...changed);
    const isOther =
      manifest !== undefined && allocated !== undefined && !commitsToSameList(allocated, manifest);
    if (isUnsigned(known, batch, wrapping.rewrap) || isOther) {
      const { manifest: file } = batchFiles(batch, wrapping.rewrap);
      doubts.push(
        `${file} is not a rewrap of this list: somebody without a key made it, so it is ignored`,
      );
    } else inForce = manifest ?? inForce;
  }
  return { inForce, doubts, changed: changedFiles };
}

/** The rewraps of a batch, by the ledger; if it does not have the batch, by the envelopes. */
function rewrapsOf(batch: number, known: Known): readonly KnownWrapping[] {
  const wrappings =
    allocationOf(known, batch) === undefined
      ? rewrapsOnDisk(known, batch).map((rewrap) => ({ batch, rewrap, manifest: undefined }))
      : (wrappingsOf(known.trusted).get(batch) ?? []);
  return wrappings.filter(({ rewrap }) => rewrap > 0);
}

/** The rewraps of which allocation/ has envelopes, in order. */
function rewrapsOnDisk({ envelopes }: Known, batch: number): number[] {
  const own = envelopes.filter(
    (file) => file.startsWith(`${ALLOCATION}/`) && batchOfFile(file) === batch,
  );
  return [...new Set(own.map(rewrapOfFile))].sort((a, b) => a - b);
}
