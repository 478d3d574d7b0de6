import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import {
  begun,
  depil2,
  editStudy,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randose,
  type Ran,
  type Trial,
} from '../support/command-line.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { testWithTool } from '../support/tools.ts';
import { uidOf } from '../support/calendar-uids.ts';
import { startAt } from '../support/clock.ts';

const BY = ['--by', 'Example Nurse'];
/** With a window and a least interval for the weekly injections, in the way of 1 and 8 May. */
const RULES = '{phase: maintenance, weeks: 3-6, window: -1/+2, leastInterval: 5 days}';

/** DEPIL-2 with one participant, whose Day 1 is a Friday in April. */
function participant(rules = RULES, ...more: [string, string][]): Trial {
  startAt('2026-04-15T08:00:00Z');
  return begun(`A1 in April, ${JSON.stringify([rules, more])}`, (trial) => {
    editStudy(trial, ['{phase: maintenance, weeks: 3-6}', rules], ...more);
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    const one = ['--subject', 'A1', '--site', 'CRT', '--day1', '2026-04-17'];
    mustRun('randomize', '--study', trial.study, ...one, ...BY);
  });
}

function dose(trial: Trial, visit: string, date: string, ...more: string[]): Ran {
  const about = ['--subject', 'A1', '--visit', visit, '--date', date];
  return randose('dose', '--study', trial.study, ...about, ...BY, ...more);
}

function move(trial: Trial, visit: string, date: string, ...more: string[]): Ran {
  const about = ['--subject', 'A1', '--visit', visit, '--date', date, '--reason', 'example'];
  return randose('move', '--study', trial.study, ...about, ...BY, ...more);
}

function done(ran: Ran): string {
  expect(ran.stderr).not.toContain('error:');
  expect(ran.status).toBe(0);
  return ran.stdout;
}

/** Records the five injections of the induction, each on its day. */
function induction(trial: Trial): void {
  for (const day of [1, 2, 3, 4, 5]) done(dose(trial, `D${day}`, `2026-04-${16 + day}`));
}

interface Event {
  readonly kind: string;
  readonly visit: string;
  readonly date: string;
  readonly planned: string;
  readonly status: string;
  readonly deviation: number;
  readonly sequence: number;
}

function injections(trial: Trial): Event[] {
  const { calendars } = jsonOf('calendar', '--study', trial.study, '--subject', 'A1') as {
    calendars: { events: Event[] }[];
  };
  return calendars[0]!.events.filter(({ kind }) => kind === 'injection');
}

function datesOf(trial: Trial): string[] {
  return injections(trial).map(({ date }) => date.slice(5));
}

