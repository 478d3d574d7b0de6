import type { Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';

/** Whom a participant replaces, and who replaces them; undefined if there is nobody. */
export interface Replacement {
  readonly replaced: EntryOf<'randomization'> | undefined;
  readonly replacedBy: EntryOf<'randomization'> | undefined;
}

const NOBODY: Replacement = { replaced: undefined, replacedBy: undefined };

/** Who replaces whom. @returns for a subject id, as the entries have it */
export function replacementsBySubject(entries: readonly Entry[]): (subject: string) => Replacement {
  const all = entriesOf(entries, 'randomization');
  const replacing = all.filter(({ replaces }) => replaces !== undefined);
  if (replacing.length === 0) return () => NOBODY;
  const bySubject = new Map(all.map((one) => [subjectKey(one.subject), one]));
  const bySuccessor = new Map<string, EntryOf<'randomization'> | undefined>();
  const byReplaced = new Map<string, EntryOf<'randomization'>>();
  for (const one of replacing) {
    const old = subjectKey(one.replaces!);
    bySuccessor.set(subjectKey(one.subject), bySubject.get(old));
    // Nobody is replaced twice; of a ledger that says so, the first one counts.
    if (!byReplaced.has(old)) byReplaced.set(old, one);
  }
  return (subject) => {
    const key = subjectKey(subject);
    return { replaced: bySuccessor.get(key), replacedBy: byReplaced.get(key) };
  };
}

/** The slot that has the same arm as another one by design: its replacement slot, or the one that it is for. */
export function pairedSlot(slots: readonly Slot[], number: string): Slot | undefined {
  const own = slots.find((slot) => slot.number === number);
  return slots.find(
    (slot) => slot.replacementFor === number || slot.number === own?.replacementFor,
  );
}

/**
 * Whose arm is known as soon as that of a slot is, as a sentence for somebody who sees the arm; undefined if there is no
 * such slot.
 */
export function sameArmText(
  slots: readonly Slot[],
  entries: readonly Entry[],
  number: string,
): string | undefined {
  const pair = pairedSlot(slots, number);
  if (pair === undefined) return undefined;
  const holder = entriesOf(entries, 'randomization').find((one) => one.number === pair.number);
  const what =
    pair.replacementFor === undefined
      ? `${number} is the replacement slot of ${pair.number}`
      : `${pair.number} is the replacement slot of ${number}`;
  const whose = holder === undefined ? 'nobody has it yet' : `${holder.subject} has ${pair.number}`;
  return `Same arm: ${what}, and ${whose}.`;
}
