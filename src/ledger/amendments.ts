import { sha256 } from '../digest.ts';
import type { Problem } from '../errors.ts';
import type { CivilDate } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { scheduleParts } from '../study/sections/schedule.ts';
import type { Amendment, Study } from '../study/study.ts';
import { entryProblem } from './entry-problem.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';

/** The digest of everything that an amendment says (docs/FORMATS.md). */
export function amendmentDigest({ id, from, applies, schedule }: Amendment): string {
  return sha256(JSON.stringify([id, from, applies, scheduleParts(schedule)]));
}

/** How the amendments in study.yaml compare with those that the ledger has put in force. */
interface AmendmentsCompared {
  /** In study.yaml, but not in force yet. */
  readonly pending: readonly Amendment[];
  /** In force, but not in study.yaml, or not as they were put in force. */
  readonly changed: readonly EntryOf<'amendment'>[];
}

export function compareAmendments(
  { amendments }: Pick<Study, 'amendments'>,
  entries: readonly Entry[],
): AmendmentsCompared {
  const inForce = entriesOf(entries, 'amendment');
  const digests = new Map(amendments.map((one) => [one.id, amendmentDigest(one)]));
  return {
    pending: amendments.filter(({ id }) => inForce.every(({ amendment }) => amendment !== id)),
    changed: inForce.filter(({ amendment, digest }) => digests.get(amendment) !== digest),
  };
}

/** An amendment that counts for one participant, from a date on. */
export interface AmendmentFrom {
  readonly amendment: Amendment;
  readonly from: CivilDate;
  /** The entry that says so. */
  readonly entry: EntryOf<'amendment'> | EntryOf<'amendment consent'>;
}

/** The amendments of one participant. */
export interface AmendmentsOf {
  /** The one with which the participant was randomized; undefined for the schedule of the list. */
  readonly atRandomization: Amendment | undefined;
  /** Those that came later, in the order of their entries. */
  readonly later: readonly AmendmentFrom[];
}

/**
 * Finds which amendments count for each participant. Somebody who was randomized when an amendment was in force has
 * its schedule from the beginning. An earlier participant has it from its date on if it is for everyone, or from the
 * date on which they were moved to it.
 *
 * @returns for a randomization and its date at the site
 */
export function amendmentsByParticipant(
  { amendments }: Pick<Study, 'amendments'>,
  entries: readonly Entry[],
): (randomization: EntryOf<'randomization'>, randomizedOn: CivilDate) => AmendmentsOf {
  const known = new Map(amendments.map((one) => [one.id, one]));
  const acts = entries.filter((entry) => {
    return entry.action === 'amendment' || entry.action === 'amendment consent';
  });
  return (randomization, randomizedOn) => {
    let atRandomization: Amendment | undefined;
    const later: AmendmentFrom[] = [];
    for (const entry of acts) {
      const amendment = known.get(entry.amendment);
      if (amendment === undefined) continue;
      if (entry.action === 'amendment consent') {
        const isOwn = subjectKey(entry.subject) === subjectKey(randomization.subject);
        if (isOwn) later.push({ amendment, from: entry.from, entry });
      } else {
        const isIn = entry.from <= randomizedOn;
        if (isIn && entry.seq < randomization.seq) atRandomization = amendment;
        else if (isIn || entry.applies === 'everyone') {
          later.push({ amendment, from: entry.from, entry });
        }
      }
    }
    return { atRandomization, later };
  };
}

/** The amendment that somebody who is randomized on a date gets; undefined for the schedule of the list. */
export function amendmentOn(
  { amendments }: Pick<Study, 'amendments'>,
  entries: readonly Entry[],
  date: CivilDate,
): Amendment | undefined {
  const inForce = entriesOf(entries, 'amendment').findLast(({ from }) => from <= date);
  return amendments.find(({ id }) => id === inForce?.amendment);
}

/**
 * Checks that each amendment was put in force once, and that participants were moved only to one that was in force,
 * after their randomization, and once.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkAmendments(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const inForce = new Map<string, number>();
  const moved = new Set<string>();
  const randomized = new Set<string>();
  for (const entry of entries) {
    const report = (message: string) => problems.push(entryProblem(entry, message));
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (entry.action === 'amendment') {
      const before = inForce.get(entry.amendment);
      if (before !== undefined) {
        report(`puts amendment ${entry.amendment} in force again: entry ${before} did`);
      }
      inForce.set(entry.amendment, entry.seq);
    }
    if (entry.action !== 'amendment consent') continue;
    const { subject, amendment } = entry;
    if (!inForce.has(amendment)) report(`amendment ${amendment} was not in force before`);
    if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
    const key = `${subjectKey(subject)} ${amendment}`;
    if (moved.has(key)) report(`${subject} was moved to amendment ${amendment} before`);
    moved.add(key);
  }
  return problems;
}