describe('an injection that was given', () => {
  test('is shown beside the plan, with its deviation in days', () => {
    const trial = participant();
    induction(trial);
    done(dose(trial, 'D15', '2026-05-02'));
    const sheet = mustRun('calendar', '--study', trial.study, '--subject', 'A1');
    expect(sheet).toMatch(/^D15 +Injection 6 of 9 +2026-05-01 Fri +2026-05-02 Sat +\+1 +given$/m);
    expect(sheet).toMatch(/^D5 +Injection 5 of 9 +2026-04-21 Tue +2026-04-21 Tue +0 +given$/m);
    // The later ones are counted from Day 1.
    expect(datesOf(trial).slice(6)).toEqual(['05-08', '05-15', '05-22']);
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });

  test('as Day 1 on another date changes the whole calendar', () => {
    const trial = participant();
    done(dose(trial, 'D1', '2026-04-20'));
    expect(datesOf(trial)).toEqual([
      ...['04-20', '04-21', '04-22', '04-23', '04-24'],
      ...['05-04', '05-11', '05-18', '05-25'],
    ]);
    expect(injections(trial)[0]).toMatchObject({ planned: '2026-04-17', deviation: 3 });
  });

  test.each([
    ['D15', '2026-05-04', ['window: ', '2026-04-30 Thu to 2026-05-03 Sun'], '2026-05-03 Sun'],
    ['D15', '2026-04-25', ['window: ', 'least interval: '], '2026-04-30 Thu'],
    ['D15', '2099-01-01', ['window: ', 'not in the future: '], '2026-05-03 Sun'],
  ])('%s on %s is refused with every rule, and what is allowed', (visit, date, rules, legal) => {
    const trial = participant();
    induction(trial);
    startAt('2026-07-01T08:00:00Z'); // so that no allowed date is in the future
    const before = readFileSync(join(trial.study, 'ledger.jsonl'));
    const { status, stderr, stdout } = dose(trial, visit, date);
    expect([status, stdout]).toEqual([65, '']);
    for (const rule of rules) expect(stderr).toContain(rule);
    expect(stderr).toMatch(/^Allowed: /m);
    expect(stderr).toContain(legal);
    expect(readFileSync(join(trial.study, 'ledger.jsonl'))).toEqual(before);
  });

  test('on a day that is still to come is refused without naming another day', () => {
    const trial = participant();
    startAt('2026-04-16T08:00:00Z');
    const { status, stderr } = dose(trial, 'D1', 'tomorrow');
    expect(status).toBe(65);
    expect(stderr).toContain('not in the future: today is 2026-04-16');
    expect(stderr).toContain(
      'A record says what has happened: enter it on the day on which it takes place, or later.',
    );
    expect(stderr).not.toContain('Allowed');
  });

  test('is refused if no date remains, and the message says so', () => {
    const rules = '{phase: maintenance, weeks: 3-6, window: 0, leastInterval: 7 days}';
    const trial = participant(rules);
    induction(trial);
    done(dose(trial, 'D15', '2026-05-04', '--deviation', '--reason', 'snow'));
    const { stderr } = dose(trial, 'D22', '2026-05-08');
    expect(stderr).toContain('least interval: the least interval is 7 days from D15');
    expect(stderr).toContain('No date meets all these rules.');
  });

  test('that breaks a rule is a deviation in the ledger, with its reason; never in the future [R-071]', () => {
    const trial = participant();
    induction(trial);
    expect(dose(trial, 'D15', '2026-05-05', '--deviation').status).toBe(64);
    done(dose(trial, 'D15', '2026-05-05', '--deviation', '--reason', 'snow'));
    expect(mustRun('ledger', '--study', trial.study, '--kind', 'dose')).toMatch(
      /D15 of A1: given on 2026-05-05; a deviation \(window\)\n.*Example Nurse\n.*"snow"/,
    );
    const future = dose(trial, 'D22', '2099-01-01', '--deviation', '--reason', 'x');
    expect(future.status).toBe(65);
  });

  test('is recorded once, and then corrected [R-074]', () => {
    const trial = participant();
    done(dose(trial, 'D1', '2026-04-16'));
    expect(dose(trial, 'D1', '2026-04-17').stderr).toContain('is already recorded');
    expect(dose(trial, 'D1', '2026-04-17', '--correct').status).toBe(64);
    done(dose(trial, 'D1', '2026-04-17', '--correct', '--reason', 'typing error'));
    expect(injections(trial)[0]).toMatchObject({ date: '2026-04-17', deviation: 0, sequence: 2 });
    expect(dose(trial, 'D2', '2026-04-18', '--correct', '--reason', 'x').stderr).toContain(
      'nothing to correct',
    );
  });

  test("with another participant's kit is refused", () => {
    const trial = participant();
    const two = ['--subject', 'A2', '--site', 'CRT', '--day1', '2026-04-17'];
    mustRun('randomize', '--study', trial.study, ...two, ...BY);
    const { calendars } = jsonOf('calendar', '--study', trial.study) as {
      calendars: { kit: string }[];
    };
    const [own, other] = calendars.map(({ kit }) => kit) as [string, string];
    const refused = dose(trial, 'D1', '2026-04-17', '--kit', other);
    expect(refused.status).toBe(65);
    expect(refused.stderr).toContain(`kit: ${other} is not A1's kit: A1 has ${own}`);
    expect(refused.stderr).toContain('. If it has not been given yet: DO NOT GIVE IT\n');
    done(dose(trial, 'D1', '2026-04-17', '--kit', own.toLowerCase()));
  });

  test.each(['2026', '026-3-1', '2026-02-30', '2026-04-17T09:00', '17/04/2026'])(
    '%s is not a date',
    (date) => {
      const { status, stderr } = dose(participant(), 'D1', date);
      expect(status).toBe(64);
      expect(stderr).toMatch(/is not a date|does not exist/);
    },
  );

  test('visits that do not exist are named', () => {
    const trial = participant();
    for (const visit of ['D0', 'D16', 'D60', 'x']) {
      const { status, stderr } = dose(trial, visit, '2026-04-17');
      expect(status).toBe(64);
      expect(stderr).toContain('D1, D2, D3, D4, D5, D15, D22, D29, D36');
    }
  });
});

