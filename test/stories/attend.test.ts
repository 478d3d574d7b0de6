import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
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
import { readLedger } from '../../src/ledger/chain.ts';
import type { Act } from '../../src/ledger/entry.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { actOf, linesOf, rewriteLedger } from '../support/ledger.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'Example Nurse'];
const why = (reason: string) => ['--reason', reason, ...BY];
const BLOOD = 'Treg blood sample';

/** One participant, whose Day 1 is planned for a Monday. Safety has a window, and blood comes before the dose. */
function started(): Trial {
  const trial = depil2();
  editStudy(
    trial,
    ['days: [1, 60]', 'days: [-3, 1, 60]\n      window: -3/+3'],
    ['days: [1, 5, 15, 60]', 'days: [1, 5, 15]\n      timing: before dose'],
    ['days: [1]', 'days: [1, 60]'],
  );
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01'];
  mustRun('randomize', '--study', trial.study, ...who, ...BY);
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
function refused(trial: Trial, command: string, ...words: string[]): string {
  const ledger = () => readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8');
  const before = ledger();
  const { status, stdout, stderr } = run(trial, command, ...words);
  expect([status === 64 || status === 65, stdout]).toEqual([true, '']);
  expect(ledger()).toBe(before);
  return stderr;
}

/** `D60 Safety 08-01 done window`, for every assessment that is not planned. */
function assessments({ study }: Trial): string[] {
  const { calendars } = jsonOf('calendar', 'CRT-001', '--study', study) as {
    calendars: {
      events: (Record<'kind' | 'visit' | 'title' | 'date' | 'status', string> & {
        deviations: { rule: string }[];
      })[];
    }[];
  };
  return calendars[0]!.events
    .filter(({ kind, status }) => kind === 'assessment' && status !== 'planned')
    .map(({ visit, title, date, status, deviations }) =>
      [visit, title, date.slice(5), status, ...deviations.map(({ rule }) => rule)].join(' '),
    );
}

const at = (visit: string, date: string) => ['--visit', visit, '--date', date];

describe('assessments', () => {
  test('are recorded alone and with an injection, corrected and taken back; every view follows [R-075]', () => {
    const trial = started();
    const { study } = trial;
    must(trial, 'attend', ...at('-3', '2026-05-27'), ...BY);
    const moved = must(trial, 'dose', ...at('D1', '2026-06-02'), '--with-assessments', ...BY);
    expect(moved).toContain(
      `${BLOOD}, MADRS and IDS and Safety at D1 of CRT-001: done on 2026-06-02 Tue.\n`,
    );
    expect(assessments(trial)).toEqual([
      'D-3 Safety 05-27 done',
      `D1 ${BLOOD} 06-02 done`,
      'D1 MADRS and IDS 06-02 done',
      'D1 Safety 06-02 done',
    ]);
    const late = [...at('D60', '2026-08-10'), '--deviation', ...why('holiday')];
    expect(must(trial, 'attend', ...late)).toContain(
      'MADRS and IDS at D60 of CRT-001: done on 2026-08-10 Mon.\nSafety at D60 of CRT-001: done on 2026-08-10 Mon, a deviation (window).\n',
    );
    const one = ['--assessment', 'safety', '--not-done', '--correct'];
    const missed = must(trial, 'attend', ...at('D60', '2026-08-10'), ...one, ...why('left early'));
    expect(missed).toContain(
      'Safety at D60 of CRT-001: not done on 2026-08-10 Mon; before: done on 2026-08-10.\n',
    );
    const d60 = ['D60 MADRS and IDS 08-10 done', 'D60 Safety 08-10 not done missed'];
    expect(assessments(trial).slice(-2)).toEqual(d60);
    expect(must(trial, 'calendar')).toContain(
      '  D60 Safety on 2026-08-10 Mon: not done. Reason: "left early".\n',
    );
    const status = mustRun('status', '--study', study);
    expect(status).toContain('Assessments: 5 done, 1 not done\n');
    expect(status).toContain('Deviations: 1 in 1 participant (missed 1)\n');
    expect(jsonOf('status', '--study', study)).toMatchObject({
      assessments: { done: 5, notDone: 1 },
    });
    expect(must(trial, 'calendar', '--format', 'csv')).toMatch(
      /,assessment,D60,,Safety,60,9,2026-08-10,Mon,2026-07-31,not done,10,.*,left early,,missed,,,,,CRT-001,,\n/,
    );
    const events = new ICAL.Component(
      ICAL.parse(must(trial, 'calendar', '--format', 'ics')) as unknown[],
    )
      .getAllSubcomponents('vevent')
      .map((each) => new ICAL.Event(each));
    const safety = events.find(({ summary }) => summary.includes('Day 60: Safety'))!;
    expect(safety.summary).toMatch(/^CANCELLED: /);
    // At randomization, with Day 1, done, not done.
    expect(safety.sequence).toBe(3);
    const mood = events.find(({ summary }) => summary.includes('Day 60: MADRS'))!;
    expect(mood.description).toContain('Done; planned 2026-07-31: holiday');
    expect(must(trial, 'attend', '--visit', 'D60', '--retract', ...why('other'))).toContain(
      '(ledger 6) is taken back.\nSafety at D60 of CRT-001: the record "not done on 2026-08-10 Mon" (ledger 8) is taken back.\n',
    );
    expect(assessments(trial)).toHaveLength(4);
    expect(mustRun('ledger', '--study', study, '--kind', 'attendance')).toContain(
      'D60 of CRT-001, Safety: done on 2026-08-10; a deviation (window)',
    );
    expect(mustRun('verify', '--study', study)).toContain('Nothing disagrees');
  });

  test('follow a corrected Day 1', () => {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    must(trial, 'attend', ...at('D60', '2026-08-02'), ...BY);
    expect(assessments(trial)).toEqual(['D60 MADRS and IDS 08-02 done', 'D60 Safety 08-02 done']);
    const corrected = run(trial, 'dose', ...at('D1', '2026-05-29'), '--correct', ...why('typo'));
    expect(corrected.stderr).toContain(
      'D60 Safety on 2026-08-02 Sun is now a deviation (window: its window is 2026-07-24 Fri to 2026-07-30 Thu (planned 2026-07-27)).',
    );
    expect(assessments(trial).at(-1)).toBe('D60 Safety 08-02 done window');
  });

  test('stay recorded if their injection is corrected or taken back, and the answer says so', () => {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), '--with-assessments', ...BY);
    const stays = `${BLOOD}, MADRS and IDS and Safety at D1: the record of 2026-06-01 Mon stays. If that record is wrong: randose attend --subject CRT-001 --visit D1 --date DATE --correct --reason TEXT --by WHO\nTo take it back: randose attend --subject CRT-001 --visit D1 --retract --reason TEXT --by WHO\n`;
    const corrected = [...at('D1', '2026-06-02'), '--correct', ...why('typo')];
    expect(must(trial, 'dose', ...corrected)).toContain(stays);
    must(trial, 'dose', ...at('D1', '2026-06-01'), '--correct', ...why('typo'));
    const back = must(trial, 'dose', '--visit', 'D1', '--retract', ...why('other'));
    expect(back).toContain(stays);
    expect(assessments(trial)).toHaveLength(3);
  });

  test('that cannot be are refused, with what to type next', () => {
    const trial = started();
    const when = at('D60', '2028-02-01');
    expect(refused(trial, 'attend', ...when, ...BY)).toContain(
      'not in the future: today is 2026-05-28',
    );
    const future = [...when, '--deviation', ...why('x')];
    expect(refused(trial, 'attend', ...future)).toContain('not in the future');
    expect(refused(trial, 'attend', ...at('D2', '2026-05-28'), ...BY)).toContain(
      'visit D2 has no assessment\nVisits are named after their planned day; those with an assessment: D-3, D1, D5, D15, D60\n',
    );
    expect(refused(trial, 'attend', ...at('D99', '2026-05-28'), ...BY)).toContain(
      'the schedule has no visit "D99"',
    );
    // A French page has J5.
    expect(refused(trial, 'attend', ...at('J5', '2026-05-28'), ...BY)).toContain(
      'the schedule has no visit "J5"\nJ5 on paper is D5 here. Visits are named',
    );
    const slip = [...at('D1', '2026-05-28'), '--assessment', 'safty'];
    expect(refused(trial, 'attend', ...slip, ...BY)).toContain(
      `D1 has no assessment "safty"\nDid you mean Safety? It has: "${BLOOD}", "MADRS and IDS", Safety\n`,
    );
    const early = [...at('D1', '2026-05-27'), '--assessment', 'MADRS and IDS'];
    expect(refused(trial, 'attend', ...early, ...BY)).toContain(
      'before randomization: CRT-001 was randomized on 2026-05-28 Thu',
    );
    expect(refused(trial, 'attend', ...at('D1', '2026-05-28'), '--not-done', ...BY)).toContain(
      'attend needs --reason <text>',
    );
    expect(refused(trial, 'attend', ...at('D1', '2026-05-28'), '--correct', ...BY)).toContain(
      'attend needs --reason <text>',
    );
    const nothing = [...at('D1', '2026-05-28'), '--correct', ...why('x')];
    expect(refused(trial, 'attend', ...nothing)).toContain(
      `${BLOOD}, MADRS and IDS and Safety at D1 of CRT-001 are not recorded: nothing to correct`,
    );
    expect(refused(trial, 'attend', '--visit', 'D1', '--retract', ...why('x'))).toContain(
      'at D1 of CRT-001 are not recorded\nNothing was recorded.',
    );
    const both = ['--visit', 'D1', '--retract', '--not-done'];
    expect(refused(trial, 'attend', ...both, ...why('x'))).toContain('leave out --not-done');
    must(trial, 'attend', ...at('D1', '2026-05-29'), '--assessment', 'Safety', ...BY);
    expect(refused(trial, 'attend', ...at('D1', '2026-05-29'), ...BY)).toContain(
      `Safety at D1 of CRT-001 is already recorded: done on 2026-05-29 (ledger 3)\nNothing was recorded. If that record is wrong, correct it: randose attend --subject CRT-001 --visit D1 --assessment Safety --date 2026-05-29 --correct --reason TEXT --by WHO\nTo record the others: --assessment "${BLOOD}" "MADRS and IDS"\n`,
    );
  });

  test('on the wrong side of their injection, or out of their window, are deviations', () => {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    const blood = [...at('D1', '2026-06-05'), '--assessment', BLOOD, 'Safety'];
    expect(refused(trial, 'attend', ...blood, ...BY)).toContain(
      `  timing: ${BLOOD}: it belongs before the injection, given on 2026-06-01\n  window: Safety: its window is 2026-05-29 Fri to 2026-06-04 Thu (planned 2026-06-01)\n`,
    );
    const anyway = must(trial, 'attend', ...blood, '--deviation', ...why('no tubes'));
    expect(anyway).toContain(
      `${BLOOD} at D1 of CRT-001: done on 2026-06-05 Fri, a deviation (timing).\n`,
    );
    expect(assessments(trial)).toEqual([
      `D1 ${BLOOD} 06-05 done timing`,
      'D1 Safety 06-05 done window',
    ]);
    expect(must(trial, 'calendar')).toContain('Declared: timing, "no tubes" (ledger 4).');
  });

  test('of a participant who left are refused, or recorded as a deviation', () => {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    const left = ['--from', 'study', '--date', '2026-06-01', '--yes'];
    must(trial, 'withdraw', ...left, ...why('consent withdrawn'));
    const when = at('D5', '2026-06-05');
    expect(refused(trial, 'attend', ...when, ...BY)).toContain(
      `error: ${BLOOD} at D5 of CRT-001 cannot be recorded\n  cancelled: withdrawn from study; to take that back, if it is wrong: randose withdraw CRT-001 --retract --reason TEXT --by WHO\nNothing was recorded. To record it anyway as a protocol deviation, add: --deviation --reason TEXT\n`,
    );
    const missed = [...when, '--not-done', '--deviation', ...why('x')];
    expect(refused(trial, 'attend', ...missed)).toContain(
      'withdrawn from study, so it need not be recorded as not done',
    );
    must(trial, 'attend', ...when, '--deviation', ...why('came all the same'));
    expect(assessments(trial)).toContain(`D5 ${BLOOD} 06-05 done cancelled`);
    expect(mustRun('verify', '--study', trial.study)).toContain('Nothing disagrees');
    // If the withdrawal was wrong, nothing is wrong with the assessment.
    must(trial, 'withdraw', '--retract', ...why('it was CRT-002'));
    expect(assessments(trial)).toEqual([`D5 ${BLOOD} 06-05 done`]);
    expect(mustRun('verify', '--study', trial.study)).toContain('Nothing disagrees');
  });

  test('that are all recorded keep their visit from being moved', () => {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    const to = ['--visit', 'D60', '--date', '2026-08-02', ...why('strike')];
    must(trial, 'move', ...to);
    must(trial, 'attend', ...at('D60', '2026-07-31'), '--assessment', 'Safety', ...BY);
    // The other one can still be on another day; it has no window.
    must(trial, 'move', '--visit', 'D60', '--date', '2026-08-14', ...why('strike'));
    must(trial, 'attend', ...at('D60', '2026-08-14'), '--assessment', 'MADRS and IDS', ...BY);
    const next = `randose attend --subject CRT-001 --visit D60 --assessment NAME --date DATE --correct --reason TEXT --by WHO\nTo take it back: randose attend --subject CRT-001 --visit D60 --assessment NAME --retract`;
    expect(refused(trial, 'move', ...to)).toContain(next);
    expect(refused(trial, 'move', '--visit', 'D60', '--retract', ...why('x'))).toContain(next);
    expect(assessments(trial)).toEqual(['D60 Safety 07-31 done', 'D60 MADRS and IDS 08-14 done']);
  });

  test('are not recorded with an injection that was missed or is corrected', () => {
    const trial = started();
    const when = [...at('D1', '2026-06-01'), '--with-assessments'];
    for (const flag of ['--not-done', '--correct']) {
      expect(refused(trial, 'dose', ...when, flag, ...why('x'))).toContain(
        'For the assessments alone, run: randose attend',
      );
    }
    expect(
      refused(trial, 'dose', '--visit', 'D1', '--retract', ...why('x'), '--with-assessments'),
    ).toContain('leave out --with-assessments');
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    expect(
      refused(trial, 'dose', ...at('D2', '2026-06-02'), '--with-assessments', ...BY),
    ).toContain('visit D2 has no assessment');
  });
});

