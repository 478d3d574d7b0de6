import { RandoseError } from '../../../errors.ts';
import { parseWho, type Who } from '../../../ledger/who.ts';
import type { LedgerFlags } from './command.ts';

/** Who does something, and why. @throws RandoseError `usage` if one of them is missing */
export function reasoned(
  { by, reason = '' }: LedgerFlags,
  flag: string,
): { who: Who; reason: string } {
  if (by !== undefined && reason.trim() !== '') return { who: parseWho(by), reason: reason.trim() };
  throw new RandoseError('usage', `--${flag} needs --by WHO and --reason TEXT`, {
    hint: `For example: --${flag} --by "A. Example, data manager" --reason "${EXAMPLE_REASONS[flag] ?? ''}"`,
  });
}

const EXAMPLE_REASONS: Readonly<Record<string, string>> = {
  repair: 'power cut at night',
  'accept-older': 'disk failed; restored from the backup of 24 November',
};

/** @throws RandoseError `usage` if `--by` is missing */
export function requireBy({ by }: LedgerFlags, flag: string): string {
  if (by !== undefined) return by;
  throw new RandoseError('usage', `${flag} needs --by WHO`, {
    hint: `For example: ${flag} --by "A. Example, data manager, Example Hospital"`,
  });
}
