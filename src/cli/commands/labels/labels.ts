import { RandoseError } from '../../../errors.ts';
import type { Who } from '../../../ledger/who.ts';
import { spanOf } from '../../../exports/labels/pdf.ts';
import type { EnteredActs } from '../../../store/ledger-store.ts';
import { openStudy, type OpenStudy, type StudyPlace } from '../../../store/open-study.ts';
import { type Decision, record, requireRecordable } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { LABELS } from '../../../study/layout.ts';
import { freeNameBeside, isRegularFile, type NewFile, removeFile } from '../../../system/files.ts';
import { confirm, isAtTerminal } from '../../../system/prompts.ts';
import { counted } from '../../../words.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import { checkFiles, writeFiles } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LabelsFlags } from './command.ts';
import { calibrationPage } from './label-files.ts';
import { type LabelFormat, readLabelFormat } from './label-format.ts';
import { printedTexts } from '../../../labels/printed.ts';
import { lastDayOf } from '../../../study/packaged.ts';
import { actOf, makeRun, productsIn, reprintedLabels, reprintsOf, type Run } from './label-run.ts';
import { labelWarnings } from './label-warnings.ts';

/** `randose labels`: kit labels, on record. It needs no key, and depends on no arm. */
export async function labels(output: Output, options: LabelsFlags): Promise<void> {
  refuseWithUseBy(options);
  const format = readLabelFormat(options);
  if (format.csvFor !== undefined) {
    output.warn(
      'this CSV is for Excel: it has marks such as ="001", which label software that reads the file would print. For label software, leave --csv-for out.',
    );
  }
  if (options.calibrate === true) {
    await calibrate(output, options, format);
    return;
  }
  const who = whoOrAccount(options.by);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  const looked = asksFirst(output, options)
    ? await lookedAt(output, study, options, format, who)
    : undefined;
  if (looked?.isPrinted === false) return;
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    const run = await makeRun(output, open, options, format);
    if (looked !== undefined) return printed(output, options, looked, run, who);
    checkFiles([fileOf(options, run)], shelfOf(open), options.force === true);
    return options.specimen === true
      ? specimens(output, options, run)
      : onRecord(output, options, run, who);
  });
}

/** @throws RandoseError `usage` if --use-by comes with an option that chooses other labels */
function refuseWithUseBy({ useBy = false, only, unit, subject }: LabelsFlags): void {
  if (!useBy || (only ?? unit ?? subject) === undefined) return;
  throw new RandoseError('usage', '--use-by: not with --only, --unit or --subject', {
    hint: 'A kit has one use-by label; without an outer packaging, one for each unit. To choose kits: --kits CODE,CODE, --site or --batch.',
  });
}

/** Whether a person at a terminal is asked if the labels were printed. Scripts, and --yes, enter every run. */
function asksFirst(
  { json }: Output,
  { specimen = false, yes = false, dryRun = false }: LabelsFlags,
): boolean {
  return isAtTerminal() && !json && !specimen && !yes && !dryRun;
}

/** Labels that a person printed before they are recorded. */
interface Looked {
  readonly run: Run;
  readonly isPrinted: boolean;
  /** Where they were written to be printed: beside --output if that was there before. */
  readonly shown: string;
}

/**
 * Writes labels for a person to look at and print, and asks whether they were printed. If not, their file is removed,
 * so that nobody prints it later without a record. An earlier file of the same name stays until they are recorded.
 *
 * @throws RandoseError if they could not be recorded: then no file is written
 */
