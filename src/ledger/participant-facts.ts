import type { Problem } from '../errors.ts';
import { subjectKey } from '../study/identifiers.ts';
import { levelsOfStratum } from '../study/sections/strata.ts';
import { entriesOf, type Entry, type EntryOf } from './entry.ts';
import { entryProblem } from './entry-problem.ts';
import { dayText } from './times.ts';
import { type Replacement, replacementsBySubject } from './replacements.ts';
import { type SubjectIds, subjectIds } from './subject-ids.ts';
import { transfersBySubject } from './transfers.ts';
import { changesInForce } from '../study/site-periods.ts';

/** What the ledger says of a participant beside their slot and their visits, as it is now. */
export interface ParticipantFacts {
  /** The current id, and those before it. */
  readonly ids: SubjectIds;
  /** Factor → the true level, for each factor with which the participant was not randomized as they are. */
  readonly corrected: Readonly<Record<string, string>>;
  /** The last of `withdrawals`. */
  readonly withdrawal: EntryOf<'withdrawal'> | undefined;
  /** Those that were not taken back, in their order: from the treatment, and later from the study. */
  readonly withdrawals: readonly EntryOf<'withdrawal'>[];
  /** Those that were not taken back, in their order. */
  readonly transfers: readonly EntryOf<'transfer'>[];
  /** The entry that says that they should not have been randomized. */
  readonly inError: EntryOf<'randomization in error'> | undefined;
  /** Whom they replace, and who replaces them. */
  readonly replacement: Replacement;
}

type FactEntry =
  EntryOf<'stratum correction'> | EntryOf<'withdrawal'> | EntryOf<'randomization in error'>;

function isFact(entry: Entry): entry is FactEntry {
  const { action } = entry;
  return (
    action === 'stratum correction' ||
    action === 'withdrawal' ||
    action === 'randomization in error'
  );
}

/** The facts about each participant. @returns for a subject id */
export function factsBySubject(entries: readonly Entry[]): (subject: string) => ParticipantFacts {
  const bySubject = new Map<string, FactEntry[]>();
  for (const entry of entries.filter(isFact)) {
    const key = subjectKey(entry.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), entry]);
  }
  const strata = new Map(
    bySubject.size === 0
      ? []
      : entriesOf(entries, 'randomization').map((one) => [subjectKey(one.subject), one.stratum]),
  );
  const idsOf = subjectIds(entries);
  const transfers = transfersBySubject(entries);
  const replacementOf = replacementsBySubject(entries);
  return (subject) => {
    const key = subjectKey(subject);
    return {
      ids: idsOf(subject),
      transfers: changesInForce(transfers.get(key) ?? []),
      replacement: replacementOf(subject),
      ...factsFrom(bySubject.get(key) ?? [], strata.get(key)),
    };
  };
}

function factsFrom(
  entries: readonly FactEntry[],
  stratum: string | undefined,
): Omit<ParticipantFacts, 'ids' | 'transfers' | 'replacement'> {
  const randomized = stratum === undefined ? {} : levelsOfStratum(stratum);
  const corrected: Record<string, string> = {};
  let withdrawals: EntryOf<'withdrawal'>[] = [];
  let inError: EntryOf<'randomization in error'> | undefined;
  for (const entry of entries) {
    if (entry.action === 'stratum correction') {
      for (const { factor, level } of entry.levels) corrected[factor] = level;
    } else if (entry.action === 'withdrawal') {
      withdrawals =
        entry.retracts === undefined
          ? [...withdrawals, entry]
          : withdrawals.filter(({ seq }) => seq !== entry.retracts);
    } else inError = entry.retracts === undefined ? entry : undefined;
  }
  return {
    corrected: Object.fromEntries(
      Object.entries(corrected).filter(([factor, level]) => randomized[factor] !== level),
    ),
    withdrawal: withdrawals.at(-1),
    withdrawals,
    inError,
  };
}

/** Every withdrawal and what took it back, by `subjectKey`, in the order of the entries. */
export function withdrawalsBySubject(
  entries: readonly Entry[],
): Map<string, EntryOf<'withdrawal'>[]> {
  const found = new Map<string, EntryOf<'withdrawal'>[]>();
  for (const entry of entriesOf(entries, 'withdrawal')) {
    const key = subjectKey(entry.subject);
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return found;
}

/** The facts in words, a sentence without a full stop each. */
export function factTexts(facts: ParticipantFacts): string[] {
  const { ids, corrected, transfers, withdrawal, inError, replacement } = facts;
  const { replaced, replacedBy } = replacement;
  return [
    ...idTexts(ids),
    ...(inError === undefined
      ? []
      : [`randomized in error: "${inError.reason ?? ''}" (ledger ${inError.seq})`]),
    ...(withdrawal === undefined
      ? []
      : [
          `withdrawn from ${withdrawal.from} on ${withdrawal.date}: "${withdrawal.reason ?? ''}" (ledger ${withdrawal.seq})`,
        ]),
    ...transfers.map(
      ({ from, to, date, reason, seq }) =>
        `transferred from ${from} to ${to} on ${date}: "${reason ?? ''}" (ledger ${seq})`,
    ),
    ...Object.entries(corrected).map(
      ([factor, level]) => `${factor} is ${level}; the slot was given for another level`,
    ),
    ...(replaced === undefined ? [] : [`replaces ${replaced.subject} (${replaced.number})`]),
    ...(replacedBy === undefined
      ? []
      : [`replaced by ${replacedBy.subject} (${replacedBy.number}, ledger ${replacedBy.seq})`]),
  ];
}

/** The id at randomization, and each correction of it. */
function idTexts({ randomizedAs, corrections }: SubjectIds): string[] {
  if (corrections.length === 0) return [];
  const each = corrections.map(({ newId, time, reason, seq }) => {
    return `to ${newId} on ${dayText(time)}: "${reason ?? ''}" (ledger ${seq})`;
  });
  return [`randomized as ${randomizedAs}; the id was corrected ${each.join(', then ')}`];
}

/**
 * Checks that facts are recorded only of randomized participants, and that a retraction takes back the record in
 * force.
 *
 * @returns each discrepancy, by line of the ledger
 */
export function checkFacts(entries: readonly Entry[]): Problem[] {
  const problems: Problem[] = [];
  const randomized = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    if (entry.action === 'randomization') randomized.add(subjectKey(entry.subject));
    if (isFact(entry)) {
      const { subject } = entry;
      const report = (message: string) => problems.push(entryProblem(entry, message));
      if (!randomized.has(subjectKey(subject))) report(`${subject} was not randomized before`);
      if (entry.action !== 'stratum correction' && entry.retracts !== undefined) {
        const { withdrawal, inError } = factsBySubject(entries.slice(0, index))(subject);
        const inForce = entry.action === 'withdrawal' ? withdrawal : inError;
        if (inForce?.seq !== entry.retracts) {
          report(
            `takes back entry ${entry.retracts}, which is not the record in force of ${subject}`,
          );
        }
      }
    }
  }
  return problems;
}
