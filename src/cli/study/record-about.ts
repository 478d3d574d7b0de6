import { RandoseError } from '../../errors.ts';
import type { Act, Entry, EntryOf } from '../../ledger/entry.ts';
import { factsBySubject } from '../../ledger/participant-facts.ts';
import { type Naming, requireParticipant } from '../../ledger/named-participant.ts';
import { type OpenStudy, requireUnchanged, SCHEDULE_PARTS } from '../../store/open-study.ts';
import { record } from '../../store/record.ts';
import { signingWith } from '../../store/signing.ts';
import { type DroppedVisit, visitsInForce } from '../../schedule/visits-in-force.ts';
import { isVisitRecord, type VisitRecord } from '../../schedule/happenings.ts';
import { type Calendar, eventLabel, makeCalendar } from '../../schedule/calendar.ts';
import { sitesBySubject } from '../../ledger/transfers.ts';
import { lastSite } from '../../study/site-periods.ts';
import { daysAtSites, type MarkDay, markedDay } from '../../schedule/days-that-matter.ts';
import { brokenBy, type Constraint, possibleDatesText } from '../../schedule/legal-dates.ts';
import { changedDeviations } from '../../schedule/deviations.ts';
import { findConflicts, flagDays } from '../../schedule/proposals.ts';
import { changesBetween } from '../../schedule/revisions.ts';
import type { Visit } from '../../schedule/visits.ts';
import { type CivilDate, datedName } from '../../study/civil-date.ts';
import { counted } from '../../words.ts';
import { asIfEntered } from './as-if-entered.ts';
import { atHome } from './at-home.ts';
import { lookFirst } from './look-first.ts';
import { studyPlace } from './study-place.ts';
import type { Output } from '../output/output.ts';
import {
  type ScheduledParticipant,
  scheduledParticipant,
} from '../../store/scheduled-participants.ts';
import { siteDays } from '../arguments/participant-schedule.ts';
import { changedDeviationText } from '../output/deviation-text.ts';
import { formatReceipt } from '../output/receipt.ts';
import { judgedCalendars } from './judged-calendars.ts';
import { noDeviationReason } from '../arguments/deviation.ts';
import { requireNamedOnce, withId } from '../arguments/participant.ts';
import { visitWarnings } from './visit-warnings.ts';
import type { ParticipantFlags, VisitFlags } from '../arguments/options.ts';

/** A participant of a study, with the visits in force. */
export interface ParticipantDesk {
  readonly open: OpenStudy;
  readonly randomization: EntryOf<'randomization'>;
  /** After the amendments so far. */
  readonly visits: readonly Visit[];
  /** Those that are no longer planned. */
  readonly dropped: readonly DroppedVisit[];
  /** What was recorded about them. */
  readonly records: readonly VisitRecord[];
  /** The participant with the visits as they were at randomization, and the amendments since. */
  readonly participant: ScheduledParticipant;
  /** The site that has the participant now. */
  readonly site: string;
  /** The kit that was used, as it was typed; undefined if no kit was named. */
  readonly kit: string | undefined;
}

/** The flags that name a participant, with the id if it was typed without a flag. */
type NamedParticipant = Omit<ParticipantFlags, 'reason' | 'by'> & {
  readonly id: string | undefined;
};

/**
 * Records something about a participant, such as a visit. Shows what it changes in the calendar, and what is left
 * to decide.
 *
 * @param decide returns the acts, by the participant and the kit that the id names, and a question if somebody should
 *   look first; refuses by throwing
 */
export async function recordAbout(
  output: Output,
  { id, ...options }: NamedParticipant,
  decide: (desk: ParticipantDesk) => DecidedRecord,
): Promise<void> {
  requireNamedOnce(id, options.subject, options.number);
  const study = await atHome(output, studyPlace(options), options);
  const signing = await signingWith(options.sign, !output.json);
  await record(study, { signing, look: lookFirst(output, options) }, async (open) => {
    requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
    // With an id, the kit is the one that was used.
    const named: Naming = withId(open, id === undefined ? options : {}, id);
    const randomization = requireParticipant(open, named);
    const participant = scheduledParticipant(open, randomization);
    const { subject, happenings } = participant;
    const desk: ParticipantDesk = {
      open,
      randomization,
      participant,
      site: lastSite(sitesBySubject(open.entries)(randomization)),
      ...visitsInForce(participant.visits, subject.day1, happenings),
      records: happenings.filter(isVisitRecord),
      kit: options.kit ?? named.kit,
    };
    const { acts, done, question, warnings: more = [], next = [] } = decide(desk);
    const recorded = { acts, done, markDay: await siteDays(open.study) };
    const { text, warnings, brief } = outcomeOf(desk, asIfEntered(open, acts), recorded);
    return {
      acts,
      gives: [done],
      before: {
        text,
        warnings: [...more, ...next, ...warnings],
        ...(question !== undefined && {
          question,
          brief: { text: brief.text, warnings: [...more, ...brief.warnings] },
        }),
      },
      show: ({ entries, head }) => {
        const outcome = outcomeOf(desk, entries, recorded);
        output.result({ study: open.study.id, ...outcome.data, ledger: head }, outcome.text);
        output.say(formatReceipt(head));
        for (const warning of [...more, ...next, ...outcome.warnings]) output.warn(warning);
      },
    };
  });
}

