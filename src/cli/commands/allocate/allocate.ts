import { join, relative } from 'node:path';
import { formatManifest, makeManifest, type Manifest } from '../../../blinding/manifest.ts';
import type { KeyPair } from '../../../blinding/identity.ts';
import { type BatchSecrets, sealList } from '../../../blinding/sealing.ts';
import { signManifest } from '../../../blinding/signing-key.ts';
import { type Problem, RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import { accountName } from '../../../system/account.ts';
import { now } from '../../../system/clock.ts';
import { makeDummyFolder } from '../../../store/allocation/rehearsal-folder.ts';
import {
  drawIdentifier,
  drawKeyPair,
  drawSalts,
  drawSeed,
  drawSigningKey,
} from '../../../system/entropy.ts';
import { liesWithin, readText, removeFolder } from '../../../system/files.ts';
import {
  finishFirst,
  finishFurther,
  installFirst,
  installFurther,
  type ReadyBatch,
} from '../../../store/allocation/install-batch.ts';
import {
  domainOf,
  openStudy,
  type OpenStudy,
  requireDomain,
  requireUnchanged,
} from '../../../store/open-study.ts';
import { openSigningKey } from '../../../store/opening/open-signing-key.ts';
import { signingWith } from '../../../store/signing.ts';
import {
  findStudyFolder,
  invalidStudy,
  isAllocated,
  type LoadedStudy,
  type Signing,
  withStudyLock,
} from '../../../store/folder/study-folder.ts';
import {
  FIRST_BATCH,
  makeAllocationList,
  missingSlots,
  nextBatch,
  slotsPerStratum,
  type Slot,
} from '../../../randomization/list.ts';
import { type Plan, readPlan } from '../../../randomization/plan.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind } from '../../../study/recipient.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { readStudy } from '../../../study/study-file.ts';
import { SOFTWARE } from '../../../version.ts';
import { atHome, type HomeFlags, noteFirst } from '../../study/at-home.ts';
import { formatBatch } from '../../output/batch-view.ts';
import { type KeyFlags, keysOf } from '../../arguments/keys.ts';
import {
  custodyWarnings,
  REHEARSAL_WARNING,
  shortStrataWarnings,
} from '../../study/list-warnings.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';

interface AllocateOptions extends KeyFlags, HomeFlags {
  readonly study?: string;
  readonly plan: string;
  readonly by?: string;
  readonly sign?: string;
  readonly extend?: boolean;
  readonly dummy?: boolean;
  readonly output?: string;
}

/** `randose allocate`: makes the list, seals it, and begins the ledger; or adds a batch to it. */
export async function allocate(output: Output, options: AllocateOptions): Promise<void> {
  const root = findStudyFolder(options.study);
  const who: Who =
    options.by === undefined
      ? { name: accountName(), role: 'operating system account', organisation: '' }
      : parseWho(options.by);
  if (liesWithin(options.plan, root)) {
    throw new RandoseError('usage', `${options.plan} lies inside the study folder`, {
      hint: 'Blinded people read that folder: move the plan, which has the block sizes, elsewhere.',
    });
  }
  const { extend = false, dummy = false } = options;
  if (options.output !== undefined && (!dummy || extend)) {
    throw new RandoseError('usage', '--output names the folder of a rehearsal: add --dummy');
  }
  if (extend !== (options.identity !== undefined)) throw keyAndExtend(extend);
  const signing = await signingWith(options.sign, !output.json);
  const entered: Entered = { who, signing };
  if (extend) return addBatch(output, root, options, entered);
  if (dummy) return rehearse(output, root, options, entered);
  return begin(output, root, options.plan, entered);
}

function keyAndExtend(isExtension: boolean): RandoseError {
  return isExtension
    ? new RandoseError('usage', '--extend needs --identity FILE', {
        hint: 'The key of an officer or a statistician, which signs the new batch. Nothing was changed.',
      })
    : new RandoseError('usage', '--identity goes with --extend', {
        hint: 'The first batch needs no key. Nothing was changed.',
      });
}

/** Who enters the allocation in the ledger, and with which ssh key. */
interface Entered {
  readonly who: Who;
  readonly signing: Signing | undefined;
}

/** The first batch of a study. */
async function begin(
  output: Output,
  root: string,
  planPath: string,
  entered: Entered,
): Promise<void> {
  await withStudyLock(root, async () => {
    const known = readStudy(readText(join(root, STUDY_FILE)), STUDY_FILE);
    if (known.ok) requireDomain(known.value, 'production');
    refuseTwice(root);
    const finished = finishFirst(root);
    if (finished !== undefined) {
      noteFirst(output, root);
      tellFinished(output, finished);
      return;
    }
    const { loaded, plan, planFile } = readBoth(root, planPath);
    for (const text of custodyWarnings(loaded.study)) output.warn(text);
    for (const text of shortStrataWarnings(loaded.study.strata, plan)) output.warn(text);
    const batch = await makeBatch(output, loaded, { plan, planFile, earlier: [], ...entered });
    const head = installFirst(loaded, batch, writingProgress(output, batch));
    noteFirst(output, root);
    tellBatch(output, loaded, batch.manifest, head);
    tellAboutPlan(output, planPath);
  });
}

/** A further batch: whatever study.yaml asks for beyond what there is. */
async function addBatch(
  output: Output,
  root: string,
  options: AllocateOptions,
  entered: Entered,
): Promise<void> {
  openStudy(root, domainOf(options)); // fails before a passphrase is asked for
  const keys: readonly KeyPair[] = await keysOf(options, !output.json);
  await atHome(output, root, options, async () => {
    const open = openStudy(root, domainOf(options));
    requireUnchanged(open, ['identity', 'arms', 'numbers', 'schedule', 'custody']);
    const signer = await openSigningKey(open, keys);
    const next = open.batches.length + 1;
    const finished = finishFurther(open, next, entered);
    if (finished !== undefined) {
      output.warn('a batch that was cut short is finished; --plan was not needed for it.');
      tellBatch(output, open, finished.manifest, finished.head);
      return;
    }
    const added = requireMoreSlots(open);
    const planFile = readText(options.plan, 'randose init --plan FILE makes one.');
    const { id, arms } = open.study;
    const plan = readPlan(planFile, options.plan, { id, arms, strata: added, isExtension: true });
    if (!plan.ok) throw invalidStudy(plan.problems);
    const earlier = open.slots;
    if (open.study.domain === 'dummy') output.warn(REHEARSAL_WARNING);
    for (const text of shortStrataWarnings(added, plan.value)) output.warn(text);
    const batch = await makeBatch(output, open, {
      plan: plan.value,
      planFile,
      earlier,
      ...entered,
    });
    const signature = signer && signManifest(formatManifest(batch.manifest), signer);
    const signed = { ...batch, signature };
    const head = installFurther(open, open.entries, signed, writingProgress(output, batch));
    tellBatch(output, open, batch.manifest, head);
    if (open.study.domain === 'production') tellAboutPlan(output, options.plan);
  });
}

/** A rehearsal: the whole study once more, in a folder of its own, with keys for everyone. */
async function rehearse(
  output: Output,
  root: string,
  options: AllocateOptions,
  entered: Entered,
): Promise<void> {
  const source = readBoth(root, options.plan, false);
  if (source.loaded.study.domain === 'dummy') {
    throw new RandoseError('usage', `${source.loaded.study.id} is a rehearsal already`, {
      hint: `Make another one from the trial's own folder; --extend --dummy adds slots to this one.`,
    });
  }
  output.warn(REHEARSAL_WARNING);
  const folder = await makeDummyFolder(source.loaded, options.output);
  try {
    const { loaded, plan, planFile } = readBoth(folder, options.plan);
    const batch = await makeBatch(output, loaded, { plan, planFile, earlier: [], ...entered });
    const head = installFirst(loaded, batch, writingProgress(output, batch));
    tellBatch(output, loaded, batch.manifest, head);
    const place = relative('', folder) || folder;
    output.say(`A rehearsal, in ${place}: no participant may be treated by it.`);
    output.say(`Its keys lie in ${place}/keys, for everyone. Commands for it take --dummy.`);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

interface BatchPlan extends Entered {
  readonly plan: Plan;
  readonly planFile: string;
  readonly earlier: readonly Slot[];
}

/** Draws a batch, and seals it. Nothing of it is on a disk before it is sealed. */
async function makeBatch(
  output: Output,
  { study, text }: LoadedStudy,
  { plan, planFile, earlier, who, signing }: BatchPlan,
): Promise<ReadyBatch> {
  const seed = drawSeed();
  const list = `${study.domain === 'dummy' ? DUMMY_MARK : ''}${drawIdentifier()}`;
  const total = study.strata.reduce((sum, { slots }) => sum + slots, 0) - earlier.length;
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
    cards: await Promise.all(slots.map(() => drawKeyPair(kind))),
    studyKey: isShared ? await drawKeyPair(kind) : undefined,
    signingKey: batch === FIRST_BATCH ? drawSigningKey() : undefined,
    created,
  };
  const { files, commitment, custody } = await sealList(study, slots, secrets, (sealed) => {
    output.progress(sealed, slots.length, 'sealing envelopes');
  });
  const facts = { batch, rewrap: 0, list, created, software: SOFTWARE, custody, commitment };
  const manifest = makeManifest(study, slots, new Map([[STUDY_FILE, text], ...files]), facts);
  return { manifest, files, signature: undefined, who, signing };
}

function writingProgress(output: Output, { files }: ReadyBatch): (written: number) => void {
  return (written) => {
    output.progress(written, files.size + 1, 'writing files');
  };
}

function refuseTwice(root: string): void {
  if (isAllocated(root)) {
    throw new RandoseError('would-overwrite', 'this study has its allocation list already', {
      hint: 'A list is made once. Nothing was changed. --extend adds the slots that study.yaml asks for beyond it.',
    });
  }
}

/**
 * @returns the strata that are to get more slots, each with how many
 * @throws RandoseError `invalid-study` where study.yaml takes slots back; `usage` where it asks for
 *   no more
 */
function requireMoreSlots({ study, slots }: OpenStudy): { id: string; slots: number }[] {
  const asked = new Map(study.strata.map((stratum) => [stratum.id, stratum.slots]));
  const problems: Problem[] = [];
  for (const [stratum, count] of slotsPerStratum(slots)) {
    const wanted = asked.get(stratum) ?? 0;
    if (wanted >= count) continue;
    const message = `stratum ${stratum} has ${count} slots already; ${STUDY_FILE} asks for ${wanted}, but what is allocated stays`;
    problems.push({ file: STUDY_FILE, message });
  }
  if (problems.length > 0) throw invalidStudy(problems);
  const added = missingSlots(study.strata, slots);
  if (added.length > 0) return added;
  throw new RandoseError('usage', `every stratum has the slots that ${STUDY_FILE} asks for`, {
    hint: `To add slots, raise them in ${STUDY_FILE}, or add a site or a level there. Nothing was changed.`,
  });
}

/** Reads both files, and tells of every problem in either at once. */
function readBoth(
  root: string,
  planPath: string,
  readyToSeal = true,
): { loaded: LoadedStudy; plan: Plan; planFile: string } {
  const text = readText(join(root, STUDY_FILE));
  const planFile = readText(planPath, 'randose init --plan FILE makes one.');
  const study = readStudy(text, STUDY_FILE, readyToSeal);
  const plan = readPlan(planFile, planPath, study.design);
  const problems: Problem[] = [];
  if (!study.ok) problems.push(...study.problems);
  if (!plan.ok) problems.push(...plan.problems);
  if (!study.ok || !plan.ok) throw invalidStudy(problems);
  return { loaded: { root, text, study: study.value }, plan: plan.value, planFile };
}

function tellFinished(output: Output, head: Head): void {
  output.result(
    { ledger: head },
    `The list of an allocation that was cut short is in its place now.\n\n${formatReceipt(head)}\n`,
  );
}

function tellBatch(
  output: Output,
  { root, study }: LoadedStudy,
  manifest: Manifest,
  ledger: Head,
): void {
  const { batch, slots, list, strata } = manifest;
  output.result(
    { study: study.id, folder: root, batch, list, slots, strata: strata.length, ledger },
    `${formatBatch(study, manifest)}\n${formatReceipt(ledger)}\n`,
  );
}

function tellAboutPlan(output: Output, planPath: string): void {
  output.say(`A copy of ${planPath} is sealed in master.age: lock the file away or destroy it.`);
}
