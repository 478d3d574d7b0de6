import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RANDOSE, testFolder } from '../support/command-line.ts';

/** Node 22.1 and later can; an older one compiles each time, and nothing is written. */
const isKept = 'enableCompileCache' in module;

/** Runs the command line as it is installed, with a cache folder. */
function randoseWith(XDG_CACHE_HOME: string, ...words: string[]): string {
  const none = { NODE_OPTIONS: undefined, NODE_DISABLE_COMPILE_CACHE: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, [RANDOSE, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...none, XDG_CACHE_HOME },
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

describe('compiled code', () => {
  test("is kept in this user's cache folder, and says the same the next time", () => {
    const cache = join(testFolder(), 'cache');
    const first = randoseWith(cache, '--help');
    expect(filesIn(cache).length > 0).toBe(isKept);
    expect(randoseWith(cache, '--help')).toBe(first);
    if (!isKept) return;
    for (const name of ['', 'randose', join('randose', 'compiled')]) {
      expect(statSync(join(cache, name)).mode & 0o777).toBe(0o700);
    }
  });

  test('is not kept in a folder that others can write to', () => {
    const cache = testFolder();
    const folder = join(cache, 'randose', 'compiled');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    randoseWith(cache, '--help');
    expect(filesIn(cache)).toEqual([]);
    chmodSync(folder, 0o700);
    chmodSync(cache, 0o777);
    randoseWith(join(cache, 'new'), '--help');
    expect(filesIn(cache)).toEqual([]);
  });

  test('that is damaged, or a cache that is no folder, stops nothing', () => {
    const cache = testFolder();
    const said = randoseWith(cache, '--help');
    for (const file of filesIn(cache)) writeFileSync(file, 'damaged');
    expect(randoseWith(cache, '--help')).toBe(said);
    const file = join(testFolder(), 'file');
    writeFileSync(file, '');
    expect(randoseWith(file, '--help')).toBe(said);
  });
});
