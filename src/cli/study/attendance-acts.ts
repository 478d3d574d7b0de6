import { RandoseError } from '../../errors.ts';
import { attendancesOf } from '../../ledger/attendances.ts';
import type { Act, Entry } from '../../ledger/entry.ts';
import type { Who } from '../../ledger/who.ts';
import { type AssessmentAtVisit, assessmentsAt, whyCancelled } from '../../schedule/attendance.ts';
import type { DatedVisit, DatedVisits } from '../../schedule/calendar.ts';
import {
  brokenBy,
  type Constraint,
  notBeforeRandomization,
  notInTheFuture,
} from '../../schedule/legal-dates.ts';
import { type CivilDate, datedName } from '../../study/civil-date.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { dateIn, todayIn } from '../../system/today.ts';
import { listed, nearestWord, quoted } from '../../words.ts';
import type { VisitFlags } from '../arguments/options.ts';
import { paperHint, requireVisits, visitNamed } from '../arguments/participant-schedule.ts';
import { correctCommand, ifWrongText } from './record-commands.ts';
import { type Obstacle, type ParticipantDesk, requireLegal } from './record-about.ts';

/** The assessments of one visit that a record is about. */
export interface ChosenAssessments {
  readonly visit: string;
  readonly assessments: readonly AssessmentAtVisit[];
}

/** What happened to assessments, and who says so. */
export interface Attended {
  readonly who: Who;
  readonly reason: string | null;
  readonly date: CivilDate;
  readonly result: 'done' | 'not done';
  /** Whether a record of each is replaced. */
  readonly correct: boolean;
}

/**
 * The assessments that somebody names. By default all that are planned at the visit; of those that are recorded, if
 * records are to be replaced or taken back.
 *
 * @throws RandoseError `usage` if the schedule does not have the visit, or the visit does not have the assessment
 */
export function chooseAssessments(
  dated: DatedVisits,
  { visit: typed, assessment: names }: { visit: string; assessment?: string[] | undefined },
  areRecorded: boolean,
): ChosenAssessments {
  requireVisits([...dated.visits, ...dated.dropped].map((one) => one.visit));
  const visit = visitNamed(typed);
  const all = assessmentsAt(dated, visit);
  if (all.length === 0) throw noAssessments(dated, visit, typed);
  if (names !== undefined) {
    const chosen = new Set(names.map((name) => requireAssessment(all, visit, name)));
    return { visit, assessments: [...chosen] };
  }
  const recorded = all.filter(({ record }) => record !== undefined);
  if (areRecorded && recorded.length > 0) return { visit, assessments: recorded };
  const planned = all.filter(({ cancelled }) => cancelled === undefined);
  return { visit, assessments: planned.length === 0 ? all : planned };
}

function noAssessments({ visits, dropped }: DatedVisits, visit: string, typed: string) {
  const all = [...visits, ...dropped];
  const isThere = all.some((one) => one.visit.name === visit);
  const known = visits.flatMap((one) => (one.visit.assessments.length > 0 ? one.visit.name : []));
  return new RandoseError(
    'usage',
    isThere ? `visit ${visit} has no assessment` : `the schedule has no visit "${typed}"`,
    {
      hint:
        known.length === 0
          ? 'No visit of the schedule has an assessment.'
          : `${
              isThere
                ? ''
                : paperHint(
                    known.map((name) => ({ name })),
                    typed,
                  )
            }Visits are named after their planned day; those with an assessment: ${known.join(', ')}`,
    },
  );
}

function requireAssessment(
  all: readonly AssessmentAtVisit[],
  visit: string,
  typed: string,
): AssessmentAtVisit {
  const key = (name: string) => name.trim().toLowerCase();
  const found = all.find(({ assessment }) => key(assessment.name) === key(typed));
  if (found !== undefined) return found;
  const names = all.map(({ assessment }) => assessment.name);
  const near = nearestWord(typed, names);
  throw new RandoseError('usage', `${visit} has no assessment "${typed}"`, {
    hint: `${near === undefined ? '' : `Did you mean ${quoted(near)}? `}It has: ${names.map(quoted).join(', ')}`,
  });
}

/**
 * The acts that record assessments, and what they say. Those that replace the same record and break the same rules are
 * in one act.
 *
 * @throws RandoseError `bad-data` if they cannot be recorded so
 */
