import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { depil2, jsonOf, mustRun, randose, type Trial } from '../support/command-line.ts';
import { uidOf } from '../support/calendar-uids.ts';
import { startAt } from '../support/clock.ts';

const BY = ['--by', 'Example Nurse'];
const MISTAKE = ['--retract', '--reason', 'another participant', ...BY];

/** One participant whose Day 1 was planned for a Monday, and given on it; then Days 2 and 3. */
function participant(): Trial {
  const trial = depil2();
  startAt('2026-06-12T08:00:00Z');
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  const one = ['--subject', 'A1', '--site', 'CRT', '--day1', '2026-06-15'];
  mustRun('randomize', '--study', trial.study, ...one, ...BY);
  for (const day of [1, 2, 3])
    mustRun(...dose(trial, `D${day}`), '--date', `2026-06-${14 + day}`, ...BY);
  return trial;
}

const dose = (trial: Trial, visit: string) => about('dose', trial, visit);
const move = (trial: Trial, visit: string) => about('move', trial, visit);
const about = (command: string, { study }: Trial, visit: string) => [
  command,
  ...['--study', study, '--subject', 'A1', '--visit', visit],
];

const ledger = ({ study }: Trial) => readFileSync(join(study, 'ledger.jsonl'), 'utf8');

/** Runs a command that must refuse, and change nothing. @returns what it says */
function refused(trial: Trial, ...words: string[]): string {
  const before = ledger(trial);
  const { status, stdout, stderr } = randose(...words);
  expect([status === 64 || status === 65, stdout]).toEqual([true, '']);
  expect(ledger(trial)).toBe(before);
  return stderr;
}

/** Visit → date and status of each injection. */
function injections({ study }: Trial): Record<string, string> {
  const { calendars } = jsonOf('calendar', '--study', study, '--subject', 'A1') as {
    calendars: { events: { kind: string; visit: string; date: string; status: string }[] }[];
  };
  const events = calendars[0]!.events.filter(({ kind }) => kind === 'injection');
  return Object.fromEntries(
    events.map(({ visit, date, status }) => [visit, `${date.slice(5)} ${status}`]),
  );
}

/** The event of an injection, as a calendar program reads it. */
function event({ study }: Trial, visit: string): ICAL.Event {
  const words = ['--subject', 'A1', '--format', 'ics'];
  const text = mustRun('calendar', '--study', study, ...words);
  const events = new ICAL.Component(ICAL.parse(text) as unknown[])
    .getAllSubcomponents('vevent')
    .map((one) => new ICAL.Event(one));
  return events.find(({ uid }) => uid === uidOf('A1', visit))!;
}

