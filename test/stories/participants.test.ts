import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  allocated,
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'Example Nurse'];
const why = (reason: string) => ['--reason', reason, ...BY];

/** Two participants; the first has had the induction. */
function started(): Trial {
  const trial = allocated();
  const { study } = trial;
  for (const subject of ['CRT-001', 'CRT-002']) {
    const who = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-01'];
    mustRun('randomize', '--study', study, ...who, ...BY);
  }
  for (let day = 1; day <= 5; day += 1) {
    const date = `2026-06-0${day}`;
    mustRun('dose', 'CRT-001', '--visit', `D${day}`, '--date', date, '--study', study, ...BY);
  }
  return trial;
}

function run({ study }: Trial, command: string, ...words: string[]): Ran {
  return randose(command, ...words, '--study', study);
}

/** `D60 assessment cancelled`, for everything that is not planned or given. */
function statesOf({ study }: Trial, subject: string): string[] {
  const { calendars } = jsonOf('calendar', subject, '--study', study) as {
    calendars: { events: Record<'visit' | 'kind' | 'status', string>[] }[];
  };
  return calendars[0]!.events.map(({ visit, kind, status }) => `${visit} ${kind} ${status}`);
}

const isInjection = (state: string) => state.includes(' injection ');
const isCancelled = (state: string) => state.endsWith(' cancelled');

describe('a withdrawal', () => {
  test('from treatment cancels later injections alone, and is taken back [R-093]', () => {
    const trial = started();
    const before = statesOf(trial, 'CRT-001');
    const words = ['CRT-001', '--from', 'treatment', '--date', '2026-06-05'];
    const { status, stdout } = run(trial, 'withdraw', ...words, ...why('adverse event'));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^CRT-001: withdrawn from treatment on 2026-06-05 Fri\.\n/);
    expect(stdout).toContain('  D15 Injection 6 of 9: cancelled\n');
    const now = statesOf(trial, 'CRT-001');
    expect(now.filter(isInjection).filter(isCancelled)).toHaveLength(4);
    expect(now.filter((one) => !isInjection(one)).filter(isCancelled)).toEqual([]);
    const dose = ['CRT-001', '--visit', 'D15', '--date', '2026-06-15', ...BY];
    const refused = run(trial, 'dose', ...dose);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('D15 is cancelled: withdrawn from treatment');
    expect(run(trial, 'status').stdout).toContain('Withdrawn: 1 from treatment, 0 from the study');
    expect(run(trial, 'calendar', 'CRT-001').stdout).toContain(
      'CRT-001: withdrawn from treatment on 2026-06-05: "adverse event" (ledger 9).',
    );
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
    const back = run(trial, 'withdraw', 'CRT-001', '--retract', ...why('it was CRT-002'));
    expect(back.stdout).toContain(
      'the withdrawal from treatment on 2026-06-05 (ledger 9) is taken',
    );
    expect(back.stdout).toContain('  D15 Injection 6 of 9: on again\n');
    expect(statesOf(trial, 'CRT-001')).toEqual(before);
    expect(run(trial, 'withdraw', 'CRT-001', '--retract', ...why('x')).status).toBe(65);
    expect(run(trial, 'dose', ...dose).status).toBe(0);
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  });

  test('from the study cancels all later visits; a visit on the last day stays', () => {
    const trial = started();
    const words = ['CRT-002', '--from', 'study', '--date', '2026-06-05'];
    run(trial, 'withdraw', ...words, ...why('consent withdrawn'));
    const now = statesOf(trial, 'CRT-002');
    expect(now.filter(isCancelled).every((one) => !/^D[1-5] /.test(one))).toBe(true);
    expect(now.filter((one) => /^D(15|22|29|36|60) /.test(one)).every(isCancelled)).toBe(true);
    expect(now).toContain('D5 injection planned');
    const again = run(trial, 'withdraw', ...words, ...why('x'));
    expect(again.stderr).toContain('CRT-002 was withdrawn from study on 2026-06-05 (ledger');
    expect(statesOf(trial, 'CRT-001').filter(isCancelled)).toEqual([]);
  });

  test('is refused before it can have happened', () => {
    const trial = started();
    for (const [date, text] of [
      ['2026-05-01', 'is before the randomization'],
      ['2026-12-01', 'is in the future'],
    ] as const) {
      const words = ['CRT-001', '--from', 'study', '--date', date, ...why('x')];
      expect(run(trial, 'withdraw', ...words).stderr).toContain(text);
    }
    expect(run(trial, 'withdraw', 'CRT-001', ...why('x')).stderr).toContain(
      'needs 2 more options\n  --from <what>: ',
    );
    expect(run(trial, 'withdraw', 'CRT-001', ...BY).stderr).toContain('  --reason <text>: ');
  });

  testWithTool(['expect', '-v'])('is looked at first on a terminal', () => {
    const trial = started();
    const words = ['withdraw', 'CRT-001', '--from', 'study', '--date', '2026-06-05', ...why('x')];
    const { text } = atTerminal(trial.study, words, [['[y/N]', 'n\r']]);
    expect(text).toContain('D15: cancelled');
    expect(text).toContain('Nothing was recorded');
    expect(statesOf(trial, 'CRT-001').filter(isCancelled)).toEqual([]);
  });
});

