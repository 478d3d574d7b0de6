import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allocated,
  contentsOf,
  mustRun,
  type Ran,
  RANDOSE,
  startRandose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/** What waits for a FIFO or a lock waits longer than this. */
const SOON_MS = 10_000;
const BY = ['--by', 'Example Coordinator'];
const withFifo = testWithTool(['mkfifo', '--version']);
const withBash = testWithTool(['bash', '--version']);

let prepared: Trial;
beforeAll(() => {
  prepared = allocated(afterAll);
});

/** A copy of the allocated study in a folder of its own. */
function copy(name = 'depil-2', folder = testFolder()): string {
  const study = join(folder, name);
  cpSync(prepared.study, study, { recursive: true });
  return study;
}

function soon(words: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  return spawn(process.execPath, [RANDOSE, ...words], { ...process.env, ...env });
}

/** Runs a line of bash, in which "$@" is randose with the words. */
function inBash(line: string, ...words: string[]): Ran {
  return spawn('bash', ['-c', line, 'bash', process.execPath, RANDOSE, ...words], process.env);
}

function spawn(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Ran {
  const options = { encoding: 'utf8', input: '', env, timeout: SOON_MS } as const;
  const { status, stdout, stderr } = spawnSync(program, words, options);
  return { status, stdout, stderr };
}

function newParticipant(study: string, subject: string): string[] {
  const about = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-15'];
  return ['randomize', '--study', study, ...about, ...BY];
}

/** It ended soon, with a message and a status of the kind, and is not called a bug. */
function expectKnown({ status, stderr }: Ran, message: string | RegExp): void {
  expect(status, stderr).toBeGreaterThanOrEqual(65);
  expect(status, stderr).toBeLessThanOrEqual(75);
  expect(status, stderr).not.toBe(70);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('bug');
}

/** Moves a study's ledger to another folder and links it from its place. */
function linkLedger(study: string, shared: string): void {
  const ledger = join(study, 'ledger.jsonl');
  if (existsSync(shared)) rmSync(ledger);
  else renameSync(ledger, shared);
  symlinkSync(shared, ledger);
}

describe('a ledger that is a link', () => {
  test('stays one: whoever reads either path reads every entry', () => {
    const folder = testFolder();
    const study = copy('depil-2', folder);
    const shared = join(folder, 'shared.jsonl');
    linkLedger(study, shared);
    mustRun(...newParticipant(study, 'CRT-001'));
    mustRun(...newParticipant(study, 'CRT-002'));
    const ledger = join(study, 'ledger.jsonl');
    expect(lstatSync(ledger).isSymbolicLink()).toBe(true);
    expect(readFileSync(ledger, 'utf8')).toBe(readFileSync(shared, 'utf8'));
    expect(ledgerOf(study)).toHaveLength(3);
    mustRun('verify', '--study', study);
  });

  test('to a file that does not exist yet is begun there', () => {
    const folder = testFolder();
    const study = join(folder, 'depil-2');
    mkdirSync(study);
    cpSync(join(prepared.study, 'study.yaml'), join(study, 'study.yaml'));
    symlinkSync('../shared.jsonl', join(study, 'ledger.jsonl'));
    mustRun('allocate', '--study', study, '--plan', prepared.plan);
    expect(lstatSync(join(study, 'ledger.jsonl')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'shared.jsonl')).isFile()).toBe(true);
    mustRun('verify', '--study', study);
  });

  test('of two folders at once gives no number twice', { timeout: 120_000 }, async () => {
    const folder = testFolder();
    const studies = [copy('one', folder), copy('two', folder)];
    mkdirSync(join(folder, 'share'));
    for (const study of studies) linkLedger(study, join(folder, 'share', 'all.jsonl'));
    // Eighteen slots: two of the twenty are told that the list is full.
    const ran = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        startRandose(...newParticipant(studies[index % 2]!, `CRT-0${index + 10}`)),
      ),
    );
    const done = ran.filter(({ status }) => status === 0);
    expect(done, ran.map(({ stderr }) => stderr).join('\n')).toHaveLength(18);
    const entries = ledgerOf(studies[0]!);
    const numbers = entries.flatMap((entry) => ('number' in entry ? [entry.number] : []));
    expect(new Set(numbers).size).toBe(18);
    expect(ledgerOf(studies[1]!)).toEqual(entries);
    for (const study of studies) mustRun('verify', '--study', study);
  });

  test('to a file that is gone is an error that names both', () => {
    const study = copy();
    rmSync(join(study, 'ledger.jsonl'));
    symlinkSync('/nowhere/ledger.jsonl', join(study, 'ledger.jsonl'));
    expectKnown(
      soon(newParticipant(study, 'CRT-001')),
      'ledger.jsonl is a link to /nowhere/ledger.jsonl, which does not exist',
    );
  });
});

