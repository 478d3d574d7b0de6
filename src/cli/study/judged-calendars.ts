import { kitDeviationsOf } from '../../ledger/dose-kits.ts';
import {
  type JudgedCalendar,
  judgeCalendar,
  withoutDeviations,
} from '../../schedule/deviations.ts';
import { reviseCalendar } from '../../schedule/revisions.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { dateIn } from '../../system/today.ts';
import { kitRecords } from './kit-records.ts';
import type { ScheduledParticipant } from '../../store/scheduled-participants.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';

/** Makes the calendars of participants, with the deviations that follow from the ledger and the schedule. */
export function judgedCalendars(
  { study, slots, entries }: Pick<OpenStudy, 'study' | 'slots' | 'entries'>,
  participants: readonly ScheduledParticipant[],
): JudgedCalendar[] {
  const hasRecords = participants.some(({ happenings }) => happenings.length > 0);
  const accounts = new Map(
    (hasRecords ? kitRecords({ study, slots, entries }) : []).map((one) => [one.kit, one]),
  );
  return participants.map(({ subject, visits, happenings }) => {
    const revised = reviseCalendar(visits, subject, happenings);
    if (happenings.length === 0) return withoutDeviations(revised);
    const zone = timeZoneOf(study, subject.site);
    return judgeCalendar(visits, revised, happenings, {
      randomizedOn: dateIn(subject.made, zone),
      kitDeviations: ({ date, kit, otherKit }) => {
        const dose = { subject: subject.subject, date, kit, otherKit };
        return kitDeviationsOf(dose, accounts, subject.kit, study.supplies);
      },
    });
  });
}
