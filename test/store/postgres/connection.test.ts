import { createServer, type LookupFunction } from 'node:net';
import { afterEach, describe, expect, vi } from 'vitest';
import { RandoseError } from '../../../src/errors.ts';
import {
  connect,
  type ConnectOptions,
  ServerError,
} from '../../../src/store/postgres/connection.ts';
import { connectionSettings } from '../../../src/store/postgres/connection-settings.ts';
import { newAuthority } from '../../support/certificates.ts';
import { type Cluster, startCluster, testWithPostgres } from '../../support/postgres.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

type Files = Readonly<Record<string, string>>;

/** Connects with settings from a URL and an environment, and closes after the test. */
async function connected(
  url: string | undefined,
  {
    environment = {},
    files = {},
    ...options
  }: { environment?: Record<string, string>; files?: Files } & ConnectOptions = {},
) {
  const settings = connectionSettings(url, {
    environment,
    home: '/home/ana',
    account: 'ana',
    isWindows: false,
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? undefined : { text, mode: 0o600, isOwnedByRoot: false };
    },
    hasSocket: () => false,
  });
  const connection = await connect(settings, options);
  open.push(connection);
  return connection;
}
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function failure(work: Promise<unknown>): Promise<RandoseError> {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RandoseError)) throw error;
  expect(error.hint ?? '').not.toBe('');
  return error;
}

async function madeOnce(work: () => Promise<Cluster>): Promise<Cluster> {
  return (made[work.name] ??= work());
}
const made: Record<string, Promise<Cluster>> = {};

const AUTHORITY = () => (authority ??= newAuthority('The trial'));
let authority: ReturnType<typeof newAuthority> | undefined;

/** With TLS, as db.example.org; s08 has a password and may read and write the table acts of the database study. */
async function withTls(): Promise<Cluster> {
  return prepared(
    await startCluster({
      tls: {
        ...AUTHORITY().issue('DNS:db.example.org,IP:127.0.0.1'),
        clients: AUTHORITY().certificate,
      },
      access: ['hostssl all certified 127.0.0.0/8 cert'],
    }),
  );
}
async function withoutTls(): Promise<Cluster> {
  return prepared(await startCluster());
}
async function prepared(cluster: Cluster): Promise<Cluster> {
  await cluster.createDatabase('study');
  await cluster.createLogin('s08', 'secret');
  await cluster.createLogin('certified', 'unused');
  await cluster.psql('create table acts (act text); grant select, insert on acts to s08', {
    database: 'study',
  });
  return cluster;
}

/** Every name leads to this machine. */
const lookup = ((_name, options, answer) => {
  if (options.all === true) answer(null, [{ address: '127.0.0.1', family: 4 }]);
  else answer(null, '127.0.0.1', 4);
}) as LookupFunction;

