import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  editStudy,
  FIXTURES,
  folderWith,
  kitsOfTrial,
  mustRun,
  planFile,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

// What a refusal or a warning says to do next: a person types it, and it works.

const BY = ['--by', 'A. Example'];
const WHY = ['--reason', 'typing error'];
/** The day on which lists are made: a Thursday. */
const DAY1 = '2026-05-28';

/** The study with two sites, changed, with these participants of CRT. */
function started(subjects: readonly string[], ...changes: [from: string, to: string][]): Trial {
  const trialIn = (folder: string) => ({ folder, study: join(folder, 'study') }) as Trial;
  const make = (folder: string) => {
    const trial = trialIn(folder);
    const { study } = trial;
    cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
    editStudy(trial, ...changes);
    mustRun('allocate', '--study', study, '--plan', planFile(trial, 'blocks: { sizes: [3] }\n'));
    for (const subject of subjects) {
      const one = ['--subject', subject, '--site', 'CRT', '--day1', DAY1];
      mustRun('randomize', '--study', study, ...one, ...BY);
    }
  };
  const what = `two sites and participants, ${JSON.stringify([subjects, changes])}`;
  return trialIn(folderWith('study', what, make));
}

/** Runs a command of the study. */
function run({ study }: Trial, ...words: string[]) {
  return randose(...words, '--study', study);
}

function must({ study }: Trial, ...words: string[]): string {
  return mustRun(...words, '--study', study);
}

/** Refused, and nothing is recorded. @returns what is said */
function refused(trial: Trial, ...words: string[]): string {
  const file = join(trial.study, 'ledger.jsonl');
  const before = readFileSync(file, 'utf8');
  const { status, stderr } = run(trial, ...words);
  expect([status, readFileSync(file, 'utf8')]).toEqual([65, before]);
  return stderr;
}

const dose = (visit: string, date: string, ...more: string[]) => [
  ...['dose', 'CRT-001', '--visit', visit, '--date', date, ...BY, ...more],
];

describe('an injection', () => {
  test('that is possible only later: from when; on the day of another one: so it says', () => {
    const trial = started(['CRT-001']);
    must(trial, ...dose('D1', DAY1));
    expect(refused(trial, ...dose('D2', DAY1))).toBe(
      'error: D2 of CRT-001: 2026-05-28 Thu is not allowed\n' +
        '  order: it is on the same day as D1, given on 2026-05-28\n' +
        'Possible from 2026-05-29 Fri.\n' +
        'Nothing was recorded. To record it anyway as a protocol deviation, add: --deviation --reason TEXT\n',
    );
  });

  test('of the same amount in another notation: write it as study.yaml does', () => {
    const trial = started(['CRT-001'], ['days: 1-5 }', 'days: 1-5, dose: 1 million IU }']);
    expect(refused(trial, ...dose('D1', DAY1, '--amount', '1 MIU'))).toContain(
      'If it is the same amount, write it as study.yaml has it: --amount "1 million IU"\n',
    );
  });

  test('that is recorded already: the whole command, which refuses what changes nothing', () => {
    const trial = started(['CRT-001']);
    must(trial, ...dose('D1', DAY1));
    expect(refused(trial, ...dose('D1', DAY1))).toContain(
      'If that record is wrong, correct it: randose dose --subject CRT-001 --visit D1 --date 2026-05-28 --correct --reason TEXT --by WHO\n',
    );
    expect(refused(trial, ...dose('D1', DAY1, '--correct', ...WHY))).toContain(
      'D1 of CRT-001 is recorded so already: given on 2026-05-28 Thu (ledger 3)\n',
    );
    const move = ['move', 'CRT-001', '--visit', 'D1', '--date', '2026-05-29', ...WHY, ...BY];
    expect(refused(trial, ...move)).toContain(
      'To take it back: randose dose --subject CRT-001 --visit D1 --retract --reason TEXT --by WHO\n',
    );
    // Another reason is another content only if it says why something was not done.
    must(trial, ...dose('D2', '2026-05-29', '--not-done', '--reason', 'fever'));
    must(trial, ...dose('D2', '2026-05-29', '--not-done', '--correct', '--reason', 'rash'));
    const attend = ['attend', 'CRT-001', '--visit', 'D1', '--date', DAY1, ...BY];
    must(trial, ...attend);
    expect(refused(trial, ...attend, '--correct', ...WHY)).toContain(
      'Safety at D1 of CRT-001: recorded so already, done on 2026-05-28 Thu\n',
    );
  });
});