async function lookedAt(
  output: Output,
  study: StudyPlace,
  options: LabelsFlags,
  format: LabelFormat,
  who: Who,
): Promise<Looked> {
  const open = await openStudy(study);
  const run = await makeRun(output, open, options, format);
  const { output: file, force = false } = options;
  checkFiles([{ file }], shelfOf(open), force);
  await requireRecordable(study, open, [actOf(options, run, who)]);
  const replaces = isRegularFile(file);
  const shown = replaces ? freeNameBeside(file) : file;
  writeFiles([{ ...fileOf(options, run), file: shown }], shelfOf(open), force);
  output.say(`${shown}: ${countsText(options, run)}`);
  warn(output, run);
  const kept = replaces ? ` If they were printed, they replace ${file}.` : '';
  output.say(
    `Print them now.${kept} Only printed labels are entered in the ledger; the next ones of these kits are then reprints. To look at labels without a record: --specimen.`,
  );
  const isPrinted = await confirm('Were they printed?');
  if (!isPrinted) {
    removeFile(shown);
    const earlier = replaces ? ` ${file} is as it was before.` : '';
    output.say(
      `Nothing was recorded, and ${shown} was removed.${earlier} Destroy labels that were printed.`,
    );
  }
  return { run, isPrinted, shown };
}

/** Labels that were printed before they are recorded: the record is about the file that was printed. */
function printed(
  output: Output,
  options: LabelsFlags,
  { run: was, shown }: Looked,
  now: Run,
  who: Who,
): Decision {
  const { kits } = was;
  const run = { ...now, kits: now.kits.length === kits.length ? now.kits : kits, made: was.made };
  const unmarked = reprintsOf(run).filter((kit) => !reprintsOf(was).includes(kit));
  return {
    acts: [actOf(options, { ...run, labels: was.labels }, who)],
    gives: [`${options.output}: labels of ${counted(kits.length, 'kit')}`],
    show: ({ head }) => {
      if (shown !== options.output) {
        writeRecorded(fileOf(options, was), now.open, true);
        removeFile(shown);
      }
      const data = { study: now.open.study.id, ...summaryOf(run, options), ledger: head };
      output.result(data, `Recorded: ${recordText(options, run)}\n`);
      if (unmarked.length > 0) {
        output.warn(
          `labels of ${unmarked.join(', ')} were made by others in the meantime: write REPRINT on yours.`,
        );
      }
      if (options.useBy === true) output.say(USE_BY_ADVICE);
      output.say(formatReceipt(head));
    },
  };
}

async function calibrate(
  output: Output,
  { output: file, force = false }: LabelsFlags,
  format: LabelFormat,
): Promise<void> {
  const content = await calibrationPage(format);
  writeFiles([{ file, content }], { root: undefined, folder: LABELS }, force);
  const { name } = format.sheet;
  const { across, down } = spanOf(format.sheet);
  const [right, below] = [across.toFixed(1), down.toFixed(1)];
  output.result(
    { file, sheet: name },
    `${file}: the outlines of ${name}. Print the page at 100 % and lay it over a sheet of labels.
If everything is shifted by the same distance, add --offset.
If the shift grows over the sheet, measure all labels from edge to edge: ${right} mm across and ${below} mm down. Add --scale ${right}/ACROSS,${below}/DOWN, with what you measured for ACROSS and DOWN.\n`,
  );
}

function fileOf({ output }: LabelsFlags, { made }: Run): NewFile {
  return { file: output, content: made.content };
}

function shelfOf({ root }: OpenStudy) {
  return { root, folder: LABELS };
}

/** Labels to look at: nothing is recorded. */
function specimens(output: Output, options: LabelsFlags, run: Run): Decision {
  const { open, labels: made } = run;
  const show = () => {
    writeFiles([fileOf(options, run)], shelfOf(open), options.force === true);
    output.result(
      { study: open.study.id, specimen: true, labels: made.length, files: [options.output] },
      `${options.output}: ${counted(made.length, 'label')}${run.made.about}, marked as specimens. They are not on record.\n`,
    );
    warn(output, run);
  };
  const text = `${options.output}: ${counted(made.length, 'specimen')}${run.made.about}.`;
  return {
    acts: [],
    gives: [text],
    show,
    before: { text: `${text}\n`, warnings: warningsOf(run) },
  };
}

