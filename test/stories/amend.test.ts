import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import { testWithTool } from '../support/tools.ts';
import { startAt } from '../support/clock.ts';
import {
  allocated,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  testFolder,
  type Ran,
  type Trial,
} from '../support/command-line.ts';

const BY = ['--by', 'Example Statistician'];
const WHY = ['--reason', 'substantial amendment 2, approved'];

/** The schedule of DEPIL-2, with the maintenance from Day 16 on, a fifth injection, and another assessment. */
const schedule = (maintenance = '[16, 23, 30, 37, 44]') => `
    schedule:
      leastInterval: 1 day
      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, days: ${maintenance}, window: ±1 }
      assessments:
        - { name: Safety, days: [1, 60] }
        - { name: Sleep diary, days: 30 }
`;

const amendment = (id: string, from: string, applies: string, maintenance?: string) =>
  `  - id: ${id}\n    from: ${from}\n    applies: ${applies}${schedule(maintenance)}`;

function write({ study }: Trial, ...amendments: string[]): void {
  const file = join(study, 'study.yaml');
  const before = readFileSync(file, 'utf8');
  const head = before.includes('\namendments:') ? '' : '\namendments:\n';
  appendFileSync(file, `${head}${amendments.join('')}`);
}

function randomize({ study }: Trial, subject: string, day1: string): Ran {
  const who = ['--subject', subject, '--site', 'CRT', '--day1', day1];
  return randose('randomize', '--study', study, ...who, ...BY);
}

function amend({ study }: Trial, id: string, ...words: string[]): Ran {
  return randose('amend', '--study', study, '--id', id, ...WHY, ...BY, ...words);
}

/** `D15 injection 2026-06-15 planned`, for what is still to come. */
function calendarOf({ study }: Trial, subject: string): string[] {
  const { calendars } = jsonOf('calendar', subject, '--study', study) as {
    calendars: { events: Record<'visit' | 'kind' | 'date' | 'status', string>[] }[];
  };
  return calendars[0]!.events
    .filter(({ kind }) => kind === 'injection')
    .map(({ visit, date, status }) => `${visit} ${date} ${status}`);
}

