import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  allocated,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'Example Nurse'];
const WHY = ['--reason', 'all queries are closed', '--by', 'Example Manager'];

/** A trial with one participant, who has had Day 1; nobody recorded Day 2 yet. */
function started(): Trial {
  const trial = allocated();
  const on = ['--study', trial.study];
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01'];
  mustRun('randomize', ...who, ...on, ...BY);
  mustRun('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01', ...on, ...BY);
  // The clock of the trial goes on to the day of its last record.
  mustRun('dose', 'CRT-001', '--visit', 'D2', '--date', '2026-06-02', ...on, ...BY);
  mustRun('dose', 'CRT-001', '--visit', 'D2', '--retract', ...on, ...WHY);
  return trial;
}

function run({ study }: Trial, ...words: string[]): Ran {
  return randose(...words, '--study', study);
}

describe('a locked database', () => {
  test('takes nothing about participants, visits and kits, and is unlocked with a reason [R-096]', () => {
    const trial = started();
    const { status, stdout, stderr } = run(trial, 'lock', ...WHY);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^The database is locked\.\n/);
    expect(stderr).toMatch(
      /1 injection up to today is not recorded as given or not done, the first: D2 of CRT-001 on 2026-06-02\./,
    );
    const kit = (jsonOf('calendar', '--study', trial.study) as { calendars: { kit: string }[] })
      .calendars[0]!.kit;
    const refused = [
      ['randomize', '--subject', 'CRT-002', '--site', 'CRT', '--day1', '2026-06-08', ...BY],
      ['dose', 'CRT-001', '--visit', 'D2', '--date', '2026-06-02', ...BY],
      ['dose', 'CRT-001', '--visit', 'D1', '--retract', ...WHY],
      ['move', 'CRT-001', '--visit', 'D15', '--date', '2026-06-16', ...WHY],
      ['withdraw', 'CRT-001', '--from', 'study', '--date', '2026-06-02', ...WHY],
      ['correct', 'CRT-001', '--new-id', 'CRT-010', ...WHY],
      ['randomized-in-error', 'CRT-001', ...WHY],
      ['kit', 'received', '--kits', kit, '--date', '2026-06-01', ...BY],
    ];
    for (const words of refused) {
      for (const dry of [[], ['--dry-run']]) {
        const ran = run(trial, ...words, ...dry);
        expect(ran.stderr, words.join(' ')).toMatch(
          /^error: the database was locked on \d{4}-\d\d-\d\d \(UTC\) by Example Manager \(ledger 6\)\n/,
        );
        expect(ran.stderr).toContain('randose unlock --reason TEXT --by WHO');
        expect(ran.status).toBe(65);
      }
    }
    expect(mustRun('status', '--study', trial.study)).toContain('The database was locked on');
    expect(run(trial, 'lock', ...WHY).stderr).toMatch(
      /^error: the database is locked already\nIt was locked on \d{4}-\d\d-\d\d \(UTC\) by Example Manager \(ledger 6\)\. Nothing/,
    );
    mustRun('verify', '--study', trial.study);
    // Whoever needs to know an arm is not stopped.
    const why = ['--reason', 'serious adverse event'];
    const opened = run(trial, 'unblind', 'CRT-001', '--identity', trial.officer, ...why);
    expect(opened.status).toBe(0);
    expect(run(trial, 'unlock', ...WHY).stdout).toMatch(/^The database is unlocked\.\n/);
    mustRun(
      'dose',
      'CRT-001',
      '--visit',
      'D2',
      '--date',
      '2026-06-02',
      '--study',
      trial.study,
      ...BY,
    );
    expect(run(trial, 'unlock', ...WHY).stderr).toMatch(
      /^error: the database is not locked\nIt was unlocked on \d{4}-\d\d-\d\d \(UTC\) by Example Manager/,
    );
    mustRun('verify', '--study', trial.study);
    expect(mustRun('ledger', '--kind', 'lock', '--study', trial.study)).toContain(
      'database locked',
    );
  });

  test('is not extended either, and needs a reason [R-096]', () => {
    const trial = started();
    expect(run(trial, 'lock', ...BY).stderr).toMatch(/^error: lock needs --reason <text>/);
    mustRun('lock', '--study', trial.study, ...WHY);
    editStudy(trial, ['slots: 18', 'slots: 24']);
    const ran = run(
      trial,
      'allocate',
      '--extend',
      '--plan',
      trial.plan,
      '--identity',
      trial.statistician,
      ...BY,
    );
    expect(ran.stderr).toMatch(/^error: the database was locked on /);
  });

  testWithTool(['expect', '-v'])('asks first on a terminal', () => {
    const { study } = started();
    const { text } = atTerminal(study, ['lock', ...WHY], [['[y/N]', 'n\r']]);
    expect(text).toContain('Nothing was recorded');
    expect(mustRun('ledger', '--study', study)).not.toContain('database locked');
  });
});

describe('a site that is closed for enrolment', () => {
  test('takes a new participant only as a deviation', () => {
    const trial = started();
    editStudy(trial, ['timeZone: Europe/Paris', 'timeZone: Europe/Paris\n    enrolment: closed']);
    const words = ['--subject', 'CRT-002', '--site', 'CRT', '--day1', 'today', ...BY];
    const refused = run(trial, 'randomize', ...words);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('CRT-002: site CRT is closed for enrolment');
    expect(mustRun('status', '--study', trial.study)).toContain('Closed for enrolment: CRT\n');
    const why = ['--deviation', '--reason', 'had consented before'];
    expect(run(trial, 'randomize', ...words, ...why).status).toBe(0);
    // Those who are in it go on.
    mustRun(
      'dose',
      'CRT-001',
      '--visit',
      'D2',
      '--date',
      '2026-06-02',
      '--study',
      trial.study,
      ...BY,
    );
    mustRun('verify', '--study', trial.study);
  });
});
