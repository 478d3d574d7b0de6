import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  editStudy,
  enrolled,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

type Row = Record<string, string>;
const BY = ['--by', 'Example Nurse'];
const WHY = ['--reason', 'example'];

/** The slot of a participant, as the opened list has it, and the dates of the first days. */
interface Person {
  readonly subject: string;
  readonly arm: string;
  readonly kit: string;
  readonly days: readonly [D1: string, D2: string, D3: string];
}

let trial: Trial;
/** Three people with the active arm who are treated, one who is not in the end, and two with the placebo. */
let own: Person;
let mixed: Person;
let other: Person;
let never: Person;
let foreign: Person;
let giver: Person;

/** The eighteen participants, with the dates after the Day 1 that was planned. */
function people(): Person[] {
  const key = ['--identity', trial.statistician, ...WHY];
  const list: Row[] = parse(mustRun('open', '--study', trial.study, ...key), { columns: true });
  const enrolment: Row[] = parse(readFileSync(trial.participants), { columns: true });
  return enrolment.map(({ subject, day1 }, place) => {
    const day = (number: number) =>
      new Date(Date.parse(day1!) + (number - 1) * 86_400_000).toISOString().slice(0, 10);
    const { arm, kit } = list[place]!;
    return { subject: subject!, arm: arm!, kit: kit!, days: [day(1), day(2), day(3)] };
  });
}

function dose({ subject, days }: Person, day: 1 | 2 | 3, ...more: string[]): void {
  const about = ['--subject', subject, '--visit', `D${day}`, '--date', days[day - 1]!];
  mustRun('dose', '--study', trial.study, ...about, ...BY, ...more);
}

function all(...words: string[]): Ran {
  const key = ['--identity', trial.statistician];
  return randose('unblind', '--all', '--study', trial.study, ...key, ...words);
}

