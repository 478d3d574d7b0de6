import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  depil2,
  enrolled,
  mustRun,
  type Ran,
  randose,
  startRandose,
  type Trial,
} from '../support/command-line.ts';

function ledgerText(trial: Trial): string {
  return readFileSync(join(trial.study, 'ledger.jsonl'), 'utf8');
}

function from(trial: Trial, rows: string, ...more: string[]): Ran {
  const file = join(trial.folder, 'given.csv');
  writeFileSync(file, rows);
  return randose('randomize', '--study', trial.study, '--from', file, '--by', 'Example', ...more);
}

test('numbers and kits are given in file order, and no arm is printed [R-053]', () => {
  const trial = allocated();
  const { status, stdout, stderr } = from(
    trial,
    'subject,site,day1\nB,CRT,2026-06-02\nA,CRT,2026-06-01\n',
  );
  expect(status).toBe(0);
  const list = readFileSync(join(trial.study, 'allocation', 'list.csv'), 'utf8').split('\n');
  const kit = (row: number) => list[row]!.split(',')[3]!;
  expect(stdout.split('\n').slice(1, 3)).toEqual([
    `B        CRT   R001    ${kit(1)}  2026-06-02`,
    `A        CRT   R002    ${kit(2)}  2026-06-01`,
  ]);
  expect(stdout + stderr).not.toMatch(/ILT101|PLACEBO/);
});

test('as JSON: one document', () => {
  const { stdout, stderr } = from(allocated(), 'subject,site,day1\nA1,CRT,2026-06-01\n', '--json');
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    data: { participants: [{ subject: 'A1', site: 'CRT', number: 'R001', day1: '2026-06-01' }] },
  });
});

test('a site is found in any case', () => {
  const { status, stdout } = from(allocated(), 'subject,site,day1\nCRT-001,crt,2026-06-01\n');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^CRT-001 +CRT +R001 /m);
});

test('an id that looks like a name, or not like the earlier ones, gives a warning [R-069]', () => {
  const row = (id: string) => `${id},CRT,2026-06-01\n`;
  const warnings = (trial: Trial, ...ids: string[]) =>
    from(trial, `subject,site,day1\n${ids.map(row).join('')}`)
      .stderr.split('\n')
      .filter((line) => line.includes('ubject id'));
  const trial = allocated();
  expect(warnings(trial, 'CRT-998', 'CRT-999', 'CRT-1000')).toEqual([]);
  expect(warnings(trial, 'CRT-7', 'DUPONT')).toEqual([
    'warning: Subject id DUPONT has no digit: is it a name? Use a subject code.',
  ]);
  const other = allocated();
  expect(warnings(other, 'CRT-001')).toEqual([]);
  expect(warnings(other, 'crt-002', 'CRT-OO4')).toEqual([
    'warning: Subject id CRT-OO4 does not look like the others of site CRT (CRT-001): check it.',
  ]);
});

test.each([
  [
    [],
    "randomize needs 2 more options\n  --subject <id>: one participant's subject id (except with --from)",
  ],
  [['--subject', 'CRT-001', '--day1', 'today'], 'randomize needs --site <code>'],
  [['--site', 'CRT'], 'randomize needs --subject <id>: '],
  [['--from', 'a.csv', '--site', 'CRT'], 'the file names the participants: leave out --site CODE'],
])('%j says what is missing', (words, message) => {
  const { status, stderr } = randose('randomize', ...words, '--by', 'Example');
  expect(status).toBe(64);
  expect(stderr).toContain(message);
});