/** Labels to use. They are recorded before they are written, so that no print goes unrecorded. */
function onRecord(output: Output, options: LabelsFlags, run: Run, who: Who): Decision {
  return {
    acts: [actOf(options, run, who)],
    gives: [recordText(options, run)],
    before: { text: `${recordText(options, run)}\n`, warnings: warningsOf(run) },
    show: (entered) => {
      writeRecorded(fileOf(options, run), run.open, options.force === true);
      show(output, options, run, entered);
    },
  };
}

/** Writes labels that are in the ledger already. If it fails, the error says so. */
function writeRecorded(file: NewFile, open: OpenStudy, force: boolean): void {
  try {
    writeFiles([file], shelfOf(open), force);
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { code, message, problems, hint = '' } = error;
    throw new RandoseError(code, message, {
      problems,
      hint: `${hint}\nThe ledger says that these labels were made: the next labels of these kits are marked as reprints.`.trim(),
    });
  }
}

/** The members of the answer, except the study and the ledger. */
function summaryOf(run: Run, { output }: LabelsFlags) {
  const { profile, kits, labels: made } = run;
  const reprints = reprintsOf(run);
  return { profile, labels: made.length, kits: kits.length, reprints, files: [output] };
}

function recordText(options: LabelsFlags, run: Run): string {
  return `${options.output}: ${countsText(options, run)}`;
}

/** How many labels of what there are, and how many of them are marked as reprints. */
function countsText({ useBy = false }: LabelsFlags, run: Run): string {
  const { kinds, kits, labels: made } = run;
  const which = useBy ? 'use-by' : kinds.join(' and ');
  const counts = `${counted(made.length, 'label')} (${which}) of ${counted(kits.length, 'kit')}${run.made.about}.`;
  const kitsBefore = reprintsOf(run);
  const marked = reprintedLabels(run);
  const mark = marked[0]?.marks.at(-1)?.text;
  const shown = shownText(run);
  if (mark === undefined) return `${counts}${shown}`;
  const say = `${counted(marked.length, 'label')} ${marked.length === 1 ? 'says' : 'say'} ${mark}`;
  return `${counts} ${say}: ${counted(kitsBefore.length, 'kit')} had labels before.${shown}`;
}

/** Lot and expiry that the labels show, so that a typing error is seen before they are printed. */
function shownText({ open, kinds, kits }: Run): string {
  const rows = printedTexts(open.study, kinds, productsIn(kits), true);
  const texts = rows.map(({ type, lot, expiry }) =>
    [
      ...(type === undefined ? [] : [type]),
      ...(lot === null ? [] : [`lot ${lot}`]),
      ...(expiry === null ? [] : [`use by ${lastDayOf(expiry)}`]),
    ].join(', '),
  );
  const all = [...new Set(texts)];
  return all.length === 0 ? '' : ` They show ${all.join('; ')}.`;
}

/** EudraLex, Volume 4, Annex 13 (2010), paragraph 33. */
const USE_BY_ADVICE =
  'Stick each label over the old use-by date, never over the batch number, and have a second person check it (Annex 13, 33).';

function show(output: Output, options: LabelsFlags, run: Run, { head }: EnteredActs): void {
  const { kinds, open } = run;
  const data = { study: open.study.id, ...summaryOf(run, options), ledger: head };
  output.result(data, `${recordText(options, run)}\n`);
  if (options.format === 'pdf') {
    output.say('Print at 100 % on plain paper first: --calibrate prints the outlines.');
  }
  if (options.useBy === true) output.say(USE_BY_ADVICE);
  else if (kinds.length === 1 && kinds[0] === 'outer') {
    output.say('Units have their own labels: --only units, or their own sheet: --sheet L7651.');
  }
  output.say('This run is on record. To look at labels without a record: --specimen.');
  warn(output, run);
  output.say(formatReceipt(head));
}

function warn(output: Output, run: Run): void {
  for (const text of warningsOf(run)) output.warn(text);
}

function warningsOf({ open, kits, labels: made, made: { smallest } }: Run): string[] {
  return labelWarnings(open, kits, made, smallest);
}
