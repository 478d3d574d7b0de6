import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import type { Act, LabelKinds } from '../../../ledger/entry.ts';
import type { Who } from '../../../ledger/who.ts';
import type { Label, LabelKind } from '../../../labels/label.ts';
import { type KitToLabel, makeLabels } from '../../../labels/labels.ts';
import type { EnteredActs } from '../../../store/ledger-store.ts';
import { type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { type Decision, record } from '../../../store/record.ts';
import { signingWith } from '../../../store/signing.ts';
import { LABELS } from '../../../study/layout.ts';
import type { ProfileName } from '../../../study/profiles.ts';
import type { Study } from '../../../study/study.ts';
import { counted } from '../../../words.ts';
import { chosenKits } from '../../arguments/chosen-kits.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import { checkFiles, type NewFile, writeFiles } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import { formatReceipt } from '../../output/receipt.ts';
import { atHome } from '../../study/at-home.ts';
import { lookFirst } from '../../study/look-first.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { LabelsFlags } from './command.ts';
import { kitsToLabel } from './kits-to-label.ts';
import { calibrationPage, labelFile, type LabelFile } from './label-files.ts';
import { type LabelFormat, readLabelFormat } from './label-format.ts';
import { labelWarnings } from './label-warnings.ts';

/** `randose labels`: kit labels, on record. It needs no key, and depends on no arm. */
export async function labels(output: Output, options: LabelsFlags): Promise<void> {
  const format = readLabelFormat(options);
  if (options.calibrate === true) {
    await calibrate(output, options, format);
    return;
  }
  const who = whoOrAccount(options.by);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    const run = await makeRun(open, options, format);
    checkFiles([fileOf(options, run)], shelfOf(open), options.force === true);
    return options.specimen === true
      ? specimens(output, options, run)
      : onRecord(output, options, run, who);
  });
}

async function calibrate(
  output: Output,
  { output: file, force = false }: LabelsFlags,
  format: LabelFormat,
): Promise<void> {
  const content = await calibrationPage(format);
  writeFiles([{ file, content }], { root: undefined, folder: LABELS }, force);
  const { name } = format.sheet;
  output.result(
    { file, sheet: name },
    `${file}: the outlines of ${name}. Print the page at 100 % and lay it over a sheet of labels. Correct any offset with --offset.\n`,
  );
}

/** The labels that are asked for, made but not yet written. */
interface Run {
  readonly open: OpenStudy;
  readonly profile: ProfileName;
  readonly kinds: readonly LabelKind[];
  readonly kits: readonly KitToLabel[];
  readonly labels: readonly Label[];
  readonly made: LabelFile;
}

/** @throws RandoseError if there is nothing to label, or the labels cannot be made */
async function makeRun(open: OpenStudy, options: LabelsFlags, format: LabelFormat): Promise<Run> {
  const { study } = open;
  const { subject, unit, specimen = false } = options;
  const dated = subject === undefined ? [] : (['schedule'] as const);
  requireUnchanged(open, ['identity', 'numbers', ...dated]);
  const profile = profileFor(study, options);
  const kinds = kindsOf(options, format, study.supplies.kit.outer);
  const kits = kitsToLabel(open, chosenKits(open, options), subject, specimen);
  const all = makeLabels(study, profile, kinds, kits);
  const wanted = all.filter((label) => unit?.includes(label.unit ?? 0) ?? true);
  if (wanted.length === 0) {
    throw new RandoseError('bad-data', 'nothing is left to label', {
      hint: 'The kits do not have this unit, or no injection is left to give.',
    });
  }
  const made = await labelFile(study, format, wanted);
  return { open, profile, kinds, kits, labels: wanted, made };
}

function profileFor({ supplies }: Study, options: LabelsFlags): ProfileName {
  const profile = options.profile ?? supplies.labels.profile;
  if (profile !== undefined) return profile;
  throw new RandoseError('usage', 'no profile is named: the law that says what labels must have', {
    hint: 'Add --profile, or supplies.labels.profile in study.yaml: eu-ctr (Regulation 536/2014), eu-annex13 (before it) or us-312.6.',
  });
}

/** The kinds that are asked for; else those that the sheet is made for, and both for a participant. */
function kindsOf(
  { only, unit, sheet, subject }: LabelsFlags,
  format: LabelFormat,
  hasOuter: boolean,
): LabelKind[] {
  if (!hasOuter) {
    if (only !== 'outer') return ['unit'];
    throw new RandoseError('usage', 'kits have no outer label: supplies.kit.outer is false');
  }
  if (unit !== undefined && only !== 'outer') return ['unit'];
  if (only !== undefined) return [only === 'outer' ? 'outer' : 'unit'];
  const isForBoth = subject !== undefined || format.format === 'csv';
  if (sheet === undefined && isForBoth) return ['outer', 'unit'];
  if (format.sheet.isForUnits) return ['unit'];
  return isForBoth ? ['outer', 'unit'] : ['outer'];
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
  const gives = [`${options.output}: ${counted(made.length, 'specimen')}`];
  return { acts: [], gives, show };
}

/** Labels to use. They are recorded before they are written, so that no print goes unrecorded. */
function onRecord(output: Output, options: LabelsFlags, run: Run, who: Who): Decision {
  return {
    acts: [actOf(options, run, who)],
    gives: [`${options.output}: labels of ${counted(run.kits.length, 'kit')}`],
    show: (entered) => {
      writeRecorded(fileOf(options, run), run.open, options.force === true);
      show(output, options, run, entered);
    },
  };
}

function actOf({ format, reason }: LabelsFlags, run: Run, who: Who): Act {
  const { profile, kinds, kits, labels: made } = run;
  return {
    action: 'labels',
    who,
    subject: kits[0]?.subject ?? null,
    reason: reason ?? null,
    labels: kinds.join(' and ') as LabelKinds,
    profile,
    format,
    kits: kits.map(({ kit }) => kit),
    reprints: reprintsOf(run),
    count: made.length,
    output: sha256(run.made.content),
  };
}

/** The kits that had labels of these kinds before. */
function reprintsOf({ kits, kinds }: Run): string[] {
  return kits.filter(({ had }) => had.some((kind) => kinds.includes(kind))).map(({ kit }) => kit);
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

function show(output: Output, options: LabelsFlags, run: Run, { head }: EnteredActs): void {
  const { open, profile, kinds, kits, labels: made } = run;
  const file = options.output;
  const reprints = reprintsOf(run);
  const again =
    reprints.length === 0
      ? ''
      : ` ${counted(reprints.length, 'kit')} had labels before: marked as reprints.`;
  output.result(
    {
      study: open.study.id,
      profile,
      labels: made.length,
      kits: kits.length,
      reprints,
      files: [file],
      ledger: head,
    },
    `${file}: ${counted(made.length, 'label')} (${kinds.join(' and ')}) of ${counted(kits.length, 'kit')}${run.made.about}.${again}\n`,
  );
  if (options.format === 'pdf') {
    output.say('Print at 100 % on plain paper first: --calibrate prints the outlines.');
  }
  if (kinds.length === 1 && kinds[0] === 'outer') {
    output.say('Units have their own labels: --only units, or their own sheet: --sheet L7651.');
  }
  warn(output, run);
  output.say(formatReceipt(head));
}

function warn(output: Output, { open, kits, labels: made, made: { smallest } }: Run): void {
  for (const text of labelWarnings(open, kits, made, smallest)) output.warn(text);
}
