import { visitEntries, visitEntriesBySubject } from '../ledger/doses.ts';
import type { Entry, EntryOf } from '../ledger/entry.ts';
import type { CalendarSubject } from '../schedule/calendar.ts';
import type { Happening } from '../schedule/happenings.ts';
import { type Visit, visitsOf } from '../schedule/visits.ts';
import { subjectKey } from '../study/identifiers.ts';
import type { Study } from '../study/study.ts';

/** A participant, with the visits that were planned at randomization and what has happened to them. */
export interface ScheduledParticipant {
  readonly subject: CalendarSubject;
  readonly visits: readonly Visit[];
  readonly happenings: readonly Happening[];
}

/** What a participant's schedule follows from. */
interface Records {
  readonly study: Study;
  readonly entries: readonly Entry[];
}

/** One participant, as the ledger has them. */
export function scheduledParticipant(
  { study, entries }: Records,
  randomization: EntryOf<'randomization'>,
): ScheduledParticipant {
  return {
    subject: calendarSubject(randomization),
    visits: visitsOf(study.schedule),
    happenings: visitEntries(entries, randomization.subject),
  };
}

/** Several participants, as the ledger has them. */
export function scheduledParticipants(
  { study, entries }: Records,
  randomized: readonly EntryOf<'randomization'>[],
): ScheduledParticipant[] {
  const recorded = visitEntriesBySubject(entries);
  const visits = visitsOf(study.schedule);
  return randomized.map((one) => ({
    subject: calendarSubject(one),
    visits,
    happenings: recorded.get(subjectKey(one.subject)) ?? [],
  }));
}

function calendarSubject(entry: EntryOf<'randomization'>): CalendarSubject {
  const { subject, site, number, kit, day1, time } = entry;
  return { subject, site, number, kit, day1, made: time };
}
