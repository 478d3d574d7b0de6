import { join } from 'node:path';
import type { Content } from '../../../digest.ts';
import { RandoseError } from '../../../errors.ts';
import { measured, type MeasuredDataset } from '../../../exports/datasets/dataset.ts';
import { unblindedDatasets, UNBLINDED_DATASETS } from '../../../exports/sdtm/sdtm-datasets.ts';
import { isAnalysis, type SdtmDataset } from '../../../exports/sdtm/sdtm-dataset.ts';
import type { SdtmUnblinded } from '../../../exports/sdtm/subject-level/sdtm-participant.ts';
import { armGiven } from '../../../ledger/arms-given.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { dayText } from '../../../ledger/times.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { exists, makeFolder, type NewFile, writeAllNew } from '../../../system/files.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { openWholeList, type OpenedList, sayUnblinded } from '../../study/opened-list.ts';
import { armIn, openedParticipants, sealedSlots, summed } from '../../study/opened-participants.ts';
import { refuseSecretFile } from '../../study/secret-file.ts';
import { studyPlace } from '../../study/study-place.ts';
import { ChangedTexts } from './changed-texts.ts';
import type { Exported, ExportFlags, Format } from './command.ts';
import type { Description } from './export-datasets.ts';
import { type ExportSource, FORMATTERS } from './export-formats.ts';
import { markOf, sourceOf } from './export-source.ts';
import {
  blindedSdtm,
  DEFINE,
  DEFINE_ADAM,
  missingForSdtm,
  requireSdtm,
  sdtmKits,
  sdtmParticipants,
} from './sdtm.ts';

/** With it the names of files and the labels of datasets begin that have arms. */
const UNBLINDED = 'UNBLINDED';
const REMARK = `${UNBLINDED}: these datasets have the arms of participants. Blinded people must not see them.`;

/**
 * `randose export sdtm --identity`: the datasets of SDTM with the arms, on record, into a new folder that only its owner
 * can read.
 */
export async function exportUnblinded(
  output: Output,
  options: ExportFlags,
  what: Exported,
  format: Format,
): Promise<void> {
  if (what !== 'sdtm') {
    throw new RandoseError(
      'usage',
      `export ${what} never has arms: use --identity only with sdtm`,
      {
        hint: 'The arms of all participants, as a table: randose unblind --all. Nothing was opened.',
      },
    );
  }
  const folder = options.output;
  if (folder === undefined) {
    throw new RandoseError('usage', 'datasets with arms need a folder of their own', {
      hint: 'Add --output DIR: a new folder outside the study folder. Nothing was opened.',
    });
  }
  const before = await openStudy(studyPlace(options));
  if (randomizations(before.entries).length === 0) {
    throw new RandoseError('usage', 'there is no participant to unblind', {
      hint: 'Nothing was opened. Without --identity, the datasets that need no arm are written.',
    });
  }
  // What a format refuses, it refuses before anything is opened.
  const tellNobody = { ...sourceOf(before, () => undefined), remark: REMARK };
  for (const dataset of blindedSdtm(before)) {
    await formatted(format, measured(dataset), tellNobody, options);
  }
  const opened = await openWholeList(output, options, () => {
    if (exists(folder)) {
      throw new RandoseError('would-overwrite', `${folder} exists already`, {
        hint: 'Choose another name: randose makes the folder, so that only you can read it. Nothing was opened.',
      });
    }
    refuseSecretFile(folder, before.root);
  });
  if (opened === undefined) return;
  const { open, head } = opened;
  const datasets = datasetsOf(opened).map(measured);
  const changed = new ChangedTexts();
  const about = { ...sourceOf(open, changed.add), remark: REMARK };
  const marked: ExportSource = {
    ...about,
    about: about.about.map(([name, text]) => (name === 'Arms' ? [name, REMARK] : [name, text])),
  };
  const names = UNBLINDED_DATASETS.map((name) => nameOf(open, `${name.toLowerCase()}.${format}`));
  const written: NewFile[] = [];
  for (const [index, dataset] of datasets.entries()) {
    const described = isDescribed(format) ? nameOf(open, defineOf(dataset).name) : undefined;
    const content = await formatted(format, dataset, { ...marked, described }, options);
    written.push({ file: join(folder, names[index]!), content });
  }
  for (const define of isDescribed(format) ? [DEFINE, DEFINE_ADAM] : []) {
    const content = await define.make(datasets, names, format, marked);
    written.push({ file: join(folder, nameOf(open, define.name)), content });
  }
  makeFolder(folder, 'private');
  writeAllNew(written, { mode: 'private' });
  const files = written.map(({ file }) => file);
  const rows = datasets.reduce((sum, { count }) => sum + count, 0);
  output.say(
    `Wrote ${folder}: ${counted(files.length, 'file')}: ${counted(rows, 'record')} with arms, as of ledger entry ${head.seq} of ${dayText(marked.asOf)}. Only you can read this folder.`,
  );
  output.result({ study: open.study.id, what, format, rows, files, ledger: head }, '');
  for (const text of [...changed.warnings(), ...missingForSdtm(open)]) output.warn(text);
  sayUnblinded(output, head);
}

/** The file that describes a dataset. */
function defineOf(dataset: SdtmDataset): Description {
  return isAnalysis(dataset) ? DEFINE_ADAM : DEFINE;
}

function isDescribed(format: Format): boolean {
  return DEFINE.formats.includes(format);
}

function nameOf({ study }: Pick<OpenStudy, 'study'>, name: string): string {
  return `${UNBLINDED}-${markOf(study)}${name}`;
}

function formatted(
  format: Format,
  dataset: MeasuredDataset,
  source: ExportSource,
  { csvFor }: ExportFlags,
): Promise<Content> {
  return FORMATTERS[format](dataset, source, csvFor);
}

/** The datasets with the arms of the opened list, each marked. */
function datasetsOf({ open, masters }: OpenedList): SdtmDataset[] {
  requireSdtm(open);
  const list = sealedSlots(masters);
  const armOfKit = armIn(list);
  const opened = openedParticipants(open, list);
  const sums = summed(opened, list, open);
  // All three are in the order of the randomizations.
  const participants = sdtmParticipants(open).map((one, index): SdtmUnblinded => {
    const { arm } = opened[index]!;
    const { exposure } = sums[index]!;
    return { ...one, arm, exposure, armGiven: (record) => armGiven(record, arm, armOfKit) };
  });
  const { accounts, kits } = sdtmKits(open);
  return unblindedDatasets(open.study, participants, accounts, kits).map((dataset) => ({
    ...dataset,
    label: `${UNBLINDED} ${dataset.label.replace('Supplemental', 'Suppl.')}`.slice(0, 40),
  }));
}
