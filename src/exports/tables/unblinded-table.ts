import type { Exposure } from '../../ledger/arms-given.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import type { ParticipantFacts } from '../../ledger/participant-facts.ts';
import { toSeconds } from '../../ledger/times.ts';
import { levelsOfStratum } from '../../study/sections/strata.ts';
import type { Arm, Study } from '../../study/study.ts';
import { type CsvFlavour, formatRecords } from '../csv.ts';

/** A participant with the arm that was sealed. */
export interface Unblinded {
  readonly randomization: EntryOf<'randomization'>;
  readonly arm: Pick<Arm, 'code' | 'name' | 'type' | 'periods'>;
  readonly facts: ParticipantFacts;
  /** Undefined if the study has no injections. */
  readonly exposure: Exposure | undefined;
  /** When the arm was first opened in a code-break, ISO 8601, UTC; undefined if it never was. */
  readonly opened: string | undefined;
  /** When the arm was first revealed, in a study that is open label; undefined if it never was. */
  readonly revealed: string | undefined;
}

/**
 * Each participant with the arm, in the order of randomization, for a statistics program. Columns have their
 * CDISC names, if there are any. RANDDTC is the second of randomization (UTC), DAY1DTC the planned date of the
 * first injection. A factor with which somebody was randomized wrongly has the true level in `NAME_corrected`. WITHDDTC
 * and WITHDFROM say when and from what somebody was withdrawn; RANDERR is Y after a randomization in error. RFXSTDTC
 * and RFXENDTC are the dates of the first and the last injection that was given, INJGIVEN is their number, UNBLDTC the
 * first code-break, and ACTARMCD the arm of the kits that were given. RANDSUBJ is the id at randomization, SUBJID the
 * current one; SITEID is the site of the randomization, SITECUR the one after all transfers. REVLDTC is when the arm was
 * revealed, in a study that is open label. REPLACES and REPLBY are the SUBJID of the participant whom this one replaces,
 * and of the one who replaces this one. In a crossover TRT01P and so on are the treatments of the arm, period by period.
 * With kit types KITNO_TYPE is the kit of each type; KITNO is the one of the first. Without injections there is no record of the treatment, and the columns about it are empty.
 */
export function unblindedRows(
  { id, factors, arms }: Pick<Study, 'id' | 'factors' | 'arms'>,
  participants: readonly Unblinded[],
): Record<string, string>[] {
  return participants.map(({ randomization, arm, facts, exposure, opened, revealed }) => {
    const levels = levelsOfStratum(randomization.stratum);
    return {
      STUDYID: id,
      SUBJID: facts.ids.current,
      SITEID: randomization.site,
      STRATUM: randomization.stratum,
      ...Object.fromEntries(factors.map(({ name }) => [name, levels[name] ?? ''])),
      RANDNO: randomization.number,
      KITNO: randomization.kit ?? '',
      RANDDTC: toSeconds(randomization.time),
      DAY1DTC: randomization.day1 ?? '',
      ARMCD: arm.code,
      ARM: arm.name,
      ARMTYPE: arm.type,
      ...Object.fromEntries(
        factors.map(({ name }) => [`${name}_corrected`, facts.corrected[name] ?? '']),
      ),
      WITHDDTC: facts.withdrawal?.date ?? '',
      WITHDFROM: facts.withdrawal?.from ?? '',
      RANDERR: facts.inError === undefined ? '' : 'Y',
      RFXSTDTC: exposure?.first ?? '',
      RFXENDTC: exposure?.last ?? '',
      INJGIVEN: exposure === undefined ? '' : String(exposure.count),
      UNBLDTC: opened ?? '',
      ACTARMCD: exposure?.actual.code ?? '',
      ACTARM: exposure?.actual.name ?? '',
      RANDSUBJ: facts.ids.randomizedAs,
      SITECUR: facts.transfers.at(-1)?.to ?? randomization.site,
      REVLDTC: revealed ?? '',
      REPLACES: facts.replacement.replaced?.subject ?? '',
      REPLBY: facts.replacement.replacedBy?.subject ?? '',
      ...Object.fromEntries(
        treatmentColumns(arms).map((name, index) => [name, arm.periods?.[index] ?? '']),
      ),
      ...Object.fromEntries(
        (randomization.kits ?? []).map(({ type, kit }) => [`${KIT_OF}${type}`, kit]),
      ),
    };
  });
}

/** With a kit type behind it: the column of the participant's kit of that type. */
const KIT_OF = 'KITNO_';

/** TRT01P, TRT02P and so on, as ADaM names the planned treatment of each period; none if arms have no periods. */
function treatmentColumns(arms: Study['arms']): string[] {
  const count = Math.max(0, ...arms.map(({ periods = [] }) => periods.length));
  return Array.from({ length: count }, (_, at) => `TRT${String(at + 1).padStart(2, '0')}P`);
}

/** The columns whose texts are numbers. */
export const UNBLINDED_NUMBERS = ['INJGIVEN'];

/** Writes this table as CSV (docs/FORMATS.md). */
export function formatUnblindedCsv(
  study: Pick<Study, 'id' | 'factors' | 'arms'>,
  participants: readonly Unblinded[],
  flavour?: CsvFlavour,
): string {
  const columns = [
    ...['STUDYID', 'SUBJID', 'SITEID', 'STRATUM', ...study.factors.map(({ name }) => name)],
    ...['RANDNO', 'KITNO', 'RANDDTC', 'DAY1DTC', 'ARMCD', 'ARM', 'ARMTYPE'],
    ...study.factors.map(({ name }) => `${name}_corrected`),
    ...['WITHDDTC', 'WITHDFROM', 'RANDERR'],
    ...['RFXSTDTC', 'RFXENDTC', 'INJGIVEN', 'UNBLDTC', 'ACTARMCD', 'ACTARM'],
    ...['RANDSUBJ', 'SITECUR', 'REVLDTC', 'REPLACES', 'REPLBY'],
    ...treatmentColumns(study.arms),
    ...(participants[0]?.randomization.kits ?? []).map(({ type }) => `${KIT_OF}${type}`),
  ];
  return formatRecords(columns, unblindedRows(study, participants), flavour, UNBLINDED_NUMBERS);
}
