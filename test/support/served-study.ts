import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { setClockFor } from './clock.ts';
import {
  FIXTURES,
  LONGEST_MS,
  mustRun,
  RANDOSE,
  type Ran,
  requireKnownDocument,
  testFolder,
} from './command-line.ts';
import { startKept } from './kept-command.ts';
import { type Cluster, type ClusterOptions, startCluster } from './postgres.ts';

export const DATABASE = 'study';
const STUDY = 'tst-1';

/** The logins of a served study, with their duties and sites. */
const LOGINS = {
  manager: { duties: ['data manager'], sites: [] },
  statistician: { duties: ['statistician'], sites: [] },
  officer: { duties: ['officer'], sites: [] },
  inspector: { duties: ['inspector'], sites: [] },
  s01: { duties: ['coordinator', 'pharmacist', 'investigator'], sites: ['S01'] },
  s08: { duties: ['coordinator', 'pharmacist', 'investigator'], sites: ['S08'] },
} as const satisfies Record<string, { duties: readonly string[]; sites: readonly string[] }>;
export type Login = keyof typeof LOGINS;

/** Somebody with a login, a machine and a folder of the study of their own. */
export class Person {
  readonly login: Login;
  /** Their study folder, which `pull` makes. */
  readonly folder: string;
  /** The URL of the database, without a password. */
  readonly url: string;
  readonly environment: Readonly<Record<string, string | undefined>>;

  constructor(
    login: Login,
    folder: string,
    url: string,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.login = login;
    this.folder = folder;
    this.url = url;
    this.environment = environment;
  }

  /** The same person, who reaches the database at another place, such as through a proxy. */
  through(...ports: readonly number[]): Person {
    const hosts = ports.map((port) => `127.0.0.1:${String(port)}`).join(',');
    const url = `postgres://${this.login}@${hosts}/${DATABASE}`;
    return new Person(this.login, this.folder, url, this.environment);
  }

  /** The same person with other variables of the environment. */
  with(variables: Readonly<Record<string, string>>): Person {
    const environment = { ...this.environment, ...variables };
    return new Person(this.login, this.folder, this.url, environment);
  }

  /** The same login on another machine, with a study folder that has to be pulled. */
  elsewhere(): Person {
    const home = testFolder(afterAll);
    const environment = { ...this.environment, XDG_STATE_HOME: join(home, 'state') };
    return new Person(this.login, join(home, STUDY), this.url, environment);
  }

  /** Runs a command on their folder, with the ledger in the database. */
  async run(...words: readonly string[]): Promise<Ran> {
    return this.start(words).ended;
  }