describe('a session', () => {
  testWithPostgres(
    'gives values as they are, whatever the client encoding of the environment',
    async () => {
      const cluster = await madeOnce(withoutTls);
      const environment = { ...cluster.environment('s08', 'study'), PGCLIENTENCODING: 'LATIN1' };
      vi.stubEnv('PGCLIENTENCODING', 'LATIN1');
      // The driver knows other words than libpq, and fails at them.
      vi.stubEnv('PGTARGETSESSIONATTRS', 'any');
      const connection = await connected(undefined, { environment });
      expect([process.env.PGTARGETSESSIONATTRS, connection.login]).toEqual(['any', 's08']);
      vi.unstubAllEnvs();
      const texts = [
        'Zoë',
        '日本',
        '"quoted"',
        'back\\slash',
        'a,b',
        '{}',
        '',
        'NULL',
        'line\nfeed',
        null,
      ];
      const [row] = await connection.query(
        `select $1::text[] as texts, $2::bytea as bytes, $3::bigint as number, $4::boolean as truth, $5::text as text,
         $6::jsonb as json, array_length($7::bytea[], 1) as count, $1::text[] = array_append($8::text[], null) as same,
         null as nothing, '2026-11-29T12:00:00Z'::timestamptz at time zone 'UTC' as time, '{}'::text[] as none,
         current_setting('client_encoding') as encoding`,
        [
          texts,
          new Uint8Array([0, 92, 255]),
          2 ** 40,
          true,
          'é',
          '{"a": 1}',
          [new Uint8Array([1]), new Uint8Array([2])],
          texts.slice(0, -1),
        ],
      );
      expect(row).toEqual({
        texts,
        bytes: Buffer.from([0, 92, 255]),
        number: 2 ** 40,
        truth: true,
        text: 'é',
        json: '{"a": 1}',
        count: 2,
        same: true,
        nothing: null,
        time: '2026-11-29 12:00:00',
        none: [],
        encoding: 'UTF8',
      });
      expect(await connection.query('select 1 as one; select 2 as two')).toEqual([{ two: 2 }]);
      await connection.query("insert into acts values ('Zoë')", [], { commits: true });
      expect(await cluster.psql('select act from acts', { database: 'study' })).toBe('Zoë\n');
    },
  );

  testWithPostgres('tells a refusal of the server with its SQLSTATE, and goes on', async () => {
    const cluster = await madeOnce(withoutTls);
    const connection = await connected(undefined, {
      environment: cluster.environment('s08', 'study'),
    });
    const refused = await connection
      .query('delete from acts', [], { commits: true })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServerError);
    expect(refused).toMatchObject({
      sqlstate: '42501',
      message: 'permission denied for table acts',
    });
    await connection.query(`do $$ begin raise notice 'by the way'; end $$`, [], { commits: true });
    expect(connection.notices()).toEqual([
      { severity: 'NOTICE', sqlstate: '00000', message: 'by the way' },
    ]);
    const warned = connection.query(`do $$ begin raise warning 'not replicated'; end $$`, [], {
      commits: true,
    });
    expect(await failure(warned)).toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining('not replicated') as unknown,
    });
    expect(await connection.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  testWithPostgres('commits work, or rolls it back', async () => {
    const cluster = await madeOnce(withoutTls);
    const connection = await connected(undefined, {
      environment: cluster.environment('s08', 'study'),
    });
    const enter = async (act: string) => connection.query('insert into acts values ($1)', [act]);
    const given = await connection.begin(async () => {
      await enter('first');
      return 'done';
    });
    expect(given).toBe('done');
    const refused = connection.begin(async () => {
      await enter('second');
      throw new Error('of the work');
    });
    await expect(refused).rejects.toThrow('of the work');
    const swallowed = connection.begin(async () => {
      await enter('third');
      await connection.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toThrow('passed over');
    const acts = await connection.query(
      "select act from acts where act in ('first', 'second', 'third')",
    );
    expect(acts).toEqual([{ act: 'first' }]);
  });
});

describe('an answer that does not come', () => {
  testWithPostgres(
    'is told as unknown if the statement commits, else as nothing done',
    async () => {
      const cluster = await madeOnce(withoutTls);
      const proxy = await startProxy(cluster);
      const environment = { ...cluster.environment('s08', 'study'), PGPORT: String(proxy.port) };
      const connection = await connected(undefined, { environment });
      const lost = proxy.loseAnswerTo('insert');
      const entered = connection.query('insert into acts values ($1)', ['lost'], { commits: true });
      expect((await failure(entered)).code).toBe('outcome-unknown');
      await lost;
      expect(
        await cluster.psql("select act from acts where act = 'lost'", { database: 'study' }),
      ).toBe('lost\n');
      const later = await failure(
        connection.query('insert into acts values ($1)', ['x'], { commits: true }),
      );
      expect(later.code).toBe('unavailable');

      const second = await connected(undefined, { environment });
      const slow = { deadlineMs: 200 };
      expect(await failure(second.query('select pg_sleep(60)', [], slow))).toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no answer within 0.2 s') as unknown,
      });
      const third = await connected(undefined, { environment });
      const unknown = third.query('select pg_sleep(60)', [], { ...slow, commits: true });
      expect((await failure(unknown)).code).toBe('outcome-unknown');

      const fourth = await connected(undefined, { environment });
      const sleeping = failure(fourth.query('select pg_sleep(60)', [], { commits: true }));
      await cluster.psql(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 's08'",
      );
      expect(await sleeping).toMatchObject({ code: 'outcome-unknown' });

      const last = await connected(undefined, { environment });
      proxy.fallSilent();
      const started = performance.now();
      await last.close();
      expect(performance.now() - started).toBeLessThan(3000);
    },
  );

  testWithPostgres('of a server that cannot be reached is awaited for so long only', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const started = performance.now();
    const error = await failure(
      connected(`postgres://127.0.0.1:${port}/study`, { deadlineMs: 300 }),
    );
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ did not answer within 0\.3 s$/);
    expect(performance.now() - started).toBeLessThan(2000);
    const cluster = await madeOnce(withoutTls);
    const both = {
      ...cluster.environment('s08', 'study'),
      PGHOST: '127.0.0.1,127.0.0.1',
      PGPORT: `${port},${cluster.port}`,
    };
    expect((await connected(undefined, { environment: both })).server).toBe(
      `127.0.0.1:${cluster.port}`,
    );
    silent.close();
  });
});

