import { describe, expect, test } from 'vitest';
import { readParticipant, readParticipants } from '../../src/ledger/participants.ts';
import type { Factor } from '../../src/study/study.ts';

function problems(text: string, factors: readonly Factor[] = [], hasSchedule = true): string[] {
  const read = readParticipants(text, 'p.csv', factors, hasSchedule);
  return read.problems.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

const ok = [
  {
    subject: 'CRT-001',
    site: 'CRT',
    levels: {},
    day1: '2026-06-01',
    place: { file: 'p.csv', line: 2 },
  },
  {
    subject: 'CRT-002',
    site: 'CRT',
    levels: {},
    day1: '2026-06-08',
    place: { file: 'p.csv', line: 3 },
  },
];

test.each([
  ['commas', 'subject,site,day1\nCRT-001,CRT,2026-06-01\nCRT-002,CRT,2026-06-08\n'],
  ['no last line end', 'subject,site,day1\nCRT-001,CRT,2026-06-01\nCRT-002,CRT,2026-06-08'],
  [
    'semicolons, as a French spreadsheet writes',
    'subject;site;day1\nCRT-001;CRT;2026-06-01\nCRT-002;CRT;2026-06-08\n',
  ],
  ['tabs', 'subject\tsite\tday1\nCRT-001\tCRT\t2026-06-01\nCRT-002\tCRT\t2026-06-08\n'],
  [
    'Windows line ends and a byte order mark',
    '\uFEFFsubject,site,day1\r\nCRT-001,CRT,2026-06-01\r\nCRT-002,CRT,2026-06-08\r\n',
  ],
  [
    'another order of columns, capitals, blanks, quotes',
    'Day1, SITE ,Subject\n2026-06-01,CRT,"CRT-001"\n2026-06-08, CRT ,CRT-002\n',
  ],
  [
    'empty rows at the end',
    'subject,site,day1\nCRT-001,CRT,2026-06-01\nCRT-002,CRT,2026-06-08\n,,\n\n',
  ],
])('participants are read with %s', (_, text) => {
  expect(readParticipants(text, 'p.csv')).toEqual({ participants: ok, problems: [] });
});

test.each([
  ['', ['p.csv:1 the file is empty']],
  ['subject,site,day1\n', ['p.csv:1 the file has a header but no participants']],
  ['CRT-001,CRT,2026-06-01\n', ['p.csv:1 expected the columns subject,site,day1 and no others']],
  [
    'subject,site,day1,name\nA,CRT,2026-06-01,N\n',
    ['p.csv:1 expected the columns subject,site,day1 and no others, found subject,site,day1,name'],
  ],
  [
    'subject,site,day1,site\nA,CRT,2026-06-01,N\n',
    ['p.csv:1 expected the columns subject,site,day1 and no others, found subject,site,day1,site'],
  ],
  [
    'subject,site\nA,CRT\n',
    ['p.csv:1 expected the columns subject,site,day1 and no others, found subject,site'],
  ],
  ['subject,site,day1\n"A,CRT,2026-06-01\n', ['p.csv:2 a quotation mark is opened but not closed']],
  [
    'subject,site,day1\nA "B" C,CRT,2026-06-01\n',
    ['p.csv:2 a quotation mark is in the middle of a field'],
  ],
  ['subject,site,day1\n"A"B,CRT,2026-06-01\n', ['p.csv:2 text follows a closing quotation mark']],
  ['subject,site,day1\n"A" B,CRT,2026-06-01\n', ['p.csv:2 text follows a closing quotation mark']],
])('an invalid file is reported with the reason: %j', (text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test.each([
  ['a line that names the separator', 'sep=;\r\nsubject;site;day1\r\nCRT-001;CRT;2026-06-01\r\n'],
  ['a separator of its own', '\uFEFF"sep=|"\nsubject|site|day1\nCRT-001|CRT|2026-06-01\n'],
  ['a separator line with empty fields', 'SEP=,,,\nsubject,site,day1\nCRT-001,CRT,2026-06-01\n'],
  ['empty columns and rows', 'subject;site;day1;;\r\nCRT-001;CRT;2026-06-01;;\r\n;;;;\r\n'],
  ['an empty column before the others', ',subject,site,day1\n,CRT-001,CRT,2026-06-01\n'],
  ['empty fields beyond the header', 'subject,site,day1\nCRT-001,CRT,2026-06-01,,\n'],
])('what spreadsheets add is nothing: %s', (_, text) => {
  const { participants, problems: found } = readParticipants(text, 'p.csv');
  expect(found).toEqual([]);
  expect(participants).toMatchObject([{ subject: 'CRT-001', site: 'CRT', day1: '2026-06-01' }]);
});

test('the lines of a file that names its separator are counted as they are', () => {
  expect(problems('sep=;\nsubject;site;day1\nCRT-001;;2026-06-01\n')).toEqual([
    'p.csv:3 the site is missing',
  ]);
});

test('content in a column without a name is refused', () => {
  expect(problems(';subject;site;day1\n;A;CRT;2026-06-01\nMartin;B;CRT;2026-06-01\n')).toEqual([
    'p.csv:3 "Martin" is in column 1, which has no name in the first line',
  ]);
  expect(problems(`subject;site;day1;\nA;CRT;2026-06-01;${'x'.repeat(70)}\n`)).toEqual([
    `p.csv:2 "${'x'.repeat(60)}…" is in column 4, which has no name in the first line`,
  ]);
  expect(problems('subject;site;day1;\nCRT-001;CRT;2026-06-01;Martin\n')).toEqual([
    'p.csv:2 "Martin" is in column 4, which has no name in the first line',
  ]);
});

test('every bad row is reported, with its line', () => {
  const text = [
    'subject,site,day1',
    'CRT-001,CRT,2026-06-01',
    'CRT 002,CRT,2026-06-01',
    'CRT-003,,2026-06-01',
    'CRT-004,CRT,01/06/2026',
    'CRT-005,CRT,2026-02-30',
    'CRT-006,CRT',
    '=1+1,CRT,2026-06-01',
    '',
    'CRT-007,CRT,2026-6-1', // is understood
    'CRT-008,CRT,today',
    'CRT\u2011009,CRT,2026-06-01',
    'CRT\u2013010,CRT,2026-06-01',
  ].join('\n');
  expect(problems(text)).toEqual([
    'p.csv:3 subject "CRT 002": expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit',
    'p.csv:4 the site is missing',
    'p.csv:5 day1: "01/06/2026" is not a date: expected YYYY-MM-DD. Did you mean 2026-06-01 or 2026-01-06?',
    'p.csv:6 day1: 2026-02-30 does not exist in the calendar',
    'p.csv:7 expected 3 fields, found 2',
    'p.csv:8 subject "=1+1": expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit',
    'p.csv:11 day1: "today" is not a date: expected YYYY-MM-DD, such as 2026-06-15',
    'p.csv:12 subject "CRT\u2011009": it has a non-breaking hyphen (U+2011) in the place of "-": type CRT-009',
    'p.csv:13 subject "CRT\u2013010": it has an en dash (U+2013) in the place of "-": type CRT-010',
  ]);
});

test('a line without end is told at once', () => {
  const begin = performance.now();
  const wrong = 'p.csv:1 a line has more than 100000 characters';
  expect(problems('x'.repeat(4_000_000))).toEqual([wrong]);
  expect(performance.now() - begin).toBeLessThan(2000);
});

describe('factors', () => {
  const factors = [
    { name: 'Sex', levels: ['F', 'M'] },
    { name: 'age', levels: ['under 40', '40 or more'] },
  ] as Factor[];

  test('are columns of the file, whatever their letter case', () => {
    const text = 'subject,site,SEX,day1,Age\nA,CRT,F,2026-06-01,40 or more\n';
    expect(readParticipants(text, 'p.csv', factors)).toEqual({
      participants: [
        {
          subject: 'A',
          site: 'CRT',
          levels: { Sex: 'F', age: '40 or more' },
          day1: '2026-06-01',
          place: { file: 'p.csv', line: 2 },
        },
      ],
      problems: [],
    });
  });

  test('are columns that the file must have', () => {
    expect(problems('subject,site,day1,sex\nA,CRT,2026-06-01,F\n', factors)).toEqual([
      'p.csv:1 expected the columns subject,site,day1,Sex,age and no others, found subject,site,day1,sex',
    ]);
  });

  test('have one of their levels in each row', () => {
    const text = [
      'subject,site,day1,sex,age',
      'A,CRT,2026-06-01,f,40 or more',
      'B,CRT,2026-06-01,,40',
      `C,CRT,2026-06-01,M,${'x'.repeat(70)}`,
    ].join('\n');
    expect(problems(text, factors)).toEqual([
      'p.csv:2 Sex "f" is not a level: expected F or M',
      'p.csv:3 Sex is missing: expected F or M',
      'p.csv:3 age "40" is not a level: expected under 40 or 40 or more',
      `p.csv:4 age "${'x'.repeat(60)}…" is not a level: expected under 40 or 40 or more`,
    ]);
  });

  test('that are missing on a command line are told as the flags to add', () => {
    const fields = { subject: 'A', site: 'CRT', day1: '2026-06-01' };
    expect(readParticipant({ ...fields, levels: { Sex: 'X' } }, factors, {})).toEqual({
      ok: false,
      problems: [
        { message: 'Sex "X" is not a level: expected F or M' },
        {
          message: 'age is missing: add --factor "age=under 40" or --factor "age=40 or more"',
        },
      ],
    });
  });
});

test('a study without a schedule has no Day 1', () => {
  const read = readParticipants('subject,site\nA,CRT\n', 'p.csv', [], false);
  expect(read.problems).toEqual([]);
  expect(read.participants).toStrictEqual([
    { subject: 'A', site: 'CRT', levels: {}, day1: undefined, place: { file: 'p.csv', line: 2 } },
  ]);
  expect(problems('subject,site,day1\nA,CRT,2026-06-01\n', [], false)).toEqual([
    'p.csv:1 expected the columns subject,site and no others, found subject,site,day1',
  ]);
});

test('a file that is no list of participants is not repeated', () => {
  expect(problems('number;arm;\nR001;ACTIVE;x\n')).toEqual([
    'p.csv:1 expected the columns subject,site,day1 and no others',
  ]);
});

test('a word for a day is read on a command line alone', () => {
  const fields = { subject: ' A ', site: 'CRT', day1: 'tomorrow', levels: {} };
  const today = '2026-06-15' as Parameters<typeof readParticipant>[3];
  expect(readParticipant(fields, [], {}, today)).toEqual({
    ok: true,
    value: { subject: 'A', site: 'CRT', levels: {}, day1: '2026-06-16', place: {} },
  });
  expect(readParticipant(fields, [], {}).ok).toBe(false);
});

test('every problem of a participant is told at once, and a long text is cut', () => {
  const fields = { subject: '=x'.repeat(40), site: '', day1: 'x', levels: {} };
  expect(readParticipant(fields, [], {})).toEqual({
    ok: false,
    problems: [
      {
        message: `subject "${'=x'.repeat(30)}…": expected 1 to 32 letters, digits, dots, hyphens or underscores, the first a letter or digit`,
      },
      { message: 'the site is missing' },
      { message: 'day1: "x" is not a date: expected YYYY-MM-DD, such as 2026-06-15' },
    ],
  });
});
