import { type ArmOfKit, armGiven, type NamedArm } from '../../ledger/arms-given.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { type InjectionRecord, isAdditional } from '../../ledger/injections.ts';
import type { JudgedCalendar } from '../../schedule/deviations.ts';
import { additionalVisit } from '../../schedule/calendar.ts';
import { studyDayOf } from '../../schedule/study-day.ts';
import { siteOn, type SitePeriod } from '../../study/site-periods.ts';
import type { Arm, Study } from '../../study/study.ts';
import { type CsvFlavour, formatRecords } from '../csv.ts';

/** A participant with the injections that are on record. */
export interface Treated {
  readonly randomization: EntryOf<'randomization'>;
  readonly sites: readonly SitePeriod[];
  /** The arm of the slot. */
  readonly arm: NamedArm & Pick<Arm, 'periods'>;
  /** The records in force. */
  readonly doses: readonly InjectionRecord[];
  /** Its kit is the one from which injections are given. */
  readonly calendar: Pick<JudgedCalendar, 'day1' | 'events' | 'kit'>;
}

const COLUMNS = [
  ...['STUDYID', 'SUBJID', 'SITEID', 'RANDNO', 'KITNO', 'ARMCD', 'ARM'],
  ...['VISIT', 'VISITDY', 'PLANDTC', 'ECOCCUR', 'ECSTDTC', 'ECSTDY'],
  ...['KITGIVEN', 'TRTACD', 'TRTA', 'TRTASSUM', 'DVDECOD', 'ECDOSTXT'],
  'SITEVIS',
] as const;
/** Further columns of a crossover. */
const OF_PERIODS = ['APERIODC', 'TRTP'] as const;
type Row = Record<(typeof COLUMNS)[number], string> &
  Partial<Record<(typeof OF_PERIODS)[number], string>>;

/**
 * Each injection that was given or recorded as not done, participant by participant, in the order of the visits; those
 * that the schedule does not have come last.
 * ARMCD is the arm of the participant's slot, TRTACD that of the kit that was given. Columns have their CDISC
 * names, if there are any: those of EC, because EX has no injections that were not done. In a crossover APERIODC is the
 * period in which it was planned, TRTP the treatment that the arm of the slot has then.
 *
 * @param periods the names of the periods with a treatment, in their order; none if arms have no periods
 */
export function injectionRows(
  { id }: Pick<Study, 'id'>,
  participants: readonly Treated[],
  armOfKit: ArmOfKit,
  periods: readonly string[] = [],
): Row[] {
  return participants.flatMap(({ randomization, sites, arm, doses, calendar }) => {
    const { subject, site, number, kit } = randomization;
    return byVisit(doses).map((dose): Row => {
      const visit = visitOf(dose);
      const event = calendar.events.find((one) => {
        return one.kind !== 'assessment' && one.visit === visit;
      });
      const isGiven = dose.result === 'given';
      const given = isGiven ? armGiven(dose, arm, armOfKit) : undefined;
      return {
        STUDYID: id,
        SUBJID: subject,
        SITEID: site,
        RANDNO: number,
        KITNO: calendar.kit ?? kit ?? '',
        ARMCD: arm.code,
        ARM: arm.name,
        VISIT: visit,
        VISITDY: isAdditional(dose) ? '' : String(dayOf(dose)),
        PLANDTC: isAdditional(dose) ? '' : (event?.planned ?? ''),
        ECOCCUR: isGiven ? 'Y' : 'N',
        ECSTDTC: isGiven ? dose.date : '',
        ECSTDY: isGiven ? String(studyDayOf(calendar.day1, dose.date)) : '',
        KITGIVEN: isGiven ? (dose.otherKit ?? dose.kit ?? '') : '',
        TRTACD: given?.arm.code ?? '',
        TRTA: given?.arm.name ?? '',
        TRTASSUM: given?.isAssumed === true ? 'Y' : '',
        DVDECOD: event?.deviations.map(({ rule }) => rule).join('; ') ?? '',
        ECDOSTXT: dose.amount ?? '',
        SITEVIS: siteOn(sites, dose.date),
        ...(periods.length > 0 && {
          APERIODC: event?.period ?? '',
          TRTP: arm.periods?.[periods.indexOf(event?.period ?? '')] ?? '',
        }),
      };
    });
  });
}

/** The columns whose texts are numbers. */
export const INJECTION_NUMBERS = ['VISITDY', 'ECSTDY'];

/** Writes this table as CSV (docs/FORMATS.md). */
export function formatInjectionsCsv(rows: readonly Row[], flavour?: CsvFlavour): string {
  const further = rows.some((row) => 'APERIODC' in row) ? OF_PERIODS : [];
  return formatRecords([...COLUMNS, ...further], rows, flavour, INJECTION_NUMBERS);
}

/** By study day; what the schedule does not have comes last, by date. */
function byVisit(doses: readonly InjectionRecord[]): InjectionRecord[] {
  return doses.toSorted(
    (a, b) =>
      dayOf(a) - dayOf(b) || (isAdditional(a) && isAdditional(b) && a.date < b.date ? -1 : 0),
  );
}

/** The visit, as the calendar names it. */
function visitOf(dose: InjectionRecord): string {
  return isAdditional(dose) ? additionalVisit(dose) : dose.visit;
}

/** The study day after which the visit is named; that of an additional injection is after all others. */
function dayOf(dose: InjectionRecord): number {
  return isAdditional(dose) ? Number.MAX_SAFE_INTEGER : Number(dose.visit.slice(1));
}
