import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { ACTIONS } from '../../../src/ledger/entry.ts';
import { DUTIES, DUTY_SCOPES, dutiesFor } from '../../../src/store/postgres/duties.ts';
import { newAuthority } from '../../support/certificates.ts';
import { setClockFor } from '../../support/clock.ts';
import { FIXTURES, mustRun, RANDOSE, type Ran, testFolder } from '../../support/command-line.ts';
import {
  type Cluster,
  giveToServer,
  newHome,
  startCluster,
  startIn,
  testWithPostgres,
} from '../../support/postgres.ts';

// Some thirty commands, one after the other, and three servers.
vi.setConfig({ testTimeout: 240_000 });

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/database.md'), 'utf8');

/** The parts of the page, by their headings, with what is typed in each. */
function partsOf(page: string): Map<string, readonly string[]> {
  const parts = page.split(/^##+ /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      // The blocks of an item of a list are indented further.
      const typed = lines
        .map((line) => /^ {4,}([a-zA-Z].*)/.exec(line)?.[1] ?? '')
        .filter((line) =>
          /^(?:[A-Z]+=\S+ )?(?:cd|createdb|createuser|export|mkdir|mv|pg_\w+|psql|randose|tar) /.test(
            line,
          ),
        );
      return [heading, typed];
    }),
  );
}

/** What the page shows as the content of files, in its order. */
const FILES = [...PAGE.matchAll(/^```(?:ini|text)\n(.*?)^```/gms)].map(([, text = '']) => text);
const [SERVER_SETTINGS = '', ACCESS = '', SERVICE = '', PASSWORDS = '', STANDBY = '', CLOSED = ''] =
  FILES;
/** Where the page has the data of a server, and the certificate of the authority. */
const DATA = '/var/lib/postgresql/15/main';
const TRUST = '/etc/ssl/example-hospital.crt';

