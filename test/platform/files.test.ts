import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, liesWithin, readText, replace, writeNew } from '../../src/platform/files.ts';
import { testFolder } from '../support/command-line.ts';

describe('a new file', () => {
  test('is written whole, with its mode, and leaves nothing beside it', () => {
    const folder = testFolder();
    writeNew(join(folder, 'a'), 'text', { mode: 'private' });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('text');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('never takes the place of another, unless it is told to', () => {
    const folder = testFolder();
    writeFileSync(join(folder, 'a'), 'old');
    expect(() => {
      writeNew(join(folder, 'a'), 'new');
    }).toThrow(expect.objectContaining({ code: 'would-overwrite' }));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
    writeNew(join(folder, 'a'), 'new', { force: true });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
  });

  test('in a folder that is not there is an error that names it', () => {
    const folder = join(testFolder(), 'none');
    const path = join(folder, 'a');
    expect(() => {
      writeNew(path, 'x');
    }).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `the folder ${folder} does not exist`,
      }),
    );
  });
});

test('a file that is replaced is the new one, whole', () => {
  const folder = testFolder();
  replace(join(folder, 'a'), 'one');
  replace(join(folder, 'a'), 'two');
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('a text that is no UTF-8, or not there, is a known error', () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'latin1'), Buffer.from([0x43, 0xe9]));
  expect(() => readText(join(folder, 'latin1'))).toThrow(
    expect.objectContaining({ code: 'bad-data' }),
  );
  expect(() => readText(join(folder, 'none'))).toThrow(
    expect.objectContaining({ code: 'not-found' }),
  );
  expect(() => readText(folder)).toThrow(expect.objectContaining({ code: 'not-found' }));
});

test('whether a path lies in a folder, links followed', () => {
  const folder = testFolder();
  const study = join(folder, 'study');
  mkdirSync(study);
  symlinkSync(study, join(folder, 'link'));
  expect(liesWithin(join(study, 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(join(study, 'deep', 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(join(folder, 'link', 'plan.yaml'), study)).toBe(true);
  expect(liesWithin(study, study)).toBe(true);
  symlinkSync(join(folder, 'elsewhere.yaml'), join(study, 'plan-link.yaml'));
  expect(liesWithin(join(study, 'plan-link.yaml'), study)).toBe(true);
  expect(liesWithin(join(folder, 'plan.yaml'), study)).toBe(false);
  expect(liesWithin(join(folder, 'study-plan.yaml'), study)).toBe(false);
  expect(liesWithin(join(study, '..plan.yaml'), study)).toBe(true);
});

test('the files below a folder, sorted, as relative paths', () => {
  const folder = testFolder();
  mkdirSync(join(folder, 'b', 'c'), { recursive: true });
  writeFileSync(join(folder, 'b', 'c', 'd'), '');
  writeFileSync(join(folder, 'a'), '');
  expect(filesBelow(folder)).toEqual(['a', 'b/c/d']);
  expect(filesBelow(join(folder, 'none'))).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});
