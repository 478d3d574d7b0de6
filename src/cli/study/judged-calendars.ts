import { byKitAndSlot } from '../../ledger/accountability.ts';
import { kitDeviationsOf } from '../../ledger/dose-kits.ts';
import { type CalendarEvent, type CalendarOf, makeCalendar } from '../../schedule/calendar.ts';
import {
  judgeCalendar,
  type JudgedCalendar,
  type RevisedJudgedCalendar,
  withoutDeviations,
} from '../../schedule/deviations.ts';
import { reviseCalendar } from '../../schedule/revisions.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { dateIn } from '../../system/today.ts';
import { kitRecords } from './kit-records.ts';
import type { ScheduledParticipant } from '../../store/scheduled-participants.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';

type Records = Pick<OpenStudy, 'study' | 'slots' | 'entries'>;

/** Makes the calendars of participants, with the deviations that follow from the ledger and the schedule. */
export function judgedCalendars(
  records: Records,
  participants: readonly ScheduledParticipant[],
): JudgedCalendar[] {
  return judged(records, participants, ({ visits, subject, happenings }) =>
    makeCalendar(visits, subject, happenings),
  );
}

/** The same, and of each event how often it was changed: a calendar is made for each record. */
export function revisedJudgedCalendars(
  records: Records,
  participants: readonly ScheduledParticipant[],
): RevisedJudgedCalendar[] {
  return judged(records, participants, ({ visits, subject, happenings }) =>
    reviseCalendar(visits, subject, happenings),
  );
}

function judged<Event extends CalendarEvent>(
  records: Records,
  participants: readonly ScheduledParticipant[],
  make: (participant: ScheduledParticipant) => CalendarOf<Event>,
) {
  const { study } = records;
  const hasRecords = participants.some(({ happenings }) => happenings.length > 0);
  const kits = byKitAndSlot(hasRecords ? kitRecords(records) : []);
  return participants.map((participant) => {
    const { subject, visits, happenings } = participant;
    const calendar = make(participant);
    if (happenings.length === 0) return withoutDeviations(calendar);
    const zone = timeZoneOf(study, subject.site);
    return judgeCalendar(visits, calendar, happenings, {
      randomizedOn: dateIn(subject.made, zone),
      kitDeviations: ({ date, kit, otherKit }) => {
        const dose = { subject: subject.subject, date, kit, otherKit };
        return kitDeviationsOf(dose, kits, subject.kit, study.supplies);
      },
    });
  });
}
