import { type Problem, RandoseError } from '../errors.ts';
import { kitKey } from '../randomization/kit-check.ts';
import { haveKits, kitNames, kitsOf, numberText, type Slot } from '../randomization/list.ts';
import { lookAlikes } from '../randomization/look-alikes.ts';
import { subjectKey } from '../study/identifiers.ts';
import { hyphenHint } from '../study/look-alike-hyphens.ts';
import { batchFiles, LEDGER_FILE } from '../study/layout.ts';
import { checkAssignments } from './check-assignments.ts';
import { kitsOfEntry, meantId, randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';
import { correctedIds } from './subject-ids.ts';
import { flagOf, meaningsOf } from './named-participant.ts';

/** The slot that somebody asks for, by one of these. */
interface Sought {
  readonly subject?: string | undefined;
  readonly kit?: string | undefined;
  readonly number?: string | undefined;
}

/** The readable records of which participant has which slot. */
export interface SlotSources {
  readonly entries: readonly Entry[];
  readonly isLedgerSound: boolean;
  /** As in a `SalvagedLedger`; absent if the entries show every participant. */
  readonly mayBeInUse?: ((slot: Pick<Slot, 'number' | 'stratum'>) => boolean) | undefined;
  /** The slots of every readable list.csv. */
  readonly slots: readonly Slot[];
  readonly isListSound: boolean;
  /** The numbers that have an envelope. */
  readonly numbers: readonly string[];
}

/** The slot that somebody asked for. */
export interface FoundSlot {
  readonly number: string;
  /** The kits that the envelope must be for; empty if only the envelope says it. */
  readonly kits: readonly string[];
  /** The participants who have the slot, by the ledger. */
  readonly holders: readonly EntryOf<'randomization'>[];
  /** What could not be checked, one line each. */
  readonly doubts: readonly string[];
}

/**
 * Finds the slot that somebody asks for in the readable records. It never guesses: if records disagree, it
 * tells what each of them says.
 *
 * @returns undefined if the kit is not in a readable list: then look for it in the envelopes
 * @throws RandoseError `bad-data`, `not-trusted` or `not-found`, with a hint what to type instead
 */
export function findSlot(sought: Sought, sources: SlotSources): FoundSlot | undefined {
  if (sought.kit !== undefined) return byKit(sought.kit, sources);
  if (sought.number !== undefined) return byNumber(sought.number, sources);
  return bySubject(sought.subject?.trim() ?? '', sources);
}

function bySubject(subject: string, sources: SlotSources): FoundSlot {
  const { entries, slots, isLedgerSound, isListSound } = sources;
  const all = randomizations(entries);
  const key = subjectKey(correctedIds(entries)(subject)?.current ?? subject);
  const claims = all.filter((one) => subjectKey(one.subject) === key);
  const [claim] = claims;
  if (claim === undefined) throw unknownSubject(subject, sources);
  const { number } = claim;
  const own = kitsOfEntry(claim);
  const listed = slots.find((slot) => slot.number === number);
  const rivals = all.filter((one) => {
    const isOther = subjectKey(one.subject) !== key;
    const hasSameKit = kitsOfEntry(one).some((kit) => own.includes(kit));
    return isOther ? one.number === number || hasSameKit : false;
  });
  const isTwice = claims.some(
    (one) => one.number !== number || kitsOfEntry(one).join() !== own.join(),
  );
  // An altered list does not contradict the ledger; the envelope says which kit it is for.
  const isSame = listed !== undefined && areOwnKits(listed, own);
  const isOnList = !isListSound || isSame;
  if (rivals.length > 0 || isTwice || !isOnList) {
    const said = [...claims, ...rivals].map(saidByLedger);
    const known = slots.filter(
      (slot) => slot.number === number || kitsOf(slot).some((one) => own.includes(one)),
    );
    const problems = [...said, ...known.map(saidByList)];
    const message =
      listed === undefined || !isOnList
        ? `NOT TRUSTED: ${number}${own.length === 0 ? '' : ` with kit ${own.join(', ')}`} is not in the list`
        : `NOT TRUSTED: the ledger contradicts itself about ${subject}`;
    throw new RandoseError('not-trusted', message, { problems, hint: otherWays(sources) });
  }
  const isChecked = isLedgerSound && isListSound;
  const doubts = isChecked
    ? checkAssignments(slots, entries)
        .filter(({ line }) => line === claim.seq)
        .map(({ message }) => `${LEDGER_FILE}:${claim.seq}: ${message}`)
    : [];
  const kits = isListSound && listed !== undefined ? kitsOf(listed) : own;
  return { number, kits, holders: [claim], doubts };
}

/** Whether a slot has kits, as its own or as spare ones; without kits, whether it has none. */
function areOwnKits(slot: Slot, own: readonly string[]): boolean {
  const kits: readonly string[] = kitsOf(slot);
  return own.length === 0 ? kits.length === 0 : own.every((kit) => kits.includes(kit));
}

function byNumber(typed: string, sources: SlotSources): FoundSlot {
  const key = typed.trim().toUpperCase();
  const { slots, entries, numbers, isListSound } = sources;
  const slot = slots.find(({ number }) => number.toUpperCase() === key);
  const holders = randomizations(entries).filter(({ number }) => number.toUpperCase() === key);
  const number =
    slot?.number ?? holders[0]?.number ?? numbers.find((one) => one.toUpperCase() === key);
  const others = lookAlikes(typed, numbersIn(sources)).map((one) => ({
    number: one,
    holder: randomizations(entries).find((entry) => entry.number === one)?.subject,
  }));
  if (number !== undefined) {
    const slotFound = found(number, isListSound ? slot : undefined, holders);
    // The number exists as it was typed: hyphens in other places show that another one is not meant.
    const same = others.filter((one) => shapeOf(one.number) === shapeOf(number));
    const doubts = same.map((one) => {
      return `whether ${number} is meant, or ${named(one)}, which looks the same`;
    });
    return { ...slotFound, doubts: [...slotFound.doubts, ...doubts] };
  }
  throw new RandoseError('bad-data', `"${typed}" is not a randomization number of this study`, {
    hint: `${others.length === 0 ? meantId(entries, typed) : ''}${hyphenHint(typed)}${hintForNumber(others)}`,
  });
}

/** A number that looks like the typed one, and the participant who has it, if the ledger says so. */
interface LookAlike {
  readonly number: string;
  readonly holder: string | undefined;
}

/** Every number that a readable record has. */
function* numbersIn({ slots, entries, numbers }: SlotSources): Generator<string> {
  for (const { number } of slots) yield number;
  for (const { number } of randomizations(entries)) yield number;
  yield* numbers;
}

/** The places of the hyphens in a number. */
function shapeOf(number: string): string {
  return number.replace(/[^-]/g, 'x');
}

function named({ number, holder }: LookAlike): string {
  return holder === undefined ? number : `${number} of ${holder}`;
}

/** What to type instead. It names what looks the same, and leaves the choice to the reader. */
function hintForNumber(others: readonly LookAlike[]): string {
  const [only] = others;
  if (only === undefined) {
    return "The number is on the participant's calendar and on the card. Or use the code on the kit: --kit CODE";
  }
  if (others.length === 1) {
    return `${named(only)} looks the same. Compare it with the calendar or the card. If it is the one, run: randose unblind --number ${only.number}`;
  }
  return `These look the same: ${others.map(named).join(', ')}. Compare each character with the calendar or the card. Or use the code on the kit: --kit CODE`;
}

function byKit(typed: string, sources: SlotSources): FoundSlot | undefined {
  const { slots, entries, isListSound } = sources;
  const key = kitKey(typed);
  const slot = isListSound
    ? slots.find((one) => kitsOf(one).some((kit) => kitKey(kit) === key))
    : undefined;
  const holders = randomizations(entries).filter((one) => {
    if (slot !== undefined) return one.kit === slot.kit;
    return kitsOfEntry(one).some((kit) => kitKey(kit) === key);
  });
  const number = slot?.number ?? holders[0]?.number;
  if (number === undefined) return undefined;
  const { kits, ...rest } = found(number, slot, holders);
  // The envelope must be for this kit, whatever the source.
  const said = holders.slice(0, 1).flatMap(kitsOfEntry);
  return { ...rest, kits: slot === undefined ? said : kits };
}

function found(
  number: string,
  slot: Slot | undefined,
  holders: readonly EntryOf<'randomization'>[],
): FoundSlot {
  const kits = slot === undefined ? [] : kitsOf(slot);
  const doubts =
    new Set(holders.map(({ subject }) => subjectKey(subject))).size > 1
      ? [
          `in the ledger ${number} belongs to ${holders.map(({ subject }) => subject).join(' and ')}`,
        ]
      : [];
  return { number, kits, holders, doubts };
}

function unknownSubject(subject: string, sources: SlotSources): RandoseError {
  const [other] = meaningsOf(subject, sources);
  if (other !== undefined) {
    return new RandoseError('bad-data', `"${subject}" is ${other.words}, not a subject id`, {
      hint: `Run: randose unblind ${flagOf(other.naming)}`,
    });
  }
  const { isLedgerSound, mayBeInUse } = sources;
  if (isLedgerSound && mayBeInUse !== undefined) {
    return new RandoseError(
      'not-found',
      `no entry that is known here says which slot ${subject} has`,
      {
        hint: `${meantId(sources.entries, subject)}${hyphenHint(subject)}Participants of other sites are not shown to a site, nor those who were randomized after its last look. ${otherWays(sources)}`,
      },
    );
  }
  if (isLedgerSound) {
    return new RandoseError('bad-data', `subject "${subject}" is not randomized in this study`, {
      hint: `${meantId(sources.entries, subject)}${hyphenHint(subject)}Check the subject id. To list participants, run: randose calendar\n${otherWays(sources)}`,
    });
  }
  return new RandoseError(
    'not-found',
    `no undamaged line of ${LEDGER_FILE} says which slot ${subject} has`,
    {
      hint: otherWays(sources),
    },
  );
}

/** What to type instead of a subject id. Kits cannot be ruled out if the list cannot be read. */
function otherWays({ slots, isListSound }: SlotSources): string {
  return isListSound && !haveKits(slots)
    ? 'Use the number on the calendar or the card: randose unblind --number NUMBER'
    : ASK_THE_BOX;
}

const ASK_THE_BOX =
  "Use the code on the participant's kit: randose unblind --kit CODE. Or the number on the calendar: --number NUMBER";

function saidByLedger(entry: EntryOf<'randomization'>): Problem {
  const { seq, subject, number } = entry;
  const message = `entry ${seq}: ${subject} has ${numberText(number, kitNames(entry))}`;
  return { file: LEDGER_FILE, message };
}

function saidByList(slot: Slot): Problem {
  const { batch, number } = slot;
  const kits = kitsOf(slot).join(' or ');
  const message = kits === '' ? `${number} is there` : `${number} is kit ${kits}`;
  return { file: batchFiles(batch).list, message };
}
