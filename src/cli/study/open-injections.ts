import { randomizations } from '../../ledger/enrolment.ts';
import { factsBySubject } from '../../ledger/participant-facts.ts';
import { makeCalendar } from '../../schedule/calendar.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { scheduledParticipants } from '../../store/scheduled-participants.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { todayIn } from '../../system/today.ts';
import { counted } from '../../words.ts';

/** The planned injections that no record says were given or missed. */
interface OpenInjections {
  /** Those up to today, as `D15 of CRT-003 on 2026-06-29`. */
  readonly late: readonly string[];
  /** The participants who have one after today, without those who were randomized in error. */
  readonly toCome: readonly string[];
}

/** The injections that are still open, and whose they are. Today is that of each participant's site. */
export function openInjections(open: OpenStudy): OpenInjections {
  const factsOf = factsBySubject(open.entries);
  const late: string[] = [];
  const toCome = new Set<string>();
  for (const participant of scheduledParticipants(open, randomizations(open.entries))) {
    const { visits, happenings } = participant;
    const { subject, site, events } = makeCalendar(visits, participant.subject, happenings);
    const today = todayIn(timeZoneOf(open.study, site));
    for (const { kind, status, visit, date } of events) {
      if (kind !== 'injection' || (status !== 'planned' && status !== 'moved')) continue;
      if (date <= today) late.push(`${visit} of ${subject} on ${date}`);
      else if (factsOf(subject).inError === undefined) toCome.add(subject);
    }
  }
  return { late, toCome: [...toCome] };
}

/** What somebody should record, as one sentence; none if there is nothing. */
export function notRecordedText(late: readonly string[]): string[] {
  const [first] = late;
  if (first === undefined) return [];
  const are = late.length === 1 ? 'is' : 'are';
  return [
    `${counted(late.length, 'injection')} up to today ${are} not recorded as given or not done, the first: ${first}.`,
  ];
}

/** That participants are still under treatment; nothing if none is. @param toCome those whose injections are planned */
export function stillTreatedText(toCome: readonly unknown[]): string[] {
  return toCome.length === 0
    ? []
    : [`${counted(toCome.length, 'participant')} still to be treated: injections are planned.`];
}
