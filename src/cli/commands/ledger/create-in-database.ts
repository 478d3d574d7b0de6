import { RandoseError } from '../../../errors.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { ServerError } from '../../../store/postgres/connection.ts';
import { schemaScript } from '../../../store/postgres/create-schema.ts';
import { connectTo } from '../../../store/postgres/open-server.ts';
import type { Output } from '../../output/output.ts';
import { tellWould } from '../../study/look-first.ts';
import type { LedgerFlags } from './command.ts';
import { requireUrl } from './database-url.ts';

/** `randose ledger --create`: makes the tables, functions and roles of a ledger in a database. */
export async function createInDatabase(output: Output, flags: LedgerFlags): Promise<void> {
  const connection = await connectTo(requireUrl(flags, '--create'));
  noteOpened(connection);
  if (flags.dryRun === true) {
    tellWould(output, `make a ledger in the database, as the login ${connection.login}`);
    return;
  }
  try {
    await connection.begin(() => connection.query(schemaScript()));
  } catch (error) {
    throw explained(error);
  }
  output.result(
    { created: true, login: connection.login },
    `The database has an empty ledger, made by the login ${connection.login}.\n`,
  );
  output.say('Next, in the study folder: randose ledger --import --ledger URL --by WHO');
}

function explained(error: unknown): unknown {
  if (!(error instanceof ServerError)) return error;
  switch (error.sqlstate) {
    case '42P06': // duplicate schema
      return new RandoseError('would-overwrite', 'this database has a ledger already', {
        hint: 'Nothing was changed. Each study has a database of its own: createdb NAME',
      });
    case '42501': // insufficient privilege
      return new RandoseError('no-access', `the login may not make a ledger: ${error.message}`, {
        hint: 'Nothing was changed. The login must own the database, and may make roles: ALTER ROLE LOGIN CREATEROLE. A superuser may do both.',
      });
    default:
      return error;
  }
}
