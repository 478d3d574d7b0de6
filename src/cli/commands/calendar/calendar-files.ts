import { join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { headOf } from '../../../ledger/chain.ts';
import { isFolder } from '../../../system/files.ts';
import { noteExport } from '../../../store/folder/last-export.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import type { MarkDay } from '../../../schedule/days-that-matter.ts';
import type { RevisedCalendar } from '../../../schedule/revisions.ts';
import { CALENDARS } from '../../../study/layout.ts';
import { DUMMY_MARK } from '../../../study/study.ts';
import { refuseInside, writeFiles } from '../../output/exported-files.ts';
import type { Output } from '../../output/output.ts';
import type { CalendarFlags } from './command.ts';

/** The calendars that were asked for, and all that goes with them. */
export interface Chosen {
  readonly open: OpenStudy;
  readonly calendars: readonly RevisedCalendar[];
  /** What --json gives. */
  readonly data: { readonly study: string; readonly calendars: readonly unknown[] };
  readonly markDay: (site: string) => MarkDay;
  /** Whether one participant was asked for, rather than all. */
  readonly isOne: boolean;
  /** The text for the eye. */
  readonly view: (isFile: boolean) => string;
}

/** Writes calendars where they are asked for: on stdout, to a file, or to a file each in a folder. */
export async function exportCalendars(
  output: Output,
  options: CalendarFlags,
  chosen: Chosen,
): Promise<void> {
  const { format } = options;
  if (format === 'ics') {
    const { icsFiles } = await import('./calendar-ics.ts');
    write(output, options, chosen, icsFiles(options, chosen));
  } else if (format === 'pdf') {
    const { pdfFiles } = await import('./calendar-pdf.ts');
    write(output, options, chosen, await pdfFiles(options, chosen));
  } else {
    const text = await textOf(options, chosen);
    write(output, options, chosen, [{ name: undefined, content: text }]);
  }
}

/** An option that has no meaning for the format is a mistake. */
export function checkOptions({
  format,
  by,
  month,
  language,
  at,
  alarm,
  output,
}: CalendarFlags): void {
  const refuse = (option: string, formats: string) => {
    throw new RandoseError('usage', `${option} is for --format ${formats}`);
  };
  const isPaper = format === 'pdf';
  if (by !== undefined && !isPaper && format !== 'ics') refuse('--by', 'ics and pdf');
  if (language !== undefined && !isPaper) refuse('--language', 'pdf');
  if ((at ?? alarm) !== undefined && format !== 'ics') refuse('--at and --alarm', 'ics');
  if (month !== undefined && !(isPaper && by === 'site')) refuse('--month', 'pdf with --by site');
  if (isPaper && output === undefined) {
    throw new RandoseError('usage', 'a PDF needs --output FILE');
  }
}

async function textOf({ format, output }: CalendarFlags, chosen: Chosen): Promise<string> {
  const { calendars, data, markDay, view } = chosen;
  if (format === 'json') return `${JSON.stringify(data, undefined, 2)}\n`;
  if (format === 'csv') {
    const { formatCalendarCsv } = await import('../../../exports/calendars/csv.ts');
    return formatCalendarCsv(calendars, markDay);
  }
  if (format === 'html') {
    const { workloadOf, workloadPage } = await import('./workload.ts');
    return workloadPage(chosen.open, workloadOf(chosen));
  }
  return view(output !== undefined);
}

/** One file of an export; without a name it goes to stdout where no file is named. */
export interface ExportedFile {
  readonly name: string | undefined;
  readonly content: string | Uint8Array;
}

function write(
  output: Output,
  { format, output: path, force = false }: CalendarFlags,
  { open, calendars, data, isOne }: Chosen,
  exported: readonly ExportedFile[],
): void {
  const [first] = exported;
  const isSingle = exported.length === 1 && (isOne || first?.name === undefined);
  if (path === undefined && isSingle && typeof first?.content === 'string') {
    output.result(data, first.content);
    return;
  }
  const { root, study, entries } = open;
  const place = path ?? join(root, CALENDARS);
  const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
  const isOneFile =
    first?.name === undefined ||
    (exported.length === 1 &&
      !isFolder(place) &&
      !place.endsWith('/') &&
      path !== undefined &&
      isOne);
  const files = exported.map(({ name = '', content }) => ({
    file: isOneFile ? place : join(place, `${mark}${name}.${format}`),
    content,
  }));
  const shelf = { root, folder: CALENDARS };
  refuseInside(place, shelf);
  writeFiles(files, shelf, force, isOneFile ? undefined : place);
  const count = files.length === 1 ? '1 calendar' : `${files.length} calendars`;
  output.say(isOneFile && !isOne ? `${place}: written.` : `${place}: ${count} written.`);
  output.result({ ...data, files: files.map(({ file }) => file) }, '');
  try {
    noteExport(
      root,
      study.id,
      calendars.map(({ subject }) => subject),
      headOf(entries).seq,
    );
  } catch (error) {
    if (!(error instanceof RandoseError)) throw error;
    output.warn(`the export could not be noted for --changes: ${error.message}`);
  }
}
