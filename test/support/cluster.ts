import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Debian keeps the server's programs out of the path, by version. */
const FOLDERS = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql')
      .sort((one, other) => Number(other) - Number(one))
      .map((version) => `/usr/lib/postgresql/${version}/bin`)
  : [];
const FOLDER = FOLDERS.find((one) => existsSync(join(one, 'initdb')));
const program = (name: string) => (FOLDER === undefined ? name : join(FOLDER, name));

/** The program of PostgreSQL that makes a server, to ask whether it is installed. */
export const INITDB = program('initdb');

export interface ClusterOptions {
  /** Lines of postgresql.conf. What is not given is PostgreSQL's default: fsync is on. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf that come before our own. */
  readonly access?: readonly string[];
  /** PEM texts; the server then offers TLS. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    /** The authority of the clients' certificates. */
    readonly clients?: string;
  };
}

/** A PostgreSQL server of its own: on 127.0.0.1 with passwords, and for its superuser on a socket without. */
export interface Cluster {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Holds the socket; for libpq, a host. */
  readonly socketFolder: string;
  readonly dataFolder: string;
  /**
   * Runs SQL with psql: as the superuser through the socket, or as a login that `createLogin` made, with its password over TCP.
   *
   * @returns rows as lines, columns with `|` between them
   * @throws an error with psql's messages, which have the SQLSTATE
   */
  psql(
    sql: string,
    as?: {
      readonly user?: string;
      readonly database?: string;
      /** Of a proxy, for a login. */
      readonly port?: number;
      /** For `:'name'` and `:"name"` in the SQL. */
      readonly variables?: Readonly<Record<string, string>>;
    },
  ): Promise<string>;
  createDatabase(name: string, options?: { readonly encoding?: string }): Promise<void>;
  createLogin(name: string, password: string): Promise<void>;
  /** PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE for one of the logins. */
  environment(login: string, database: string): Record<string, string>;
  /** What the server wrote since it was made. */
  log(): string;
  /** `immediate` is like a crash: what is not on the disk is lost. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** Starts a stopped server, on the same port. */
  start(): Promise<void>;
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** Starts a server from a copy of this one as it is now, as if it were restored from a backup. Stop it, and start it when needed. */
  restoredFromBackup(): Promise<Cluster>;
  /** Starts a server that follows this one; if it is synchronous, this one waits until it has applied a commit. */
  standby(options: { readonly name: string; readonly synchronous: boolean }): Promise<Cluster>;
  /** Makes a standby the primary. */
  promote(): Promise<void>;
}

/** Who runs the server, which refuses to run as root. */
const owner =
  process.getuid?.() === 0 && FOLDER !== undefined
    ? {
        uid: Number(execFileSync('id', ['-u', 'postgres'])),
        gid: Number(execFileSync('id', ['-g', 'postgres'])),
      }
    : undefined;
const ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

const ends: (() => Promise<void>)[] = [];

/** Stops and removes every server that was started here. */
export async function stopClusters(): Promise<void> {
  await Promise.all(ends.splice(0).map(async (end) => end()));
}

/** Makes and starts a server, until `stopClusters`. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const home = newHome();
  await run(program('initdb'), home, [
    ...['--pgdata', join(home, 'data'), '--no-sync', '--username', 'postgres'],
    ...['--encoding', 'UTF8', '--locale', 'C.UTF-8'],
  ]);
  return openCluster(home, new Map(), options);
}

/** Starts a server from the folder `data` in a home, which somebody has filled, until `stopClusters`. */
export async function startIn(home: string, options: ClusterOptions): Promise<Cluster> {
  giveToServer(home);
  return openCluster(home, new Map(), options);
}

/** Gives a folder, with everything in it, to whoever runs servers. */
export function giveToServer(folder: string): void {
  if (owner === undefined) return;
  execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, folder]);
}

