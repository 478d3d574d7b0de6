import { sha256 } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import { requireRandomization } from '../../../ledger/enrolment.ts';
import { type Act, entriesOf, type Entry, type LabelKinds } from '../../../ledger/entry.ts';
import type { Kit } from '../../../ledger/kits.ts';
import { type OpenStudy, requireUnchanged } from '../../../store/open-study.ts';
import { signingWith } from '../../../store/signing.ts';
import { record } from '../../../store/record.ts';
import type { EnteredActs } from '../../../store/ledger-store.ts';
import { whoOrAccount } from '../../arguments/who.ts';
import { studyPlace } from '../../study/study-place.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import { visitsOf } from '../../../schedule/visits.ts';
import { LABELS } from '../../../study/layout.ts';
import type { LabelKind } from '../../../labels/label.ts';
import { type KitToLabel, type LabelledInjection, makeLabels } from '../../../labels/labels.ts';
import { atHome } from '../../study/at-home.ts';
import { chosenKits } from '../../arguments/chosen-kits.ts';
import { checkFiles, writeFiles } from '../../output/exported-files.ts';
import { calibrationFile, labelFiles, type LabelFormat, readLabelFormat } from './label-files.ts';
import { labelWarnings } from './label-warnings.ts';
import type { Output } from '../../output/output.ts';
import { scheduledParticipant } from '../../arguments/participant-schedule.ts';
import { formatReceipt } from '../../output/receipt.ts';
import type { LabelsFlags } from './command.ts';

/** `randose labels`: kit labels, on record. It needs no key, and depends on no arm. */
export async function labels(output: Output, options: LabelsFlags): Promise<void> {
  const format = readLabelFormat(options);
  const { force = false } = options;
  if (options.calibrate === true) {
    const { file, content } = await calibrationFile(format);
    writeFiles([{ file, content }], { root: undefined, folder: LABELS }, force);
    const text = `${file}: the outlines of ${format.sheet.name}. Print it at 100 %, hold it against a sheet of labels, and mend what is off with --offset.\n`;
    output.result({ file, sheet: format.sheet.name }, text);
    return;
  }
  const who = whoOrAccount(options.by);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, signing, async (open) => {
    requireUnchanged(open, [
      'identity',
      'numbers',
      ...(options.subject === undefined ? [] : (['schedule'] as const)),
    ]);
    const { root, study } = open;
    const profile = options.profile ?? study.supplies.labels.profile;
    if (profile === undefined) {
      throw new RandoseError(
        'usage',
        'expected --profile, or supplies.labels.profile in study.yaml',
        {
          hint: 'By which law: eu-ctr (Regulation 536/2014), eu-annex13 (before it), us-312.6.',
        },
      );
    }
    const kinds = kindsOf(options, format, study.supplies.kit.outer);
    const isSpecimen = options.specimen === true;
    const kits = toLabel(open, chosenKits(open, options), options.subject).map((kit) => ({
      ...kit,
      isSpecimen,
    }));
    const all = makeLabels(study, profile, kinds, kits);
    const made = all.filter(({ unit }) => options.unit?.includes(unit ?? 0) ?? true);
    if (made.length === 0) {
      throw new RandoseError(
        'bad-data',
        'nothing is left to label: no such unit, or no injection that is still to be given',
      );
    }
    const { files, about, smallest } = await labelFiles(study, format, made);
    const shelf = { root, folder: LABELS };
    const newFolder = folderFor(files, format);
    checkFiles(files, shelf, force, newFolder);
    const showSpecimens = () => {
      writeFiles(files, shelf, force, newFolder);
      const text = `${format.output}: ${made.length} labels to look at${about}, marked as specimens. They are not on record.\n`;
      output.result(
        {
          study: study.id,
          specimen: true,
          labels: made.length,
          files: files.map(({ file }) => file),
        },
        text,
      );
      for (const warning of labelWarnings(open, kits, made, smallest)) output.warn(warning);
    };
    if (isSpecimen) return { acts: [], gives: [], show: showSpecimens };
    const reprints = kits.filter(({ had }) => had.some((kind) => kinds.includes(kind)));
    const act: Act = {
      action: 'labels',
      who,
      ...{ subject: kits[0]?.subject ?? null, reason: options.reason ?? null },
      ...{ labels: kinds.join(' and ') as LabelKinds, profile, format: format.format },
      ...{ kits: kits.map(({ kit }) => kit), reprints: reprints.map(({ kit }) => kit) },
      ...{ count: made.length, output: digestOf(files) },
    };
    const show = ({ head }: EnteredActs) => {
      write(() => {
        writeFiles(files, shelf, force, newFolder);
      });
      const count = made.length === 1 ? '1 label' : `${made.length} labels`;
      const again =
        reprints.length === 0
          ? ''
          : ` ${kitsText(reprints.length)} had labels before: marked as reprints.`;
      output.result(
        {
          ...{ study: study.id, profile, labels: made.length, kits: kits.length },
          ...{ reprints: reprints.map(({ kit }) => kit), files: files.map(({ file }) => file) },
          ledger: head,
        },
        `${format.output}: ${count} (${kinds.join(' and ')}) of ${kitsText(kits.length)}${about}.${again}\n`,
      );
      if (format.format === 'pdf') {
        output.say('Print at 100 %, on the paper itself first: --calibrate prints the outlines.');
      }
      if (kinds.length === 1 && kinds[0] === 'outer') {
        output.say(
          'Units have labels of their own: --only units, or a sheet for them such as --sheet L7651.',
        );
      }
      for (const text of labelWarnings(open, kits, made, smallest)) output.warn(text);
      output.say(formatReceipt(head));
    };
    return {
      acts: [act],
      gives: files.map(({ file }) => `${file}: labels of ${kitsText(kits.length)}`),
      show,
    };
  });
}

