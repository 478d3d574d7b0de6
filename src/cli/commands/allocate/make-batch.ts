import { makeManifest, type Manifest } from '../../../blinding/manifest.ts';
import { type BatchSecrets, sealList } from '../../../blinding/sealing.ts';
import type { Content } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import type { Who } from '../../../ledger/who.ts';
import { now } from '../../../system/clock.ts';
import { drawIdentifier } from '../../../store/draw-identifier.ts';
import { drawKeyPair, drawSalts, drawSeed, drawSigningKey } from '../../../store/draw.ts';
import { sealerInThreads } from '../../../store/allocation/sealer-in-threads.ts';
import type { ReadyBatch } from '../../../store/allocation/unfinished-folder.ts';
import type { Signing } from '../../../store/ready.ts';
import type { LoadedStudy } from '../../../store/folder/study-folder.ts';
import {
  FIRST_BATCH,
  makeAllocationList,
  missingSlots,
  nextBatch,
  type PlanToDraw,
  type Slot,
} from '../../../randomization/list.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind } from '../../../study/recipient.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { SOFTWARE } from '../../../version.ts';
import { formatBatch } from '../../output/batch-view.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';

/** Who enters the allocation in the ledger, and with which ssh key. */
export interface Recorder {
  readonly who: Who;
  readonly signing: Signing | undefined;
}

interface BatchPlan {
  readonly plan: PlanToDraw;
  readonly planFile: string;
  readonly earlier: readonly Slot[];
}

/** Draws a batch, and seals it. Nothing of it is on a disk before it is sealed. */
export async function makeBatch(
  output: Output,
  { study, text }: LoadedStudy,
  { plan, planFile, earlier }: BatchPlan,
): Promise<ReadyBatch> {
  const seed = drawSeed();
  const list = `${study.domain === 'dummy' ? DUMMY_MARK : ''}${drawIdentifier()}`;
  const total = missingSlots(study.strata, earlier).reduce((sum, { slots }) => sum + slots, 0);
  const slots = makeAllocationList(study, plan, seed, earlier, (made) => {
    output.progress(made, total, 'drawing slots');
  });
  const batch = nextBatch(earlier);
  const kind = recipientKind(study.officers[0]?.recipient ?? '') ?? 'x25519';
  const isShared = study.custody.rule === 'threshold';
  const created = now();
  const secrets: BatchSecrets = {
    batch,
    list,
    seed,
    salts: drawSalts(slots.length),
    studyFile: text,
    planFile,
    tables: plan.tables,
    cards: await Promise.all(slots.map(() => drawKeyPair(kind))),
    studyKey: isShared ? await drawKeyPair(kind) : undefined,
    signingKey: batch === FIRST_BATCH ? drawSigningKey() : undefined,
    created,
  };
  const { files, commitment, custody } = await sealList(
    study,
    slots,
    secrets,
    (sealed) => {
      output.progress(sealed, slots.length, 'sealing envelopes');
    },
    sealerInThreads,
  );
  const facts = { batch, rewrap: 0, list, created, software: SOFTWARE, custody, commitment };
  function* described(): Generator<readonly [path: string, content: Content]> {
    yield [STUDY_FILE, text];
    yield* files;
  }
  const manifest = makeManifest(study, slots, described(), facts);
  return { manifest, files, signature: undefined };
}

export function writingProgress(output: Output, { files }: ReadyBatch): (written: number) => void {
  return (written) => {
    output.progress(written, files.size + 1, 'writing files');
  };
}

export function changedMeanwhile(): RandoseError {
  return new RandoseError('locked', 'another command changed the study while the list was made', {
    hint: 'This command changed nothing. Run it again.',
  });
}

export function tellBatch(
  output: Output,
  { root, study }: LoadedStudy,
  manifest: Manifest,
  ledger: Head,
): void {
  const { batch, slots, list, strata, replacements } = manifest;
  const counts = {
    slots,
    strata: strata.length,
    ...(replacements !== undefined && { replacements }),
  };
  output.result(
    { study: study.id, folder: root, batch, list, ...counts, ledger },
    `${formatBatch(study, manifest)}\n${formatReceipt(ledger)}\n`,
  );
}

export function tellAboutPlan(output: Output, planPath: string): void {
  output.say(`A copy of ${planPath} is sealed in master.age. Lock the file away or destroy it.`);
}
