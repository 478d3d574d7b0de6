import { basename, dirname } from 'node:path';
import { type Problem, RandoseError } from '../../../errors.ts';
import { custodyOf, holdersOf, holdersText } from '../../../blinding/custody.ts';
import { missingOnLabels, wordings } from '../../../labels/labels.ts';
import { FIRST_BATCH } from '../../../randomization/list.ts';
import type { Plan } from '../../../randomization/plan.ts';
import { invalidStudy, isAllocated } from '../../../store/folder/study-folder.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { ratioText, sharesIn, type Study } from '../../../study/study.ts';
import { liesWithin, readText } from '../../../system/files.ts';
import { counted, quoted } from '../../../words.ts';
import { readPlanFile, refusePlan } from '../../arguments/plan-file.ts';
import { formatProblem, type Output } from '../../output/output.ts';
import { drawText, slotsText } from '../../study/draw-text.ts';
import { listWarnings, studyWarnings } from '../../study/list-warnings.ts';
import { withTables } from '../../study/plan-tables.ts';
import { problemsOf, readTogether, withKnownPlaces } from '../../study/read-together.ts';
import type { CheckFlags } from './command.ts';

/** Whether somebody named a file and not a kit or a participant. */
export function isStudyFileName(id: string | undefined): id is string {
  return id !== undefined && /\.ya?ml$/i.test(id);
}

/**
 * Checks a study.yaml that is being written, with its plan if one is named: every error of both; if there is none, what
 * would be drawn, and what is still missing. It needs no study folder and no key, and changes nothing.
 *
 * @throws RandoseError `invalid-study` with all errors; `usage` if other options are named
 */
export async function checkDraft(
  output: Output,
  flags: CheckFlags,
  file: string | undefined,
): Promise<void> {
  requireFileAlone(flags, file);
  const text = readText(file);
  refusePlan(file, text);
  if (basename(file) === STUDY_FILE && isAllocated(dirname(file))) {
    checkSealed(output, file, text, flags.plan);
    return;
  }
  const { study, plan, planFile, toDo } = readDraft(file, text, flags.plan);
  if (plan !== undefined) await withTables(output, plan, planFile!, study, study.strata);
  const labels = study.hasKits ? labelProblems(study, file) : [];
  const warnings = [
    ...placeWarnings(file, flags.plan),
    ...(plan === undefined ? studyWarnings(study) : listWarnings(study, flags.plan!, plan)),
  ];
  for (const warning of warnings) output.warn(warning);
  const files = flags.plan === undefined ? `${file} has` : `${file} and ${flags.plan} have`;
  const draw = { study, strata: study.strata, plan: flags.plan };
  const lines = [
    `${files} no errors.`,
    '',
    `allocate would draw and seal ${slotsText(draw)}:`,
    drawText(draw),
    ...(study.hasKits ? [`  ${'Kits'.padEnd(18)}${counted(kitsInAll(study), 'kit')} in all`] : []),
    ...section('Before allocate', toDo),
    ...section('Before labels are printed', labels),
  ];
  output.result(
    {
      file,
      plan: flags.plan ?? null,
      ...dataOf(study),
      ready: plan !== undefined && toDo.length === 0,
      toDo,
      labels,
    },
    `${lines.join('\n')}\n`,
  );
  for (const next of nextSteps(file, flags.plan, toDo)) output.say(next);
}

/** @throws RandoseError `usage` */
function requireFileAlone(
  { kit, subject, number, plan, rehearsal }: CheckFlags,
  file: string | undefined,
): asserts file is string {
  if (!isStudyFileName(file)) {
    throw new RandoseError('usage', '--plan goes with a study.yaml', {
      hint: `Name it too: randose check study.yaml --plan ${quoted(plan ?? 'FILE')}`,
    });
  }
  if ((kit ?? subject ?? number ?? rehearsal) === undefined) return;
  throw new RandoseError('usage', `${file} is a file: it goes with --plan alone`, {
    hint: 'To check a kit: randose check CODE',
  });
}

/** Both files as a list could be made from them. */
interface Draft {
  readonly study: Study;
  /** Undefined if no plan is named. */
  readonly plan: Plan | undefined;
  readonly planFile?: { readonly name: string; readonly text: string };
  /** What `allocate` asks for and a study that is being written may lack: people who can open what is sealed. */
  readonly toDo: readonly Problem[];
}