describe('an injection that was missed', () => {
  test('needs a reason, and moves nothing unless study.yaml says so', () => {
    const trial = participant();
    induction(trial);
    expect(dose(trial, 'D15', '2026-05-03', '--not-done').status).toBe(64);
    expect(done(dose(trial, 'D15', '2026-05-03', '--not-done', '--reason', 'fever'))).toContain(
      '  D15 Injection 6 of 9: not done\n',
    );
    expect(injections(trial)[5]).toMatchObject({ status: 'not done' });
    expect(datesOf(trial).slice(6)).toEqual(['05-08', '05-15', '05-22']);
  });

  test('moves the later ones by the days that were lost if study.yaml says so', () => {
    const trial = participant(RULES.replace('}', ', afterMissed: move}'));
    induction(trial);
    done(dose(trial, 'D15', '2026-05-03', '--not-done', '--reason', 'fever'));
    expect(datesOf(trial).slice(6)).toEqual(['05-10', '05-17', '05-24']);
  });

  test('together with all later ones means that somebody stops', () => {
    const trial = participant();
    induction(trial);
    done(dose(trial, 'D15', '2026-05-01', '--not-done', '--rest', '--reason', 'withdrew'));
    expect(injections(trial).map(({ status }) => status)).toEqual([
      ...['given', 'given', 'given', 'given', 'given'],
      ...['not done', 'not done', 'not done', 'not done'],
    ]);
    const [last] = injections(trial).slice(-1);
    expect(last).toMatchObject({ visit: 'D36' });
  });

  test('as the first one means that nobody is treated', () => {
    const trial = participant();
    done(dose(trial, 'D1', '2026-04-17', '--not-done', '--reason', 'withdrew'));
    expect(injections(trial).map(({ status }) => status)).toEqual([
      'not done',
      ...Array.from({ length: 8 }, () => 'cancelled'),
    ]);
    expect(dose(trial, 'D2', '2026-04-18').stderr).toContain('is not treated');
  });
});

describe('visits that are counted from the actual date of the visit before', () => {
  test('follow that date', () => {
    const trial = participant(RULES.replace('}', ', countedFrom: visit before}'));
    induction(trial);
    done(dose(trial, 'D15', '2026-05-03'));
    expect(datesOf(trial).slice(6)).toEqual(['05-10', '05-17', '05-24']);
    expect(injections(trial)[6]).toMatchObject({ planned: '2026-05-10', deviation: 0 });
  });
});

describe('a visit that is moved', () => {
  test('inside its window: proposed first, never by itself', () => {
    const trial = participant();
    const words = ['calendar', '--study', trial.study, '--subject', 'A1'];
    const sheet = mustRun(...words);
    expect(sheet).toContain('D15 on 2026-05-01 Fri: Fête du travail, a public holiday');
    expect(sheet).toContain('Possible: 2026-04-30 Thu');
    expect(datesOf(trial)[5]).toBe('05-01');
    done(move(trial, 'D15', '2026-04-30'));
    expect(injections(trial)[5]).toMatchObject({ date: '2026-04-30', deviation: -1 });
    expect(mustRun(...words)).not.toContain('D15 on');
  });

  test('needs a reason, and is refused outside the rules', () => {
    const trial = participant();
    const about = ['--subject', 'A1', '--visit', 'D15', '--date', '2026-04-30'];
    expect(randose('move', '--study', trial.study, ...about, ...BY).status).toBe(64);
    const { status, stderr } = move(trial, 'D15', '2026-05-12');
    expect(status).toBe(65);
    for (const rule of ['window: ', 'order: it must come before D22', 'least interval: ']) {
      expect(stderr).toContain(rule);
    }
    expect(stderr).toContain('Allowed: 2026-04-30 Thu, 2026-05-01 Fri, 2026-05-02 Sat, 2026-05-03');
    induction(trial);
    expect(move(trial, 'D5', '2026-04-22').stderr).toContain('has happened');
  });

  test('as Day 1 moves everything else too', () => {
    const trial = participant();
    done(move(trial, 'D1', '2026-04-20'));
    expect(datesOf(trial)[8]).toBe('05-25');
  });
});

