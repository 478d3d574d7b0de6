import { describe, expect, test } from 'vitest';
import { RandoseError } from '../../../src/errors.ts';
import { connectionSettings } from '../../../src/store/postgres/connection-settings.ts';
import type { FoundFile, Machine } from '../../../src/store/postgres/machine.ts';

const AUTHORITY = 'PEM of the authority';

/** A machine that has nothing but what is given. A file is its text, or its text and permissions. */
function machine({
  files = {},
  sockets = [],
  ...rest
}: {
  environment?: Record<string, string>;
  files?: Record<string, string | Partial<FoundFile>>;
  sockets?: string[];
  isWindows?: boolean;
} = {}): Machine {
  return {
    environment: {},
    home: '/home/ana',
    account: 'ana',
    isWindows: false,
    readFile: (path) => {
      const file = files[path];
      if (file === undefined) return undefined;
      const usual = { text: '', mode: 0o600, isOwnedByRoot: false };
      return typeof file === 'string' ? { ...usual, text: file } : { ...usual, ...file };
    },
    hasSocket: (path) => sockets.includes(path),
    ...rest,
  };
}
const ROOT = { '/home/ana/.postgresql/root.crt': AUTHORITY };

const settings = (url: string | undefined, about: Parameters<typeof machine>[0] = {}) =>
  connectionSettings(url, machine({ ...about, files: { ...ROOT, ...about.files } }));
const places = (...given: Parameters<typeof settings>) =>
  settings(...given).hosts.map(({ place }) =>
    'socket' in place ? place.socket : [place.host, place.port],
  );
function refusal(...given: Parameters<typeof settings>): { message: string; hint: string } {
  try {
    settings(...given);
  } catch (error) {
    expect(error).toBeInstanceOf(RandoseError);
    const { code, message, hint = '' } = error as RandoseError;
    expect(['usage', 'not-found', 'no-access']).toContain(code);
    return { message, hint };
  }
  throw new Error('it was not refused');
}

