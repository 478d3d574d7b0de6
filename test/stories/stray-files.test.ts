import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allocated, jsonOf, mustRun, randose, type Trial } from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

const verify = ({ study }: Pick<Trial, 'study'>, ...words: string[]) =>
  randose('verify', '--study', study, ...words);
const at = (trial: Trial, file: string) => join(trial.study, file);

describe('verify looks at the whole study folder', () => {
  test('and says how far a conflicted copy of the ledger differs', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const copy = at(trial, 'ledger (conflicted copy).jsonl');
    cpSync(at(trial, 'ledger.jsonl'), copy);
    const same = verify(trial);
    expect(same.status).toBe(1);
    expect(same.stdout).toContain(
      'ledger (conflicted copy).jsonl: is a copy of ledger.jsonl: it has the same entries',
    );
    const other = join(trial.folder, 'other');
    cpSync(trial.study, other, { recursive: true });
    enrolOne(trial.study, 'CRT-002');
    expect(verify(trial).stdout).toContain('it is older: it ends at sequence 2');
    const words = ['--subject', 'CRT-003', '--site', 'CRT', '--day1', '2026-06-15'];
    mustRun('randomize', '--study', other, ...words, '--by', 'Example', '--yes');
    cpSync(join(other, 'ledger.jsonl'), copy);
    const forked = verify(trial);
    expect(forked.status).toBe(1);
    expect(forked.stdout).toContain(
      'it has forked from the ledger of this folder after sequence 2: R002 belongs to CRT-003 in the other folder and to CRT-002 in this one. To see what to do, run: randose ledger --compare',
    );
    appendFileSync(copy, 'damaged\n');
    expect(verify(trial).stdout).toContain('and it is damaged');
  });

  test('and names what blinded people must not have [R-029]', () => {
    const trial = allocated();
    cpSync(trial.officer, at(trial, 'officer.key'));
    cpSync(trial.plan, at(trial, 'plan.yaml'));
    mkdirSync(at(trial, 'calendars'));
    mustRun(
      'packing',
      '--study',
      trial.study,
      '--identity',
      trial.packer,
      '--output',
      join(trial.folder, 'p.csv'),
    );
    cpSync(join(trial.folder, 'p.csv'), at(trial, 'calendars/p.csv'));
    const { status, stdout } = verify(trial);
    expect(status).toBe(1);
    expect(stdout).toContain('officer.key: has a secret key in it');
    expect(stdout).toContain('plan.yaml: is a randomization plan');
    expect(stdout).toContain('calendars/p.csv: shows which arms participants or kits have');
    expect(stdout).not.toContain('AGE-SECRET-KEY');
  });

  test('and names a copy of the folder inside it, file by file or by its folders [R-105]', () => {
    const trial = allocated();
    cpSync(trial.study, join(trial.folder, 'copy'), { recursive: true });
    cpSync(join(trial.folder, 'copy'), at(trial, 'backup'), { recursive: true });
    const { status, stdout } = verify(trial);
    expect(status).toBe(1);
    expect(stdout).toContain('backup/study.yaml: is a copy of study.yaml');
    expect(stdout).toContain('backup/ledger.jsonl: is a copy of ledger.jsonl: it has the same');
    expect(stdout).toContain('backup/allocation/manifest.json: is a copy of a manifest');
    expect(stdout).toContain(
      'backup/allocation/envelopes/: has 18 sealed files outside allocation/',
    );
  });

  test('and only notes what does no harm [R-105]', () => {
    const trial = allocated();
    mkdirSync(at(trial, '.git'));
    mkdirSync(at(trial, 'allocation.partial'));
    mkdirSync(at(trial, 'superseded/rewrap-1'), { recursive: true });
    cpSync(at(trial, 'allocation/master.age'), at(trial, 'superseded/rewrap-1/master.age'));
    cpSync(at(trial, 'allocation/master.age'), at(trial, 'allocation.partial/master.age'));
    writeFileSync(at(trial, '.DS_Store'), '');
    writeFileSync(at(trial, 'notes.txt'), 'call the sponsor');
    writeFileSync(at(trial, '.ledger.jsonl.4711.partial'), '{"seq":1');
    symlinkSync('/nowhere/at/all', at(trial, 'lost'));
    symlinkSync(trial.plan, at(trial, 'away'));
    const notes = [
      '.git/ was not checked.',
      'allocation.partial/ was left by an interrupted command: the next randose allocate or randose rewrap moves it aside.',
      '.DS_Store is left by the system or another program, not by randose.',
      '.ledger.jsonl.4711.partial was left by a command that was stopped: the next command that writes clears it.',
      'away is a link that leads out of the study folder.',
      'lost is a link to nothing.',
      'notes.txt is not a file of the study.',
    ];
    const { status, stdout } = verify(trial);
    expect(status).toBe(0);
    for (const note of notes) expect(stdout).toContain(`${note}\n`);
    expect(jsonOf('verify', '--study', trial.study).notes).toEqual(notes);
  });

  testWithTool(['mkfifo', '--version'])('and hangs on nothing, however large', () => {
    const trial = allocated();
    execFileSync('mkfifo', [at(trial, 'pipe'), at(trial, 'allocation/pipe')]);
    writeFileSync(at(trial, 'large'), 'x');
    truncateSync(at(trial, 'large'), 8 * 2 ** 30);
    writeFileSync(at(trial, 'ledger (1).jsonl'), readFileSync(at(trial, 'ledger.jsonl')));
    truncateSync(at(trial, 'ledger (1).jsonl'), 2 ** 30);
    const { status, stdout } = verify(trial);
    expect(status).toBe(1);
    expect(stdout).toContain('pipe is not a regular file, and was not read.');
    expect(stdout).toContain(
      'allocation/pipe: is not a regular file: randose did not put it there',
    );
    expect(stdout).toContain('large is not a file of the study.');
    expect(stdout).toContain('is a copy of ledger.jsonl: it is too large to compare here.');
  });

  test('but the keys of a rehearsal belong in it', () => {
    const trial = allocated();
    mustRun('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
    const dummy = join(trial.folder, 'DUMMY-depil-2');
    expect(verify({ study: dummy }, '--dummy')).toMatchObject({ status: 0 });
    cpSync(trial.officer, join(dummy, 'officer.key'));
    expect(verify({ study: dummy }, '--dummy')).toMatchObject({ status: 1 });
  });
});

