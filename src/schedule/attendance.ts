import { addDays, type CivilDate, datedName } from '../study/civil-date.ts';
import type { Assessment } from '../study/study.ts';
import { assessmentWindow, type DatedVisits } from './calendar.ts';
import type { AttendanceInForce } from './happenings.ts';
import { type Constraint, windowConstraint } from './legal-dates.ts';

/** An assessment of a participant's visit, with what its date depends on. */
export interface AssessmentAtVisit {
  readonly assessment: Assessment;
  /** The rules of the schedule for its date. */
  readonly constraints: readonly Constraint[];
  /** Why it does not take place at all, in words without a full stop; undefined if it is planned. */
  readonly cancelled: string | undefined;
  /** The last date of visits if the first injection was missed: later ones are cancelled. */
  readonly until: CivilDate | undefined;
  /** Undefined if it is not recorded. */
  readonly record: AttendanceInForce | undefined;
}

/**
 * The assessments of a visit, those that are no longer planned last. The date of one is bound by its own window, and
 * by the injection of the visit if the schedule says that it comes before or after it. Assessments have no order, but
 * those of later visits come after Day 1.
 *
 * @param name of the visit
 * @returns none if the participant has no such visit, or if it has no assessment
 */
export function assessmentsAt(
  { visits, dropped, day1 }: Pick<DatedVisits, 'visits' | 'dropped' | 'day1'>,
  name: string,
) {
  const first = visits.find(({ visit }) => visit.name === 'D1');
  const isUntreated = first?.visit.injection !== undefined && first.status === 'not done';
  const until = isUntreated ? first.date : undefined;
  const planned = visits
    .filter(({ visit }) => visit.name === name)
    .flatMap((one) =>
      one.visit.assessments.map((assessment): AssessmentAtVisit => {
        const window = assessmentWindow(one, assessment);
        const given = one.visit.injection !== undefined && one.status === 'given';
        return {
          assessment,
          constraints: [
            ...(window === undefined ? [] : [windowConstraint(window, one.planned)]),
            ...(given ? timingConstraint(assessment, one.date) : []),
            ...(one.visit.day > 1 ? [notBeforeDay1(day1)] : []),
          ],
          cancelled: undefined,
          until,
          record: one.attended.get(assessment.name),
        };
      }),
    );
  const others = dropped
    .filter(({ visit }) => visit.name === name)
    .flatMap(({ visit, why, attended }) =>
      visit.assessments.map((assessment): AssessmentAtVisit => {
        const record = attended.get(assessment.name);
        return { assessment, constraints: [], cancelled: why, until: undefined, record };
      }),
    );
  return [...planned, ...others];
}

/** Why an assessment that took place on a date is one that should not have; undefined if it should. */
export function whyCancelled(
  { cancelled, until }: AssessmentAtVisit,
  date: CivilDate,
): string | undefined {
  if (cancelled !== undefined) return cancelled;
  if (until === undefined || date <= until) return undefined;
  return `the participant is not treated: D1 was missed on ${until}`;
}

function notBeforeDay1(day1: CivilDate): Constraint {
  const text = `the visit is after Day 1, which is ${datedName(day1)}`;
  return { rule: 'order', from: addDays(day1, 1), to: undefined, text };
}

/** On the day of the injection itself nobody can tell which came first. */
function timingConstraint({ timing }: Assessment, given: CivilDate): Constraint[] {
  if (timing === undefined) return [];
  const isBefore = timing === 'before dose';
  const text = `it belongs ${isBefore ? 'before' : 'after'} the injection, given on ${given}`;
  return [
    {
      rule: 'timing',
      from: isBefore ? undefined : given,
      to: isBefore ? given : undefined,
      text,
    },
  ];
}
