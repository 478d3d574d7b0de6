import { join } from 'node:path';
import { assessPlan } from '../../../assessment/assess.ts';
import { leastPossible } from '../../../assessment/least-possible.ts';
import { type Problem, RandoseError } from '../../../errors.ts';
import { isSameFile, liesWithin, readText, refuseFolder, writeNew } from '../../../system/files.ts';
import { openStudy } from '../../../store/open-study.ts';
import { findStudyFolder, invalidStudy, isAllocated } from '../../../store/folder/study-folder.ts';
import { lowestTerms } from '../../../randomization/blocks.ts';
import { valueOf } from '../../../randomization/count-states.ts';
import { tableFor } from '../../../randomization/count-table.ts';
import {
  FIRST_BATCH,
  missingSlots,
  nextBatch,
  type PlanToDraw,
  slotsPerStratum,
} from '../../../randomization/list.ts';
import { blocksIn, type Plan, readPlan, slotsOfPlan } from '../../../randomization/plan.ts';
import { readPlanFile } from '../../arguments/plan-file.ts';
import type { Candidate, Yardsticks } from '../../../report/candidate.ts';
import { assessmentData } from '../../../report/json.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { sharesIn, type Study } from '../../../study/study.ts';
import { readStudy } from '../../../study/study-file.ts';
import { SOFTWARE } from '../../../version.ts';
import { formatAssessmentTable } from './assessment-view.ts';
import { counted } from '../../../words.ts';
import { refuseExisting } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import { oneSizeWarnings, shortStrataWarnings } from '../../study/list-warnings.ts';
import { withTables } from '../../study/plan-tables.ts';
import { studyPlace } from '../../study/study-place.ts';
import { PLAIN } from '../../output/palette.ts';
import type { AssessFlags } from './command.ts';
import {
  type BatchToDraw,
  batchToDraw,
  checkDraw,
  type DrawnBatch,
  drawReference,
} from './draw-reference.ts';

/** `randose assess`: what a plan reveals and how well it balances, before somebody chooses it. */
export async function assess(output: Output, options: AssessFlags): Promise<void> {
  checkDraw(options);
  const root = findStudyFolder(options.study);
  refuseInside(options.output, root);
  const paths = [options.plan, ...(options.against ?? [])];
  if (paths.some((path) => options.output !== undefined && isSameFile(path, options.output))) {
    throw new RandoseError('usage', '--output would replace a plan', {
      hint: 'Choose another name. Nothing was written.',
    });
  }
  const { study, plans, batch } = await readAll(root, paths, options);
  for (const path of paths.filter((one) => liesWithin(one, root))) {
    output.warn(
      `${path} is inside the study folder, which blinded people read: move it elsewhere.`,
    );
  }
  for (const { name, plan } of plans) {
    if (plan.leastPredictable === undefined) checkSize(name, plan, study);
  }
  for (const { name, plan } of plans) {
    const texts = [
      ...shortStrataWarnings(study.strata, plan).map((text) => `${name}: ${text}`),
      ...oneSizeWarnings(name, study.strata, plan, plans.length > 1),
    ];
    for (const text of texts) output.warn(text);
  }
  checkRecruited(options.recruited, study);
  checkParticipants(options.participants, study);
  const { arms, strata } = study;
  const { recruited, participants } = options;
  const asked = {
    ...(recruited !== undefined && { recruited }),
    ...(participants !== undefined && { participants }),
  };
  const all = plans.length * strata.length;
  const toDraw: { readonly name: string; readonly plan: PlanToDraw }[] = [];
  for (const { plan, ...file } of plans) {
    const drawn = await withTables(output, plan, file, study, strata);
    toDraw.push({ name: file.name, plan: drawn });
  }
  if (options.draw !== undefined) {
    drawReference(output, options, study, toDraw[0]!.plan, batch);
    return;
  }
  const assessed = toDraw.map(({ name, plan }, index) => {
    const { leastPredictable, tables = [] } = plan;
    const planned = strata.map((one) => {
      const table = tableFor(tables, lowestTerms(sharesIn(arms, one)), one.slots);
      return { ...one, blocks: blocksIn(plan, one.id), table };
    });
    const keeps = leastPredictable && {
      leastPredictable: {
        ...leastPredictable,
        largestImbalance: valueOf(leastPredictable.largestImbalance),
      },
    };
    const tellProgress = (known: number) => {
      output.progress(index * strata.length + known, all, 'assessing strata');
    };
    tellProgress(0);
    const { blocks } = plan;
    return {
      name,
      assessment: assessPlan({ arms, strata: planned, blocks, ...keeps, ...asked, tellProgress }),
    };
  });
  output.progress(all, all, 'assessing strata');
  const { linearSolver } = await import('../../../system/linear-solver.ts');
  const { plans: least, ...yardsticks } = leastPossible(
    assessed.map(({ assessment }) => assessment),
    await linearSolver(),
    (found, points) => {
      output.progress(found, points, 'finding the least predictable lists');
    },
  );
  const candidates = assessed.map((one, index) => ({ ...one, least: least[index] }));
  if (study.replacements !== undefined) {
    output.say(
      'Each slot has a replacement slot of the same arm: a code-break of one shows the arm of both. The figures are about the other slots.',
    );
  }
  const compared = { candidates, yardsticks };
  const text = await textOf(output, options, study, compared);
  const data = assessmentData(candidates, study.id, yardsticks);
  if (options.output === undefined) {
    output.result(data, text, { exact: options.format !== 'table' });
    return;
  }
  refuseFolder(options.output);
  if (options.force !== true) refuseExisting(options.output);
  writeNew(options.output, text, { mode: 'private', force: options.force ?? false });
  output.say(
    `Wrote ${options.output}. Only you can read this file. CONFIDENTIAL: it names block sizes.`,
  );
  output.result({ ...data, file: options.output }, '');
}