function kitsText(count: number): string {
  return count === 1 ? '1 kit' : `${count} kits`;
}

/** Which labels: what is said; else those that the sheet is for, and for a participant both. */
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

/** What goes on the labels of each kit. */
function toLabel(open: OpenStudy, kits: readonly Kit[], subject: string | undefined): KitToLabel[] {
  const { study, entries } = open;
  const visits = visitsOf(study.schedule);
  const planned = visits
    .filter(({ injection }) => injection !== undefined)
    .map(({ name, injection }): LabelledInjection => ({
      index: injection!.index,
      visit: name,
      date: null,
    }));
  const had = labelledBefore(entries, subject !== undefined);
  const holder = subject === undefined ? undefined : requireRandomization(entries, subject);
  const own = holder === undefined ? planned : datedInjections();
  return kits.map(({ kit, slot }) => ({
    ...{ kit, slot, subject: holder?.subject ?? null, injections: own },
    had: (['outer', 'unit'] as const).filter((kind) => had.has(`${kind} ${kit}`)),
  }));

  /** The participant's, as the calendar has them now. */
  function datedInjections(): LabelledInjection[] {
    const { subject: whose, happenings } = scheduledParticipant(entries, holder!);
    const events = makeCalendar(visits, whose, happenings).events.filter(
      ({ kind }) => kind === 'injection',
    );
    return planned.map((one) => {
      const event = events.find(({ visit }) => visit === one.visit);
      const isCancelled = event?.status === 'cancelled' || event?.status === 'not done';
      return { ...one, date: event?.date ?? null, isCancelled };
    });
  }
}

/** Of which kits there were labels before: for participants, or for the stock. */
function labelledBefore(entries: readonly Entry[], isDispensing: boolean): Set<string> {
  const had = new Set<string>();
  for (const entry of entriesOf(entries, 'labels')) {
    if ((entry.subject !== null) !== isDispensing) continue;
    for (const kind of entry.labels.split(' and ')) {
      for (const kit of entry.kits) had.add(`${kind} ${kit}`);
    }
  }
  return had;
}

function digestOf(files: readonly { readonly content: string | Uint8Array }[]): string {
  const [first] = files;
  if (files.length === 1) return sha256(first!.content);
  return sha256(files.map(({ content }) => sha256(content)).join('\n'));
}

/** Several pictures go into a folder. */
function folderFor(
  files: readonly { readonly file: string }[],
  { format, output }: LabelFormat,
): string | undefined {
  return format !== 'png' || (files.length === 1 && files[0]?.file === output) ? undefined : output;
}

/** Writes what the ledger has already; where that fails after all, it says so. */
function write(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    const { code, message, problems, hint = '' } = error;
    throw new RandoseError(code, message, {
      problems,
      hint: `${hint}\nThe ledger has these labels as made: the next ones of these kits will say that they are reprints.`.trim(),
    });
  }
}