test('wrong-stratum-cannot-be-recorded: the true level is kept beside the slot [R-094]', () => {
  const trial = depil2();
  const { study, statistician, folder } = trial;
  editStudy(
    trial,
    ['strata:', 'factors:\n  - { name: sex, levels: [F, M] }\nstrata:'],
    ['slots: 18', 'slotsPerStratum: 9'],
  );
  mustRun('allocate', '--study', study, '--plan', trial.plan);
  const who = ['--subject', 'S1', '--site', 'CRT', '--factor', 'sex=F', '--day1', '2026-06-01'];
  mustRun('randomize', '--study', study, ...who, ...BY);
  const list = readFileSync(join(study, 'allocation', 'list.csv'));
  const corrected = run(trial, 'correct', 'S1', '--factor', 'SEX=M', ...why('typing error'));
  expect(corrected.stdout).toBe(
    'S1: sex is M, not F. The slot R001 and its stratum site=CRT/sex=F stay.\n',
  );
  expect(run(trial, 'correct', 'S1', '--factor', 'sex=M', ...why('x')).stderr).toContain(
    'is M already',
  );
  expect(run(trial, 'correct', 'S1', '--factor', 'sex=X', ...why('x')).stderr).toContain('F or M');
  expect(run(trial, 'correct', 'S1', '--factor', 'age=X', ...why('x')).status).toBe(64);
  expect(run(trial, 'correct', 'S1', ...why('x')).stderr).toContain(
    'correct needs --factor <name=level...>',
  );
  expect(run(trial, 'status').stdout).toContain('Level corrected: 1');
  expect(run(trial, 'check', 'S1').stdout).toContain('sex is M; the slot was given for another');

  // Treatment stops; the follow-up of somebody who was not treated may stay planned.
  run(trial, 'randomized-in-error', 'S1', ...why('ineligible'));
  run(trial, 'withdraw', 'S1', '--from', 'treatment', '--date', '2026-05-28', ...why('ineligible'));
  const now = statesOf(trial, 'S1');
  expect(now.filter(isInjection).every(isCancelled)).toBe(true);
  expect(now).toContain('D60 assessment planned');
  const file = join(folder, 'table.csv');
  const all = ['--all', '--identity', statistician, '--reason', 'lock', '--output', file];
  expect(run(trial, 'unblind', ...all).status).toBe(0);
  const [cells] = parse<Record<string, string>>(readFileSync(file), { columns: true });
  expect(cells).toMatchObject({
    STRATUM: 'site=CRT/sex=F',
    sex: 'F',
    sex_corrected: 'M',
    WITHDDTC: '2026-05-28',
    WITHDFROM: 'treatment',
    RANDERR: 'Y',
  });
  expect(readFileSync(join(study, 'allocation', 'list.csv'))).toEqual(list);
  expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  // Back to what it was: nothing is corrected any more.
  run(trial, 'correct', 'S1', '--factor', 'sex=F', ...why('was right'));
  const told = run(trial, 'ledger', '--subject', 'S1').stdout;
  expect(told).toContain('S1 corrected: sex=M (was F)');
  expect(told).toContain('S1 corrected: sex=F (was M)');
  expect(run(trial, 'status').stdout).not.toContain('Level corrected');
});

describe('a randomization in error', () => {
  test('keeps the slot used, is told wherever the participant is, and is taken back', () => {
    const trial = started();
    const flag = 'randomized in error: "not eligible"';
    const { stdout } = run(trial, 'randomized-in-error', 'CRT-002', ...why('not eligible'));
    expect(stdout).toContain('CRT-002: randomized in error. R002 stays used.');
    expect(run(trial, 'calendar', 'CRT-002').stdout).toContain(`CRT-002: ${flag}`);
    expect(run(trial, 'check', 'CRT-002').stdout).toContain(flag);
    expect(run(trial, 'status').stdout).toContain('Randomized in error: 1');
    const dose = ['CRT-002', '--visit', 'D1', '--date', '2026-06-01', ...BY];
    expect(run(trial, 'dose', ...dose).stderr).toContain('CRT-002 was randomized in error (ledger');
    const again = run(trial, 'randomized-in-error', 'CRT-002', ...why('x'));
    expect(again.stderr).toContain('already (ledger');
    run(trial, 'randomized-in-error', 'CRT-002', '--retract', ...why('was eligible'));
    expect(run(trial, 'status').stdout).not.toContain('in error');
    expect(run(trial, 'ledger', '--subject', 'CRT-002').stdout).toContain(
      'entry 9 retracted: randomized in error',
    );
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  });
});