export function attendanceActs(
  { open, randomization, site }: ParticipantDesk,
  { visit, assessments }: ChosenAssessments,
  { who, reason, date, result, correct }: Attended,
  options: VisitFlags,
): { acts: Act[]; done: string; question: string | undefined } {
  const { subject, time } = randomization;
  requireFree(subject, { visit, assessments }, { date, result, correct });
  const randomizedOn = dateIn(time, timeZoneOf(open.study, randomization.site));
  const today = todayIn(timeZoneOf(open.study, site));
  // Screening may come before the randomization.
  const isScreening = visit.startsWith('D-');
  const common = isScreening ? [] : [notBeforeRandomization(subject, randomizedOn)];
  const judged = assessments.map((one) => judge(one, { subject, date, result }));
  const names = judged.map(({ name }) => name);
  requireLegal(
    `${listed(names)} at ${visit} of ${subject}`,
    date,
    {
      constraints: [...named(judged, (one) => one.constraints), ...common, notInTheFuture(today)],
      obstacles: named(judged, (one) => one.obstacles),
    },
    options,
  );
  const withRules = judged.map((one) => {
    const broken = brokenBy([...one.constraints, ...common], date);
    return { ...one, rules: [...new Set([...one.obstacles, ...broken].map(({ rule }) => rule))] };
  });
  const isSame = withRules.every(({ record, rules }) => {
    const saysWhy = result === 'not done' || rules.length > 0;
    return (
      record?.date === date &&
      record.result === result &&
      (!saysWhy || record.reason === reason) &&
      record.deviations.join() === rules.join()
    );
  });
  if (isSame) {
    throw new RandoseError(
      'bad-data',
      `${listed(names)} at ${visit} of ${subject}: recorded so already, ${result} on ${datedName(date)}`,
      { hint: 'Nothing was recorded. A correction says what is different.' },
    );
  }
  const acts: Act[] = [];
  const texts: string[] = [];
  const groups = recordTogether(withRules, ({ record, rules }) => {
    return `${record?.seq ?? ''} ${rules.join()}`;
  });
  for (const together of groups) {
    const { record, rules: deviations } = together[0]!;
    const own = together.map(({ name }) => name);
    const about = { action: 'attendance', who, subject, reason, visit, deviations } as const;
    acts.push({ ...about, assessments: own, date, result, corrects: record?.seq ?? null });
    const deviation = deviations.length > 0 ? `, a deviation (${deviations.join(', ')})` : '';
    const before = record === undefined ? '' : `; before: ${record.result} on ${record.date}`;
    texts.push(
      `${listed(own)} at ${visit} of ${subject}: ${result} on ${datedName(date)}${deviation}${before}.`,
    );
  }
  return { acts, done: texts.join('\n'), question: overturnQuestion(assessments, result) };
}

/** What is asked before something that took place becomes something that did not, or the other way round. */
function overturnQuestion(
  assessments: readonly AssessmentAtVisit[],
  result: Attended['result'],
): string | undefined {
  const before = result === 'done' ? 'not done' : 'done';
  const overturned = assessments.filter(({ record }) => record?.result === before);
  if (overturned.length === 0) return undefined;
  const names = listed(overturned.map(nameOf));
  return `${names} ${overturned.length === 1 ? 'is' : 'are'} recorded as ${before}. Was ${overturned.length === 1 ? 'this' : 'each of them'} really ${result}?`;
}

function nameOf({ assessment }: AssessmentAtVisit): string {
  return assessment.name;
}

/** An assessment with what may be against its record. */
function judge(
  one: AssessmentAtVisit,
  { subject, date, result }: Pick<Attended, 'date' | 'result'> & { readonly subject: string },
) {
  const { assessment, record, constraints } = one;
  const why = whyCancelled(one, date);
  const isFirm = result === 'not done';
  const next = isFirm
    ? ', so it need not be recorded as not done'
    : why?.startsWith('withdrawn') === true
      ? `; to take that back, if it is wrong: randose withdraw ${subject} --retract --reason TEXT --by WHO`
      : '';
  const text = `${why ?? ''}${next}`;
  const obstacles: Obstacle[] = why === undefined ? [] : [{ rule: 'cancelled', text, isFirm }];
  // An assessment that was missed has no date that could be wrong.
  const own: readonly Constraint[] = result === 'done' && why === undefined ? constraints : [];
  return { name: assessment.name, record, obstacles, constraints: own };
}