describe('who cannot connect is told why', () => {
  testWithPostgres('the place, the name, the password, the database, the number', async () => {
    const cluster = await madeOnce(withoutTls);
    const { port } = cluster;
    const environment = cluster.environment('s08', 'study');
    const told = async (
      url: string | undefined,
      more: Record<string, string> = {},
      options: ConnectOptions = {},
    ) => {
      const { code, message } = await failure(
        connected(url, { environment: { ...environment, ...more }, ...options }),
      );
      return `${code}: ${message}`;
    };
    expect(await told('postgres://127.0.0.1:1/study')).toBe(
      'unavailable: cannot connect to 127.0.0.1:1: no server listens there',
    );
    expect(await told('postgres:///study?host=/none')).toBe(
      `unavailable: cannot connect to the socket /none/.s.PGSQL.${port}: no server listens there`,
    );
    const unknownName: LookupFunction = (_name, _options, answer) => {
      answer(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
    };
    expect(await told('postgres://localhost/study', {}, { lookup: unknownName })).toBe(
      `unavailable: cannot connect to localhost:${port}: the host name is not known`,
    );
    expect(await told(undefined, { PGPASSWORD: 'wrong' })).toBe(
      `no-access: 127.0.0.1:${port}: the password for the login s08 is wrong (PGPASSWORD)`,
    );
    expect(await told(undefined, { PGPASSWORD: '' })).toBe(
      `no-access: 127.0.0.1:${port}: the login s08 needs a password, and none was found`,
    );
    expect(await told('postgres:///stuty')).toBe(
      `not-found: 127.0.0.1:${port}: the database stuty does not exist`,
    );
    await cluster.createDatabase('latin', { encoding: 'LATIN1' });
    expect(await told('postgres:///latin')).toContain(
      'bad-data: ' + `127.0.0.1:${port}: the database latin has the encoding LATIN1`,
    );
    await cluster.psql('alter role s08 connection limit 0');
    expect(await told(undefined)).toContain('unavailable: ');
    expect(await told(undefined)).toContain('too many connections');
    await cluster.psql('alter role s08 connection limit -1');
    const options = '-c default_transaction_read_only=on';
    expect(await told(undefined, { PGOPTIONS: options })).toContain(
      'takes no changes: it is read-only',
    );
    expect(await told('postgres://127.0.0.1:1,127.0.0.1:2/study')).toBe(
      'unavailable: none of the 2 servers can be used',
    );
  });

  testWithPostgres('what answers is not PostgreSQL', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const error = await failure(connected(`postgres://127.0.0.1:${port}/study?sslmode=require`));
    expect(error.message).toContain('not an answer of a PostgreSQL server');
    other.close();
  });
});

