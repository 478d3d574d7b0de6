import { basename, extname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import type { Dataset } from '../../../exports/datasets/dataset.ts';
import { formatHead } from '../../../ledger/chain.ts';
import { dayText, momentText } from '../../../ledger/times.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { EXPORTS } from '../../../study/layout.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { exists, isFolder } from '../../../system/files.ts';
import { SOFTWARE } from '../../../version.ts';
import { counted } from '../../../words.ts';
import { checkFiles, writeFiles } from '../../output/exported-files.ts';
import { otherFormat } from '../../format-by-name.ts';
import type { Output } from '../../output/output.ts';
import { unitProblemsOf } from '../../study/kit-records.ts';
import { findHome, warnOfHome } from '../../study/home-finding.ts';
import { studyPlace } from '../../study/study-place.ts';
import type { Exported, ExportFlags } from './command.ts';
import { type ExportSource, FORMATTERS } from './export-formats.ts';
import { MAKERS, NOUNS } from './export-datasets.ts';

/** `randose export`: participants, kits or the ledger, for other programs. It needs no key, and has no arms. */
export async function exportData(
  output: Output,
  options: ExportFlags,
  [what]: [Exported],
): Promise<void> {
  const { format, csvFor, force = false } = options;
  if (csvFor !== undefined && format !== 'csv') {
    const name = options.output === undefined ? '' : `, and this is ${format}`;
    throw new RandoseError('usage', `use --csv-for only with --format csv${name}`, {
      hint: 'Give the file a name that ends with .csv, or leave --csv-for out. Nothing was written.',
    });
  }
  const place = studyPlace(options);
  const open = await openStudy(place);
  const { root, study, head } = open;
  const { file, newFolder } = placeOf(options, what, open);
  const shelf = { root, folder: EXPORTS };
  checkFiles([{ file }], shelf, force, newFolder);
  const dataset = await MAKERS[what](open, place, (done, total) => {
    output.progress(done, total, 'making rows');
  });
  const count = dataset.rows.length;
  const source = sourceOf(open);
  output.progress(0, count, `writing ${format}`);
  try {
    const content = await FORMATTERS[format](dataset, source, csvFor);
    writeFiles([{ file, content }], shelf, force, newFolder);
  } finally {
    output.progress(count, count, `writing ${format}`);
  }
  const rows = counted(count, ...NOUNS[what]);
  output.say(
    `Wrote ${file}: ${rows}, no arms, as of ledger entry ${head.seq} of ${dayText(source.asOf)}.`,
  );
  output.result({ study: study.id, what, format, rows: count, files: [file], ledger: head }, '');
  if (what === 'accountability') warnOfUnits(output, open, dataset);
  // What leaves the trial from an older copy lacks what is recorded in the other.
  warnOfHome(output, findHome(root));
}

/** A name with an ending, such as `week.txt`: who types it means a file. A folder may be called `v1.2`. */
const A_FILE = /[^.]\.([a-z]\w*)$/i;

/** Where the file goes: --output names a folder, or the file itself, if it ends as the format does. */
function placeOf(
  { output, format }: ExportFlags,
  what: Exported,
  { root, study }: Pick<OpenStudy, 'root' | 'study'>,
): { readonly file: string; readonly newFolder?: string } {
  const place = output ?? join(root, EXPORTS);
  if (extname(place).toLowerCase() === `.${format}` && !isFolder(place)) return { file: place };
  const [, ending] = A_FILE.exec(basename(place)) ?? [];
  if (ending !== undefined && !exists(place)) {
    const hint = `Name a folder, or a file whose name ends with .${format}. Nothing was written.`;
    throw otherFormat(place, ending, format, hint);
  }
  const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
  return { file: join(place, `${mark}${what}.${format}`), newFolder: place };
}

function sourceOf({ study, entries, head }: OpenStudy): ExportSource {
  const asOf = entries.at(-1)?.time ?? '';
  return {
    study,
    asOf,
    about: [
      ['Study', study.id],
      ['Title', study.title],
      ['Sponsor', study.sponsor],
      ['As of', momentText(asOf)],
      ['Ledger', formatHead(head)],
      ['Arms', 'none: this file is blinded'],
      ['Written by', SOFTWARE],
    ],
  };
}

/** Units that do not add up, as `kit` says them. */
function warnOfUnits(output: Output, open: OpenStudy, { columns, rows }: Dataset): void {
  const at = columns.findIndex(({ name }) => name === 'KITNO');
  const kits = new Set(rows.map((row) => String(row[at])));
  for (const text of unitProblemsOf(open, kits)) output.warn(text);
}
