import { formatManifest, type Manifest } from '../../../blinding/manifest.ts';
import { type SigningKey, signManifest } from '../../../blinding/signing-key.ts';
import { type Problem, RandoseError } from '../../../errors.ts';
import type { Head } from '../../../ledger/chain.ts';
import { amendmentOn } from '../../../ledger/amendments.ts';
import type { Who } from '../../../ledger/who.ts';
import { cancelledByInterrupt } from '../../../system/prompts.ts';
import {
  allocationOf,
  installFurther,
  unfinishedBatch,
  shareBatch,
} from '../../../store/allocation/install-batch.ts';
import { enterNow } from '../../../store/enter-now.ts';
import { requireUnlocked } from '../../../store/locked.ts';
import {
  openStudy,
  type OpenStudy,
  requireSameRatios,
  requireUnchanged,
  type StudyPlace,
} from '../../../store/open-study.ts';
import { laterSpares } from '../../../store/changed-study.ts';
import { makeReady } from '../../../store/ready.ts';
import { openSigningKey } from '../../../store/opening/open-signing-key.ts';
import { keepStudyFile } from '../../../store/folder/kept-study.ts';
import { invalidStudy } from '../../../store/folder/study-folder.ts';
import { type MissingSlots, missingSlots, slotsPerStratum } from '../../../randomization/list.ts';
import { readPlan, slotsOfPlan } from '../../../randomization/plan.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import type { Amendment } from '../../../study/sections/amendments.ts';
import { levelsOfStratum, partsOfStratum } from '../../../study/sections/strata.ts';
import { readStudy } from '../../../study/study-file.ts';
import { placeInYaml } from '../../../study/yaml-file.ts';
import { todayHere } from '../../../system/today.ts';
import { atHome } from '../../study/at-home.ts';
import { keysOf, requireKeyFlags } from '../../arguments/keys.ts';
import { readPlanFile } from '../../arguments/plan-file.ts';
import {
  exampleKeyWarnings,
  oneSizeWarnings,
  REHEARSAL_WARNING,
  shortStrataWarnings,
} from '../../study/list-warnings.ts';
import { withTables } from '../../study/plan-tables.ts';
import { unitsShort } from '../../study/units-short.ts';
import type { Output } from '../../output/output.ts';
import { studyPlace } from '../../study/study-place.ts';
import { upperFirst } from '../../../words.ts';
import type { AllocateFlags } from './command.ts';
import { askToDraw, tellWouldDraw } from './ask-to-draw.ts';
import {
  changedMeanwhile,
  makeBatch,
  type Recorder,
  tellAboutPlan,
  tellBatch,
  writingProgress,
} from './make-batch.ts';

/** A further batch: the slots that study.yaml asks for and that do not exist yet. */
export async function addBatch(
  output: Output,
  options: AllocateFlags,
  recorder: Recorder,
): Promise<void> {
  const place = studyPlace(options);
  await requireKeyFlags(options);
  await openStudy(place); // fails before anything is asked
  const study = await atHome(output, place, options);
  const open = await openToExtend(study);
  const extension: Extension = { study, open, ...recorder };
  const begun = unfinishedBatch(open, open.batches.length + 1);
  const { manifest, head } =
    begun === undefined
      ? await installNext(output, options, extension)
      : { manifest: begun, head: await finishBatch(output, options, extension, begun) };
  if (begun !== undefined) {
    output.warn('this finished a batch that had been interrupted. --plan was not used.');
  }
  keepStudyFile({ ...open, manifest });
  tellBatch(output, open, manifest, head);
  if (begun === undefined && open.study.domain === 'production') {
    tellAboutPlan(output, options.plan);
    const name = `commitment-${manifest.batch}.txt`;
    output.say(
      `Next: file the commitment, which now has ${manifest.batch === 2 ? 'both' : `all ${manifest.batch}`} batches: randose commitment --output ${name}`,
    );
  }
}

/** Says which slots a further batch would have, for a dry run. */
export async function tellNextBatch(
  output: Output,
  options: AllocateFlags,
  who: Who,
): Promise<void> {
  const open = await openToExtend(studyPlace(options));
  const { added } = await readNext(output, options, open);
  tellWouldDraw(output, { ...open, amendment: amendmentNow(open), strata: added, who, options });
}

