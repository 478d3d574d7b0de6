import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ageCommand } from '../../src/exports/cards/age-command.ts';
import {
  ageDecrypt,
  FIXTURES,
  jsonOf,
  mustRun,
  randose,
  testFolder,
} from '../support/command-line.ts';
import { lastScreen } from '../support/screen.ts';
import { testWithTool } from '../support/tools.ts';

/** A study that randose 0.1.0 sealed: three slots, two participants, and cards that are printed. */
const SEALED = join(import.meta.dirname, 'study-with-version-2-envelopes');
/** The key on the printed card of its first slot. */
const CARD = 'AGE-SECRET-KEY-1CD45FLF594YP5ZC7SECZKTQ3TYKEH6CRYK0ZXRDLXZFN8855HY5S0S39PR';
const OFFICER = join(FIXTURES, 'keys', 'officer.key');

function copied(): { folder: string; study: string; card: string } {
  const folder = testFolder();
  const study = join(folder, 'study');
  cpSync(SEALED, study, { recursive: true });
  const card = join(folder, 'card.txt');
  writeFileSync(card, `${CARD}\n`);
  return { folder, study, card };
}

describe('a study with envelopes of version 2', () => {
  test('opens with the key of an officer and with a printed card, and verifies [R-025]', () => {
    const { study, card } = copied();
    const at = ['--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    for (const key of [OFFICER, card]) {
      const { arm } = jsonOf('unblind', ...at, '--identity', key, '--by', 'Example Physician');
      expect(arm).toMatchObject({ code: 'PLACEBO', type: 'placebo' });
    }
    const other = ['--study', study, '--subject', 'CRT-002', '--reason', 'example'];
    expect(randose('unblind', ...other, '--identity', card, '--by', 'Example').status).toBe(77);
    mustRun('verify', '--study', study);
  });

  testWithTool(['age', '--version'])('shows the arm on one screen by the age command', () => {
    const { study } = copied();
    const command = ageCommand('../card.txt', 'allocation/envelopes/R001.age');
    const shown = execFileSync('sh', ['-c', command], { cwd: study, encoding: 'utf8' });
    expect(lastScreen(shown)).toMatch(/"number": "R001",[^]*"kits":[^]*"code": "PLACEBO",/);
    // Without tr it does not: that is what the command is for.
    const padded = ageDecrypt(OFFICER, join(study, 'allocation/envelopes/R001.age'));
    expect(lastScreen(padded)).not.toContain('"code"');
  });

  testWithTool(['age', '--version'])('keeps its envelopes word for word in a rewrap', () => {
    const { study, card } = copied();
    const file = join(study, 'study.yaml');
    const added = readFileSync(file, 'utf8').replace('Example Officer', 'Other Officer');
    writeFileSync(file, added);
    const before = ageDecrypt(card, join(SEALED, 'allocation/envelopes/R001.age'));
    expect(before).toContain('"version": 2');
    mustRun('rewrap', '--study', study, '--identity', OFFICER, '--reason', 'a name is corrected');
    const after = join(study, 'allocation/rewrap-1/envelopes/R001.age');
    expect(ageDecrypt(card, after)).toBe(before);
    const at = ['--study', study, '--subject', 'CRT-001', '--reason', 'example'];
    expect(mustRun('unblind', ...at, '--identity', OFFICER)).toContain('PLACEBO');
  });
});