const kit = (event: string, code: string, ...more: string[]) => [
  ...['kit', event, '--kits', code, '--date', DAY1, ...BY, ...more],
];

describe('a kit', () => {
  test('offers to take back its last record only if that is in the way', () => {
    const trial = started(['CRT-001']);
    const [code = '', other = ''] = kitsOfTrial(trial);
    must(trial, ...kit('received', code));
    must(trial, ...kit('dispensed', code, '--subject', 'CRT-001'));
    must(trial, ...dose('D1', DAY1));
    const many = refused(trial, ...kit('returned', code, '--units', '10'));
    expect(many).toContain('has at most 8 units');
    expect(many).toContain('randose dose --subject CRT-001 --visit VISIT --date DATE --correct');
    expect(many).not.toContain('retracted');
    expect(refused(trial, ...kit('released', code, ...WHY))).not.toContain('retracted');
    must(trial, ...kit('received', other));
    const later = kit('dispensed', other, '--subject', 'CRT-001');
    expect(refused(trial, ...later)).not.toContain('retracted');
    expect(refused(trial, ...kit('received', code))).toContain(
      `To take back the last record, if it was a mistake: randose kit retracted --kits ${code} `,
    );
  });

  test('of which the dispensing is taken back after injections: a warning', () => {
    const trial = started(['CRT-001']);
    const [code = ''] = kitsOfTrial(trial);
    must(trial, ...kit('received', code));
    must(trial, ...kit('dispensed', code, '--subject', 'CRT-001'));
    must(trial, ...dose('D1', DAY1));
    expect(run(trial, 'kit', 'retracted', '--kits', code, ...WHY, ...BY).stderr).toContain(
      `warning: 1 injection of CRT-001 was given from kit ${code}. If it is taken back, no record says that CRT-001 had this kit.\n`,
    );
  });

  test('that is lost: the spare kit, the units, and what to do if it is found', () => {
    const trial = started(['CRT-001']);
    const [code = ''] = kitsOfTrial(trial);
    must(trial, ...kit('received', code));
    must(trial, ...kit('dispensed', code, '--subject', 'CRT-001'));
    must(trial, ...dose('D1', DAY1));
    const lost = `CRT-001: kit ${code} of R001 was lost: do not treat anybody from it. Its spare kit`;
    expect(run(trial, ...kit('lost', code)).stderr).toContain(`warning: ${lost}`);
    const { stdout, stderr } = run(trial, 'status');
    expect(stdout).toContain(
      'Units: 9 dispensed, 1 given, 0 returned, 8 lost, 0 not yet accounted for\n',
    );
    expect(stderr).toContain(`warning: ${lost}`);
    expect(refused(trial, ...kit('received', code))).toContain(
      `If it was found, or not lost, take the loss back: randose kit retracted --kits ${code} `,
    );
    // Nobody who has left needs another kit.
    const left = ['--from', 'study', '--date', DAY1, ...WHY, ...BY];
    must(trial, 'withdraw', 'CRT-001', ...left);
    expect(run(trial, 'status').stderr).not.toContain(lost);
  });
});

