import type { Problem } from '../errors.ts';
import { nameOfParticipant, type SubjectId, subjectKey } from '../study/identifiers.ts';
import { entryProblem } from './entry-problem.ts';
import { type Act, entriesOf, type Entry, type EntryOf } from './entry.ts';

/** The ids of one participant. */
export interface SubjectIds {
  /** The id at randomization: the ledger keeps every record under it. */
  readonly randomizedAs: SubjectId;
  /** The id that counts now. */
  readonly current: SubjectId;
  /** Every id that the participant ever had, the one at randomization first. None of them is ever free again. */
  readonly all: readonly SubjectId[];
  /** The entries that gave another id, in their order; the last one gave the current id. */
  readonly corrections: readonly EntryOf<'subject correction'>[];
}

/**
 * The ids of each participant whose id was corrected.
 *
 * @returns for any id of theirs, in any case; undefined for an id that has nothing to do with a correction
 */
export function correctedIds(entries: readonly Entry[]): (id: string) => SubjectIds | undefined {
  const byId = new Map<string, { now: SubjectIds }>();
  for (const correction of entriesOf(entries, 'subject correction')) {
    const { subject, newId } = correction;
    const own = byId.get(subjectKey(subject));
    const before = own?.now ?? idsBefore(subject);
    const now = {
      randomizedAs: before.randomizedAs,
      current: newId,
      all: before.all.includes(newId) ? before.all : [...before.all, newId],
      corrections:
        newId === before.current ? before.corrections : [...before.corrections, correction],
    };
    if (own !== undefined) own.now = now;
    const ids = own ?? { now };
    for (const id of now.all) byId.set(subjectKey(id), ids);
  }
  return (id) => byId.get(subjectKey(id.trim()))?.now;
}

function idsBefore(subject: SubjectId): SubjectIds {
  return { randomizedAs: subject, current: subject, all: [subject], corrections: [] };
}

/** The ids of a participant, also if none was corrected. @returns for the id in an entry */
export function subjectIds(entries: readonly Entry[]): (subject: string) => SubjectIds {
  const corrected = correctedIds(entries);
  return (subject) => corrected(subject) ?? idsBefore(subject as SubjectId);
}

/** Participants as views name them, with the id at randomization if it was another. @returns for any id of theirs */
export function participantNames(entries: readonly Entry[]): (subject: string) => string {
  const idsOf = subjectIds(entries);
  return (subject) => {
    const { current, randomizedAs } = idsOf(subject);
    return nameOfParticipant(current, randomizedAs);
  };
}

/**
 * The ledger as people read it: every entry has the participant's current id, whatever the id was when it was entered.
 * Corrections stay as they are written. One that cannot be right, such as an id that another participant has, changes
 * nothing; `verify` reports it.
 *
 * @param entries as they are written
 */
export function withCurrentIds(entries: readonly Entry[]): readonly Entry[] {
  if (!hasCorrections(entries)) return entries;
  const wrong = new Map(wrongIds(entries).map(({ entry, current }) => [entry.seq, current]));
  const sound = entries.map((entry): Entry => {
    const current = wrong.get(entry.seq);
    const isWrong = entry.action === 'subject correction' && current !== undefined;
    return isWrong ? { ...entry, newId: current } : entry;
  });
  return currentIdsOf(sound, sound);
}

/** Further entries of a ledger, with the current ids that it has. @param known the ledger before them */
export function currentIdsOf(known: readonly Entry[], entries: readonly Entry[]): readonly Entry[] {
  if (!hasCorrections(known)) return entries;
  const corrected = correctedIds(known);
  return entries.map((entry): Entry => {
    if (entry.action === 'subject correction' || entry.subject === null) return entry;
    const subject = corrected(entry.subject)?.current ?? entry.subject;
    const own = subject === entry.subject ? entry : ({ ...entry, subject } as Entry);
    if (own.action !== 'randomization' || own.replaces === undefined) return own;
    return { ...own, replaces: corrected(own.replaces)?.current ?? own.replaces };
  });
}

/** Acts as the ledger keeps them: under the id at randomization. @param known the ledger before them */
export function underFirstIds<One extends Act>(
  known: readonly Entry[],
  acts: readonly One[],
): readonly One[] {
  if (!hasCorrections(known)) return acts;
  const corrected = correctedIds(known);
  return acts.map((act): One => {
    const subject = typeof act.subject === 'string' ? corrected(act.subject) : undefined;
    const own = subject === undefined ? act : { ...act, subject: subject.randomizedAs };
    if (own.action !== 'randomization' || own.replaces === undefined) return own;
    return { ...own, replaces: corrected(own.replaces)?.randomizedAs ?? own.replaces };
  });
}

function hasCorrections(entries: readonly Entry[]): boolean {
  return entries.some(({ action }) => action === 'subject correction');
}

/**
 * Checks that only the ids of randomized participants were corrected, and that no participant has an id that belongs
 * or belonged to another.
 *
 * @param entries as they are written
 * @returns each discrepancy, by line of the ledger
 */
export function checkSubjectIdsInLedger(entries: readonly Entry[]): Problem[] {
  return wrongIds(entries).map(({ entry, message }) => entryProblem(entry, message));
}

/** A randomization or a correction whose id cannot be right. */
interface WrongId {
  readonly entry: Entry;
  readonly message: string;
  /** The id that the participant has before it, and keeps. */
  readonly current: SubjectId;
}

function wrongIds(entries: readonly Entry[]): WrongId[] {
  const wrong: WrongId[] = [];
  /** Each id that somebody has or had → the id at randomization of that participant. */
  const owners = new Map<string, SubjectId>();
  const current = new Map<string, SubjectId>();
  for (const entry of entries) {
    if (entry.action === 'randomization') {
      const { subject } = entry;
      const owner = owners.get(subjectKey(subject)) ?? subject;
      if (subjectKey(owner) !== subjectKey(subject)) {
        const message = `randomizes ${subject}, which is an id of the participant who was randomized as ${owner}`;
        wrong.push({ entry, message, current: subject });
      } else {
        owners.set(subjectKey(subject), subject);
        current.set(subjectKey(subject), subject);
      }
    }
    if (entry.action !== 'subject correction') continue;
    const { subject, newId } = entry;
    const now = current.get(subjectKey(subject));
    const owner = owners.get(subjectKey(newId)) ?? subject;
    if (now === undefined) {
      const message = `${subject} was not randomized before`;
      wrong.push({ entry, message, current: subject });
    } else if (subjectKey(owner) !== subjectKey(subject)) {
      const message = `gives ${subject} the id ${newId}, which is an id of the participant who was randomized as ${owner}`;
      wrong.push({ entry, message, current: now });
    } else if (now === newId) {
      const message = `gives ${subject} the id ${newId}, which is its id already`;
      wrong.push({ entry, message, current: now });
    } else {
      owners.set(subjectKey(newId), subject);
      current.set(subjectKey(subject), newId);
    }
  }
  return wrong;
}
