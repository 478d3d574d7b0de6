import { RandoseError } from '../errors.ts';
import { kitKey, looksLikeKit, readKit } from '../randomization/kit-check.ts';
import { haveKits, kitsOf, type Slot } from '../randomization/list.ts';
import type { Numbering } from '../randomization/numbers.ts';
import { subjectKey } from '../study/identifiers.ts';
import { hyphenHint } from '../study/look-alike-hyphens.ts';
import {
  findRandomization,
  meantId,
  randomizations,
  requireRandomization,
  kitsOfEntry,
} from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';
import { kitOfAnotherTrial, requireKit, requireKitHolder } from './kits.ts';

/** How a participant, or a slot, can be named: by one of these. */
export interface Naming {
  readonly subject?: string;
  readonly number?: string;
  readonly kit?: string;
}

/** The readable records of who has which slot. */
export interface NamingSources {
  readonly entries: readonly Entry[];
  readonly slots: readonly Slot[];
  /** Numbers that are known from elsewhere, such as the names of envelopes. */
  readonly numbers?: readonly string[];
}

/** What a typed id is, by the records. */
interface Meaning {
  readonly naming: Naming;
  /** In words, such as `the randomization number of CRT-002`. */
  readonly words: string;
  /** The slot's number: two meanings with the same one are no contradiction. */
  readonly slot: string;
}

/**
 * Tells a subject id, a randomization number and a kit code apart. Case does not matter; in a kit code, spaces and
 * hyphens do not matter either.
 *
 * @returns how to name the participant or slot; undefined if the records have nothing with this id
 * @throws RandoseError `usage` if the id is two things that belong to different slots
 */
export function tellApart(typed: string, sources: NamingSources): Naming | undefined {
  const meanings = meaningsOf(typed, sources);
  const [first, ...others] = meanings;
  if (first === undefined) return undefined;
  const rival = others.find(({ slot }) => slot !== first.slot);
  if (rival === undefined) return first.naming;
  const flags = meanings.map(({ naming }) => flagOf(naming));
  throw new RandoseError('usage', `"${typed}" could be ${first.words}, or ${rival.words}`, {
    hint: `Say which one, with a flag: ${flags.join(' or ')}`,
  });
}

/** Everything that an id may be, a subject id first. */
export function meaningsOf(typed: string, sources: NamingSources): Meaning[] {
  const { entries, slots, numbers } = sources;
  const key = subjectKey(typed.trim());
  const all = randomizations(entries);
  const meanings: Meaning[] = [];
  const own = findRandomization(entries, typed);
  if (own !== undefined) {
    const words = `the participant ${own.subject} (${own.number})`;
    meanings.push({ naming: { subject: own.subject }, words, slot: own.number });
  }
  const known: string[] = [...slots.map((slot) => slot.number), ...all.map((one) => one.number)];
  const isTyped = (one: string) => one.toUpperCase() === key;
  const number = known.find(isTyped) ?? numbers?.find(isTyped);
  if (number !== undefined) {
    const words = `the randomization number ${whoseNumber(all, number)}`;
    meanings.push({ naming: { number }, words, slot: number });
  }
  const kit = findKit(typed, all, slots);
  if (kit !== undefined) {
    const words = `the kit ${whoseNumber(all, kit.number)}`;
    meanings.push({ naming: { kit: kit.kit }, words, slot: kit.number });
  }
  return meanings;
}

/** The flag that names it, as it is typed. */
export function flagOf({ subject, number, kit }: Naming): string {
  if (subject !== undefined) return `--subject ${subject}`;
  return number === undefined ? `--kit ${kit!}` : `--number ${number}`;
}

function findKit(
  typed: string,
  all: readonly EntryOf<'randomization'>[],
  slots: readonly Slot[],
): { readonly kit: string; readonly number: string } | undefined {
  const key = kitKey(typed);
  if (key === '') return undefined;
  for (const slot of slots) {
    const kit = kitsOf(slot).find((one) => kitKey(one) === key);
    if (kit !== undefined) return { kit, number: slot.number };
  }
  for (const one of all) {
    const kit = kitsOfEntry(one).find((own) => kitKey(own) === key);
    if (kit !== undefined) return { kit, number: one.number };
  }
  return undefined;
}

