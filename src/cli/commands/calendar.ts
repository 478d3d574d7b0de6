import { join } from 'node:path';
import { RandoseError } from '../../errors.ts';
import { formatCalendarCsv } from '../../exports/calendar-csv.ts';
import { formatIcs } from '../../exports/ics.ts';
import { randomizations, requireRandomization } from '../../ledger/enrolment.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { requireKitHolder } from '../../ledger/kits.ts';
import { exists, isFolder, liesWithin, makeFolder, writeNew } from '../../platform/files.ts';
import {
  domainOf,
  openStudy,
  type OpenStudy,
  requireUnchanged,
} from '../../platform/open-study.ts';
import { findStudyFolder } from '../../platform/study-folder.ts';
import { type Calendar, makeCalendar } from '../../schedule/calendar.ts';
import { CALENDARS } from '../../study/layout.ts';
import { DUMMY_MARK } from '../../study/study.ts';
import { formatCalendarOverview, formatCalendarSheet } from '../calendar-view.ts';
import type { Output } from '../output.ts';
import { PLAIN } from '../palette.ts';

interface CalendarOptions {
  readonly study?: string;
  readonly subject?: string;
  readonly kit?: string;
  readonly dummy?: boolean;
  readonly format: 'table' | 'csv' | 'ics' | 'json';
  readonly output?: string;
  readonly force?: boolean;
}

/** `randose calendar`: every randomized participant's plan, or one's. It needs no key. */
export function calendar(output: Output, options: CalendarOptions): void {
  const open = openStudy(findStudyFolder(options.study), domainOf(options));
  requireUnchanged(open, ['identity', 'schedule']);
  const calendars = chosen(open, options).map(
    ({ subject, site, number, kit, day1, time }): Calendar =>
      makeCalendar(open.study.schedule, { subject, site, number, kit, day1, made: time }),
  );
  if (calendars.length === 0) output.say('No participant is randomized yet.');
  if (options.format === 'ics') icsFiles(output, open, calendars, options);
  else oneFile(output, open, calendars, options);
}

function chosen(open: OpenStudy, { subject, kit }: CalendarOptions): EntryOf<'randomization'>[] {
  if (subject !== undefined && kit !== undefined) {
    throw new RandoseError('usage', 'expected either --subject ID or --kit CODE, not both');
  }
  if (kit !== undefined) return [requireKitHolder(open, kit)];
  if (subject !== undefined) return [requireRandomization(open.entries, subject)];
  return randomizations(open.entries);
}

/** Whether one participant was asked for, rather than all. */
function isOne({ subject, kit }: CalendarOptions): boolean {
  return subject !== undefined || kit !== undefined;
}

function oneFile(
  output: Output,
  { root, study }: OpenStudy,
  calendars: readonly Calendar[],
  options: CalendarOptions,
): void {
  const data = { study: study.id, calendars };
  const { format, output: path } = options;
  const [first] = calendars;
  // A file is for a program or a printer: no colour, and 80 columns.
  const colour = path === undefined ? output.colour : PLAIN;
  const columns = path === undefined ? output.columns : 80;
  const texts = {
    csv: () => formatCalendarCsv(calendars),
    json: () => `${JSON.stringify(data, undefined, 2)}\n`,
    table: () => {
      if (first === undefined) return '';
      return !isOne(options)
        ? formatCalendarOverview(calendars, study.id, colour, columns)
        : formatCalendarSheet(first, study.id, colour);
    },
  };
  const text = texts[format as keyof typeof texts]();
  if (path === undefined) {
    output.result(data, text);
    return;
  }
  writeFiles([{ file: path, text }], root, options.force ?? false);
  output.say(`${path}: written.`);
  output.result({ ...data, files: [path] }, '');
}

/** Nothing that is exported may take the place of what the study folder is made of. */
function refuseInside(path: string, root: string): void {
  if (!liesWithin(path, root) || liesWithin(path, join(root, CALENDARS))) return;
  throw new RandoseError('usage', `${path} lies inside the study folder`, {
    hint: `In the study folder, calendars belong into ${CALENDARS}/. Nothing was written.`,
  });
}

/** Writes all the files, or none of them where one is there already or has no place there. */
function writeFiles(
  files: readonly { file: string; text: string }[],
  root: string,
  force: boolean,
): void {
  for (const { file } of files) {
    refuseInside(file, root);
    if (!force && exists(file)) {
      throw new RandoseError('would-overwrite', `${file} exists already`, {
        hint: 'Nothing was written. --force replaces what is there.',
      });
    }
  }
  for (const { file, text } of files) writeNew(file, text, { force });
}

/**
 * iCalendar: a file a participant, in the folder named or in the study's own for calendars; one
 * participant's on stdout, or as a file.
 */
function icsFiles(
  output: Output,
  { root, study }: OpenStudy,
  calendars: readonly Calendar[],
  options: CalendarOptions,
): void {
  const data = { study: study.id, calendars };
  const { force = false } = options;
  const [first] = calendars;
  if (options.output === undefined && isOne(options) && first !== undefined) {
    output.result(data, formatIcs(first, study.id));
    return;
  }
  const path = options.output ?? join(root, CALENDARS);
  const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
  const isOneFile = isOne(options) && !isFolder(path) && !path.endsWith('/');
  const files = calendars.map((one) => ({
    file: isOneFile ? path : join(path, `${mark}${one.subject}.ics`),
    text: formatIcs(one, study.id),
  }));
  refuseInside(path, root);
  if (!isOneFile) makeFolder(path);
  writeFiles(files, root, force);
  const count = files.length === 1 ? '1 calendar' : `${files.length} calendars`;
  output.say(`${path}: ${count} written.`);
  output.result({ ...data, files: files.map(({ file }) => file) }, '');
}