describe('the URL', () => {
  // The examples of PostgreSQL's documentation, 34.1.1.2, whose meaning it tells.
  test.each([
    ['postgresql://', ['/var/run/postgresql/.s.PGSQL.5432'], 'ana', 'ana'],
    ['postgresql://localhost', [['localhost', 5432]], 'ana', 'ana'],
    ['postgresql://localhost:5433', [['localhost', 5433]], 'ana', 'ana'],
    ['postgresql://localhost/mydb', [['localhost', 5432]], 'ana', 'mydb'],
    ['postgresql://user@localhost', [['localhost', 5432]], 'user', 'user'],
    [
      'postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp',
      [
        ['host1', 123],
        ['host2', 456],
      ],
      'ana',
      'somedb',
    ],
    ['postgresql:///mydb?host=localhost&port=5433', [['localhost', 5433]], 'ana', 'mydb'],
    ['postgresql://[2001:db8::1234]/database', [['2001:db8::1234', 5432]], 'ana', 'database'],
    [
      'postgresql:///dbname?host=/var/lib/postgresql',
      ['/var/lib/postgresql/.s.PGSQL.5432'],
      'ana',
      'dbname',
    ],
    [
      'postgresql://%2Fvar%2Flib%2Fpostgresql/dbname',
      ['/var/lib/postgresql/.s.PGSQL.5432'],
      'ana',
      'dbname',
    ],
    [
      'postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff',
      [['localhost', 5433]],
      'user',
      'mydb',
    ],
  ])('%s', (url, expected, user, database) => {
    expect(places(url)).toEqual(expected);
    expect(settings(url)).toMatchObject({ user, database });
  });

  test('has parameters, and the last of a name counts', () => {
    const url =
      'postgres://localhost/study?options=-c%20work_mem%3D8MB&connect_timeout=1&connect_timeout=10&target_session_attrs=primary';
    expect(settings(url)).toMatchObject({
      options: '-c work_mem=8MB',
      connectTimeoutMs: 10_000,
      session: 'primary',
      applicationName: 'randose',
    });
    expect(settings('postgres://localhost?connect_timeout=1').connectTimeoutMs).toBe(2000);
    expect(settings('postgres://localhost?connect_timeout=0').connectTimeoutMs).toBeUndefined();
    expect(settings('postgres://localhost').session).toBe('read-write');
  });

  test.each([
    ['postgres://localhost/study?sslmod=require&hots=a', 'unknown parameters "sslmod", "hots"'],
    ['postgres://localhost:0/study', 'a port is not a number from 1 to 65535'],
    ['postgres://localhost:65536/study', 'a port is not a number from 1 to 65535'],
    ['postgres://a,b/study?port=1,2,3', '3 ports for 2 hosts'],
    ['postgres://a,b/study?hostaddr=127.0.0.1', '1 addresses for 2 hosts'],
    ['postgres://localhost/st%udy', 'a % is not followed by two hexadecimal digits'],
    ['mysql://localhost/study', 'does not begin with postgres://'],
    ['postgres://localhost/study?sslmode=verify', 'unknown sslmode "verify"'],
    ['postgres://localhost/study?connect_timeout=soon', '"soon" is not a number of seconds'],
    ['postgres://localhost/study?target_session_attrs=standby', 'randose writes to the database'],
    [
      'postgres://localhost/study?channel_binding=require',
      'cannot do what channel_binding=require',
    ],
    [
      'postgres://localhost/study?sslmode=require&ssl_min_protocol_version=SSLv3',
      'unknown version "SSLv3"',
    ],
  ])('%s is refused', (url, expected) => {
    const { message, hint } = refusal(url);
    expect(message).toContain(expected);
    expect(message).toContain('the URL of the database');
    expect(hint).not.toBe('');
  });

  test.each([
    'postgres://ana:topsecret@localhost/study',
    'postgres://:topsecret@localhost/study',
    'postgres://ana:topsecret@db.example.org,localhost/study',
    'postgres://localhost/study?password=topsecret',
    'postgres://localhost/study?pass%77ord=topsecret',
    'postgres://localhost/study?sslpassword=topsecret&unknown=1',
    'postgres://ana:top@topsecret@localhost/study',
    'postgres://ana:top/topsecret@localhost/study',
    'postgres://ana:top?topsecret=1@localhost/study',
    'postgres://ana:topsecret%zz@localhost/study',
  ])('%s: the password is refused, and not repeated', (url) => {
    const { message, hint } = refusal(url);
    expect(`${message} ${hint}`).not.toContain('topsecret');
    expect(`${message} ${hint}`).toMatch(/has a password.*PGPASSFILE/s);
  });

  test('whatever is wrong with it, no part that may be a password is repeated', () => {
    for (const url of [
      'postgres://ana:topsecret',
      'postgres//ana:topsecret@localhost',
      'ana:topsecret@h',
    ]) {
      const { message, hint } = refusal(url);
      expect(`${message} ${hint}`).not.toContain('topsecret');
    }
  });
});

