import { subjectKey } from '../study/identifiers.ts';
import { additionalDosesInForce } from './additional-doses.ts';
import { visitEntries } from './doses.ts';
import { entriesOf, type Entry } from './entry.ts';

/** A kit that a participant was given, by the ledger. */
export interface GivenKit {
  /** Its code; for a kit of another study what is written on it. */
  readonly kit: string;
  readonly isOfStudy: boolean;
  /** YYYY-MM-DD */
  readonly date: string;
  /** The sequence number of the entry. */
  readonly seq: number;
}

/**
 * The kits that a participant was given other than those of the slot: by a recorded injection or dispensing
 * (usually a deviation) that was not corrected or taken back later. Each kit once.
 *
 * @param own the kits of the participant's slot
 */
export function otherKitsGiven(
  entries: readonly Entry[],
  subject: string,
  own: readonly string[],
): GivenKit[] {
  const given = new Map<string, GivenKit>();
  const doses = visitEntries(entries, subject).filter((entry) => entry.action === 'dose');
  const corrected = new Set(doses.map(({ corrects }) => corrects));
  const inForce = [
    ...doses.filter(({ seq, result }) => result === 'given' && !corrected.has(seq)),
    ...additionalDosesInForce(entries).filter((one) => isSame(one.subject, subject)),
  ].toSorted((a, b) => a.seq - b.seq);
  for (const { seq, kit: code, otherKit, date } of inForce) {
    const kit = otherKit ?? code;
    if (kit === null) continue;
    if (!given.has(kit)) given.set(kit, { kit, isOfStudy: otherKit === undefined, date, seq });
  }
  const events = entriesOf(entries, 'kit');
  const takenBack = new Set(events.map(({ corrects }) => corrects));
  for (const { seq, event, kit, date, subject: whose } of events) {
    const isTheirs = whose !== null && isSame(whose, subject);
    if (event !== 'dispensed' || !isTheirs || takenBack.has(seq)) continue;
    if (!given.has(kit)) given.set(kit, { kit, isOfStudy: true, date, seq });
  }
  return [...given.values()].filter(({ kit }) => !own.includes(kit));
}

function isSame(one: string, other: string): boolean {
  return subjectKey(one) === subjectKey(other);
}