describe('an amendment', () => {
  test('counts once it is in force, for whom it is, from its date on [R-092]', () => {
    const trial = allocated();
    const { study } = trial;
    expect(randomize(trial, 'CRT-001', '2026-06-01').status).toBe(0);
    for (const [visit, date] of [
      ...[['D1', '2026-06-01'] as const, ['D2', '2026-06-02'] as const],
      ...[['D3', '2026-06-03'] as const, ['D4', '2026-06-04'] as const],
      ...[['D5', '2026-06-05'] as const, ['D15', '2026-06-15'] as const],
    ]) {
      mustRun('dose', 'CRT-001', '--visit', visit, '--date', date, '--study', study, ...BY);
    }
    const before = calendarOf(trial, 'CRT-001');
    write(trial, amendment('A2', '2026-06-10', 'everyone'));

    // Until it is in force, nothing that depends on the schedule runs, and each says what to do.
    const hint = 'To put it in force: randose amend --id A2 --by WHO --reason TEXT';
    const refused = [
      randomize(trial, 'CRT-002', '2026-06-22'),
      randose('calendar', '--study', study),
      randose('dose', 'CRT-001', '--visit', 'D22', '--date', '2026-06-22', '--study', study, ...BY),
    ];
    for (const { status, stderr } of refused) {
      expect([status, stderr]).toEqual([65, expect.stringContaining(hint)]);
    }
    expect(mustRun('status', '--study', study)).toContain(hint);
    expect(mustRun('verify', '--study', study)).toContain(`To do: study.yaml has amendment A2`);
    expect(mustRun('amend', '--study', study)).toMatch(/A2 +2026-06-10 +everyone +no +0\n/);

    const dry = amend(trial, 'A2', '--dry-run');
    expect(dry.stdout).toContain('Dry run: nothing was recorded');
    const { status, stdout } = amend(trial, 'A2');
    expect(status).toBe(0);
    expect(stdout).toContain('It is for the later visits of 1 participant already randomized');
    expect(dry.stdout).toContain(stdout.trimEnd());
    // D15 was recorded before: it stays. The others follow the amendment.
    expect(calendarOf(trial, 'CRT-001')).toEqual([
      ...before.slice(0, 6),
      'D16 2026-06-16 planned',
      'D22 2026-06-22 cancelled',
      'D23 2026-06-23 planned',
      'D29 2026-06-29 cancelled',
      'D30 2026-06-30 planned',
      'D36 2026-07-06 cancelled',
      'D37 2026-07-07 planned',
      'D44 2026-07-14 planned',
    ]);
    expect(randomize(trial, 'CRT-002', '2026-06-22').status).toBe(0);
    expect(calendarOf(trial, 'CRT-002').join()).toContain('D5 2026-06-26 planned,D16 2026-07-07');
    expect(mustRun('calendar', 'CRT-002', '--study', study)).toContain('\nAmendments: A2\n');
    const csv = mustRun('calendar', '--format', 'csv', '--study', study);
    expect(csv).toMatch(/^CRT-001,.*,A2 from 2026-06-10,,,CRT-001,,$/m);
    expect(csv).toMatch(/^CRT-002,.*,A2,,,CRT-002,,$/m);
    expect(mustRun('ledger', '--study', study)).toContain(
      'amendment A2 in force, from 2026-06-10, for everyone',
    );
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  });

  test('names a rule between injections that it changes, and warns of one that it drops', () => {
    const trial = allocated();
    const rule = '      leastInterval: 1 day\n';
    const of = (id: string, from: string, rules: string) =>
      amendment(id, from, 'everyone').replace(rule, rules);
    const other = '      countedFrom: visit before\n      leastInterval: 1 day\n';
    write(trial, of('A2', '2026-06-10', rule), of('A3', '2026-06-11', ''));
    const first = amend(trial, 'A2');
    expect(first.stdout).toContain('Rule leastInterval: none → 1 day (induction, maintenance)\n');
    expect(first.stderr).not.toContain('A2 has no');
    const second = amend(trial, 'A3');
    expect(second.stdout).toContain('Rule leastInterval: 1 day → none (induction, maintenance)\n');
    expect(second.stderr).toContain('warning: amendment A3 has no leastInterval, which the sched');
    write(trial, of('A4', '2026-06-12', other));
    const third = amend(trial, 'A4', '--dry-run');
    const phases = '(induction, maintenance)';
    expect(third.stdout).toContain(`Rule leastInterval: none → 1 day ${phases}\n`);
    expect(third.stdout).toContain(`Rule countedFrom: none → visit before ${phases}\n`);
  });

  test('for later participants leaves the others as they are, until one consents again', () => {
    const trial = allocated();
    const { study } = trial;
    randomize(trial, 'CRT-001', '2026-06-01');
    const before = calendarOf(trial, 'CRT-001');
    write(trial, amendment('A2', '2026-06-10', 'later participants'));
    expect(amend(trial, 'A2', '--subject', 'CRT-001').stderr).toContain('A2 is not in force');
    const { stdout } = amend(trial, 'A2');
    expect(stdout).toContain('No calendar of an earlier participant changes.');
    randomize(trial, 'CRT-002', '2026-06-01');
    expect(calendarOf(trial, 'CRT-001')).toEqual(before);
    expect(calendarOf(trial, 'CRT-002')).toEqual(before);

    startAt('2026-06-12T08:00:00Z');
    randomize(trial, 'CRT-003', '2026-06-22');
    expect(calendarOf(trial, 'CRT-003')).toContain('D16 2026-07-07 planned');
    const again = amend(trial, 'A2', '--subject', 'CRT-003');
    expect(again.stderr).toContain('CRT-003 has amendment A2 since the randomization');
    expect(amend(trial, 'A2', '--subject', 'crt-001', '--date', '2026-06-23').status).toBe(0);
    expect(calendarOf(trial, 'CRT-001')).toEqual([
      ...before.slice(0, 7),
      'D23 2026-06-23 planned',
      'D29 2026-06-29 cancelled',
      'D30 2026-06-30 planned',
      'D36 2026-07-06 cancelled',
      'D37 2026-07-07 planned',
      'D44 2026-07-14 planned',
    ]);
    expect(calendarOf(trial, 'CRT-002')).toEqual(before);
    expect(mustRun('calendar', 'CRT-001', '--study', study)).toContain('A2 from 2026-06-23');
    expect(amend(trial, 'A2', '--subject', 'CRT-001').stderr).toContain('since 2026-06-23');
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  });

  test('from a date in the past says over what it reaches back; from before the list it is refused', () => {
    const trial = allocated();
    randomize(trial, 'CRT-001', '2026-06-01');
    const dose = ['dose', 'CRT-001', '--study', trial.study, ...BY];
    mustRun(...dose, '--visit', 'D1', '--date', '2026-06-01');
    mustRun(...dose, '--visit', 'D2', '--date', '2026-06-02');
    mustRun(...dose, '--visit', 'D3', '--date', '2026-06-03');
    startAt('2026-06-15T09:30:00Z');
    write(trial, amendment('A2', '2026-06-02', 'everyone'));
    const { stderr } = amend(trial, 'A2', '--dry-run');
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'amendment A2 counts from 2026-06-02 Tue, 13 days ago. It reaches back over 2 recorded visits of 1 participant, which stay as they are. Is the date right?',
    );
    editStudy(trial, ['from: 2026-06-02', 'from: 2025-06-02']);
    expect(amend(trial, 'A2')).toMatchObject({
      status: 65,
      stderr: expect.stringContaining('before the list was made') as string,
    });
    editStudy(trial, ['from: 2025-06-02', 'from: 2026-06-13']);
    expect(amend(trial, 'A2').stderr).not.toContain('Is the date right?');
  });

  test('a move with a wrong date is refused, or taken back', () => {
    const trial = allocated();
    const { study } = trial;
    startAt('2026-06-12T08:00:00Z');
    randomize(trial, 'CRT-001', '2026-06-15');
    randomize(trial, 'CRT-002', '2026-06-15');
    const before = calendarOf(trial, 'CRT-001');
    write(trial, amendment('A2', '2026-06-14', 'later participants'));
    amend(trial, 'A2');
    const move = (...words: string[]) => amend(trial, 'A2', '--subject', 'CRT-001', ...words);
    for (const [typed, said, hint] of [
      [
        '2036-06-22',
        'CRT-001: 2036-06-22 Sun is 3663 days ahead. Is the year right?',
        'record it on',
      ],
      ['2026-06-11', 'is before the randomization, on 2026-06-12 Fri', 'Nothing was recorded'],
      ['2026-06-13', 'is before amendment A2 counts, from 2026-06-14 Sun', '2026-06-14 or later'],
    ] as const) {
      const { status, stderr } = move('--date', typed);
      expect([status, stderr]).toEqual([65, expect.stringContaining(said)]);
      expect(stderr).toContain(hint);
    }
    expect(move('--retract').stderr).toContain('CRT-001 was not moved to amendment A2');
    expect(amend(trial, 'A2', '--retract').stderr).toContain('--retract needs --subject');
    expect(move('--retract', '--date', 'today').stderr).toContain('leave out --date');
    expect(randose('amend', '--study', study, '--retract').stderr).toContain('Add --id');

    expect(move('--date', '2026-07-20').status).toBe(0);
    const again = move('--date', '2026-07-01').stderr;
    expect(again).toContain('CRT-001 has amendment A2 since 2026-07-20');
    expect(again).toContain('randose amend --id A2 --subject CRT-001 --retract');
    const moved = calendarOf(trial, 'CRT-001');
    expect(moved).not.toEqual(before);
    const { stdout } = amend(trial, 'a2', '--subject', 'crt-001', '--retract');
    expect(stdout).toContain(
      'CRT-001: the move to amendment A2 from 2026-07-20 (ledger 5) is taken back.',
    );
    expect(calendarOf(trial, 'CRT-001').filter((one) => !one.endsWith('cancelled'))).toEqual(
      before,
    );
    expect(mustRun('calendar', 'CRT-001', '--study', study)).not.toContain('Amendments:');
    expect(mustRun('ledger', '--study', study)).toContain(
      'entry 5 retracted: amendment A2 for CRT-001, from 2026-07-20',
    );
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);

    // What was recorded of a visit that only the amendment has is taken back first.
    expect(move('--date', 'today+2').status).toBe(0);
    expect(calendarOf(trial, 'CRT-001').join()).toContain('D16 2026-06-30 planned');
    startAt('2026-06-30T08:00:00Z');
    const given = ['--study', study, ...BY, '--date'];
    for (const day of [1, 2, 3, 4, 5]) {
      mustRun('dose', 'CRT-001', '--visit', `D${day}`, ...given, `2026-06-${day + 14}`);
    }
    mustRun('dose', 'CRT-001', '--visit', 'D16', ...given, '2026-06-30');
    const refused = move('--retract');
    expect([refused.status, refused.stderr]).toEqual([
      65,
      expect.stringContaining('D16 (ledger 13)'),
    ]);
    mustRun(
      'dose',
      'CRT-001',
      '--visit',
      'D16',
      '--retract',
      '--reason',
      'x',
      '--study',
      study,
      ...BY,
    );
    expect(move('--retract').status).toBe(0);
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  });

  test('that counts far in the future is warned of: nothing can change its date', () => {
    const trial = allocated();
    write(trial, amendment('A2', '2036-06-10', 'everyone'));
    expect(amend(trial, 'A2').stderr).toMatch(
      /amendment A2 counts from 2036-06-10 Tue, \d+\s+days ahead\. Is the year\s+right\?/,
    );
  });

  test('that was put in force cannot be edited or left out', () => {
    const trial = allocated();
    const { study } = trial;
    const original = readFileSync(join(study, 'study.yaml'), 'utf8');
    write(trial, amendment('A2', '2026-06-10', 'everyone'));
    amend(trial, 'A2');
    const accepted = readFileSync(join(study, 'study.yaml'), 'utf8');
    editStudy(trial, ['window: ±1', 'window: ±2']);
    for (const text of [original, readFileSync(join(study, 'study.yaml'), 'utf8')]) {
      writeFileSync(join(study, 'study.yaml'), text);
      const { status, stderr } = randose('calendar', '--study', study);
      expect(status).toBe(65);
      expect(stderr).toContain(
        'no longer has amendment A2 as it was put in force (ledger entry 2)',
      );
      expect(stderr).toContain('write a further amendment');
      const checked = randose('verify', '--study', study);
      expect([checked.status, checked.stdout]).toEqual([
        1,
        expect.stringContaining('was changed after the list was sealed: amendments'),
      ]);
    }
    mustRun('study', '--study', study, '--restore', ...BY, '--reason', 'edited by mistake');
    expect(readFileSync(join(study, 'study.yaml'), 'utf8')).toBe(accepted);
    write(trial, amendment('A3', '2026-07-01', 'everyone', '[16, 23]'));
    expect(amend(trial, 'A2').stderr).toContain('is in force already (ledger 2)');
    expect(amend(trial, 'A3').status).toBe(0);
    expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
  });

  test('is put in force in the order of the dates', () => {
    const trial = allocated();
    write(
      trial,
      amendment('A2', '2026-06-10', 'everyone'),
      amendment('A3', '2026-07-01', 'everyone'),
    );
    expect(amend(trial, 'A3').stderr).toContain('amendment A2 comes before A3');
    expect(amend(trial, 'A4').stderr).toContain('study.yaml has no amendment "A4"');
    expect(amend(trial, 'A2').status).toBe(0);
    expect(amend(trial, 'a3').status).toBe(0);
  });

  test('counts for the slots that are added later, which can get more units', () => {
    const trial = allocated();
    write(trial, amendment('A2', '2026-05-28', 'everyone'));
    expect(amend(trial, 'A2').stderr).toContain('has 10 injections, and a kit has 9 units');
    editStudy(trial, ['    slots: 18', '    slots: 24']);
    const extend = () => {
      const words = ['--plan', trial.plan, '--identity', trial.statistician, '--dry-run'];
      const { stdout, stderr } = randose('allocate', '--extend', '--study', trial.study, ...words);
      return `${stdout}${stderr}`.replace(/\s+/g, ' ');
    };
    expect(extend()).toContain('Injections 10 for each participant (amendment A2)');
    expect(extend()).toContain(
      'the schedule of amendment A2 has 10 injections, and a kit has 9 units. For the new slots, raise the spare kits (spares, under supplies in study.yaml) or the units of a kit before you draw.',
    );
    editStudy(trial, ['    spares: 0', '    spares: 1']);
    expect(extend()).toContain('and a kit has 9 units. For the new slots, their spare kits have');
  });

  test('of what is sealed is refused, with what to do instead', () => {
    const trial = allocated();
    write(trial, amendment('A2', '2026-06-10', 'everyone'));
    appendFileSync(join(trial.study, 'study.yaml'), '    arms: []\n    strata: {}\n');
    const { status, stderr } = amend(trial, 'A2');
    expect(status).toBe(78);
    expect(stderr).toContain('other arms need a new study');
    expect(stderr).toContain(
      'slots are added under strata: randose allocate --extend --plan FILE --identity KEY',
    );
  });

  test('is not for a study without a list', () => {
    const trial = allocated();
    write(trial, amendment('A2', '2026-06-10', 'everyone'));
    const study = join(testFolder(), 'new');
    cpSync(join(trial.study, 'study.yaml'), join(study, 'study.yaml'), { recursive: true });
    const { status, stderr } = randose('allocate', '--study', study, '--plan', trial.plan);
    expect(status).toBe(78);
    expect(stderr).toContain('before allocate, write the schedule itself');
  });

  test('reaches calendars by SEQUENCE, and what is dropped is cancelled there', () => {
    startAt('2026-05-28T08:00:00Z');
    const trial = allocated();
    randomize(trial, 'CRT-001', '2026-06-01');
    const events = () =>
      new Map(
        mustRun('calendar', 'CRT-001', '--format', 'ics', '--study', trial.study)
          .replaceAll('\r\n ', '')
          .split('BEGIN:VEVENT')
          .slice(1)
          .map((text): [string, string] => [/^UID:(.*)\r$/m.exec(text)![1]!, text]),
      );
    const before = events();
    write(trial, amendment('A2', '2026-06-10', 'everyone'));
    amend(trial, 'A2');
    const now = events();
    // Nothing disappears: a client that imports the file cancels what is dropped.
    for (const [uid, text] of before) {
      const after = now.get(uid)!;
      const isSame = /DTSTART.*\r\n/.exec(text)![0] === /DTSTART.*\r\n/.exec(after)![0];
      const isCancelled = after.includes('STATUS:CANCELLED');
      expect(isSame).toBe(true);
      if (isCancelled) expect(after).toContain('SEQUENCE:1');
    }
    const cancelled = [...now.values()].filter((text) => text.includes('STATUS:CANCELLED'));
    expect(cancelled.length).toBeGreaterThan(3);
    expect(now.size).toBeGreaterThan(before.size);
  });
});