describe('revisions', () => {
  function events(trial: Trial): ICAL.Event[] {
    const words = ['--subject', 'A1', '--format', 'ics'];
    const text = mustRun('calendar', '--study', trial.study, ...words);
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    return calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
  }

  test('keep the UID, raise SEQUENCE, and cancel what is cancelled [R-078]', () => {
    const trial = participant();
    const before = events(trial);
    expect(before.map((event) => event.sequence)).toEqual(before.map(() => 0));
    done(move(trial, 'D15', '2026-04-30'));
    induction(trial);
    done(dose(trial, 'D15', '2026-05-01', '--not-done', '--reason', 'fever'));
    const after = events(trial);
    expect(new Set(after.map(({ uid }) => uid))).toEqual(new Set(before.map(({ uid }) => uid)));
    const missed = after.find(({ uid }) => uid === uidOf('A1', 'D15'))!;
    expect(missed.sequence).toBe(2);
    expect(missed.component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(after.find(({ uid }) => uid === uidOf('A1', 'D36'))!.sequence).toBe(0);
  });

  test('are listed since the last export, or since an entry', () => {
    const trial = participant();
    const words = ['calendar', '--study', trial.study];
    expect(randose(...words, '--changes').status).toBe(66);
    mustRun(...words, '--format', 'csv', '--output', join(trial.folder, 'all.csv'));
    expect(mustRun(...words, '--changes')).toBe('Nothing has changed since the last export.\n');
    done(move(trial, 'D15', '2026-04-30'));
    const changes = mustRun(...words, '--changes');
    expect(changes).toMatch(/^Subject +Visit +What +Was +Is +Note$/m);
    expect(changes).toMatch(
      /^A1 +D15 +Injection 6 of 9 +2026-05-01 Fri +2026-04-30 Thu +moved: example$/m,
    );
    expect(mustRun(...words, '--since', '2')).toBe(
      changes.replace('the last export', 'entry 2 of the ledger'),
    );
    const again = randose(...words, '--format', 'ics');
    expect(again.stderr.replaceAll(/\s+/g, ' ')).toContain(
      ', as of ledger entry 3. What changes later: randose calendar',
    );
    expect(mustRun(...words, '--changes')).toContain('Nothing has changed');
    const file = join(trial.folder, 'a1.txt');
    mustRun(...words, '--subject', 'A1', '--output', file);
    expect(readFileSync(file, 'utf8')).toMatch(/\nAs of ledger entry 3 of [\d-]+ \(UTC\)\.\n$/);
    expect(randose(...words, '--since', '99').status).toBe(64);
  });
});

test('what changed beside a date is named: a site, an amount, a kit that was corrected', () => {
  const trial = participant();
  const words = ['calendar', '--study', trial.study];
  const kits = kitsOfTrial(trial);
  const D1 = ['--subject', 'A1', '--visit', 'D1', '--date', '2026-04-17'];
  const dose = (...more: string[]) =>
    mustRun('dose', '--study', trial.study, ...D1, ...BY, ...more);
  dose('--amount', '1 vial');
  mustRun(...words, '--format', 'csv', '--output', join(trial.folder, 'all.csv'));
  const why = ['--reason', 'read again', '--correct', '--deviation'];
  dose('--amount', '2 vials', '--kit', kits[1]!, ...why);
  const changes = mustRun(...words, '--changes');
  const said = changes.replaceAll(/\s+/g, ' ');
  expect(said).toContain('What changed since the last export');
  expect(said).toMatch(/changed, amount .*1 vial → 2 vials/);
  expect(jsonOf(...words, '--changes')).toMatchObject({
    changes: [
      {
        visit: 'D1',
        change: 'changed',
        details: ['amount 1 vial → 2 vials', `kit none → ${kits[1]!}`],
      },
    ],
  });
});

describe('a time of day', () => {
  const at = (trial: Trial, ...words: string[]) =>
    randose('calendar', '--study', trial.study, '--format', 'ics', '--subject', 'A1', ...words);

  test('has its VTIMEZONE, and an alarm if somebody asks for one', () => {
    const { stdout } = at(participant(), '--at', '09:00', '--alarm', '1d');
    const calendar = new ICAL.Component(ICAL.parse(stdout) as unknown[]);
    const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!);
    expect(zone.tzid).toBe('Europe/Paris');
    const [first] = calendar.getAllSubcomponents('vevent');
    const start = new ICAL.Event(first).startDate;
    start.zone = zone;
    expect(start.toUnixTime()).toBe(Date.parse('2026-04-17T07:00:00Z') / 1000);
    expect(stdout).toContain('\r\nTRIGGER:-P1D\r\n');
    const uids = calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event).uid);
    expect(new Set(uids).size).toBe(16);
  });

  test('that daylight saving skips or repeats, or that does not exist, is an error', () => {
    const trial = participant(RULES);
    done(move(trial, 'D1', '2026-03-26', '--deviation'));
    const skipped = at(trial, '--at', '02:30');
    expect(skipped.status).toBe(64);
    expect(skipped.stderr).toContain('02:30 does not exist on 2026-03-29 in Europe/Paris');
    done(move(trial, 'D1', '2026-10-21', '--deviation'));
    expect(at(trial, '--at', '02:30').stderr).toContain('02:30 comes twice on 2026-10-25');
    expect(at(trial, '--at', '24:00').status).toBe(64);
    expect(at(trial, '--at', '9').status).toBe(64);
    expect(at(trial, '--at', '09:00', '--alarm', 'soon').status).toBe(64);
  });

  test('needs a time zone', () => {
    const trial = participant(RULES, ['    timeZone: Europe/Paris\n', '']);
    expect(at(trial, '--at', '09:00').stderr).toContain('site CRT has no timeZone');
  });
});

