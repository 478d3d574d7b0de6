import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
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

const BY = ['--by', 'Example Nurse'];
const why = (reason: string) => ['--reason', reason, ...BY];
const D1 = ['--visit', 'D1', '--date', '2026-06-01'];

/** One participant with a dispensed kit of nine units, whose injections are 1 million IU in the induction. */
function started(): Trial {
  const trial = depil2();
  editStudy(trial, ['days: 1-5}', 'days: 1-5, dose: 1 million IU}']);
  const { study, plan } = trial;
  mustRun('allocate', '--study', study, '--plan', plan);
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01'];
  mustRun('randomize', '--study', study, ...who, ...BY);
  const [kit = ''] = kitsOfTrial(trial);
  const kits = ['--kits', kit, '--study', study, ...BY];
  mustRun('kit', 'received', '--date', '2026-05-30', ...kits);
  mustRun('kit', 'dispensed', '--date', '2026-06-01', '--subject', 'CRT-001', ...kits);
  return trial;
}

function run({ study }: Trial, command: string, ...words: string[]): Ran {
  return randose(command, 'CRT-001', ...words, '--study', study);
}

function must(trial: Trial, command: string, ...words: string[]): string {
  const { status, stdout, stderr } = run(trial, command, ...words);
  expect([status, stderr]).toEqual([0, expect.anything()]);
  return stdout;
}

/** Runs a command that must refuse, and change nothing. @returns what it says */
function refused(trial: Trial, ...words: string[]): string {
  const ledger = () => readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8');
  const before = ledger();
  const { status, stdout, stderr } = run(trial, 'dose', ...words);
  expect([status === 64 || status === 65, stdout]).toEqual([true, '']);
  expect(ledger()).toBe(before);
  return stderr;
}

const additional = (date: string, ...words: string[]) => ['--additional', '--date', date, ...words];

describe('a dose that the schedule does not have', () => {
  test('is in calendars, balances and counts, and is taken back', () => {
    const trial = started();
    const { study } = trial;
    const [kit = ''] = kitsOfTrial(trial);
    must(trial, 'dose', ...D1, ...BY);
    const half = additional('2026-06-01', '--amount', '0.5 million IU', '--kit', kit);
    expect(must(trial, 'dose', ...half, ...why('second vial'))).toContain(
      'Additional dose of CRT-001: given on 2026-06-01 Mon, 0.5 million IU, a deviation (additional).\nIn the calendar:\n  additional dose (ledger 6): new\n',
    );
    must(trial, 'dose', ...additional('2026-06-01'), ...why('third vial'));
    expect(must(trial, 'calendar')).toContain(
      'Additional injection on 2026-06-01 Mon: additional: the schedule does not have\n  it. Declared: additional, "second vial" (ledger 6).',
    );
    expect(must(trial, 'calendar', '--format', 'csv')).toContain(
      `,additional injection,additional 6,,Additional injection,1,1,2026-06-01,Mon,2026-06-01,given,0,1,,,,,,,second vial,${kit},additional,additional,,0.5 million IU,,CRT-001,,\n`,
    );
    const status = mustRun('status', '--study', study);
    expect(status).toContain('Deviations: 2 in 1 participant (additional 2)\n');
    expect(status).toContain('Units: 9 dispensed, 3 given, 0 returned, 6 not yet accounted for');
    expect(mustRun('check', kit, '--study', study)).toContain(
      'additional dose of CRT-001 on 2026-06-01 Mon (ledger 6)\n',
    );
    expect(mustRun('ledger', '--study', study, '--kind', 'additional-dose')).toContain(
      `additional dose of CRT-001: given on 2026-06-01 from kit ${kit}, amount 0.5 million IU; a deviation (additional)`,
    );
    const back = additional('2026-06-01', '--retract');
    expect(refused(trial, ...back, ...why('x'))).toContain(
      'CRT-001 has 2 additional doses on 2026-06-01 Mon\nNothing was recorded. Say which, by its ledger entry: --entry 6 or --entry 7',
    );
    expect(must(trial, 'dose', ...back, '--entry', '7', ...why('it was CRT-002'))).toContain(
      'Additional dose of CRT-001 on 2026-06-01 Mon (ledger 7): the record is taken back.\n',
    );
    expect(mustRun('status', '--study', study)).toContain('(additional 1)');
    const events = new ICAL.Component(
      ICAL.parse(must(trial, 'calendar', '--format', 'ics')) as unknown[],
    )
      .getAllSubcomponents('vevent')
      .map((each) => new ICAL.Event(each))
      .filter(({ summary }) => summary.includes('Additional'));
    expect(events.map(({ summary, sequence }) => [summary, sequence])).toEqual([
      ['DEPIL-2 CRT-001 Day 1: Additional injection', 0],
      ['CANCELLED: DEPIL-2 CRT-001 Day 1: Additional injection', 1],
    ]);
    expect(events[0]!.uid).not.toBe(events[1]!.uid);
    expect(events[0]!.description).toContain('Given\nAmount 0.5 million IU\n');
    const pdf = join(trial.folder, 'calendar.pdf');
    must(trial, 'calendar', '--format', 'pdf', '--output', pdf);
    expect(mustRun('verify', '--study', study)).toContain('Nothing disagrees');
  });

  test('counts in the unblinded tables, as a row without a visit, and as the last injection', () => {
    const trial = started();
    const [kit = ''] = kitsOfTrial(trial);
    must(trial, 'dose', ...D1, ...BY);
    const words = ['--kit', kit, '--amount', '0.5 million IU', ...why('second vial')];
    must(trial, 'dose', ...additional('2026-06-04', ...words));
    const table = (name: string, ...more: string[]): Record<string, string>[] => {
      const file = join(trial.folder, name);
      const key = ['--identity', trial.statistician, ...why('locked'), '--output', file];
      mustRun(
        'unblind',
        '--all',
        '--study',
        trial.study,
        ...key.filter((one) => one !== BY[0] && one !== BY[1]),
        ...more,
      );
      return parse(readFileSync(file), { columns: true });
    };
    expect(table('participants.csv')[0]).toMatchObject({
      INJGIVEN: '2',
      RFXSTDTC: '2026-06-01',
      RFXENDTC: '2026-06-04',
    });
    const rows = table('doses.csv', '--doses');
    expect(
      rows.map(({ VISIT, PLANDTC, ECSTDTC, KITGIVEN, ECDOSTXT, DVDECOD }) => [
        VISIT,
        PLANDTC,
        ECSTDTC,
        KITGIVEN,
        ECDOSTXT,
        DVDECOD,
      ]),
    ).toEqual([
      ['D1', '2026-06-01', '2026-06-01', '', '', ''],
      ['additional 6', '', '2026-06-04', kit, '0.5 million IU', 'additional'],
    ]);
    expect(rows[1]!.TRTACD).toBe(rows[1]!.ARMCD);
  });

  test('is refused without what it needs, or with what belongs to a visit', () => {
    const trial = started();
    const [, other = ''] = kitsOfTrial(trial);
    const first = additional('2026-06-01');
    expect(refused(trial, ...first, ...BY)).toContain('dose needs --reason <text>');
    expect(refused(trial, ...first, '--visit', 'D1', '--not-done', ...why('x'))).toContain(
      'leave out --visit, --not-done',
    );
    expect(refused(trial, ...first, '--correct', ...why('x'))).toContain(
      'To change such a record, take it back with --retract, and record it again.',
    );
    expect(refused(trial, ...additional('2028-02-01'), ...why('x'))).toContain('not in the future');
    expect(refused(trial, ...additional('2026-05-27'), ...why('x'))).toContain(
      'before randomization: CRT-001 was randomized on 2026-05-28 Thu',
    );
    expect(refused(trial, ...first, '--kit', other, ...why('x'))).toContain(
      `${other} is not CRT-001's kit`,
    );
    expect(refused(trial, ...first, '--retract', ...why('x'))).toContain(
      'CRT-001 has no additional dose on 2026-06-01 Mon\nNothing was recorded. Additional doses of CRT-001: none',
    );
    expect(refused(trial, '--additional', '--retract', ...why('x'))).toContain(
      '--additional --retract needs --date',
    );
    expect(refused(trial, ...D1, '--entry', '3', ...why('x'))).toContain(
      'use --entry only with --additional --retract',
    );
    must(trial, 'dose', ...first, '--kit', other, '--deviation', ...why('wrong box'));
    expect(mustRun('status', '--study', trial.study)).toContain('(additional 1, kit 1)');
  });
});