describe('the environment', () => {
  test('says what the URL does not', () => {
    const environment = {
      PGHOST: 'localhost,127.0.0.1',
      PGPORT: '5433',
      PGUSER: 's08',
      PGDATABASE: 'study',
      PGPASSWORD: 'secret',
      PGAPPNAME: 'pharmacy',
      PGOPTIONS: '-c work_mem=8MB',
      PGCONNECT_TIMEOUT: '7',
      PGTARGETSESSIONATTRS: 'any',
      PGCLIENTENCODING: 'LATIN1',
    };
    const found = settings(undefined, { environment });
    expect(found).toMatchObject({
      user: 's08',
      database: 'study',
      applicationName: 'pharmacy',
      options: '-c work_mem=8MB',
      connectTimeoutMs: 7000,
      session: 'any',
    });
    expect(found.hosts).toMatchObject([
      { name: 'localhost:5433', password: { text: 'secret', from: 'PGPASSWORD' } },
      { name: '127.0.0.1:5433' },
    ]);
    expect(settings('postgres://s01@/other', { environment })).toMatchObject({
      user: 's01',
      database: 'other',
    });
    expect(places('postgres://127.0.0.2:99', { environment })).toEqual([['127.0.0.2', 99]]);
  });

  test('an empty variable says nothing', () => {
    expect(places(undefined, { environment: { PGHOST: '', PGPORT: '' } })).toEqual([
      '/var/run/postgresql/.s.PGSQL.5432',
    ]);
  });

  test('without a host: the socket where it is, and localhost on Windows', () => {
    expect(places(undefined, { sockets: ['/tmp/.s.PGSQL.5432'] })).toEqual(['/tmp/.s.PGSQL.5432']);
    expect(places(undefined, { isWindows: true })).toEqual([['localhost', 5432]]);
  });

  test('what randose cannot do is not passed over', () => {
    const { message } = refusal(undefined, { environment: { PGREQUIREAUTH: 'gss' } });
    expect(message).toBe('PGREQUIREAUTH: randose cannot do what require_auth=gss asks for');
    expect(places(undefined, { environment: { PGGSSENCMODE: 'disable' } })).toHaveLength(1);
  });
});

describe('the service file', () => {
  const text = `# of the trial
[other]
host=other.example.org
[study]
host=localhost
port=5499
  user=s08
password=from the service file
# dbname=commented
dbname=trial=2

[last]
host=last.example.org`;

  test('comes after the URL and before the environment', () => {
    const files = { '/home/ana/.pg_service.conf': text };
    const environment = { PGSERVICE: 'study', PGUSER: 'ignored', PGAPPNAME: 'here' };
    const found = settings(undefined, { environment, files });
    expect(found).toMatchObject({
      user: 's08',
      database: 'trial=2',
      applicationName: 'here',
      hosts: [
        {
          name: 'localhost:5499',
          password: { text: 'from the service file', from: '/home/ana/.pg_service.conf, line 8' },
        },
      ],
    });
    expect(settings('postgres://s01@/?service=study', { files }).user).toBe('s01');
  });

  test('PGSERVICEFILE replaces the own one, and PGSYSCONFDIR has that of the machine', () => {
    const files = { '/srv/services': text, '/etc/pg/pg_service.conf': '[central]\nuser=officer' };
    const environment = { PGSERVICEFILE: '/srv/services', PGSYSCONFDIR: '/etc/pg' };
    const user = (service: string) =>
      settings(undefined, { files, environment: { ...environment, PGSERVICE: service } }).user;
    expect([user('study'), user('central')]).toEqual(['s08', 'officer']);
    const { message, hint } = refusal(undefined, {
      files,
      environment: { ...environment, PGSERVICE: 'stuty' },
    });
    expect(message).toBe(
      'PGSERVICE: the service "stuty" is in none of /srv/services, /etc/pg/pg_service.conf',
    );
    expect(hint).toContain('[stuty]');
  });

  test.each([
    ['hots=a', 'unknown setting "hots"'],
    ['host', 'this is not setting=value'],
    ['service=more', 'unknown setting "service"'],
    ['port=high', 'a port is not a number'],
  ])('%s is refused, with its line', (line, expected) => {
    const files = { '/home/ana/.pg_service.conf': `[study]\nuser=s08\n${line}` };
    const { message } = refusal('postgres://localhost?service=study', { files });
    expect(message).toContain('/home/ana/.pg_service.conf, line 3: ');
    expect(message).toContain(expected);
  });
});