async function textOf(
  output: Output,
  { format, output: path }: AssessFlags,
  study: Study,
  { candidates, yardsticks }: { candidates: readonly Candidate[]; yardsticks: Yardsticks },
): Promise<string> {
  if (format === 'json') {
    return `${JSON.stringify(assessmentData(candidates, study.id, yardsticks), undefined, 2)}\n`;
  }
  if (format === 'html') {
    const { formatAssessmentHtml } = await import('../../../report/html.ts');
    return formatAssessmentHtml(candidates, {
      study: study.id,
      title: study.title,
      software: SOFTWARE,
      yardsticks,
    });
  }
  // A file is for a program or a printer: no colour, and 80 columns.
  const [colour, columns] = path === undefined ? [output.colour, output.columns] : [PLAIN, 80];
  return formatAssessmentTable(candidates, study.id, colour, columns, yardsticks);
}

/** Reads the study and every plan, and reports all their problems at once. */
async function readAll(
  root: string,
  paths: readonly string[],
  { extend = false, draw, batch: asked }: AssessFlags,
): Promise<{
  study: Study;
  plans: { name: string; text: string; plan: Plan }[];
  batch: DrawnBatch;
}> {
  const twice = paths.find((path, index) => paths.indexOf(path) < index);
  if (twice !== undefined) {
    throw new RandoseError('usage', `${twice} is named twice`, {
      hint: 'Name each plan once: --plan FILE --against FILE...',
    });
  }
  const purpose = extend ? 'extend' : isAllocated(root) ? 'use' : 'draft';
  const files = paths.map((name) => ({ name, text: readPlanFile(name) }));
  // With several plans, the numbers that fit one of them may not fit another: only the ratio counts then.
  const fitsPlan = files.length === 1 ? slotsOfPlan(files[0]!.text) : undefined;
  const study = readStudy(readText(join(root, STUDY_FILE)), STUDY_FILE, purpose, fitsPlan);
  const added = extend ? await strataToExtend(root) : undefined;
  if (asked !== undefined && !isAllocated(root)) {
    throw new RandoseError('usage', '--batch names a part of a list, and this study has none yet', {
      hint: 'Leave --batch out: the lists are then of the whole design.',
    });
  }
  const ofBatch =
    draw !== undefined && !extend && isAllocated(root)
      ? batchToDraw(await openStudy(studyPlace({ study: root })), asked)
      : added;
  const strata = ofBatch?.strata ?? study.design.strata;
  const isExtension = ofBatch !== undefined;
  const known = isExtension ? study.design.strata : strata;
  const design = {
    ...study.design,
    ...(strata && { strata }),
    ...(known && { known }),
    isExtension,
  };
  const plans = files.map((file) => ({ file, read: readPlan(file.text, file.name, design) }));
  const problems: Problem[] = study.ok ? [] : [...study.problems];
  const sound = plans.flatMap(({ file, read }) => {
    if (read.ok) return [{ ...file, plan: read.value }];
    problems.push(...read.problems);
    return [];
  });
  if (!study.ok || problems.length > 0) throw invalidStudy(problems);
  const { batch, before } = ofBatch ?? WHOLE_DESIGN;
  return {
    study: { ...study.value, strata: strata ?? [] },
    plans: sound,
    batch: { batch, before },
  };
}

