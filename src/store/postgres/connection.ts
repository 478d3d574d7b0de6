import type { LookupFunction, Socket } from 'node:net';
import { RandoseError } from '../../errors.ts';
import type { ConnectionSettings, HostSettings } from './connection-settings.ts';
import { openSocket, secondsText } from './server-socket.ts';
import { type Parameter, toText, TYPES } from './values.ts';

/** How long it may take to connect, if nobody says. */
const CONNECT_MS = 5000;
/** How long a statement may take, if nobody says. */
const STATEMENT_MS = 15_000;
/** How long a server may take to say goodbye. */
const CLOSE_MS = 1000;

/** A row by the names of its columns: numbers, booleans, bytes and arrays of texts are these in JavaScript; everything else is text. */
export type Row = Readonly<Record<string, unknown>>;

/** What the server said beside its answer. */
export interface Notice {
  /** `WARNING`, `NOTICE`, … */
  readonly severity: string;
  /** SQLSTATE: five letters and digits. */
  readonly sqlstate: string;
  readonly message: string;
}

export interface StatementOptions {
  readonly deadlineMs?: number;
  /** Whether the statement commits a change: if its answer is lost, it is not known whether it did. */
  readonly commits?: boolean;
}

/** A session with the server. It does one statement at a time, and never one twice. */
export interface Connection {
  /** Who is connected, whatever anybody claims: the session's user. */
  readonly login: string;
  /** For messages: the host and port that answered. */
  readonly server: string;
  /**
   * Does a statement. Without parameters it may be several, in one transaction; the rows are those of the last.
   *
   * @throws ServerError if the server refuses it: nothing is changed; RandoseError `unavailable` if the connection or the
   * deadline is lost and nothing is changed; `outcome-unknown` if it `commits` and may have done so, which includes a warning
   * during it: a synchronous standby may not have it
   */
  query(
    text: string,
    parameters?: readonly Parameter[],
    options?: StatementOptions,
  ): Promise<Row[]>;
  /** Does work in one transaction: committed if the work succeeds, else rolled back. Errors as `query` with `commits`. */
  begin<T>(work: () => Promise<T>, options?: Pick<StatementOptions, 'deadlineMs'>): Promise<T>;
  /** Everything that the server said beside its answers, in order. */
  notices(): readonly Notice[];
  close(): Promise<void>;
}

/** The server refused a statement, and changed nothing. */
export class ServerError extends Error {
  /** Five letters and digits. https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlstate: string;
  readonly detail: string | undefined;

  constructor(sqlstate: string, message: string, detail: string | undefined) {
    super(message);
    this.name = 'ServerError';
    this.sqlstate = sqlstate;
    this.detail = detail;
  }
}

export interface ConnectOptions {
  /** How long it may take to find a server and log in, over all hosts; 5 s, or PGCONNECT_TIMEOUT for each host. */
  readonly deadlineMs?: number;
  /** Finds the addresses of a host name; the system's by default. */
  readonly lookup?: LookupFunction;
}

/**
 * Connects to the first of the servers that answers and will do.
 *
 * @throws RandoseError `unavailable`, `not-trusted`, `no-access`, `not-found` or `bad-data`, in words
 */
