import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  depil2,
  editStudy,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { startAt } from '../support/clock.ts';

const BY = ['--by', 'Example Nurse'];
const ANYWAY = ['--deviation', '--reason', 'wrong box'];

/** Two participants with Day 1 on a Monday; the weekly injections have a window. */
function participants(): Trial {
  const trial = depil2();
  editStudy(trial, [
    '{phase: maintenance, weeks: 3-6}',
    '{phase: maintenance, weeks: 3-6, window: -1/+2}',
  ]);
  startAt('2026-06-12T08:00:00Z');
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  for (const subject of ['A1', 'A2']) {
    const one = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-15'];
    mustRun('randomize', '--study', trial.study, ...one, ...BY);
  }
  return trial;
}

function dose({ study }: Trial, visit: string, date: string, ...more: string[]): Ran {
  const about = ['--subject', 'A1', '--visit', visit, '--date', date];
  return randose('dose', '--study', study, ...about, ...BY, ...more);
}

function done(ran: Ran): Ran {
  expect(ran).toMatchObject({ status: 0 });
  return ran;
}

/** Refused, and nothing is recorded. */
function refused(trial: Trial, visit: string, date: string, ...more: string[]): string {
  const before = readFileSync(join(trial.study, 'ledger.jsonl'));
  const { status, stdout, stderr } = dose(trial, visit, date, ...more);
  expect([status, stdout]).toEqual([65, '']);
  expect(readFileSync(join(trial.study, 'ledger.jsonl'))).toEqual(before);
  return stderr;
}

interface Event {
  readonly kind: string;
  readonly visit: string;
  readonly kitUsed: string | null;
  readonly deviations: { readonly rule: string }[];
  readonly declared: { readonly rules: string[]; readonly reason: string } | null;
}

function eventOf({ study }: Trial, name: string): Event {
  const { calendars } = jsonOf('calendar', '--study', study, '--subject', 'A1') as {
    calendars: { events: Event[] }[];
  };
  return calendars[0]!.events.find(({ kind, visit }) => kind === 'injection' && visit === name)!;
}

const sheetOf = ({ study }: Trial) =>
  mustRun('calendar', '--study', study, '--subject', 'A1').replace(/\s+/g, ' ');
function rowOf({ study }: Trial, name: string): Record<string, string> | undefined {
  const text = mustRun('calendar', '--study', study, '--subject', 'A1', '--format', 'csv');
  const rows: Record<string, string>[] = parse(text, { columns: true });
  return rows.find(({ kind, visit }) => kind === 'injection' && visit === name);
}

