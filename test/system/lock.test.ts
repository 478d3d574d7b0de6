import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLock } from '../../src/system/lock.ts';
import { withStudyLock } from '../../src/store/folder/study-lock.ts';
import { testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

describe('a lock', () => {
  test('lets one process in at a time, and leaves no files [R-107]', async () => {
    const folder = testFolder();
    const lock = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        withLock(lock, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 2));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    const lock = join(testFolder(), 'lock');
    await expect(withLock(lock, () => Promise.reject(new Error('failed')))).rejects.toThrow(
      'failed',
    );
    expect(await withLock(lock, () => Promise.resolve('in'))).toBe('in');
  });

  test('of a process that died is cleared', async () => {
    const lock = join(testFolder(), 'lock');
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    writeFileSync(lock, JSON.stringify({ pid, host: hostname(), started: '', token: 'x' }));
    writeFileSync(join(lock, '..', '.randose.claim.x'), readFileSync(lock));
    expect(await withLock(lock, () => Promise.resolve('in'))).toBe('in');
    expect(readdirSync(join(lock, '..'))).toEqual([]);
  });

  test('clears a claim that a full disk or a kill left empty, but not one that is being written', async () => {
    const folder = testFolder();
    const [old, fresh] = ['.randose.claim.old', '.randose.claim.fresh'];
    writeFileSync(join(folder, old), '');
    writeFileSync(join(folder, fresh), '');
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(folder, old), anHourAgo, anHourAgo);
    await withLock(join(folder, 'lock'), () => Promise.resolve());
    expect(readdirSync(folder)).toEqual([fresh]);
  });

  test.runIf(process.platform === 'linux')(
    'of a process whose number was given to another one is cleared',
    async () => {
      const lock = join(testFolder(), 'lock');
      const holder = { pid: process.pid, host: hostname(), started: 'boot/1', token: 'x' };
      writeFileSync(lock, JSON.stringify(holder));
      expect(await withLock(lock, () => Promise.resolve('in'))).toBe('in');
    },
  );

  test('of a living process, or of another machine, is respected, and its holder is named', async () => {
    const folder = testFolder();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      for (const host of [hostname(), 'another-machine']) {
        const lock = join(folder, host);
        const text = JSON.stringify({ pid: child.pid, host, started: '', token: 'x' });
        writeFileSync(lock, text);
        await expect(withLock(lock, () => Promise.resolve('in'), 200)).rejects.toMatchObject({
          code: 'locked',
          message: `the study is in use by process ${child.pid} on ${host}`,
        });
        expect(readFileSync(lock, 'utf8')).toBe(text);
      }
    } finally {
      child.kill();
    }
  });
});

describe('something else in place of a lock', () => {
  const enter = (lock: string) => withLock(lock, () => Promise.resolve('in'), 200);
  const refused = (lock: string, kind: string) => ({
    code: 'locked',
    message: `the study is locked by something that randose did not make: ${lock}${kind}`,
  });

  test('is named at once: a folder, a link', async () => {
    const folder = testFolder();
    const lock = join(folder, 'lock');
    mkdirSync(lock);
    await expect(withLock(lock, () => Promise.resolve('in'))).rejects.toMatchObject(
      refused(lock, ' (a folder)'),
    );
    const link = join(folder, 'link');
    symlinkSync('nowhere', link);
    await expect(withLock(link, () => Promise.resolve('in'))).rejects.toMatchObject(
      refused(link, ' (a symbolic link)'),
    );
    expect(readdirSync(folder)).toEqual(['link', 'lock']);
  });

  testWithTool(['mkfifo', '--version'])('is named at once: a FIFO', async () => {
    const lock = join(testFolder(), 'lock');
    execFileSync('mkfifo', [lock]);
    await expect(withLock(lock, () => Promise.resolve('in'))).rejects.toMatchObject(
      refused(lock, ' (a FIFO)'),
    );
  });

  testWithTool(['mkfifo', '--version'])(
    'keeps nobody out if it is named like a claim: a FIFO, a folder',
    async () => {
      const folder = testFolder();
      execFileSync('mkfifo', [join(folder, '.randose.claim.fifo')]);
      mkdirSync(join(folder, '.randose.claim.folder'));
      expect(await enter(join(folder, 'lock'))).toBe('in');
      expect(readdirSync(folder)).toEqual(['.randose.claim.fifo', '.randose.claim.folder']);
    },
  );

  test.each(['', 'null', '5', '{}', '{"pid":"x","host":"h","started":"","token":"t"}', 'not JSON'])(
    'is named after a while: a file that says %j',
    async (text) => {
      const lock = join(testFolder(), 'lock');
      writeFileSync(lock, text);
      await expect(enter(lock)).rejects.toMatchObject(refused(lock, ''));
      expect(readFileSync(lock, 'utf8')).toBe(text);
    },
  );
});

describe('the lock of a study', () => {
  test('also blocks other studies whose ledger is the same file by a link', async () => {
    const folder = testFolder();
    const studies = ['one', 'two'].map((name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    });
    mkdirSync(join(folder, 'share'));
    // One of them leads to it through the other.
    symlinkSync('../share/all.jsonl', join(folder, 'one', 'ledger.jsonl'));
    symlinkSync('../one/ledger.jsonl', join(folder, 'two', 'ledger.jsonl'));
    writeFileSync(join(folder, 'share', '.all.jsonl.1.partial'), '');
    writeFileSync(join(folder, 'share', '.mine.1.partial'), '');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        withStudyLock(studies[index % 2]!, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 2));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(readdirSync(join(folder, 'one'))).toEqual(['ledger.jsonl']);
    expect(readdirSync(join(folder, 'two'))).toEqual(['ledger.jsonl']);
    expect(readdirSync(join(folder, 'share'))).toEqual(['.mine.1.partial']);
  });
});
