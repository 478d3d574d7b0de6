import { RandoseError } from '../../errors.ts';
import {
  type Naming,
  type ParticipantRegister,
  requireNaming,
} from '../../ledger/named-participant.ts';

/**
 * The flags, with what the id names that was typed without one.
 *
 * @throws RandoseError `usage` if a flag names the participant too, or the id could be two things; `bad-data` if it
 *   is nothing in this study
 */
export function withId<Flags extends Naming>(
  register: ParticipantRegister,
  flags: Flags,
  id: string | undefined,
): Flags {
  if (id === undefined) return flags;
  return { ...flags, ...requireNaming(register, id) };
}

/**
 * Checks that participants are chosen in one way only, before anything is read.
 *
 * @param ways the id and the flags that choose
 * @throws RandoseError `usage`
 */
export function requireNamedOnce(...ways: readonly (string | undefined)[]): void {
  const given = ways.filter((one) => one !== undefined);
  if (given.length <= 1) return;
  throw new RandoseError(
    'usage',
    `expected one of ID, --subject, --number, --kit and --site, found ${given.length}`,
    { hint: 'Leave out the others. Nothing was done.' },
  );
}