/** What is to be recorded. */
interface DecidedRecord {
  readonly acts: Act[];
  readonly done: string;
  /** Asked on a terminal, after what is recorded was shown. */
  readonly question?: string | undefined;
  /** What else somebody should know, a sentence each. */
  readonly warnings?: readonly string[];
  /** What is to be done once it is recorded, a sentence each: it is not shown above the question. */
  readonly next?: readonly string[];
}

/** What is recorded. */
interface RecordedVisit {
  readonly acts: readonly Act[];
  readonly done: string;
  readonly markDay: (site: string) => MarkDay;
}

/** What a record changes in the calendar, and what is left to decide. @param entries those of the record */
function outcomeOf(
  { open, randomization, participant }: ParticipantDesk,
  entries: readonly Entry[],
  { acts, done, markDay }: RecordedVisit,
): { text: string; data: object; warnings: string[]; brief: { text: string; warnings: string[] } } {
  const { subject, visits, happenings } = participant;
  const known = { ...open, entries: [...open.entries, ...entries] };
  const after = scheduledParticipant(known, randomization).happenings;
  const now = makeCalendar(visits, subject, after);
  const was = makeCalendar(visits, subject, happenings);
  const changes = changesBetween(was, now);
  const { withdrawal } = factsBySubject(known.entries)(subject.subject);
  // Nobody moves a visit of somebody who has left, nor when somebody stops treatment.
  const leaves = acts.some((act) => act.action === 'withdrawal' && act.retracts === undefined);
  const staysAsItIs = withdrawal?.from === 'study' || leaves;
  const conflicts =
    withdrawal === undefined && !leaves ? findConflicts(visits, subject.day1, after) : [];
  const transferred = visitsElsewhere(was, now);
  const mark = daysAtSites(now.sites, markDay);
  const flags = (staysAsItIs ? [] : flagDays(visits, subject.day1, after, mark)).filter(
    ({ visit }) => transferred.has(visit) || changes.some((change) => change.visit === visit),
  );
  const lines = changes.map(({ visit, title, change, from, to }) => {
    const what = eventLabel({ visit, title });
    return change === 'moved'
      ? `  ${what}: ${from ?? ''} → ${datedName(to)}`
      : `  ${what}: ${change}`;
  });
  const moved = lines.length === 0 ? '' : `In the calendar:\n${lines.join('\n')}\n`;
  const visitsMoved = [
    ...new Map(changes.map((one) => [`${one.visit} ${one.from ?? ''}`, one])).values(),
  ];
  const movedInBrief =
    lines.length <= MOST_IN_BRIEF
      ? moved
      : `In the calendar ${counted(visitsMoved.length, 'visit')} ${visitsMoved.length === 1 ? 'changes' : 'change'}:\n${shortened(visitsMoved.map(visitChangeText))}\n`;
  const recorded = new Set(acts.flatMap((act) => ('visit' in act ? act.visit : [])));
  const [before, judged] = [open, known].map((then) => {
    return judgedCalendars(then, [scheduledParticipant(then, randomization)])[0]!;
  });
  // Of the visits that are recorded now, the deviations are said with them.
  const deviations = changedDeviations(before!, judged!).filter(({ visit }) => {
    return !recorded.has(visit);
  });
  const about = [
    ...(recorded.size === 0 ? [] : factsAgainst(open.entries, subject.subject)),
    ...visitWarnings(open, acts, participant, after),
  ];
  const deviationTexts = deviations.map(changedDeviationText);
  const conflictTexts = conflicts.map(
    ({ visit, date, broken }) =>
      `${visit} is now planned for ${date}, but ${broken.join('; ')}. Move it.`,
  );
  const flagTexts = flags.map(({ visit, date, marks, proposals }) => {
    const possible =
      proposals.length === 0 ? '' : ` Possible: ${proposals.slice(0, 5).join(', ')}.`;
    return `${visit} is on ${markedDay(date, marks)}.${possible}`;
  });
  const further = [deviationTexts, conflictTexts, flagTexts];
  return {
    text: `${done}\n${moved}`,
    data: { subject: subject.subject, acts, changes, conflicts, flags, deviations },
    warnings: [...about, ...further.flat()],
    brief: { text: `${done}\n${movedInBrief}`, warnings: [...about, ...further.flatMap(firstOf)] },
  };
}

/** More lines about the calendar than these are shortened above a question: it must be on one screen with them. */
const MOST_IN_BRIEF = 6;

