import { RandoseError } from '../../../errors.ts';
import { doseOf, type RecordedDose, visitEntries } from '../../../ledger/doses.ts';
import type { Act } from '../../../ledger/entry.ts';
import { parseWho } from '../../../ledger/who.ts';
import { dateIn, todayIn } from '../../../system/today.ts';
import { type DatedVisit, dateVisits } from '../../../schedule/calendar.ts';
import {
  constraintsOn,
  notBeforeRandomization,
  notInTheFuture,
} from '../../../schedule/legal-dates.ts';
import { amountDeviations } from '../../../schedule/deviations.ts';
import { type Visit, visitText } from '../../../schedule/visits.ts';
import { type CivilDate, datedName } from '../../../study/civil-date.ts';
import { quoted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { requireDate, requireVisit } from '../../arguments/participant-schedule.ts';
import { scheduledParticipant } from '../../../store/scheduled-participants.ts';
import { asIfEntered } from '../../study/as-if-entered.ts';
import {
  type Attended,
  attendanceActs,
  chooseAssessments,
  stayingText,
} from '../../study/attendance-acts.ts';
import {
  type Obstacle,
  recordAbout,
  requireLegal,
  type ParticipantDesk,
} from '../../study/record-about.ts';
import { correctCommand } from '../../study/record-commands.ts';
import { additionalDose } from './additional-dose.ts';
import { asGivenText, asGivenTyped } from './as-given.ts';
import type { DoseFlags } from './command.ts';
import { kitObstacles, kitTyped, NO_KIT_USED, requireOneKit } from './kit-used.ts';
import { retractDose } from './retract-dose.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';

/** `randose dose`: records an injection that was given or missed, or takes such a record back. */
export async function dose(
  output: Output,
  options: DoseFlags,
  [id]: [string | undefined],
): Promise<void> {
  if (options.additional === true) return additionalDose(output, { ...options, id });
  if (options.entry !== undefined) {
    throw new RandoseError('usage', 'use --entry only with --additional --retract');
  }
  if (options.retract === true) return retractDose(output, { ...options, id });
  const who = parseWho(options.by);
  const date = requireDate('--date', options.date);
  const { notDone = false, rest = false, correct = false } = options;
  const reason = options.reason ?? null;
  if (rest && (!notDone || correct)) {
    throw new RandoseError(
      'usage',
      '--rest needs --not-done or --retract: it is about this injection and all later ones',
    );
  }
  requireOneKit(options, id);
  const given = asGivenTyped(options);
  if (options.withAssessments === true && (notDone || correct)) {
    throw new RandoseError(
      'usage',
      '--with-assessments is for an injection that is recorded as given, for the first time',
      { hint: 'For the assessments alone, run: randose attend --visit VISIT --date DATE' },
    );
  }
  await recordAbout(output, { ...options, id }, (desk) => {
    const { open, randomization, visits, participant } = desk;
    const { subject } = randomization;
    const visit = requireVisit(desk, options.visit, true);
    const { name } = visit;
    const records = visitEntries(open.entries, subject);
    const earlier = doseOf(records, name);
    requireFree(desk, name, { date, notDone, correct });
    const happenings = desk.records.filter((one) => one.action !== 'dose' || one.visit !== name);
    const dated = dateVisits(visits, participant.subject.day1, happenings).visits;
    const zone = timeZoneOf(open.study, desk.site);
    const randomizedOn = dateIn(randomization.time, timeZoneOf(open.study, randomization.site));
    const constraints = [
      ...(notDone ? [] : constraintsOn(dated, name, 'dose')),
      notBeforeRandomization(subject, randomizedOn),
      notInTheFuture(todayIn(zone)),
    ];
    const used = notDone
      ? NO_KIT_USED
      : kitTyped(desk, { kit: desk.kit, otherKit: options.otherKit });
    const planned = visit.injection!.dose;
    const obstacles = [
      ...orderObstacles(desk, visit, notDone),
      ...amountDeviations(planned, given.amount).map((one): Obstacle => {
        return { ...one, isFirm: false, hint: sameAmountText(planned) };
      }),
    ];
    const what = `${visitText(visit)} of ${subject}`;
    // What was really given is said, if it is known, and not what was planned.
    const isPlanned = planned !== undefined && !notDone && given.amount === undefined;
    const amount = isPlanned ? `, ${planned}` : '';
    const deviations = requireLegal(
      what,
      date,
      { constraints, obstacles, obstaclesOn: kitObstacles(desk, used) },
      options,
    );
    const result = notDone ? 'not done' : 'given';
    if (earlier !== undefined) {
      requireChange(earlier, { date, result, deviations, reason, ...used, ...given });
    }
    const later = rest
      ? visits.filter(
          (one) => one.injection !== undefined && one.injection.index > visit.injection!.index,
        )
      : [];
    const told = later.length === 0 ? '' : `, and the ${later.length} later ones`;
    const deviation = deviations.length > 0 ? `, a deviation (${deviations.join(', ')})` : '';
    const isDay1Moved = name === 'D1' && !notDone && date !== plannedDay1(dated);
    const acts = [visit, ...later].map((one): Act => ({
      action: 'dose',
      who,
      subject,
      reason,
      visit: one.name,
      deviations,
      date,
      result,
      kit: used.kit,
      corrects: earlier?.seq ?? null,
      otherKit: used.otherKit,
      ...given,
    }));
    const attended =
      options.withAssessments === true
        ? attendedWith(
            desk,
            name,
            acts,
            { who, reason, date, result: 'done', correct: false },
            options,
          )
        : undefined;
    const question = isDay1Moved
      ? `Day 1 of ${subject} is planned for ${datedName(plannedDay1(dated))}, and all visits move with it. Was D1 given on ${datedName(date)}?`
      : notDone
        ? neverGivenQuestion(subject, name, later.length)
        : undefined;
    return {
      question: question ?? overturnQuestion(earlier, result),
      acts: [...acts, ...(attended?.acts ?? [])],
      done: `${what}${told}${amount}: ${result} on ${datedName(date)}${asGivenText(given)}${deviation}${earlier === undefined ? '' : `; before: ${earlier.result} on ${earlier.date}`}.${attended === undefined ? '' : `\n${attended.done}`}${earlier === undefined || earlier.date === date ? '' : stayingText(subject, records, name, earlier.date)}`,
    };
  });
}

/** The assessments of the visit that are not recorded yet, with the dates that the injection gives them. */
function attendedWith(
  desk: ParticipantDesk,
  name: string,
  acts: readonly Act[],
  attended: Attended,
  options: DoseFlags,
) {
  const { open, randomization } = desk;
  const entries = [...open.entries, ...asIfEntered(open, acts)];
  const { visits, subject, happenings } = scheduledParticipant({ ...open, entries }, randomization);
  const dated = dateVisits(visits, subject.day1, happenings);
  const chosen = chooseAssessments(dated, { visit: name }, false);
  const free = chosen.assessments.filter(({ record }) => record === undefined);
  const assessments = free.length === 0 ? chosen.assessments : free;
  return attendanceActs(desk, { ...chosen, assessments }, attended, options);
}

/** The date for which Day 1 is planned, or to which it was moved. */
function plannedDay1(dated: readonly DatedVisit[]): CivilDate {
  return dated.find(({ visit }) => visit.name === 'D1')!.date;
}

/** A visit is recorded once; after that it can be corrected. */
function requireFree(
  { open, randomization: { subject } }: ParticipantDesk,
  name: string,
  { date, notDone, correct }: { date: CivilDate; notDone: boolean; correct: boolean },
): void {
  const records = visitEntries(open.entries, subject);
  const earlier = doseOf(records, name);
  if (earlier !== undefined && !correct) {
    throw new RandoseError(
      'bad-data',
      `${name} of ${subject} is already recorded: ${earlier.result} on ${earlier.date} (ledger ${earlier.seq})`,
      {
        hint: `Nothing was recorded. If that record is wrong, correct it: ${correctCommand('dose', subject, name, { date, notDone })}`,
      },
    );
  }
  if (earlier === undefined && correct) {
    throw new RandoseError('bad-data', `${name} of ${subject} is not recorded: nothing to correct`);
  }
  if (name !== 'D1' && doseOf(records, 'D1')?.result === 'not done') {
    throw new RandoseError('bad-data', `${subject} is not treated: D1 was missed`, {
      hint: `Day 1 is the day of the first injection. If it was given, correct the record of D1: ${correctCommand('dose', subject, 'D1')}`,
    });
  }
}

/** What a record says of an injection. */
type Content = Pick<
  RecordedDose,
  'date' | 'result' | 'kit' | 'otherKit' | 'amount' | 'weight' | 'deviations' | 'reason'
>;

/**
 * Refuses a correction that changes nothing. A reason is a part of the record if it says why something was not done, or
 * not as planned; else it is the reason of the correction.
 */
function requireChange(earlier: RecordedDose, now: Content): void {
  const saysWhy = now.result === 'not done' || now.deviations.length > 0;
  const content = ({ reason, ...one }: Content) =>
    JSON.stringify([
      ...[one.date, one.result, one.kit, one.otherKit ?? null, one.amount ?? null],
      ...[one.weight ?? null, [...one.deviations].sort(), saysWhy ? reason : null],
    ]);
  if (content(earlier) !== content(now)) return;
  throw new RandoseError(
    'bad-data',
    `${earlier.visit} of ${earlier.subject} is recorded so already: ${now.result} on ${datedName(now.date)} (ledger ${earlier.seq})`,
    {
      hint: 'Nothing was recorded. A correction says what is different: --date, --kit, --amount, …',
    },
  );
}

/** What to type if another notation was taken for another amount. */
function sameAmountText(planned: string | undefined): string {
  return `If it is the same amount, write it as study.yaml has it: --amount ${quoted(planned ?? '')}`;
}

/** What is asked before an injection is given up on which others depend; undefined if none does. */
function neverGivenQuestion(subject: string, name: string, later: number): string | undefined {
  if (name === 'D1') {
    return `Without D1 all visits of ${subject} are cancelled. If it takes place on another day, answer n, and: randose move ${subject} --visit D1 --date DATE --reason TEXT --by WHO\nRecord that there is no D1?`;
  }
  return later === 0 ? undefined : `Record ${name} and the ${later} later ones as not done?`;
}

/** What is asked before an injection that was given becomes one that was missed, or the other way round. */
function overturnQuestion(
  earlier: RecordedDose | undefined,
  result: 'given' | 'not done',
): string | undefined {
  if (earlier === undefined || earlier.result === result) return undefined;
  return `${earlier.visit} is recorded as ${earlier.result}. Was it really ${result}?`;
}

/** Injections are recorded in their order; without a first one there are no others. */
function orderObstacles(
  { open, randomization: { subject }, visits }: ParticipantDesk,
  { name, injection }: Visit,
  notDone: boolean,
): Obstacle[] {
  const records = visitEntries(open.entries, subject);
  const injections = visits.filter((one) => one.injection !== undefined);
  const missing = injections
    .slice(0, injection!.index - 1)
    .filter((one) => doseOf(records, one.name) === undefined);
  const obstacles: Obstacle[] = [];
  if (missing.length > 0) {
    const names = missing.map((one) => one.name).join(', ');
    const text = `${names} ${missing.length === 1 ? 'comes' : 'come'} before ${name} and ${missing.length === 1 ? 'is' : 'are'} not recorded: record each as given, or with --not-done`;
    obstacles.push({ rule: 'order', text, isFirm: true });
  }
  const given = injections.find(
    (one) => doseOf(records, one.name)?.result === 'given' && one.name !== 'D1',
  );
  if (name === 'D1' && notDone && given !== undefined) {
    const text = `${given.name} is recorded as given, so there was a first injection: D1 cannot be recorded as not done`;
    obstacles.push({ rule: 'order', text, isFirm: true });
  }
  return obstacles;
}