export async function connect(
  settings: ConnectionSettings,
  options: ConnectOptions = {},
): Promise<Connection> {
  const { hosts, connectTimeoutMs } = settings;
  const whole = options.deadlineMs ?? (connectTimeoutMs ?? 0) * hosts.length;
  const end = performance.now() + (whole === 0 ? CONNECT_MS : whole);
  const failures: RandoseError[] = [];
  for (const [index, host] of hosts.entries()) {
    // A server that does not answer leaves time for the others.
    const share = (end - performance.now()) / (hosts.length - index);
    const deadlineMs = Math.max(1, Math.round(Math.min(connectTimeoutMs ?? Infinity, share)));
    try {
      return await Session.open(settings, host, { ...options, deadlineMs });
    } catch (error) {
      const mayBeAnother = ['unavailable', 'not-trusted'] as unknown[];
      if (!(error instanceof RandoseError) || !mayBeAnother.includes(error.code)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (failures.length === 1) throw first!;
  const worst = failures.find(({ code }) => code !== 'unavailable') ?? first!;
  throw new RandoseError(worst.code, `none of the ${hosts.length} servers can be used`, {
    problems: failures.map(({ message }) => ({ message })),
    ...(worst.hint !== undefined && { hint: worst.hint }),
  });
}

type Driver = typeof import('postgres');
type Sql = ReturnType<Driver>;

/** What the driver tells of an error of the server. */
interface DriverError {
  /** Undefined if the error is not the server's. */
  readonly severity?: string;
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
}

class Session implements Connection {
  login = '';
  readonly server: string;
  readonly #sql: Sql;
  readonly #socket: Socket;
  readonly #notices: Notice[] = [];
  #isLost = false;

  static async open(
    settings: ConnectionSettings,
    host: HostSettings,
    options: ConnectOptions & { readonly deadlineMs: number },
  ): Promise<Session> {
    const end = performance.now() + options.deadlineMs;
    // Loaded here, so that nothing else waits for a driver.
    const driver = (await import('postgres')).default;
    const socket = await openSocket(host, options);
    const session = new Session(driver, settings, host, socket);
    try {
      await session.#start(settings, Math.max(1, end - performance.now()));
    } catch (error) {
      socket.destroy();
      throw error instanceof ServerError ? refusedLogin(error, settings, host) : error;
    }
    return session;
  }

  private constructor(
    driver: Driver,
    settings: ConnectionSettings,
    host: HostSettings,
    socket: Socket,
  ) {
    this.server = host.name;
    this.#socket = socket;
    socket.once('close', () => {
      this.#isLost = true;
    });
    let isHandedOver = false;
    const open = () => {
      // The driver would connect again, and do again what it was doing.
      if (isHandedOver) throw new Error('the connection is closed');
      isHandedOver = true;
      return socket;
    };
    this.#sql = withoutVariable('PGTARGETSESSIONATTRS', () =>
      driver({
        // Everything that the driver would else take from the environment.
        host: 'localhost',
        port: 5432,
        user: settings.user,
        database: settings.database,
        password: host.password?.text ?? '',
        max: 1,
        ssl: false,
        sslnegotiation: null,
        idle_timeout: 0,
        connect_timeout: 0,
        max_lifetime: null,
        max_pipeline: 1,
        backoff: false,
        keep_alive: 60,
        prepare: false,
        debug: false,
        fetch_types: false,
        publications: '',
        connection: {
          application_name: settings.applicationName,
          ...(settings.options !== undefined && { options: settings.options }),
        },
        types: TYPES,
        onnotice: ({ severity = '', code = '', message = '' }) => {
          this.#notices.push({ severity, sqlstate: code, message });
        },
        socket: open,
      } as unknown as Parameters<Driver>[0] & object),
    );
  }

  async #start({ session, database }: ConnectionSettings, deadlineMs: number): Promise<void> {
    const [row] = await this.query(
      `select session_user::text as login, current_setting('server_encoding') as encoding,
         current_setting('transaction_read_only')::boolean as "isReadOnly", pg_is_in_recovery() as "isStandby"`,
      [],
      { deadlineMs },
    );
    const { login, encoding, isReadOnly, isStandby } = row!;
    this.login = String(login);
    if (encoding !== 'UTF8') {
      throw new RandoseError(
        'bad-data',
        `${this.server}: the database ${database} has the encoding ${String(encoding)}, which cannot keep every text`,
        {
          hint: 'Make a database with the encoding UTF8: createdb --encoding UTF8 --template template0',
        },
      );
    }
    const isWrong = session === 'any' ? false : session === 'primary' ? isStandby : isReadOnly;
    if (isWrong === true) {
      throw new RandoseError(
        'unavailable',
        `${this.server}: this server takes no changes: ${isStandby === true ? 'it is a standby' : 'it is read-only'}`,
        {
          hint: 'Name the primary server too, as postgres://one,other/database. After a failover, the standby must be promoted.',
        },
      );
    }
  }

  async query(
    text: string,
    parameters: readonly Parameter[] = [],
    options: StatementOptions = {},
  ): Promise<Row[]> {
    const { rows } = await this.#do(text, parameters, options);
    return rows;
  }

  async #do(
    text: string,
    parameters: readonly Parameter[],
    { deadlineMs = STATEMENT_MS, commits = false }: StatementOptions,
  ): Promise<{ rows: Row[]; command: string }> {
    if (this.#isLost) throw this.#lost(false, 'the connection is closed');
    const said = this.#notices.length;
    const texts = parameters.map((one) => (one === null ? null : toText(one)));
    const doing = this.#sql.unsafe(text, texts).execute();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, 'late');
    });
    try {
      const answer = await Promise.race([doing, late]);
      if (answer === 'late') {
        doing.catch(() => undefined);
        throw this.#lost(commits, `no answer within ${secondsText(deadlineMs)}`);
      }
      const warning = this.#notices.slice(said).find(({ severity }) => severity === 'WARNING');
      if (commits && warning !== undefined) throw outcomeUnknown(this.server, warning.message);
      const results = answer as unknown as { command: string }[] & { command: string };
      const last = Array.isArray(results[0]) ? (results.at(-1)! as typeof results) : results;
      return { rows: [...last] as unknown as Row[], command: last.command };
    } catch (error) {
      if (error instanceof RandoseError) throw error;
      const { severity, code, message, detail } = error as DriverError;
      if (severity === 'ERROR') throw new ServerError(code, message, detail);
      // Before the session has begun, the server refuses with FATAL.
      if (severity === 'FATAL' && this.login === '') throw new ServerError(code, message, detail);
      throw this.#lost(commits, severity === undefined ? 'the connection is lost' : message);
    } finally {
      clearTimeout(timer);
    }
  }

  async begin<T>(
    work: () => Promise<T>,
    options: Pick<StatementOptions, 'deadlineMs'> = {},
  ): Promise<T> {
    await this.query('begin', [], options);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // If it cannot be rolled back, the connection is lost, and the server does it.
      await this.query('rollback', [], options).catch(() => undefined);
      throw error;
    }
    const { command } = await this.#do('commit', [], { ...options, commits: true });
    if (command !== 'COMMIT') throw new Error('an error within a transaction was passed over');
    return result;
  }

  notices(): readonly Notice[] {
    return [...this.#notices];
  }

  async close(): Promise<void> {
    if (!this.#isLost) await this.#sql.end({ timeout: CLOSE_MS / 1000 });
    this.#drop();
  }

  /** The error of a statement whose answer does not come. Nothing more is said through this connection. */
  #lost(commits: boolean, why: string): RandoseError {
    this.#drop();
    if (commits) return outcomeUnknown(this.server, why);
    return new RandoseError('unavailable', `${this.server}: ${why}`, {
      hint: 'Check the network and that the server runs, then run the command again.',
    });
  }

  #drop(): void {
    this.#isLost = true;
    this.#socket.destroy();
  }
}

