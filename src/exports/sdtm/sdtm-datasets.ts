import type { KitAccount } from '../../ledger/accountability.ts';
import type { Study } from '../../study/study.ts';
import { type PlannedVisit, plannedVisits } from './planned-visits.ts';
import { analysisFragment } from './adsl.ts';
import type { SdtmDataset } from './sdtm-dataset.ts';
import { demographics } from './subject-level/dm.ts';
import { disposition } from './subject-level/ds.ts';
import { exposureAsCollected, type KitFacts } from './subject-level/ec.ts';
import { productAccountability } from './subject-level/da.ts';
import { exposureDataset } from './subject-level/ex.ts';
import { subjectElements } from './subject-level/se.ts';
import {
  byText,
  type SdtmParticipant,
  type SdtmUnblinded,
} from './subject-level/sdtm-participant.ts';
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

/** The names of the datasets with a key: EX, SE and ADSL name arms. */
export const UNBLINDED_DATASETS = [...BLINDED_DATASETS, 'EX', 'SE', 'ADSL'] as const;

/** The datasets of a trial with the arms of its participants. */
export function unblindedDatasets(
  study: Study,
  participants: readonly SdtmUnblinded[],
  accounts: readonly KitAccount[],
  kits: KitFacts,
): SdtmDataset[] {
  const sorted = sortedBySubject(participants);
  const visits = visitsByName(study);
  return [
    ...datasetsOf(study, sorted, visits, { accounts, kits }),
    exposureDataset(study, sorted, visits, kits),
    subjectElements(study, sorted, visits),
    analysisFragment(study, sorted),
  ];
}

function visitsByName(study: Study): Map<string, PlannedVisit> {
  return new Map(plannedVisits(study).map((one) => [one.visit.name, one]));
}

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
  const sorted = sortedBySubject(participants);
  return datasetsOf(study, sorted, visitsByName(study), { accounts, kits });
}

function sortedBySubject<One extends SdtmParticipant>(participants: readonly One[]): One[] {
  return participants.toSorted((a, b) => byText(a.usubjid, b.usubjid));
}

function datasetsOf(
  study: Study,
  sorted: readonly SdtmParticipant[],
  visits: ReadonlyMap<string, PlannedVisit>,
  { accounts, kits }: { readonly accounts: readonly KitAccount[]; readonly kits: KitFacts },
): SdtmDataset[] {
  return [
    trialArms(study),
    trialElements(study),
    trialVisits(study),
    trialSummary(study),
    demographics(study, sorted),
    supplementalDm(study, sorted),
    disposition(study, sorted, visits),
    exposureAsCollected(study, sorted, visits, kits),
    subjectVisits(study, sorted, visits),
    productAccountability(study, sorted, visits, accounts, kits.used),
  ];
}
