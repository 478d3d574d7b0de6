import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import { allocated, randose, randoseIn, testFolder, type Trial } from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

const BY = 'Claire Martin, coordinator, CHU';
const ENROL = ['--site', 'CRT', '--day1', '2026-06-15'];
const FROM_VARIABLE = `By ${BY} (from RANDOSE_BY).\n`;

beforeEach(() => {
  for (const name of ['RANDOSE_BY', 'RANDOSE_SIGN', 'RANDOSE_STUDY']) vi.stubEnv(name, undefined);
  vi.stubEnv('XDG_CONFIG_HOME', join(testFolder(), 'none'));
});

/** Writes the settings of the user. @returns their file */
function settings(text: string | Uint8Array): string {
  const folder = testFolder();
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  mkdirSync(join(folder, 'randose'));
  const file = join(folder, 'randose', 'config.yaml');
  writeFileSync(file, text);
  return file;
}

function randomize(trial: Trial, subject: string, ...more: string[]) {
  return randoseIn(trial.study, 'randomize', '--subject', subject, ...ENROL, ...more);
}

/** Who made the last entry of a ledger, and whether it is signed. */
function lastWho({ study }: Trial): { name: string; isSigned: boolean } {
  const line = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!;
  const entry = JSON.parse(line) as { who: { name: string }; signature?: unknown };
  return { name: entry.who.name, isSigned: (entry.signature ?? null) !== null };
}

describe('a default name', () => {
  test('is used if none is typed, said, and kept as stated', () => {
    const trial = allocated();
    vi.stubEnv('RANDOSE_BY', BY);
    expect(randomize(trial, 'CRT-001')).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(FROM_VARIABLE) as string,
    });
    expect(lastWho(trial)).toEqual({ name: 'Claire Martin', isSigned: false });
    const typed = randomize(trial, 'CRT-002', '--by', 'Paul Durand, nurse');
    expect(typed.stderr).not.toContain('RANDOSE_BY');
    expect(lastWho(trial).name).toBe('Paul Durand');
    expect(randomize(trial, 'CRT-003', '--json').stderr).not.toContain('RANDOSE_BY');
    expect(lastWho(trial).name).toBe('Claire Martin');
  });

  test('comes from the variable, else from the file', () => {
    const trial = allocated();
    const file = settings('by: Paul Durand, nurse, CHU\n');
    expect(randomize(trial, 'CRT-001').stderr).toContain(
      `By Paul Durand, nurse, CHU (from ${file}).`,
    );
    vi.stubEnv('RANDOSE_BY', BY);
    expect(randomize(trial, 'CRT-002').stderr).toContain(FROM_VARIABLE);
  });

  test.each([
    'NAME, ROLE, ORGANISATION',
    'C. Example, statistician, Example CRO',
    'Your name, role',
  ])('%s is copied from the examples, and left out', (name) => {
    vi.stubEnv('RANDOSE_BY', name);
    const { status, stderr } = randomize(allocated(), 'CRT-001');
    expect(status).toBe(64);
    expect(stderr).toMatch(/^warning: .*RANDOSE_BY.* left out/m);
    expect(stderr).toContain('error: randomize needs --by');
  });

  test('is not asked for again among what is missing', () => {
    vi.stubEnv('RANDOSE_BY', BY);
    const { stderr } = randoseIn(allocated().study, 'dose', 'CRT-001');
    expect(stderr).toContain('dose needs 2 more options');
    expect(stderr).not.toContain('--by');
  });

  test('is not used where the key says who it is, nor where nothing is recorded', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    vi.stubEnv('RANDOSE_BY', BY);
    const key = ['--identity', trial.officer, '--reason', 'test'];
    expect(randoseIn(trial.study, 'unblind', 'CRT-001', ...key).stderr).not.toContain(BY);
    expect(lastWho(trial).name).toBe('Example Officer');
    for (const words of [['ledger'], ['study'], ['amend'], ['status'], ['kit']]) {
      const { status, stderr } = randoseIn(trial.study, ...words);
      expect([status, stderr.includes(BY)], words.join()).toEqual([0, false]);
    }
  });

  testWithTool(['expect', '-v'])('is confirmed on a terminal, or replaced', () => {
    const trial = allocated();
    const config = { XDG_CONFIG_HOME: testFolder(), RANDOSE_BY: BY };
    const type = (subject: string, answers: [string, string][], ...more: string[]) =>
      atTerminal(
        trial.study,
        ['randomize', '--subject', subject, ...ENROL, ...more],
        answers,
        config,
      );
    const asks = 'Is that you?';
    expect(
      type('CRT-001', [
        [asks, ''],
        ['[y/N]', 'y'],
      ]).status,
    ).toBe(0);
    expect(lastWho(trial).name).toBe('Claire Martin');
    expect(
      type('CRT-002', [
        [asks, 'Paul Durand, nurse'],
        ['[y/N]', 'y'],
      ]).status,
    ).toBe(0);
    expect(lastWho(trial).name).toBe('Paul Durand');
    const no = type('CRT-003', [
      [asks, 'no'],
      ['Who are you?', 'Eve Petit, nurse'],
      ['[y/N]', 'y'],
    ]);
    expect(no.status, no.text).toBe(0);
    expect(lastWho(trial).name).toBe('Eve Petit');
    expect(type('CRT-004', [[asks, '^C']])).toMatchObject({ status: 64 });
    expect(type('CRT-005', [], '--yes').status).toBe(0);
    expect(lastWho(trial).name).toBe('Claire Martin');
  });
});

