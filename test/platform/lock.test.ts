import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLock } from '../../src/platform/lock.ts';
import { testFolder } from '../support/command-line.ts';

describe('a lock', () => {
  test('lets one at a time in, and leaves nothing behind', async () => {
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

  test('is given back when the work fails', async () => {
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

  test('clears a claim that a full disk or a kill left empty, but none that is being written', async () => {
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

  test('of a living process, or of another machine, is respected and its holder named', async () => {
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
