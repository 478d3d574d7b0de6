import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allocated, mustRun, randose, type Trial } from '../support/command-line.ts';
import { enrolOne, ledgerOf } from '../support/custody.ts';

/** A study with two participants, and a copy of its folder. */
function twoFolders(): { trial: Trial; study: string; copy: string } {
  const trial = allocated();
  for (const subject of ['CRT-001', 'CRT-002']) enrolOne(trial.study, subject);
  const copy = join(trial.folder, 'copy');
  cpSync(trial.study, copy, { recursive: true });
  return { trial, study: trial.study, copy };
}
const compare = (study: string, other: string, ...words: string[]) =>
  randose('ledger', '--study', study, '--compare', other, ...words);
/** Words as they are told, whatever the width of the lines. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('randose ledger --compare', () => {
  test('of a copy that is the same, older or newer says which one to keep', () => {
    const { study, copy } = twoFolders();
    const same = compare(study, copy);
    expect(same).toMatchObject({ status: 0 });
    expect(flat(same.stdout)).toContain('has the same entries as the ledger of this folder');
    enrolOne(study, 'CRT-003');
    const older = compare(study, join(copy, 'ledger.jsonl'));
    expect(older).toMatchObject({ status: 0 });
    expect(flat(older.stdout)).toContain('is older: it ends at sequence 3');
    expect(flat(older.stdout)).toContain('keep this folder');
    const newer = compare(copy, study);
    expect(newer).toMatchObject({ status: 0 });
    expect(flat(newer.stdout)).toContain('is newer: it has 1 entry more than this folder');
  });

  test('of one that has forked says where, and what to do with each participant [R-068]', () => {
    const { study, copy } = twoFolders();
    enrolOne(study, 'CRT-003');
    const at = ['--study', copy];
    const by = ['--by', 'B. Example, nurse'];
    for (const subject of ['CRT-004', 'CRT-005']) enrolBeside(copy, subject);
    const dose = ['--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-15'];
    mustRun('dose', ...at, ...dose, ...by);
    const forked = compare(study, copy);
    expect(forked.status).toBe(1);
    const told = flat(forked.stdout);
    expect(told).toContain(
      'has forked from the ledger of this folder after sequence 3: R003 belongs to CRT-004 in the other folder and to CRT-003 in this one.',
    );
    expect(told).toContain('Both have the same entries up to sequence 3 (20');
    expect(told).toMatch(
      /R003 \(kit \w{7}\) belongs to CRT-004 in the other folder and to CRT-003 in this/,
    );
    expect(told).toContain('The kit is one box: find out who was given it.');
    expect(told).toContain('tell the sponsor and the statistician');
    expect(told).toMatch(/CRT-005 has R004 \(kit \w{7}\) in the other folder only/);
    const commands = forked.stdout.split('\n').filter((line) => /^ +randose /.test(line));
    const randomize = (subject: string) =>
      `randose randomize --subject ${subject} --site CRT --day1 2026-06-15 --by Example --yes`;
    expect(commands.map((line) => line.trim())).toEqual([
      ...['CRT-005', 'CRT-004'].map(randomize),
      `randose dose --subject CRT-001 --visit D1 --date 2026-06-15 --by "B. Example, nurse" --yes`,
    ]);
    const json = compare(study, copy, '--json');
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      data: {
        relation: 'forked',
        common: { seq: 3 },
        participants: [
          { subject: 'CRT-004', what: 'given twice', holder: { subject: 'CRT-003' } },
          { subject: 'CRT-005', what: 'enter', there: { number: 'R004' } },
          { subject: 'CRT-003', what: 'here' },
        ],
      },
    });
    // The commands that it names do what it says: the participant keeps number and kit.
    const there = ledgerOf(copy).find(({ subject }) => subject === 'CRT-005');
    enrolBeside(study, 'CRT-005');
    expect(ledgerOf(study).at(-1)).toMatchObject({ number: there?.number, kit: there?.kit });
    const after = flat(compare(study, copy).stdout);
    expect(after).toMatch(/CRT-005 has R004 \(kit \w{7}\) in both folders. Nothing to do./);
  });

  test('lists what was opened, printed and recorded in the other folder', () => {
    const { trial, study, copy } = twoFolders();
    enrolOne(study, 'CRT-003');
    const at = ['--study', copy];
    const why = ['--identity', trial.officer, '--reason', 'example: SAE'];
    mustRun('unblind', ...at, '--subject', 'CRT-001', ...why);
    const { kit } = ledgerOf(copy).at(1) as { kit: string };
    const date = ['--date', '2026-06-01', '--by', 'Example'];
    mustRun('kit', 'received', ...at, '--kits', kit, ...date, '--yes');
    const told = flat(compare(study, copy).stdout);
    expect(told).toContain('The code-break of CRT-001 in the other folder did happen (opened).');
    expect(told).toContain(`randose ledger --enter-from ${copy}`);
    expect(told).toContain(
      `randose kit received --kits ${kit} --date 2026-06-01 --by Example --yes`,
    );
  });

  test('of another study is refused, and so is what is not a ledger, or the ledger itself', () => {
    const { trial, study } = twoFolders();
    const foreign = compare(study, allocated().study);
    expect(foreign).toMatchObject({ status: 65, stdout: '' });
    expect(foreign.stderr).toContain('is the ledger of another study');
    const plan = compare(study, trial.plan);
    expect(plan).toMatchObject({ status: 65, stdout: '' });
    expect(plan.stderr).toContain('has no line of a ledger that can be read');
    expect(compare(study, study)).toMatchObject({ status: 64, stdout: '' });
    expect(compare(study, join(study, 'nothing')).status).toBe(66);
    expect(compare(study, trial.plan, '--repair').status).toBe(64);
  });

  test('of a damaged one compares what can be read, and says what cannot', () => {
    const { study, copy } = twoFolders();
    enrolOne(study, 'CRT-003');
    const file = join(copy, 'ledger.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [lines[0], 'damaged', lines[2], ''].join('\n'));
    appendFileSync(file, '{"seq":');
    const { status, stdout, stderr } = compare(study, copy);
    expect(status).toBe(0);
    expect(flat(stdout)).toContain('is older: it ends at sequence 3');
    expect(stderr).toContain(`${file}:2: `);
    expect(stderr).toContain(`${file}:4: is incomplete`);
    expect(stderr).toContain('lines that cannot be read were not compared');
  });
});

/** Somebody is randomized in one of two folders, though the other one has gone on. */
function enrolBeside(copy: string, subject: string): void {
  const words = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-15', '--by', 'Example'];
  mustRun('randomize', '--study', copy, ...words, '--yes');
}