describe('TLS', () => {
  const root = (text: string): Files => ({ '/srv/root.crt': text });
  const settings = (cluster: Cluster, more: Record<string, string> = {}) => ({
    ...cluster.environment('s08', 'study'),
    PGSSLROOTCERT: '/srv/root.crt',
    ...more,
  });
  const isEncrypted = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

  testWithPostgres(
    'to another machine: verified up to the authority, and for the host name',
    async () => {
      const cluster = await madeOnce(withTls);
      const files = root(AUTHORITY().certificate);
      const remote = { PGHOST: 'db.example.org' };
      const found = await connected(undefined, {
        environment: settings(cluster, remote),
        files,
        lookup,
      });
      expect(await found.query(isEncrypted)).toEqual([{ ssl: true }]);
      // Any mode of a lesser kind is made as strict.
      const require = settings(cluster, { ...remote, PGSSLMODE: 'require' });
      const other = root(newAuthority('Another').certificate);
      for (const environment of [require, settings(cluster, remote)]) {
        expect(
          await failure(connected(undefined, { environment, files: other, lookup })),
        ).toMatchObject({
          code: 'not-trusted',
          message: `db.example.org:${cluster.port}: the certificate of the server is not from an authority in /srv/root.crt`,
        });
      }
      const elsewhere = settings(cluster, { PGHOST: 'other.example.org' });
      expect(
        await failure(connected(undefined, { environment: elsewhere, files, lookup })),
      ).toMatchObject({
        code: 'not-trusted',
        message: `other.example.org:${cluster.port}: the certificate of the server is for another host, not for other.example.org`,
      });
    },
  );

  testWithPostgres(
    'another machine without it is refused, and gets nothing in plain text',
    async () => {
      const cluster = await madeOnce(withoutTls);
      const environment = settings(cluster, { PGHOST: 'db.example.org' });
      const files = root(AUTHORITY().certificate);
      expect(await failure(connected(undefined, { environment, files, lookup }))).toMatchObject({
        code: 'not-trusted',
        message: `db.example.org:${cluster.port}: the server does not offer TLS, and nothing is sent to it in plain text`,
      });
    },
  );

  testWithPostgres(
    'on this machine: PGSSLMODE is followed, .pgpass and PGSERVICE too',
    async () => {
      const cluster = await madeOnce(withTls);
      const files = {
        ...root(AUTHORITY().certificate),
        '/home/ana/.pgpass': '127.0.0.1:*:study:s08:secret',
        '/home/ana/.pg_service.conf': `[trial]\nhost=127.0.0.1\nport=${cluster.port}\ndbname=study\nuser=s08\n`,
      };
      const environment = { PGSERVICE: 'trial', PGSSLROOTCERT: '/srv/root.crt' };
      for (const [PGSSLMODE, ssl] of [
        ['verify-full', true],
        ['verify-ca', true],
        ['require', true],
        ['prefer', true],
        ['disable', false],
      ] as const) {
        const found = await connected(undefined, {
          environment: { ...environment, PGSSLMODE },
          files,
        });
        expect(await found.query(isEncrypted), PGSSLMODE).toEqual([{ ssl }]);
      }
      // verify-ca does not ask for the name; verify-full does.
      const named = {
        ...environment,
        PGSERVICE: '',
        ...cluster.environment('s08', 'study'),
        PGHOST: 'localhost',
      };
      await connected(undefined, { environment: { ...named, PGSSLMODE: 'verify-ca' }, files });
      const strict = { environment: { ...named, PGSSLMODE: 'verify-full' }, files };
      expect((await failure(connected(undefined, strict))).message).toContain(
        'is for another host',
      );
    },
  );

  testWithPostgres('with a certificate instead of a password', async () => {
    const cluster = await madeOnce(withTls);
    const environment = settings(cluster, { PGUSER: 'certified', PGSSLMODE: 'verify-full' });
    const shown = ({ certificate, key }: { certificate: string; key: string }) => ({
      ...root(AUTHORITY().certificate),
      '/home/ana/.postgresql/postgresql.crt': certificate,
      '/home/ana/.postgresql/postgresql.key': key,
    });
    const files = shown(AUTHORITY().issue('DNS:unused', 'certified'));
    expect((await connected(undefined, { environment, files })).login).toBe('certified');
    const ofAnother = shown(AUTHORITY().issue('DNS:unused', 's08'));
    const { code, message } = await failure(
      connected(undefined, { environment, files: ofAnother }),
    );
    expect(`${code}: ${message}`).toMatch(/^no-access: .* the login certified is refused/);
  });
});

describe('several servers', () => {
  testWithPostgres('the one that takes changes is found, after a failover too', async () => {
    const first = await prepared(await startCluster());
    const second = await first.standby({ name: 'second', synchronous: true });
    const environment = {
      ...first.environment('s08', 'study'),
      PGHOST: '127.0.0.1,127.0.0.1',
      PGPORT: `${second.port},${first.port}`,
    };
    const before = await connected(undefined, { environment });
    expect(before.server).toBe(`127.0.0.1:${first.port}`);
    const reader = await connected(undefined, {
      environment: { ...environment, PGTARGETSESSIONATTRS: 'any' },
    });
    expect(reader.server).toBe(`127.0.0.1:${second.port}`);

    // A wait for the standby that is cancelled: success, with nothing but a warning.
    await second.stop('immediate');
    const waiting = failure(
      before.query('insert into acts values ($1)', ['alone'], { commits: true }),
    );
    const waits = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
    await expect.poll(async () => first.psql(waits)).toBe('1\n');
    await first.psql(
      "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'",
    );
    expect((await waiting).code).toBe('outcome-unknown');
    const late = before.query('insert into acts values ($1)', ['late'], {
      commits: true,
      deadlineMs: 500,
    });
    expect((await failure(late)).message).toContain('no answer within 0.5 s');

    await second.start();
    await first.stop('immediate');
    const nobody = await failure(connected(undefined, { environment }));
    expect(nobody).toMatchObject({
      code: 'unavailable',
      message: 'none of the 2 servers can be used',
    });
    expect(nobody.problems.map(({ message }) => message)).toEqual([
      `127.0.0.1:${second.port}: this server takes no changes: it is a standby`,
      `cannot connect to 127.0.0.1:${first.port}: no server listens there`,
    ]);
    await second.promote();
    const after = await connected(undefined, { environment });
    expect(after.server).toBe(`127.0.0.1:${second.port}`);
  });
});
