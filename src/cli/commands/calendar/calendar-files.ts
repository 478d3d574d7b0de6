import { dirname, join, sep } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { isFolder, isRegularFile, type NewFile } from '../../../system/files.ts';
import { subjectIds } from '../../../ledger/subject-ids.ts';
import { noteExport } from '../../../store/folder/last-export.ts';
import { fileStem } from '../../../study/identifiers.ts';
import { CALENDARS } from '../../../study/layout.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { requireSite } from '../../arguments/participant-schedule.ts';
import { counted } from '../../../words.ts';
import { refuseInside, writeFiles } from '../../output/exported-files.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import type { Output } from '../../output/output.ts';
import type { Chosen, ExportedFile } from './calendar-export.ts';
import type { CalendarFlags } from './command.ts';
import { namesOf } from '../../../study/names.ts';

type Format = CalendarFlags['format'];

/** Makes the files of an export, without writing them. A maker loads what it needs. */
const MAKERS: Readonly<
  Record<Format, (options: CalendarFlags, chosen: Chosen) => Promise<ExportedFile[]>>
> = {
  table: ({ output }, { view, open }) =>
    oneFile(output === undefined ? view(false) : `${view(true)}${asOfText(open)}\n`),
  json: (_, { data }) => oneFile(`${JSON.stringify(data, undefined, 2)}\n`),
  csv: async ({ csvFor, language }, { calendars, markDay, open: { study } }) => {
    const { formatCalendarCsv } = await import('../../../exports/calendars/csv.ts');
    const words = language && { language, nameOf: namesOf(study, language) };
    return oneFile(formatCalendarCsv(calendars, markDay, { flavour: csvFor, words }));
  },
  ics: async (options, chosen) => {
    const { icsFiles } = await import('../../study/calendar-ics.ts');
    const site = options.site && requireSite(chosen.open.study, options.site).code;
    return icsFiles({ ...options, ...(site !== undefined && { site }) }, chosen);
  },
  pdf: async (options, chosen) => {
    const { pdfFile } = await import('./calendar-pdf.ts');
    return oneFile(await pdfFile(options, chosen));
  },
};

/** What a table in a file knows: `As of ledger entry 12 of 2026-06-15`. */
function asOfText({ head, lastTime }: OpenStudy): string {
  return `As of ledger entry ${head.seq} of ${lastTime.slice(0, 10)} (UTC).`;
}

function oneFile(content: string | Uint8Array): Promise<ExportedFile[]> {
  return Promise.resolve([{ name: undefined, content }]);
}

/** Exports calendars to stdout, to a file, or to several files in a folder. */
export async function exportCalendars(
  output: Output,
  options: CalendarFlags,
  chosen: Chosen,
): Promise<void> {
  const exported = await MAKERS[options.format](options, chosen);
  const [first] = exported;
  const isSingle = exported.length === 1 && (chosen.isOne || first?.name === undefined);
  if (options.output === undefined && isSingle && typeof first?.content === 'string') {
    const isTable = options.format === 'table';
    const text = isTable ? output.ownWords(first.content) : first.content;
    output.result(chosen.data, text, { exact: !isTable });
  } else {
    write(output, options, chosen, exported);
  }
}

/** @throws RandoseError `usage` if an option does not apply to the format */
export function checkOptions({
  format,
  by,
  month,
  language,
  at,
  alarm,
  output,
}: CalendarFlags): void {
  const require = (option: string, value: unknown, formats: readonly Format[]) => {
    if (value === undefined || formats.includes(format)) return;
    throw new RandoseError('usage', `use ${option} only with --format ${formats.join(' or ')}`);
  };
  require('--by', by, ['ics', 'pdf']);
  require('--language', language, ['pdf', 'ics', 'csv']);
  require('--at', at, ['ics']);
  require('--alarm', alarm, ['ics']);
  require('--month', month, ['pdf']);
  if (month !== undefined && by !== 'site') {
    throw new RandoseError('usage', 'use --month only with --by site');
  }
  if (format === 'pdf' && output === undefined) {
    throw new RandoseError('usage', 'a PDF needs --output FILE');
  }
}

function write(
  output: Output,
  options: CalendarFlags,
  chosen: Chosen,
  exported: readonly ExportedFile[],
): void {
  const { root, study } = chosen.open;
  const place = options.output ?? join(root, CALENDARS);
  const isFile = isOneFile(options, chosen, exported);
  const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
  const files = exported.map(({ name = '', content }): NewFile => ({
    file: isFile ? place : join(place, `${mark}${fileStem(name)}.${options.format}`),
    content,
  }));
  const shelf = { root, folder: CALENDARS };
  refuseInside(place, shelf);
  writeFiles(files, shelf, options.force === true, isFile ? undefined : place);
  const about = isFile && !chosen.isOne ? '' : ` (${counted(files.length, 'calendar')})`;
  const { seq } = chosen.open.head;
  output.say(
    `Wrote ${place}${about}, as of ledger entry ${seq}. What changes later: randose calendar --since ${seq}`,
  );
  output.result({ ...chosen.data, files: files.map(({ file }) => file) }, '');
  for (const text of emptyMonth(options, chosen)) output.warn(text);
  const folder = isFile ? dirname(place) : place;
  for (const text of formerFiles(folder, options, chosen)) output.warn(text);
  note(output, chosen);
}

/** That a calendar of the same participant under a former id is still in the folder. */
function formerFiles(
  folder: string,
  { format }: CalendarFlags,
  { open: { study, entries }, calendars }: Chosen,
): string[] {
  const idsOf = subjectIds(entries);
  const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
  return calendars.flatMap(({ subject }) => {
    const { all, current } = idsOf(subject);
    return all.flatMap((id) => {
      const file = join(folder, `${mark}${fileStem(id)}.${format}`);
      if (id === current || !isRegularFile(file)) return [];
      const imported =
        format === 'ics' ? ' If it was imported, the new file replaces its events.' : '';
      return `${file} has the calendar of ${current} under a former id, and can be deleted.${imported}`;
    });
  });
}

/** That a month has neither injections nor assessments, with the months that have some. */
function emptyMonth({ month }: CalendarFlags, { calendars }: Chosen): string[] {
  if (month === undefined) return [];
  const months = calendars
    .flatMap(({ events }) => events)
    .filter(({ status }) => status !== 'not done' && status !== 'cancelled')
    .map(({ date }) => date.slice(0, 7))
    .sort();
  if (months.includes(month)) return [];
  const [first] = months;
  const others = first === undefined ? '' : ` Visits are from ${first} to ${months.at(-1) ?? ''}.`;
  return [`nothing is planned in ${month}: the page has no visits.${others}`];
}

/** Whether --output names the file itself, rather than a folder for files. */
function isOneFile(
  { output }: CalendarFlags,
  { isOne }: Chosen,
  exported: readonly ExportedFile[],
): boolean {
  if (exported[0]?.name === undefined) return true;
  if (output === undefined || !isOne || exported.length !== 1) return false;
  return !output.endsWith('/') && !output.endsWith(sep) && !isFolder(output);
}

/** Notes the export, so that --changes can count from it. */
function note(output: Output, { open: { root, study, head }, calendars }: Chosen): void {
  const subjects = calendars.map(({ subject }) => subject);
  try {
    noteExport(root, study.id, subjects, head.seq);
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    output.warn(`this export is not noted, so --changes does not count from it: ${error.message}`);
  }
}