describe('somebody who leaves, or goes to another site', () => {
  test('has no visit that must be moved, and no Saturday', () => {
    const trial = started(['CRT-001']);
    must(trial, ...dose('D1', DAY1));
    must(trial, ...dose('D2', '2026-05-29'));
    must(trial, ...dose('D3', '2026-05-29', '--deviation', ...WHY));
    const leave = ['withdraw', 'CRT-001', '--date', '2026-05-29', ...WHY, ...BY, '--from'];
    for (const from of ['treatment', 'study']) {
      const { status, stderr } = run(trial, ...leave, from);
      expect(status).toBe(0);
      expect(stderr).not.toMatch(/Move it|a S(?:atur|un)day/);
    }
    expect(must(trial, 'calendar', 'CRT-001')).not.toMatch(/move them|a S(?:atur|un)day/);
  });

  test('had visits after that day at the old site', () => {
    const trial = started(['CRT-001']);
    must(trial, ...dose('D1', DAY1));
    must(trial, ...dose('D2', '2026-05-29'));
    must(trial, ...dose('D3', '2026-05-30'));
    const to = ['transfer', 'CRT-001', '--to', 'LYO', '--date', '2026-05-29', ...WHY, ...BY];
    expect(run(trial, ...to).stderr).toContain(
      'warning: D2 on 2026-05-29 and D3 on 2026-05-30 are recorded, at CRT. From 2026-05-29 on, visits are at LYO: if they were at CRT, the transfer is later.\n',
    );
  });
});

test('what is overdue is in the status, in the calendar and in JSON', () => {
  const trial = started(['CRT-001', 'CRT-002', 'CRT-003']);
  must(trial, ...dose('D1', DAY1));
  must(trial, ...dose('D2', '2026-05-31', '--deviation', ...WHY));
  must(trial, 'randomized-in-error', 'CRT-003', ...WHY, ...BY);
  expect(must(trial, 'status')).toContain(
    'Overdue (planned before today, and not recorded): 4 visits of 2 participants: CRT-002 D1 on 2026-05-28, CRT-002 D2 on 2026-05-29, CRT-001 D3 on 2026-05-30, …\n',
  );
  expect(must(trial, 'calendar', 'CRT-001')).toMatch(/^D3 .* overdue$/m);
  expect(must(trial, 'calendar', 'CRT-001')).toMatch(/^D4 .* planned$/m);
  expect(must(trial, 'calendar')).toContain(
    'With overdue visits: 2 participants (CRT-001, CRT-002).\n',
  );
  const jsonIn = (...words: string[]) =>
    (JSON.parse(must(trial, ...words)) as { data: unknown }).data;
  expect(jsonIn('status', '--json')).toMatchObject({
    overdue: { visits: 4, participants: 2, first: [{ subject: 'CRT-002', visit: 'D1' }, {}, {}] },
  });
  expect(jsonIn('calendar', 'CRT-001', '--json')).toMatchObject({
    calendars: [{ overdue: [{ visit: 'D3', title: 'Injection 3 of 9', date: '2026-05-30' }] }],
  });
});

test('a visit on the day of a withdrawal is not overdue, and can still be recorded', () => {
  const trial = started(['CRT-001', 'CRT-002']);
  must(trial, ...dose('D1', DAY1));
  const leave = ['withdraw', 'CRT-001', '--date', '2026-05-29', ...WHY, ...BY, '--from'];
  // The clock goes on to this day.
  const other = ['dose', 'CRT-002', '--visit', 'D1', '--date', '2026-05-31', ...BY];
  must(trial, ...other);
  must(trial, ...leave, 'study');
  expect(must(trial, 'status')).not.toMatch(/Overdue.*CRT-001/);
  expect(must(trial, 'calendar', 'CRT-001')).not.toContain('overdue');
  must(trial, ...dose('D2', '2026-05-29'));
  expect(must(trial, 'deviations', 'CRT-001')).not.toContain('withdrawal');
});