/** A short path: that of a socket may have 107 bytes. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'pg-'));
  if (owner !== undefined) chownSync(home, owner.uid, owner.gid);
  return home;
}

async function openCluster(
  home: string,
  passwords: Map<string, string>,
  options: ClusterOptions,
): Promise<Cluster> {
  const dataFolder = join(home, 'data');
  const port = await freePort();
  configure(dataFolder, options);
  const log = join(home, 'log');
  let server: ChildProcess | undefined;

  const start = async () => {
    const output = openSync(log, 'a');
    // If the tests are killed, the server is stopped too.
    const started = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'QUIT', program('postgres'), '-D', dataFolder],
        ...['-p', String(port), '-k', home],
      ],
      { ...owner, cwd: home, env: ENVIRONMENT, stdio: ['ignore', output, output] },
    );
    server = started;
    closeSync(output);
    const state = join(dataFolder, 'postmaster.pid');
    while (!/^(?:ready|standby)\s*$/m.test(textOf(state))) {
      if (started.exitCode !== null) throw new Error(`the server did not start:\n${textOf(log)}`);
      await pause(10);
    }
  };
  const stop = async (how: 'fast' | 'immediate') => {
    const stopped = server;
    if (stopped?.exitCode !== null || stopped.signalCode !== null) return;
    const gone = new Promise((resolve) => stopped.once('exit', resolve));
    stopped.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  };
  ends.push(async () => {
    await stop('immediate');
    rmSync(home, { recursive: true, force: true });
  });

  const environment = (login: string, database: string) => ({
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGUSER: login,
    PGPASSWORD: passwords.get(login) ?? '',
    PGDATABASE: database,
  });
  const psql: Cluster['psql'] = async (sql, { user, database = 'postgres', ...more } = {}) =>
    run(
      program('psql'),
      home,
      [
        ...['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose'],
        ...Object.entries(more.variables ?? {}).flatMap(([name, value]) => [
          '-v',
          `${name}=${value}`,
        ]),
      ],
      {
        ...environment(user ?? 'postgres', database),
        ...(user === undefined && { PGHOST: home }),
        ...(more.port !== undefined && { PGPORT: String(more.port) }),
        PGCLIENTENCODING: 'UTF8',
      },
      sql,
    );
  const copy = async (more: readonly string[]) => {
    const folder = newHome();
    await run(program('pg_basebackup'), folder, [
      ...[
        '--dbname',
        conninfo(home, port),
        '--pgdata',
        join(folder, 'data'),
        '--checkpoint',
        'fast',
      ],
      ...more,
    ]);
    return openCluster(folder, new Map(passwords), {});
  };

  await start();
  return {
    host: '127.0.0.1',
    port,
    socketFolder: home,
    dataFolder,
    psql,
    environment,
    start,
    stop,
    log: () => textOf(log),
    async createDatabase(name, { encoding = 'UTF8' } = {}) {
      // Only the C locale fits every encoding.
      await psql(`create database :"name" template template0 encoding :'encoding' locale 'C';`, {
        variables: { name, encoding },
      });
    },
    async createLogin(name, password) {
      passwords.set(name, password);
      await psql(`create role :"name" login password :'password';`, {
        variables: { name, password },
      });
    },
    async restart(how) {
      await stop(how);
      await start();
    },
    restoredFromBackup: async () => copy([]),
    async standby({ name, synchronous }) {
      const other = await copy([
        '--write-recovery-conf',
        ...['--dbname', `${conninfo(home, port)} application_name=${name}`],
      ]);
      if (synchronous) {
        await psql(
          `alter system set synchronous_standby_names = :'name';
           alter system set synchronous_commit = remote_apply;
           select pg_reload_conf();`,
          { variables: { name } },
        );
      }
      const awaited = synchronous ? 'streaming|sync' : 'streaming|async';
      const asked = `select state, sync_state from pg_stat_replication where application_name = :'name';`;
      while ((await psql(asked, { variables: { name } })).trim() !== awaited) await pause(20);
      return other;
    },
    promote: async () => {
      await psql('select pg_promote();');
    },
  };
}

function configure(dataFolder: string, { settings = {}, access = [], tls }: ClusterOptions): void {
  const offered: Record<string, string> = { listen_addresses: '127.0.0.1', ...settings };
  if (tls !== undefined) {
    Object.assign(offered, { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' });
    writeFor(join(dataFolder, 'server.crt'), tls.certificate);
    writeFor(join(dataFolder, 'server.key'), tls.key);
    if (tls.clients !== undefined) {
      offered.ssl_ca_file = 'clients.crt';
      writeFor(join(dataFolder, 'clients.crt'), tls.clients);
    }
  }
  const lines = Object.entries(offered).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  appendFileSync(join(dataFolder, 'postgresql.conf'), lines.join(''));
  const own = [
    'local all postgres trust',
    'local replication postgres trust',
    'local all all scram-sha-256',
    'host all all 127.0.0.0/8 scram-sha-256',
  ];
  writeFileSync(join(dataFolder, 'pg_hba.conf'), [...access, ...own, ''].join('\n'));
}

/** Writes a file that its owner, the server, alone may read. */
function writeFor(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

const conninfo = (folder: string, port: number) =>
  `host=${folder} port=${String(port)} user=postgres`;

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return address.port;
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Runs a program of PostgreSQL as the server's owner, without blocking: a proxy may run in this process. */
async function run(
  file: string,
  cwd: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      words,
      { ...owner, cwd, env: { ...ENVIRONMENT, ...environment }, maxBuffer: 2 ** 30 },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(error.message));
      },
    );
    child.stdin?.end(input);
  });
}
