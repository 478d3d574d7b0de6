import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  jsonOf,
  mustRun,
  randose,
  type Ran,
  type Trial,
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
