import type { MeasuredDataset, Measures } from '../../../exports/datasets/dataset.ts';
import { sdtmDatasets } from '../../../exports/sdtm/sdtm-datasets.ts';
import type { Dataset } from '../../../exports/datasets/dataset.ts';
import { isAnalysis, type SdtmDataset } from '../../../exports/sdtm/sdtm-dataset.ts';
import {
  type SdtmParticipant,
  usubjidOf,
} from '../../../exports/sdtm/subject-level/sdtm-participant.ts';
import { reasonTerm } from '../../../exports/sdtm/subject-level/ds.ts';
import type { KitFacts } from '../../../exports/sdtm/subject-level/ec.ts';
import type { KitAccount } from '../../../ledger/accountability.ts';
import { randomizations } from '../../../ledger/enrolment.ts';
import type { Entry } from '../../../ledger/entry.ts';
import { injectionsBySubject } from '../../../ledger/injections.ts';
import { factsBySubject } from '../../../ledger/participant-facts.ts';
import { kitDoses } from '../../../ledger/unit-balances.ts';
import { dateVisits } from '../../../schedule/calendar.ts';
import { recordsInForce } from '../../../schedule/happenings.ts';
import { type OpenStudy, requireUnchanged, SCHEDULE_PARTS } from '../../../store/open-study.ts';
import { scheduledParticipants } from '../../../store/scheduled-participants.ts';
import { subjectKey } from '../../../study/identifiers.ts';
import { injectionCount } from '../../../study/sections/schedule.ts';
import { timeZoneOf } from '../../../study/sections/sites.ts';
import { dateIn } from '../../../system/today.ts';
import { listed } from '../../../words.ts';
import { kitRecords } from '../../study/kit-records.ts';
import type { Description } from './export-datasets.ts';
import { jsonSource } from './export-formats.ts';

/** Participants, as the datasets of SDTM need them. */
export function sdtmParticipants(open: OpenStudy): SdtmParticipant[] {
  const { study, entries } = open;
  const randomized = randomizations(entries);
  const factsOf = factsBySubject(entries);
  const injections = injectionsBySubject(entries);
  const scheduled = scheduledParticipants(open, randomized);
  return randomized.map((randomization, index) => {
    const { subject, visits, happenings } = scheduled[index]!;
    const facts = factsOf(randomization.subject);
    return {
      usubjid: usubjidOf(study, randomization.site, facts.ids.current),
      randomization,
      facts,
      randomizedOn: dateIn(randomization.time, timeZoneOf(study, randomization.site)),
      dated: () => dateVisits(visits, subject.day1, happenings),
      moves: () => recordsInForce(happenings).moves,
      injections: injections.get(subjectKey(randomization.subject)) ?? [],
    };
  });
}

/** The datasets that blinded people may have. */
export function blindedSdtm(open: OpenStudy): SdtmDataset[] {
  requireSdtm(open);
  const { accounts, kits } = sdtmKits(open);
  return sdtmDatasets(open.study, sdtmParticipants(open), accounts, kits);
}

/** What datasets say of kits: nothing, if the study has none. */
export function sdtmKits(open: OpenStudy): { accounts: readonly KitAccount[]; kits: KitFacts } {
  const { study, entries } = open;
  const accounts = study.hasKits ? kitRecords(open) : [];
  const doses = kitDoses(accounts, entries, study.supplies);
  const used = new Map(
    doses.flatMap(({ seq, kit }) => (kit === null ? [] : [[seq, kit] as const])),
  );
  return { accounts, kits: { used, lots: new Map(accounts.map(({ kit, lot }) => [kit, lot])) } };
}

/** @throws RandoseError `not-trusted` if study.yaml is not the one of the list in what datasets say */
export function requireSdtm(open: OpenStudy): void {
  requireUnchanged(open, ['identity', 'arms', 'strata', ...SCHEDULE_PARTS]);
}

/** What nobody said so that datasets could have it, and so stays empty in them; a sentence each. */
export function missingForSdtm({ study, entries }: OpenStudy): string[] {
  const { cdisc, schedule, sites } = study;
  const { doseUnit, doseForm, route } = cdisc;
  const said = Object.entries({ doseUnit, doseForm, route });
  const missing = said.flatMap(([key, value]) => (value === undefined ? [`cdisc.${key}`] : []));
  const without = sites.filter(({ country }) => country === undefined).map(({ code }) => code);
  return [
    ...(missing.length > 0 && injectionCount(schedule) > 0
      ? [
          `study.yaml does not say ${listed(missing)}: the dose units, form or route of EC are empty.`,
        ]
      : []),
    ...(without.length > 0
      ? [`study.yaml does not say the country of ${listed(without)}: COUNTRY of DM is empty there.`]
      : []),
    ...uncodedReasons(entries),
  ];
}

/** That reasons of withdrawals are not CDISC's terms. */
function uncodedReasons(entries: readonly Entry[]): string[] {
  const factsOf = factsBySubject(entries);
  const uncoded = randomizations(entries).flatMap(({ subject }) => {
    const { ids, withdrawals } = factsOf(subject);
    return withdrawals.some((one) => reasonTerm(one) === undefined) ? ids.current : [];
  });
  if (uncoded.length === 0) return [];
  const [more, shown] = [uncoded.length - MOST_SHOWN, uncoded.slice(0, MOST_SHOWN)];
  const who = more > 0 ? `${shown.join(', ')} and ${more} more` : listed(shown);
  return [
    `the reason of the withdrawal of ${who} is not a term of CDISC's: DSDECOD of DS is empty there. Code it before you submit DS.`,
  ];
}

/** The most participants that a warning names. */
const MOST_SHOWN = 5;

/** define.xml of the datasets of SDTM, and that of ADaM, for the formats of submissions. */
export const DEFINE = describing('define.xml', (dataset) => !isAnalysis(dataset));
export const DEFINE_ADAM = describing('define-adam.xml', isAnalysis);

function describing(name: string, isIn: (dataset: Pick<Dataset, 'name'>) => boolean): Description {
  const make: Description['make'] = async (datasets, files, format, source) => {
    const { formatDefineXml } = await import('../../../exports/sdtm/define-xml.ts');
    const { inAscii } = await import('../../../exports/datasets/ascii.ts');
    // Datasets of SDTM alone are described, with the lengths of what is in their files.
    const defined = (datasets as readonly (SdtmDataset & Measures)[]).flatMap((whole, index) => {
      if (!isIn(whole)) return [];
      const { rows, extents }: MeasuredDataset = format === 'xpt' ? inAscii(whole).dataset : whole;
      return { dataset: { ...whole, rows, extents }, file: files[index]! };
    });
    return formatDefineXml(source.study, defined, jsonSource(source), source.remark);
  };
  return { name, formats: ['xpt', 'json'], make };
}