function outcomeUnknown(server: string, why: string): RandoseError {
  return new RandoseError(
    'outcome-unknown',
    `${server}: it is not known whether the act was entered: ${why}`,
    {
      hint: 'Run the same command again: if the act was entered, it is not entered a second time.',
    },
  );
}

/** Runs work while a variable of the environment is unset. */
function withoutVariable<T>(name: string, work: () => T): T {
  const kept = process.env[name];
  Reflect.deleteProperty(process.env, name);
  try {
    return work();
  } finally {
    if (kept !== undefined) process.env[name] = kept;
  }
}

/** Why nobody could log in, in words. */
function refusedLogin(
  { sqlstate, message }: ServerError,
  { user, database, notes }: ConnectionSettings,
  { name, password }: HostSettings,
): RandoseError {
  const ask = 'Ask the administrator of the database.';
  switch (sqlstate) {
    case '28P01': // invalid_password
      return new RandoseError(
        'no-access',
        password === undefined
          ? `${name}: the login ${user} needs a password, and none was found`
          : `${name}: the password for the login ${user} is wrong (${password.from})`,
        {
          // A note can end with a command, so it comes last.
          hint: [
            password === undefined
              ? `Put it into a password file that only you can read (PGPASSFILE, or .pgpass in your home folder), as host:port:${database}:${user}:password.`
              : `Correct it there, or ask the administrator of the database for a new one. The login may also not exist.`,
            ...notes,
          ].join(' '),
        },
      );
    case '28000': // invalid_authorization_specification
      return new RandoseError('no-access', `${name}: the login ${user} is refused: ${message}`, {
        hint: `${ask} The server's pg_hba.conf says who may connect from where.`,
      });
    case '3D000': // invalid_catalog_name
      return new RandoseError('not-found', `${name}: the database ${database} does not exist`, {
        hint: 'Correct its name after the last / of --ledger or RANDOSE_LEDGER, or in PGDATABASE.',
      });
    case '42501': // insufficient_privilege
      return new RandoseError('no-access', `${name}: ${message}`, { hint: ask });
    case '53300': // too_many_connections
      return new RandoseError('unavailable', `${name}: the server has too many connections`, {
        hint: 'Run the command again in a moment. If it happens again, raise max_connections.',
      });
    default:
      return new RandoseError('unavailable', `${name}: ${message}`, {
        hint: 'Run the command again in a moment. If it happens again, ask the administrator of the database.',
      });
  }
}
