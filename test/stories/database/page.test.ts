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
import { type Cluster, startCluster, testWithPostgres } from '../../support/postgres.ts';

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
          /^(?:[A-Z]+=\S+ )?(?:cd|createdb|createuser|export|pg_|psql|randose)/.test(line),
        );
      return [heading, typed];
    }),
  );
}

/** What the page shows as the content of files, in its order. */
const FILES = [...PAGE.matchAll(/^```(?:ini|text)\n(.*?)^```/gms)].map(([, text = '']) => text);
const [SERVER_SETTINGS = '', ACCESS = '', SERVICE = '', PASSWORDS = ''] = FILES;

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
}

function reader(environment: Record<string, string>): Reader {
  const home = testFolder(afterAll);
  return { folder: home, home, environment: { HOME: home, ...environment }, exported: [] };
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

/** The lines of pg_hba.conf on the page for this machine; it lets nobody else in by TCP. */
function accessLines(): string[] {
  const lines = ACCESS.split('\n').filter((line) => line.startsWith('hostssl'));
  const here = lines.map((line) => line.replace(/\d+\.\d+\.\d+\.\d+\/\d+/, '127.0.0.0/8'));
  return [...here, 'host all all 127.0.0.0/8 reject'];
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
    const db1 = await startCluster({
      access: accessLines(),
      tls: authority.issue('DNS:db1.example.org,DNS:db2.example.org'),
    });
    for (const name of SERVER_SETTINGS.match(/^\w+/gm) ?? []) await db1.psql(`show ${name}`);
    const trust = join(testFolder(afterAll), 'example-hospital.crt');
    writeFileSync(trust, authority.certificate);
    const path = `${installed()}:${process.env.PATH}`;

    /** Somebody whose computer is set up as the page says. */
    const person = (login: string, ...others: readonly string[]): Reader => {
      const one = reader({ ...at(db1, db1), PATH: path, PGSERVICE: 'depil2', PGUSER: login });
      const service = SERVICE.replace('/etc/ssl/example-hospital.crt', trust);
      writeFileSync(join(one.home, '.pg_service.conf'), service);
      const lines = PASSWORDS.replaceAll('the password', PASSWORD).replaceAll('5432', '*');
      const all = [login, ...others].map((name) => lines.replaceAll('crt_coordinator', name));
      writeFileSync(join(one.home, '.pgpass'), all.join(''), { mode: 0o600 });
      return one;
    };
    const administrator = reader({ ...administratorOf(db1), PATH: path });
    const second = reader({ PATH: path, PGHOSTADDR: '127.0.0.1', PGPORT: String(db1.port) });
    const manager = person('martin', 'depil2_owner');
    manager.folder = twoSites();
    const site = person('crt_coordinator');
    const inspector = person('inspector');
    copyFileSync(join(FIXTURES, 'keys', 'officer.key'), join(site.home, 'officer.key'));
    const standbyFolder = join(testFolder(afterAll), 'main');
    const standbyPassword = `db1.example.org:*:replication:standby:${PASSWORD}\n`;
    writeFileSync(join(second.home, '.pgpass'), standbyPassword, { mode: 0o600 });

    const people: Readonly<Record<string, (command: string) => Reader>> = {
      '1. The server': () => administrator,
      '2. Each computer': () => site,
      '3. Make the ledger': (command) => (command.includes('alter role') ? administrator : manager),
      '4. At each site': () => site,
      '6. The second server': (command) => (command.startsWith('pg_') ? second : administrator),
      'If db1 fails': () => administrator,
      '7. Backup': (command) => (command.startsWith('pg_') ? administrator : inspector),
      'After an older backup was restored': () => site,
      '8. Receipts and checkpoints': () => site,
      '9. If the database is down': (command) => (command.includes('LYO-001') ? manager : site),
    };
    let db2 = db1;
    let restored = db1;
    const moveTo = (primary: Cluster, other: Cluster) => {
      for (const one of [manager, site, inspector])
        Object.assign(one.environment, at(primary, other));
      Object.assign(administrator.environment, administratorOf(primary));
    };
    const enrol = async (subject: string) => {
      const flags = `--subject ${subject} --site CRT --day1 2026-06-01 --by "A. Example, coordinator, CRT"`;
      return type(site, `randose randomize ${flags} --json`);
    };
    const dataOf = ({ stdout }: Ran) => (JSON.parse(stdout) as { data: unknown }).data;
    let enrolled: unknown;
    const doneBefore: Readonly<Record<string, () => Promise<unknown>>> = {
      'psql --command "alter system set synchronous_standby_names': async () => {
        db2 = await db1.standby({ name: 'db2', synchronous: false });
      },
      'psql --command "select application_name': async () => {
        const asked = "select sync_state from pg_stat_replication where application_name = 'db2'";
        await expect.poll(async () => db1.psql(asked), { timeout: 20_000 }).toBe('sync\n');
        const { stdout } = await type(site, 'randose verify');
        expect(stdout).not.toContain(quoteIn('6. The second server'));
      },
      'psql --command "select pg_promote': async () => {
        await db1.stop('immediate');
        moveTo(db2, db1);
        for (const one of [manager, site, inspector]) Object.assign(one.environment, at(db1, db2));
      },
      'pg_basebackup --pgdata backup': async () => {
        expect((await type(site, 'randose status')).status).toBe(0);
        const { stdout } = await type(site, 'randose verify');
        expect(stdout).toContain(quoteIn('6. The second server'));
        restored = await db2.restoredFromBackup();
        await restored.stop('fast');
      },
      'randose ledger --accept-older': async () => {
        enrolled = dataOf(await enrol('CRT-002'));
        await db2.stop('fast');
        await restored.start();
        moveTo(restored, restored);
        const { status, stdout } = await enrol('CRT-002');
        expect(status).toBe(65);
        expect(stdout).toContain(quoteIn('After an older backup was restored'));
      },
      'randose commitment --checkpoint': async () => {
        expect(slotIn(dataOf(await enrol('CRT-002')))).toEqual(slotIn(enrolled));
      },
      'randose unblind': async () => restored.stop('fast'),
      'randose ledger --enter-pending': async () => {
        const { status } = await enrol('CRT-003');
        expect(status).toBe(75);
        await restored.start();
      },
    };

    const said = new Map<string, string>();
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
        const typed = command.replace('/var/lib/postgresql/15/main', standbyFolder);
        const { status, stdout, stderr } = await type(who, typed);
        said.set(command, stdout);
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

    expect([...parts.values()].flatMap(([, commands]) => commands)).toHaveLength(41);
    const sayingOf = (start: string) =>
      [...said].find(([command]) => command.startsWith(start))?.[1] ?? '';
    expect(sayingOf('psql --tuples-only')).toBe(' t\n\n');
    expect(sayingOf('psql --command "select application_name')).toMatch(
      /db2 +\| streaming +\| sync/,
    );
    expect(existsSync(join(standbyFolder, 'standby.signal'))).toBe(true);
    expect(sayingOf('randose unblind')).toMatch(/ {2}[AP] {2}/);
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
