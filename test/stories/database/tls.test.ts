import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { newAuthority } from '../../support/certificates.ts';
import { contentsOf, testFolder } from '../../support/command-line.ts';
import { testWithPostgres } from '../../support/postgres.ts';
import {
  DATABASE,
  enrol,
  Person,
  serve,
  type ServedStudy,
  twoSites,
} from '../../support/served-study.ts';

const authority = () => (made.authority ??= newAuthority('The trial'));
const made: { authority?: ReturnType<typeof newAuthority>; served?: Promise<ServedStudy> } = {};

/** A server that calls itself db.example.org, and lets S08 in over TLS alone. */
const served = async () =>
  (made.served ??= serve(twoSites(), {
    tls: authority().issue('DNS:db.example.org'),
    access: ['hostnossl all s08 all reject'],
  }));

/** The site S08, who reaches the server under a name, with settings of libpq. */
async function siteWith(host: string, settings: Readonly<Record<string, string>>): Promise<Person> {
  const study = await served();
  const { folder, environment } = await pulled(study);
  const url = `postgres://s08@${host}:${String(study.cluster.port)}/${DATABASE}`;
  return new Person('s08', folder, url, {
    ...environment,
    // There is no name server for it in tests.
    PGHOSTADDR: '127.0.0.1',
    ...settings,
  });
}

/** Pulled as the manager, whom the server lets in without TLS. */
async function pulled(study: ServedStudy): Promise<Person> {
  const manager = await study.person('manager');
  const site = manager.elsewhere();
  await site.pull();
  const { cluster } = await served();
  return site.with({ PGPASSWORD: cluster.environment('s08', DATABASE).PGPASSWORD ?? '' });
}

function file(text: string, name = 'file'): string {
  const path = join(testFolder(), name);
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
}

describe('a connection to another machine', () => {
  testWithPostgres('check 15: is verified up to the authority, and for the host name', async () => {
    const study = await served();
    const full = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: file(authority().certificate) };
    const right = await siteWith('db.example.org', full);
    await right.must(...enrol('S08-001', 'S08'));
    const before = await study.lines();
    expect(before.at(-1)).toContain('"S08-001"');

    const others = { ...full, PGSSLROOTCERT: file(newAuthority('Somebody').certificate) };
    for (const [host, settings] of [
      ['db.example.org', others],
      ['other.example.org', full],
      // Without TLS the server does not let S08 in.
      ['localhost', { PGSSLMODE: 'disable' }],
    ] as const) {
      const site = await siteWith(host, settings);
      const { status, stderr } = await site.run(...enrol('S08-002', 'S08'));
      expect([65, 66, 75]).toContain(status);
      expect(stderr).toContain('error:');
      expect(stderr).not.toContain('S08-002 ');
    }
    expect(await study.lines()).toEqual(before);
  });

  testWithPostgres('check 15: is made as a password file and a service file say', async () => {
    const { cluster } = await served();
    const passwords = file(
      `db.example.org:${String(cluster.port)}:${DATABASE}:s08:secret of s08\n`,
      '.pgpass',
    );
    const services = file(
      [
        '[trial]',
        'host=db.example.org',
        'hostaddr=127.0.0.1',
        `port=${String(cluster.port)}`,
        `dbname=${DATABASE}`,
        'user=s08',
        'sslmode=verify-full',
        `sslrootcert=${file(authority().certificate)}`,
        '',
      ].join('\n'),
    );
    const site = await siteWith('db.example.org', {});
    const { PGPASSWORD, PGHOSTADDR, ...others } = site.environment;
    expect([PGPASSWORD, PGHOSTADDR]).not.toContain(undefined);
    // The marker in the folder says that the ledger is in a database; the service says in which.
    const environment = {
      ...others,
      PGSERVICE: 'trial',
      PGSERVICEFILE: services,
      PGPASSFILE: passwords,
    };
    const person = new Person('s08', site.folder, site.url, environment);
    const { status, stderr, stdout } = await person.type('status', '--study', site.folder);
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
    expect(stdout).toContain('S08');
  });

  testWithPostgres('check 16: has no password in its URL', async () => {
    const site = await siteWith('localhost', {});
    const person = new Person(
      's08',
      site.folder,
      'postgres://s08:pa55w0rd@localhost/study',
      site.environment,
    );
    for (const words of [['status'], enrol('S08-003', 'S08'), ['verify']]) {
      const { status, stdout, stderr } = await person.run(...words);
      expect(status).toBe(64);
      expect(stdout + stderr).not.toContain('pa55w0rd');
      expect(stderr).toContain('PGPASSFILE');
    }
    const named = await person
      .with({ RANDOSE_LEDGER: person.url })
      .type('status', '--study', site.folder);
    expect(named.status).toBe(64);
    expect(named.stdout + named.stderr).not.toContain('pa55w0rd');
    const state = String(site.environment.XDG_STATE_HOME);
    const found = execFileSync(
      'sh',
      ['-c', 'grep -rF pa55w0rd "$@" || true', 'sh', site.folder, join(state, '..')],
      {
        encoding: 'utf8',
      },
    );
    expect(found).toBe('');
    expect(contentsOf(site.folder).size).toBeGreaterThan(5);
  });
});
