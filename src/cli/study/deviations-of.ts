import {
  type DeviationRow,
  kitDeviations,
  randomizationDeviations,
  visitDeviations,
} from '../../exports/tables/deviation-table.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { sitesBySubject } from '../../ledger/transfers.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { scheduledParticipants } from '../../store/scheduled-participants.ts';
import { timeZoneOf } from '../../study/sections/sites.ts';
import { dateIn } from '../../system/today.ts';
import { judgedCalendars } from './judged-calendars.ts';
import { kitRecords } from './kit-records.ts';

/**
 * The deviations of participants: each one's randomization, visits and kits.
 *
 * @param calendars theirs
 */
export function deviationsOf(
  open: OpenStudy,
  chosen: readonly EntryOf<'randomization'>[],
  calendars: readonly JudgedCalendar[] = judgedCalendars(open, scheduledParticipants(open, chosen)),
): DeviationRow[] {
  const ofKits = new Map<string, EntryOf<'kit'>[]>();
  for (const { holder, events } of kitRecords(open)) {
    const deviating = events.filter((event) => event.deviations !== undefined);
    if (holder === undefined || deviating.length === 0) continue;
    const own = ofKits.get(holder);
    if (own === undefined) ofKits.set(holder, deviating);
    else own.push(...deviating);
  }
  const sitesOf = sitesBySubject(open.entries);
  return chosen.flatMap((randomization, index) => {
    const { subject, site, time } = randomization;
    const own = ofKits.get(subject) ?? [];
    return [
      ...randomizationDeviations(randomization, dateIn(time, timeZoneOf(open.study, site))),
      ...visitDeviations(calendars[index]!),
      ...own.flatMap((event) => kitDeviations(randomization, event, sitesOf(randomization))),
    ];
  });
}