describe('the password file', () => {
  const password = (url: string, file: string | Partial<FoundFile>, environment = {}) =>
    settings(url, { environment, files: { '/home/ana/.pgpass': file } }).hosts[0]!.password;

  test('the first line that fits counts', () => {
    const file = `# localhost:5432:study:s08:commented
localhost:5433:*:*:another port
localhost:5432:study:s01:another login
db\\:1:*:*:*:colons
localhost:*:study:s08:right\\:and\\\\wrong
*:*:*:*:for all`;
    expect(password('postgres://s08@localhost/study', file)).toEqual({
      text: 'right:and\\wrong',
      from: '/home/ana/.pgpass, line 5',
    });
    expect(password('postgres://s02@localhost/study', file)?.text).toBe('for all');
    expect(password('postgres://s08@127.0.0.1/study', file)?.text).toBe('for all');
  });

  test('localhost is also the usual socket; another socket is its folder', () => {
    const file = '/run/own:*:*:*:own\nlocalhost:*:*:*:usual';
    expect(password('postgres:///study', file)?.text).toBe('usual');
    expect(password('postgres:///study?host=/run/own', file)?.text).toBe('own');
    expect(password('postgres:///study?hostaddr=127.0.0.1', '127.0.0.1:*:*:*:address')?.text).toBe(
      'address',
    );
  });

  test('is left aside, with a note, if others can read it', () => {
    const files = { '/home/ana/.pgpass': { text: '*:*:*:*:seen', mode: 0o640 } };
    const found = settings('postgres://localhost', { files });
    expect(found.hosts[0]!.password).toBeUndefined();
    expect(found.notes).toEqual([
      '/home/ana/.pgpass was not read, because others than you can read it. Run: chmod 600 /home/ana/.pgpass',
    ]);
  });

  test('PGPASSFILE names another; PGPASSWORD comes first', () => {
    const files = { '/srv/pass': '*:*:*:*:named' };
    const environment = { PGPASSFILE: '/srv/pass' };
    const first = (more: object) =>
      settings('postgres://localhost', { files, environment: { ...environment, ...more } })
        .hosts[0]!.password?.text;
    expect(first({})).toBe('named');
    expect(first({ PGPASSWORD: 'own' })).toBe('own');
    expect(settings('postgres://localhost', { environment }).notes).toEqual([
      'PGPASSFILE: /srv/pass is not a file.',
    ]);
  });

  test('each host has its own', () => {
    const file = 'a.example.org:*:*:*:one\nb.example.org:*:*:*:two';
    const files = { '/home/ana/.pgpass': file };
    expect(
      settings('postgres://a.example.org,b.example.org', { files }).hosts.map(
        ({ password: one }) => one?.text,
      ),
    ).toEqual(['one', 'two']);
  });
});

