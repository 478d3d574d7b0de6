import type { OverdueRules } from '../../schedule/overdue.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import type { CivilDate } from '../../study/civil-date.ts';
import { todayAt } from '../../system/today.ts';

/** What is overdue in a study today. A date of a time zone is costly, and a calendar asks for it at every event. */
export function overdueRules({
  study,
  entries,
}: Pick<OpenStudy, 'study' | 'entries'>): OverdueRules {
  const days = new Map<string, CivilDate>();
  return {
    hasAttendances: entries.some(({ action }) => action === 'attendance'),
    todayAt: (site) => {
      const known = days.get(site) ?? todayAt(timeZoneOf(study, site));
      days.set(site, known);
      return known;
    },
  };
}