  /** Starts a command on their folder; `kill` ends it at once, as a power cut would. */
  start(words: readonly string[]): { ended: Promise<Ran>; kill: () => void } {
    return started([...words, ...this.#place()], this.environment);
  }

  /** Runs a command, which must succeed. @returns what it printed */
  async must(...words: readonly string[]): Promise<string> {
    return outputOf(words, await this.typeKept(...words, ...this.#place()));
  }

  #place(): readonly string[] {
    return ['--study', this.folder, '--ledger', this.url];
  }

  /** The `data` of a command that succeeds under --json. */
  async json(...words: readonly string[]): Promise<Record<string, unknown>> {
    const text = await this.must(...words, '--json');
    return (JSON.parse(text) as { data: Record<string, unknown> }).data;
  }

  /** Runs a command as it is typed, without --study and --ledger. */
  async type(...words: readonly string[]): Promise<Ran> {
    return started(words, this.environment).ended;
  }

  /** The same, in a process that stays (kept-command.ts): one for all who have a folder, one for all with a database. */
  async typeKept(...words: readonly string[]): Promise<Ran> {
    return ranKept(this.url === '' ? 'folder' : 'database', words, this.environment);
  }

  /** The same, in a folder. */
  async typeIn(folder: string, ...words: readonly string[]): Promise<Ran> {
    return started(words, this.environment, folder).ended;
  }

  async pull(): Promise<string> {
    const words = ['pull', this.folder, '--ledger', this.url, '--json'];
    return outputOf(words, await this.typeKept(...words));
  }
}

function outputOf(words: readonly string[], { status, stdout, stderr }: Ran): string {
  if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${status}\n${stderr}${stdout}`);
  return stdout;
}

async function ranKept(
  what: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Ran> {
  if (process.env.RANDOSE_TEST_ALONE === 'yes') return started(words, environment).ended;
  const cwd = process.cwd();
  setClockFor(words, cwd);
  const env = { ...process.env, ...environment };
  const ran = await startKept(what, { program: RANDOSE, cwd, words, env, longest: LONGEST_MS });
  requireKnownDocument(words, ran.stdout);
  return ran;
}

/** Does not block: a proxy may run in this process. */
function started(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  cwd = process.cwd(),
): { ended: Promise<Ran>; kill: () => void } {
  setClockFor(words, cwd);
  const child = spawn(process.execPath, [RANDOSE, ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => {
      try {
        // A command that is killed has not printed all of it.
        if (status !== null) requireKnownDocument(words, stdout);
        resolve({ status, stdout, stderr });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  return { ended, kill: () => child.kill('SIGKILL') };
}

export interface ServedStudy {
  readonly cluster: Cluster;
  /** Whose folder is the one where the list was made. */
  readonly manager: Person;
  /** What the command said that moved the ledger. */
  readonly imported: string;
  /** Each with a folder that they have pulled. */
  person(login: Login): Promise<Person>;
  /** What SQL says, asked by the superuser. */
  sql(text: string): Promise<string>;
  /** The lines of the ledger in the database. */
  lines(): Promise<string[]>;
}

export interface ServedOptions {
  /** How many slots S01 and S08 have: multiples of 3. */
  readonly slots?: readonly [s01: number, s08: number];
  /** Strata of an age group, each with so many slots for both sites, instead. */
  readonly slotsByAge?: number;
  /** Changes study.yaml before the list is drawn. */
  readonly edit?: (text: string) => string;
  readonly cluster?: ClusterOptions;
  /** Done in the folder before its ledger is moved. */
  readonly begun?: (study: string) => void;
}

/** Makes a trial of two sites, S01 and S08, in a folder. @returns the folder */
export function twoSites({
  slots: [s01, s08] = [12, 12],
  slotsByAge,
  edit = (text) => text,
}: ServedOptions = {}): string {
  const study = join(testFolder(afterAll), STUDY);
  mkdirSync(study);
  const strata =
    slotsByAge === undefined
      ? `strata:\n  - { site: S01, slots: ${s01} }\n  - { site: S08, slots: ${s08} }\n`
      : `factors:\n  - { name: age, levels: [LT65, GE65] }\nstratifyBy: [age]\nstrata: { slotsPerStratum: ${slotsByAge} }\n`;
  const text = readFileSync(join(FIXTURES, 'two-sites', 'study.yaml'), 'utf8')
    .replaceAll('CRT', 'S01')
    .replaceAll('LYO', 'S08')
    .replace(/^strata:\n(?: .*\n)+/m, strata);
  writeFileSync(join(study, 'study.yaml'), edit(text));
  const plan = join(study, '..', 'plan.yaml');
  writeFileSync(plan, 'blocks: {sizes: [3]}\n');
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

/** Serves the study of a folder from a new server, with a login for each kind of person. */
export async function serve(study: string, options: ClusterOptions = {}): Promise<ServedStudy> {
  const cluster = await startCluster(options);
  await cluster.createDatabase(DATABASE);
  for (const login of Object.keys(LOGINS)) await cluster.createLogin(login, `secret of ${login}`);
  await cluster.psql(`alter database ${DATABASE} owner to manager; alter role manager createrole;`);
  const known = new Map<Login, Promise<Person>>();
  const personOf = (login: Login, folder?: string): Person => {
    const { PGPASSWORD } = cluster.environment(login, DATABASE);
    const url = `postgres://${login}@127.0.0.1:${String(cluster.port)}/${DATABASE}`;
    const environment = { PGPASSWORD, RANDOSE_BY: `Z. Noël, ${login}, Hôpital` };
    const person = new Person(login, folder ?? '', url, environment).elsewhere();
    return folder === undefined ? person : new Person(login, folder, url, person.environment);
  };
  const manager = personOf('manager', study);
  const sql: ServedStudy['sql'] = async (text) => cluster.psql(text, { database: DATABASE });
  await manager.must('ledger', '--create');
  const move = ['ledger', '--import', '--by', 'Example, data manager', '--yes'];
  const imported = await manager.must(...move);
  const texts = (words: readonly string[]) =>
    `array[${words.map((one) => `'${one}'`).join(',')}]::text[]`;
  for (const [login, { duties, sites }] of Object.entries(LOGINS)) {
    await sql(
      `select randose.grant_duty('${login}', ${texts(sites)}, ${texts(duties)}, 'Example')`,
    );
  }
  return {
    cluster,
    manager,
    imported,
    sql,
    person: async (login) => {
      if (login === 'manager') return manager;
      let person = known.get(login);
      if (person === undefined) {
        const made = personOf(login);
        person = made.pull().then(() => made);
        known.set(login, person);
      }
      return person;
    },
    lines: async () =>
      (await sql('select line from randose.entries order by seq')).split('\n').slice(0, -1),
  };
}

/** The receipt that a command prints under --json, as `SEQ:HASH`; undefined if it prints none. */
export function receiptIn(stdout: string): string | undefined {
  if (stdout === '') return undefined;
  const { data } = JSON.parse(stdout) as { data?: { ledger?: { seq: number; hash: string } } };
  return data?.ledger === undefined ? undefined : `${data.ledger.seq}:${data.ledger.hash}`;
}

/** A participant to be randomized. */
export const enrol = (subject: string, site: string, ...more: readonly string[]) => [
  'randomize',
  ...['--subject', subject, '--site', site, '--day1', '2026-06-01'],
  ...more,
];