describe('TLS', () => {
  const tls = (...given: Parameters<typeof settings>) => settings(...given).hosts[0]!.tls;

  test.each([
    '',
    '?sslmode=allow',
    '?sslmode=prefer',
    '?sslmode=require',
    '?sslmode=verify-ca',
    '?sslmode=verify-full',
  ])('another machine is verified in full, with %s too', (query) => {
    expect(tls(`postgres://db.example.org/study${query}`)).toMatchObject({
      verify: 'host',
      hostName: 'db.example.org',
      isOptional: false,
      authorities: AUTHORITY,
    });
  });

  test.each([
    'db.example.org',
    '10.0.0.1',
    '[2001:db8::1]',
    '128.0.0.1',
    '127.0.0.1.example.org',
    'localhost.example.org',
  ])('%s in plain text is refused', (host) => {
    const { message, hint } = refusal(`postgres://${host}/study?sslmode=disable`);
    expect(message).toMatch(/sslmode=disable would send everything to .* in plain text/);
    expect(hint).toBe('Use sslmode=verify-full.');
  });

  test('the address that is connected to says whether it is another machine', () => {
    const url = 'postgres://localhost/study?sslmode=disable&hostaddr=10.0.0.1';
    expect(refusal(url).message).toContain('in plain text');
    expect(
      tls('postgres://db.example.org/study?hostaddr=127.0.0.1&sslmode=disable'),
    ).toBeUndefined();
    expect(refusal('postgres:///study?hostaddr=10.0.0.1').message).toContain('host name');
  });

  test('on this machine, as the library does', () => {
    const local = (query: string, files: object = {}) =>
      connectionSettings(`postgres://127.0.0.1/study${query}`, machine({ files: { ...files } }))
        .hosts[0]!.tls;
    expect(local('')).toMatchObject({ verify: 'nothing', isOptional: true });
    expect(local('?sslmode=disable')).toBeUndefined();
    expect(local('?sslmode=allow')).toBeUndefined();
    expect(local('?sslmode=require')).toMatchObject({ verify: 'nothing', isOptional: false });
    expect(local('?ssl=true')).toMatchObject({ verify: 'nothing', isOptional: false });
    expect(local('?sslmode=require', ROOT)).toMatchObject({ verify: 'authority' });
    expect(local('?sslmode=verify-ca', ROOT)).toMatchObject({ verify: 'authority' });
    expect(local('?sslmode=verify-full', ROOT)).toMatchObject({ verify: 'host' });
    expect(() => local('?sslmode=verify-full')).toThrow('no authority is known');
    expect(settings('postgres:///study?sslmode=verify-full').hosts[0]!.tls).toBeUndefined();
  });

  test('the authority: the file that is named, the usual one, or those of the system', () => {
    const url = 'postgres://db.example.org/study';
    const of = (environment: Record<string, string>, files: Record<string, string>) =>
      connectionSettings(url, machine({ environment, files })).hosts[0]!.tls?.authorities;
    expect(of({ PGSSLROOTCERT: '/srv/ca.pem' }, { '/srv/ca.pem': 'named' })).toBe('named');
    expect(() => of({ PGSSLROOTCERT: '/srv/ca.pem' }, ROOT)).toThrow(
      'PGSSLROOTCERT: /srv/ca.pem does not exist',
    );
    expect(() => of({}, {})).toThrow('no authority is known');
    const system = { '/etc/ssl/certs/ca-certificates.crt': 'system', '/srv/all.pem': 'own' };
    expect(of({ PGSSLROOTCERT: 'system' }, system)).toBe('system');
    expect(of({ PGSSLROOTCERT: 'system', SSL_CERT_FILE: '/srv/all.pem' }, system)).toBe('own');
    expect(() => of({ PGSSLROOTCERT: 'system', PGSSLMODE: 'require' }, system)).toThrow('too weak');
  });

  test('a certificate of its own, whose key others cannot read', () => {
    const url = 'postgres://db.example.org/study?ssl_min_protocol_version=TLSv1.3';
    const files = (mode: number, isOwnedByRoot = false) => ({
      '/home/ana/.postgresql/postgresql.crt': 'certificate',
      '/home/ana/.postgresql/postgresql.key': { text: 'key', mode, isOwnedByRoot },
      '/srv/crl.pem': 'revoked',
    });
    expect(
      tls(url, { files: files(0o600), environment: { PGSSLCRL: '/srv/crl.pem' } }),
    ).toMatchObject({
      own: { certificate: 'certificate', key: 'key' },
      revoked: 'revoked',
      minVersion: 'TLSv1.3',
    });
    expect(tls(url, { files: files(0o640, true) })?.own?.key).toBe('key');
    for (const unsafe of [files(0o640), files(0o604), files(0o644, true)]) {
      expect(refusal(url, { files: unsafe })).toEqual({
        message: '/home/ana/.postgresql/postgresql.key: others can use this key',
        hint: 'Run: chmod 600 /home/ana/.postgresql/postgresql.key',
      });
    }
    expect(refusal(`${url}&sslkey=/none`, { files: files(0o600) }).message).toContain(
      '/none, does not exist',
    );
  });
});
