import { scheduledParticipants } from '../../../store/scheduled-participants.ts';
import { RandoseError } from '../../../errors.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { openStudy, requireUnchanged, SCHEDULE_PARTS } from '../../../store/open-study.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import { marksText } from '../../../schedule/days-that-matter.ts';
import type { SiteWorkload } from '../../../schedule/workload.ts';
import { CALENDARS } from '../../../study/layout.ts';
import { datedName } from '../../../study/civil-date.ts';
import { writeFiles } from '../../output/exported-files.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { studyPlace } from '../../study/study-place.ts';
import { indented } from '../../output/wrapped.ts';
import { type Palette, PLAIN } from '../../output/palette.ts';
import {
  requireDate,
  requireSchedule,
  requireSite,
  siteDays,
} from '../../arguments/participant-schedule.ts';
import { preparedKit, unusableKits, workloadOf, workloadPage } from './workload.ts';
import type { CalendarLoadFlags } from './command.ts';

const MOST_WEEKS = 104;

/** `randose calendar load`: the injections of each day and site over the coming weeks. */
export async function calendarLoad(output: Output, options: CalendarLoadFlags): Promise<void> {
  const open = await openStudy(studyPlace(options));
  requireSchedule(open.study);
  requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
  const { format, weeks, output: path, force = false } = options;
  if (weeks < 1 || weeks > MOST_WEEKS) {
    throw new RandoseError('usage', `--weeks ${weeks}: expected a number from 1 to ${MOST_WEEKS}`);
  }
  const participants = scheduledParticipants(open, randomizations(open.entries));
  const calendars = participants.map(({ subject, visits, happenings }) =>
    makeCalendar(visits, subject, happenings),
  );
  const workload = workloadOf(
    { open, calendars, markDay: await siteDays(open.study) },
    {
      weeks,
      ...(options.from !== undefined && { from: requireDate('--from', options.from) }),
      ...(options.site !== undefined && { site: requireSite(open.study, options.site).code }),
    },
  );
  const unusable = unusableKits(open);
  const kitText = preparedKit(unusable);
  const data = { study: open.study.id, ...workload, unusableKits: unusable };
  const texts = {
    json: () => `${JSON.stringify(data, undefined, 2)}\n`,
    html: () => workloadPage(open, workload, kitText),
    table: () =>
      workload.sites
        .map((site) =>
          loadTable(
            site,
            weeks,
            kitText,
            path === undefined ? output : { colour: PLAIN, columns: 80 },
          ),
        )
        .join('\n'),
  };
  const text = texts[format]();
  if (path === undefined) {
    output.result(data, text, { exact: format !== 'table' });
    return;
  }
  writeFiles([{ file: path, content: text }], { root: open.root, folder: CALENDARS }, force);
  output.say(`Wrote ${path}, as of ledger entry ${open.head.seq}.`);
  output.result({ ...data, file: path }, '');
}

const WIDEST_BAR = 24;
/** The place below the bar. */
const HANG = ' '.repeat(21);

function loadTable(
  { site, days, injections, onCall, peak, peakDates }: SiteWorkload,
  weeks: number,
  kitText: (kit: string) => string,
  { colour, columns }: { readonly colour: Palette; readonly columns: number },
): string {
  const title = `${site}: ${counted(injections, 'injection')} in ${counted(weeks, 'week')} from ${days[0]!.date}`;
  const lines = days.flatMap((day) => {
    const { injections: doses, assessments, marks, kits, date } = day;
    const isMonday = day.weekday === 1 && date !== days[0]!.date;
    if (doses.length === 0 && assessments.length === 0) return isMonday ? [''] : [];
    const bar = '█'.repeat(Math.ceil((doses.length / Math.max(peak, WIDEST_BAR)) * WIDEST_BAR));
    const count = `${datedName(date)} ${String(doses.length).padStart(3)}`;
    const mark = marks.length > 0 ? [marksText(marks)] : [];
    const more = [
      ...(assessments.length > 0 ? [counted(assessments.length, 'assessment')] : []),
      ...(kits.length > 0 ? [`kits: ${kits.map(kitText).join(', ')}`] : []),
    ];
    const inOne = [`  ${count} ${bar}`, ...more, ...mark].join('  ').trimEnd();
    const emphasis = marks.length > 0 ? colour.yellow : (text: string) => text;
    const begin = `  ${count} ${emphasis(bar)}`;
    // A terminal breaks a line that is too long within a word.
    const lines =
      inOne.length <= columns
        ? [[begin, ...more, ...mark.map((one) => emphasis(one))].join('  ').trimEnd()]
        : [
            begin,
            ...[...more, ...mark].flatMap((one) =>
              indented(one, columns, HANG).trimEnd().split('\n'),
            ),
          ];
    return [...(isMonday ? [''] : []), ...lines];
  });
  const quiet = lines.every((line) => line === '');
  const body = quiet
    ? '  Nothing is planned.'
    : lines
        .join('\n')
        .replace(/\n{2,}/g, '\n\n')
        .trim();
  const peaks = peakDates.slice(0, 3).join(', ') + (peakDates.length > 3 ? ', …' : '');
  const foot =
    peak === 0
      ? ''
      : `\n\nMost on one day: ${peak} (${peaks}). On call: ${counted(onCall, 'injection')}.`;
  return `${colour.bold(title)}\n\n${quiet ? body : `  ${body}`}${foot}\n`;
}
