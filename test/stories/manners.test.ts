import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURES, mustRun, randose, randoseIn, testFolder } from '../support/command-line.ts';

const COMMANDS = 'init keygen allocate randomize calendar unblind verify status demo'.split(' ');

describe('help', () => {
  test('lists every command and the exit statuses', () => {
    const help = mustRun('--help');
    for (const command of COMMANDS) expect(help).toMatch(new RegExp(`^  ${command} +[A-Z]`, 'm'));
    expect(help).toContain('Exit status: 0 done');
  });

  test.each(COMMANDS)('%s has two examples and a page that exists', (command) => {
    const help = mustRun(command, '--help');
    expect(help.match(/^ {2}\$ randose /gm)?.length).toBeGreaterThanOrEqual(2);
    const page = /^More: (\S+)$/m.exec(help)![1]!;
    expect(readFileSync(join(FIXTURES, '..', page), 'utf8').length).toBeGreaterThan(100);
  });

  test('randose help COMMAND is the same page', () => {
    expect(mustRun('help', 'unblind')).toBe(mustRun('unblind', '--help'));
  });

  test('--version is the version of the package', () => {
    const text = readFileSync(join(FIXTURES, '..', 'package.json'), 'utf8');
    const { version } = JSON.parse(text) as { version: string };
    expect(mustRun('--version')).toBe(`${version}\n`);
  });
});

describe('a wrong command line exits 64 and says what to do', () => {
  test.each([
    [[], 'no command was given'],
    [['alocate'], 'Did you mean allocate?'],
    [['status', '--sudy', 'x'], "unknown option '--sudy'"],
    [['allocate'], "required option '--plan <file>' not specified"],
    [['calendar', '--format', 'doc'], "argument 'doc' is invalid"],
    [['init'], "missing required argument 'dir'"],
    [['status', 'more'], 'too many arguments'],
  ])('%j', (words, message) => {
    const { status, stdout, stderr } = randose(...words);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
  });

  test('as JSON it is one document on stdout', () => {
    const { status, stdout, stderr } = randose('allocate', '--json');
    expect({ status, stderr }).toEqual({ status: 64, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'usage' } });
  });
});

test('without a study folder anywhere above it says so', () => {
  const { status, stderr } = randoseIn(testFolder(), 'status');
  expect(status).toBe(66);
  expect(stderr).toContain('no study.yaml here or in any folder above');
});

test('the demo does the whole trial, tells every step, and refuses a folder that is there', () => {
  const folder = join(testFolder(), 'demo');
  const { status, stdout, stderr } = randose('demo', folder);
  expect(status).toBe(0);
  for (const command of COMMANDS.slice(0, -1)) expect(stderr).toContain(`$ randose ${command} `);
  expect(stdout).toContain('18 slots in 1 stratum, 2:1, drawn and sealed');
  expect(stdout).toMatch(/^ {2}(ILT101|PLACEBO) {2}/m);
  expect(stdout).toContain('Nothing disagrees.');
  expect(randose('verify', '--study', join(folder, 'depil-2')).status).toBe(0);
  expect(randose('demo', folder).status).toBe(73);
});

test('without a name the demo takes one that is free', () => {
  const folder = testFolder();
  expect(randoseIn(folder, 'demo').stderr).toContain('randose-demo/plan.yaml');
  expect(randoseIn(folder, 'demo').stderr).toContain('randose-demo-2/plan.yaml');
});
