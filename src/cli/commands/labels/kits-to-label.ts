import { requireRandomization } from '../../../ledger/enrolment.ts';
import { entriesOf, type Entry } from '../../../ledger/entry.ts';
import type { Kit } from '../../../ledger/kits.ts';
import type { KitToLabel, LabelledInjection } from '../../../labels/labels.ts';
import { makeCalendar } from '../../../schedule/calendar.ts';
import { type Visit, visitsOf } from '../../../schedule/visits.ts';
import type { OpenStudy } from '../../../store/open-study.ts';
import { scheduledParticipant } from '../../arguments/participant-schedule.ts';

/**
 * What the labels of each kit say.
 *
 * @param subject the participant, for dispensing labels; undefined for labels of the stock
 */
export function kitsToLabel(
  open: OpenStudy,
  kits: readonly Kit[],
  subject: string | undefined,
  isSpecimen: boolean,
): KitToLabel[] {
  const { study, entries } = open;
  const holder = subject === undefined ? undefined : requireRandomization(entries, subject);
  const had = labelledBefore(entries, holder !== undefined);
  const visits = visitsOf(study.schedule);
  const injections =
    holder === undefined
      ? plannedInjections(visits)
      : datedInjections(visits, scheduledParticipant(entries, holder));
  return kits.map(({ kit, slot }) => ({
    kit,
    slot,
    subject: holder?.subject ?? null,
    injections,
    isSpecimen,
    had: (['outer', 'unit'] as const).filter((kind) => had.has(`${kind} ${kit}`)),
  }));
}

function plannedInjections(visits: readonly Visit[]): LabelledInjection[] {
  return visits.flatMap(({ name, injection }) =>
    injection === undefined ? [] : { index: injection.index, visit: name, date: null },
  );
}

/** A participant's injections, with the dates of the calendar as it is now. */
function datedInjections(
  visits: readonly Visit[],
  { subject, happenings }: ReturnType<typeof scheduledParticipant>,
): LabelledInjection[] {
  const { events } = makeCalendar(visits, subject, happenings);
  return plannedInjections(visits).map((planned) => {
    const event = events.find(({ kind, visit }) => kind === 'injection' && visit === planned.visit);
    const isCancelled = event?.status === 'cancelled' || event?.status === 'not done';
    return { ...planned, date: event?.date ?? null, isCancelled };
  });
}

/** The kits that had labels before, as `KIND KIT`: dispensing labels, or labels of the stock. */
function labelledBefore(entries: readonly Entry[], isDispensing: boolean): Set<string> {
  const had = new Set<string>();
  for (const entry of entriesOf(entries, 'labels')) {
    if ((entry.subject !== null) !== isDispensing) continue;
    for (const kind of entry.labels.split(' and ')) {
      for (const kit of entry.kits) had.add(`${kind} ${kit}`);
    }
  }
  return had;
}