test('verify finds attendances that nobody can have entered', () => {
  const trial = allocated();
  const { study } = trial;
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01'];
  mustRun('randomize', '--study', study, ...who, ...BY);
  must(trial, 'attend', ...at('D1', '2026-05-28'), '--assessment', 'Safety', ...BY);
  const file = join(study, 'ledger.jsonl');
  const genuine = readFileSync(file, 'utf8');
  const [, randomized, attended] = readLedger(genuine).entries.map(actOf) as [Act, Act, Act];
  const found = (...acts: object[]) => {
    // A forger keeps the chain right.
    const rest = [...acts] as Act[];
    const kept = genuine.trim().split('\n').length;
    let at = 0;
    const changed = rewriteLedger(genuine, (act) => {
      at += 1;
      return at === 1 ? act : rest[at - 2]!;
    });
    const more = rest.slice(kept - 1);
    const { head, entries } = readLedger(changed);
    writeFileSync(file, changed + linesOf(more, head, entries.at(-1)).text);
    return randose('verify', '--study', study).stdout;
  };
  expect(found(randomized, { ...attended, visit: 'D99' })).toContain(
    'ledger.jsonl:3: records D99 of CRT-001, who has no such visit',
  );
  expect(found(randomized, { ...attended, assessments: ['Scan'] })).toContain(
    'records Scan at D1 of CRT-001, which was not planned',
  );
  expect(found(randomized, { ...attended, corrects: 2 })).toContain(
    'corrects entry 2, which is not a record of Safety of D1 of CRT-001',
  );
  expect(found(randomized, attended, attended)).toContain(
    'records Safety of D1 of CRT-001 again without correcting entry 3',
  );
  expect(found(attended, randomized)).toContain(
    'ledger.jsonl:2: CRT-001 was not randomized before',
  );
  const d60 = { ...attended, visit: 'D60', assessments: ['Treg blood sample', 'Safety'] };
  const move = { action: 'move', visit: 'D60', from: '2026-07-30', date: '2026-07-31' };
  const about = { who: attended.who, subject: 'CRT-001', reason: 'x', deviations: [] };
  const moved = { ...about, ...move };
  expect(found(randomized, d60, moved)).toContain(
    'moves D60 of CRT-001, which was already recorded',
  );
});

