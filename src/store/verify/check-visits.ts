import type { Problem } from '../../errors.ts';
import { randomizations } from '../../ledger/enrolment.ts';
import type { Entry } from '../../ledger/entry.ts';
import { entryProblem } from '../../ledger/entry-problem.ts';
import {
  type Happening,
  isVisitRecord,
  recordsInForce,
  type VisitRecord,
} from '../../schedule/happenings.ts';
import { type VisitsInForce, visitsInForce } from '../../schedule/visits-in-force.ts';
import { hasVisits } from '../../study/sections/schedule.ts';
import type { Study } from '../../study/study.ts';
import { listed } from '../../words.ts';
import { scheduledParticipants } from '../scheduled-participants.ts';

/**
 * Checks that every record of a visit names one that the participant had when it was entered, by the schedule of the
 * list or by the amendment in force for them, and assessments that it has. An assessment that was cancelled can only
 * be recorded as a deviation.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkVisitNames(study: Study, entries: readonly Entry[]): Problem[] {
  const participants = scheduledParticipants({ study, entries }, randomizations(entries));
  return participants.flatMap(({ subject, visits, happenings }) => {
    const isAmended = happenings.some((one) => !isVisitRecord(one));
    const asPlanned: VisitsInForce = { visits, dropped: [] };
    return happenings.flatMap((one): Problem[] => {
      if (!isVisitRecord(one)) return [];
      const before = happenings.filter(({ seq }) => seq < one.seq);
      const then = isAmended ? visitsInForce(visits, subject.day1, before) : asPlanned;
      return problemsOf(one, then, before).map((what) =>
        entryProblem(one, what(one.visit, subject.subject)),
      );
    });
  });
}

/**
 * Checks that participants have a Day 1 if the study has a schedule, and none otherwise.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkDay1(
  { schedule }: Pick<Study, 'schedule'>,
  entries: readonly Entry[],
): Problem[] {
  const hasSchedule = hasVisits(schedule);
  return randomizations(entries)
    .filter(({ day1 }) => (day1 !== undefined) !== hasSchedule)
    .map((entry) => {
      const what = hasSchedule
        ? 'no Day 1, but study.yaml has a schedule'
        : 'a Day 1, but study.yaml has no schedule';
      return entryProblem(entry, `${entry.subject} has ${what}`);
    });
}

type Message = (visit: string, subject: string) => string;

function problemsOf(
  one: VisitRecord,
  { visits, dropped }: VisitsInForce,
  before: readonly Happening[],
): Message[] {
  const visit = visits.find(({ name }) => name === one.visit);
  const isUnknown: Message = (name, subject) =>
    `records ${name} of ${subject}, who has no such visit`;
  if (one.action === 'attendance') {
    const gone = dropped.flatMap((each) => (each.visit.name === one.visit ? each.visit : []));
    if (visit === undefined && gone.length === 0) return [isUnknown];
    const isDeclared = one.result === 'retracted' || one.deviations.includes('cancelled');
    const known = [...(visit === undefined ? [] : [visit]), ...(isDeclared ? gone : [])];
    const names = new Set(known.flatMap(({ assessments }) => assessments.map(({ name }) => name)));
    const unknown = one.assessments.filter((name) => !names.has(name));
    if (unknown.length === 0) return [];
    return [
      (name, subject) =>
        `records ${listed(unknown)} at ${name} of ${subject}, which was not planned`,
    ];
  }
  if (visit === undefined) return [isUnknown];
  if (one.action !== 'move' || visit.injection !== undefined) return [];
  const attended = recordsInForce(before).attendances.get(one.visit);
  const isOver = visit.assessments.every(({ name }) => attended?.has(name) === true);
  return isOver
    ? [(name, subject) => `moves ${name} of ${subject}, which was already recorded`]
    : [];
}
