import { subjectKey } from '../study/identifiers.ts';
import { counted } from '../words.ts';
import { type Head, START } from './chain.ts';
import { randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';

/** How another ledger is related to this one: `older` and `newer` are about the other one. */
export type LedgerRelation = 'same' | 'older' | 'newer' | 'forked' | 'foreign';

/** Two ledgers side by side: `here` is the one of this study folder, `there` is the other one. */
export interface LedgerComparison {
  readonly relation: LedgerRelation;
  /** The last entry that both have; sequence 0 and no time if they have none in common. */
  readonly common: Head & { readonly time: string | null };
  /** The entries of each ledger after that entry. */
  readonly here: readonly Entry[];
  readonly there: readonly Entry[];
}

/**
 * Compares two ledgers by the hashes of their entries. An entry's hash covers all entries before it, so the
 * ledgers part after the last hash that both have, even if lines of one are missing.
 */
export function compareLedgers(here: readonly Entry[], there: readonly Entry[]): LedgerComparison {
  const known = new Set(here.map(({ hash }) => hash));
  const shared = there.findLast(({ hash }) => known.has(hash));
  const head = shared ?? START;
  const since = {
    here: here.filter(({ seq }) => seq > head.seq),
    there: there.filter(({ seq, hash }) => seq > head.seq && !known.has(hash)),
  };
  const common = { seq: head.seq, hash: head.hash, time: shared?.time ?? null };
  return { relation: relationOf(since, shared, [here[0], there[0]]), common, ...since };
}

function relationOf(
  { here, there }: Pick<LedgerComparison, 'here' | 'there'>,
  shared: Entry | undefined,
  [first, other]: readonly [Entry | undefined, Entry | undefined],
): LedgerRelation {
  if (shared === undefined) return isOfOneList(first, other) ? 'forked' : 'foreign';
  if (here.length === 0) return there.length === 0 ? 'same' : 'newer';
  return there.length === 0 ? 'older' : 'forked';
}

/** Two ledgers that begin with the same list belong to one study, even if one of them was rewritten. */
function isOfOneList(one: Entry | undefined, other: Entry | undefined): boolean {
  return one?.action === 'allocation' && other?.action === 'allocation' && one.list === other.list;
}

/**
 * The case of a participant when two ledgers have forked:
 *
 * - `same`: both have the participant, with the same number;
 * - `two numbers`: both have the participant, with different numbers;
 * - `here`: only this ledger has the participant, and the other one has not assigned the number;
 * - `enter`: only the other ledger has the participant, and the next free slot here is the same one;
 * - `another slot`: only the other ledger has the participant; the slot is free here, but another one is next;
 * - `given twice`: only the other ledger has the participant, and this one has the same number for another.
 */
type ParticipantCase = 'same' | 'two numbers' | 'here' | 'enter' | 'another slot' | 'given twice';

/** A participant of one fork or of both. */
export interface ComparedParticipant {
  readonly subject: string;
  readonly what: ParticipantCase;
  readonly here: EntryOf<'randomization'> | null;
  readonly there: EntryOf<'randomization'> | null;
  /** The randomization in this ledger with the number of `there`, if it is another participant's. */
  readonly holder: EntryOf<'randomization'> | null;
}

/**
 * All participants who were randomized after two ledgers parted. Those to `enter` are in the order in which
 * they must be entered to get the slots that they have in the other ledger.
 *
 * @param here all entries of this ledger
 * @param there all entries of the other one
 * @param isReplacementSlot whether a number is that of a replacement slot, which is not taken in order
 */
export function compareParticipants(
  here: readonly Entry[],
  there: readonly Entry[],
  isReplacementSlot: (number: string) => boolean = () => false,
): ComparedParticipant[] {
  const since = compareLedgers(here, there);
  const ours = bySubject(randomizations(here));
  const theirs = bySubject(randomizations(there));
  const holders = new Map(randomizations(here).map((entry) => [entry.number, entry]));
  const isInOrder = ({ number }: EntryOf<'randomization'>) => !isReplacementSlot(number);
  const used = countsOf(randomizations(here).filter(isInOrder));
  const places = placesOf(randomizations(there).filter(isInOrder));
  const fromThere = randomizations(since.there).map((entry): ComparedParticipant => {
    const { subject, number, stratum } = entry;
    const own = ours.get(subjectKey(subject)) ?? null;
    const about = { subject, here: own, there: entry, holder: null };
    if (own !== null) return { ...about, what: own.number === number ? 'same' : 'two numbers' };
    const holder = holders.get(number);
    if (holder !== undefined) return { ...about, what: 'given twice', holder };
    if (!isInOrder(entry)) return { ...about, what: 'enter' };
    // The slots of a stratum are taken in order: the same count before means the same slot.
    const count = used.get(stratum) ?? 0;
    if (places.get(entry.seq) !== count) return { ...about, what: 'another slot' };
    used.set(stratum, count + 1);
    return { ...about, what: 'enter' };
  });
  const onlyHere = randomizations(since.here)
    .filter(({ subject }) => !theirs.has(subjectKey(subject)))
    .map((entry): ComparedParticipant => {
      return { subject: entry.subject, what: 'here', here: entry, there: null, holder: null };
    });
  return [...fromThere, ...onlyHere];
}

function bySubject(
  entries: readonly EntryOf<'randomization'>[],
): Map<string, EntryOf<'randomization'>> {
  return new Map(entries.map((entry) => [subjectKey(entry.subject), entry]));
}

/** The number of used slots of each stratum. */
function countsOf(entries: readonly EntryOf<'randomization'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stratum } of entries) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