test('schedule-amendment: an edited schedule is refused, with the way to amend it', () => {
  const trial = allocated();
  randomize(trial, 'CRT-001', '2026-06-01');
  editStudy(trial, ['weeks: 3-6', 'weeks: 4-7']);
  for (const words of [
    ['calendar'],
    ['randomize', '--subject', 'B', '--site', 'CRT', '--day1', '2026-06-01', ...BY],
  ]) {
    const { status, stderr } = randose(...words, '--study', trial.study);
    expect(status).toBe(65);
    expect(stderr).toContain('was changed after the list was sealed: schedule');
    expect(stderr).toContain('write the new schedule under amendments, then run: randose amend');
  }
});

testWithTool(['expect', '-v'])('what an amendment changes and the question fit one screen', () => {
  const trial = allocated();
  for (const place of [1, 2, 3, 4, 5, 6, 7, 8]) randomize(trial, `CRT-00${place}`, '2026-06-01');
  write(trial, amendment('A2', '2026-06-10', 'everyone'));
  const words = ['amend', '--id', 'A2', ...WHY, ...BY, '--study', trial.study];
  const { status, text } = atTerminal(trial.folder, words, [['[y/N]', 'n']]);
  expect(status).toBe(64);
  const shown = text.slice(text.indexOf('Amendment A2 from'));
  expect(shown.split('\n').length).toBeLessThan(24);
  expect(shown).toMatch(
    /^ +CRT-001: \d+ cancelled, .*\d+ new$|^ +CRT-001: .*\d+ new, \d+ cancelled$/m,
  );
  expect(shown).toContain('and 2 other participants');
  expect(shown).toContain('To see every date first, add --dry-run.');
  const dry = amend(trial, 'A2', '--dry-run').stdout;
  expect(dry).toContain('D16 Injection');
  expect(dry).not.toContain('To see every date');
});
