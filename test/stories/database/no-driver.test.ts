import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RANDOSE } from '../../support/command-line.ts';
import { enrol, twoSites } from '../../support/served-study.ts';
import { testWithTool } from '../../support/tools.ts';

/** The files of the built program that a command opens, and the addresses that it connects to. */
function openedBy(...words: readonly string[]): { files: string[]; connects: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'strace-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const trace = join(folder, 'trace');
  const options = ['-f', '-qq', '-e', 'trace=openat,connect,socket', '-o', trace];
  const { status, stderr } = spawnSync(
    'strace',
    [...options, process.execPath, RANDOSE, ...words],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`randose ${words.join(' ')}: ${String(status)}\n${stderr}`);
  const lines = readFileSync(trace, 'utf8').split('\n');
  const dist = join(RANDOSE, '..');
  return {
    files: lines
      .flatMap((line) => /openat\(.*?"([^"]+)"/.exec(line)?.[1] ?? [])
      .filter((file) => file.startsWith(dist)),
    connects: lines.filter((line) => /connect\(|socket\(AF_INET/.test(line)),
  };
}

/** The files of the built program that have the driver's text. */
function driverFiles(): string[] {
  const { stdout } = spawnSync('grep', ['-rlF', 'target_session_attrs', join(RANDOSE, '..')], {
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .split('\n')
    .filter((file) => /\.c?js$/.test(file));
}

describe('the driver of PostgreSQL', () => {
  test('check 18: is in files of its own', () => {
    expect(driverFiles().length).toBeGreaterThan(0);
    expect(driverFiles()).not.toContain(RANDOSE);
  });

  testWithTool(['strace', '--version'])('check 18: is loaded by no command on a folder', () => {
    const study = twoSites();
    const at = ['--study', study];
    const by = ['--by', 'Z. Noël, coordinator, Hôpital'];
    const commands = [
      ['--help'],
      ['--version'],
      ['randomize', '--help'],
      [...enrol('S01-001', 'S01'), ...at, ...by],
      ['status', ...at],
      ['ledger', ...at],
      ['verify', ...at],
      ['calendar', 'S01-001', ...at],
    ];
    for (const words of commands) {
      const { files, connects } = openedBy(...words);
      expect(files).toContain(RANDOSE);
      expect(files.filter((file) => driverFiles().includes(file))).toEqual([]);
      expect(files.filter((file) => file.includes('postgres'))).toEqual([]);
      expect(connects).toEqual([]);
    }
  });
});
