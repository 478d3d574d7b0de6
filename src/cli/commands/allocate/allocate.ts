import { join, relative } from 'node:path';
import { formatManifest, makeManifest, type Manifest } from '../../../blinding/manifest.ts';
import type { KeyPair } from '../../../blinding/identity.ts';
import { type BatchSecrets, sealList } from '../../../blinding/sealing.ts';
import { type SigningKey, signManifest } from '../../../blinding/signing-key.ts';
import { type Problem, RandoseError } from '../../../errors.ts';
import { type Head, START } from '../../../ledger/chain.ts';
import type { Who } from '../../../ledger/who.ts';
import { now } from '../../../system/clock.ts';
import { makeRehearsalFolder } from '../../../store/allocation/rehearsal-folder.ts';
import {
  drawIdentifier,
  drawKeyPair,
  drawSalts,
  drawSeed,
  drawSigningKey,
} from '../../../store/draw.ts';
import { exists, liesWithin, readText, removeFolder } from '../../../system/files.ts';
import {
  allocationOf,
  finishFirst,
  installFirst,
  installFurther,
  type ReadyBatch,
  unfinishedBatch,
} from '../../../store/allocation/install-batch.ts';
import { enterNow } from '../../../store/enter-now.ts';
import { ledgerOf } from '../../../store/ledger-of.ts';
import type { LedgerStore } from '../../../store/ledger-store.ts';
import {
  openStudy,
  type OpenStudy,
  requireDomain,
  requireUnchanged,
  type StudyPlace,
} from '../../../store/open-study.ts';
import { makeReady, type Signing } from '../../../store/ready.ts';
import { openSigningKey } from '../../../store/opening/open-signing-key.ts';
import { signingWith } from '../../../store/signing.ts';
import {
  findStudyFolder,
  invalidStudy,
  isAllocated,
  type LoadedStudy,
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
import { LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import { recipientKind } from '../../../study/recipient.ts';
import { levelsOfStratum } from '../../../study/sections/strata.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { placeInStudy, readStudy } from '../../../study/study-file.ts';
import { SOFTWARE } from '../../../version.ts';
import { atHome, noteFirst } from '../../study/at-home.ts';
import { formatBatch } from '../../output/batch-view.ts';
import { keysOf } from '../../arguments/keys.ts';
import {
  custodyWarnings,
  REHEARSAL_WARNING,
  shortStrataWarnings,
} from '../../study/list-warnings.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { AllocateFlags } from './command.ts';

/** `randose allocate`: makes the list, seals it and starts the ledger; or adds a batch. */
export async function allocate(output: Output, options: AllocateFlags): Promise<void> {
  const root = findStudyFolder(options.study);
  const who = whoOrAccount(options.by);
  if (liesWithin(options.plan, root)) {
    throw new RandoseError('usage', `${options.plan} is inside the study folder`, {
      hint: 'Blinded people read that folder, and the plan has the block sizes. Move it elsewhere.',
    });
  }
  const { extend = false, rehearsal = false } = options;
  if (options.output !== undefined && (!rehearsal || extend)) {
    throw new RandoseError('usage', '--output names the folder of a rehearsal: add --rehearsal');
  }
  if (extend !== (options.identity !== undefined)) throw keyAndExtend(extend);
  const signing = await signingWith(options.sign, !output.json);
  const recorder: Recorder = { who, signing };
  if (extend) return addBatch(output, options, recorder);
  if (rehearsal) return rehearse(output, root, options, recorder);
  return begin(output, root, options.plan, recorder);
}

function keyAndExtend(isExtension: boolean): RandoseError {
  return isExtension
    ? new RandoseError('usage', '--extend needs --identity FILE', {
        hint: 'Name the key of an officer or a statistician: it signs the new batch. Nothing was changed.',
      })
    : new RandoseError('usage', '--identity needs --extend', {
        hint: 'The first batch needs no key. Nothing was changed.',
      });
}

/** Who enters the allocation in the ledger, and with which ssh key. */
interface Recorder {
  readonly who: Who;
  readonly signing: Signing | undefined;
}

/** The first batch of a study. It is drawn and sealed in memory; only then is the study locked. */
async function begin(
  output: Output,
  root: string,
  planPath: string,
  { who, signing }: Recorder,
): Promise<void> {
  const ledger = ledgerOf(root);
  const known = readStudy(readText(join(root, STUDY_FILE)), STUDY_FILE);
  if (known.ok) requireDomain(known.value, 'production');
  if (await finishBegun(output, root, ledger)) return;
  const { loaded, plan, planFile } = readBoth(root, planPath);
  for (const text of custodyWarnings(loaded.study)) output.warn(text);
  for (const text of shortStrataWarnings(loaded.study.strata, plan)) output.warn(text);
  const batch = await makeBatch(output, loaded, { plan, planFile, earlier: [] });
  const entry = makeReady(
    { text: loaded.text, head: START },
    [allocationOf(batch.manifest, who)],
    signing,
  );
  const head = await ledger.exclusive(async () => {
    refuseTwice(root);
    requireSameStudy(loaded);
    requireNoLedger(root);
    const tellProgress = writingProgress(output, batch);
    const installed = await installFirst(loaded, ledger, batch, entry, tellProgress);
    noteFirst(output, root);
    return installed;
  });
  tellBatch(output, loaded, batch.manifest, head);
  tellAboutPlan(output, planPath);
}

/** Finishes a first batch that was cut short. @returns whether there was one */
async function finishBegun(output: Output, root: string, ledger: LedgerStore): Promise<boolean> {
  const finished = await ledger.exclusive(() => {
    refuseTwice(root);
    const head = finishFirst(root);
    if (head !== undefined) noteFirst(output, root);
    return head;
  });
  if (finished !== undefined) tellFinished(output, finished);
  return finished !== undefined;
}

/** A further batch: the slots that study.yaml asks for and that do not exist yet. */
async function addBatch(output: Output, options: AllocateFlags, recorder: Recorder): Promise<void> {
  const place = studyPlace(options);
  await openStudy(place); // fails before a passphrase is asked for
  const keys: readonly KeyPair[] = await keysOf(options, !output.json);
  const study = await atHome(output, place, options);
  const open = await openToExtend(study);
  const signer = await openSigningKey(open, keys);
  const begun = unfinishedBatch(open, open.batches.length + 1);
  const { manifest, head } =
    begun === undefined
      ? await installNext(output, options, { study, open, signer, ...recorder })
      : { manifest: begun, head: await finishBatch({ study, open, ...recorder }, begun) };
  if (begun !== undefined) {
    output.warn('this finished a batch that had been interrupted. --plan was not used.');
  }
  tellBatch(output, open, manifest, head);
  if (begun === undefined && open.study.domain === 'production') {
    tellAboutPlan(output, options.plan);
  }
}

async function openToExtend(study: StudyPlace): Promise<OpenStudy> {
  const open = await openStudy(study);
  requireUnchanged(open, ['identity', 'arms', 'numbers', 'schedule', 'custody']);
  return open;
}

/** What an extension is made with. */
interface Extension extends Recorder {
  readonly study: StudyPlace;
  /** The study as it was when the batch was drawn. */
  readonly open: OpenStudy;
}

/** Draws and seals the next batch, and puts it in its place. */
async function installNext(
  output: Output,
  options: AllocateFlags,
  extension: Extension & { readonly signer: SigningKey | undefined },
): Promise<{ manifest: Manifest; head: Head }> {
  const { study, open, signer, who, signing } = extension;
  const added = requireMoreSlots(open);
  const planFile = readText(options.plan, 'To make one: randose init --plan FILE');
  const { id, arms } = open.study;
  const asked = readStudy(open.text, STUDY_FILE, 'extend');
  const plan = readPlan(planFile, options.plan, { id, arms, strata: added, isExtension: true });
  if (!asked.ok || !plan.ok) {
    throw invalidStudy([asked, plan].flatMap((read) => (read.ok ? [] : read.problems)));
  }
  if (open.study.domain === 'dummy') output.warn(REHEARSAL_WARNING);
  for (const text of shortStrataWarnings(added, plan.value)) output.warn(text);
  const batch = await makeBatch(output, open, { plan: plan.value, planFile, earlier: open.slots });
  const signature = signer && signManifest(formatManifest(batch.manifest), signer);
  const entry = makeReady(open, [allocationOf(batch.manifest, who)], signing);
  const head = await study.ledger.exclusive(async () => {
    const now = await openAsBefore(extension);
    const tellProgress = writingProgress(output, batch);
    return installFurther(now, study.ledger, { ...batch, signature }, entry, tellProgress);
  });
  return { manifest: batch.manifest, head };
}

/** Enters a batch whose folder is in its place already. @returns where the ledger ends then */
async function finishBatch(extension: Extension, manifest: Manifest): Promise<Head> {
  const { study, open, who, signing } = extension;
  const entry = makeReady(open, [allocationOf(manifest, who)], signing);
  return study.ledger.exclusive(async () => {
    const { head } = await enterNow(study.ledger, await openAsBefore(extension), entry);
    return head;
  });
}

/**
 * The study as it is under the lock. Participants may have been randomized since the batch was drawn; slots,
 * study.yaml and the key that signs the batch must be the same.
 *
 * @throws RandoseError `locked` if somebody else has extended the list or changed study.yaml
 */
async function openAsBefore({ study, open }: Extension): Promise<OpenStudy> {
  const now = await openToExtend(study);
  const isSame =
    now.text === open.text &&
    now.slots.length === open.slots.length &&
    now.signing?.publicKey === open.signing?.publicKey;
  if (isSame) return now;
  throw changedMeanwhile();
}

/** @throws RandoseError `locked` if study.yaml was changed since it was read */
function requireSameStudy({ root, text }: LoadedStudy): void {
  if (readText(join(root, STUDY_FILE)) !== text) throw changedMeanwhile();
}

/** @throws RandoseError if somebody else has begun an allocation since then */
function requireNoLedger(root: string): void {
  if (exists(join(root, LEDGER_FILE))) throw changedMeanwhile();
}

function changedMeanwhile(): RandoseError {
  return new RandoseError('locked', 'the study was changed while the list was made', {
    hint: 'Nothing was changed. Run the command again.',
  });
}

/** A rehearsal: a copy of the whole study, in a folder of its own, with keys for everyone. */
async function rehearse(
  output: Output,
  root: string,
  options: AllocateFlags,
  { who, signing }: Recorder,
): Promise<void> {
  const source = readBoth(root, options.plan, 'draft');
  if (source.loaded.study.domain === 'dummy') {
    throw new RandoseError('usage', `${source.loaded.study.id} is already a rehearsal`, {
      hint: `To make another one, use the trial's own folder. To add slots to this one, add --extend.`,
    });
  }
  output.warn(REHEARSAL_WARNING);
  const folder = await makeRehearsalFolder(source.loaded, options.output);
  try {
    const { loaded, plan, planFile } = readBoth(folder, options.plan);
    const batch = await makeBatch(output, loaded, { plan, planFile, earlier: [] });
    const acts = [allocationOf(batch.manifest, who)];
    const entry = makeReady({ text: loaded.text, head: START }, acts, signing);
    const ledger = ledgerOf(folder);
    const tellProgress = writingProgress(output, batch);
    const head = await ledger.exclusive(() =>
      installFirst(loaded, ledger, batch, entry, tellProgress),
    );
    tellBatch(output, loaded, batch.manifest, head);
    const place = relative('', folder) || folder;
    output.say(`Made a rehearsal in ${place}. Never use it to treat a participant.`);
    output.say(`Its keys are in ${place}/keys, for everyone. Commands for it need --rehearsal.`);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

interface BatchPlan {
  readonly plan: Plan;
  readonly planFile: string;
  readonly earlier: readonly Slot[];
}

/** Draws a batch, and seals it. Nothing of it is on a disk before it is sealed. */
async function makeBatch(
  output: Output,
  { study, text }: LoadedStudy,
  { plan, planFile, earlier }: BatchPlan,
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
  return { manifest, files, signature: undefined };
}

function writingProgress(output: Output, { files }: ReadyBatch): (written: number) => void {
  return (written) => {
    output.progress(written, files.size + 1, 'writing files');
  };
}

function refuseTwice(root: string): void {
  if (isAllocated(root)) {
    throw new RandoseError('would-overwrite', 'this study already has its allocation list', {
      hint: 'A list is made once. Nothing was changed. To add slots that study.yaml has and the list does not, add --extend.',
    });
  }
}

/**
 * @returns the strata that get more slots, each with how many
 * @throws RandoseError `invalid-study` if study.yaml has fewer slots than the list; `usage` if it has no more
 */
function requireMoreSlots({ study, slots, text }: OpenStudy): { id: string; slots: number }[] {
  requireSameFactors({ study, slots, text });
  const asked = new Map(study.strata.map((stratum) => [stratum.id, stratum.slots]));
  const problems: Problem[] = [];
  for (const [stratum, count] of slotsPerStratum(slots)) {
    const wanted = asked.get(stratum) ?? 0;
    if (wanted >= count) continue;
    const message = `stratum ${stratum} already has ${count} slots, and allocated slots stay; ${STUDY_FILE} has ${wanted}`;
    problems.push({ file: STUDY_FILE, message, ...placeInStudy(text, ['strata']) });
  }
  if (problems.length > 0) throw invalidStudy(problems);
  const added = missingSlots(study.strata, slots);
  if (added.length > 0) return added;
  throw new RandoseError('usage', `every stratum already has the slots in ${STUDY_FILE}`, {
    hint: `To add slots, raise their numbers in ${STUDY_FILE}, or add a site or a level there. Nothing was changed.`,
  });
}

/** @throws RandoseError `invalid-study` if study.yaml has other factors than the strata of the list */
function requireSameFactors({ study, slots, text }: Pick<OpenStudy, 'study' | 'slots' | 'text'>) {
  const before = Object.keys(levelsOfStratum(slots[0]?.stratum ?? ''));
  const names = study.factors.map(({ name }) => name);
  const told = (path: (string | number)[], message: string): Problem => {
    return { file: STUDY_FILE, message, ...placeInStudy(text, path) };
  };
  const problems = [
    ...names.flatMap((name, index) => {
      const message = `factor "${name}" is new, but the factors cannot change after allocation: remove it`;
      return before.includes(name) ? [] : [told(['factors', index, 'name'], message)];
    }),
    ...before.flatMap((name) => {
      const message = `factor "${name}" is missing, but the factors cannot change after allocation: write it again`;
      return names.includes(name) ? [] : [told(['factors'], message)];
    }),
  ];
  if (problems.length > 0) throw invalidStudy(problems);
}

/** Reads both files, and reports all their problems at once. */
function readBoth(
  root: string,
  planPath: string,
  purpose: 'seal' | 'draft' = 'seal',
): { loaded: LoadedStudy; plan: Plan; planFile: string } {
  const text = readText(join(root, STUDY_FILE));
  const planFile = readText(planPath, 'To make one: randose init --plan FILE');
  const study = readStudy(text, STUDY_FILE, purpose);
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
    `This finished an allocation that had been interrupted.\n\n${formatReceipt(head)}\n`,
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
  output.say(`A copy of ${planPath} is sealed in master.age. Lock the file away or destroy it.`);
}