/** A study that has no list yet is drawn as a whole. */
const WHOLE_DESIGN: DrawnBatch = { batch: FIRST_BATCH, before: new Map() };

/** The slots that a further batch would add, as a list. */
async function strataToExtend(root: string): Promise<BatchToDraw> {
  const { study, slots } = await openStudy(studyPlace({ study: root }));
  const added = missingSlots(study.strata, slots);
  if (added.length === 0) {
    throw new RandoseError('usage', `every stratum already has the slots in ${STUDY_FILE}`, {
      hint: `To add slots, raise their numbers in ${STUDY_FILE} first. --extend assesses only the added ones.`,
    });
  }
  return {
    batch: nextBatch(slots),
    before: slotsPerStratum(slots),
    strata: added.map(({ id, slots: missing, ratio }) => {
      return { id, slots: missing, ...(ratio && { ratio }) };
    }),
  };
}

/** Slots of the longest stratum times the largest block: beyond that, figures take minutes. */
const MOST_SLOTS_TIMES_SIZE = 10_000_000;

function checkSize(name: string, plan: Plan, { strata }: Study): void {
  for (const { id, slots } of strata) {
    const size = Math.max(...blocksIn(plan, id).map((block) => block.size));
    const most = Math.min(20_000, Math.floor(MOST_SLOTS_TIMES_SIZE / size));
    if (slots <= most) continue;
    throw new RandoseError('usage', `${name}: a stratum of ${slots} slots is too long to assess`, {
      hint: `With blocks of ${size}, assess takes up to ${most} slots per stratum. Assess a copy of study.yaml with fewer slots: the figures per assignment hardly change.`,
    });
  }
}

function checkRecruited(recruited: readonly number[] | undefined, { strata }: Study): void {
  if (recruited === undefined) return;
  if (recruited.length !== strata.length) {
    throw new RandoseError(
      'usage',
      `--recruited has ${counted(recruited.length, 'number')}, but the study has ${counted(strata.length, 'stratum', 'strata')}`,
      {
        hint: `Give one number per stratum, in this order: ${strata.map(({ id }) => id).join(', ')}`,
      },
    );
  }
  for (const [index, { id, slots }] of strata.entries()) {
    if (recruited[index]! <= slots) continue;
    throw new RandoseError('usage', `--recruited: stratum ${id} has ${slots} slots`, {
      hint: `It has no room for ${recruited[index]!} participants.`,
    });
  }
}

function checkParticipants(participants: number | undefined, { strata }: Study): void {
  if (participants === undefined) return;
  const slots = strata.reduce((sum, stratum) => sum + stratum.slots, 0);
  if (participants >= 1 && participants <= slots) return;
  throw new RandoseError('usage', `--participants expects a number from 1 to ${slots}`, {
    hint: `The study has ${slots} slots.`,
  });
}

function refuseInside(path: string | undefined, root: string): void {
  if (path === undefined || !liesWithin(path, root)) return;
  throw new RandoseError('usage', `${path} is inside the study folder`, {
    hint: 'Blinded people read that folder, and an assessment names block sizes. Write it elsewhere.',
  });
}