describe('the table of duties', () => {
  const part = PAGE.split('\n### Duties\n')[1]?.split(/^##/m)[0] ?? '';
  const [header = [], , ...rows] = [...part.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );
  const columns = header.slice(1);

  test('has every duty under which something is entered', () => {
    const entering = DUTIES.filter((duty) => DUTY_SCOPES[duty] !== 'reader');
    expect([...columns].sort()).toEqual([...entering].sort());
  });

  test('says what the program says of each kind of entry', () => {
    const told = new Map(
      rows.flatMap(([kinds = '', ...cells]) =>
        kinds.split(', ').map((kind) => [kind, columns.filter((_, at) => cells[at] === 'yes')]),
      ),
    );
    for (const action of ACTIONS.filter((one) => dutiesFor(one).length > 0)) {
      const kind = action.replace(/ (?:intent|outcome)$/, '');
      expect([...(told.get(kind) ?? [])].sort(), action).toEqual([...dutiesFor(action)].sort());
    }
  });
});

/** Somebody who types commands of the page. */
interface Reader {
  folder: string;
  readonly home: string;
  readonly environment: Record<string, string>;
  /** What they typed that lasts: `export`. */
  readonly exported: string[];
  /** Of a server's administrator: where its data is on this machine. */
  data: string;
}

function reader(environment: Record<string, string>, home = testFolder(afterAll)): Reader {
  const data = join(home, 'data');
  // Each has a computer of their own.
  const own = { HOME: home, XDG_STATE_HOME: join(home, 'state') };
  return { folder: home, home, environment: { ...own, ...environment }, exported: [], data };
}

/** Gives a command to a shell as it is, without a terminal. */
async function type({ folder, environment, exported }: Reader, command: string): Promise<Ran> {
  setClockFor(command.replace(/^.*?randose /, '').split(' '), folder);
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', [...exported, command].join('\n')], {
      cwd: folder,
      env: { ...process.env, ...environment },
      // Without a terminal createuser reads the password from its input.
      detached: true,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${PASSWORD}\n${PASSWORD}\n`);
  });
}

const PASSWORD = 'correct horse battery';
const ENROL_LYO =
  'randose randomize --subject LYO-002 --site LYO --day1 2026-06-02 --by "A. Example, coordinator, CRT"';

/** A program `randose`, as it is installed. @returns the folder to put on the path */
function installed(): string {
  const folder = testFolder(afterAll);
  const program = join(folder, 'randose');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${RANDOSE}" "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}

/** A trial of two sites whose list is drawn. @returns the study folder */
function twoSites(): string {
  const study = join(testFolder(afterAll), 'depil-2');
  mkdirSync(study);
  const text = readFileSync(join(FIXTURES, 'two-sites', 'study.yaml'), 'utf8');
  writeFileSync(join(study, 'study.yaml'), text.replace('TST-1', 'DEPIL-2'));
  const plan = join(study, '..', 'plan.yaml');
  writeFileSync(plan, 'blocks: { sizes: [3] }\n');
  mustRun(
    'allocate',
    '--plan',
    plan,
    '--study',
    study,
    '--by',
    'S. Example, statistician, Hospital',
  );
  return study;
}

/** The lines of a pg_hba.conf on the page for this machine. Nobody else gets in. */
function accessLines(block: string): string[] {
  const here = block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\d+\.\d+\.\d+\.\d+\/\d+/, '127.0.0.0/8'))
    // Whoever runs the tests has another account than the server.
    .map((line) => line.replace(/peer$/, 'trust'));
  return [...here, 'local all all reject', 'host all all 127.0.0.0/8 reject'];
}

/** Where the two servers are on this machine. */
function at(...[first, second]: readonly [Cluster, Cluster]): Record<string, string> {
  return { PGHOSTADDR: '127.0.0.1,127.0.0.1', PGPORT: `${first.port},${second.port}` };
}

const administratorOf = ({ socketFolder, port }: Cluster) => ({
  PGHOST: socketFolder,
  PGPORT: String(port),
  PGUSER: 'postgres',
});

testWithPostgres(
  'every command of the page about databases runs as printed, in the order of the page [R-111] [R-114] [R-115] [R-116] [R-117]',
  async () => {
    const authority = newAuthority('Example Hospital');
    const options = {
      access: accessLines(ACCESS),
      tls: authority.issue('DNS:db1.example.org,DNS:db2.example.org'),
    };
    const db1 = await startCluster(options);
    for (const name of SERVER_SETTINGS.match(/^\w+/gm) ?? []) await db1.psql(`show ${name}`);
    const trust = join(testFolder(afterAll), 'example-hospital.crt');
    writeFileSync(trust, authority.certificate);
    const path = `${installed()}:${process.env.PATH}`;

    /** Somebody whose computer is set up as the page says. */
    const person = (login: string, ...others: readonly string[]): Reader => {
      const one = reader({ ...at(db1, db1), PATH: path, PGSERVICE: 'depil2', PGUSER: login });
      const service = SERVICE.replace(TRUST, trust);
      writeFileSync(join(one.home, '.pg_service.conf'), service);
      const lines = PASSWORDS.replaceAll('the password', PASSWORD).replaceAll('5432', '*');
      const all = [login, ...others].map((name) => lines.replaceAll('crt_coordinator', name));
      writeFileSync(join(one.home, '.pgpass'), all.join(''), { mode: 0o600 });
      return one;
    };
    const administrator = reader({ ...administratorOf(db1), PATH: path });
    /** The user postgres of a server that is to follow another one. */
    const follower = (home: string, primary: Cluster, name: string): Reader => {
      const one = reader(
        { PATH: path, PGHOSTADDR: '127.0.0.1', PGPORT: String(primary.port) },
        home,
      );
      const line = STANDBY.replace('db1.example.org', name).replace('5432', '*');
      const password = line.replace('the password', PASSWORD);
      writeFileSync(join(home, '.pgpass'), password, { mode: 0o600 });
      writeFileSync(join(home, 'example-hospital.crt'), authority.certificate);
      return one;
    };
    const second = follower(newHome(), db1, 'db1.example.org');
    let first = second;
    const manager = person('martin', 'depil2_owner');
    manager.folder = twoSites();
    const site = person('crt_coordinator');
    const inspector = person('inspector');
    copyFileSync(join(FIXTURES, 'keys', 'officer.key'), join(site.home, 'officer.key'));

    const people: Readonly<Record<string, (command: string) => Reader>> = {
      '1. The server': () => administrator,
      '2. Each computer': () => site,
      '3. Make the ledger': (command) => (command.includes('alter role') ? administrator : manager),
      '4. At each site': () => site,
      '5. If the network fails': () => site,
      '6. The second server': (command) => (command.startsWith('pg_') ? second : administrator),
      'If db1 fails': (command) => (/^(?:pg_|mv)/.test(command) ? first : administrator),
      '7. Backup': (command) => (command.startsWith('pg_') ? administrator : inspector),
      'To restore a backup': () => administrator,
      'After an older backup was restored': () => manager,
      '8. Receipts and checkpoints': () => site,
      '9. If the database is down': (command) => (command.includes('LYO-001') ? manager : site),
      'Who entered what': () => administrator,
    };
    let db2 = db1;
    let primary = db1;
    let kit = '';
    let number = '';
    const enrol = async (subject: string, who = site) => {
      const flags = `--subject ${subject} --site CRT --day1 2026-06-01 --by "A. Example, coordinator, CRT"`;
      return type(who, `randose randomize ${flags} --json`);
    };
    const dataOf = ({ stdout }: Ran) => (JSON.parse(stdout) as { data: unknown }).data;
    let enrolled: unknown;
    const doneBefore: Readonly<Record<string, () => Promise<unknown>>> = {
      "psql --command \"alter system set synchronous_standby_names = 'db2'": async () => {
        db2 = await startIn(second.home, options);
        for (const one of [manager, site, inspector]) Object.assign(one.environment, at(db1, db2));
      },
      'psql --command "select application_name': async () => {
        const asked = 'select sync_state from pg_stat_replication';
        await expect.poll(async () => primary.psql(asked), { timeout: 20_000 }).toBe('sync\n');
        const { stdout } = await type(site, 'randose verify');
        expect(stdout).not.toContain(quoteIn('6. The second server'));
      },
      'psql --command "select pg_promote': async () => {
        await db1.stop('immediate');
        primary = db2;
        Object.assign(administrator.environment, administratorOf(db2));
        administrator.data = second.data;
        first = follower(db1.socketFolder, db2, 'db2.example.org');
      },
      [`mv ${DATA} ${DATA}-old`]: async () => {
        expect((await type(site, 'randose status')).status).toBe(0);
        const { stdout } = await type(site, 'randose verify');
        expect(stdout).toContain(quoteIn('6. The second server'));
      },
      "psql --command \"alter system set synchronous_standby_names = 'db1'": async () => {
        giveToServer(db1.socketFolder);
        await db1.start();
      },
      [`mv ${DATA} ${DATA}-broken`]: async () => {
        enrolled = dataOf(await enrol('CRT-002'));
        expect((await type(manager, 'randose status')).stdout).toContain('CRT');
        await db2.stop('fast');
        await db1.stop('fast');
      },
      'psql --command "alter system reset': async () => {
        const access = join(administrator.data, 'pg_hba.conf');
        writeFileSync(access, `${accessLines(CLOSED).join('\n')}\n`);
        giveToServer(second.home);
        await db2.start();
      },
      'randose ledger --accept-older': async () => {
        const kept = await enrol('CRT-002');
        expect([kept.status, kept.stdout]).toEqual([66, expect.stringContaining('pg_hba.conf')]);
        const { status, stdout } = await enrol('CRT-002', manager);
        expect(status).toBe(65);
        expect(stdout).toContain(quoteIn('After an older backup was restored'));
      },
      'randose commitment --checkpoint': async () => {
        const access = join(administrator.data, 'pg_hba.conf');
        writeFileSync(access, `${accessLines(ACCESS).join('\n')}\n`);
        await db2.psql('select pg_reload_conf()');
        expect((await enrol('CRT-005')).status).toBe(65);
        const accept = said.find(([command]) => command.includes('--accept-older'))![0];
        expect((await type(site, accept)).status).toBe(0);
        const shown = await type(site, 'randose ledger CRT-002 --json');
        const { entries } = dataOf(shown) as { entries: { number: string; kit: string }[] };
        expect(entries.map(({ number, kit: own }) => ({ number, kit: own }))).toEqual(
          slotIn(enrolled),
        );
      },
      'randose unblind CRT-001': async () => {
        // Somebody whom the site has not seen.
        const unseen = dataOf(await enrol('CRT-003', manager));
        [{ number, kit }] = slotIn(unseen) as [{ number: string; kit: string }];
        await db2.stop('fast');
      },
      'randose ledger --enter-pending': async () => {
        const { status } = await enrol('CRT-004');
        expect(status).toBe(75);
        await db2.start();
      },
    };

    const said: [command: string, stdout: string][] = [];
    const parts = [...partsOf(PAGE)].filter(([, commands]) => commands.length > 0);
    expect(parts.map(([heading]) => heading)).toEqual(Object.keys(people));
    for (const [heading, commands] of parts) {
      for (const command of commands) {
        const who = people[heading]!(command);
        if (command.startsWith('export ')) {
          who.exported.push(command);
          continue;
        }
        if (command.startsWith('cd ')) {
          who.folder = join(who.folder, command.slice('cd '.length));
          continue;
        }
        for (const [start, work] of Object.entries(doneBefore)) {
          if (command.startsWith(start)) await work();
        }
        const trusted = join(who.home, 'example-hospital.crt');
        const typed = command
          .replaceAll(DATA, who.data)
          .replace(TRUST, trusted)
          .replace('R003', number)
          .replace('4KX9TM7', kit);
        const { status, stdout, stderr } = await type(who, typed);
        said.push([command, stdout]);
        // Each command needs what the ones before it did.
        expect(status, `${command}\n${stderr}${stdout}`).toBe(0);
      }
    }

    // The folder whose ledger was moved is continued by nobody.
    const before = readFileSync(join(manager.folder, 'ledger.jsonl'), 'utf8');
    const alone = await type(manager, `env -u PGSERVICE -u PGHOSTADDR ${ENROL_LYO}`);
    expect([alone.status, alone.stderr]).toEqual([65, expect.stringContaining('in a database')]);
    expect(readFileSync(join(manager.folder, 'ledger.jsonl'), 'utf8')).toBe(before);
    const copy = join(inspector.folder, 'depil-2-2026-06-15', 'ledger.jsonl');
    expect(readFileSync(copy, 'utf8').startsWith(before.replace(/[^\n]*\n$/, ''))).toBe(true);

    // The login of CRT enters nothing for LYO, sees nothing of it, and reads no table.
    const foreign = await type(site, ENROL_LYO);
    expect([foreign.status, foreign.stderr]).toEqual([66, expect.stringContaining('site LYO')]);
    expect((await type(site, 'randose ledger --json')).stdout).not.toContain('LYO-001');
    expect((await type(manager, 'randose ledger --json')).stdout).toContain('LYO-001');
    const table = await type(site, 'psql --command "select * from randose.entries"');
    expect([table.status, table.stderr]).toEqual([1, expect.stringContaining('permission denied')]);

    expect([...parts.values()].flatMap(([, commands]) => commands)).toHaveLength(65);
    const sayingOf = (start: string) =>
      said.find(([command]) => command.startsWith(start))?.[1] ?? '';
    expect(sayingOf('psql --tuples-only')).toBe(' t\n\n');
    expect(sayingOf('psql --command "select application_name')).toMatch(
      /db2 +\| streaming +\| sync/,
    );
    expect(said.findLast(([command]) => command.includes('application_name, state'))?.[1]).toMatch(
      /db1 +\| streaming +\| sync/,
    );
    expect(existsSync(join(db1.dataFolder, 'standby.signal'))).toBe(true);
    expect(sayingOf('randose unblind CRT-001')).toMatch(/ {2}[AP] {2}/);
    expect(sayingOf('randose unblind --number')).toMatch(/ {2}[AP] {2}/);
    expect(sayingOf('randose unblind --kit')).toMatch(/ {2}[AP] {2}/);
    expect(sayingOf('psql --dbname depil2 --command "select seq')).toMatch(
      /crt_coordinator \| randomization/,
    );
    const duties = sayingOf('randose ledger --duties');
    expect(duties).toMatch(/^crt_coordinator +coordinator, investigator +CRT$/m);
    expect(duties).toMatch(/^martin +data manager +all$/m);
    expect(duties).not.toContain('lyo_pharmacist');
  },
  300_000,
);

/** What a part of the page quotes from the program. */
function quoteIn(heading: string): string {
  const part = PAGE.split(heading)[1] ?? '';
  return /^> (.*)$/m.exec(part)?.[1] ?? 'the page quotes nothing';
}

/** The number and kit of the one participant who was randomized. */
function slotIn(data: unknown): unknown {
  const { participants } = data as { participants: { number: string; kit: string }[] };
  return participants.map(({ number, kit }) => ({ number, kit }));
}