describe('choosing Day 1', () => {
  function plan(trial: Trial, ...words: string[]) {
    const { sites } = jsonOf('calendar', 'plan', '--study', trial.study, ...words) as {
      sites: { candidates: { day1: string; rank: number; cost: Record<string, number> }[] }[];
    };
    return sites[0]!.candidates;
  }

  test('works before the list is made, and puts Mondays first', () => {
    const trial = depil2();
    const candidates = plan(trial, '--from', '2027-03-01', '--to', '2027-03-07');
    expect(candidates).toHaveLength(7);
    // From 1 March the fifth injection is on Friday 5 March; Days 15 to 36 are Mondays, the last
    // but one of them Easter Monday (29 March).
    expect(candidates.find(({ day1 }) => day1 === '2027-03-01')!.cost).toMatchObject({
      injectionsKept: 1,
    });
    const text = mustRun(
      ...['calendar', 'plan', '--study', trial.study],
      ...['--from', '2027-03-01', '--to', '2027-03-07', '--all'],
    );
    expect(text).toMatch(
      /^ +Injections +Assessments\nRank +Day 1 +cannot move +to move +days moved +cannot move +to move$/m,
    );
    expect(text.replace(/\s+/g, ' ')).toContain(
      'Lundi de Pâques, a public holiday; it has no window',
    );
  });

  test('asks each site about Whit Monday', () => {
    const kept = (answer: string) => {
      const trial = depil2();
      editStudy(trial, ['    country: FR\n', `    country: FR\n${answer}`]);
      // Monday 26 April 2027: Day 22 is Whit Monday, 17 May; no other day is a holiday.
      const [one] = plan(trial, '--from', '2027-04-26', '--to', '2027-04-26');
      return one!.cost.injectionsKept;
    };
    expect(kept('')).toBe(1);
    expect(kept('    whitMonday: off\n')).toBe(1);
    expect(kept('    whitMonday: worked\n')).toBe(0);
  });

  test('knows the holidays of a region, and refuses a region that does not exist', () => {
    const trial = depil2();
    const words = ['calendar', 'plan', '--study', trial.study];
    const friday = ['--from', '2027-03-26', '--to', '2027-03-26', '--all'];
    expect(mustRun(...words, ...friday)).not.toContain('Vendredi saint');
    editStudy(trial, ['    country: FR\n', '    country: FR\n    region: "67"\n']);
    expect(mustRun(...words, ...friday)).toContain('Vendredi saint');
    editStudy(trial, ['region: "67"', 'region: "75"']);
    const { status, stderr } = randose(...words, ...friday);
    expect(status).toBe(78);
    expect(stderr).toContain('unknown region "75" of FR');
  });
});

test('the workload counts the injections of each day, and those on days that matter', () => {
  const trial = participant();
  const words = ['calendar', 'load', '--study', trial.study, '--from', '2026-04-13'];
  const text = mustRun(...words, '--weeks', '6');
  expect(text).toContain('CRT: 9 injections in 6 weeks from 2026-04-13');
  expect(text).toMatch(/2026-05-01 Fri +1 █ +1 assessment +Fête du travail, a public holiday/);
  expect(text).toContain('On call: 4 injections.');
  const page = join(trial.folder, 'load.html');
  mustRun(...words, '--format', 'html', '--output', page);
  expect(readFileSync(page, 'utf8')).toContain('<svg');
});

