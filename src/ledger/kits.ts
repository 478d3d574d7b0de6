import { RandoseError } from '../errors.ts';
import { readKit } from '../randomization/kit-check.ts';
import { kitsOf, type Slot } from '../randomization/list.ts';
import type { KitNumber, Numbering } from '../randomization/numbers.ts';
import { randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';

/** A study, as far as a kit is looked up in it. */
export interface KitRegister {
  readonly study: Numbering;
  readonly slots: readonly Slot[];
  readonly entries: readonly Entry[];
}

/** A kit of the study, with the participant who has it. */
export interface Kit {
  readonly kit: KitNumber;
  /** The slot that it is packed for, as its kit or as a spare one. */
  readonly slot: Slot;
  /** Undefined while the slot is given to nobody. */
  readonly holder: EntryOf<'randomization'> | undefined;
}

/**
 * The kit whose code somebody typed.
 *
 * @throws RandoseError `bad-data` where the code is mistyped, or no kit of the study has it
 */
export function requireKit({ study, slots, entries }: KitRegister, typed: string): Kit {
  const read = readKit(typed, study);
  if ('problem' in read) {
    throw new RandoseError('bad-data', read.problem, { hint: 'Read it from the kit once more.' });
  }
  const { kit } = read;
  const slot = slots.find((one) => kitsOf(one).includes(kit));
  if (slot === undefined) {
    throw new RandoseError(
      'bad-data',
      `kit code ${kit} is correctly formed but is not in this study`,
      {
        hint: 'Check which trial the kit is for.',
      },
    );
  }
  return { kit, slot, holder: randomizations(entries).find((one) => one.kit === slot.kit) };
}

/**
 * The randomization of the participant who has a kit.
 *
 * @throws RandoseError `bad-data` as `requireKit`, and where the kit is given to nobody yet
 */
export function requireKitHolder(register: KitRegister, typed: string): EntryOf<'randomization'> {
  const { kit, slot, holder } = requireKit(register, typed);
  if (holder !== undefined) return holder;
  throw new RandoseError('bad-data', `kit ${kit} (${slot.number}) is given to nobody yet`, {
    hint: 'Its number is not assigned to any participant: check the code on the kit.',
  });
}
