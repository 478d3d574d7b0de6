import type { Act, EntryOf } from '../../../ledger/entry.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import { aheadText, awayText, FARTHEST_DAYS } from '../../../ledger/randomization-rules.ts';
import { type Calendar, type CalendarEvent, makeCalendar } from '../../../schedule/calendar.ts';
import { type Change, changesBetween, eventKey } from '../../../schedule/revisions.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { recordsInForce } from '../../../schedule/happenings.ts';
import { visitsInForce } from '../../../schedule/visits-in-force.ts';
import {
  type ScheduledParticipant,
  scheduledParticipant,
  scheduledParticipants,
} from '../../../store/scheduled-participants.ts';
import { type CivilDate, datedName, daysBetween } from '../../../study/civil-date.ts';
import { todayHere } from '../../../system/today.ts';
import type { Amendment } from '../../../study/study.ts';
import { counted, withStop } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { asIfEntered } from '../../study/as-if-entered.ts';
import { indented } from '../../output/wrapped.ts';
import { unitsShort } from '../../study/units-short.ts';

/** What an amendment changes for one participant. */
export interface AmendedParticipant {
  readonly subject: string;
  readonly changes: readonly Change[];
  /** The visits that keep their date, and get another window, dose or route. */
  readonly otherRules: readonly string[];
}

/** The participants who have other visits once an act is in the ledger. */
export function amendedParticipants(open: OpenStudy, act: Act): AmendedParticipant[] {
  const randomized = randomizations(open.entries);
  const before = scheduledParticipants(open, randomized);
  const after = scheduledParticipants(
    { ...open, entries: [...open.entries, ...asIfEntered(open, [act])] },
    randomized,
  );
  return after.flatMap(({ subject, visits, happenings }, index) => {
    const was = before[index]!;
    if (happenings.length === was.happenings.length) return [];
    const earlier = makeCalendar(was.visits, subject, was.happenings);
    const now = makeCalendar(visits, subject, happenings);
    const changes = changesBetween(earlier, now);
    return [{ subject: subject.subject, changes, otherRules: otherRules(earlier, now) }];
  });
}

function otherRules(before: Calendar, now: Calendar): string[] {
  const rulesOf = ({ window, dose, route }: CalendarEvent) => JSON.stringify([window, dose, route]);
  const known = new Map(before.events.map((event) => [eventKey(event), event]));
  const visits = now.events.flatMap((event) => {
    const { visit, status, date } = event;
    const was = known.get(eventKey(event));
    const isOpen = status === 'planned' || status === 'moved';
    return isOpen && was?.date === date && rulesOf(was) !== rulesOf(event) ? visit : [];
  });
  return [...new Set(visits)];
}

/** More participants are only counted. */
const MOST_SHOWN = 6;

export function formatEffects(
  participants: readonly AmendedParticipant[],
  { columns }: Pick<Output, 'columns'>,
): string {
  if (participants.length === 0) return 'No calendar of an earlier participant changes.\n';
  const lines = participants.slice(0, MOST_SHOWN).flatMap(({ subject, changes, otherRules }) => {
    const texts = changes.map(({ visit, title, change, from, to }) =>
      change === 'moved'
        ? `${visit} ${title}: ${from ?? ''} → ${datedName(to)}`
        : `${visit} ${title}, ${to}: ${change}`,
    );
    if (otherRules.length > 0) texts.push(`another window or dose: ${otherRules.join(', ')}`);
    const none = 'no later visit changes';
    return [`${subject}: ${texts.length === 0 ? none : texts.join('; ')}`];
  });
  return linesOf(participants, lines, columns);
}

/** A line for each of the first participants, and how many there are. */
function linesOf(
  participants: readonly AmendedParticipant[],
  lines: readonly string[],
  columns: number,
): string {
  const more = participants.length - lines.length;
  const rest = more > 0 ? [`and ${counted(more, 'other participant')}`] : [];
  const head = `It is for the later visits of ${counted(participants.length, 'participant')} already randomized:\n`;
  return `${head}${[...lines, ...rest].map((text) => indented(text, columns)).join('')}`;
}

/** With this many lines more, the effects and a question are not on one screen of 24 lines. */
const MOST_LINES = 10;