describe('a secret that is named from inside the study folder', () => {
  const warning = (file: string, what = 'secret key') =>
    `warning: ${file} is a ${what} inside the study folder, which blinded people read: move it elsewhere.`;

  test('gives a warning in every command that uses it', () => {
    const trial = allocated();
    enrolOne(trial.study, 'CRT-001');
    const key = at(trial, 'officer.key');
    cpSync(trial.officer, key);
    const on = ['--study', trial.study, '--identity', key];
    for (const words of [
      ['unblind', '--subject', 'CRT-001', '--reason', 'SAE'],
      ['open', '--reason', 'example'],
      ['cards', '--output', join(trial.folder, 'cards.pdf')],
      ['packing'],
      ['verify', '--regenerate'],
    ]) {
      expect(randose(...words, ...on).stderr, words[0]).toContain(warning(key));
    }
    const outside = randose(
      'open',
      '--reason',
      'example',
      '--study',
      trial.study,
      '--identity',
      trial.officer,
    );
    expect(outside.status).toBe(0);
    expect(outside.stderr).not.toContain('inside the study folder');
  });

  test('gives a warning if it is a passphrase, but not if it is a key of a rehearsal', () => {
    const trial = allocated();
    const file = at(trial, 'passphrases');
    writeFileSync(file, 'a passphrase\n');
    const words = ['--study', trial.study, '--identity', trial.officer, '--passphrase-file', file];
    expect(randose('open', '--reason', 'example', ...words).stderr).toContain(
      warning(file, 'file with a passphrase'),
    );
    mustRun('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
    const dummy = join(trial.folder, 'DUMMY-depil-2');
    const key = join(dummy, 'keys', 'DUMMY-officer.key');
    const opened = randose(
      'open',
      '--reason',
      'example',
      '--dummy',
      '--study',
      dummy,
      '--identity',
      key,
    );
    expect(opened.status).toBe(0);
    expect(opened.stderr).not.toContain('inside the study folder');
  });
});
