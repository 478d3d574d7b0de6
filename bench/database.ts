/**
 * A ledger in a database: whole commands beside the same ledger in a folder, and many clients at once. It starts a
 * PostgreSQL server of its own, whose entries are durable. Run by bench/run.mjs.
 *
 * Arguments: the built randose, the fixtures, an empty folder, bench/database-client.ts, bundled, and how many entries the
 * longer ledger has, ten times those of the shorter one; the aims are for 100,000.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, INITDB, startCluster, stopClusters } from '../test/support/cluster.ts';
import { startProxy, stopProxies } from '../test/support/proxy.ts';
import { actsOf, fillLedger, makeTrial, slotsOf } from './long-trial.ts';
import { medianOf } from './whole-command.ts';

const [randose = '', fixtures = '', folder = '', clientProgram = '', many = ''] =
  process.argv.slice(2);

const CLIENTS = ['S01', 'S02', 'S03', 'S04', 'S05', 'S06', 'S07', 'S08'];
/** A site of 88 has so much of a trial. */
const SHARE = 88;
const MANY = Number(many);
const FEW = MANY / 10;
/** A participant is randomized, gets a kit, and has ten injections; in the longer ledger with as many corrections. */
const [ENTRIES, MORE_ENTRIES] = [12, 24];
const isWhole = MANY >= 100_000;
const ROUNDS = isWhole ? 11 : 2;
/** What each client enters: near the server, and 40 ms away from it, there and back. */
const [ACTS, FAR_ACTS] = isWhole ? [100, 25] : [20, 5];
const ROUND_TRIP_MS = 40;