describe('the record of an injection', () => {
  test('of the wrong participant is taken back: the injection is planned again, and both stay in the ledger [R-061]', () => {
    const trial = participant();
    const [uid] = [event(trial, 'D3').uid];
    expect(event(trial, 'D3').sequence).toBe(1);
    expect(mustRun(...dose(trial, 'D3'), ...MISTAKE)).toContain(
      'D3 of A1: the record "given on 2026-06-17" (ledger 5) is taken back; now planned for 2026-06-17 Wed.',
    );
    expect(injections(trial)).toMatchObject({ D2: '06-16 given', D3: '06-17 planned' });
    expect(event(trial, 'D3')).toMatchObject({ uid, sequence: 2 });
    const told = mustRun('ledger', '--study', trial.study, '--kind', 'dose');
    expect(told).toContain('D3 of A1: given on 2026-06-17');
    expect(told).toMatch(
      /D3 of A1 on 2026-06-17: entry 5 retracted\n.*Example Nurse\n.*"another participant"/,
    );
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
    expect(refused(trial, ...dose(trial, 'D3'), ...MISTAKE)).toMatch(
      /D3 of A1 is not recorded\n.*Recorded for A1: D1, D2\./,
    );
    mustRun(...dose(trial, 'D3'), '--date', '2026-06-18', ...BY);
    expect(injections(trial)).toMatchObject({ D3: '06-18 given' });
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('that was entered as missed, and as a correction, is taken back alike', () => {
    const trial = participant();
    const corrected = ['--not-done', '--correct', '--reason', 'another participant', ...BY];
    mustRun(...dose(trial, 'D3'), '--date', '2026-06-17', ...corrected);
    expect(injections(trial)).toMatchObject({ D3: '06-17 not done' });
    expect(mustRun(...dose(trial, 'D3'), ...MISTAKE)).toContain('on again');
    expect(injections(trial)).toMatchObject({ D3: '06-17 planned' });
  });

  test('before others is taken back with them, the last one first', () => {
    const trial = participant();
    const told = refused(trial, ...dose(trial, 'D1'), ...MISTAKE);
    expect(told).toContain('D1 of A1 cannot be taken back alone: D2, D3 come after it');
    expect(told).toContain('To take back D2, D3 too, add: --rest');
    mustRun(...dose(trial, 'D1'), ...MISTAKE, '--rest');
    expect(injections(trial)).toMatchObject({ D1: '06-15 planned', D3: '06-17 planned' });
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('of Day 1 is taken back, and all days are counted from the planned one', () => {
    const trial = participant();
    mustRun(...dose(trial, 'D2'), ...MISTAKE, '--rest');
    const late = ['--date', '2026-06-16', '--correct', '--reason', 'typing error', ...BY];
    mustRun(...dose(trial, 'D1'), ...late);
    expect(injections(trial)).toMatchObject({ D36: '07-21 planned' });
    const told = mustRun(...dose(trial, 'D1'), ...MISTAKE);
    expect(told).toContain('D36 Injection 9 of 9: 2026-07-21 → 2026-07-20 Mon');
    expect(injections(trial)).toMatchObject({ D1: '06-15 planned', D36: '07-20 planned' });
  });

  test('gives the unit back to the kit', () => {
    const trial = participant();
    const { calendars } = jsonOf('calendar', '--study', trial.study) as {
      calendars: { kit: string }[];
    };
    const kits = [
      '--study',
      trial.study,
      '--kits',
      calendars[0]!.kit,
      '--date',
      '2026-06-14',
      ...BY,
    ];
    mustRun('kit', 'received', ...kits);
    mustRun('kit', 'dispensed', ...kits, '--subject', 'A1');
    const status = () => mustRun('status', '--study', trial.study);
    expect(status()).toContain('9 dispensed, 3 given, 0 returned, 6 not yet accounted for');
    mustRun(...dose(trial, 'D3'), ...MISTAKE);
    expect(status()).toContain('9 dispensed, 2 given, 0 returned, 7 not yet accounted for');
  });

  test('is taken back as it is, and with a reason', () => {
    const trial = participant();
    expect(refused(trial, ...dose(trial, 'D3'), '--retract', ...BY)).toContain('needs --reason');
    const more = ['--date', '2026-06-17', '--not-done'];
    expect(refused(trial, ...dose(trial, 'D3'), ...MISTAKE, ...more)).toContain(
      'leave out --date, --not-done',
    );
    expect(refused(trial, ...dose(trial, 'D3'), ...BY)).toContain('--date');
  });
});

describe('a move', () => {
  test('is taken back: the date before it is in force again, and the event keeps its UID', () => {
    const trial = participant();
    const uid = event(trial, 'D15').uid;
    for (const date of ['2026-06-30', '2026-07-01']) {
      mustRun(...move(trial, 'D15'), '--date', date, '--reason', 'strike', ...BY);
    }
    expect(mustRun(...move(trial, 'D15'), ...MISTAKE)).toContain(
      'the move to 2026-07-01 (ledger 7) is taken back; now moved to 2026-06-30 Tue.',
    );
    expect(mustRun(...move(trial, 'D15'), ...MISTAKE)).toContain('now planned for 2026-06-29 Mon.');
    expect(event(trial, 'D15')).toMatchObject({ uid, sequence: 4 });
    expect(injections(trial)).toMatchObject({ D15: '06-29 planned' });
    expect(mustRun('ledger', '--study', trial.study, '--kind', 'move')).toContain(
      'D15 of A1, 2026-07-01 to 2026-06-30: move of entry 7 retracted',
    );
    expect(refused(trial, ...move(trial, 'D15'), ...MISTAKE)).toContain('D15 of A1 was not moved');
    expect(refused(trial, ...move(trial, 'D2'), ...MISTAKE)).toContain('D2 of A1 has happened');
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });
});
