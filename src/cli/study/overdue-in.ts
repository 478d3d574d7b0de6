import { factsBySubject, withdrawalsBySubject } from '../../ledger/participant-facts.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import { overdueEvents, type OverdueEvent } from '../../schedule/overdue.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import type { CivilDate } from '../../study/civil-date.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { changesInForce } from '../../study/site-periods.ts';
import { todayAt } from '../../system/today.ts';

/**
 * What is overdue in a study today. Nobody waits for the visits of somebody who was randomized in error.
 *
 * @returns for the calendar of a participant
 */
export function overdueIn({
  study,
  entries,
}: Pick<OpenStudy, 'study' | 'entries'>): (
  calendar: Pick<JudgedCalendar, 'subject' | 'events'>,
) => OverdueEvent[] {
  // A date of a time zone is costly, and a calendar asks for it at every event.
  const days = new Map<string, CivilDate>();
  const rules = {
    hasAttendances: entries.some(({ action }) => action === 'attendance'),
    todayAt: (site: string) => {
      const known = days.get(site) ?? todayAt(timeZoneOf(study, site));
      days.set(site, known);
      return known;
    },
  };
  const factsOf = factsBySubject(entries);
  const withdrawals = withdrawalsBySubject(entries);
  return ({ subject, events }) => {
    if (factsOf(subject).inError !== undefined) return [];
    const own = changesInForce(withdrawals.get(subjectKey(subject)) ?? []);
    return overdueEvents(events, rules, own);
  };
}
