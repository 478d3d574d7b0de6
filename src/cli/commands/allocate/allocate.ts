import { join, relative } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { type Head, START } from '../../../ledger/chain.ts';
import type { Who } from '../../../ledger/who.ts';
import { makeRehearsalFolder } from '../../../store/allocation/rehearsal-folder.ts';
import { exists, readText, removeFolder } from '../../../system/files.ts';
import {
  allocationOf,
  finishFirst,
  installFirst,
} from '../../../store/allocation/install-batch.ts';
import { keepStudyFile } from '../../../store/folder/kept-study.ts';
import { otherTrialWithId } from '../../../store/folder/home.ts';
import { ledgerOf } from '../../../store/ledger-of.ts';
import { findPlans } from '../../../store/folder/stray-files.ts';
import type { LedgerStore } from '../../../store/ledger-store.ts';
import { openStudy, requireDomain } from '../../../store/open-study.ts';
import { makeReady } from '../../../store/ready.ts';
import { signingWith } from '../../../store/signing.ts';
import {
  findStudyFolder,
  invalidStudy,
  isAllocated,
  type LoadedStudy,
} from '../../../store/folder/study-folder.ts';
import type { PlanToDraw } from '../../../randomization/list.ts';
import type { Plan } from '../../../randomization/plan.ts';
import { cancelledByInterrupt } from '../../../system/prompts.ts';
import { LEDGER_FILE, STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { noteFirst } from '../../study/at-home.ts';
import { withTables } from '../../study/plan-tables.ts';
import { problemsOf, readTogether } from '../../study/read-together.ts';
import { studyPlace } from '../../study/study-place.ts';
import { listWarnings, REHEARSAL_WARNING } from '../../study/list-warnings.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { readPlanFile, requirePlanOutside } from '../../arguments/plan-file.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import type { AllocateFlags } from './command.ts';

import { askToDraw, tellWouldDraw } from './ask-to-draw.ts';
import { addBatch, tellNextBatch } from './extend.ts';
import {
  changedMeanwhile,
  makeBatch,
  type Recorder,
  tellAboutPlan,
  tellBatch,
  writingProgress,
} from './make-batch.ts';

/** `randose allocate`: makes the list, seals it and starts the ledger; or adds a batch. */
export async function allocate(output: Output, options: AllocateFlags): Promise<void> {
  const root = findStudyFolder(options.study);
  const who = whoOrAccount(options.by);
  requirePlanOutside(options.plan, root);
  requireNoPlanIn(root);
  const { extend = false, rehearsal = false } = options;
  if (options.output !== undefined && (!rehearsal || extend)) {
    throw new RandoseError('usage', '--output names the folder of a rehearsal: add --rehearsal');
  }
  // A key is asked for only if there is a list.
  if (extend && !isAllocated(root)) await openStudy(studyPlace(options));
  if (extend !== (options.identity !== undefined)) throw keyAndExtend(extend);
  if (options.dryRun === true) return tellOnly(output, root, options, who);
  const signing = await signingWith(options.sign, !output.json);
  const recorder: Recorder = { who, signing };
  if (extend) return addBatch(output, options, recorder);
  if (options.ledger !== undefined) {
    output.warn(
      'the ledger of a new list begins in the folder. To move it into the database: randose ledger --import',
    );
  }
  if (rehearsal) return rehearse(output, root, options, recorder);
  return begin(output, root, options, recorder);
}

/** @throws RandoseError `usage` if a copy of a plan is in the study folder: blinded people read it */
function requireNoPlanIn(root: string): void {
  const plans = findPlans(root);
  if (plans.length === 0) return;
  throw new RandoseError('usage', `a plan is inside the study folder: ${plans.join(', ')}`, {
    hint: 'Blinded people read that folder, and a plan has the block sizes. Move it elsewhere, and choose other block sizes if somebody may have read it. Nothing was drawn.',
  });
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

/** Checks what a list would be made of, and says what it would be. Nothing is drawn, and no key is asked for. */
async function tellOnly(
  output: Output,
  root: string,
  options: AllocateFlags,
  who: Who,
): Promise<void> {
  if (options.rehearsal === true) {
    throw new RandoseError('usage', 'use --dry-run without --rehearsal', {
      hint: 'A rehearsal has a folder of its own, and changes nothing in the trial.',
    });
  }
  if (options.extend === true) return tellNextBatch(output, options, who);
  refuseTwice(root);
  requireNoLedger(root);
  const { loaded, plan } = await readBoth(output, root, options.plan);
  warnOfList(output, options.plan, loaded, plan);
  tellWouldDraw(output, { study: loaded.study, strata: loaded.study.strata, who, options });
}

/** Warns of what is hard to change once the list is sealed. */
function warnOfList(
  output: Output,
  planPath: string,
  { root, study }: LoadedStudy,
  plan: Plan,
): void {
  const other = otherTrialWithId(root, study.id);
  if (other !== undefined) {
    output.warn(
      `another study with the id ${study.id} was used on this machine, in ${other}. If that was a try, go on. If this is another trial, change study.id in ${STUDY_FILE} first: it is on every label, and cannot change later.`,
    );
  }
  for (const text of listWarnings(study, planPath, plan)) output.warn(text);
}

/** The first batch of a study. It is drawn and sealed; only then is the study locked. */
async function begin(
  output: Output,
  root: string,
  options: AllocateFlags,
  { who, signing }: Recorder,
): Promise<void> {
  const ledger = ledgerOf(root);
  const known = readStudy(readText(join(root, STUDY_FILE)), STUDY_FILE);
  if (known.ok) requireDomain(known.value, 'production');
  if (await finishBegun(output, root, ledger)) return;
  const { loaded, plan, planFile } = await readBoth(output, root, options.plan);
  const { study } = loaded;
  warnOfList(output, options.plan, loaded, plan);
  await askToDraw(output, { study, strata: study.strata, who, options });
  const batch = await cancelledByInterrupt(() =>
    makeBatch(output, loaded, { plan, planFile, earlier: [] }),
  );
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
    keepStudyFile({ ...loaded, manifest: batch.manifest, entries: [] });
    noteFirst(output, root);
    return installed;
  });
  tellBatch(output, loaded, batch.manifest, head);
  tellAboutPlan(output, options.plan);
  output.say(
    'Next: file the commitment before the first participant: randose commitment --output commitment.txt',
  );
}

