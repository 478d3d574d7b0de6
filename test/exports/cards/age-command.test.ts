import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sealFor } from '../../../src/blinding/seal.ts';
import { ageCommand, HOW_TO_GET_AGE } from '../../../src/exports/cards/age-command.ts';
import { drawKeyPair } from '../../../src/store/draw.ts';
import { testFolder } from '../../support/command-line.ts';
import { testWithTool } from '../../support/tools.ts';

const sh = (script: string, cwd?: string) =>
  execFileSync('sh', ['-c', script], { cwd, encoding: 'utf8' });

describe('the age command', () => {
  test('is what a person can read and type', () => {
    expect(ageCommand('card.txt', 'allocation/envelopes/R001.age')).toBe(
      "age -d -i card.txt 'allocation/envelopes/R001.age' | tr -s ' '",
    );
    expect(HOW_TO_GET_AGE).toBe(
      'age: https://age-encryption.org (apt install age, brew install age)',
    );
  });

  test.each([
    ['KEY', "it's.age", `age -d -i KEY 'it'\\''s.age' | tr -s ' '`],
    ['my key', 'R001.age', `age -d -i 'my key' 'R001.age' | tr -s ' '`],
    ['~/key', '$HOME/*.age', `age -d -i '~/key' '$HOME/*.age' | tr -s ' '`],
    ['key', '-R001.age', `age -d -i key './-R001.age' | tr -s ' '`],
  ])('quotes the key %s and the path %s for the shell', (key, path, command) => {
    expect(ageCommand(key, path)).toBe(command);
  });

  test('hands age the key and the path as they are, whatever characters they have', () => {
    const anyPath = fc
      .string({ minLength: 1, maxLength: 20, unit: 'binary' })
      .map((text) => text.replaceAll('\0', ''))
      .filter((text) => text !== '' && !text.startsWith('-'));
    const age = 'age() { printf "%s|" "$@" >&2; }';
    fc.assert(
      fc.property(anyPath, anyPath, (key, path) => {
        const seen = sh(`exec 2>&1; ${age}; ${ageCommand(key, path).replace(" | tr -s ' '", '')}`);
        expect(seen).toBe(`-d|-i|${key}|${path}|`);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  testWithTool(['age', '--version'])(
    'opens an envelope in a folder with blanks and quotation marks, and squeezes its padding',
    async () => {
      const folder = join(testFolder(), "the trial's folder");
      mkdirSync(folder);
      const { identity, recipient } = await drawKeyPair();
      const [key, envelope] = [join(folder, 'my key.txt'), join(folder, 'R001.age')];
      writeFileSync(key, `${identity}\n`);
      writeFileSync(
        envelope,
        await sealFor([recipient])(`{\n  "arm": "A"\n}${' '.repeat(2000)}\n`),
      );
      expect(sh(ageCommand(key, envelope))).toBe('{\n "arm": "A"\n} \n');
      expect(sh(ageCommand('my key.txt', 'R001.age'), folder)).toBe('{\n "arm": "A"\n} \n');
    },
  );
});