/** What is against some records: each once, with the names of the assessments if it is not true of all. */
function named<One extends { readonly text: string }>(
  judged: readonly ReturnType<typeof judge>[],
  of: (one: ReturnType<typeof judge>) => readonly One[],
): One[] {
  const all = judged.flatMap((one) => of(one).map((against) => ({ against, name: one.name })));
  return recordTogether(all, ({ against }) => against.text).map((together) => {
    const { against } = together[0]!;
    if (together.length === judged.length) return against;
    const names = listed(together.map(({ name }) => name));
    return { ...against, text: `${names}: ${against.text}` };
  });
}

/** An assessment is recorded once; after that it can be corrected. */
function requireFree(
  subject: string,
  { visit, assessments }: ChosenAssessments,
  attended: Pick<Attended, 'date' | 'result' | 'correct'>,
): void {
  const [recorded, free] = [true, false].map((isRecorded) =>
    assessments.filter(({ record }) => (record !== undefined) === isRecorded),
  ) as [AssessmentAtVisit[], AssessmentAtVisit[]];
  const [first, second] = recorded;
  if (!attended.correct && first !== undefined) {
    const stateOf = ({ record }: AssessmentAtVisit) => {
      const { result, date, seq } = record!;
      return `${result} on ${date} (ledger ${seq})`;
    };
    const correction = correctCommand('attend', subject, visit, {
      date: attended.date,
      notDone: attended.result === 'not done',
      assessments: recorded.map(nameOf),
    });
    const others =
      free.length === 0
        ? ''
        : `\nTo record the others: --assessment ${free.map(nameOf).map(quoted).join(' ')}`;
    throw new RandoseError(
      'bad-data',
      second === undefined
        ? `${nameOf(first)} at ${visit} of ${subject} is already recorded: ${stateOf(first)}`
        : `${recorded.length} assessments at ${visit} of ${subject} are already recorded`,
      {
        ...(second !== undefined && {
          problems: recorded.map((one) => ({ message: `${nameOf(one)}: ${stateOf(one)}` })),
        }),
        hint: `Nothing was recorded. If ${second === undefined ? 'that record' : 'one of these records'} is wrong, correct it: ${correction}${others}`,
      },
    );
  }
  if (attended.correct && free.length > 0) {
    const names = listed(free.map(nameOf));
    throw new RandoseError(
      'bad-data',
      `${names} at ${visit} of ${subject} ${free.length === 1 ? 'is' : 'are'} not recorded: nothing to correct`,
    );
  }
}

/** Refuses if nothing of the visit is left to be moved: every assessment of it is recorded. */
export function requireNotAttended(
  subject: string,
  { visit: { name, injection }, status, date, attended }: DatedVisit,
): void {
  if (injection !== undefined || (status !== 'done' && status !== 'not done')) return;
  throw new RandoseError('bad-data', `${name} of ${subject} has happened: ${status} on ${date}`, {
    hint: `Nothing was recorded. ${ifWrongText('attend', subject, name, unlessAlike(attended))}`,
  });
}

/**
 * That assessments stay recorded on a date although the injection of their visit is no longer; empty if none was
 * recorded on it.
 *
 * @param entries of the participant
 */
export function stayingText(
  subject: string,
  entries: readonly Entry[],
  visit: string,
  date: CivilDate,
): string {
  const attended = attendancesOf(entries, visit);
  const names = [...attended].flatMap(([name, record]) => {
    return record.date === date ? name : [];
  });
  if (names.length === 0) return '';
  return `\n${listed(names)} at ${visit}: the record of ${datedName(date)} stays. ${ifWrongText('attend', subject, visit, unlessAlike(attended))}`;
}

/** The assessments that are recorded at a visit; none if all have the same record, which can be wrong as a whole. */
function unlessAlike(
  attended: ReadonlyMap<string, { readonly date: string; readonly result: string }>,
): string[] {
  const records = new Set([...attended.values()].map(({ date, result }) => `${result} ${date}`));
  return records.size === 1 ? [] : [...attended.keys()];
}

/** Puts together what has the same key, in the order of the first of each. */
export function recordTogether<One>(all: readonly One[], keyOf: (one: One) => string): One[][] {
  const groups = new Map<string, One[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}
