import { isReplacementSlot, type Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { mayHaveAny } from './line-entry.ts';

/** Whom a participant replaces, and who replaces them; undefined if there is nobody. */
export interface Replacement {
  readonly replaced: EntryOf<'randomization'> | undefined;
  readonly replacedBy: EntryOf<'randomization'> | undefined;
}

const REPLACES = [Buffer.from('"replaces"')];

const NOBODY: Replacement = { replaced: undefined, replacedBy: undefined };

/** Who replaces whom. @returns for a subject id, as the entries have it */
export function replacementsBySubject(entries: readonly Entry[]): (subject: string) => Replacement {
  const all = entriesOf(entries, 'randomization');
  // Few participants replace somebody: the others' lines need not be parsed for it.
  const replacing = all.filter((one) => mayHaveAny(one, REPLACES) && one.replaces !== undefined);
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

/**
 * The slots that have the same arm by design: a slot and its replacement slot.
 *
 * @returns for the number of one of them the other one; undefined if there is none
 */
export function pairedSlots(slots: readonly Slot[]): (number: string) => Slot | undefined {
  const byNumber = new Map<string, Slot>(slots.map((slot) => [slot.number, slot]));
  const pairs = new Map<string, Slot | undefined>();
  for (const twin of slots.filter(isReplacementSlot)) {
    const number = twin.replacementFor!;
    pairs.set(number, twin);
    pairs.set(twin.number, byNumber.get(number));
  }
  return (number) => pairs.get(number);
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
  const pair = pairedSlots(slots)(number);
  if (pair === undefined) return undefined;
  const holder = entriesOf(entries, 'randomization').find((one) => one.number === pair.number);
  const what =
    pair.replacementFor === undefined
      ? `${number} is the replacement slot of ${pair.number}`
      : `${pair.number} is the replacement slot of ${number}`;
  const whose = holder === undefined ? 'nobody has it yet' : `${holder.subject} has ${pair.number}`;
  return `Same arm: ${what}, and ${whose}.`;
}