describe('the amount and the weight', () => {
  test('are kept as given; another amount than that of the schedule is a deviation', () => {
    const trial = started();
    const half = [...D1, '--amount', '0.5 million IU', '--weight', '72,5'];
    expect(refused(trial, ...half, ...BY)).toContain(
      'D1 of CRT-001 cannot be recorded\n  amount: 0.5 million IU was given; the schedule says 1 million IU\n',
    );
    expect(must(trial, 'dose', ...half, '--deviation', ...why('spilled'))).toContain(
      'D1 of CRT-001: given on 2026-06-01 Mon, 0.5 million IU, weight 72.5 kg, a deviation (amount).',
    );
    expect(must(trial, 'calendar', '--format', 'csv')).toMatch(
      /,injection,D1,.*,amount,amount,,0\.5 million IU,72\.5,CRT-001,,\n/,
    );
    const { calendars } = jsonOf('calendar', 'CRT-001', '--study', trial.study) as {
      calendars: { events: object[] }[];
    };
    expect(calendars[0]!.events).toContainEqual(
      expect.objectContaining({ visit: 'D1', amount: '0.5 million IU', weight: '72.5' }),
    );
    const same = ['--visit', 'D2', '--date', '2026-06-02', '--amount', '1  MILLION iu'];
    must(trial, 'dose', ...same, '--weight', '500 kg', ...BY);
    expect(mustRun('status', '--study', trial.study)).toContain('(amount 1)');
    // A correction says the amount anew.
    must(trial, 'dose', ...D1, '--correct', '--weight', '72.5', ...why('typo'));
    expect(mustRun('status', '--study', trial.study)).not.toContain('Deviations');
  });

  test.each(['0', '0.0', '500.1', '72.55', '-3', 'heavy', ''])(
    'weight "%s" is refused',
    (weight) => {
      const { status, stderr } = randose('dose', 'CRT-001', ...D1, `--weight=${weight}`, ...BY);
      expect([status, stderr]).toEqual([
        64,
        expect.stringContaining(
          'write the weight in kg, from 0.1 to 500, with at most one decimal',
        ),
      ]);
    },
  );

  test('of an injection that was missed are refused, and an amount of several lines', () => {
    const missed = [...D1, '--not-done', '--weight', '70', ...why('x')];
    expect(randose('dose', 'CRT-001', ...missed).stderr).toContain('neither --amount nor --weight');
    const lines = [...D1, '--amount', 'one\ntwo', ...BY];
    expect(randose('dose', 'CRT-001', ...lines).stderr).toContain('in one line of at most 60');
  });
});
