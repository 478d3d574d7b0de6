import type { SealedArm } from '../../blinding/commitment.ts';
import type { MasterContent } from '../../blinding/sealed-list.ts';
import { RandoseError } from '../../errors.ts';
import type { Unblinded } from '../../exports/tables/unblinded-table.ts';
import { type ArmOfKit, exposureOf } from '../../ledger/arms-given.ts';
import { type InjectionRecord, injectionsBySubject } from '../../ledger/injections.ts';
import { kitsOfEntry, randomizations } from '../../ledger/enrolment.ts';
import type { EntryOf } from '../../ledger/entry.ts';
import { firstCodeBreaks, firstReveals } from '../../ledger/openings.ts';
import { factsBySubject } from '../../ledger/participant-facts.ts';
import { kitsOf, ownKits, type Slot } from '../../randomization/list.ts';
import type { OpenStudy } from '../../store/open-study.ts';
import { subjectKey } from '../../study/identifiers.ts';
import { STUDY_FILE } from '../../study/layout.ts';
import { injectionCount } from '../../study/sections/schedule.ts';
import { readStudy } from '../../study/study-file.ts';
import type { Arm } from '../../study/study.ts';

/** A slot as it was sealed, with its arm. */
interface SealedSlot {
  readonly slot: Slot;
  readonly arm: SealedArm & Pick<Arm, 'periods'>;
}

/** The slots of the opened list. */
export interface SealedSlots {
  readonly bySlot: ReadonlyMap<string, SealedSlot>;
  /** Spare kits too; empty if the study has no kits. */
  readonly byKit: ReadonlyMap<string, SealedSlot>;
}

/** Reads the slots from the opened list. */
export function sealedSlots(masters: readonly MasterContent[]): SealedSlots {
  const bySlot = new Map<string, SealedSlot>();
  const byKit = new Map<string, SealedSlot>();
  for (const { studyFile, slots } of masters) {
    const sealed = readStudy(studyFile, STUDY_FILE);
    const known = new Map(sealed.ok ? sealed.value.arms.map((arm) => [arm.code, arm]) : []);
    for (const slot of slots) {
      const arm = known.get(slot.arm);
      if (arm === undefined) continue;
      bySlot.set(slot.number, { slot, arm });
      for (const kit of kitsOf(slot)) byKit.set(kit, { slot, arm });
    }
  }
  return { bySlot, byKit };
}

/** A participant with the arm of the slot as it was sealed, and the records of the injections in force. */
export interface Opened {
  readonly randomization: EntryOf<'randomization'>;
  readonly arm: SealedSlot['arm'];
  readonly doses: readonly InjectionRecord[];
}

/** Every participant with the arm of the slot. @throws RandoseError `not-trusted` if the list does not have the slot */
export function openedParticipants({ entries }: OpenStudy, list: SealedSlots): Opened[] {
  const doses = injectionsBySubject(entries);
  return randomizations(entries).map((randomization) => {
    const { number, subject } = randomization;
    const sealed = list.bySlot.get(number);
    const own = ownKits(sealed?.slot ?? {}).map((one) => one.kit);
    const isOfSlot =
      sealed?.slot.kit === randomization.kit &&
      own.join() === (randomization.kits ?? []).map((one) => one.kit).join();
    if (sealed !== undefined && isOfSlot) {
      return { randomization, arm: sealed.arm, doses: doses.get(subjectKey(subject)) ?? [] };
    }
    throw new RandoseError(
      'not-trusted',
      `NOT TRUSTED: the list has no ${number}${kitsOfEntry(randomization).length === 0 ? '' : ` with kit ${kitsOfEntry(randomization).join(', ')}`}`,
      {
        hint: `The ledger says that ${subject} has it, but the list does not have it. Run: randose verify`,
      },
    );
  });
}

/**
 * Participants with what tables say of them.
 *
 * @param open has the entries that say more than their slots and injections
 */
export function summed(
  opened: readonly Opened[],
  list: SealedSlots,
  { study, entries }: Pick<OpenStudy, 'study' | 'entries'>,
): Unblinded[] {
  const factsOf = factsBySubject(entries);
  const openedAt = firstCodeBreaks(entries);
  const revealedAt = firstReveals(entries);
  const hasInjections = injectionCount(study.schedule) > 0;
  return opened.map(({ randomization, arm, doses }) => ({
    randomization,
    arm,
    facts: factsOf(randomization.subject),
    exposure: hasInjections || doses.length > 0 ? exposureOf(doses, arm, armIn(list)) : undefined,
    opened: openedAt(randomization),
    revealed: revealedAt(randomization.subject),
  }));
}

/** Finds the arm of a kit. */
export function armIn({ byKit }: SealedSlots): ArmOfKit {
  return (kit) => byKit.get(kit)?.arm;
}
