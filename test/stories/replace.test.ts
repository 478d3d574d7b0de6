import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { Act } from '../../src/ledger/entry.ts';
import {
  ageDecrypt,
  allocated,
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  type Ran,
  type Trial,
  unknownCopy,
} from '../support/command-line.ts';
import { rewriteLedger } from '../support/ledger.ts';

const BY = ['--by', 'E. Example, coordinator, Example Hospital'];
const DAY1 = ['--day1', '2026-06-01'];

function run({ study }: Trial, command: string, ...words: string[]): Ran {
  return randose(command, ...words, '--study', study);
}

function randomize(trial: Trial, subject: string, ...words: string[]): void {
  const who = ['--subject', subject, '--site', 'CRT', ...DAY1, ...words];
  mustRun('randomize', '--study', trial.study, ...who, ...BY);
}

function withdraw(trial: Trial, subject: string): void {
  const words = ['--from', 'study', '--date', '2026-05-28', '--reason', 'moved away', ...BY];
  mustRun('withdraw', subject, ...words, '--study', trial.study);
}

function replace(trial: Trial, subject: string, old: string, ...words: string[]): Ran {
  return run(trial, 'replace', '--subject', subject, '--for', old, ...DAY1, ...words, ...BY);
}

/** CRT-001 and CRT-002, of whom the second left the study. */
function begun(trial: Trial = allocated()): Trial {
  randomize(trial, 'CRT-001');
  randomize(trial, 'CRT-002');
  withdraw(trial, 'CRT-002');
  return trial;
}

function rowsOf(text: string): Record<string, string>[] {
  return parse(text, { columns: true });
}

