import { parseWho, type Who } from '../../ledger/who.ts';
import { accountName } from '../../system/account.ts';

/**
 * Who does something: the person named by --by, else the account of the computer.
 *
 * @throws RandoseError `usage` if --by does not name a person
 */
export function whoOrAccount(by: string | undefined): Who {
  if (by !== undefined) return parseWho(by);
  return { name: accountName(), role: 'operating system account', organisation: '' };
}