describe('a default ssh key', () => {
  testWithTool(['ssh-keygen', '-?'])('signs only under the default name', () => {
    const trial = allocated();
    const key = join(testFolder(), 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    settings(`by: ${BY}\nsign: ${key}\n`);
    expect(randomize(trial, 'CRT-001').stderr).toContain(`, signed with ${key} (from `);
    expect(lastWho(trial)).toEqual({ name: 'Claire Martin', isSigned: true });
    randomize(trial, 'CRT-002', '--by', 'Paul Durand, nurse');
    expect(lastWho(trial)).toEqual({ name: 'Paul Durand', isSigned: false });
    rmSync(key);
    expect(randomize(trial, 'CRT-003').stderr).toContain('is left out, and nothing is signed');
    expect(lastWho(trial)).toEqual({ name: 'Claire Martin', isSigned: false });
  });
});

describe('a default study folder', () => {
  test('is used outside of any study folder only', () => {
    const [one, other] = [allocated(), allocated()];
    enrolOne(other.study, 'CRT-001');
    vi.stubEnv('RANDOSE_STUDY', one.study);
    const away = randoseIn(testFolder(), 'status');
    expect(away.stdout).toContain('0 randomized');
    expect(away.stderr).toContain(`Study ${one.study} (from RANDOSE_STUDY).`);
    expect(randoseIn(other.study, 'status').stdout).toContain('1 randomized');
    expect(randoseIn(testFolder(), 'status', '--study', other.study).stdout).toContain(
      '1 randomized',
    );
  });

  test('helps in an emergency too, and can be wrong', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const words = ['unblind', 'CRT-001', '--identity', trial.officer, '--reason', 'test'];
    settings(`study: ${trial.study}\n`);
    expect(randoseIn(testFolder(), ...words).status).toBe(0);
    const none = join(trial.folder, 'none');
    vi.stubEnv('RANDOSE_STUDY', none);
    const { status, stderr } = randoseIn(testFolder(), ...words);
    expect(status).toBe(66);
    expect(stderr).toContain(`RANDOSE_STUDY names ${none}, which is not a study folder: left out.`);
  });

  test('of the file is not used if the variable is wrong, and both are named', () => {
    const trial = allocated();
    const none = join(trial.folder, 'none');
    const file = settings(`study: ${trial.study}\nby: ${BY}\n`);
    vi.stubEnv('RANDOSE_STUDY', none);
    const { status, stderr } = randoseIn(testFolder(), 'status');
    expect(status).toBe(66);
    expect(stderr).toContain(
      `RANDOSE_STUDY names ${none}, which is not a study folder: left out. Left out too: ${trial.study} (from ${file}), which counts only if RANDOSE_STUDY is not set.`,
    );
    vi.stubEnv('RANDOSE_BY', 'NAME, ROLE');
    expect(randomize(trial, 'CRT-001').stderr).toContain(
      `Left out too: ${BY} (from ${file}), which counts only if RANDOSE_BY is not set.`,
    );
  });
});

describe('settings that are wrong', () => {
  test('an unknown key is named, with the one that was meant, and the others count', () => {
    const trial = allocated();
    const file = settings(`by: ${BY}\nstuddy: /tmp\n`);
    const { status, stderr } = randomize(trial, 'CRT-001');
    expect(status).toBe(0);
    expect(stderr).toContain(
      `warning: ${file}:2: studdy: unknown key; the keys known here are: by, sign, study, ledger. Did you mean "study"? It is left out.`,
    );
    expect(lastWho(trial).name).toBe('Claire Martin');
  });

  test.each<[string, (file: string) => void]>([
    ['damaged', () => undefined],
    [
      'a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      'a pipe',
      (file) => {
        rmSync(file);
        spawnSync('mkfifo', [file]);
      },
    ],
    [
      'huge',
      (file) => {
        writeFileSync(file, `by: ${'x'.repeat(100_000)}\n`);
      },
    ],
  ])('%s: nothing stops', (_, change) => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    change(settings(Buffer.from([0, 1, 0xff, 0x7b, 0x7b])));
    vi.stubEnv('RANDOSE_SIGN', '/none');
    const typed = randomize(trial, 'CRT-002', '--by', 'Paul Durand, nurse');
    expect(typed.status, typed.stderr).toBe(0);
    const missing = randomize(trial, 'CRT-003');
    expect(missing.status).toBe(64);
    expect(missing.stderr).toContain('left out');
    const key = ['--identity', trial.officer, '--reason', 'test'];
    const here = randoseIn(trial.study, 'unblind', 'CRT-001', ...key);
    // The settings could have named the database of the ledger.
    expect([here.status, here.stderr.includes('left out')]).toEqual([0, true]);
    expect(randose('unblind', 'CRT-001', '--study', trial.study, ...key).status).toBe(0);
  });
});