describe('a study without replacement slots', () => {
  test('randomizes the new participant into the next free slot, and says so of both', () => {
    const trial = begun();
    const first = replace(trial, 'CRT-003', 'R002', '--dry-run');
    expect(first.stdout).toMatch(/^Not recorded yet:\nSubject +Site +Number .* Replaces\n/);
    const done = replace(trial, 'CRT-003', 'crt-002');
    expect(done.stdout).toMatch(/^CRT-003 +CRT +R003 .* 2026-06-01 +CRT-002$/m);
    expect(done.stdout).toContain('CRT-002: withdrawn from study on 2026-05-28: "moved away"');
    const { study } = trial;
    expect(mustRun('check', 'CRT-002', '--study', study)).toContain('replaced by CRT-003 (R003,');
    expect(mustRun('calendar', 'CRT-003', '--study', study)).toContain('replaces CRT-002 (R002).');
    const calendars = rowsOf(mustRun('calendar', '--format', 'csv', '--study', study));
    expect(new Set(calendars.map((row) => `${row.replaces!}/${row.replaced_by!}`))).toEqual(
      new Set(['/', '/CRT-003', 'CRT-002/']),
    );
    const status = jsonOf('status', '--study', study);
    expect(status).toMatchObject({
      randomized: 3,
      strata: [{ slots: 18, used: 3, left: 15 }],
      replaced: [{ subject: 'CRT-002', by: 'CRT-003' }],
    });
    expect(mustRun('status', '--study', study)).toContain('Replaced: 1, CRT-002 by CRT-003');
    expect(mustRun('ledger', '--subject', 'CRT-002', '--study', study)).toContain(
      'randomization of CRT-003: R003,',
    );
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
    const key = ['--identity', trial.statistician, '--reason', 'analysis', ...BY];
    const table = rowsOf(mustRun('unblind', '--all', ...key, '--study', study));
    expect(table.map(({ SUBJID, REPLACES, REPLBY }) => [SUBJID, REPLACES, REPLBY])).toEqual([
      ['CRT-001', '', ''],
      ['CRT-002', '', 'CRT-003'],
      ['CRT-003', 'CRT-002', ''],
    ]);
  });

  test('refuses what cannot be, and says what to type', () => {
    const trial = begun();
    const refusals: [Ran, string][] = [
      [replace(trial, 'CRT-003', 'CRT-001'), 'neither withdrawn nor randomized in error'],
      [replace(trial, 'CRT-003', 'CRT-001'), 'randose withdraw CRT-001 --from study --date DATE'],
      [replace(trial, 'CRT-003', 'CRT-001'), 'randose randomized-in-error CRT-001'],
      [replace(trial, 'CRT-003', 'CRT-009'), '"CRT-009" is not a participant'],
      [replace(trial, 'crt-002', 'CRT-002'), 'is the participant who is to be replaced'],
      [replace(trial, 'CRT-001', 'CRT-002'), 'subject CRT-001 was randomized'],
      [replace(trial, 'CRT-1', 'CRT-002'), 'may be the same person as CRT-001'],
      [replace(trial, 'CRT-003', 'CRT-002', '--site', 'LYO'), 'site "LYO" is unknown'],
      [replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=F'), 'does not name a factor'],
      [replace(trial, 'CRT-003', 'CRT-002', '--deviation'), 'a deviation needs --reason'],
      [run(trial, 'replace', '--subject', 'CRT-003', ...DAY1, ...BY), 'replace needs --for <id>'],
      [run(trial, 'replace', '--for', 'CRT-002', ...DAY1, ...BY), 'replace needs --subject <id>'],
      [
        run(
          trial,
          'replace',
          '--subject',
          'CRT-003',
          '--for',
          'CRT-002',
          ...BY,
          '--day1',
          '1 June',
        ),
        'day1:',
      ],
    ];
    for (const [{ status, stderr }, text] of refusals) {
      expect(stderr).toContain(text);
      expect(status).not.toBe(0);
    }
    expect(replace(trial, 'CRT-003', 'CRT-002').status).toBe(0);
    const again = replace(trial, 'CRT-004', 'CRT-002');
    expect(again.stderr).toContain('was replaced by CRT-003 (R003, ledger 5)');
    expect(again.stderr).toContain('write --for CRT-003');
    const back = run(trial, 'withdraw', 'CRT-002', '--retract', '--reason', 'stays', ...BY);
    expect(back.stderr).toContain('CRT-002 was replaced by CRT-003 (R003, ledger 5), who stays');
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({ randomized: 3 });
  });

  test('as a deviation it can replace somebody who goes on, which deviations shows', () => {
    const trial = begun();
    const why = ['--deviation', '--reason', 'sponsor decided'];
    expect(replace(trial, 'CRT-003', 'CRT-001', ...why).status).toBe(0);
    const rows = jsonOf('deviations', 'CRT-003', '--study', trial.study).deviations;
    expect(rows).toMatchObject([
      { rule: 'replaced participant not withdrawn', declared: 'Y', reason: 'sponsor decided' },
    ]);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('a replacement that somebody wrote into the ledger against the rules is found', () => {
    const trial = begun();
    randomize(trial, 'CRT-003');
    const file = join(trial.study, 'ledger.jsonl');
    const forged = rewriteLedger(readFileSync(file, 'utf8'), (act) =>
      act.action === 'randomization' && act.subject === 'CRT-003'
        ? { ...act, replaces: act.subject }
        : act,
    );
    writeFileSync(file, forged);
    const { status, stdout, stderr } = run(trial, 'verify');
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('CRT-003 replaces CRT-003, who was not randomized before');
  });
});

/** A study of which each slot has a replacement slot, with two factors' levels and 12 slots. */
function withReplacementSlots(offset = 1000): Trial {
  const trial = depil2();
  editStudy(trial, [
    '\nstrata:\n  - site: CRT\n    slots: 18\n',
    `
  - { code: LYO, name: Other Hospital, timeZone: Europe/Paris }
factors: [{ name: sex, levels: [F, M] }]
replacements: { offset: ${offset} }
strata: { slotsPerStratum: 6 }
`,
  ]);
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  randomize(trial, 'CRT-001', '--factor', 'sex=F');
  randomize(trial, 'CRT-002', '--factor', 'sex=F');
  withdraw(trial, 'CRT-002');
  return trial;
}

/** The fields of list.csv of a number. */
function slotIn({ study }: Trial, number: string): Record<string, string> {
  const rows = rowsOf(readFileSync(join(study, 'allocation', 'list.csv'), 'utf8'));
  return rows.find((row) => row.randomization_number === number)!;
}

describe('a study with replacement slots', () => {
  test('gives the replacement slot, and ordinary randomization never takes it [R-060]', () => {
    const trial = withReplacementSlots();
    const { study } = trial;
    const twin = slotIn(trial, 'R1002');
    expect(twin).toMatchObject({ stratum: 'site=CRT/sex=F', replacement_for: 'R002' });
    const done = replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=M');
    expect(done.stdout).toMatch(/^CRT-003 +site=CRT\/sex=F +R1002 .* CRT-002$/m);
    expect(done.stdout).toContain('R1002 is the replacement slot of R002: same arm, same stratum');
    expect(mustRun('check', twin.kit!, '--study', study)).toContain(
      'Slot    R1002, replacement slot of R002, of CRT-003',
    );
    expect(mustRun('calendar', 'CRT-003', '--study', study)).toContain('sex is M;');
    const status = jsonOf('status', '--study', study);
    expect(status).toMatchObject({
      randomized: 3,
      corrected: 1,
      replacementSlots: { slots: 24, used: 1 },
    });
    expect((status.strata as object[])[0]).toEqual({
      stratum: 'site=CRT/sex=F',
      slots: 6,
      used: 2,
      left: 4,
    });
    for (const [index, number] of ['R003', 'R004', 'R005', 'R006'].entries()) {
      randomize(trial, `CRT-10${index}`, '--factor', 'sex=F');
      expect(mustRun('check', number, '--study', study)).toContain(`of CRT-10${index}`);
    }
    const words = ['--subject', 'CRT-110', '--site', 'CRT', '--factor', 'sex=F', ...DAY1, ...BY];
    expect(run(trial, 'randomize', ...words).stderr).toContain('all 6 slots are used');
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
    const again = ['--regenerate', '--identity', trial.officer];
    expect(mustRun('verify', ...again, '--study', study)).toContain('match, 48 of 48 slots');
    const key = ['--identity', trial.statistician, '--reason', 'analysis', ...BY];
    const list = rowsOf(mustRun('open', ...key, '--output', '-', '--study', study));
    const armOf = new Map(list.map((row) => [row.randomization_number, row.arm]));
    expect(list).toHaveLength(48);
    for (const { randomization_number: number, replacement_for: old, arm } of list) {
      expect(old === '' ? number : arm).toBe(old === '' ? number : armOf.get(old));
    }
  });

  test('is for the site of the slot, and the replacement has no replacement slot', () => {
    const trial = withReplacementSlots();
    const female = ['--factor', 'sex=F'];
    expect(replace(trial, 'LYO-003', 'CRT-002', ...female, '--site', 'lyo').stderr).toContain(
      'the replacement slot R1002 is for site CRT, not for LYO: randomize at CRT, and transfer',
    );
    expect(replace(trial, 'CRT-003', 'CRT-002').stderr).toContain('sex is missing');
    expect(replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=X').stderr).toContain(
      '"X" is not',
    );
    expect(replace(trial, 'CRT-003', 'CRT-002', ...female).status).toBe(0);
    withdraw(trial, 'CRT-003');
    const third = replace(trial, 'CRT-004', 'CRT-003', ...female);
    expect(third.status).toBe(65);
    expect(third.stderr).toContain('CRT-003 has R1002, the replacement slot of R002, and there is');
    const why = ['--deviation', '--reason', 'sponsor decided'];
    expect(replace(trial, 'CRT-004', 'CRT-003', ...female, ...why).stdout).toContain(' R003 ');
    expect(jsonOf('deviations', 'CRT-004', '--study', trial.study).deviations).toMatchObject([
      { rule: 'no replacement slot' },
    ]);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('after a code-break of either the other is known: unblind says so, and replace refuses', () => {
    const trial = withReplacementSlots();
    const key = ['--identity', trial.officer, '--reason', 'serious adverse event', ...BY];
    const opened = mustRun('unblind', 'CRT-002', ...key, '--study', trial.study);
    expect(opened).toContain('Same arm: R1002 is the replacement slot of R002, and nobody has it');
    const refused = replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=F');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('the allocation of R002 of CRT-002 was opened on 2026-05-28');
    expect(refused.stderr).toContain('add --deviation --reason TEXT');
    const why = ['--deviation', '--reason', 'sponsor decided'];
    const done = replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=F', ...why);
    expect(done.stderr).toContain('whoever saw it knows the arm of R1002');
    const other = run(trial, 'unblind', 'CRT-003', ...key);
    expect(other.stdout).toContain(
      'Same arm: R1002 is the replacement slot of R002, and CRT-002 has R002.',
    );
    expect(other.stderr).toContain('All participants beside these two slots are still blinded.');
    // Who runs the command for somebody else sees nothing of it; the answer has it.
    const { recipient } = jsonOf('keygen', '--output', join(trial.folder, 'new.key'), ...NO_SECRET);
    const file = join(trial.folder, 'answer.age');
    const sent = ['--to', String(recipient), '--output', file];
    const hidden = run(trial, 'unblind', 'CRT-003', ...key, ...sent, '--json');
    expect(hidden.stdout + hidden.stderr).not.toContain('Same arm');
    expect(ageDecrypt(join(trial.folder, 'new.key'), file)).toContain('# Same arm: R1002 is the');
  });

  test('a hand-made entry that has another slot is found', () => {
    const trial = withReplacementSlots();
    expect(replace(trial, 'CRT-003', 'CRT-002', '--factor', 'sex=F').status).toBe(0);
    const file = join(trial.study, 'ledger.jsonl');
    const written = readFileSync(file, 'utf8');
    const problemsAfter = (change: (act: Act & { action: 'randomization' }) => Act): string => {
      const forged = rewriteLedger(written, (act) =>
        act.action === 'randomization' && act.subject === 'CRT-003' ? change(act) : act,
      );
      writeFileSync(file, forged);
      return run(trial, 'verify').stdout;
    };
    const { kit } = slotIn(trial, 'R003');
    expect(problemsAfter((act) => ({ ...act, number: 'R003', kit: kit! }))).toContain(
      'CRT-003 replaces CRT-002 and has R003',
    );
    expect(problemsAfter((act) => ({ ...act, replaces: undefined }))).toContain(
      'CRT-003 has R1002, which only whoever replaces the participant of R002 can have',
    );
    writeFileSync(file, written);
    expect(run(trial, 'verify').status).toBe(0);
  });

  test('cannot be changed after allocation, and the offset must be larger than the slots', () => {
    const trial = withReplacementSlots();
    const { study } = trial;
    const edited = (from: string, to: string) => {
      editStudy(trial, [from, to]);
      return run(trial, 'verify').stdout;
    };
    const words = ['CRT-003', 'CRT-002', '--factor', 'sex=F'] as const;
    expect(edited('offset: 1000', 'offset: 2000')).toContain(
      'was changed after the list was sealed: replacements',
    );
    expect(replace(trial, ...words).stderr).toContain('Replacement slots are sealed with the list');
    expect(edited('offset: 2000', 'offset: 24')).toContain(
      'the offset must be larger than the number of slots: the study has 24 slots. Write 1000',
    );
    expect(edited('replacements: { offset: 24 }\n', '')).toContain(': replacements');
    editStudy(trial, ['strata: {', 'replacements: { offset: 1000 }\nstrata: {']);
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
    // 48 slots in four strata are more than an offset of 40 has room for.
    const small = withReplacementSlots(40);
    editStudy(small, ['slotsPerStratum: 6', 'slotsPerStratum: 12']);
    const extend = ['--extend', '--plan', small.plan, '--identity', small.officer];
    const { status, stderr } = run(small, 'allocate', ...extend, ...BY);
    expect(status).toBe(78);
    expect(stderr).toContain('ask for at most 39 slots in all');
  });

  test('a fork: the other folder’s replacement is entered again with its command', () => {
    const trial = withReplacementSlots();
    const copy = unknownCopy(trial);
    const other = { ...trial, study: copy };
    const words = ['--factor', 'sex=F', '--yes'];
    expect(replace(other, 'CRT-003', 'CRT-002', ...words).status).toBe(0);
    randomize(trial, 'CRT-004', '--factor', 'sex=F');
    const { stdout } = run(trial, 'ledger', '--compare', join(copy, 'ledger.jsonl'));
    expect(stdout).toContain('CRT-003 has R1002');
    expect(stdout).toMatch(/randose replace .*--for CRT-002 --subject CRT-003 --site CRT/);
  });
});

const NO_SECRET = ['--role', 'officer', '--name', 'New', '--no-passphrase'];
