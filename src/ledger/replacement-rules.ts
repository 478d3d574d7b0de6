import type { Problem } from '../errors.ts';
import type { Slot } from '../randomization/list.ts';
import { subjectKey } from '../study/identifiers.ts';
import { entryProblem } from './entry-problem.ts';
import type { Entry, EntryOf } from './entry.ts';
import { factsBySubject } from './participant-facts.ts';
import { NO_REPLACEMENT_SLOT } from './check-assignments.ts';
import { replacementSlotOf } from './enrolment.ts';
import { earlierOpeningText, openingsOfSlot } from './openings.ts';
import type { Objection } from './randomization-rules.ts';

/** The rule that somebody is replaced only after they stopped, as the ledger keeps it. */
export const NOT_STOPPED = 'replaced participant not withdrawn';

/** The rule that nobody knows the arm that a new participant gets, as the ledger keeps it. */
const ARM_KNOWN = 'arm of the replaced participant was opened';

/** The objections to replacing a participant, unless it is a protocol deviation. @param slots the allocation list */
export function objectionsToReplacing(
  entries: readonly Entry[],
  slots: readonly Slot[],
  old: Pick<EntryOf<'randomization'>, 'subject' | 'number'>,
): Objection[] {
  const { subject, number } = old;
  const objections: Objection[] = [];
  if (!hasStopped(entries, subject)) {
    const text = `${subject}, who is to be replaced, is neither withdrawn nor randomized in error`;
    objections.push({ rule: NOT_STOPPED, text });
  }
  const own = slots.find((slot) => slot.number === number);
  if (own?.replacementFor !== undefined) {
    const text = `${subject} has ${number}, the replacement slot of ${own.replacementFor}, and there is no second one. As a deviation, the next free slot is given; its arm can be another one`;
    objections.push({ rule: NO_REPLACEMENT_SLOT, text });
  }
  const reserved = replacementSlotOf(slots, number);
  const opened = reserved === undefined ? undefined : openedBefore(entries, old, reserved);
  if (opened !== undefined) objections.push({ rule: ARM_KNOWN, text: opened });
  return objections;
}

/** That the arm of a replacement slot is known from a code-break; undefined if it is not. */
function openedBefore(
  entries: readonly Entry[],
  { subject, number }: Pick<EntryOf<'randomization'>, 'subject' | 'number'>,
  reserved: Slot,
): string | undefined {
  // Of another kit that was given to the participant the arm can be another one.
  const own = openingsOfSlot(entries, { subject, number }).filter(
    (one) => one.number === null || one.number === number,
  );
  const [first] = [
    ...own,
    ...openingsOfSlot(entries, { subject: undefined, number: reserved.number }),
  ];
  if (first === undefined) return undefined;
  const opened = first.number === reserved.number ? reserved.number : `${number} of ${subject}`;
  return `the allocation of ${opened} was opened on ${earlierOpeningText(first)}: whoever saw it knows the arm of ${reserved.number}, which is the same`;
}

function hasStopped(entries: readonly Entry[], subject: string): boolean {
  const { withdrawal, inError } = factsBySubject(entries)(subject);
  return (withdrawal ?? inError) !== undefined;
}

/** Why nobody can replace a participant, also as a deviation; undefined if somebody can. */
export function whyNotReplaced(
  entries: readonly Entry[],
  old: EntryOf<'randomization'>,
  subject: string,
): string | undefined {
  const { ids, replacement } = factsBySubject(entries)(old.subject);
  if (ids.all.some((id) => subjectKey(id) === subjectKey(subject))) {
    return `${subject} is the participant who is to be replaced: name another one with --subject`;
  }
  const { replacedBy } = replacement;
  if (replacedBy === undefined) return undefined;
  const by = `${old.subject} was replaced by ${replacedBy.subject} (${replacedBy.number}, ledger ${replacedBy.seq})`;
  return `${by}. If ${replacedBy.subject} is to be replaced, write --for ${replacedBy.subject}`;
}

/**
 * Checks that each participant who replaces another one comes after them, that nobody is replaced twice, and that who
 * is replaced had stopped before, unless the entry says that this is a deviation.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkReplacements(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const known = new Set<string>();
  const replacedIn = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    if (entry.action !== 'randomization') continue;
    const { subject, replaces, deviations, seq } = entry;
    if (replaces !== undefined) {
      const report = (message: string) => problems.push(entryProblem(entry, message));
      const old = subjectKey(replaces);
      const before = replacedIn.get(old);
      if (!known.has(old)) {
        report(`${subject} replaces ${replaces}, who was not randomized before`);
      } else if (before !== undefined) {
        report(`${subject} replaces ${replaces}, who was already replaced in entry ${before}`);
      } else if (
        deviations?.includes(NOT_STOPPED) !== true &&
        !hasStopped(entries.slice(0, index), replaces)
      ) {
        report(
          `${subject} replaces ${replaces}, who was neither withdrawn nor randomized in error then`,
        );
      }
      if (before === undefined) replacedIn.set(old, seq);
    }
    known.add(subjectKey(subject));
  }
  return problems;
}
