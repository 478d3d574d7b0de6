import type { CivilDate } from '../study/civil-date.ts';
import type { SubjectId } from '../study/identifiers.ts';
import type { SiteChange } from '../study/site-periods.ts';
import type { Visit } from './visits.ts';

/** What happened to a participant's plan, as far as the calendar depends on it. */
export type Happening =
  VisitRecord | ScheduleChange | Withdrawal | AdditionalDose | IdCorrection | Transfer;

/** From a date on, the participant has the schedule of an amendment; or that is taken back. */
export interface ScheduleChange {
  /** The sequence number of the entry that put it in force for the participant. */
  readonly seq: number;
  /** When it was recorded, ISO 8601, UTC. */
  readonly time: string;
  readonly action: 'amendment';
  /** The id of the amendment. */
  readonly amendment: string;
  readonly from: CivilDate;
  /** All visits of the amended schedule. */
  readonly visits: readonly Visit[];
  /** The sequence number of the change that it takes back. */
  readonly retracts?: number | undefined;
}

/** After a date the participant has no injections, or no visits at all; or that is taken back. */
export interface Withdrawal {
  readonly seq: number;
  readonly time: string;
  readonly action: 'withdrawal';
  readonly date: CivilDate;
  readonly from: 'treatment' | 'study';
  /** The sequence number of the withdrawal that it takes back. */
  readonly retracts?: number | undefined;
}

/** The participant has another id from now on: what was exported says the old one. */
export interface IdCorrection {
  readonly seq: number;
  readonly time: string;
  readonly action: 'subject correction';
  readonly newId: SubjectId;
}

/** Another site has the participant from a date on; or that is taken back. */
export interface Transfer extends SiteChange {
  readonly time: string;
  readonly action: 'transfer';
}

/** An injection that the schedule does not have; or that is taken back. */
export interface AdditionalDose extends AsGiven {
  readonly seq: number;
  readonly time: string;
  readonly action: 'additional dose';
  readonly date: CivilDate;
  readonly result: 'given' | 'retracted';
  readonly reason: string | null;
  readonly deviations: readonly string[];
  readonly kit: string | null;
  readonly otherKit?: string | undefined;
  /** The sequence number of the dose that it takes back. */
  readonly corrects: number | null;
}

/** How much was given, if the record says so. */
export interface AsGiven {
  readonly amount?: string | undefined;
  /** In kg. */
  readonly weight?: string | undefined;
}

/** A record of a visit: an injection, assessments, a move to another date, or a retraction of one of them. */
export type VisitRecord = {
  /** The sequence number in the ledger. */
  readonly seq: number;
  /** When it was recorded, ISO 8601, UTC. */
  readonly time: string;
  readonly visit: string;
  readonly date: CivilDate;
  readonly reason: string | null;
  /** The rules that somebody said were broken when it was entered. */
  readonly deviations: readonly string[];
} & (MoveHappening | DoseHappening | AttendanceHappening);

interface MoveHappening {
  readonly action: 'move';
  /** The sequence number of the move that it takes back. */
  readonly retracts?: number | undefined;
}

interface DoseHappening extends AsGiven {
  readonly action: 'dose';
  readonly result: 'given' | 'not done' | 'retracted';
  /** The kit that the record names; null if it names none of the study. */
  readonly kit: string | null;
  /** A kit that does not belong to the study, as it is written on it. */
  readonly otherKit?: string | undefined;
}

interface AttendanceHappening {
  readonly action: 'attendance';
  /** The names of the assessments that the record is about. */
  readonly assessments: readonly string[];
  readonly result: 'done' | 'not done' | 'retracted';
}

/** Whether something happened to a visit, and not to the whole plan. */
export function isVisitRecord(one: Happening): one is VisitRecord {
  return one.action === 'dose' || one.action === 'attendance' || one.action === 'move';
}

/** When something was recorded first, whatever was corrected since. */
interface Since {
  /** The sequence number of the first record of it, if this one corrects others. */
  readonly since: number;
}

/** The record of an injection that is in force. */
export type DoseInForce = VisitRecord &
  DoseHappening &
  Since & { readonly result: 'given' | 'not done' };
/** The move of a visit that is in force. */
export type MoveInForce = VisitRecord & MoveHappening;
/** The record of an assessment that is in force. */
export type AttendanceInForce = VisitRecord &
  AttendanceHappening &
  Since & { readonly result: 'done' | 'not done' };

/** The records of one participant that are in force, by visit. */
export interface RecordsInForce {
  readonly doses: ReadonlyMap<string, DoseInForce>;
  readonly moves: ReadonlyMap<string, MoveInForce>;
  /** Visit → the name of an assessment → its record. */
  readonly attendances: ReadonlyMap<string, ReadonlyMap<string, AttendanceInForce>>;
}

/**
 * The records that are in force: the last one of each injection and of each assessment, and the last move of each
 * visit. A retraction of an injection or of an assessment leaves none. A retraction of a move leaves the move before it.
 *
 * @param happenings in the order of their entries
 */
export function recordsInForce(happenings: readonly Happening[]): RecordsInForce {
  const doses = new Map<string, DoseInForce>();
  const moves = new Map<string, MoveInForce[]>();
  const attendances = new Map<string, Map<string, AttendanceInForce>>();
  for (const one of happenings) {
    if (!isVisitRecord(one)) continue;
    if (one.action === 'attendance') {
      const own = attendances.get(one.visit) ?? new Map<string, AttendanceInForce>();
      attendances.set(one.visit, own);
      attend(own, one);
    } else if (one.action === 'move') {
      const own = moves.get(one.visit) ?? [];
      if (one.retracts === undefined) own.push(one);
      else own.pop();
      moves.set(one.visit, own);
    } else if (one.result === 'retracted') doses.delete(one.visit);
    else {
      const { visit, result, seq } = one;
      doses.set(visit, { ...one, result, since: doses.get(visit)?.since ?? seq });
    }
  }
  const lastMoves = [...moves].flatMap(([visit, own]): [string, MoveInForce][] => {
    const last = own.at(-1);
    return last === undefined ? [] : [[visit, last]];
  });
  return { doses, moves: new Map(lastMoves), attendances };
}

/** Enters a record of assessments among those of its visit. */
function attend(own: Map<string, AttendanceInForce>, one: VisitRecord & AttendanceHappening): void {
  const { result } = one;
  for (const name of one.assessments) {
    if (result === 'retracted') own.delete(name);
    else own.set(name, { ...one, result, since: own.get(name)?.since ?? one.seq });
  }
}