async function openToExtend(study: StudyPlace): Promise<OpenStudy> {
  const open = await openStudy(study);
  requireUnlocked(open.entries);
  requireUnchanged(open, ['identity', 'arms', 'numbers', 'schedule', 'custody']);
  requireSameRatios(open);
  return open;
}

/** What an extension is made with. */
interface Extension extends Recorder {
  readonly study: StudyPlace;
  /** The study as it was when the batch was drawn. */
  readonly open: OpenStudy;
}

/**
 * The key that signs the batch. Whatever needs no key is checked, and the question asked, before a passphrase is.
 */
async function signerOf(
  output: Output,
  options: AllocateFlags,
  open: OpenStudy,
): Promise<SigningKey | undefined> {
  return openSigningKey(open, await keysOf(output, options));
}

/** Draws and seals the next batch, and puts it in its place. */
async function installNext(
  output: Output,
  options: AllocateFlags,
  extension: Extension,
): Promise<{ manifest: Manifest; head: Head }> {
  const { study, open, who, signing } = extension;
  const { added, plan, planFile } = await readNext(output, options, open);
  if (open.study.domain === 'production') {
    await askToDraw(output, {
      ...open,
      amendment: amendmentNow(open),
      strata: added,
      who,
      options,
    });
  }
  const signer = await signerOf(output, options, open);
  const batch = await cancelledByInterrupt(() =>
    makeBatch(output, open, { plan, planFile, earlier: open.slots }),
  );
  const signature = signer && signManifest(formatManifest(batch.manifest), signer);
  const entry = makeReady(open, [allocationOf(batch.manifest, who)], signing);
  const head = await study.ledger.exclusive(async () => {
    const now = await openAsBefore(extension);
    // Else its files would be in the folder, and its entry nowhere.
    await study.ledger.requireTaken(now, entry);
    const tellProgress = writingProgress(output, batch);
    return installFurther(now, study.ledger, { ...batch, signature }, entry, tellProgress);
  });
  return { manifest: batch.manifest, head };
}

/** Reads what the next batch is made of, and warns of it. @throws RandoseError `invalid-study`, with every problem */
async function readNext(output: Output, options: AllocateFlags, open: OpenStudy) {
  const added = requireMoreSlots(open);
  const planFile = readPlanFile(options.plan);
  const { id, arms } = open.study;
  const asked = readStudy(open.text, STUDY_FILE, 'extend', slotsOfPlan(planFile));
  const plan = readPlan(planFile, options.plan, {
    id,
    arms,
    strata: added,
    known: open.study.strata,
    ...(asked.design.slotsSaid && { slotsSaid: asked.design.slotsSaid }),
    isExtension: true,
  });
  if (!asked.ok || !plan.ok) {
    throw invalidStudy([asked, plan].flatMap((read) => (read.ok ? [] : read.problems)));
  }
  if (open.study.domain === 'dummy') output.warn(REHEARSAL_WARNING);
  for (const text of exampleKeyWarnings(open.study)) output.warn(text);
  for (const text of fewUnits(open)) output.warn(text);
  for (const text of shortStrataWarnings(added, plan.value)) output.warn(text);
  for (const text of oneSizeWarnings(options.plan, added, plan.value)) output.warn(text);
  const file = { name: options.plan, text: planFile };
  const toDraw = await withTables(output, plan.value, file, open.study, added);
  return { added, plan: toDraw, planFile };
}

/** The amendment that whoever is randomized now gets. */
function amendmentNow({ study, entries }: OpenStudy): Amendment | undefined {
  return amendmentOn(study, entries, todayHere());
}

/** That the kits of the new slots have fewer units than an amendment has injections: it can still be changed for them. */
function fewUnits(open: OpenStudy): string[] {
  const amendment = amendmentNow(open);
  const short = amendment && unitsShort(open.study, amendment);
  if (short === undefined) return [];
  return [
    `${short.text}. For the new slots, ${short.isCovered ? 'their spare kits have the others' : 'raise the spare kits (spares, under supplies in study.yaml) or the units of a kit before you draw'}.`,
  ];
}

