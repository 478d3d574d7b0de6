import { RandoseError } from '../../../errors.ts';
import type { Act } from '../../../ledger/entry.ts';
import { parseWho } from '../../../ledger/who.ts';
import { type DatedVisit, type DatedVisits, dateVisits } from '../../../schedule/calendar.ts';
import { type CivilDate, datedName, daysBetween } from '../../../study/civil-date.ts';
import { listed } from '../../../words.ts';
import { requireDate } from '../../arguments/participant-schedule.ts';
import type { Output } from '../../output/output.ts';
import {
  type Attended,
  attendanceActs,
  type ChosenAssessments,
  chooseAssessments,
  recordTogether,
} from '../../study/attendance-acts.ts';
import { type ParticipantDesk, recordAbout } from '../../study/record-about.ts';
import { requireNothingElse } from '../../study/retraction.ts';
import type { AttendFlags } from './command.ts';

/** `randose attend`: records assessments that took place or were missed, or takes such a record back. */
export async function attend(
  output: Output,
  options: AttendFlags,
  [id]: [string | undefined],
): Promise<void> {
  if (options.retract === true) return retractAttendance(output, { ...options, id });
  const who = parseWho(options.by);
  const date = requireDate('--date', options.date);
  const { notDone = false, correct = false, reason = null } = options;
  const attended: Attended = { who, reason, date, result: notDone ? 'not done' : 'done', correct };
  await recordAbout(output, { ...options, id }, (desk) => {
    const dated = datedOf(desk);
    const chosen = chooseAssessments(dated, options, correct);
    const nearer = notDone ? undefined : nearerVisit(dated, chosen, date);
    const { question, ...recorded } = attendanceActs(desk, chosen, attended, options);
    const atWhich = nearer === undefined ? undefined : `Did this take place at ${chosen.visit}?`;
    return {
      ...recorded,
      ...(nearer !== undefined && { warnings: [`${nearer}.`] }),
      question: question ?? atWhich,
    };
  });
}

/**
 * That another visit has the same assessments, is not recorded, and is nearer to the date: one visit typed for another is
 * a likely slip. A window says itself what is too far away.
 */
function nearerVisit(
  dated: DatedVisits,
  { visit: name, assessments }: ChosenAssessments,
  date: CivilDate,
): string | undefined {
  const own = dated.visits.find(({ visit }) => visit.name === name);
  const hasWindow = assessments.some(({ constraints }) => {
    return constraints.some(({ rule }) => rule === 'window');
  });
  if (own === undefined || hasWindow) return undefined;
  const distance = (one: DatedVisit) => Math.abs(daysBetween(one.date, date));
  const names = assessments.map(({ assessment }) => assessment.name);
  const others = dated.visits.filter(({ visit, attended }) =>
    names.every((one) => {
      return visit.assessments.some((each) => each.name === one) && !attended.has(one);
    }),
  );
  const nearest = others.reduce((best, one) => (distance(one) < distance(best) ? one : best), own);
  if (nearest === own) return undefined;
  return `${datedName(date)} is nearer to ${nearest.visit.name}, planned for ${datedName(nearest.date)} and not recorded, than to ${name}, planned for ${datedName(own.date)}`;
}

/** Takes the records of assessments back, so that they are planned again. */
async function retractAttendance(
  output: Output,
  options: AttendFlags & { readonly id: string | undefined },
): Promise<void> {
  const who = parseWho(options.by);
  const reason = requireNothingElse(options, {
    '--not-done': options.notDone,
    '--correct': options.correct,
  });
  await recordAbout(output, options, (desk) => {
    const { subject } = desk.randomization;
    const { visit, assessments } = chooseAssessments(datedOf(desk), options, true);
    const without = assessments.filter(({ record }) => record === undefined);
    if (without.length > 0) {
      const names = listed(without.map(({ assessment }) => assessment.name));
      throw new RandoseError(
        'bad-data',
        `${names} at ${visit} of ${subject} ${without.length === 1 ? 'is' : 'are'} not recorded`,
        { hint: 'Nothing was recorded.' },
      );
    }
    const records = recordTogether(assessments, ({ record }) => String(record!.seq));
    const acts: Act[] = [];
    const texts: string[] = [];
    for (const together of records) {
      const { date, seq, result } = together[0]!.record!;
      const names = together.map(({ assessment }) => assessment.name);
      const deviations: string[] = [];
      const about = { action: 'attendance', who, subject, reason, visit, deviations } as const;
      acts.push({ ...about, assessments: names, date, result: 'retracted', corrects: seq });
      texts.push(
        `${listed(names)} at ${visit} of ${subject}: the record "${result} on ${datedName(date)}" (ledger ${seq}) is taken back.`,
      );
    }
    return { acts, done: texts.join('\n') };
  });
}

/** All visits of the participant with their dates, also those that are no longer planned. */
function datedOf({ participant: { visits, subject, happenings } }: ParticipantDesk) {
  return dateVisits(visits, subject.day1, happenings);
}