describe('a correction', () => {
  /** At D1 one assessment took place, and another one did not. */
  function halfDone(): Trial {
    const trial = started();
    must(trial, 'dose', ...at('D1', '2026-06-01'), ...BY);
    must(trial, 'attend', ...at('D1', '2026-06-01'), '--assessment', BLOOD, 'MADRS and IDS', ...BY);
    const missed = ['--assessment', 'Safety', '--not-done', ...why('no time')];
    must(trial, 'attend', ...at('D1', '2026-06-01'), ...missed);
    return trial;
  }

  test('is offered of one record, and each record is named with its state', () => {
    const trial = halfDone();
    const all = refused(trial, 'attend', ...at('D1', '2026-06-01'), ...BY);
    expect(all).toContain(
      `3 assessments at D1 of CRT-001 are already recorded\n  ${BLOOD}: done on 2026-06-01 (ledger 4)\n  MADRS and IDS: done on 2026-06-01 (ledger 4)\n  Safety: not done on 2026-06-01 (ledger 5)\n`,
    );
    expect(all).toContain(
      'correct it: randose attend --subject CRT-001 --visit D1 --assessment NAME --date 2026-06-01 --correct',
    );
    const one = ['--assessment', 'MADRS and IDS', ...BY];
    expect(refused(trial, 'attend', ...at('D1', '2026-06-01'), ...one)).toContain(
      '--visit D1 --assessment "MADRS and IDS" --date 2026-06-01 --correct',
    );
    for (const command of ['attend', 'dose']) {
      const missed = [...at('D1', '2026-06-01'), '--not-done', ...why('x')];
      expect(refused(trial, command, ...missed)).toContain(
        '--date 2026-06-01 --not-done --correct',
      );
    }
  });

  testWithTool(['expect', '-v'])('of what was done to not done, or back, asks first', () => {
    const trial = halfDone();
    must(trial, 'dose', ...at('D2', '2026-06-02'), ...BY);
    const no = (question: string, command: string, visit: string, date: string, more: string[]) => {
      const words = [command, 'CRT-001', ...at(visit, date), '--correct', ...more, ...why('x')];
      const { text } = atTerminal(trial.study, words, [[question, 'n']]);
      expect(text).toContain('Cancelled. Nothing was recorded.');
    };
    no('Safety is recorded as not done. Was this really done?', 'attend', 'D1', '2026-06-01', []);
    // The question breaks at the end of a line.
    no('really not done?', 'attend', 'D1', '2026-06-01', ['--not-done']);
    const given = 'D2 is recorded as given. Was it really not done?';
    no(given, 'dose', 'D2', '2026-06-02', ['--not-done']);
    const safety = ['--assessment', 'Safety', '--correct', ...why('it was done')];
    must(trial, 'attend', ...at('D1', '2026-06-01'), ...safety);
  });
});
