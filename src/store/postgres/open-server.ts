import { RandoseError } from '../../errors.ts';
import { type Connection, connect, ServerError } from './connection.ts';
import { connectionSettings } from './connection-settings.ts';
import { thisMachine } from './machine.ts';
import { Server, type Standing } from './server.ts';

/** The version of the schema that this program uses. */
const SCHEMA_VERSION = 1;

/** A server that was reached, where the login stands, and the connection to it. */
export interface OpenedServer {
  readonly server: Server;
  readonly standing: Standing;
  readonly connection: Connection;
}

/** Connects to a database. @throws RandoseError as `connect` does */
export async function connectTo(url: string | undefined, patienceMs?: number): Promise<Connection> {
  const settings = connectionSettings(url, thisMachine());
  try {
    return await connect(settings, patienceMs === undefined ? {} : { deadlineMs: patienceMs });
  } catch (error) {
    throw error instanceof RandoseError && error.code === 'unavailable' ? withWayOut(error) : error;
  }
}

/** An error of a database that does not answer, with what still works. */
function withWayOut({ code, message, problems, hint = '' }: RandoseError): RandoseError {
  return new RandoseError(code, message, {
    problems,
    hint: `Nothing was recorded. ${hint}\nAn emergency code-break works without the database: randose unblind SUBJECT --identity KEY --reason TEXT`,
  });
}

/**
 * Connects to the database of a ledger.
 *
 * @throws RandoseError `not-found` if it has no ledger; `no-access` if the login has no duty in it; `bad-data` if its schema
 *   has another version
 */
export async function openServer(
  url: string | undefined,
  patienceMs?: number,
): Promise<OpenedServer> {
  const connection = await connectTo(url, patienceMs);
  try {
    const server = new Server(connection, patienceMs);
    const standing = await server.whoami();
    if (standing.schemaVersion !== SCHEMA_VERSION) throw otherVersion(standing.schemaVersion);
    return { server, standing, connection };
  } catch (error) {
    await connection.close();
    throw explained(error);
  }
}

function otherVersion(version: number): RandoseError {
  return new RandoseError(
    'bad-data',
    `the ledger in this database has the schema ${version}, and this randose uses ${SCHEMA_VERSION}`,
    { hint: 'Nothing was done. Use the version of randose that the others of the study use.' },
  );
}

/** What is missing in a database, in words. */
function explained(error: unknown): unknown {
  if (!(error instanceof ServerError)) return error;
  switch (error.sqlstate) {
    case '3F000': // no schema
    case '42883': // no function
      return new RandoseError('not-found', 'this database has no ledger', {
        hint: 'Is it the right database? To make a ledger in it, as its owner: randose ledger --create --ledger URL',
      });
    case '42501':
      return noDuty();
    default:
      return error;
  }
}

/** The error of a login that may read nothing. */
export function noDuty(): RandoseError {
  return new RandoseError('no-access', 'this login has no duty in the study', {
    hint: 'The data manager gives duties: randose ledger --grant LOGIN --duty DUTY --site CODE',
  });
}
