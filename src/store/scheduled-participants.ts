import { additionalDosesBySubject } from '../ledger/additional-doses.ts';
import { amendmentsByParticipant } from '../ledger/amendments.ts';
import { kitOfInjections } from '../ledger/dose-kits.ts';
import { visitEntriesBySubject } from '../ledger/doses.ts';
import { randomizations } from '../ledger/enrolment.ts';
import { entriesOf, type Entry, type EntryOf } from '../ledger/entry.ts';
import { type SubjectIds, subjectIds } from '../ledger/subject-ids.ts';
import { replacementsBySubject } from '../ledger/replacements.ts';
import { transfersBySubject } from '../ledger/transfers.ts';
import { withdrawalsBySubject } from '../ledger/participant-facts.ts';
import type { CalendarSubject } from '../schedule/calendar.ts';
import type { Happening, ScheduleChange } from '../schedule/happenings.ts';
import { visitsInForce } from '../schedule/visits-in-force.ts';
import { type Visit, visitsOf } from '../schedule/visits.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import type { Study } from '../study/study.ts';
import { dateIn } from '../system/today.ts';
import { timeZoneOf } from '../study/sections/sites.ts';

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
  records: Records,
  randomization: EntryOf<'randomization'>,
): ScheduledParticipant {
  return scheduledParticipants(records, [randomization])[0]!;
}

/** Several participants, as the ledger has them, each with the schedule in force for them. */
export function scheduledParticipants(
  { study, entries }: Records,
  randomized: readonly EntryOf<'randomization'>[],
): ScheduledParticipant[] {
  const recorded = visitEntriesBySubject(entries);
  const withdrawals = withdrawalsBySubject(entries);
  const additional = additionalDosesBySubject(entries);
  const amendmentsOf = amendmentsByParticipant(study, entries);
  const idsOf = subjectIds(entries);
  const transfers = transfersBySubject(entries);
  const replacementOf = replacementsBySubject(entries);
  const corrections = entriesOf(entries, 'subject correction');
  const visits = new Map([study, ...study.amendments].map((one) => [one, visitsOf(one.schedule)]));
  return randomized.map((one) => {
    const randomizedOn = dateIn(one.time, timeZoneOf(study, one.site));
    const own = amendmentsOf(one, randomizedOn);
    const changes = own.all.map(({ amendment, from, seq, time, retracts }): ScheduleChange => {
      const about = { action: 'amendment', seq, time, amendment: amendment.id, from } as const;
      return { ...about, visits: visits.get(amendment)!, retracts };
    });
    const key = subjectKey(one.subject);
    const records = recorded.get(key) ?? [];
    const ids = idsOf(one.subject);
    const renamed = corrections.filter(({ subject }) => idsOf(subject).all === ids.all);
    const others = [
      ...changes,
      ...(withdrawals.get(key) ?? []),
      ...(additional.get(key) ?? []),
      ...renamed,
      ...(transfers.get(key) ?? []),
    ];
    const { replaced, replacedBy } = replacementOf(one.subject);
    return {
      subject: {
        ...calendarSubject(study, one, ids, randomizedOn),
        amendment: own.atRandomization?.id,
        replaces: replaced?.subject,
        replacedBy: replacedBy?.subject,
      },
      visits: visits.get(own.atRandomization ?? study)!,
      happenings:
        others.length === 0 ? records : [...records, ...others].toSorted((a, b) => a.seq - b.seq),
    };
  });
}

/** The dose that study.yaml plans for an injection of a participant; undefined if it says none. */
export function plannedDoses(
  records: Records,
): (subject: string, visit: string) => string | undefined {
  let inForce: ReadonlyMap<string, readonly Visit[]> | undefined;
  return (subject, name) => {
    inForce ??= visitsBySubject(records);
    const visits = inForce.get(subjectKey(subject)) ?? [];
    return visits.find((visit) => visit.name === name)?.injection?.dose;
  };
}

/** The visits in force of each participant. */
function visitsBySubject(records: Records): Map<string, readonly Visit[]> {
  const participants = scheduledParticipants(records, randomizations(records.entries));
  return new Map(
    participants.map(({ subject, visits, happenings }) => [
      subjectKey(subject.subject),
      visitsInForce(visits, subject.day1, happenings).visits,
    ]),
  );
}

/** @param randomizedOn at the site. Without a schedule it takes the place of Day 1, and nothing is counted from it. */
function calendarSubject(
  { supplies }: Pick<Study, 'supplies'>,
  randomization: EntryOf<'randomization'>,
  { current, randomizedAs }: SubjectIds,
  randomizedOn: CivilDate,
): CalendarSubject {
  const { site, number, kits, day1: planned, time } = randomization;
  const day1 = planned ?? randomizedOn;
  const kit = kitOfInjections(randomization, supplies) ?? randomization.kit;
  const own = { ...(kit && { kit }), ...(kits && { kits }) };
  return { subject: current, randomizedAs, site, number, ...own, day1, made: time };
}
