import type { CivilDate } from '../study/civil-date.ts';
import type { Arm } from '../study/study.ts';
import type { EntryOf } from './entry.ts';
import type { InjectionRecord } from './injections.ts';

/** An arm as tables name it. */
export type NamedArm = Pick<Arm, 'code' | 'name'>;

/** Finds the arm of a kit, of a spare kit too. @returns undefined if no slot has the kit */
export type ArmOfKit = (kit: string) => NamedArm | undefined;

/** Stands for the arm of an injection that was given from a kit of another study. */
const OTHER_STUDY: NamedArm = { code: 'OTHER', name: 'Kit of another study' };
/** Stands for the actual arm of a participant who had no injection. Code and name are SDTM's own. */
const NOT_TREATED: NamedArm = { code: 'NOTTRT', name: 'Not Treated' };
/** Stands for the actual arm of a participant whose injections were not all of one arm. */
const MIXED: NamedArm = { code: 'MIXED', name: 'Mixed' };

/** The arm of an injection as it was given. */
export interface ArmGiven {
  readonly arm: NamedArm;
  /** Whether the record names no kit, so that the arm is that of the participant's own slot. */
  readonly isAssumed: boolean;
}

/**
 * The arm of the kit that an injection was really given from.
 *
 * @param own the arm of the participant's slot
 */
export function armGiven(
  { kit, otherKit }: Pick<EntryOf<'dose'>, 'kit' | 'otherKit'>,
  own: NamedArm,
  armOfKit: ArmOfKit,
): ArmGiven {
  if (otherKit !== undefined) return { arm: OTHER_STUDY, isAssumed: false };
  if (kit === null) return { arm: own, isAssumed: true };
  return { arm: armOfKit(kit) ?? OTHER_STUDY, isAssumed: false };
}

/** The injections that one participant really had. */
export interface Exposure {
  /** The number of injections that were given. */
  readonly count: number;
  /** The dates of the first and the last one; undefined if there was none. */
  readonly first: CivilDate | undefined;
  readonly last: CivilDate | undefined;
  /** As SDTM means ACTARM: what the participant had, whatever the slot says. */
  readonly actual: NamedArm;
}

/**
 * Sums up the injections that one participant really had.
 *
 * @param doses the participant's records in force, in any order
 * @param own the arm of the participant's slot
 */
export function exposureOf(
  doses: readonly Pick<InjectionRecord, 'result' | 'date' | 'kit' | 'otherKit'>[],
  own: NamedArm,
  armOfKit: ArmOfKit,
): Exposure {
  const given = doses.filter(({ result }) => result === 'given');
  const dates = given.map(({ date }) => date).toSorted();
  return {
    count: given.length,
    first: dates[0],
    last: dates.at(-1),
    actual: actualArm(given.map((dose) => armGiven(dose, own, armOfKit).arm)),
  };
}

function actualArm(arms: readonly NamedArm[]): NamedArm {
  const [first] = arms;
  if (first === undefined) return NOT_TREATED;
  const isOne = arms.every(({ code, name }) => code === first.code && name === first.name);
  return isOne ? first : MIXED;
}