testWithTool(['expect', '-v'])('the workload of a day breaks no word on a terminal', () => {
  const trial = started([1, 2, 3, 4, 5, 6].map((place) => `CRT-00${place}`));
  const lines = atTerminal(trial.study, ['calendar', 'load'], []).text.split('\n');
  const own = lines.filter((line) => line.startsWith(' '));
  expect(Math.max(...own.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toMatch(/6 ██████\n {21}6 assessments\n {21}kits: /);
});

testWithTool(['expect', '-v'])(
  'a question is asked again if the answer is neither yes nor no',
  () => {
    const trial = started([]);
    const file = join(trial.study, 'labels', 'a.pdf');
    const labels = ['labels', '--site', 'CRT', '--output', file, ...BY];
    const { status, text } = atTerminal(trial.study, labels, [
      ['Were they printed? [y/N]', 'oui'],
      ['n for no.', 'y'],
    ]);
    expect([status, existsSync(file)]).toEqual([0, true]);
    expect(text).toContain('Type y for yes, or n for no.');
  },
);

describe('a subject id', () => {
  test('of another shape than the only earlier one: a warning', () => {
    const trial = started(['CRT-001']);
    const one = (subject: string) => [
      ...['randomize', '--subject', subject, '--site', 'CRT', '--day1', DAY1, ...BY],
    ];
    expect(run(trial, ...one('CRT-2')).stderr).toContain(
      'warning: Subject id CRT-2 does not look like the other one of site CRT (CRT-001): check it.\n',
    );
  });

  test('that is doubtful: what somebody says with --id-is-right', () => {
    const trial = started(['CRT-001']);
    const why = (subject: string) => {
      const words = ['--subject', subject, '--site', 'CRT', '--day1', DAY1, ...BY];
      return refused(trial, 'randomize', ...words)
        .split('\n')
        .at(-2);
    };
    expect(why('LYO-002')).toBe(
      'A slot cannot be given back. If the id is right and the site is right too, add --id-is-right',
    );
    expect(why('CRT-1')).toBe(
      'A slot cannot be given back. If the id is right and this is another person, add --id-is-right',
    );
  });
});

test('a level that is forgotten: the flag to add', () => {
  const factors = 'stratifyBy: [sex]\nfactors:\n  - { name: sex, levels: [F, M] }\nstrata:';
  const trial = started(
    [],
    ['strata:', factors],
    ['site: CRT, slots: 6', 'sex: F, slots: 6'],
    ['site: LYO, slots: 3', 'sex: M, slots: 3'],
  );
  const one = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', DAY1, ...BY];
  expect(refused(trial, 'randomize', ...one)).toContain(
    'sex is missing: add --factor sex=F or --factor sex=M\n',
  );
});

test('the folder of a study that is nearly named', () => {
  const { study } = started([]);
  const near = ['--study', study.slice(0, -1)];
  for (const words of [['status'], ['unblind', 'CRT-001', '--reason', 'SAE']]) {
    expect(randose(...words, ...near).stderr).toContain(
      `has no study.yaml\nDid you mean ${study}?\n`,
    );
  }
});

test('a ledger with an incomplete last line: the repair once', () => {
  const trial = started(['CRT-001']);
  appendFileSync(join(trial.study, 'ledger.jsonl'), '{"seq":3');
  const { stderr } = run(trial, ...dose('D1', DAY1));
  expect(stderr.split('randose ledger --repair')).toHaveLength(2);
});

test('a file in the place of the study folder: the folder is named', () => {
  const { study, folder } = started([]);
  const plan = join(folder, 'a-plan.yaml');
  writeFileSync(plan, 'blocks: { sizes: [3] }\n');
  for (const file of [join(study, 'study.yaml'), plan]) {
    for (const words of [['status'], ['unblind', 'CRT-001', '--reason', 'SAE']]) {
      const { status, stderr } = randose(...words, '--study', file);
      expect(status).toBe(66);
      expect(stderr).toContain('takes a folder, and');
      expect(stderr).toContain(`Name the study folder: --study ${study}\n`);
    }
  }
});
