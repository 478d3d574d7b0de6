import { RandoseError } from '../errors.ts';
import { readKit } from '../randomization/kit-check.ts';
import { haveKits, kitsOf, type Slot } from '../randomization/list.ts';
import type { KitNumber, Numbering } from '../randomization/numbers.ts';
import { meantByKit, randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';

/** The parts of a study in which a kit is looked up. */
interface KitRegister {
  readonly study: Numbering;
  readonly slots: readonly Slot[];
  readonly entries: readonly Entry[];
}

/** A kit of the study, with the participant who has it. */
export interface Kit {
  readonly kit: KitNumber;
  /** The slot that it is packed for, as its kit or as a spare kit. */
  readonly slot: Slot;
  /** Undefined while nobody has the slot. */
  readonly holder: EntryOf<'randomization'> | undefined;
}

/**
 * Refuses what is about kits if the slots have none.
 *
 * @throws RandoseError `usage`
 */
export function requireKits(slots: readonly Slot[]): void {
  if (haveKits(slots)) return;
  throw new RandoseError('usage', 'this study has no kits: study.yaml says supplies: none', {
    hint: 'Participants are named by their subject id or randomization number.',
  });
}

/**
 * The kit whose code somebody typed.
 *
 * @throws RandoseError `usage` if the study has no kits; `bad-data` if the code is mistyped, or no kit of the study has it
 */
export function requireKit({ study, slots, entries }: KitRegister, typed: string): Kit {
  requireKits(slots);
  const read = readKit(typed, study);
  if ('problem' in read) {
    throw new RandoseError('bad-data', read.problem, {
      hint: `${meantByKit(entries, typed)}Check the code on the kit.`,
    });
  }
  const { kit } = read;
  const slot = slots.find((one) => kitsOf(one).includes(kit));
  if (slot === undefined) throw kitOfAnotherTrial(kit);
  return { kit, slot, holder: randomizations(entries).find((one) => one.kit === slot.kit) };
}

/** That no kit of the study has a code, although it is not mistyped. */
export function kitOfAnotherTrial(kit: string): RandoseError {
  const message = `kit code ${kit} is correctly formed but is not in this study`;
  return new RandoseError('bad-data', message, { hint: 'Check which trial the kit is for.' });
}

/**
 * The randomization of the participant who has a kit.
 *
 * @throws RandoseError `bad-data` as `requireKit`, and if no participant has the kit yet
 */
export function requireKitHolder(register: KitRegister, typed: string): EntryOf<'randomization'> {
  const { kit, slot, holder } = requireKit(register, typed);
  if (holder !== undefined) return holder;
  throw new RandoseError('bad-data', `no participant has kit ${kit} (${slot.number}) yet`, {
    hint: 'Check the code on the kit.',
  });
}