/** For each randomization, by its sequence: the number of slots of its stratum that were used before. */
function placesOf(entries: readonly EntryOf<'randomization'>[]): Map<number, number> {
  const counts = new Map<string, number>();
  const places = new Map<number, number>();
  for (const { seq, stratum } of entries) {
    const count = counts.get(stratum) ?? 0;
    places.set(seq, count);
    counts.set(stratum, count + 1);
  }
  return places;
}

/**
 * Whether an act was entered in both folders after the ledgers parted.
 *
 * @param since the entries of this ledger after that
 * @param entry an entry of the other ledger
 */
export function isEnteredIn(since: readonly Entry[], entry: Entry): boolean {
  const text = actText(entry);
  return since.some((one) => actText(one) === text);
}

/** The content of an act, without who entered it, when, and its place in the chain. */
function actText(entry: Entry): string {
  const { action, subject } = entry;
  switch (entry.action) {
    case 'randomization':
      return [action, subjectKey(entry.subject), entry.number].join();
    case 'dose':
      return [action, subjectKey(entry.subject), entry.visit, entry.date, entry.result].join();
    case 'additional dose':
      return [
        ...[action, subjectKey(entry.subject), entry.date, entry.result],
        ...[entry.kit ?? entry.otherKit, entry.amount, entry.weight],
      ].join();
    case 'attendance':
      return [
        ...[action, subjectKey(entry.subject), entry.visit, JSON.stringify(entry.assessments)],
        ...[entry.date, entry.result],
      ].join();
    case 'move':
      return [
        ...[action, subjectKey(entry.subject), entry.visit, entry.date],
        retractionText(entry),
      ].join();
    case 'kit':
      return [
        ...[action, entry.kit, entry.event, entry.date, entry.units, subject],
        ...[entry.to, entry.site],
      ].join();
    case 'amendment':
      return [action, entry.amendment, entry.digest].join();
    case 'amendment consent':
      return [
        ...[action, subjectKey(entry.subject), entry.amendment, entry.from],
        retractionText(entry),
      ].join();
    case 'stratum correction':
      return [action, subjectKey(entry.subject), JSON.stringify(entry.levels)].join();
    case 'subject correction':
      return [action, subjectKey(entry.subject), entry.newId].join();
    case 'withdrawal':
      return [
        ...[action, subjectKey(entry.subject), entry.from, entry.date],
        retractionText(entry),
      ].join();
    case 'transfer':
      return [
        ...[action, subjectKey(entry.subject), entry.to, entry.date],
        retractionText(entry),
      ].join();
    case 'randomization in error':
      return [...[action, subjectKey(entry.subject)], retractionText(entry)].join();
    case 'late code-break':
      return entry.pending; // of a code-break that was made in a copy: the hash of its intent there
    case 'lock':
    case 'unlock':
    case 'allocation':
    case 'labels':
    case 'packing intent':
    case 'packing outcome':
    case 'code-break intent':
    case 'code-break outcome':
    case 'reveal intent':
    case 'reveal outcome':
    case 'preparation intent':
    case 'preparation outcome':
    case 'list opening intent':
    case 'list opening outcome':
    case 'masked table intent':
    case 'masked table outcome':
    case 'letter opening intent':
    case 'letter opening outcome':
    case 'card making intent':
    case 'card making outcome':
    case 'rewrap intent':
    case 'rewrap outcome':
    case 'repair':
    case 'study restoration':
    case 'continuation':
      return entry.hash;
  }
}

/** What tells a retraction from what it takes back. */
function retractionText({ retracts }: { readonly retracts?: number | undefined }): string {
  return retracts === undefined ? '' : 'retracted';
}

/** How another ledger is related to this one: the predicate of a sentence, without a full stop. */
export function relationText(
  { relation, common, here, there }: LedgerComparison,
  participants: readonly ComparedParticipant[],
): string {
  switch (relation) {
    case 'same':
      return 'has the same entries as the ledger of this folder';
    case 'older':
      return `is older: it ends at sequence ${common.seq}, and this folder has ${entriesText(here.length)} more`;
    case 'newer':
      return `is newer: it has ${entriesText(there.length)} more than this folder, which ends at sequence ${common.seq}`;
    case 'foreign':
      return 'belongs to another study: its first entry is different';
    case 'forked':
      return `has forked from the ledger of this folder after sequence ${common.seq}${twiceText(participants)}`;
  }
}

function twiceText(participants: readonly ComparedParticipant[]): string {
  const twice = participants.flatMap(({ subject, holder }) =>
    holder === null
      ? []
      : `${holder.number} belongs to ${subject} in the other folder and to ${holder.subject} in this one`,
  );
  return twice.length === 0 ? '' : `: ${twice.join(', ')}`;
}

/** `1 entry`, `3 entries`. */
export function entriesText(count: number): string {
  return counted(count, 'entry', 'entries');
}
