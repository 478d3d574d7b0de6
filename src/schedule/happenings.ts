import type { CivilDate } from '../study/civil-date.ts';
import type { Visit } from './visits.ts';

/** What happened to a participant's plan, as far as the calendar depends on it. */
export type Happening = VisitRecord | ScheduleChange | Withdrawal;

/** From a date on, the participant has the schedule of an amendment. */
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

/** A record of a visit: an injection, a move to another date, or a retraction of one of them. */
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
} & (MoveHappening | DoseHappening);

interface MoveHappening {
  readonly action: 'move';
  /** The sequence number of the move that it takes back. */
  readonly retracts?: number | undefined;
}

interface DoseHappening {
  readonly action: 'dose';
  readonly result: 'given' | 'not done' | 'retracted';
  /** The kit that the record names; null if it names none of the study. */
  readonly kit: string | null;
  /** A kit that does not belong to the study, as it is written on it. */
  readonly otherKit?: string | undefined;
}

/** Whether something happened to a visit, and not to the whole plan. */
export function isVisitRecord(one: Happening): one is VisitRecord {
  return one.action === 'dose' || one.action === 'move';
}

/** The record of an injection that is in force. */
export type DoseInForce = VisitRecord & DoseHappening & { readonly result: 'given' | 'not done' };
/** The move of a visit that is in force. */
export type MoveInForce = VisitRecord & MoveHappening;

/** The records of one participant that are in force, by visit. */
export interface RecordsInForce {
  readonly doses: ReadonlyMap<string, DoseInForce>;
  readonly moves: ReadonlyMap<string, MoveInForce>;
}

/**
 * The records that are in force: the last one of each injection, and the last move of each visit. A retraction of
 * an injection leaves none. A retraction of a move leaves the move before it.
 *
 * @param happenings in the order of their entries
 */
export function recordsInForce(happenings: readonly Happening[]): RecordsInForce {
  const doses = new Map<string, DoseInForce>();
  const moves = new Map<string, MoveInForce[]>();
  for (const one of happenings) {
    if (!isVisitRecord(one)) continue;
    if (one.action === 'move') {
      const own = moves.get(one.visit) ?? [];
      if (one.retracts === undefined) own.push(one);
      else own.pop();
      moves.set(one.visit, own);
    } else if (isInForce(one)) doses.set(one.visit, one);
    else doses.delete(one.visit);
  }
  const lastMoves = [...moves].flatMap(([visit, own]): [string, MoveInForce][] => {
    const last = own.at(-1);
    return last === undefined ? [] : [[visit, last]];
  });
  return { doses, moves: new Map(lastMoves) };
}

function isInForce(one: VisitRecord & DoseHappening): one is DoseInForce {
  return one.result !== 'retracted';
}