function whoseNumber(all: readonly EntryOf<'randomization'>[], number: string): string {
  const holder = all.find((one) => one.number === number)?.subject;
  return holder === undefined ? 'of a slot that nobody has yet' : `of ${holder}`;
}

/** The parts of a study in which a participant is looked up. */
export interface ParticipantRegister {
  readonly study: Numbering;
  readonly slots: readonly Slot[];
  readonly entries: readonly Entry[];
}

/**
 * How an id that somebody typed without a flag names a participant or a slot.
 *
 * @throws RandoseError `usage` if it could be two things; `bad-data` if it is nothing in this study
 */
export function requireNaming(register: ParticipantRegister, typed: string): Naming {
  const naming = tellApart(typed, register);
  if (naming !== undefined) return naming;
  const meant = meantId(register.entries, typed);
  const hint = `${meant}${hyphenHint(typed)}Check the id. To list participants, run: randose calendar`;
  if (!haveKits(register.slots)) {
    const message = `"${typed}" is not a participant or a randomization number of this study`;
    throw new RandoseError('bad-data', message, { hint });
  }
  const read = readKit(typed, register.study);
  if ('kit' in read) throw kitOfAnotherTrial(read.kit);
  const isMistyped = meant === '' && looksLikeKit(typed, register.study);
  throw new RandoseError(
    'bad-data',
    `"${typed}" is not a participant, a randomization number or a kit of this study`,
    {
      problems: isMistyped ? [{ message: `Or it is a kit code: ${read.problem}` }] : [],
      hint,
    },
  );
}

/**
 * The randomization of the participant who is named in one of the three ways.
 *
 * @throws RandoseError `bad-data` if there is none; `usage` if none of the ways is used
 */
export function requireParticipant(
  register: ParticipantRegister,
  { subject, number, kit }: Naming,
): EntryOf<'randomization'> {
  if (subject !== undefined) return requireRandomization(register.entries, subject);
  if (number !== undefined) return requireNumberHolder(register, number);
  if (kit !== undefined) return requireKitHolder(register, kit);
  throw new RandoseError(
    'usage',
    'name the participant: ID, --subject ID, --number NUMBER or --kit CODE',
  );
}

/** The slot that is named in one of the three ways. @throws RandoseError as `requireParticipant`, and as `requireKit` */
export function requireSlot(register: ParticipantRegister, naming: Naming): Slot {
  const { subject, number, kit } = naming;
  if (subject === undefined && number !== undefined) return requireNumber(register, number);
  if (subject === undefined && kit !== undefined) return requireKit(register, kit).slot;
  return requireNumber(register, requireParticipant(register, naming).number);
}

/** The slot of a randomization number. @throws RandoseError `bad-data` if the list has no such number */
function requireNumber(
  { slots, entries }: Pick<ParticipantRegister, 'slots' | 'entries'>,
  typed: string,
): Slot {
  const key = typed.trim().toUpperCase();
  const slot = slots.find(({ number }) => number.toUpperCase() === key);
  if (slot !== undefined) return slot;
  throw new RandoseError('bad-data', `"${typed}" is not a randomization number of this study`, {
    hint: `${meantId(entries, typed)}${hyphenHint(typed)}The number is on the participant's calendar and on the card.`,
  });
}

function requireNumberHolder(
  register: ParticipantRegister,
  typed: string,
): EntryOf<'randomization'> {
  const { number } = requireNumber(register, typed);
  const holder = randomizations(register.entries).find((one) => one.number === number);
  if (holder !== undefined) return holder;
  throw new RandoseError('bad-data', `no participant has the number ${number} yet`, {
    hint: 'Check the number. To list participants, run: randose calendar',
  });
}