/** What a record changes about a visit, with all that takes place at it. */
function visitChangeText({ visit, change, from, to }: ReturnType<typeof changesBetween>[number]) {
  return change === 'moved'
    ? `  ${visit}: ${from ?? ''} → ${datedName(to)}`
    : `  ${visit}: ${change}`;
}

/** The first lines and the last one. */
function shortened(lines: readonly string[]): string {
  if (lines.length <= MOST_IN_BRIEF) return lines.join('\n');
  const first = lines.slice(0, MOST_IN_BRIEF - 2);
  const more = lines.length - first.length - 1;
  return [...first, `  … and ${more} more; --dry-run shows all`, lines.at(-1)!].join('\n');
}

/** The first warning of a kind, and how many more there are. */
function firstOf(warnings: readonly string[]): string[] {
  const [first, second, ...more] = warnings;
  if (first === undefined || more.length === 0) return [...warnings];
  return [first, second!, `${more.length} more like the one above: --dry-run shows all.`];
}

/** The visits that take place at another site than before. */
function visitsElsewhere(was: Calendar, now: Calendar): Set<string> {
  const siteOf = new Map(was.events.map(({ visit, title, site }) => [`${visit} ${title}`, site]));
  return new Set(
    now.events.flatMap(({ visit, title, site }) => {
      const before = siteOf.get(`${visit} ${title}`);
      return before === undefined || before === site ? [] : visit;
    }),
  );
}

/** That visits of this participant are recorded although the randomization was an error. */
function factsAgainst(entries: readonly Entry[], subject: string): string[] {
  const { inError } = factsBySubject(entries)(subject);
  return inError === undefined
    ? []
    : [`${subject} was randomized in error (ledger ${inError.seq}).`];
}

/** That a participant who goes on after all has been replaced, a sentence each. */
export function replacedAlready(entries: readonly Entry[], subject: string): string[] {
  const { replacedBy } = factsBySubject(entries)(subject).replacement;
  if (replacedBy === undefined) return [];
  return [
    `${subject} was replaced by ${replacedBy.subject} (${replacedBy.number}, ledger ${replacedBy.seq}), who stays randomized.`,
  ];
}

/** A reason against a record that is not about its date. */
export interface Obstacle {
  readonly rule: string;
  readonly text: string;
  /** Whether it cannot be recorded as a deviation either. */
  readonly isFirm: boolean;
  /** What to do instead, a sentence without a full stop; undefined if the text says it. */
  readonly hint?: string;
}

const NOT_IN_THE_FUTURE = 'not in the future';

/** What a record has to respect. */
interface Rules {
  readonly constraints: readonly Constraint[];
  /** What is in the way on any date. */
  readonly obstacles?: readonly Obstacle[];
  /** What is in the way on one date and not on another, such as a kit that was lost on a day. */
  readonly obstaclesOn?: (date: CivilDate) => readonly Obstacle[];
  /** What is done; `recorded`, if nothing is said. */
  readonly done?: 'recorded' | 'moved';
}

/**
 * Checks a date against the rules.
 *
 * @returns the rules that the record breaks, if it is said to be a deviation
 * @throws RandoseError `bad-data`, with everything that is in the way; and with the dates that are allowed, if the
 *   date is in the way
 */
export function requireLegal(
  what: string,
  date: CivilDate,
  { constraints, obstacles = [], obstaclesOn = () => [], done = 'recorded' }: Rules,
  options: VisitFlags,
): string[] {
  const dated = brokenBy(constraints, date).map(({ rule, text }) => {
    return { rule, text, isFirm: rule === NOT_IN_THE_FUTURE };
  });
  const broken: readonly Obstacle[] = [...obstacles, ...obstaclesOn(date), ...dated];
  if (broken.length === 0) return [];
  const isFirm = broken.some((one) => one.isFirm);
  if (options.deviation === true && !isFirm) {
    if (options.reason !== undefined) return [...new Set(broken.map(({ rule }) => rule))];
    throw noDeviationReason();
  }
  const how = isFirm
    ? 'Nothing was recorded.'
    : 'Nothing was recorded. To record it anyway as a protocol deviation, add: --deviation --reason TEXT';
  const isDateWrong = dated.length > 0;
  const isFree = (on: CivilDate) => obstaclesOn(on).length === 0;
  // Of something that has not happened yet, no date can be recorded: to name those that are possible would invite one.
  const isToCome = isDateWrong && dated.every(({ rule }) => rule === NOT_IN_THE_FUTURE);
  const allowed = isToCome
    ? 'A record says what has happened: enter it on the day on which it takes place, or later.\n'
    : isDateWrong
      ? `${possibleDatesText(constraints, isFree)}\n`
      : '';
  throw new RandoseError(
    'bad-data',
    isDateWrong ? `${what}: ${datedName(date)} is not allowed` : `${what} cannot be ${done}`,
    {
      problems: broken.map(({ rule, text }) => ({ message: `${rule}: ${text}` })),
      hint: [`${allowed}${how}`, ...obstacles.flatMap(({ hint }) => hint ?? [])].join('\n'),
    },
  );
}