test.each([0o640, 0o664])('a ledger keeps its permissions: %o', (mode) => {
  const study = copy();
  const ledger = join(study, 'ledger.jsonl');
  chmodSync(ledger, mode);
  mustRun(...newParticipant(study, 'CRT-001'));
  expect(statSync(ledger).mode & 0o7777).toBe(mode);
});

describe('a FIFO in place of a file ends a command soon, with a message:', () => {
  const commands = (study: string) => [
    newParticipant(study, 'CRT-001'),
    ['status', '--study', study],
    ['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'].concat(
      '--identity',
      prepared.officer,
    ),
  ];
  for (const file of [
    'study.yaml',
    'ledger.jsonl',
    'allocation/list.csv',
    'allocation/manifest.json',
  ]) {
    withFifo(file, () => {
      const study = copy();
      rmSync(join(study, file));
      execFileSync('mkfifo', [join(study, file)]);
      for (const words of commands(study)) {
        expectKnown(soon(words), `${file} is a FIFO, not a file`);
      }
      expect(lstatSync(join(study, file)).isFIFO()).toBe(true);
    });
  }

  withFifo('an envelope, for verify', () => {
    const study = copy();
    const envelope = join(study, 'allocation', 'envelopes', 'R001.age');
    rmSync(envelope);
    execFileSync('mkfifo', [envelope]);
    const { status, stdout } = soon(['verify', '--study', study]);
    expect(status).toBe(1);
    expect(stdout).toContain('R001.age: is not a regular file');
  });

  withFifo('the lock', () => {
    const study = copy();
    execFileSync('mkfifo', [join(study, '.randose.lock')]);
    const ran = soon(newParticipant(study, 'CRT-001'));
    expectKnown(ran, /locked by something that randose did not make: .*\.randose\.lock \(a FIFO\)/);
    expect(ran.status).toBe(75);
  });

  withFifo('a key, a plan, a list of participants', () => {
    const study = copy();
    const fifo = join(testFolder(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    mustRun(...newParticipant(study, 'CRT-001'));
    const about = ['--study', study, '--reason', 'example'];
    for (const words of [
      ['unblind', ...about, '--subject', 'CRT-001', '--identity', fifo],
      ['open', ...about, '--identity', fifo],
      ['assess', '--study', study, '--plan', fifo],
      ['allocate', '--study', study, '--plan', fifo, '--dummy', '--output', `${fifo}-DUMMY`],
      ['randomize', '--study', study, '--from', fifo, ...BY],
      [...newParticipant(study, 'CRT-002'), '--sign', fifo],
      ['keygen', '--role', 'officer', '--name', 'X', '--output', `${fifo}2`].concat(
        '--passphrase-file',
        fifo,
      ),
    ]) {
      expectKnown(soon(words), `${fifo} is a FIFO, not a file`);
    }
  });
});

describe('what bash passes to randose is read unchanged:', () => {
  withBash('a key from another program, or from standard input', () => {
    const study = copy();
    mustRun(...newParticipant(study, 'CRT-001'));
    const words = ['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    const { officer } = prepared;
    for (const line of [
      `"$@" --identity <(cat '${officer}')`,
      `cat '${officer}' | "$@" --identity /dev/stdin`,
      `"$@" --identity /dev/stdin < '${officer}'`,
      `"$@" --identity /dev/fd/7 7< '${officer}'`,
    ]) {
      const { status, stdout, stderr } = inBash(line, ...words);
      expect(status, `${line}\n${stderr}`).toBe(0);
      expect(stdout).toMatch(/ILT101|PLACEBO/);
    }
  });

  test('a key that a program writes into a socket', () => {
    const study = copy();
    mustRun(...newParticipant(study, 'CRT-001'));
    const words = ['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    const { status } = spawnSync(
      process.execPath,
      [RANDOSE, ...words, '--identity', '/dev/stdin'],
      { input: readFileSync(prepared.officer), timeout: SOON_MS },
    );
    expect(status).toBe(0);
  });

  withBash('a plan', () => {
    const study = join(testFolder(), 'depil-2');
    mkdirSync(study);
    cpSync(join(prepared.study, 'study.yaml'), join(study, 'study.yaml'));
    const words = ['allocate', '--study', study, '--plan'];
    expect(inBash(`"$@" <(cat '${prepared.plan}')`, ...words)).toMatchObject({ status: 0 });
  });
});

describe('a path that leads nowhere is an error that says why:', () => {
  test.each(['study.yaml', 'ledger.jsonl', 'allocation/manifest.json'])(
    'links in a circle at %s',
    (file) => {
      const study = copy();
      rmSync(join(study, file));
      symlinkSync(file.split('/').at(-1)!, join(study, file));
      for (const words of [newParticipant(study, 'CRT-001'), ['status', '--study', study]]) {
        expectKnown(soon(words), `${file} leads to no file: its symbolic links go in a circle`);
      }
    },
  );

  test('a folder that is a link to itself, below the list', () => {
    const study = copy();
    symlinkSync('..', join(study, 'allocation', 'envelopes', 'again'));
    expectKnown(soon(['verify', '--study', study]), 'again is a link to a folder that contains it');
  });

  test('a name of 300 characters', () => {
    const study = copy();
    mustRun(...newParticipant(study, 'CRT-001'));
    const name = join(testFolder(), 'n'.repeat(300));
    const opening = ['--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    for (const words of [
      ['status', '--study', name],
      ['randomize', '--study', study, '--from', name, ...BY],
      ['unblind', ...opening, '--identity', name],
      ['unblind', ...opening, '--identity', prepared.officer, '--proof', name],
      ['commitment', '--study', study, '--output', name],
      ['calendar', '--study', study, '--format', 'ics', '--output', name],
    ]) {
      expectKnown(soon(words), 'the file name is too long');
    }
  });

  test('a word too many that no path can have', () => {
    const word = `age1pq1${'q'.repeat(1952)}`;
    for (const command of ['labels', 'assess', 'rewrap']) {
      const { status, stderr } = soon([command, word]);
      expect(status, stderr).toBe(64);
      expect(stderr).toContain(`error: too many arguments for ${command}: "age1pq1qqq`);
    }
  });

  withBash('the folder that one is in, when it is gone', () => {
    const folder = testFolder();
    expectKnown(
      inBash(`mkdir '${folder}/gone'; cd '${folder}/gone'; rmdir '${folder}/gone'; "$@"`, 'status'),
      'the current folder no longer exists',
    );
  });
});

describe('a standard output that takes nothing', () => {
  const withFull = existsSync('/dev/full') ? withBash : test.skip;
  const LOST = 'cannot write the result to standard output: no space left';
  const ENTERED = 'What this command did before the error is in the ledger, and stays there.';

  withFull('does not hide what is entered in the ledger', () => {
    const study = copy();
    for (const [subject, more] of [
      ['CRT-001', []],
      ['CRT-002', ['--json']],
    ] as const) {
      const ran = inBash('"$@" > /dev/full', ...newParticipant(study, subject), ...more);
      expectKnown(ran, LOST);
      expect(ran.status).toBe(75);
      const { seq, hash } = ledgerOf(study).at(-1)! as unknown as { seq: number; hash: string };
      expect(ran.stderr).toContain(`${ENTERED}\n`);
      expect(ran.stderr).toContain(`Ledger ${seq}:${hash}\n`);
      expect(ledgerOf(study).at(-1)).toMatchObject({ subject });
    }
    mustRun('verify', '--study', study);
  });

  withFull('does not keep a list from being made', () => {
    const study = join(testFolder(), 'depil-2');
    mkdirSync(study);
    cpSync(join(prepared.study, 'study.yaml'), join(study, 'study.yaml'));
    const words = ['allocate', '--study', study, '--plan', prepared.plan];
    const ran = inBash('"$@" > /dev/full', ...words);
    expectKnown(ran, LOST);
    expect(ran.stderr).toMatch(new RegExp(`${ENTERED}\\n.*\\nLedger 1:[0-9a-f]{64}\\n`));
    mustRun('verify', '--study', study);
  });

  withFull('is reported also if nothing is entered', () => {
    const study = copy();
    for (const words of [['status'], ['status', '--json'], ['verify'], ['ledger']]) {
      const ran = inBash('"$@" > /dev/full', ...words, '--study', study);
      expectKnown(ran, LOST);
      expect(ran.stderr).not.toContain('entered');
    }
    for (const words of [['--help'], ['--version'], ['help', 'status'], ['demo', `${study}-demo`]])
      expectKnown(inBash('"$@" > /dev/full', ...words), LOST);
  });

  withFull('does not hide another failure', () => {
    const study = copy();
    const unknown = ['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    const words = [...unknown, '--identity', prepared.officer, '--json'];
    const ran = inBash('"$@" > /dev/full', ...words);
    expectKnown(ran, 'CRT-001');
    expect(ran.stderr).toContain(LOST);
    expect(ran.stderr).toMatch(/^Ledger \d+:[0-9a-f]{64}$/m);
  });

  withFull('does not crash the command if standard error takes nothing either', () => {
    const study = copy();
    expect(inBash('"$@" > /dev/full 2> /dev/full', 'status', '--study', study).status).toBe(75);
    const words = newParticipant(study, 'CRT-001');
    const { status, stdout } = inBash('"$@" 2> /dev/full', ...words);
    expect(status).toBe(75);
    expect(stdout).toContain('CRT-001');
    expect(ledgerOf(study)).toHaveLength(2);
  });

  withBash('because its reader has seen enough, or because it is closed, is not a failure', () => {
    const study = copy();
    for (const line of ['set -o pipefail; "$@" | true', '"$@" >&-', '"$@" 2>&-'])
      expect(inBash(line, 'status', '--study', study), line).toMatchObject({ status: 0 });
  });
});

withBash(
  'a limit on the size of files ends a command with a message, and the ledger is whole [R-067]',
  () => {
    const study = copy();
    const before = contentsOf(study);
    // Standard error is a pipe, to which the limit does not apply.
    const ran = inBash('ulimit -f 0; "$@"', ...newParticipant(study, 'CRT-001'));
    expectKnown(ran, 'no space left to write');
    expect(ran.status).toBe(75);
    expect(contentsOf(study)).toEqual(before);
    for (let subject = 1; subject <= 4; subject += 1) {
      const limited = inBash('ulimit -f 1; "$@"', ...newParticipant(study, `CRT-00${subject}`));
      if (limited.status !== 0) expectKnown(limited, 'no space left to write');
    }
    expect(ledgerOf(study).length).toBeLessThan(5);
    mustRun('verify', '--study', study);
  },
);
