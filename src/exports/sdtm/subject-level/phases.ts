import { type InjectionRecord, isAdditional } from '../../../ledger/injections.ts';
import type { Visit } from '../../../schedule/visits.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import type { SdtmParticipant } from './sdtm-participant.ts';

type Scheduled = Pick<SdtmParticipant, 'dated'>;

/**
 * The visits of one participant, by their names. An amendment can plan a visit otherwise than the schedule of the list
 * does, and not all participants have it.
 */
export function ownVisits(
  { amendments }: Pick<Study, 'amendments'>,
  { dated }: Scheduled,
  visits: ReadonlyMap<string, PlannedVisit>,
): (name: string) => Visit | undefined {
  const planned = (name: string) => visits.get(name)?.visit;
  if (amendments.length === 0) return planned;
  const own = new Map(dated().visits.map(({ visit }) => [visit.name, visit]));
  return (name) => own.get(name) ?? planned(name);
}

/** The phase of an injection on record; of an additional one, that of the planned injection before it. */
export function phaseOf(
  record: InjectionRecord,
  participant: Scheduled,
  visitOf: (name: string) => Visit | undefined,
): string | undefined {
  return isAdditional(record)
    ? phaseOn(participant, record.date)
    : visitOf(record.visit)?.injection?.phase;
}

/** The phase of the last planned injection until a date. */
function phaseOn({ dated }: Scheduled, date: CivilDate): string | undefined {
  const before = dated().visits.filter(
    (one) => one.visit.injection !== undefined && one.date <= date,
  );
  return before.at(-1)?.visit.injection?.phase;
}
