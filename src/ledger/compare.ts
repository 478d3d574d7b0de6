import { subjectKey } from '../study/identifiers.ts';
import { type Head, headOf } from './chain.ts';
import { randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';

/** How another ledger is related to this one: `older` and `newer` say what the other one is. */
export type LedgerRelation = 'same' | 'older' | 'newer' | 'forked' | 'foreign';

/** Two ledgers side by side: `here` is the one of this study folder, `there` is the other one. */
export interface LedgerComparison {
  readonly relation: LedgerRelation;
  /** The last entry that both have; sequence 0 and no time if they have none in common. */
  readonly common: Head & { readonly time: string | null };
  /** What each has after that entry. */
  readonly here: readonly Entry[];
  readonly there: readonly Entry[];
}

/**
 * Compares two ledgers by the hashes of their entries. An entry's hash covers all entries before it, so
 * that the last hash that both have is the place where they part, even if lines of one are missing.
 */
export function compareLedgers(here: readonly Entry[], there: readonly Entry[]): LedgerComparison {
  const known = new Set(here.map(({ hash }) => hash));
  const shared = there.findLast(({ hash }) => known.has(hash));
  const head = shared ?? headOf([]);
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

/** Two ledgers that begin with the same list are of one study, even if one of them was rewritten. */
function isOfOneList(one: Entry | undefined, other: Entry | undefined): boolean {
  return one?.action === 'allocation' && other?.action === 'allocation' && one.list === other.list;
}

/**
 * The case of a participant when two ledgers have forked:
 *
 * - `same`: both have the participant, with the same number;
 * - `two numbers`: both have the participant, each with another number;
 * - `here`: this ledger alone, and the other one has not given the number away;
 * - `enter`: the other ledger alone, and the next free slot here is the same one;
 * - `another slot`: the other ledger alone; the slot is free here, but another one is next;
 * - `given twice`: the other ledger alone, and this one has given the same number to somebody else.
 */
export type ParticipantCase =
  'same' | 'two numbers' | 'here' | 'enter' | 'another slot' | 'given twice';

/** A participant of one fork or of both. */
export interface ComparedParticipant {
  readonly subject: string;
  readonly what: ParticipantCase;
  readonly here: EntryOf<'randomization'> | null;
  readonly there: EntryOf<'randomization'> | null;
  /** Who has the number of `there` in this ledger, if it is somebody else. */
  readonly holder: EntryOf<'randomization'> | null;
}

/**
 * Everybody who was randomized after two ledgers parted. Those to `enter` come in the order in which
 * they must be entered to get the slots that they have in the other ledger.
 *
 * @param here all entries of this ledger
 * @param there all entries of the other one
 */
export function compareParticipants(
  here: readonly Entry[],
  there: readonly Entry[],
): ComparedParticipant[] {
  const since = compareLedgers(here, there);
  const ours = bySubject(randomizations(here));
  const theirs = bySubject(randomizations(there));
  const holders = new Map(randomizations(here).map((entry) => [entry.number, entry]));
  const used = countsOf(randomizations(here));
  const places = placesOf(randomizations(there));
  const fromThere = randomizations(since.there).map((entry): ComparedParticipant => {
    const { subject, number, stratum } = entry;
    const own = ours.get(subjectKey(subject)) ?? null;
    const about = { subject, here: own, there: entry, holder: null };
    if (own !== null) return { ...about, what: own.number === number ? 'same' : 'two numbers' };
    const holder = holders.get(number);
    if (holder !== undefined) return { ...about, what: 'given twice', holder };
    // Slots of a stratum are taken in their order: the same count before means the same slot.
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

/** How many slots of each stratum are taken. */
function countsOf(entries: readonly EntryOf<'randomization'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stratum } of entries) counts.set(stratum, (counts.get(stratum) ?? 0) + 1);
  return counts;
}

/** How many slots of its stratum were taken before each randomization, by its sequence. */
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
 * Whether this ledger has the same act after the two parted: what was entered in both folders.
 *
 * @param entry an entry of the other ledger
 */
export function isEnteredIn(since: readonly Entry[], entry: Entry): boolean {
  const text = actText(entry);
  return since.some((one) => actText(one) === text);
}

/** What an act says, without who entered it when, and where it is in the chain. */
function actText(entry: Entry): string {
  const { action, subject } = entry;
  switch (entry.action) {
    case 'randomization':
      return [action, subjectKey(entry.subject), entry.number].join();
    case 'dose':
      return [action, subjectKey(entry.subject), entry.visit, entry.date, entry.result].join();
    case 'move':
      return [action, subjectKey(entry.subject), entry.visit, entry.date].join();
    case 'kit':
      return [action, entry.kit, entry.event, entry.date, entry.units, subject].join();
    default:
      return entry.hash;
  }
}

/** In one sentence, without a full stop at the end: how another ledger is related to this one. */
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
      return 'is of another study: its first entry is another one';
    case 'forked':
      return `has forked from the ledger of this folder after sequence ${common.seq}${twiceText(participants)}`;
  }
}

function twiceText(participants: readonly ComparedParticipant[]): string {
  const twice = participants.flatMap(({ what, there, holder }) =>
    what === 'given twice' && there !== null && holder !== null
      ? [`${there.number} is ${there.subject}'s there and ${holder.subject}'s here`]
      : [],
  );
  return twice.length === 0 ? '' : `: ${twice.join(', ')}`;
}

/** `1 entry`, `3 entries`. */
export function entriesText(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}