/** The effects as they are shown before a question: if they are many, how many of each kind a participant has. */
export function effectsBefore(
  participants: readonly AmendedParticipant[],
  output: Pick<Output, 'columns'>,
): string {
  const whole = formatEffects(participants, output);
  if (whole.split('\n').length <= MOST_LINES) return whole;
  const lines = participants.slice(0, MOST_SHOWN).map(({ subject, changes, otherRules }) => {
    const kinds = changes.map(({ change }) => change);
    const counts = [...new Set(kinds)].map((kind) => {
      return `${kinds.filter((one) => one === kind).length} ${kind}`;
    });
    if (otherRules.length > 0) counts.push(`${otherRules.length} with another window or dose`);
    return `${subject}: ${counts.length === 0 ? 'no later visit changes' : counts.join(', ')}`;
  });
  return `${linesOf(participants, lines, output.columns)}To see every date first, add --dry-run.\n`;
}

/** A record of a visit that a participant would not have any more. */
interface RecordWithoutVisit {
  readonly visit: string;
  /** Its ledger entry. */
  readonly seq: number;
}

/** The injections and assessments in force of a participant that no visit would have once an act is in the ledger. */
export function recordsWithoutVisit(
  open: OpenStudy,
  act: Act,
  randomization: EntryOf<'randomization'>,
): RecordWithoutVisit[] {
  const before = planlessRecords(scheduledParticipant(open, randomization));
  const then = { ...open, entries: [...open.entries, ...asIfEntered(open, [act])] };
  const after = planlessRecords(scheduledParticipant(then, randomization));
  return after.filter(({ seq }) => before.every((one) => one.seq !== seq));
}

function planlessRecords(participant: ScheduledParticipant): RecordWithoutVisit[] {
  const { subject, visits: planned, happenings } = participant;
  const { doses, attendances } = recordsInForce(happenings);
  const { visits } = visitsInForce(planned, subject.day1, happenings);
  const visitOf = new Map(visits.map((visit) => [visit.name, visit]));
  const given = [...doses.values()].filter((one) => !visitOf.get(one.visit)?.injection);
  const attended = [...attendances].flatMap(([name, own]) => {
    const has = new Set(visitOf.get(name)?.assessments.map((one) => one.name));
    return [...own].flatMap(([assessment, one]) => (has.has(assessment) ? [] : [one]));
  });
  const all = [...given, ...attended].map(({ visit, seq }) => ({ visit, seq }));
  return all.filter(({ seq }, index) => all.findIndex((one) => one.seq === seq) === index);
}

/** An amendment that is put in force later than it counts from, by more days than this, is worth a question. */
const FEW_DAYS = 3;

/** That an amendment counts from a date long before today, and how many records it reaches back over. */
function pastText(open: OpenStudy, id: string, from: CivilDate, days: number): string {
  const reached = scheduledParticipants(open, randomizations(open.entries)).flatMap(
    ({ happenings }) => {
      const { doses, attendances } = recordsInForce(happenings);
      const attended = [...attendances.values()].flatMap((own) => [...own.values()]);
      const visits = [...doses.values(), ...attended].filter(({ date }) => date >= from);
      return visits.length === 0 ? [] : [new Set(visits.map(({ visit }) => visit)).size];
    },
  );
  const visits = reached.reduce((sum, count) => sum + count, 0);
  const over =
    visits === 0
      ? 'No visit is recorded since then'
      : `It reaches back over ${counted(visits, 'recorded visit')} of ${counted(reached.length, 'participant')}, which stay as they are`;
  return `amendment ${id} counts from ${datedName(from)}, ${awayText(days)}. ${over}. Is the date right?`;
}

/** That kits have fewer units than the amended schedule has injections, or that it counts from a date far from today. */
export function amendWarnings(
  open: OpenStudy,
  amendment: Amendment,
  { action, from }: { readonly action: string; readonly from: CivilDate },
): string[] {
  const { study } = open;
  const { id } = amendment;
  const short = unitsShort(study, amendment);
  const todo =
    short?.isCovered === true
      ? 'the others come from a spare kit of the slot.'
      : 'no kit can be added to a slot that exists. Have the others supplied apart, and record them with dose --other-kit and --deviation.';
  const days = daysBetween(todayHere(), from);
  return [
    ...(action === 'amendment' && days > FARTHEST_DAYS
      ? [withStop(`amendment ${id} counts from ${datedName(from)}, ${aheadText(days)}`)]
      : []),
    ...(action === 'amendment' && days < -FEW_DAYS ? [pastText(open, id, from, days)] : []),
    ...(short === undefined ? [] : [`${short.text}: ${todo}`]),
  ];
}
