import { sha256 } from '../digest.ts';
import type { Problem } from '../errors.ts';
import { addDays, type CivilDate, datedName, daysBetween } from '../study/civil-date.ts';
import { subjectKey } from '../study/identifiers.ts';
import { changesInForce } from '../study/site-periods.ts';
import { scheduleParts } from '../study/sections/schedule.ts';
import type { Amendment, Study } from '../study/study.ts';
import { entryProblem } from './entry-problem.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { aheadText, FARTHEST_DAYS } from './randomization-rules.ts';

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

/** An amendment that counts for one participant, from a date on; or the move to one that is taken back. */
export interface AmendmentFrom extends Pick<EntryOf<'amendment consent'>, 'retracts'> {
  readonly amendment: Amendment;
  readonly from: CivilDate;
  /** The sequence number of the entry that says so, and its time. */
  readonly seq: number;
  readonly time: string;
  /** Whether this participant was moved to it, and not everyone. */
  readonly isOwn: boolean;
}

/** The amendments of one participant. */
export interface AmendmentsOf {
  /** The one with which the participant was randomized; undefined for the schedule of the list. */
  readonly atRandomization: Amendment | undefined;
  /** Those that came later and were not taken back, in the order of their entries. */
  readonly later: readonly AmendmentFrom[];
  /** Those, and with them what was taken back, and what took it back: the history of the calendar needs it. */
  readonly all: readonly AmendmentFrom[];
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
    const all: AmendmentFrom[] = [];
    for (const entry of acts) {
      const amendment = known.get(entry.amendment);
      if (amendment === undefined) continue;
      const { from, seq, time } = entry;
      if (entry.action === 'amendment consent') {
        const isOwn = subjectKey(entry.subject) === subjectKey(randomization.subject);
        if (isOwn) all.push({ amendment, from, seq, time, isOwn, retracts: entry.retracts });
      } else {
        const isIn = from <= randomizedOn;
        if (isIn && seq < randomization.seq) atRandomization = amendment;
        else if (isIn || entry.applies === 'everyone') {
          all.push({ amendment, from, seq, time, isOwn: false });
        }
      }
    }
    return { atRandomization, later: changesInForce(all), all };
  };
}

/** When a participant is to be moved to an amendment. */
interface AmendmentMove {
  readonly subject: string;
  readonly amendment: Pick<Amendment, 'id' | 'from'>;
  readonly from: CivilDate;
  /** The date of the randomization at the site. */
  readonly randomizedOn: CivilDate;
  /** The date at the site. */
  readonly today: CivilDate;
}

/**
 * Why a participant cannot be moved to an amendment from a date on: it is before the amendment or the randomization, or
 * so far ahead that it is probably a slip of the year.
 *
 * @returns what is wrong, and what to do; undefined if nothing is
 */
export function moveProblem(move: AmendmentMove): { what: string; hint: string } | undefined {
  const { subject, amendment, from, randomizedOn, today } = move;
  const { id } = amendment;
  const about = `${subject}: ${datedName(from)} is`;
  const say = `Nothing was recorded. --date is the day from which ${subject} has amendment ${id}`;
  if (from < randomizedOn) {
    const what = `${about} before the randomization, on ${datedName(randomizedOn)}`;
    return { what, hint: `${say}.` };
  }
  if (from < amendment.from) {
    const what = `${about} before amendment ${id} counts, from ${datedName(amendment.from)}`;
    return { what, hint: `${say}: ${amendment.from} or later.` };
  }
  const days = daysBetween(today, from);
  if (days <= FARTHEST_DAYS) return undefined;
  const what = `${about} ${aheadText(days)}`;
  const first = addDays(from, -FARTHEST_DAYS);
  return { what, hint: `${say}. If it is right, record it on ${first} or later.` };
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
 * after their randomization, and once, unless that was taken back.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkAmendments(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const inForce = new Map<string, number>();
  /** The entry that moved a participant to an amendment, if it was not taken back. */
  const moved = new Map<string, number>();
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
    const { subject, amendment, retracts } = entry;
    const key = `${subjectKey(subject)} ${amendment}`;
    if (retracts !== undefined) {
      if (moved.get(key) !== retracts) {
        report(
          `takes back entry ${retracts}, which did not move ${subject} to amendment ${amendment}, or was taken back before`,
        );
      }
      moved.delete(key);
      continue;
    }
    if (!inForce.has(amendment)) report(`amendment ${amendment} was not in force before`);
    if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
    if (moved.has(key)) report(`${subject} was moved to amendment ${amendment} before`);
    moved.set(key, entry.seq);
  }
  return problems;
}
