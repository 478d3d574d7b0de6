import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealFor } from '../../src/blinding/seal.ts';
import {
  contentsOf,
  enrolled,
  kitsOfTrial,
  mustRun,
  RANDOSE,
  randose,
  startRandose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf, replaceIn } from '../support/custody.ts';
import { openable } from '../support/envelopes.ts';

/**
 * A folder that machines and people break at random, again and again: `npm run chaos`. The same seed breaks
 * the same. CHAOS_SEED chooses another one, CHAOS_RUNS how often.
 */
const SEED = process.env.CHAOS_SEED ?? 'randose';
const RUNS = Number(process.env.CHAOS_RUNS ?? '120');
const HOOK = join(import.meta.dirname, '..', 'support', 'kill-at.cjs');

const random = seedrandom(SEED);
const below = (limit: number) => Math.floor(random() * limit);
const one = <T>(list: readonly T[]): T => list[below(list.length)]!;

const figures: Record<string, number> = {};
const count = (what: string) => {
  figures[what] = (figures[what] ?? 0) + 1;
};

let trial: Trial;
let arms: Map<string, string>;

beforeAll(() => {
  trial = enrolled(afterAll);
  replaceIn(join(trial.study, 'study.yaml'), 'name: Example Officer', 'name: Other Officer');
  const keys = ['--identity', trial.officer, trial.packer];
  mustRun('rewrap', '--study', trial.study, ...keys, '--reason', 'example');
  const table = join(trial.folder, 'table.csv');
  const opened = [
    'open',
    '--reason',
    'example',
    '--study',
    trial.study,
    '--identity',
    trial.statistician,
  ];
  mustRun(...opened, '--output', table);
  const rows = readFileSync(table, 'utf8').trimEnd().split('\n').slice(1);
  arms = new Map(rows.map((row) => [row.split(',')[0]!, row.split(',').at(-1)!]));
});

afterAll(() => {
  const told = Object.entries(figures).map(([what, number]) => `${number} ${what}`);
  process.stdout.write(`\nchaos, seed ${SEED}: ${told.join(', ')}\n`);
});

function copy(): string {
  const study = join(testFolder(), 'depil-2');
  cpSync(trial.study, study, { recursive: true });
  return study;
}

