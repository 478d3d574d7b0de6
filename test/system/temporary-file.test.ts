import { mkdtempSync, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { partsOf } from '../../src/digest.ts';
import { TemporaryFile } from '../../src/system/temporary-file.ts';
import { testFolder } from '../support/command-line.ts';

const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock(import('node:fs'), async (importReal) => {
  const real = await importReal();
  // A full disk takes the first bytes, and says how many.
  const writevSync: typeof real.writevSync = (...words) =>
    disk.isFull ? 3 : real.writevSync(...words);
  return { ...real, writevSync };
});

const PARTS = ['one', '', 'a longer part', '\0\u00ff'].map((text) => Buffer.from(text, 'latin1'));

let folder: string;

function useTemporaryFolder(path: string): void {
  vi.stubEnv('TMPDIR', path);
  onTestFinished(() => {
    vi.stubEnv('TMPDIR', undefined);
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(testFolder(), 'temporary-'));
});

function textOf(content: Uint8Array | Iterable<Uint8Array>): string {
  return Buffer.concat([...(partsOf(content) as Iterable<Uint8Array>)]).toString('latin1');
}

describe('what a temporary file keeps', () => {
  test('is read as it was, as often as it is used, and has no name', () => {
    useTemporaryFolder(folder);
    const file = new TemporaryFile();
    const kept = [...file.keep(PARTS), ...file.keep([Buffer.from('later')])];
    expect(readdirSync(folder)).toEqual([]);
    const texts = [...PARTS.map((part) => part.toString('latin1')), 'later'];
    expect(kept.map(textOf)).toEqual(texts);
    expect(kept.toReversed().map(textOf)).toEqual(texts.toReversed());
    for (const part of kept) expect(part).not.toBeInstanceOf(Uint8Array);
  });

  test('stays in memory if there is no place for the file', () => {
    useTemporaryFolder(join(folder, 'missing'));
    const kept = new TemporaryFile().keep(PARTS);
    expect(kept.every((part, index) => part === PARTS[index])).toBe(true);
  });

  test('stays in memory from the moment when the disk is full', () => {
    useTemporaryFolder(folder);
    const file = new TemporaryFile();
    const before = file.keep(PARTS);
    disk.isFull = true;
    const after = [...file.keep(PARTS), ...file.keep(PARTS)];
    disk.isFull = false;
    const later = file.keep(PARTS);
    expect([...after, ...later]).toEqual([...PARTS, ...PARTS, ...PARTS]);
    expect(before.map(textOf)).toEqual(PARTS.map((part) => part.toString('latin1')));
  });

  test.runIf(process.platform === 'linux')('is not used if it has changed', () => {
    useTemporaryFolder(folder);
    const [first, second] = new TemporaryFile().keep([Buffer.from('first'), Buffer.from('second')]);
    const descriptor = readdirSync('/proc/self/fd').find((name) => linkOf(name).includes(folder));
    writeSync(openSync(`/proc/self/fd/${descriptor!}`, 'r+'), 'S', 5);
    expect(textOf(first!)).toBe('first');
    expect(() => textOf(second!)).toThrow('a temporary file has changed while it was used');
  });
});

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ''; // That of the listing itself is closed by now.
  }
}