/** Finishes a first batch that was interrupted. @returns whether there was one */
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

/** @throws RandoseError `locked` if study.yaml was changed since it was read */
function requireSameStudy({ root, text }: LoadedStudy): void {
  if (readText(join(root, STUDY_FILE)) !== text) throw changedMeanwhile();
}

/** @throws RandoseError if somebody else has begun an allocation since then */
function requireNoLedger(root: string): void {
  if (exists(join(root, LEDGER_FILE))) throw changedMeanwhile();
}

/** A rehearsal: a copy of the whole study, in a folder of its own, with keys for everyone. */
async function rehearse(
  output: Output,
  root: string,
  options: AllocateFlags,
  { who, signing }: Recorder,
): Promise<void> {
  const source = await readBoth(output, root, options.plan, 'draft');
  if (source.loaded.study.domain === 'dummy') {
    throw new RandoseError('usage', `${source.loaded.study.id} is already a rehearsal`, {
      hint: `To make another one, use the trial's own folder. To add slots to this one, add --extend and --identity KEY.`,
    });
  }
  output.warn(REHEARSAL_WARNING);
  const folder = await makeRehearsalFolder(source.loaded, options.output);
  try {
    const { loaded, plan, planFile } = await readBoth(output, folder, options.plan);
    const batch = await makeBatch(output, loaded, { plan, planFile, earlier: [] });
    const acts = [allocationOf(batch.manifest, who)];
    const entry = makeReady({ text: loaded.text, head: START }, acts, signing);
    const ledger = ledgerOf(folder);
    const tellProgress = writingProgress(output, batch);
    const head = await ledger.exclusive(() =>
      installFirst(loaded, ledger, batch, entry, tellProgress),
    );
    keepStudyFile({ ...loaded, manifest: batch.manifest, entries: [] });
    tellBatch(output, loaded, batch.manifest, head);
    const place = relative('', folder) || folder;
    output.say(`Made a rehearsal in ${place}. Never use it to treat a participant.`);
    output.say(`Its keys are in ${place}/keys, for everyone. Commands for it need --rehearsal.`);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

function refuseTwice(root: string): void {
  if (isAllocated(root)) {
    throw new RandoseError('would-overwrite', 'this study already has its allocation list', {
      hint: 'A list is made once. Nothing was changed. To add slots that study.yaml has and the list does not, add --extend and --identity KEY. If the list is wrong and nobody is randomized yet, make the study again in another folder, and keep this one with a note.',
    });
  }
}

/** Reads both files, and reports all their problems at once. */
async function readBoth(
  output: Output,
  root: string,
  planPath: string,
  purpose: 'seal' | 'draft' = 'seal',
): Promise<{ loaded: LoadedStudy; plan: PlanToDraw; planFile: string }> {
  const text = readText(join(root, STUDY_FILE));
  const planFile = readPlanFile(planPath);
  const file = { name: planPath, text: planFile };
  const { study, plan } = readTogether({ name: STUDY_FILE, text }, file, purpose);
  if (!study.ok || !plan.ok) throw invalidStudy(problemsOf(study, plan));
  const toDraw = await withTables(output, plan.value, file, study.value, study.value.strata);
  return { loaded: { root, text, study: study.value }, plan: toDraw, planFile };
}

function tellFinished(output: Output, head: Head): void {
  output.result(
    { ledger: head },
    `This finished an allocation that had been interrupted.\n\n${formatReceipt(head)}\n`,
  );
}