/** Breaks a file in one of the ways in which files break, or are broken. */
async function breakFile(study: string, file: string): Promise<void> {
  const path = join(study, file);
  if (!existsSync(path) || !statSync(path).isFile()) return;
  const content = readFileSync(path);
  const at = below(Math.max(1, content.length));
  const officer = /age1\w+/.exec(readFileSync(trial.officer, 'utf8'))![0];
  const ways: (() => Uint8Array | Promise<Uint8Array>)[] = [
    () => Buffer.alloc(0),
    () => content.subarray(0, at),
    () => Buffer.concat([content.subarray(0, at), Buffer.from('x'), content.subarray(at)]),
    () => Buffer.from(content.map((byte, index) => (index === at ? byte ^ 4 : byte))),
    () => Buffer.from(content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
    () => Buffer.concat([content, content]),
    () => readFileSync(join(study, one([...contentsOf(study).keys()]))),
    () => sealFor([officer])(`{"arm": "PLACEBO"}`),
  ];
  if (below(6) === 0) rmSync(path);
  else writeFileSync(path, await one(ways)());
}

test('whatever files are broken, no wrong arm is shown, and the envelope opens if it is intact', async () => {
  const numbers = [...arms.keys()];
  const kits = kitsOfTrial(trial);
  for (let run = 0; run < RUNS; run += 1) {
    const study = copy();
    const files = [...contentsOf(study).keys()];
    const hurt = Array.from({ length: 1 + below(4) }, () => one(files));
    for (const file of hurt) await breakFile(study, file);
    const at = below(numbers.length);
    const [number, kit] = [numbers[at]!, kits[at]!];
    const opened = randose(
      ...['unblind', '--study', study, '--kit', kit, '--identity', trial.officer],
      ...['--reason', 'SAE', '--given-to', `CRT-${number.slice(1)}`],
    );
    const what = `run ${run}: ${number} with ${hurt.join(', ')} broken\n${opened.stdout}${opened.stderr}`;
    const shown = /^ {2}(ILT101|PLACEBO) /m.exec(opened.stdout)?.[1];
    const isOwn = hurt.some((file) => file.endsWith(`/${number}.age`));
    if (shown !== undefined) expect(shown, what).toBe(arms.get(number));
    if (!isOwn) expect(shown, what).toBe(arms.get(number));
    expect(opened.status, what).not.toBe(70);
    const verified = randose('verify', '--study', study);
    expect(verified.status, `${what}${verified.stderr}`).not.toBe(70);
    expect(verified.status).not.toBeNull();
    count('folders broken');
    count(shown === undefined ? 'refused for the own envelope' : 'arms shown, all right');
  }
});

test('whenever a command is killed, no envelope is lost', async () => {
  const words = (study: string, folder: string): string[][] => [
    ['rewrap', '--study', study, '--identity', trial.officer, trial.packer, '--reason', 'example'],
    ['allocate', '--extend', '--study', study, '--plan', trial.plan, '--identity', trial.officer],
    ['unblind', '--study', study, '--number', 'R003', '--identity', trial.officer, '--reason', 'e'],
    ['cards', '--study', study, '--identity', trial.officer, '--output', join(folder, 'c.pdf')],
  ];
  for (let run = 0; run < RUNS / 3; run += 1) {
    const study = copy();
    const kind = below(4);
    if (kind === 0) replaceIn(join(study, 'study.yaml'), 'Other Officer', 'Third Officer');
    if (kind === 1) replaceIn(join(study, 'study.yaml'), 'slots: 18', 'slots: 24');
    const before = await openable(study, trial.officer);
    const command = words(study, join(study, '..'))[kind]!;
    const point = `${1 + below(kind < 2 ? 40 : 12)}${below(2) === 0 ? '' : '/half'}`;
    const env = { ...process.env, RANDOSE_TEST_KILL_AT: point };
    const killed = spawnSync(process.execPath, ['--require', HOOK, RANDOSE, ...command], {
      env,
      timeout: 45_000,
    });
    count(killed.signal === 'SIGKILL' ? 'commands killed' : 'commands done before their kill');
    expect(
      await openable(study, trial.officer),
      `${command.join(' ')} at ${point}`,
    ).toBeGreaterThanOrEqual(before);
    const again = randose(...command);
    expect(again.status, `${command.join(' ')} at ${point}: ${again.stderr}`).not.toBe(70);
    expect(
      await openable(study, trial.officer),
      `${command.join(' ')} at ${point}`,
    ).toBeGreaterThanOrEqual(before);
    const opened = ['unblind', '--study', study, '--number', 'R001', '--identity', trial.officer];
    expect(mustRun(...opened, '--reason', 'e')).toContain(arms.get('R001'));
  }
});

test('many commands at once: no code-break and no record is lost, and none is entered twice', async () => {
  const study = copy();
  const before = ledgerOf(study).length;
  const goes = Array.from({ length: 24 }, (_, index) =>
    index % 3 === 0
      ? startRandose(
          ...['unblind', '--study', study, '--number', `R00${1 + (index % 9)}`],
          ...['--identity', trial.officer, '--reason', 'e'],
        )
      : startRandose(
          ...['dose', '--study', study, '--subject', `CRT-0${String(1 + index).padStart(2, '0')}`],
          ...['--visit', 'D1', '--date', '2026-06-15', '--by', 'E'],
        ),
  );
  const killed = spawn(process.execPath, [RANDOSE, 'status', '--study', study]);
  killed.kill('SIGKILL');
  const ran = await Promise.all(goes);
  for (const { status, stderr } of ran) expect([0, 65], stderr).toContain(status);
  mustRun('kit', '--study', study);
  randose('ledger', '--study', study, '--enter-pending', '--yes');
  const entries = ledgerOf(study).slice(before);
  const breaks = entries.filter(({ action }) =>
    ['code-break intent', 'late code-break'].includes(String(action)),
  );
  expect(breaks).toHaveLength(8);
  const doses = entries.filter(({ action }) => action === 'dose');
  expect(doses).toHaveLength(
    ran.filter(({ status }, index) => index % 3 !== 0 && status === 0).length,
  );
  expect(randose('verify', '--study', study).stdout).not.toMatch(/altered|does not follow/);
  figures['commands at once'] = goes.length;
});