describe('an injection from a wrong kit', () => {
  test("another participant's: it is in the calendar and in both kits' accounts", () => {
    const trial = participants();
    const [own = '', other = ''] = kitsOfTrial(trial);
    const kits = ['--study', trial.study, '--date', '2026-06-14', ...BY];
    mustRun('kit', 'received', '--kits', `${own},${other}`, ...kits);
    mustRun('kit', 'dispensed', '--kits', own, '--subject', 'A1', ...kits);
    done(dose(trial, 'D1', '2026-06-15'));
    const told = refused(trial, 'D2', '2026-06-16', '--kit', other);
    expect(told).toContain('error: D2 of A1 cannot be recorded\n');
    expect(told).toContain(`kit: ${other} is not A1's kit: A1 has ${own}. ${other} belongs to A2`);
    expect(told).not.toContain('Allowed:');
    expect(told).toContain('To record it anyway as a protocol deviation, add: --deviation');
    done(dose(trial, 'D2', '2026-06-16', '--kit', other, ...ANYWAY));
    expect(eventOf(trial, 'D2')).toMatchObject({
      kitUsed: other,
      deviations: [{ rule: 'kit' }],
      declared: { rules: ['kit'], reason: 'wrong box' },
    });
    expect(rowOf(trial, 'D2')).toMatchObject({ kit: own, kit_used: other, deviations: 'kit' });
    expect(sheetOf(trial)).toContain('Declared: kit, "wrong box" (ledger 8).');
    const check = (kit: string) => mustRun('check', '--study', trial.study, '--kit', kit);
    expect(check(own)).toContain(`Others  D2 of A1 on 2026-06-16 Tue, from kit ${other}`);
    expect(check(own)).toContain('9 dispensed, 1 given, 8 open');
    expect(check(other)).toContain(
      "Given   D2 of A1 on 2026-06-16 Tue: NOT THIS KIT'S PARTICIPANT (ledger 8)",
    );
    expect(check(other)).toContain('9 units, 1 given although the kit is not dispensed, 8 left');
    mustRun('kit', 'dispensed', '--kits', other, '--subject', 'A2', ...kits);
    expect(check(other)).toContain('9 dispensed, 1 given, 8 open');
    expect(jsonOf('check', '--study', trial.study, '--kit', other)).toMatchObject({
      doses: [{ subject: 'A1', visit: 'D2', kit: other }],
      elsewhere: [],
      units: { given: 1, open: 8 },
    });
    expect(jsonOf('status', '--study', trial.study).deviations).toEqual({
      count: 1,
      participants: 1,
      byRule: { kit: 1 },
    });
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('of another study: it is named as written on it, and the own kit keeps its units', () => {
    const trial = participants();
    const [own = ''] = kitsOfTrial(trial);
    const kits = ['--study', trial.study, '--date', '2026-06-14', '--kits', own, ...BY];
    mustRun('kit', 'received', ...kits);
    mustRun('kit', 'dispensed', '--subject', 'A1', ...kits);
    // A typing error never becomes a kit of another study.
    expect(refused(trial, 'D1', '2026-06-15', '--kit', 'NONSENS', ...ANYWAY)).toContain(
      '--other-kit TEXT --deviation --reason TEXT',
    );
    const other = ['--other-kit', 'LOT 77/A'];
    expect(refused(trial, 'D1', '2026-06-15', ...other)).toContain(
      '"LOT 77/A" is not a kit of this study',
    );
    expect(dose(trial, 'D1', '2026-06-15', '--other-kit', 'A\u202eB', ...ANYWAY).status).toBe(64);
    done(dose(trial, 'D1', '2026-06-15', ...other, ...ANYWAY));
    expect(eventOf(trial, 'D1')).toMatchObject({
      kitUsed: 'LOT 77/A',
      deviations: [{ rule: 'kit' }],
    });
    const checked = mustRun('check', '--study', trial.study, '--kit', own);
    expect(checked).toContain('Others  D1 of A1 on 2026-06-15 Mon, from kit LOT 77/A');
    expect(randose('status', '--study', trial.study).stderr).toContain(
      'D1 of A1 was given from kit "LOT 77/A", which is not a kit of this study',
    );
    expect(mustRun('status', '--study', trial.study)).toContain('9 dispensed, 0 given');
    const key = ['--identity', trial.officer, '--reason', 'example'];
    const opened = mustRun('unblind', '--study', trial.study, '--subject', 'A1', ...key);
    expect(opened).toMatch(/ANOTHER KIT: .*was given "LOT 77\/A" on 2026-06-15, which is not/);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });
});

describe('a refusal names what is in the way', () => {
  test('the order alone, without dates', () => {
    const told = refused(participants(), 'D3', '2026-06-17');
    expect(told).toMatch(/^error: D3 of A1 cannot be recorded\n {2}order: D1, D2 come before D3/);
    expect(told).not.toMatch(/Allowed|not allowed/);
  });

  test('the date, with the dates that are allowed', () => {
    const trial = participants();
    const told = refused(trial, 'D1', '2026-06-11');
    expect(told).toContain('error: D1 of A1: 2026-06-11 Thu is not allowed\n');
    expect(told).toContain('before randomization: A1 was randomized on 2026-06-12 Fri');
    expect(told).toMatch(/Allowed: 2026-06-12 Fri/);
    done(dose(trial, 'D1', '2026-06-11', '--deviation', '--reason', 'emergency'));
    expect(eventOf(trial, 'D1').deviations).toMatchObject([{ rule: 'before randomization' }]);
  });
});

test('a correction of Day 1 says what is now in and out of its window', () => {
  const trial = participants();
  for (const day of [1, 2, 3, 4, 5]) {
    const more = day === 1 ? [] : ['--not-done', '--reason', 'fever'];
    done(dose(trial, `D${day}`, `2026-06-${14 + day}`, ...more));
  }
  done(dose(trial, 'D15', '2026-06-28'));
  const correct = (date: string) =>
    dose(trial, 'D1', date, '--correct', '--reason', 'typing error').stderr.replace(/\s+/g, ' ');
  expect(correct('2026-06-17')).toContain(
    'D15 Injection 6 of 9 on 2026-06-28 Sun is now a deviation (window: its window is',
  );
  expect(sheetOf(trial)).toMatch(
    /D15 on 2026-06-28 Sun: window: its window is [^.]*\. Not declared when it was entered\./,
  );
  expect(mustRun('status', '--study', trial.study)).toContain(
    'Deviations: 5 in 1 participant (missed 4, window 1)',
  );
  expect(mustRun('calendar', '--study', trial.study)).toContain(
    'With deviations: 1 participant (A1).',
  );
  expect(correct('2026-06-15')).toContain('is no longer a deviation (window: its window is');
  expect(eventOf(trial, 'D15').deviations).toEqual([]);
});

describe('the list of deviations', () => {
  test('has every rule that is broken now, and what was declared [R-076]', () => {
    const trial = participants();
    const [, other = ''] = kitsOfTrial(trial);
    expect(mustRun('deviations', '--study', trial.study)).toBe('No deviation is on record.\n');
    done(dose(trial, 'D1', '2026-06-15'));
    done(dose(trial, 'D2', '2026-06-16', '--kit', other, ...ANYWAY));
    done(dose(trial, 'D3', '2026-06-17', '--not-done', '--reason', 'fever'));
    const far = ['--subject', 'A3', '--site', 'CRT', '--day1', '2026-12-01', '--deviation'];
    mustRun('randomize', '--study', trial.study, ...far, '--reason', 'abroad', ...BY);
    const csv = mustRun('deviations', '--study', trial.study, '--format', 'csv');
    const rows: Record<string, string>[] = parse(csv, { columns: true });
    expect(
      rows.map(({ subject, kind, visit, date, rule, declared, reason }) =>
        [subject, kind, visit, date, rule, declared, reason].join('|'),
      ),
    ).toEqual([
      'A1|injection|D2|2026-06-16|kit|Y|wrong box',
      'A1|injection|D3|2026-06-17|missed||fever',
      'A3|randomization||2026-06-17|day 1 far from today|Y|abroad',
    ]);
    expect(jsonOf('deviations', '--study', trial.study)).toMatchObject({ deviations: rows });
    const table = mustRun('deviations', 'A1', '--study', trial.study);
    expect(table).toMatch(/^A1 +D3 +2026-06-17 Wed +missed *$/m);
    expect(table).toContain('\n2 deviations of 1 participant.\n');
    // A correction takes it out again.
    done(dose(trial, 'D3', '2026-06-17', '--correct', '--reason', 'was given'));
    expect(mustRun('deviations', 'A1', '--study', trial.study)).toContain('1 deviation of 1');
  });
});
