import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ageDecrypt,
  contentsOf,
  depil2,
  enrolled,
  mustRun,
  randose,
} from '../support/command-line.ts';

test('an option whose value was forgotten takes no other option for it', () => {
  const { status, stderr } = randose('unblind', '--letters', '--study', 'x');
  expect(status).toBe(64);
  expect(stderr).toContain('error: --letters needs a value before --study\n');
  // A value that only looks like an option of another command is a value.
  const trial = depil2();
  const reason = ['people', 'add', '--name', '--slots', '--role', 'officer', '--recipient', 'age1'];
  expect(randose(...reason, '--study', trial.study).stderr).not.toContain('needs a value');
});

test('a plan in the study folder stops allocate before anything is drawn [R-029]', () => {
  const trial = depil2();
  writeFileSync(join(trial.study, 'notes.yaml'), readFileSync(trial.plan, 'utf8'));
  const before = contentsOf(trial.study);
  const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', trial.plan);
  expect(status).toBe(64);
  expect(stderr).toContain('a plan is inside the study folder: notes.yaml');
  expect(contentsOf(trial.study)).toEqual(before);
});

describe('a file in the place of a public key', () => {
  const keyIn = (file: string, pattern: RegExp) => pattern.exec(readFileSync(file, 'utf8'))![0];

  test('whose comment names another key than its secret is refused', () => {
    const trial = depil2();
    const file = join(trial.folder, 'mixed.key');
    const comment = keyIn(trial.officer, /age1\w+/);
    writeFileSync(file, `# public key: ${comment}\n${keyIn(trial.packer, /AGE-SECRET\S+/)}\n`);
    const who = ['--role', 'officer', '--name', 'B. Example', '--recipient', file];
    const { status, stderr } = randose('people', 'add', ...who, '--study', trial.study);
    expect(status).toBe(64);
    expect(stderr).toContain('names another public key than that of its secret key');
    expect(stderr).not.toMatch(/AGE-SECRET-KEY-1/);
  });

  test('that has the secret key is warned of', () => {
    const trial = depil2();
    const file = join(trial.folder, 'new.key');
    const role = ['--role', 'officer', '--name', 'B. Example'];
    mustRun('keygen', ...role, '--output', file, '--no-passphrase');
    const words = ['people', 'add', ...role, '--recipient', file, '--study', trial.study];
    const { status, stderr } = randose(...words);
    expect(status).toBe(0);
    expect(stderr).toContain('has the SECRET key: only its owner may have it');
  });

  test('gets the answer of a code-break', () => {
    const trial = enrolled();
    const key = join(trial.folder, 'new.key');
    mustRun('keygen', '--role', 'officer', '--name', 'B', '--output', key, '--no-passphrase');
    const file = join(trial.folder, 'new.pub');
    writeFileSync(file, `${keyIn(key, /age1\w+/)}\n`);
    const answer = join(trial.folder, 'answer.age');
    const why = ['--identity', trial.officer, '--reason', 'example', '--study', trial.study];
    const sent = randose('unblind', 'CRT-001', ...why, '--to', file, '--output', answer);
    expect(sent.stderr).not.toContain('to whoever has this key');
    expect(ageDecrypt(key, answer)).toContain('CRT-001');
    const own = keyIn(trial.officer, /age1\w+/);
    const kept = randose('unblind', 'CRT-001', ...why, '--to', own);
    expect(kept.status).toBe(0);
    expect(kept.stderr).toContain(
      `warning: --to names the public half of ${trial.officer}: the answer goes to whoever has this key`,
    );
  });
});

test('a mistyped purpose of a masked table says that its letters are new', () => {
  const trial = enrolled();
  const table = (purpose: string, name: string, ...more: string[]) => {
    const words = ['--all', '--masked', '--until', 'today', '--purpose', purpose];
    const about = ['--identity', trial.statistician, '--study', trial.study];
    return randose('unblind', ...words, ...about, '--output', join(trial.folder, name), ...more)
      .stderr;
  };
  expect(table('interim 1', 'MASKED-1.csv')).not.toContain('New letters');
  for (const more of [['--dry-run'], []]) {
    const slip = table('interim1', 'MASKED-2.csv', ...more);
    expect(slip).toContain(
      'New letters, not those of "interim 1". For the same ones, add: --letters-of "interim 1"',
    );
    expect(slip).toContain('warning: "interim1" is nearly "interim 1". Is it mistyped?');
  }
  expect(table('Interim 1', 'MASKED-3.csv')).not.toContain('New letters');
  const own = /age1\w+/.exec(readFileSync(trial.statistician, 'utf8'))![0];
  const words = ['--letters', 'interim 1', '--reason', 'asked', '--to', own];
  const about = ['--identity', trial.statistician, '--study', trial.study];
  expect(randose('unblind', ...words, ...about).stderr).toContain('--to names the public half of');
});
