import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enrolled, mustRun, randose } from '../support/command-line.ts';

/** A trial whose ledger was filed as a checkpoint, and went on after that. */
function filed() {
  const trial = enrolled();
  const file = join(trial.folder, 'checkpoint.txt');
  mustRun('commitment', '--checkpoint', '--output', file, '--study', trial.study);
  const who = ['--by', 'A. Example, nurse, Example Hospital'];
  mustRun(
    'withdraw',
    'CRT-001',
    '--date',
    '2026-05-28',
    '--from',
    'study',
    '--reason',
    'moved away',
    ...who,
    '--study',
    trial.study,
  );
  return { ...trial, file, ledger: join(trial.study, 'ledger.jsonl') };
}

describe('a checkpoint of the ledger that was filed', () => {
  test('matches a ledger that has gone on since then', () => {
    const { study, file, ledger } = filed();
    const entries = readFileSync(ledger, 'utf8').trimEnd().split('\n').length;
    const { status, stdout } = randose('verify', '--checkpoint', file, '--study', study);
    expect(status, stdout).toBe(0);
    expect(stdout).toContain(`${entries - 1} of ${entries} entries`);
  });

  test('shows that the end of a ledger was cut off', () => {
    const { study, file, ledger } = filed();
    const lines = readFileSync(ledger, 'utf8').split('\n');
    writeFileSync(ledger, `${lines.slice(0, -3).join('\n')}\n`);
    const { status, stdout } = randose('verify', '--checkpoint', file, '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain('the end was cut off');
  });

  test('shows that it was written again', () => {
    const { study, file } = filed();
    const [origin = '', size = '', root = ''] = readFileSync(file, 'utf8').split('\n');
    const other = Buffer.from(root, 'base64').fill(0, 0, 1).toString('base64');
    writeFileSync(file, `${origin}\n${size}\n${other}\n`);
    const { status, stdout } = randose('verify', '--checkpoint', file, '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain('an entry up to');
  });

  test('of another study is refused by its name', () => {
    const { study, file } = filed();
    writeFileSync(file, readFileSync(file, 'utf8').replace('DEPIL-2', 'OTHER-1'));
    const { status, stdout } = randose('verify', '--checkpoint', file, '--study', study);
    expect(status).toBe(1);
    expect(stdout).toContain('is of another ledger: randose/OTHER-1/');
  });

  test('that is no checkpoint is refused before anything is checked', () => {
    const { study, file } = filed();
    writeFileSync(file, 'something else\n');
    const { status, stderr } = randose('verify', '--checkpoint', file, '--study', study);
    expect(status).toBe(65);
    expect(stderr).toContain('checkpoint.txt:2: expected the number of entries');
  });
});
