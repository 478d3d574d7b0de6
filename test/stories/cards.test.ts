import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  editStudy,
  enrolled,
  FIXTURES,
  mustRun,
  randose,
  RANDOSE,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

const cards = ({ study, folder }: Trial, key: string, name: string, ...words: string[]) =>
  randose('cards', '--study', study, '--identity', key, '--output', join(folder, name), ...words);
const textOf = (file: string) =>
  execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
const keysIn = (text: string) => text.match(/AGE-SECRET-KEY-1[A-Z0-9]{58}/g) ?? [];
const withPdftotext = testWithTool(['pdftotext', '-v']);
/** Tests that read a card first, and then do something with another program. */
const andPdftotext: typeof testWithTool = (command) =>
  spawnSync('pdftotext', ['-v']).error === undefined ? testWithTool(command) : withPdftotext;

describe('code-break cards', () => {
  withPdftotext('are made once, for their maker alone, and the ledger says so', () => {
    const trial = allocated();
    const made = cards(trial, trial.officer, 'cards.pdf');
    expect(made.status).toBe(0);
    expect(made.stderr).toMatch(/then destroy the file/);
    expect(made.stdout + made.stderr).not.toMatch(/ILT101|PLACEBO/);
    const file = join(trial.folder, 'cards.pdf');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new Set(keysIn(textOf(file))).size).toBe(18);
    expect(textOf(file)).not.toMatch(/ILT101 |PLACEBO|REPRINT/);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'card making intent', batches: [1], key: 'Example Officer, officer' },
      { action: 'card making outcome', result: 'opened', error: null },
    ]);
    const again = cards(trial, trial.officer, 'more.pdf');
    expect(again).toMatchObject({ status: 73, stdout: '' });
    expect(again.stderr).toMatch(/made already on \d{4}-\d\d-\d\d by Example Officer, officer/);
    expect(existsSync(join(trial.folder, 'more.pdf'))).toBe(false);
    expect(cards(trial, trial.officer, 'more.pdf', '--again').status).toBe(64);
    expect(cards(trial, trial.officer, 'more.pdf', '--again', '--reason', 'lost').status).toBe(0);
    const reprint = textOf(join(trial.folder, 'more.pdf'));
    expect(reprint.match(/REPRINT/g)).toHaveLength(18);
    expect(keysIn(reprint)).toEqual(keysIn(textOf(file)));
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({ reason: 'lost' });
    mustRun('verify', '--study', trial.study);
  });

  test('go to nobody else, and never into the study folder', () => {
    const trial = allocated();
    const refused = cards(trial, trial.packer, 'cards.pdf');
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(existsSync(join(trial.folder, 'cards.pdf'))).toBe(false);
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ result: 'refused', error: 'wrong-key' });
    expect(cards(trial, trial.officer, 'depil-2/cards.pdf').status).toBe(64);
    // What was refused was not made.
    expect(cards(trial, trial.officer, 'cards.pdf').status).toBe(0);
  });

  withPdftotext('of a further batch are made by themselves', () => {
    const trial = allocated();
    cards(trial, trial.officer, 'one.pdf');
    editStudy(trial, ['slots: 18', 'slots: 24']);
    mustRun(
      'allocate',
      '--extend',
      '--study',
      trial.study,
      '--plan',
      trial.plan,
      '--identity',
      trial.officer,
    );
    expect(cards(trial, trial.officer, 'two.pdf').stdout).toContain('6 code-break cards');
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({ batches: [2] });
    expect(textOf(join(trial.folder, 'two.pdf')).match(/^R\d{3}$/gm)).toEqual([
      'R019',
      'R020',
      'R021',
      'R022',
      'R023',
      'R024',
    ]);
    expect(cards(trial, trial.officer, 'three.pdf').status).toBe(73);
  });

  andPdftotext(['age', '--version'])(
    'each open their own envelope by stock age, and no other',
    () => {
      const trial = allocated();
      cards(trial, trial.officer, 'cards.pdf');
      const pages = textOf(join(trial.folder, 'cards.pdf')).split('\f').slice(0, 18);
      const card = join(trial.folder, 'card.txt');
      const numbers = pages.map((_, index) => `R${String(index + 1).padStart(3, '0')}`);
      const open = (number: string) =>
        spawnSync('age', ['-d', '-i', card, `${trial.study}/allocation/envelopes/${number}.age`], {
          encoding: 'utf8',
        });
      for (const [index, page] of pages.entries()) {
        const number = /^R\d{3}$/m.exec(page)![0];
        expect(number).toBe(numbers[index]);
        writeFileSync(card, `${keysIn(page).join('\n')}\n`);
        expect(numbers.filter((other) => open(other).status === 0)).toEqual([number]);
        expect(JSON.parse(open(number).stdout)).toMatchObject({ number });
      }
    },
  );

  andPdftotext(['expect', '-v'])('are asked for, not shown, and named in the ledger', () => {
    const trial = enrolled();
    cards(trial, trial.officer, 'cards.pdf');
    const [, second] = keysIn(textOf(join(trial.folder, 'cards.pdf')));
    const typed = `${second!.slice(0, 30).toLowerCase()} ${second!.slice(30)}`;
    const unblind = (subject: string) => {
      const words = ['unblind', '--study', trial.study, '--subject', subject, '--reason', 'SAE'];
      const by = ['--card', '--by', 'Example Physician'];
      const line = [process.execPath, RANDOSE, ...words, ...by].map((word) => `{${word}}`);
      const script = `log_user 1; set timeout 30; spawn ${line.join(' ')}
expect "Key of the code-break card"; send "${typed}\\r"; expect eof; catch wait result; exit [lindex $result 3]`;
      try {
        return { status: 0, text: execFileSync('expect', ['-c', script], { encoding: 'utf8' }) };
      } catch (error) {
        return error as { status: number; stdout: string };
      }
    };
    const opened = unblind('CRT-002');
    expect(opened).toMatchObject({ status: 0 });
    const { text } = opened as { text: string };
    expect(text).toMatch(/ILT101|PLACEBO/);
    expect(text.toUpperCase()).not.toContain(second!.slice(16, 40));
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({
      who: { name: 'Example Physician' },
      key: 'code-break card of R002',
    });
    const wrong = unblind('CRT-003');
    expect(wrong.status).toBe(77);
    const { stdout } = wrong as { stdout: string };
    expect(stdout).toContain('that is the code-break card of R002, not of R003');
    expect(stdout).not.toMatch(/ILT101|PLACEBO/);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'code-break intent', subject: 'CRT-003', key: 'code-break card of R002' },
      { action: 'code-break outcome', result: 'refused', error: 'wrong-key' },
    ]);
  });

  test('need a name, and a terminal', () => {
    const trial = enrolled();
    const words = ['unblind', '--study', trial.study, '--subject', 'CRT-002', '--reason', 'SAE'];
    const nobody = randose(...words, '--card');
    expect(nobody).toMatchObject({ status: 64, stdout: '' });
    expect(nobody.stderr).toContain('--card needs --by');
    const piped = randose(...words, '--card', '--by', 'Example');
    expect(piped).toMatchObject({ status: 64, stdout: '' });
    expect(piped.stderr).toContain('Write it into a file, and name that with --identity FILE.');
  });
});

test('of a rehearsal they say so', () => {
  const trial = allocated();
  const plan = join(trial.folder, 'rehearsal.yaml');
  writeFileSync(plan, 'blocks: { sizes: [9] }\n');
  mustRun('allocate', '--dummy', '--study', trial.study, '--plan', plan);
  const dummy = join(trial.folder, 'DUMMY-depil-2');
  const file = join(trial.folder, 'cards.pdf');
  const key = ['--identity', join(dummy, 'keys/DUMMY-card-maker.key')];
  mustRun('cards', '--dummy', '--study', dummy, ...key, '--output', file);
  expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
  expect(existsSync(join(FIXTURES, 'depil-2', 'allocation'))).toBe(false);
});
