import {
  type ScheduledParticipant,
  scheduledParticipants,
} from '../../../store/scheduled-participants.ts';
import { RandoseError } from '../../../errors.ts';
import { parseHead } from '../../../ledger/chain.ts';
import { factsBySubject, factTexts } from '../../../ledger/participant-facts.ts';
import { subjectIds } from '../../../ledger/subject-ids.ts';
import { readLastExport } from '../../../store/folder/last-export.ts';
import {
  openStudy,
  type OpenStudy,
  requireUnchanged,
  SCHEDULE_PARTS,
} from '../../../store/open-study.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import { daysAtSites } from '../../../schedule/days-that-matter.ts';
import { type Happening, recordsInForce } from '../../../schedule/happenings.ts';
import { findConflicts, flagDays } from '../../../schedule/proposals.ts';
import {
  detailedChanges,
  type DetailedChange,
  type KitOfVisit,
} from '../../../schedule/revisions.ts';
import { checkOptions, exportCalendars } from './calendar-files.ts';
import {
  type Findings,
  formatCalendarOverview,
  formatCalendar,
  formatChanges,
} from './calendar-view.ts';
import type { CalendarFlags } from './command.ts';
import type { Output } from '../../output/output.ts';
import { revisedJudgedCalendars } from '../../study/judged-calendars.ts';
import { requireNamedOnce, withId } from '../../arguments/participant.ts';
import { overdueIn } from '../../study/overdue-in.ts';
import { studyPlace } from '../../study/study-place.ts';
import { type Palette, PLAIN } from '../../output/palette.ts';
import { chosenParticipants, isNamed, whoLeft } from '../../arguments/chosen-participants.ts';
import { requireSchedule, siteDays } from '../../arguments/participant-schedule.ts';

/** `randose calendar`: every randomized participant's calendar, or one's. It needs no key. */
export async function calendar(
  output: Output,
  typed: CalendarFlags,
  [id]: [string | undefined],
): Promise<void> {
  checkOptions(typed);
  const { subject, number, kit, site } = typed;
  requireNamedOnce(id, subject, number, kit, site);
  const open = await openStudy(studyPlace(typed));
  requireSchedule(open.study);
  const options = withId(open, typed, id);
  requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
  const participants = scheduledParticipants(open, chosenParticipants(open, options));
  if (options.changes === true || options.since !== undefined) {
    showChanges(output, open, participants, options);
    return;
  }
  const calendars = revisedJudgedCalendars(open, participants);
  if (calendars.length === 0) output.say('No participant is randomized yet.');
  for (const text of whoLeft(open, options)) output.say(text);
  const markDay = await siteDays(open.study);
  const factsOf = factsBySubject(open.entries);
  const overdueOf = overdueIn(open);
  const findings = participants.map(({ subject, visits, happenings }, index): Findings => {
    const mark = daysAtSites(calendars[index]!.sites, markDay);
    const about = [visits, subject.day1, happenings] as const;
    const known = factsOf(subject.subject);
    const hasLeft = known.withdrawal?.from === 'study';
    return {
      // Nobody moves a visit of somebody who has left.
      flags: hasLeft ? [] : flagDays(...about, mark),
      conflicts: known.withdrawal === undefined ? findConflicts(...about) : [],
      facts: factTexts(known),
      overdue: overdueOf(calendars[index]!),
    };
  });
  const isOne = isNamed(options);
  const data = {
    study: open.study.id,
    calendars: calendars.map((one, index) => ({ ...one, ...findings[index] })),
  };
  const view = (colour: Palette, columns: number): string => {
    const [first] = calendars;
    if (first === undefined) return '';
    return isOne
      ? formatCalendar(first, findings[0]!, open.study.id, colour, columns)
      : formatCalendarOverview(
          calendars,
          { factsOf, markDay, findings },
          open.study.id,
          colour,
          columns,
        );
  };
  await exportCalendars(output, options, {
    open,
    calendars,
    data,
    markDay,
    isOne,
    view: (isFile) => (isFile ? view(PLAIN, 80) : view(output.colour, output.columns)),
  });
}

/** What changed since the last export of each participant's calendar, or since an entry of the ledger. */
function showChanges(
  output: Output,
  { root, study, head, entries }: OpenStudy,
  participants: readonly ScheduledParticipant[],
  { since }: CalendarFlags,
): void {
  const asked = since === undefined ? undefined : sequenceOf(since, head.seq);
  const exported = asked === undefined ? readLastExport(root) : new Map<string, number>();
  if (asked === undefined && exported.size === 0) {
    throw new RandoseError('not-found', 'no calendar was exported to a file yet', {
      hint: 'Changes are counted from the last export. To count them from an entry of the ledger, use --since SEQUENCE.',
    });
  }
  const idsOf = subjectIds(entries);
  const changes = participants.flatMap(({ subject, visits, happenings }): DetailedChange[] => {
    const last = asked ?? lastExportOf(exported, idsOf(subject.subject).all);
    const was = entries.find(
      (entry) => entry.action === 'randomization' && entry.subject === subject.subject,
    );
    const isKnown = last !== undefined && was !== undefined && was.seq <= last;
    const known = happenings.filter(({ seq }) => isKnown && seq <= last);
    const before = isKnown ? makeCalendar(visits, subject, known) : undefined;
    const kits = { before: kitsGiven(known), now: kitsGiven(happenings) };
    return detailedChanges(before, makeCalendar(visits, subject, happenings), kits);
  });
  const text = asked === undefined ? 'the last export' : `entry ${asked} of the ledger`;
  output.result(
    { study: study.id, since: asked ?? null, changes },
    output.ownWords(formatChanges(changes, text, output.colour, output.columns)),
  );
}

/** The kit of each injection that was given, by the records so far. */
function kitsGiven(happenings: readonly Happening[]): KitOfVisit {
  const { doses } = recordsInForce(happenings);
  return (visit) => {
    const dose = doses.get(visit);
    return dose?.result === 'given' ? (dose.otherKit ?? dose.kit ?? undefined) : undefined;
  };
}

/** The last export of a participant's calendar, under any id that they had. */
function lastExportOf(
  exported: ReadonlyMap<string, number>,
  ids: readonly string[],
): number | undefined {
  const found = ids.flatMap((id) => exported.get(id) ?? []);
  return found.length === 0 ? undefined : Math.max(...found);
}

function sequenceOf(text: string, last: number): number {
  const seq = parseHead(text)?.seq ?? (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
  if (seq !== undefined && seq <= last) return seq;
  throw new RandoseError(
    'usage',
    `--since "${text}": expected the number of an entry, or a receipt`,
    {
      hint: `The ledger has ${last} entries.`,
    },
  );
}
