import { RandoseError } from '../../../errors.ts';
import { isDatabaseInEnvironment } from '../../../store/postgres/environment.ts';
import { NAME_DATABASE } from '../../../words.ts';
import type { LedgerFlags } from './command.ts';

/**
 * The URL of the database that a command needs.
 *
 * @returns undefined if the environment names it, as libpq reads it
 * @throws RandoseError `usage` if nobody names it
 */
export function requireUrl({ ledger }: LedgerFlags, flag: string): string | undefined {
  if (ledger !== undefined || isDatabaseInEnvironment(process.env)) return ledger;
  throw new RandoseError('usage', `${flag} needs --ledger URL`, {
    hint: `${NAME_DATABASE}. For example: randose ledger ${flag} --ledger postgres://HOST/DATABASE`,
  });
}