function tableOf(name: string, ...words: string[]): Row[] {
  const file = join(trial.folder, name);
  if (!existsSync(file)) {
    expect(all(...words, ...WHY, '--output', file)).toMatchObject({ status: 0, stdout: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  return parse(readFileSync(file), { columns: true });
}
const participants = () => tableOf('participants.csv');
const injections = () => tableOf('doses.csv', '--doses');

beforeAll(() => {
  trial = enrolled(afterAll);
  const everybody = people();
  [own, mixed, other, never] = everybody.filter(({ arm }) => arm === 'ILT101') as [
    ...[Person, Person, Person, Person],
  ];
  [foreign, giver] = everybody.filter(({ arm }) => arm === 'PLACEBO') as [Person, Person];
});

test('without an injection on record, nothing is opened', () => {
  const before = ledgerOf(trial.study).length;
  const ran = all('--doses', ...WHY, '--output', join(trial.folder, 'none.csv'));
  expect(ran).toMatchObject({ status: 64, stdout: '' });
  expect(ran.stderr).toContain('error: no injection is recorded\n');
  expect(ledgerOf(trial.study)).toHaveLength(before);
});

describe('what was given, beside what was allocated', () => {
  beforeAll(() => {
    const anyway = ['--deviation', '--reason', 'wrong box'];
    dose(own, 1);
    dose(own, 2, '--kit', own.kit);
    dose(mixed, 1);
    dose(mixed, 2, '--kit', giver.kit, ...anyway);
    dose(mixed, 3, '--not-done', '--reason', 'fever');
    dose(other, 1, '--kit', giver.kit, ...anyway);
    dose(never, 1);
    mustRun(
      'dose',
      never.subject,
      '--visit',
      'D1',
      '--retract',
      ...WHY,
      ...BY,
      '--study',
      trial.study,
    );
    dose(foreign, 1, '--other-kit', 'LOT 77/A', ...anyway);
    const key = ['--identity', trial.officer, ...WHY];
    mustRun('unblind', mixed.subject, '--study', trial.study, ...key);
    randose('unblind', own.subject, '--study', trial.study, '--identity', trial.packer, ...WHY);
  });

  test('an injection has the arm of its kit, or of the slot if no kit is named', () => {
    const shown = injections().map((row) =>
      [
        'SUBJID',
        'VISIT',
        'ECOCCUR',
        'ECSTDTC',
        'ECSTDY',
        'KITGIVEN',
        'ARMCD',
        'TRTACD',
        'TRTASSUM',
        'DVDECOD',
      ]
        .map((name) => row[name])
        .join(','),
    );
    const [o, m, p, f] = [own, mixed, other, foreign];
    const expected = [
      `${o.subject},D1,Y,${o.days[0]},1,,ILT101,ILT101,Y,`,
      `${o.subject},D2,Y,${o.days[1]},2,${o.kit},ILT101,ILT101,,`,
      `${m.subject},D1,Y,${m.days[0]},1,,ILT101,ILT101,Y,`,
      `${m.subject},D2,Y,${m.days[1]},2,${giver.kit},ILT101,PLACEBO,,kit`,
      `${m.subject},D3,N,,,,ILT101,,,missed`,
      `${p.subject},D1,Y,${p.days[0]},1,${giver.kit},ILT101,PLACEBO,,kit`,
      `${f.subject},D1,Y,${f.days[0]},1,LOT 77/A,PLACEBO,OTHER,,kit`,
    ];
    expect(shown.toSorted()).toEqual(expected.toSorted());
    const missed = injections().find(({ ECOCCUR }) => ECOCCUR === 'N');
    expect(missed).toMatchObject({ PLANDTC: mixed.days[2], VISITDY: '3', KITNO: mixed.kit });
    expect(injections()[0]).toMatchObject({ STUDYID: 'DEPIL-2', SITEID: 'CRT' });
  });

  test('a participant has the first and the last injection, the code-break and the actual arm [R-099]', () => {
    const rows = new Map(participants().map((row) => [row.SUBJID, row]));
    expect(rows.size).toBe(18);
    const exposed = (person: Person, first: string, last: string, count: number, arm: string) => {
      expect(rows.get(person.subject), person.subject).toMatchObject({
        DAY1DTC: person.days[0],
        ARMCD: person.arm,
        RFXSTDTC: first,
        RFXENDTC: last,
        INJGIVEN: String(count),
        ACTARMCD: arm,
      });
    };
    exposed(own, own.days[0], own.days[1], 2, 'ILT101');
    exposed(mixed, mixed.days[0], mixed.days[1], 2, 'MIXED');
    exposed(other, other.days[0], other.days[0], 1, 'PLACEBO');
    exposed(never, '', '', 0, 'NOTTRT');
    exposed(giver, '', '', 0, 'NOTTRT');
    exposed(foreign, foreign.days[0], foreign.days[0], 1, 'OTHER');
    const [intent] = ledgerOf(trial.study).filter(({ action }) => action === 'code-break intent');
    const opened = participants().filter(({ UNBLDTC }) => UNBLDTC !== '');
    expect(opened).toMatchObject([{ SUBJID: mixed.subject, UNBLDTC: intent!.time }]);
  });

  test('JSON has the same rows', () => {
    const json = (...words: string[]) =>
      JSON.parse(all(...words, ...WHY, '--format', 'json').stdout) as Record<string, unknown>;
    expect(json('--doses')).toMatchObject({ study: 'DEPIL-2', doses: injections() });
    expect(json()).toMatchObject({ study: 'DEPIL-2', participants: participants() });
  });

  testWithTool(['Rscript', '--version'])(
    'R counts the same injections from the tables [R-099]',
    () => {
      injections();
      participants();
      const calendar = join(trial.folder, 'calendar.csv');
      const csv = ['--format', 'csv', '--output', calendar];
      mustRun('calendar', '--study', trial.study, ...csv);
      const script = join(trial.folder, 'count.R');
      writeFileSync(script, COUNT);
      const counted = execFileSync('Rscript', ['--vanilla', script], {
        cwd: trial.folder,
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      // Seven records, six injections: three of each participant's own arm, two of the placebo, one of another study.
      expect(counted).toBe(
        [
          'per participant: equal',
          'in the calendar: equal',
          'actual arms: equal',
          'given: ILT101 3, OTHER 1, PLACEBO 2',
          'participants: ILT101 1, MIXED 1, NOTTRT 14, OTHER 1, PLACEBO 1',
          '',
        ].join('\n'),
      );
    },
  );

  test('the table is as safe as that of all participants', () => {
    const inside = join(trial.study, 'doses.csv');
    const before = ledgerOf(trial.study).length;
    expect(all('--doses', ...WHY, '--output', inside)).toMatchObject({ status: 64, stdout: '' });
    expect(all('--doses', '--output', join(trial.folder, 'x.csv')).status).toBe(64);
    const one = [
      'unblind',
      own.subject,
      '--study',
      trial.study,
      '--identity',
      trial.officer,
      ...WHY,
    ];
    const alone = randose(...one, '--doses');
    expect(alone).toMatchObject({ status: 64, stdout: '' });
    expect(alone.stderr).toContain('error: --doses needs --all');
    expect(existsSync(inside)).toBe(false);
    expect(ledgerOf(trial.study)).toHaveLength(before);
    expect(all('--doses', ...WHY, '--output', join(trial.folder, 'on-record.csv')).status).toBe(0);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'list opening intent', reason: 'example' },
      { action: 'list opening outcome', result: 'opened' },
    ]);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('a schedule that nobody accepted gives no planned dates: nothing is opened', () => {
    editStudy(trial, ['weeks: 3-6', 'weeks: 3-5']);
    const before = ledgerOf(trial.study).length;
    const ran = all('--doses', ...WHY, '--output', join(trial.folder, 'changed.csv'));
    expect(ran.status).not.toBe(0);
    expect(existsSync(join(trial.folder, 'changed.csv'))).toBe(false);
    expect(ledgerOf(trial.study)).toHaveLength(before);
  });
});

/** From the rows of the injections alone: how many each participant had, and of which arm. */
const COUNT = `
read <- function(file) read.csv(file, colClasses = "character", na.strings = character())
doses <- read("doses.csv")
people <- read("participants.csv")
calendar <- read("calendar.csv")
given <- doses[doses$ECOCCUR == "Y", ]
per <- table(factor(given$SUBJID, levels = people$SUBJID))
planned <- calendar[calendar$kind == "injection" & calendar$status == "given", ]
dated <- table(factor(planned$subject, levels = people$SUBJID))
actual <- vapply(people$SUBJID, function(id) {
  arms <- unique(given$TRTACD[given$SUBJID == id])
  if (length(arms) == 0) "NOTTRT" else if (length(arms) == 1) arms else "MIXED"
}, "")
says <- function(what, is) cat(what, ": ", if (is) "equal" else "DIFFERENT", "\\n", sep = "")
says("per participant", all(per == as.integer(people$INJGIVEN)))
says("in the calendar", all(per == dated))
says("actual arms", all(actual == people$ACTARMCD))
counts <- function(what, values) {
  n <- table(values)
  n <- n[order(names(n), method = "radix")]
  cat(what, ": ", paste(names(n), n, collapse = ", "), "\\n", sep = "")
}
counts("given", given$TRTACD)
counts("participants", people$ACTARMCD)
`;
