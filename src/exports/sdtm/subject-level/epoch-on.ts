import type { CivilDate } from '../../../study/civil-date.ts';
import type { Study } from '../../../study/study.ts';
import { epochOf } from '../epochs.ts';
import type { PlannedVisit } from '../planned-visits.ts';
import { ownVisits, phaseOf } from './phases.ts';
import { byText, type SdtmParticipant } from './sdtm-participant.ts';

/**
 * The epoch of a date: screening before the first injection, else that of the last injection until then.
 *
 * @param isBeforeDose whether what happened comes before an injection on the same day
 */
export function epochOn(
  study: Pick<Study, 'cdisc' | 'amendments'>,
  participant: Pick<SdtmParticipant, 'injections' | 'dated'>,
  visits: ReadonlyMap<string, PlannedVisit>,
  date: CivilDate,
  isBeforeDose = false,
): string {
  const before = participant.injections
    .filter(
      (one) => one.result === 'given' && (one.date < date || (one.date === date && !isBeforeDose)),
    )
    .toSorted((a, b) => byText(a.date, b.date))
    .at(-1);
  if (before === undefined) return 'SCREENING';
  const visitOf = ownVisits(study, participant, visits);
  return epochOf(study, phaseOf(before, participant, visitOf) ?? '');
}
