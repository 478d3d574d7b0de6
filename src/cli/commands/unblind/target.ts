import { RandoseError } from '../../../errors.ts';
import {
  findRandomization,
  meantByKit,
  meantSubject,
  requireRandomization,
} from '../../../ledger/enrolment.ts';
import { otherKitsGiven } from '../../../ledger/given-kits.ts';
import { kitOfAnotherTrial, requireKits } from '../../../ledger/kits.ts';
import { findSlot, type FoundSlot, type SlotSources } from '../../../ledger/sought-slot.ts';
import { type EarlierOpening, openingsOfSlot } from '../../../ledger/openings.ts';
import { kitKey, readKit } from '../../../randomization/kit-check.ts';
import { numberOfFile } from '../../../store/opening/envelope-paths.ts';
import type { RescuedStudy } from '../../../store/opening/emergency/rescue-study.ts';
import { listed } from '../../../words.ts';
import type { Naming } from '../../../ledger/named-participant.ts';
import type { KitGivenTo } from './code-break-view.ts';

/** The flags that say what to open. */
export type TargetFlags = Naming & { readonly givenTo?: string };

/** The slot to open, and for whom. */
export interface Target {
  /** The participant, as the ledger or the command line names them; null if neither does. */
  readonly subject: string | null;
  /** Undefined if only the envelopes know the slot: it is asked for by a card alone, or by a kit that no list has. */
  readonly slot: FoundSlot | undefined;
}

/**
 * Finds the slot to open, and its participant.
 *
 * @throws RandoseError if the slot is not known, or if records disagree
 */
export function findTarget(study: RescuedStudy, flags: TargetFlags): Target {
  const { subject, kit, number, givenTo } = flags;
  if (subject === undefined && kit === undefined && number === undefined) {
    return { subject: null, slot: undefined }; // only the card says which slot
  }
  const sources = sourcesOf(study);
  // Somebody may be given a kit before the randomization is recorded. Who types an id like another one's has mistyped it.
  if (givenTo !== undefined && meantSubject(study.ledger.whole, givenTo) !== '') {
    requireRandomization(study.ledger.whole, givenTo);
  }
  const slot = findSlot({ subject, kit, number }, sources);
  if (slot === undefined) {
    if (kit !== undefined && sources.isListSound) {
      requireKits(sources.slots);
      throw unknownKit(study, kit);
    }
    return { subject: givenTo ?? null, slot };
  }
  const holder = slot.holders[0]?.subject ?? null;
  if (givenTo !== undefined) return { subject: givenTo, slot };
  if (holder === null && sources.isLedgerSound) {
    const listed = sources.slots.find(({ number }) => number === slot.number);
    const isHidden = listed !== undefined && sources.mayBeInUse?.(listed) === true;
    if (!isHidden) throw new NotAssigned(slot, kit);
    const unseen = 'whose slot it is: no entry that is known here says it';
    return { subject: null, slot: { ...slot, doubts: [...slot.doubts, unseen] } };
  }
  return { subject: holder, slot };
}

/** The kit that is asked for as given to a participant; undefined if a participant's own slot is asked for. */
export function givenOf({ kit, givenTo }: TargetFlags): KitGivenTo | undefined {
  return kit === undefined || givenTo === undefined ? undefined : { kit: kitKey(kit), to: givenTo };
}

/**
 * Whether --given-to names the participant whose own slot has the kit, by sound records: then their own allocation is
 * meant. If nobody can know it, that stops no code-break.
 */
export function isOwnKit(study: RescuedStudy, { kit, givenTo }: TargetFlags): boolean {
  if (kit === undefined || givenTo === undefined) return false;
  const sources = sourcesOf(study);
  if (!sources.isListSound || !sources.isLedgerSound) return false;
  try {
    const slot = findSlot({ kit, subject: undefined, number: undefined }, sources);
    return (
      slot !== undefined && findRandomization(sources.entries, givenTo)?.number === slot.number
    );
  } catch (error) {
    if (error instanceof RandoseError) return false;
    throw error;
  }
}

/** That the ledger does not say that a participant was given a kit; undefined if it says so. */
export function notGivenText(
  { ledger }: RescuedStudy,
  { kit, to }: KitGivenTo,
): string | undefined {
  const kits = otherKitsGiven(ledger.whole, to, []).map((one) => one.kit);
  if (kits.some((one) => kitKey(one) === kit)) return undefined;
  return kits.length === 0
    ? `the ledger does not say that ${to} was given kit ${kit}`
    : `the ledger says that ${to} was given ${listed(kits)}, not ${kit}`;
}

/**
 * The openings before this one that concern the same participant or slot. For a kit that was given to somebody, those
 * of its slot are left out: they would name another participant.
 */
export function openingsBefore(
  { ledger }: RescuedStudy,
  flags: TargetFlags,
  { subject, number }: { readonly subject: string | null; readonly number: string },
): EarlierOpening[] {
  const isGiven = givenOf(flags) !== undefined;
  return openingsOfSlot(ledger.whole, {
    subject: subject ?? undefined,
    number: isGiven ? undefined : number,
  });
}

/**
 * Why these flags name nobody who can be opened, whatever the key is: known before a secret is asked for. If the
 * ledger cannot be read, a kit still names somebody: the envelopes know it.
 *
 * @returns undefined if somebody may be opened
 */
export function surelyNobody(study: RescuedStudy, flags: TargetFlags): RandoseError | undefined {
  try {
    findTarget(study, flags);
    return undefined;
  } catch (error) {
    if (error instanceof RandoseError) return error;
    throw error;
  }
}

/** What can be read of who has which slot. */
export function sourcesOf({ ledger, batches, envelopes }: RescuedStudy): SlotSources {
  return {
    entries: ledger.whole,
    isLedgerSound: ledger.areEntriesSound,
    mayBeInUse: ledger.mayBeInUse,
    slots: batches.flatMap(({ slots }) => slots),
    isListSound: batches.every(({ isListSound }) => isListSound),
    numbers: envelopes.map(numberOfFile),
  };
}

function unknownKit({ study, ledger }: RescuedStudy, typed: string): RandoseError {
  const read = study === undefined ? undefined : readKit(typed, study);
  if (read !== undefined && 'problem' in read) {
    return new RandoseError('bad-data', read.problem, {
      hint: `${meantByKit(ledger.whole, typed)}Read the code from the kit again.`,
    });
  }
  return kitOfAnotherTrial(typed);
}

/** A slot that nobody has. Its kit may have been given to somebody all the same, and nobody recorded it. */
export class NotAssigned extends RandoseError {
  constructor({ number }: FoundSlot, kit: string | undefined) {
    const what = kit === undefined ? number : `kit ${kit} (${number})`;
    super('bad-data', `${what} is not assigned to any participant`, {
      hint: `Check the code on the kit. If the kit was given to somebody anyway: randose unblind --kit ${kit ?? 'CODE'} --given-to SUBJECT`,
    });
    this.name = 'NotAssigned';
  }
}
