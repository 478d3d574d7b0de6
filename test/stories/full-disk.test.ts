import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allocated,
  contentsOf,
  enrolled,
  mustRun,
  type Ran,
  randose,
  RANDOSE,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { testWithTool } from '../support/tools.ts';
import { enrolOne, ledgerOf } from '../support/custody.ts';

const HOOK = join(import.meta.dirname, '..', 'support', 'full-disk.cjs');

/** Runs the command line on a disk that is full from a call on: 1 is the first. */
function onFullDisk(from: number, ...words: string[]): Ran {
  const env = { ...process.env, RANDOSE_TEST_FULL_FROM: `${from}` };
  const options = { encoding: 'utf8', input: '', env, timeout: 45_000 } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', HOOK, RANDOSE, ...words],
    options,
  );
  return { status, stdout, stderr };
}

let prepared: Trial;
beforeAll(() => {
  prepared = enrolled(afterAll);
});

function copy(): string {
  const study = join(testFolder(), 'depil-2');
  cpSync(prepared.study, study, { recursive: true });
  return study;
}

describe('a full disk', () => {
  test('does not stop a code-break: randose shows what to file by hand [R-044]', () => {
    const study = copy();
    const before = contentsOf(study);
    const words = ['unblind', '--study', study, '--subject', 'CRT-007', '--reason', 'example: SAE'];
    const opened = onFullDisk(1, ...words, '--identity', prepared.officer);
    expect(opened.status).toBe(0);
    expect(opened.stdout).toMatch(/^ {2}(ILT101|PLACEBO) /m);
    expect(opened.stderr).toContain('THIS CODE-BREAK IS NOT IN THE LEDGER: no space left');
    expect(opened.stderr).toMatch(
      /Code-break {2}DEPIL-2, subject CRT-007, R007\n {2}Result {6}opened\n/,
    );
    expect(opened.stderr).toMatch(
      /Reason {6}example: SAE\n {2}After {7}entry 19 of the ledger \([0-9a-f]{16}…\)\n/,
    );
    expect(contentsOf(study)).toEqual(before);
    const json = onFullDisk(1, ...words, '--identity', prepared.officer, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, data: { ledger: null } });
    expect(json.stderr).toContain('THIS CODE-BREAK IS NOT IN THE LEDGER');
    const refused = onFullDisk(1, ...words, '--identity', prepared.packer);
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(refused.stderr).toContain('THIS ATTEMPT IS NOT IN THE LEDGER');
    expect(contentsOf(study)).toEqual(before);
  });

  test('once there is space again, the command that randose printed enters what the paper says [R-044]', () => {
    const trial = enrolled();
    const { study } = trial;
    const at = ['unblind', '--study', study, '--subject', 'CRT-007', '--reason', 'example: SAE'];
    const typed = (ran: Ran) => {
      const line = /^ {2}randose (ledger .*--enter-paper .*)$/m.exec(ran.stderr)![1]!;
      return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, text, word]) => text ?? word!);
    };
    const words = typed(onFullDisk(1, ...at, '--identity', trial.officer));
    expect(words).toContain('--study');
    expect(randose(...words).stderr).toContain('--by');
    const enter = words.with(-1, 'B. Example, data manager');
    expect(mustRun(...enter, '--dry-run')).toMatch(
      /Code-break of CRT-007 \(R007\) on .*: opened\n/,
    );
    expect(ledgerOf(study)).toHaveLength(19);
    expect(mustRun(...enter)).toContain('Entered late, from a paper.');
    expect(ledgerOf(study).at(-1)).toMatchObject({
      action: 'late code-break',
      who: { name: 'Example Officer' },
      subject: 'CRT-007',
      number: 'R007',
      reason: 'example: SAE',
      opened: enter[enter.indexOf('--opened') + 1],
      result: 'opened',
      enteredBy: { name: 'B. Example', role: 'data manager', organisation: '' },
    });
    const again = randose(...enter);
    expect(again).toMatchObject({ status: 64, stdout: '' });
    expect(again.stderr).toContain('the ledger (entry 20) has a code-break of CRT-007');
    // --yes is for another code-break, not for the same paper.
    expect(randose(...enter, '--yes').stderr).toContain('was entered before: ledger entry 20');
    const [recipient = ''] = /age1\w+/.exec(readFileSync(trial.packer, 'utf8')) ?? [];
    const sealed = ['--to', recipient];
    const toOther = onFullDisk(1, ...at, '--identity', trial.officer, ...sealed);
    expect(toOther.stderr).toContain('Write this down now and sign it');
    expect(toOther.stderr).not.toContain('--enter-paper');
    const refused = typed(onFullDisk(1, ...at, '--identity', trial.packer));
    mustRun(...refused.with(-1, 'B. Example'), '--yes');
    expect(ledgerOf(study).at(-1)).toMatchObject({
      result: 'refused',
      key: 'Example Packer, packer',
    });
    expect(mustRun('ledger', '--study', study)).toContain('entered from a paper by B. Example');
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  });

  testWithTool(['expect', '-v'])(
    'on a terminal, what to write down comes before the window',
    () => {
      const hooked = { NODE_OPTIONS: `--require ${HOOK}`, RANDOSE_TEST_FULL_FROM: '1' };
      const words = ['unblind', 'CRT-007', '--reason', 'SAE', '--identity', prepared.officer];
      const { status, text } = atTerminal(copy(), words, [], hooked);
      expect(status, text).toBe(0);
      expect(text).toMatch(/Signature[^]*Close or clear this window when you have read it and/);
    },
  );

  test('in a copy of the folder, the paper is for the folder in use', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const other = join(trial.folder, 'copy');
    cpSync(trial.study, other, { recursive: true });
    const words = ['unblind', '--study', other, 'CRT-001', '--reason', 'SAE'];
    const { status, stderr } = onFullDisk(1, ...words, '--identity', trial.officer);
    expect(status).toBe(0);
    expect(stderr).toContain('Nothing is kept in this copy');
    expect(stderr).toContain(`randose ledger --study ${trial.study} --enter-paper R001`);
  });

  test.each([
    ['a time that is none', ['--opened', 'noon'], 'write a time in UTC'],
    ['a time to come', ['--opened', '2099-01-01 10:00'], 'is in the future'],
    ['a time before the list', ['--opened', '2001-01-01 10:00'], 'is before the list was made'],
    ['a line that is missing', [], '--opened WHEN is missing: the line When'],
  ])('a paper with %s is not entered', (_, more, message) => {
    const said = ['--opened-by', 'A', '--key', 'A', '--reason', 'SAE', '--by', 'B. Example'];
    const at = ['ledger', '--study', prepared.study, '--enter-paper', 'CRT-007'];
    const { status, stderr } = randose(...at, ...said, ...more);
    expect(status).toBe(64);
    expect(stderr).toContain(message);
  });

  test('wherever it fills up, acts that the ledger lacks are reported, and its entries are whole [R-067]', () => {
    let untold = 0;
    for (let from = 1; untold === 0 && from < 40; from += 1) {
      const study = copy();
      const words = ['unblind', '--study', study, '--subject', 'CRT-007', '--reason', 'example'];
      const opened = onFullDisk(from, ...words, '--identity', prepared.officer);
      expect(opened.status, `from ${from}`).toBe(0);
      expect(opened.stdout, `from ${from}`).toMatch(/ILT101|PLACEBO/);
      const entries = ledgerOf(study).slice(18 + 1);
      const isTold = opened.stderr.includes('IS NOT IN THE LEDGER');
      expect(isTold, `from ${from}`).toBe(entries.length < 2);
      if (!isTold) untold = from;
    }
    expect(untold).toBeGreaterThan(4);
  });

  test.each<[string, (study: string, folder: string) => string[]]>([
    ['open', () => ['open', '--reason', 'example', '--identity', prepared.statistician]],
    [
      'unblind --all',
      () => ['unblind', '--all', '--identity', prepared.officer, '--reason', 'lock'],
    ],
    [
      'cards',
      (_, folder) => [
        'cards',
        '--identity',
        prepared.officer,
        '--output',
        join(folder, 'cards.pdf'),
      ],
    ],
    [
      'randomize',
      () => [
        'randomize',
        '--subject',
        'CRT-019',
        '--site',
        'CRT',
        '--day1',
        '2026-06-15',
        '--by',
        'E',
      ],
    ],
    ['verify is no writer, and', () => ['verify']],
  ])('%s: refused, nothing is shown, and everything is as before', (name, words) => {
    const study = copy();
    const folder = testFolder();
    const before = contentsOf(study);
    for (const from of [1, 2, 3, 4, 6, 8]) {
      const ran = onFullDisk(from, ...words(study, folder), '--study', study);
      if (name.startsWith('verify')) {
        expect(ran.status).toBe(0);
        continue;
      }
      if (ran.status === 0) continue;
      expect(ran, `${name} from ${from}`).toMatchObject({ stdout: '' });
      expect([65, 75]).toContain(ran.status);
      expect(ran.stderr, `${name} from ${from}`).toMatch(/no space left|nobody was randomized/);
      expect(existsSync(join(folder, 'cards.pdf'))).toBe(false);
      const after = contentsOf(study);
      // An intent that could still be entered stays there: without an outcome, or with a refusal.
      before.delete('ledger.jsonl');
      after.delete('ledger.jsonl');
      expect(after, `${name} from ${from}`).toEqual(before);
    }
  });

  test('leaves no list half made', () => {
    const trial = allocated();
    const plan = trial.plan;
    const study = join(testFolder(), 'fresh');
    cpSync(join(trial.study, 'study.yaml'), join(study, 'study.yaml'), { recursive: true });
    for (const from of [1, 3, 10, 30, 45, 50]) {
      const ran = onFullDisk(from, 'allocate', '--study', study, '--plan', plan);
      if (ran.status === 0) break;
      expect(ran.status, `from ${from}`).toBe(75);
      expect(existsSync(join(study, 'allocation')), `from ${from}`).toBe(false);
    }
    if (!existsSync(join(study, 'allocation')))
      mustRun('allocate', '--study', study, '--plan', plan);
    mustRun('verify', '--study', study);
  });
});
