import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Ran, testFolder } from './command-line.ts';
import { runKept } from './kept-command.ts';

/** What a program may do that would be different in a process that has run another command before. */
const PROGRAM = `
const { readSync, writeSync } = require('node:fs');
const say = (text) => writeSync(1, text + '\\n');
let runs = 0;
exports.main = async () => {
  const [, , what, number] = process.argv;
  if (what === 'runs') say(String(runs += 1));
  if (what === 'where') say([process.cwd(), process.argv.length, process.env.RANDOSE_GIVEN].join(' '));
  if (what === 'input') say(String(readSync(0, Buffer.alloc(9))));
  if (what === 'much') say('é'.repeat(100000)), writeSync(2, 'è'.repeat(100000));
  if (what === 'console') console.log('one'), console.error('two');
  if (what === 'later') setTimeout(() => say('later'), 50);
  if (what === 'code') process.exitCode = Number(number);
  if (what === 'exit') process.exit(Number(number));
  if (what === 'at-exit') process.on('exit', (code) => say('ends with ' + code));
  if (what === 'changed-at-exit') process.once('exit', () => { process.exitCode = 70; });
  if (what === 'deaf') process.on('SIGTERM', () => undefined);
  if (what === 'heard') say(String(process.listenerCount('SIGTERM')));
  if (what === 'unset') delete process.env.RANDOSE_GIVEN;
  if (what === 'never') await new Promise(() => undefined);
  if (what === 'hangs') setInterval(() => undefined, 1000);
  if (what === 'is-killed') process.kill(process.pid, 'SIGKILL');
  if (what === 'clock') say(new Date().toISOString().slice(0, 4));
};
`;

const folder = testFolder(afterAll);
const program = join(folder, 'dist', 'randose.cjs');
mkdirSync(join(folder, 'dist'));
writeFileSync(join(folder, 'dist', 'main-1.cjs'), PROGRAM);
writeFileSync(
  program,
  `void Promise.resolve().then(() => require('./main-1.cjs')).then(({ main }) => main());`,
);

function kept(...words: string[]): Ran | undefined {
  return runKept({ program, cwd: folder, words, longest: 2000 });
}

function alone(...words: string[]): Ran {
  const options = { cwd: folder, encoding: 'utf8', input: '', timeout: 2000 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], options);
  return { status, stdout, stderr };
}

describe('the process that stays', () => {
  test('stays', () => {
    expect(kept('runs')).toEqual({ status: 0, stdout: '1\n', stderr: '' });
    expect(kept('runs')).toEqual({ status: 0, stdout: '2\n', stderr: '' });
  });

  test.each([
    ['where', 'a', 'b'],
    ['input'],
    ['much'],
    ['console'],
    ['later'],
    ['code', '3'],
    ['exit', '4'],
    ['at-exit'],
    ['changed-at-exit'],
    ['never'],
    ['hangs'],
    ['is-killed'],
    ['clock'],
  ])('runs a command as a process of its own does: %s', (...words) => {
    vi.stubEnv('RANDOSE_GIVEN', 'given');
    const first = kept(...words);
    expect(first).toEqual(alone(...words));
    expect(kept(...words)).toEqual(first);
    expect(kept('code', '0')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('tells of an exception that nobody catches, and is renewed', () => {
    writeFileSync(
      join(folder, 'dist', 'main-1.cjs'),
      `exports.main = async () => { throw 'no'; };`,
    );
    kept('is-killed');
    const { status, stderr } = kept('code', '0')!;
    expect(status).toBe(1);
    expect(stderr).toContain('no');
    writeFileSync(join(folder, 'dist', 'main-1.cjs'), PROGRAM);
    expect(kept('runs')).toEqual({ status: 0, stdout: '1\n', stderr: '' });
  });

  test('keeps neither listeners nor variables of a command', () => {
    kept('deaf');
    expect(kept('heard')?.stdout).toBe('0\n');
    vi.stubEnv('RANDOSE_GIVEN', 'given');
    kept('unset');
    expect(kept('where')?.stdout).toContain('given');
    vi.stubEnv('RANDOSE_GIVEN', undefined);
    expect(kept('where')?.stdout).not.toContain('given');
  });

  test('has the clock of each command', () => {
    for (const year of ['2031', '2021']) {
      vi.stubEnv('RANDOSE_TEST_CLOCK', String(Date.parse(`${year}-06-01`) - Date.now()));
      expect(kept('clock')?.stdout).toBe(`${year}\n`);
    }
  });

  test('takes no command that has another environment, and goes on', () => {
    const before = process.env.LANG;
    vi.stubEnv('LANG', 'C');
    expect(kept('runs')).toBeUndefined();
    vi.stubEnv('LANG', before);
    expect(kept('runs')?.status).toBe(0);
  });
});