/** Enters a batch whose folder is in its place already. @returns where the ledger ends then */
async function finishBatch(
  output: Output,
  options: AllocateFlags,
  extension: Extension,
  manifest: Manifest,
): Promise<Head> {
  const { study, open, who, signing } = extension;
  await signerOf(output, options, open); // only who can sign a batch finishes one
  const entry = makeReady(open, [allocationOf(manifest, who)], signing);
  return study.ledger.exclusive(async () => {
    await shareBatch(open, study.ledger, manifest.batch);
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

/**
 * @returns the strata that get more slots, each with how many
 * @throws RandoseError `invalid-study` if study.yaml has fewer slots than the list; `usage` if it has no more
 */
function requireMoreSlots({ study, slots, text }: OpenStudy): MissingSlots[] {
  requireSameStratification({ study, slots, text });
  const asked = new Map(study.strata.map((stratum) => [stratum.id, stratum.slots]));
  const have = slotsPerStratum(slots);
  const fewer = [...have].filter(([stratum, count]) => (asked.get(stratum) ?? 0) < count);
  const { slotsSaid = [] } = readStudy(text, STUDY_FILE).design;
  // One number can count for many strata: it is told once.
  const shared = slotsSaid.filter(({ strata }) => {
    return fewer.filter(([stratum]) => strata.includes(stratum)).length > 1;
  });
  const problems: Problem[] = shared.map(({ key, number, each, strata, place }) => {
    const own = fewer.filter(([stratum]) => strata.includes(stratum));
    const least = Math.max(...own.map(([, count]) => count)) * (number / each);
    const message = `${key}: ${number} gives ${own.length} strata ${each} slots each, but they already have more, which cannot be removed: ask for at least ${key}: ${least}`;
    return { file: STUDY_FILE, message, ...place };
  });
  for (const [stratum, count] of fewer) {
    if (shared.some(({ strata }) => strata.includes(stratum))) continue;
    const message = `stratum ${stratum} already has ${count} slots, which cannot be removed; ${STUDY_FILE} has ${asked.get(stratum) ?? 0}: ask for at least ${count}`;
    problems.push({ file: STUDY_FILE, message, ...placeInYaml(text, ['strata']) });
  }
  if (problems.length > 0) throw invalidStudy(problems);
  const added = missingSlots(study.strata, slots);
  if (added.length > 0) return added;
  const spares = laterSpares({ study, slots });
  throw new RandoseError('usage', `every stratum already has the slots in ${STUDY_FILE}`, {
    hint: `${spares === undefined ? '' : `${upperFirst(spares.text)}\n`}To add slots, raise their numbers in ${STUDY_FILE}, or add a site or a level there. Nothing was changed.`,
  });
}

/** @throws RandoseError `invalid-study` if study.yaml has other factors than the strata of the list, or another stratifyBy */
function requireSameStratification({
  study,
  slots,
  text,
}: Pick<OpenStudy, 'study' | 'slots' | 'text'>) {
  const first = slots[0]?.stratum ?? '';
  const before = Object.keys(levelsOfStratum(first));
  const factors = study.factors.map(({ name }) => name);
  const told = (path: (string | number)[], message: string): Problem => {
    return { file: STUDY_FILE, message, ...placeInYaml(text, path) };
  };
  const problems = [
    ...factors.flatMap((name, index) => {
      const message = `factor "${name}" is new, but the factors cannot change after allocation: remove it`;
      return before.includes(name) ? [] : [told(['factors', index, 'name'], message)];
    }),
    ...before.flatMap((name) => {
      const message = `factor "${name}" is missing, but the factors cannot change after allocation: add it again`;
      return factors.includes(name) ? [] : [told(['factors'], message)];
    }),
  ];
  const names = Object.keys(partsOfStratum(first)).join(', ');
  if (problems.length === 0 && study.stratifyBy.join(', ') !== names) {
    const order = names.includes(',') ? ', in this order' : '';
    const message = `the list is stratified by ${names}${order}, and that cannot change after allocation: write stratifyBy: [${names}]`;
    problems.push(told([/^stratifyBy:/m.test(text) ? 'stratifyBy' : 'strata'], message));
  }
  if (problems.length > 0) throw invalidStudy(problems);
}
