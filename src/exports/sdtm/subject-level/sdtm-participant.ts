import type { ArmGiven, Exposure, NamedArm } from '../../../ledger/arms-given.ts';
import type { EntryOf } from '../../../ledger/entry.ts';
import { type InjectionRecord, isAdditional } from '../../../ledger/injections.ts';
import type { ParticipantFacts } from '../../../ledger/participant-facts.ts';
import type { DatedVisits } from '../../../schedule/calendar.ts';
import type { MoveInForce } from '../../../schedule/happenings.ts';
import { studyDayOf } from '../../../schedule/study-day.ts';
import type { CivilDate } from '../../../study/civil-date.ts';
import type { Arm, Study } from '../../../study/study.ts';
import type { PlannedVisit } from '../planned-visits.ts';

/** A participant, with all that datasets say of them. */
export interface SdtmParticipant {
  readonly usubjid: string;
  readonly randomization: EntryOf<'randomization'>;
  readonly facts: ParticipantFacts;
  /** The date of the randomization at the site. */
  readonly randomizedOn: CivilDate;
  /** Made when it is asked for: of many thousand participants at once it would need much memory. */
  readonly dated: () => DatedVisits;
  readonly moves: () => ReadonlyMap<string, MoveInForce>;
  /** The records in force. */
  readonly injections: readonly InjectionRecord[];
}

/** What was opened of a participant. */
export interface SdtmUnblinded extends SdtmParticipant {
  /** The arm of the slot. */
  readonly arm: NamedArm & Pick<Arm, 'periods' | 'type'>;
  readonly exposure: Exposure | undefined;
  /** The arm of the kit that an injection was given from. */
  readonly armGiven: (record: InjectionRecord) => ArmGiven;
}

/** From the kits of which arms some injections were given: `Injections from kits of Active: 1, of Placebo: 2`. */
export function kitsGivenText(
  { armGiven }: Pick<SdtmUnblinded, 'armGiven'>,
  given: readonly InjectionRecord[],
): string {
  const counts = new Map<string, number>();
  for (const record of given) {
    const { code, name } = armGiven(record).arm;
    const whose = code === 'OTHER' ? 'another study' : name;
    counts.set(whose, (counts.get(whose) ?? 0) + 1);
  }
  const each = [...counts].map(([whose, count]) => `of ${whose}: ${count}`);
  return `Injections from kits ${each.join(', ')}`;
}

/** How a participant is called across studies, by the pattern in study.yaml. */
export function usubjidOf(
  { id, cdisc }: Pick<Study, 'id' | 'cdisc'>,
  site: string,
  subject: string,
): string {
  const parts: Record<string, string> = { study: id, site, subject };
  return cdisc.subject.replace(/\{(study|site|subject)\}/g, (_, part: string) => parts[part]!);
}

/** The dates of the injections that were really given, in their order. */
export function givenDates({ injections }: Pick<SdtmParticipant, 'injections'>): CivilDate[] {
  return injections.flatMap(({ result, date }) => (result === 'given' ? date : [])).toSorted();
}

/** RFSTDTC: the date of the first injection that was really given; undefined before it. */
function referenceDate(one: Pick<SdtmParticipant, 'injections'>): CivilDate | undefined {
  return givenDates(one)[0];
}

/** --DY: the study day of a date; null before the first injection was given. There is no day 0. */
export function dayOn(
  one: Pick<SdtmParticipant, 'injections'>,
  date: CivilDate | undefined,
): number | null {
  const reference = referenceDate(one);
  return reference === undefined || date === undefined ? null : studyDayOf(reference, date);
}

/** A visit that took place, was missed or is planned, with its number. */
export interface NumberedVisit {
  readonly number: number;
  readonly name: string;
  /** Null if it is not planned. */
  readonly day: number | null;
}

/** The number, name and day of a planned visit. */
export function numberedVisit(
  visits: ReadonlyMap<string, PlannedVisit>,
  name: string,
): NumberedVisit | undefined {
  const found = visits.get(name);
  return found && { number: found.number, name: found.name, day: found.visit.day };
}

/**
 * The visits of injections that the schedule does not have. Each has the number of the last visit that was recorded
 * before it, and hundredths after it: 3.01, 3.02.
 */
export function unplannedVisits(
  participant: SdtmParticipant,
  visits: ReadonlyMap<string, PlannedVisit>,
): Map<number, NumberedVisit> {
  const counts = new Map<number, number>();
  const additional = participant.injections.filter(isAdditional);
  return new Map(
    additional
      .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.seq - b.seq))
      .map((one) => {
        const before = participant.injections.flatMap((other) => {
          if (isAdditional(other) || other.date > one.date) return [];
          return visits.get(other.visit)?.number ?? [];
        });
        const base = Math.max(0, ...before);
        const count = (counts.get(base) ?? 0) + 1;
        counts.set(base, count);
        const number = Number((base + count / 100).toFixed(2));
        return [one.seq, { number, name: `UNSCHEDULED ${number.toFixed(2)}`, day: null }];
      }),
  );
}

/** Compares texts by their characters, as programs sort them. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
