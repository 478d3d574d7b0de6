import type { CsvFlavour } from '../../../exports/csv.ts';
import {
  formatInjectionsCsv,
  injectionRows,
  type Treated,
} from '../../../exports/tables/injection-table.ts';
import { formatUnblindedCsv, unblindedRows } from '../../../exports/tables/unblinded-table.ts';
import { sitesBySubject } from '../../../ledger/transfers.ts';
import { type OpenStudy, requireUnchanged, SCHEDULE_PARTS } from '../../../store/open-study.ts';
import { scheduledParticipants } from '../../../store/scheduled-participants.ts';
import { treatmentPeriods } from '../../../study/sections/schedule.ts';
import type { Study } from '../../../study/study.ts';
import { counted } from '../../../words.ts';
import { judgedCalendars } from '../../study/judged-calendars.ts';
import type { UnblindingTable } from '../../study/opened-list.ts';
import {
  armIn,
  type Opened,
  openedParticipants,
  type SealedSlots,
  summed,
} from '../../study/opened-participants.ts';

/** What is shown of the opened list, beside its roots. */
type Shown = Pick<UnblindingTable, 'csv' | 'what'> & { readonly data: object };

/** A row for each participant. */
export function participantTable(open: OpenStudy, list: SealedSlots, csvFor?: CsvFlavour): Shown {
  const { study } = open;
  const participants = summed(openedParticipants(open, list), list, open);
  return {
    data: { participants: unblindedRows(study, participants) },
    csv: () => formatUnblindedCsv(study, participants, csvFor),
    what: `${counted(participants.length, 'participant')} with their arms`,
  };
}

/** A row for each injection that was given or recorded as not done. */
export function injectionTable(open: OpenStudy, list: SealedSlots, csvFor?: CsvFlavour): Shown {
  requireSchedule(open);
  const participants = treated(open, openedParticipants(open, list));
  const rows = injectionRows(open.study, participants, armIn(list), periodsIn(open.study));
  return {
    data: { doses: rows },
    csv: () => formatInjectionsCsv(rows, csvFor),
    what: `${counted(rows.length, 'recorded injection')} with the arms of the kits that were given`,
  };
}

/** The names of the periods with a treatment, in their order; none if arms have no periods. */
export function periodsIn({ arms, schedule }: Pick<Study, 'arms' | 'schedule'>): string[] {
  const isCrossover = arms.some(({ periods }) => periods !== undefined);
  return isCrossover ? treatmentPeriods(schedule).map(({ name }) => name) : [];
}

/** Participants with their calendars. */
export function treated(open: OpenStudy, opened: readonly Opened[]): Treated[] {
  const scheduled = scheduledParticipants(
    open,
    opened.map(({ randomization }) => randomization),
  );
  const calendars = judgedCalendars(open, scheduled);
  const sitesOf = sitesBySubject(open.entries);
  return opened.map((one, index) => ({
    ...one,
    sites: sitesOf(one.randomization),
    calendar: calendars[index]!,
  }));
}

/** Planned dates and deviations follow from the schedule. @throws RandoseError if nobody knows which one is in force */
export function requireSchedule(open: OpenStudy): void {
  requireUnchanged(open, ['identity', ...SCHEDULE_PARTS]);
}
