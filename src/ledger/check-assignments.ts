import type { Problem } from '../errors.ts';
import { isReplacementSlot, kitNames, ownKits, type Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { siteFactsOfStratum } from '../study/sections/strata.ts';
import type { Site } from '../study/study.ts';
import { changedSite, randomizations, slotsByStratum, withoutHidden } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';

/** The rule that who has a replacement slot has none for whoever replaces them, as the ledger keeps it. */
export const NO_REPLACEMENT_SLOT = 'no replacement slot';

/**
 * Checks that every randomization took the next free slot of its stratum, from the batches allocated before it, or the
 * replacement slot of the participant whom it replaces; that no participant has two, that number and kit are those of
 * the list, and that the site is one of the stratum.
 *
 * @param sites those of study.yaml; without them countries and groups of sites are not checked
 * @param taken numbers of slots that are in use, also of participants whom `entries` does not show
 * @returns each discrepancy, by line of the ledger
 */
export function checkAssignments(
  slots: readonly Slot[],
  entries: readonly Entry[],
  sites?: readonly Site[],
  taken: ReadonlySet<string> = new Set(),
): Problem[] {
  const problems: Problem[] = [];
  const byStratum = slotsByStratum(withoutHidden(slots, randomizations(entries), taken));
  const allocated = new Set<number>();
  const used = new Map<string, number>();
  const seen = new Map<string, number>();
  const numbers = new Map<string, string>();
  const replacementIn = replacementSlots(slots);
  for (const entry of entries) {
    if (entry.action === 'allocation') allocated.add(entry.batch);
    if (entry.action !== 'randomization') continue;
    const report = (message: string) => problems.push(entryProblem(entry, message));
    const before = seen.get(subjectKey(entry.subject));
    if (before !== undefined) report(`${entry.subject} was already randomized in entry ${before}`);
    seen.set(subjectKey(entry.subject), entry.seq);
    const misplaced = misplacedText(entry, sites);
    if (misplaced !== undefined) report(misplaced);
    const replacement = replacementIn(entry, numbers);
    numbers.set(subjectKey(entry.subject), entry.number);
    const wrong = replacementProblem(entry, replacement);
    if (wrong !== undefined) report(wrong);
    if (replacement.twin !== undefined) continue;
    const taken = used.get(entry.stratum) ?? 0;
    used.set(entry.stratum, taken + 1);
    if (replacement.reserved !== undefined) continue;
    const slot = byStratum.get(entry.stratum)?.[taken];
    if (slot === undefined || !allocated.has(slot.batch)) {
      report(
        `${entry.subject} has ${entry.number}, but stratum ${entry.stratum} had no such slot then`,
      );
    } else if (slot.number !== entry.number || !hasKitsOf(entry, slot)) {
      report(`${entry.subject} has ${withKit(entry)}, but the next free slot was ${ofSlot(slot)}`);
    }
  }
  return problems;
}

/** `R001 (kit 474WW4E)`. */
function withKit(entry: Pick<EntryOf<'randomization'>, 'number' | 'kit' | 'kits'>): string {
  const kits = kitNames(entry).filter((kit) => kit !== undefined);
  return kits.length === 0 ? entry.number : `${entry.number} (kit ${kits.join(', ')})`;
}

function ofSlot(slot: Slot): string {
  return withKit({ ...slot, kits: ownKits(slot) });
}

/** Whether a randomization names the kits of a slot, each with its type. */
function hasKitsOf({ kit, kits = [] }: EntryOf<'randomization'>, slot: Slot): boolean {
  const textOf = (some: typeof kits) => some.map((one) => `${one.type} ${one.kit}`).join();
  return kit === slot.kit && textOf(kits) === textOf(ownKits(slot));
}

/** The slots that matter for a participant who replaces another one. */
interface ReplacementSlots {
  /** The slot of the participant who is replaced, if it is a replacement slot: it has none itself. */
  readonly old: Slot | undefined;
  /** The replacement slot of that participant's slot; undefined if it has none. */
  readonly reserved: Slot | undefined;
  /** The slot that the participant has, if it is a replacement slot. */
  readonly twin: Slot | undefined;
}

/**
 * Finds the slots that matter for a randomization.
 *
 * @param slots the allocation list
 * @returns a function of the entry, and of the numbers of the participants so far, by `subjectKey`
 */
function replacementSlots(
  slots: readonly Slot[],
): (entry: EntryOf<'randomization'>, numbers: ReadonlyMap<string, string>) => ReplacementSlots {
  const twins = slots.filter(isReplacementSlot);
  const byNumber = new Map<string | undefined, Slot>(twins.map((slot) => [slot.number, slot]));
  const bySlot = new Map<string | undefined, Slot>(
    twins.map((slot) => [slot.replacementFor, slot]),
  );
  return ({ replaces, number }, numbers) => {
    const before = replaces === undefined ? undefined : numbers.get(subjectKey(replaces));
    return { old: byNumber.get(before), reserved: bySlot.get(before), twin: byNumber.get(number) };
  };
}

/** What is wrong with a participant who should have a replacement slot, or who has one; undefined if nothing is. */
function replacementProblem(
  entry: EntryOf<'randomization'>,
  { old, reserved, twin }: ReplacementSlots,
): string | undefined {
  const { subject, number, stratum, replaces, deviations } = entry;
  if (reserved !== undefined) {
    const isRight =
      reserved.number === number && hasKitsOf(entry, reserved) && reserved.stratum === stratum;
    if (isRight) return undefined;
    return `${subject} replaces ${replaces!} and has ${withKit(entry)} of ${stratum}, but the replacement slot is ${ofSlot(reserved)} of ${reserved.stratum}`;
  }
  if (twin !== undefined) {
    return `${subject} has ${number}, which only whoever replaces the participant of ${twin.replacementFor!} can have`;
  }
  if (old === undefined) return undefined;
  if (deviations?.includes(NO_REPLACEMENT_SLOT) === true) return undefined;
  return `${subject} replaces ${replaces!}, whose slot ${old.number} has no replacement slot, and the entry does not say that this is a deviation`;
}

/** That the site of a participant is not one of the stratum; undefined if it is, or nobody can say. */
function misplacedText(
  entry: EntryOf<'randomization'>,
  sites?: readonly Site[],
): string | undefined {
  const { subject, site, stratum } = entry;
  const facts = siteFactsOfStratum(stratum);
  const said = facts.site ?? site;
  if (said !== site) return `${subject} belongs to site ${site}, but is in stratum ${stratum}`;
  if (facts.site !== undefined || sites === undefined) return undefined;
  const own = sites.find(({ code }) => code === site);
  if (own === undefined)
    return `${subject} belongs to site ${site}, which study.yaml does not have`;
  return changedSite(own, entry);
}