function readDraft(file: string, text: string, planPath: string | undefined): Draft {
  if (planPath === undefined) {
    const study = withKnownPlaces(readStudy(text, file, 'draft'), file);
    if (!study.ok) throw notYet(study.problems);
    return { study: study.value, plan: undefined, toDo: problemsOf(readStudy(text, file, 'seal')) };
  }
  const [first, second] = [
    { name: file, text },
    { name: planPath, text: readPlanFile(planPath) },
  ];
  const { study, plan } = readTogether(first, second, 'draft');
  if (!study.ok || !plan.ok) throw notYet(problemsOf(study, plan));
  const toDo = problemsOf(readTogether(first, second, 'seal').study);
  return { study: study.value, plan: plan.value, planFile: second, toDo };
}

function notYet(problems: readonly Problem[]): RandoseError {
  const { code, message, problems: inOrder } = invalidStudy(problems);
  return new RandoseError(code, message, {
    problems: inOrder,
    hint: 'Correct these lines and run the command again.',
  });
}

/** A study.yaml whose list is sealed already: only whether it can be read. */
function checkSealed(output: Output, file: string, text: string, plan: string | undefined): void {
  const study = readStudy(text, file);
  if (!study.ok) throw notYet(study.problems);
  if (plan !== undefined) {
    throw new RandoseError(
      'usage',
      `the list of ${file} is sealed: no plan goes with it any more`,
      {
        hint: 'For more slots: randose allocate --extend --dry-run --plan FILE --identity KEY',
      },
    );
  }
  output.result(
    { file, study: study.value.id, sealed: true },
    `${file} has no errors. Its list is sealed.\n`,
  );
  output.say('To see what was edited since then: randose study --diff');
}

/** What is missing on the labels of the first batch. The sponsor may add it after the list is sealed. */
function labelProblems(study: Study, file: string): Problem[] {
  const { profile } = study.supplies.labels;
  if (profile === undefined) {
    return [
      { file, message: 'supplies.labels.profile is missing: it says which law labels follow' },
    ];
  }
  const isBySite = study.stratifyBy.includes('site');
  const sites = isBySite ? study.sites.map(({ code }) => code) : [undefined];
  const types = study.kitTypes.length === 0 ? [undefined] : study.kitTypes.map(({ type }) => type);
  const slot = { batch: FIRST_BATCH };
  const wordingFor = wordings(study, profile);
  const all = () => sites.flatMap((site) => types.map((type) => wordingFor({ slot, site, type })));
  try {
    const missing = missingOnLabels(study, ['outer', 'unit'], all());
    return missing.map((problem) => ({ ...problem, file }));
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { message, problems } = error;
    return problems.map((one) => ({ file, message: `${message}: ${one.message}` }));
  }
}

/** A plan where blinded people read it. */
function placeWarnings(file: string, plan: string | undefined): string[] {
  if (plan === undefined || basename(file) !== STUDY_FILE) return [];
  if (!liesWithin(plan, dirname(file))) return [];
  return [
    `${plan} is beside ${STUDY_FILE}, in a folder that blinded people read: allocate refuses it there. Move it elsewhere.`,
  ];
}

/** How many kits all slots have, with spare kits and those of replacement slots. */
function kitsInAll({ strata, spareKits, kitTypes, replacements }: Study): number {
  const perSlot =
    kitTypes.length === 0
      ? 1 + spareKits
      : kitTypes.reduce((sum, { spares }) => sum + 1 + spares, 0);
  const slots = strata.reduce((sum, one) => sum + one.slots, 0);
  return slots * perSlot * (replacements === undefined ? 1 : 2);
}

function dataOf(study: Study) {
  const custody = custodyOf(study, { recipient: '' });
  const { envelopes, master, packing, cards } = holdersOf(custody);
  return {
    study: study.id,
    sealed: false,
    arms: study.arms.map(({ code }) => code),
    slots: study.strata.reduce((sum, one) => sum + one.slots, 0),
    strata: study.strata.map((one) => {
      return { stratum: one.id, slots: one.slots, ratio: ratioText(sharesIn(study.arms, one)) };
    }),
    kits: study.hasKits ? kitsInAll(study) : null,
    opens: {
      envelopes: holdersText(custody, envelopes),
      list: holdersText(custody, master),
      packing: study.hasKits ? holdersText(custody, packing) : null,
      cards: holdersText(custody, cards),
    },
  };
}

function section(heading: string, problems: readonly Problem[]): string[] {
  if (problems.length === 0) return [];
  return ['', `${heading}:`, ...problems.map((problem) => `  ${formatProblem(problem)}`)];
}

function nextSteps(
  file: string,
  plan: string | undefined,
  toDo: readonly Problem[],
): readonly string[] {
  return [
    ...(toDo.length === 0 ? [] : ['Next: create a key for each person: randose keygen']),
    plan === undefined
      ? `To check the block sizes too: randose check ${quoted(file)} --plan FILE`
      : `To see what the plan gives away: randose assess --plan ${quoted(plan)}`,
  ];
}
