import { randomizations } from '../../../ledger/enrolment.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { waitingActs } from '../../../store/folder/pending.ts';
import { scheduledParticipants } from '../../../store/scheduled-participants.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';
import { todayIn } from '../../../system/today.ts';
import { counted } from '../../../words.ts';
import { unitRecords } from '../../study/kit-records.ts';

/** What somebody would want to settle before the database is locked, a sentence each. */
export function unfinishedTexts(open: OpenStudy): string[] {
  const late = lateInjections(open);
  const left = unitRecords(open).balances.filter(({ open: units }) => units !== 0);
  const pending = waitingActs(open.root, open.entries).acts.length;
  return [
    ...(late.length === 0
      ? []
      : [
          `${counted(late.length, 'injection')} up to today ${late.length === 1 ? 'is' : 'are'} not recorded as given or not done, the first: ${late[0]!}.`,
        ]),
    ...(left.length === 0
      ? []
      : [
          `The units of ${counted(left.length, 'kit')} do not add up yet, the first: ${left[0]!.kit}. To see them, run: randose kit`,
        ]),
    ...(pending === 0
      ? []
      : [
          `${counted(pending, 'code-break')} in pending/ ${pending === 1 ? 'is' : 'are'} not entered. To enter ${pending === 1 ? 'it' : 'them'}: randose ledger --enter-pending`,
        ]),
  ];
}

/** The injections that were planned up to today and are not recorded: `D15 of CRT-003 on 2026-06-29`. */
function lateInjections(open: OpenStudy): string[] {
  const participants = scheduledParticipants(open, randomizations(open.entries));
  return participants.flatMap(({ subject, visits, happenings }) => {
    const { site, events } = makeCalendar(visits, subject, happenings);
    const today = todayIn(timeZoneOf(open.study, site));
    return events.flatMap((event) => {
      const { kind, status, visit, date } = event;
      const isOpen = kind === 'injection' && (status === 'planned' || status === 'moved');
      return isOpen && date <= today ? `${visit} of ${subject.subject} on ${date}` : [];
    });
  });
}
