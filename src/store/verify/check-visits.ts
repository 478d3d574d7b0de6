import type { Problem } from '../../errors.ts';
import { randomizations } from '../../ledger/enrolment.ts';
import type { Entry } from '../../ledger/entry.ts';
import { entryProblem } from '../../ledger/entry-problem.ts';
import { isVisitRecord } from '../../schedule/happenings.ts';
import { visitsInForce } from '../../schedule/visits-in-force.ts';
import type { Study } from '../../study/study.ts';
import { scheduledParticipants } from '../scheduled-participants.ts';

/**
 * Checks that every record of a visit names one that the participant had when it was entered, by the schedule of the
 * list or by the amendment in force for them.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkVisitNames(study: Study, entries: readonly Entry[]): Problem[] {
  const participants = scheduledParticipants({ study, entries }, randomizations(entries));
  return participants.flatMap(({ subject, visits, happenings }) => {
    const isAmended = happenings.some((one) => !isVisitRecord(one));
    const names = new Set(visits.map(({ name }) => name));
    return happenings.flatMap((one): Problem[] => {
      if (!isVisitRecord(one)) return [];
      const known = isAmended
        ? visitsInForce(
            visits,
            subject.day1,
            happenings.filter(({ seq }) => seq < one.seq),
          ).visits.some(({ name }) => name === one.visit)
        : names.has(one.visit);
      if (known) return [];
      return [
        entryProblem(one, `records ${one.visit} of ${subject.subject}, who has no such visit`),
      ];
    });
  });
}