describe('nobody is randomized, and no slot is used, if anything is wrong', () => {
  test.each([
    ['a bad date', 'A,CRT,2026-06-31', 'given.csv:3: day1: 2026-06-31 does not exist'],
    [
      'an unknown site',
      'A,PAR,2026-06-01',
      'given.csv:3: site "PAR" is unknown: study.yaml has CRT',
    ],
    [
      'a subject twice',
      'ok,CRT,2026-06-01',
      'given.csv:3: subject ok is already in this file, at line 2',
    ],
    ['a short row', 'A,CRT', 'given.csv:3: expected 3 fields, found 2'],
  ])('%s', (_, row, message) => {
    const trial = allocated();
    const before = ledgerText(trial);
    const refused = from(trial, `subject,site,day1\nOK,CRT,2026-06-01\n${row}\n`);
    expect(refused).toMatchObject({ status: 65, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr.match(/nobody was randomized/gi)).toHaveLength(1);
    expect(ledgerText(trial)).toBe(before);
  });

  test('all errors are reported at once, in the order of the file [R-055]', () => {
    const { status, stderr } = from(
      allocated(),
      'subject,site,day1\nA,CRT,2026-02-30\nB,PAR,2026-06-01\nB C,CRT,2026-06-01\n',
    );
    expect(status).toBe(65);
    expect(stderr).toMatch(
      /3 problems\n.*csv:2: day1.*\n.*csv:3: site "PAR".*\n.*csv:4: subject "B C"/,
    );
  });

  test('a second randomization of a subject', () => {
    const trial = enrolled();
    const before = ledgerText(trial);
    const again = randose(
      ...['randomize', '--study', trial.study, '--by', 'Example'],
      ...['--subject', 'crt-001', '--site', 'CRT', '--day1', '2026-06-01'],
    );
    expect(again.status).toBe(65);
    expect(again.stderr).toMatch(/subject crt-001 was randomized on \d{4}-\d\d-\d\d \(UTC\): R001/);
    expect(ledgerText(trial)).toBe(before);
  });

  test('a full stratum', () => {
    const refused = from(enrolled(), 'subject,site,day1\nCRT-019,CRT,2026-06-01\n');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain(
      'given.csv:2: stratum site=CRT is full: all 18 slots are used; none is left for CRT-019. The statistician can add slots: raise the numbers under strata in study.yaml, then: randose allocate --extend --plan FILE --identity KEY',
    );
  });

  test('a list that is not the one that was sealed', () => {
    const trial = allocated();
    const file = join(trial.study, 'allocation', 'list.csv');
    const [header, first, second, ...rest] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [header, second, first, ...rest].join('\n'));
    const refused = from(trial, 'subject,site,day1\nA,CRT,2026-06-01\n');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('allocation/list.csv is not the list that was sealed');
  });

  test('strata that were changed in study.yaml', () => {
    const trial = allocated();
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('slots: 18', 'slots: 21'));
    const refused = from(trial, 'subject,site,day1\nA,CRT,2026-06-01\n');
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain('study.yaml was changed after the list was sealed: strata');
  });

  test('from a spreadsheet’s own file says how to save it; nobody is randomized', () => {
    const trial = allocated();
    const file = join(trial.folder, 'c.xlsx');
    writeFileSync(file, 'PK\u0003\u0004\u0014\u0000\u0006\u0000');
    const words = ['randomize', '--study', trial.study, '--from', file, '--by', 'Example'];
    const { status, stderr } = randose(...words);
    expect(status).toBe(65);
    expect(stderr).toContain('c.xlsx is a spreadsheet file: save it as CSV UTF-8');
    writeFileSync(file, 'sep=;\r\nsubject;site;day1;;\r\nCRT-003;CRT;2026-06-08;;\r\n;;;;\r\n');
    expect(mustRun(...words)).toContain('CRT-003');
  });

  test('a study without a list', () => {
    const refused = from(depil2(), 'subject,site,day1\nA,CRT,2026-06-01\n');
    expect(refused.status).toBe(66);
    expect(refused.stderr).toContain('this study has no allocation list yet');
  });
});

describe('processes that randomize at once', () => {
  test('never give one slot to two people, and lose nobody [R-054]', async () => {
    const trial = allocated();
    const subjects = Array.from({ length: 12 }, (_, index) => `P-${index + 1}`);
    const ran = await Promise.all(
      subjects.map((subject) =>
        startRandose(
          ...['randomize', '--study', trial.study, '--by', 'Example', '--json'],
          ...['--subject', subject, '--site', 'CRT', '--day1', '2026-06-01'],
        ),
      ),
    );
    expect(ran.map(({ status }) => status)).toEqual(subjects.map(() => 0));
    const numbers = ran.map(({ stdout }) => {
      const { data } = JSON.parse(stdout) as { data: { participants: [{ number: string }] } };
      return data.participants[0].number;
    });
    expect(numbers.sort()).toEqual(
      subjects.map((_, index) => `R0${String(index + 1).padStart(2, '0')}`),
    );
    expect(mustRun('verify', '--study', trial.study)).toContain('Nothing disagrees');
    expect(ledgerText(trial).trimEnd().split('\n')).toHaveLength(1 + 12);
  });

  test('for the same subject: one of them succeeds, the others are refused', async () => {
    const trial = allocated();
    const ran = await Promise.all(
      Array.from({ length: 5 }, () =>
        startRandose(
          ...['randomize', '--study', trial.study, '--by', 'Example'],
          ...['--subject', 'ONE', '--site', 'CRT', '--day1', '2026-06-01'],
        ),
      ),
    );
    expect(ran.map(({ status }) => status).sort()).toEqual([0, 65, 65, 65, 65]);
    expect(mustRun('status', '--study', trial.study)).toContain('1 randomized');
  });

  test('for more people than there are slots: the last are refused, and no slot is given twice', async () => {
    const trial = allocated();
    const file = (part: number) => {
      const path = join(trial.folder, `part-${part}.csv`);
      const rows = Array.from({ length: 5 }, (_, index) => `P${part}-${index},CRT,2026-06-01`);
      writeFileSync(path, `subject,site,day1\n${rows.join('\n')}\n`);
      return path;
    };
    const ran = await Promise.all(
      [1, 2, 3, 4].map((part) =>
        startRandose('randomize', '--study', trial.study, '--from', file(part), '--by', 'Example'),
      ),
    );
    expect(ran.map(({ status }) => status).sort()).toEqual([0, 0, 0, 65]);
    expect(mustRun('status', '--study', trial.study)).toMatch(/site=CRT +18 +15 +3/);
    expect(mustRun('verify', '--study', trial.study)).toContain('Nothing disagrees');
  });
});

test('a process that was killed blocks nobody [R-107]', async () => {
  const trial = allocated();
  const { pid } = await new Promise<{ pid: number }>((resolve) => {
    void import('node:child_process').then(({ spawn }) => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      child.on('spawn', () => {
        child.kill('SIGKILL');
      });
      child.on('exit', () => {
        resolve({ pid: child.pid! });
      });
    });
  });
  const { hostname } = await import('node:os');
  const lock = { pid, host: hostname(), started: '', token: 'dead' };
  writeFileSync(join(trial.study, '.randose.lock'), JSON.stringify(lock));
  expect(from(trial, 'subject,site,day1\nA,CRT,2026-06-01\n').status).toBe(0);
});
