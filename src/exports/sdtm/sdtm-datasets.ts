import type { KitAccount } from '../../ledger/accountability.ts';
import type { Study } from '../../study/study.ts';
import { plannedVisits } from './planned-visits.ts';
import type { SdtmDataset } from './sdtm-dataset.ts';
import { demographics } from './subject-level/dm.ts';
import { disposition } from './subject-level/ds.ts';
import { exposureAsCollected, type KitFacts } from './subject-level/ec.ts';
import { productAccountability } from './subject-level/da.ts';
import { byText, type SdtmParticipant } from './subject-level/sdtm-participant.ts';
import { supplementalDm } from './subject-level/suppdm.ts';
import { subjectVisits } from './subject-level/sv.ts';
import { trialArms } from './trial-design/ta.ts';
import { trialElements } from './trial-design/te.ts';
import { trialSummary } from './trial-design/ts.ts';
import { trialVisits } from './trial-design/tv.ts';

/** The names of the datasets that blinded people may have, in the order in which they are written. */
export const BLINDED_DATASETS = [
  ...(['TA', 'TE', 'TV', 'TS'] as const),
  ...(['DM', 'SUPPDM', 'DS', 'EC', 'SV', 'DA'] as const),
] as const;

/**
 * The datasets of a trial, without arms unless participants have theirs. One about which nothing is recorded has no rows.
 *
 * @param accounts the records of all kits; none if the study has no kits
 */
export function sdtmDatasets(
  study: Study,
  participants: readonly SdtmParticipant[],
  accounts: readonly KitAccount[],
  kits: KitFacts,
): SdtmDataset[] {
  const sorted = participants.toSorted((a, b) => byText(a.usubjid, b.usubjid));
  const visits = new Map(plannedVisits(study).map((one) => [one.visit.name, one]));
  return [
    trialArms(study),
    trialElements(study),
    trialVisits(study),
    trialSummary(study),
    demographics(study, sorted),
    supplementalDm(study, sorted),
    disposition(study, sorted),
    exposureAsCollected(study, sorted, visits, kits),
    subjectVisits(study, sorted, visits),
    productAccountability(study, sorted, visits, accounts),
  ];
}