interface Site {
  readonly study: string;
  readonly url: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Runs randose. @returns milliseconds */
function run(words: readonly string[], environment: Site['environment'] = {}): number {
  const env = { ...process.env, ...environment };
  const begin = performance.now();
  const { status, stderr } = spawnSync('node', [randose, ...words], { encoding: 'utf8', env });
  const end = performance.now();
  if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${stderr}`);
  return end - begin;
}

/** Moves the ledger of a folder into a new database, in which each site has a login. @returns what takes a login to its folder there */
async function serve(cluster: Cluster, study: string, database: string) {
  const url = (login: string, port = cluster.port) =>
    `postgres://${login}@127.0.0.1:${port}/${database}`;
  await cluster.createDatabase(database);
  await cluster.psql(`alter database ${database} owner to manager`);
  const manager = cluster.environment('manager', database);
  run(['ledger', '--create', '--ledger', url('manager')], manager);
  const words = ['ledger', '--import', '--study', study, '--ledger', url('manager'), '--yes'];
  const import_ = run([...words, '--by', 'A. Example, data manager, Example'], manager);
  for (const code of CLIENTS) {
    const login = code.toLowerCase();
    const words = ['ledger', '--grant', login, '--duty', 'coordinator', '--site', code];
    run([...words, '--ledger', url('manager'), '--by', 'A. Example'], manager);
  }
  const siteOf = (code: string): Site => {
    const login = code.toLowerCase();
    const home = join(folder, database, login);
    mkdirSync(home, { recursive: true });
    const { PGPASSWORD } = cluster.environment(login, database);
    const environment = { PGPASSWORD, XDG_STATE_HOME: join(home, 'state') };
    const at = join(home, 'study');
    run(['pull', at, '--ledger', url(login)], environment);
    return { study: at, url: url(login), environment };
  };
  return { import_, siteOf, url };
}

function verdict(isReached: boolean, aim: string): string {
  if (!isWhole) return '';
  return `(aim: ${aim}, ${isReached ? 'reached' : 'missed'})`;
}

const today = new Date().toISOString().slice(0, 10);
/** Whoever works in a folder alone: other copies of the study on a machine would be read too. */
const ALONE = { XDG_STATE_HOME: join(folder, 'alone') };

let people = 0;
/** Randomizes somebody at the first site, with the whole command. @returns milliseconds */
function randomizeAt(study: string, site?: Site): number {
  people += 1;
  const subject = `S01-N${String(people).padStart(4, '0')}`;
  const where = site === undefined ? [] : ['--ledger', site.url];
  const words = ['randomize', '--subject', subject, '--site', 'S01', '--day1', today];
  return run(
    [
      ...words,
      ...where,
      '--id-is-right',
      '--yes',
      '--study',
      study,
      '--by',
      'A. Example, nurse, Example',
    ],
    site?.environment ?? ALONE,
  );
}

/** Clients that each give slots of their own site, all at once. @returns entries a second, all together, and retries */
async function crowd(
  sites: readonly { readonly code: string; readonly site: Site; readonly url: string }[],
  acts: number,
): Promise<{ perSecond: number; retries: number }> {
  const clients = sites.map(({ code, site, url }) => {
    const words = [clientProgram, site.study, url, code, String(acts)];
    const env = { ...process.env, ...site.environment };
    return spawn('node', words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  });
  await Promise.all(clients.map(async ({ stdout }) => once(stdout, 'data')));
  const begin = performance.now();
  const ended = await Promise.allSettled(clients.map(goAndEnd));
  const seconds = (performance.now() - begin) / 1000;
  const done = ended.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
  return {
    perSecond: sum(done.map((one) => one.acts)) / seconds,
    retries: sum(done.map((one) => one.retries)),
  };
}

async function goAndEnd(client: ChildProcess): Promise<{ acts: number; retries: number }> {
  client.stdin!.write('go\n');
  let text = '';
  client.stdout!.on('data', (data: Buffer) => (text += data.toString()));
  const [status] = (await once(client, 'close')) as [number | null];
  if (status !== 0) throw new Error(`a client ended with ${String(status)}`);
  return JSON.parse(text) as { acts: number; retries: number };
}

if (spawnSync(INITDB, ['--version']).error !== undefined) {
  console.log('a ledger in a database\n  skipped: PostgreSQL’s server is not installed');
  process.exit(0);
}

try {
  const short = join(folder, 'short');
  const participants = Math.ceil(MANY / MORE_ENTRIES);
  const some = Math.ceil((participants / SHARE + ROUNDS * 3 + ACTS * 2 + FAR_ACTS) / 3) * 3;
  const others = Math.ceil(participants / 3) * 3;
  const slots = new Map([...CLIENTS.map((code) => [code, some] as const), ['S99', others]]);
  makeTrial(short, fixtures, slots, (...words) => run(words));
  const long = join(folder, 'long');
  cpSync(short, long, { recursive: true });
  const all = slotsOf(short);
  const ownSlots = all
    .filter(({ stratum }) => stratum === 'site=S01')
    .slice(0, Math.ceil(participants / SHARE));
  const otherSlots = all.filter(({ stratum }) => stratum === 'site=S99');
  // The site has its share of the participants, who come one by one.
  const inTurn = otherSlots.flatMap((slot, index) =>
    index % SHARE === 0 ? [ownSlots[index / SHARE]!, slot] : [slot],
  );
  fillLedger(short, actsOf(inTurn, ENTRIES), FEW);
  fillLedger(long, actsOf(inTurn, MORE_ENTRIES), MANY);
  const inFolder = join(folder, 'in-folder');
  cpSync(short, inFolder, { recursive: true });

  const cluster = await startCluster();
  for (const login of ['manager', ...CLIENTS.map((code) => code.toLowerCase())]) {
    await cluster.createLogin(login, `secret of ${login}`);
  }
  await cluster.psql('alter role manager createrole');
  const near = await serve(cluster, short, 'short');
  const far = await serve(cluster, long, 'long');
  console.log('a ledger in a database, on PostgreSQL on this machine, durable; whole commands');
  for (const [served, count] of [
    [near, FEW],
    [far, MANY],
  ] as const) {
    console.log(`  import of ${count} entries: ${(served.import_ / 1000).toFixed(1)} s`);
  }

  const site = near.siteOf('S01');
  const longSite = far.siteOf('S01');
  const rounds = Array.from({ length: ROUNDS + 1 }, () => ({
    file: randomizeAt(inFolder),
    database: randomizeAt(site.study, site),
    long: randomizeAt(longSite.study, longSite),
  })).slice(1); // the first one fills caches
  const [file, database, longer] = [
    medianOf(rounds.map((one) => one.file)),
    medianOf(rounds.map((one) => one.database)),
    medianOf(rounds.map((one) => one.long)),
  ];
  const ratio = medianOf(rounds.map((one) => one.database / one.file));
  const growth = medianOf(rounds.map((one) => one.long / one.database));
  console.log(`  a randomize at ${FEW} entries, beside the ledger in a folder
    ${database.toFixed(0)} ms beside ${file.toFixed(0)} ms: ratio ${ratio.toFixed(2)} ${verdict(ratio <= 0.5, '0.5')}
  a randomize at ${MANY} entries, beside ${FEW}
    ${longer.toFixed(0)} ms beside ${database.toFixed(0)} ms: ratio ${growth.toFixed(2)} ${verdict(growth < 1.1, '1.1')}`);

  const sites = CLIENTS.map((code) => ({ code, site: code === 'S01' ? site : near.siteOf(code) }));
  const through = (port?: number) =>
    sites.map((one) => ({ ...one, url: near.url(one.code.toLowerCase(), port) }));
  const report = (
    what: string,
    got: Awaited<ReturnType<typeof crowd>>,
    aim: number | undefined,
  ) => {
    const said = aim === undefined ? '' : ` ${verdict(got.perSecond >= aim, String(aim))}`;
    console.log(
      `  ${CLIENTS.length} clients at once, ${what}: ${got.perSecond.toFixed(0)} entries a second${said}, ${got.retries} retries`,
    );
  };
  report('on this machine', await crowd(through(), ACTS), 300);
  const proxy = await startProxy(cluster, { delayMs: ROUND_TRIP_MS / 2 });
  report(`${ROUND_TRIP_MS} ms away`, await crowd(through(proxy.port), FAR_ACTS), 40);
  await cluster.standby({ name: 'second', synchronous: true });
  report('with a second server that has each entry', await crowd(through(), ACTS), undefined);
} finally {
  stopProxies();
  await stopClusters();
}