test('a study with closures: on those days nothing is proposed', () => {
  startAt('2026-04-15T08:00:00Z');
  const trial = depil2();
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(
    '    country: FR\n',
    '    country: FR\n    openDays: Mon-Sat\n    closed:\n      - 2026-04-30\n      - {on: 2026-05-02 to 2026-05-03, reason: works}\n',
  );
  writeFileSync(file, text.replace('{phase: maintenance, weeks: 3-6}', RULES));
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  const one = ['--subject', 'A1', '--site', 'CRT', '--day1', '2026-04-17'];
  mustRun('randomize', '--study', trial.study, ...one, ...BY);
  const sheet = mustRun('calendar', '--study', trial.study, '--subject', 'A1');
  expect(sheet).toContain('Nothing proposed: no allowed date is a working day');
  expect(sheet.replace(/\s+/g, ' ')).toContain('2026-05-02: the site is closed: works');
  expect(sheet).not.toContain('a Saturday');
});

describe('what moves a whole calendar', () => {
  test('is refused if it is probably a slip', () => {
    const trial = participant();
    for (const [date, rule] of [
      ['2026-04-10', 'before randomization'],
      ['2027-04-20', 'day 1 far from today'],
      ['2025-04-20', 'day 1 before the list'],
    ] as const) {
      const { status, stderr } = move(trial, 'D1', date);
      expect([status, stderr]).toEqual([65, expect.stringContaining(`  ${rule}: `)]);
      expect(stderr).toContain('add: --deviation --reason TEXT');
    }
    expect(move(trial, 'D15', '2026-04-10').stderr).toContain('before randomization');
  });

  test('is shown by --dry-run as the record would show it', () => {
    const trial = participant();
    for (const run of [
      (...more: string[]) => move(trial, 'D1', '2026-04-20', ...more),
      (...more: string[]) => dose(trial, 'D1', '2026-04-21', ...more),
    ]) {
      const dry = run('--dry-run');
      const real = run();
      expect(dry.stdout).toBe(
        `Not recorded yet:\n${real.stdout}Dry run: nothing was recorded or written.\n`,
      );
      expect(real.stdout).toContain('In the calendar:\n  D1 Injection 1 of 9: ');
      expect(real.stderr.replace(/^Ledger .*\n/m, '')).toBe(dry.stderr);
    }
  });

  testWithTool(['expect', '-v'])('asks on a terminal before a D1 that never comes', () => {
    const trial = participant();
    const words = ['dose', 'A1', '--visit', 'D1', '--date', '2026-04-17', '--not-done'];
    startAt('2026-04-17T12:00:00Z');
    const answer = (key: string) =>
      atTerminal(trial.study, [...words, '--reason', 'did not come', ...BY], [['[y/N]', key]]);
    const no = answer('n');
    const said = no.text.replace(/\s+/g, ' ');
    expect(said).toContain('Without D1 all visits of A1 are cancelled.');
    expect(said).toContain('randose move A1 --visit D1 --date DATE');
    expect(no.status).toBe(64);
    expect(datesOf(trial)[0]).toBe('04-17');
    expect(answer('y').status).toBe(0);
  });

  testWithTool(['expect', '-v'])('asks on a terminal if Day 1 was planned for another day', () => {
    const trial = participant();
    const words = ['dose', '--subject', 'A1', '--visit', 'D1', '--date', '2026-04-18', ...BY];
    startAt('2026-04-18T12:00:00Z');
    const answer = (key: string) => atTerminal(trial.study, words, [['[y/N]', `${key}\r`]]);
    const no = answer('n');
    expect(no.text).toContain('Day 1 of A1 is planned for 2026-04-17 Fri');
    expect(no.text).toContain('  D1: 2026-04-17 → 2026-04-18 Sat\n');
    // All of it is on one screen of 24 lines; --dry-run shows the rest.
    const screen = no.text.slice(0, no.text.indexOf('[y/N]')).split('\n');
    expect(screen.length).toBeLessThan(24);
    expect(screen.join('\n')).toMatch(/… and \d+ more; --dry-run shows all/);
    expect(no.text).toContain('Nothing was recorded');
    expect(datesOf(trial)[0]).toBe('04-17');
    expect(answer('y').status).toBe(0);
    expect(datesOf(trial)[0]).toBe('04-18');
  });
});
