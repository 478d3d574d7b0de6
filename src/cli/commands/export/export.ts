import { basename, extname, join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { dayText } from '../../../ledger/times.ts';
import { type Dataset, measured } from '../../../exports/datasets/dataset.ts';
import { madeWhenRead } from '../../../exports/made-when-read.ts';
import { openStudy, type OpenStudy } from '../../../store/open-study.ts';
import { EXPORTS } from '../../../study/layout.ts';
import { exists, isFolder, type NewFile } from '../../../system/files.ts';
import { counted } from '../../../words.ts';
import { checkFiles, shownPath, writeFiles } from '../../output/exported-files.ts';
import { otherFormat } from '../../format-by-name.ts';
import type { Output } from '../../output/output.ts';
import { tellDryRun } from '../../study/look-first.ts';
import { findHome, warnOfHome } from '../../study/home-finding.ts';
import { warnOfUnseen } from '../../study/unseen.ts';
import { studyPlace } from '../../study/study-place.ts';
import { ChangedTexts } from './changed-texts.ts';
import type { Exported, ExportFlags, Format } from './command.ts';
import { FORMATTERS } from './export-formats.ts';
import { markOf, sourceOf } from './export-source.ts';
import { EXPORTED } from './export-datasets.ts';
import { refuseOtherFormats } from './other-formats.ts';
import { exportUnblinded } from './unblinded.ts';

/** `randose export`: participants, kits or the ledger, for other programs. Without a key it has no arms. */
export async function exportData(
  output: Output,
  options: ExportFlags,
  [what]: [Exported],
): Promise<void> {
  const { formats, nouns, names, only, description, make, remarks } = EXPORTED[what];
  const { csvFor, force = false, format = formats[0] } = options;
  requireFormat(what, format, formats, only);
  requireFlags(what, options, only);
  if (options.identity !== undefined) {
    await exportUnblinded(output, options, what, format);
    return;
  }
  refuseKeyFlags(options);
  const place = studyPlace(options);
  const open = await openStudy(place);
  warnOfUnseen(output, open);
  const { root, study, head } = open;
  const { files, newFolder } = placesOf({ what, format, names, output: options.output }, open);
  const shelf = { root, folder: EXPORTS };
  const isDescribed = description?.formats.includes(format) === true;
  const described = isDescribed
    ? join(newFolder ?? '', `${markOf(study)}${description.name}`)
    : undefined;
  const all = [...files, ...(described === undefined ? [] : [described])];
  const planned = all.map((file) => ({ file }));
  if (newFolder !== undefined && names !== undefined && description !== undefined) {
    const marked = names.map((name) => `${markOf(study)}${name}`);
    refuseOtherFormats(newFolder, marked, format, description);
  }
  checkFiles(planned, shelf, force, newFolder);
  if (options.dryRun === true) {
    tellDryRun(output, `write ${all.join(', ')}`);
    return;
  }
  const made = await make(open, place, options);
  const datasets = made.map((dataset, index) => {
    output.progress(index, made.length, 'making datasets');
    return measured(dataset);
  });
  const total = datasets.reduce((sum, { count }) => sum + count, 0);
  const changed = new ChangedTexts();
  const source = {
    ...sourceOf(open, changed.add),
    described: described && basename(described),
  };
  const written: NewFile[] = [];
  let before = 0;
  const tell = (done: number) => {
    output.progress(done, total, `writing ${format}`);
  };
  try {
    for (const [index, dataset] of datasets.entries()) {
      const content = await FORMATTERS[format](telling(dataset, before, tell), source, csvFor);
      written.push({ file: files[index]!, content });
      before += dataset.count;
    }
    if (described !== undefined) {
      const content = await description!.make(
        datasets,
        files.map((file) => basename(file)),
        format,
        source,
      );
      written.push({ file: described, content });
    }
    writeFiles(written, shelf, force, newFolder);
  } finally {
    tell(total);
  }
  const where =
    names === undefined
      ? shownPath(files[0]!)
      : `${shownPath(newFolder ?? '')}: ${counted(all.length, 'file')}`;
  const rows = counted(total, ...nouns);
  output.say(
    `Wrote ${where}: ${rows}, no arms, as of ledger entry ${head.seq} of ${dayText(source.asOf)}.`,
  );
  output.result({ study: study.id, what, format, rows: total, files: all, ledger: head }, '');
  const { advice = [], warnings = [] } = remarks?.(open, options) ?? {};
  for (const text of advice) output.say(text);
  for (const text of [...changed.warnings(), ...warnings]) output.warn(text);
  // What leaves the trial from an older copy lacks what is recorded in the other.
  warnOfHome(output, findHome(root));
}

/** After so many rows progress is told. */
const TELL_EVERY = 1024;

/** A dataset that tells, while its rows are read, how many they are with those before them. */
function telling<One extends Dataset>(
  dataset: One,
  before: number,
  tell: (done: number) => void,
): One {
  const rows = madeWhenRead(function* () {
    let index = 0;
    for (const row of dataset.rows) {
      if (index % TELL_EVERY === 0) tell(before + index);
      index += 1;
      yield row;
    }
  });
  return { ...dataset, rows };
}

/** @throws RandoseError `usage` with the formats in which it can be written */
function requireFormat(
  what: Exported,
  format: Format,
  formats: readonly Format[],
  only?: string,
): void {
  if (formats.includes(format)) return;
  const why = only === undefined ? '' : `: ${only}`;
  throw new RandoseError('usage', `export ${what} cannot be written as ${format}${why}`, {
    hint: `Formats of ${what}: ${formats.join(', ')}. Nothing was written.`,
  });
}

/** @throws RandoseError `usage` if a flag is about another export */
function requireFlags(what: Exported, { csvFor, batch }: ExportFlags, only?: string): void {
  if (only !== undefined && csvFor !== undefined) {
    throw new RandoseError('usage', `export ${what} is not for Excel: ${only}`, {
      hint: 'Leave --csv-for out. Nothing was written.',
    });
  }
  if (batch !== undefined && what !== 'redcap') {
    throw new RandoseError('usage', 'use --batch only with export redcap', {
      hint: 'Leave it out. Nothing was written.',
    });
  }
}

/** @throws RandoseError `usage` if a flag is there that says something about a key, and there is no key */
function refuseKeyFlags({ by, reason, sign, passphraseFile, passphraseFd }: ExportFlags): void {
  const given = Object.entries({
    '--by': by,
    '--reason': reason,
    '--sign': sign,
    '--passphrase-file': passphraseFile,
    '--passphrase-fd': passphraseFd,
  });
  const [name] = given.find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new RandoseError('usage', `use ${name} only with --identity, for datasets with arms`, {
    hint: 'Without a key nothing is opened, and nothing is recorded. Nothing was written.',
  });
}

/** A name with an ending, such as `week.txt`: who types it means a file. A folder may be called `v1.2`. */
const A_FILE = /[^.]\.([a-z]\w*)$/i;

/** What is written, and where --output puts it. */
interface Wanted {
  readonly what: Exported;
  readonly format: Format;
  readonly names: readonly string[] | undefined;
  readonly output: string | undefined;
}

/** Where the files go: --output names a folder; or the file itself, if there is one and it ends as the format does. */
function placesOf(
  { what, format, names, output }: Wanted,
  { root, study }: Pick<OpenStudy, 'root' | 'study'>,
): { readonly files: readonly string[]; readonly newFolder?: string } {
  const isOne = names === undefined;
  const place = output ?? (isOne ? join(root, EXPORTS) : join(root, EXPORTS, what));
  const isNamed = extname(place).toLowerCase() === `.${format}` && !isFolder(place);
  if (isNamed && isOne) return { files: [place] };
  const [, ending] = A_FILE.exec(basename(place)) ?? [];
  if (isOne && ending !== undefined && !exists(place)) {
    const hint = `Name a folder, or a file whose name ends with .${format}. Nothing was written.`;
    throw otherFormat(place, ending, format, hint);
  }
  if (isNamed) {
    throw new RandoseError('usage', `--output ${place}: ${what} is several files, not one`, {
      hint: 'Name a folder; it is made if it is missing. Nothing was written.',
    });
  }
  const mark = markOf(study);
  const all = names ?? [what];
  return { files: all.map((name) => join(place, `${mark}${name}.${format}`)), newFolder: place };
}
