import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Base, makeBases } from './bases.ts';
import {
  breakBase,
  type Case,
  caseOf,
  type Finding,
  runCase,
  type Setting,
  shown,
  smallest,
} from './cases.ts';
import { HANGS_MS } from './judge.ts';
import { bundleWorker, type Result, runAlone, Worker } from './processes.ts';

/**
 * The program, given what is broken in every way: `npm run fuzz`. The same seed gives the same trials, breaks the same
 * in them and types the same. FUZZ_SEED chooses another one, FUZZ_SECONDS how long; FUZZ_CASE runs one case again, and
 * shows each of its commands. test/fuzz/run.mjs sets them.
 */
const SEED = process.env.FUZZ_SEED ?? 'randose';
const SECONDS = Number(process.env.FUZZ_SECONDS ?? '60');
const AGAIN = process.env.FUZZ_CASE === undefined ? undefined : Number(process.env.FUZZ_CASE);
/** Cases that run at once. */
const LANES = 2;
/** Of so many cases one is run as its user does, with a process for each command. */
const ONE_ALONE_OF = 12;
/** If `randose --version` takes longer, the machine is busy. */
const QUIET_MS = 1000;
/** A process alone that takes too long is waited for, to know how long. */
const PATIENCE_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'randose-fuzz-bases-'));
const workers: Worker[] = [];
let bases: readonly Base[];
let path: string;

const figures = { cases: 0, commands: 0, processes: 0, done: 0, findings: 0, unconfirmed: 0 };
const statuses = new Map<number | null, number>();
let slowest = { cpu: 0, words: [] as readonly string[], number: 0 };
const found = new Map<string, string>();

beforeAll(async () => {
  path = await bundleWorker();
  const maker = newWorker();
  bases = await makeBases(folder, SEED, maker.run);
});

afterAll(() => {
  for (const worker of workers) worker.end();
  rmSync(folder, { recursive: true, force: true });
  rmSync(dirname(path), { recursive: true, force: true });
  const told = [...statuses].sort(([a], [b]) => Number(a) - Number(b));
  process.stdout.write(
    [
      `\nfuzz, seed ${SEED}: ${figures.cases} cases, ${figures.commands} command lines`,
      `, ${figures.processes} of them as processes of their own; `,
      `${found.size} findings (in ${figures.findings} cases), ${figures.unconfirmed} not seen again\n`,
      `exit statuses: ${told.map(([status, times]) => `${status}: ${times}`).join(', ')}\n`,
      `slowest: ${Math.round(slowest.cpu)} ms of the processor, case ${slowest.number}: ${shown(slowest.words)}\n`,
    ].join(''),
  );
});

function newWorker(): Worker {
  const worker = new Worker(path);
  workers.push(worker);
  return worker;
}

const alone = (longest = PATIENCE_MS): Setting => ({ bases, runs: runAlone, longest });

function count(
  number: number,
  results: readonly { words: readonly string[]; result: Result }[],
  isAlone: boolean,
): void {
  figures.cases += 1;
  for (const { words, result } of results) {
    figures.commands += 1;
    if (isAlone) figures.processes += 1;
    statuses.set(result.status, (statuses.get(result.status) ?? 0) + 1);
    const { cpu } = result;
    if (cpu > slowest.cpu) slowest = { cpu, words, number };
  }
}

/** Runs what was found again, as its user would, then makes it smaller and keeps its files. */
async function follow(number: number, one: Case, first: Finding, setting: Setting): Promise<void> {
  const key = `${first.kind} ${first.words.slice(0, 2).join(' ')} ${first.why.replace(/\d+/g, '#')}`;
  figures.findings += 1;
  if (found.has(key)) return;
  found.set(key, '');
  const again = (await runCase(one, alone())).finding;
  // What stops a worker can be an error with a stack trace in a process alone.
  if (again === undefined || (again.kind === 'slow' && (await isBusy()))) {
    found.delete(key);
    figures.unconfirmed += 1;
    process.stdout.write(`\ncase ${number}, not seen again: ${key}\n${first.result.stderr}\n`);
    return;
  }
  const isAlike = again.kind === first.kind && again.kind !== 'slow';
  const small = await smallest(one, again.kind, isAlike ? setting : alone());
  const finding = (await runCase(small, alone())).finding ?? again;
  const kept = join(tmpdir(), 'randose-fuzz-findings', `${SEED}-${number}`);
  const { folder: broken } = await breakBase(small, setting);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(dirname(kept), { recursive: true });
  renameSync(broken, kept);
  writeFileSync(`${kept}.json`, JSON.stringify(small, undefined, 2));
  const text = [
    `${finding.kind}: ${finding.why}`,
    `  ${finding.broken.join('; ')}${small.covered ? '; covered up' : ''}`,
    `  cd ${kept} && ${shown(finding.words)}`,
    ...(small.typed.length > 1 ? [`  (after ${small.typed.length - 1} other commands)`] : []),
    `  again: npm run fuzz -- --seed ${SEED} --case ${number}`,
    `${finding.result.stdout}${finding.result.stderr}`.slice(0, 3000),
  ].join('\n');
  found.set(key, text);
  process.stdout.write(`\n${text}\n`);
}

/** Whether this machine does so much else that no time means anything. */
async function isBusy(): Promise<boolean> {
  const order = { words: ['--version'], folder, machine: 'x/0', env: {} };
  return (await runAlone(order, PATIENCE_MS)).milliseconds > QUIET_MS;
}

async function lane(take: () => number | undefined): Promise<void> {
  const worker = newWorker();
  const warm: Setting = { bases, runs: worker.run, longest: HANGS_MS + 500 };
  for (let number = take(); number !== undefined; number = take()) {
    const one = caseOf(SEED, number);
    const isAlone = number % ONE_ALONE_OF === 0;
    const { finding, results } = await runCase(one, isAlone ? alone() : warm);
    count(number, results, isAlone);
    if (finding !== undefined) await follow(number, one, finding, warm);
  }
  worker.end();
}

const search = () => {
  test(
    'whatever is broken: no bug, no stack trace, no arm, no more than 5 seconds',
    async () => {
      const end = Date.now() + SECONDS * 1000;
      let next = 0;
      const take = () => {
        if (Date.now() > end) return undefined;
        next += 1;
        return next;
      };
      await Promise.all(Array.from({ length: LANES }, () => lane(take)));
      expect([...found.values()]).toEqual([]);
    },
    SECONDS * 1000 + 300_000,
  );
};

const showAgain = (number: number) => {
  test('one case again', async () => {
    const one = caseOf(SEED, number);
    const { folder: broken, broken: what } = await breakBase(one, alone());
    process.stdout.write(`${what.join('\n')}\ncovered up: ${one.covered}; files: ${broken}\n`);
    const { finding, results } = await runCase(one, alone());
    count(number, results, true);
    for (const { words, result } of results) {
      const { status, stdout, stderr, milliseconds, cpu } = result;
      process.stdout.write(
        `\n$ ${shown(words)}\n${stdout.slice(0, 2000)}${stderr.slice(0, 2000)}→ ${status}, ${Math.round(milliseconds)} ms, of the processor ${Math.round(cpu)}\n`,
      );
    }
    expect(finding).toBeUndefined();
  }, 300_000);
};

if (AGAIN === undefined) search();
else showAgain(AGAIN);
