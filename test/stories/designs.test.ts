import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  FIXTURES,
  folderWith,
  jsonOf,
  mustRun,
  randose,
  testFolder,
  type Ran,
} from '../support/command-line.ts';

const DESIGNS = join(FIXTURES, 'designs');
const DAY1 = '2026-06-01';
const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];

interface Event {
  readonly kind: string;
  readonly visit: string;
  readonly title: string;
  readonly date: string;
  readonly dose?: string;
  readonly cycle?: string;
  readonly window: { readonly from: string; readonly to: string } | null;
}

/** The levels of the first participant, in designs that have factors. */
const LEVELS: Record<string, readonly string[]> = {
  'five-days-every-28': ['onset=BULBAR'],
  replacements: ['sex=F'],
  sentinels: ['cohort=sentinel'],
  'two-doses-by-age': ['age=18-64'],
};

/** A copy of a design with its list drawn. @returns the study's folder */
function allocated(name: string): string {
  return join(
    folderWith(name, 'list', (folder) => draw(folder, name)),
    name,
  );
}

function draw(folder: string, name: string): string {
  const study = join(folder, name);
  mkdirSync(study);
  cpSync(join(DESIGNS, name, 'study.yaml'), join(study, 'study.yaml'));
  cpSync(join(DESIGNS, name, 'plan.yaml'), join(folder, 'plan.yaml'));
  mustRun('allocate', '--study', study, '--plan', join(folder, 'plan.yaml'), ...BY);
  return study;
}

/** The same, with one participant, PAR-001. */
function begun(name: string): string {
  const make = (folder: string) => {
    const factors = (LEVELS[name] ?? []).flatMap((level) => ['--factor', level]);
    const who = ['--subject', 'PAR-001', '--site', 'PAR', ...factors, '--day1', DAY1];
    mustRun('randomize', '--study', draw(folder, name), ...who, ...BY);
  };
  return join(folderWith(name, 'list and PAR-001', make), name);
}

function eventsOf(study: string): Event[] {
  const { calendars } = jsonOf('calendar', 'PAR-001', '--study', study) as {
    calendars: { events: Event[] }[];
  };
  return calendars[0]!.events;
}

/** `allocate` of a design of which one text was changed. */
function allocateEdited(name: string, from: string | RegExp, to: string, ...more: string[]): Ran {
  const study = join(testFolder(), 'study');
  const design = join(DESIGNS, name);
  mkdirSync(study);
  const text = readFileSync(join(design, 'study.yaml'), 'utf8').replace(from, to);
  writeFileSync(join(study, 'study.yaml'), text);
  return randose('allocate', '--study', study, '--plan', join(design, 'plan.yaml'), ...BY, ...more);
}

function injectionsOf(study: string): Event[] {
  return eventsOf(study).filter(({ kind }) => kind === 'injection');
}

/** The injections of a design; of one without injections, everything that it plans. */
function plannedIn(study: string): Event[] {
  const injections = injectionsOf(study);
  return injections.length > 0 ? injections : eventsOf(study);
}

function give(study: string, visit: string, date: string, ...more: string[]): Ran {
  return randose(
    'dose',
    'PAR-001',
    '--visit',
    visit,
    '--date',
    date,
    '--study',
    study,
    ...BY,
    ...more,
  );
}

function attend(study: string, visit: string, date: string, ...more: string[]): Ran {
  const words = ['attend', 'PAR-001', '--visit', visit, '--date', date, '--study', study];
  return randose(...words, ...BY, ...more);
}

function move(study: string, visit: string, date: string, ...more: string[]): Ran {
  const words = ['--visit', visit, '--date', date, '--reason', 'strike', ...more];
  return randose('move', 'PAR-001', ...words, '--study', study, ...BY);
}

/** The date of each visit from one to another, without the year. */
function datesOf(study: string, from: string, count: number): string[] {
  const all = injectionsOf(study).toSorted(
    (a, b) => Number(a.visit.slice(1)) - Number(b.visit.slice(1)),
  );
  const first = all.findIndex(({ visit }) => visit === from);
  return all.slice(first, first + count).map(({ date }) => date.slice(5));
}

function verified(study: string): void {
  expect(mustRun('verify', '--study', study)).toMatch(/^verified/);
}

/** From a printed calendar: Day 1 is Monday, 1 June 2026. */
const KNOWN: Record<string, { count: number; dates: Record<string, string> }> = {
  'five-days-every-28': {
    count: 95,
    dates: {
      D5: '2026-06-05',
      D29: '2026-06-29',
      D57: '2026-07-27',
      D505: '2027-10-18',
      D509: '2027-10-22',
    },
  },
  'five-days-then-fortnightly': {
    count: 18,
    dates: {
      D5: '2026-06-05',
      D15: '2026-06-15',
      D29: '2026-06-29',
      D169: '2026-11-16',
      D183: '2026-11-30',
    },
  },
  weekly: {
    count: 12,
    dates: { D8: '2026-06-08', D36: '2026-07-06', D78: '2026-08-17' },
  },
  'days-1-8-15-of-six-cycles': {
    count: 18,
    dates: {
      D8: '2026-06-08',
      D15: '2026-06-15',
      D29: '2026-06-29',
      D36: '2026-07-06',
      D141: '2026-10-19',
      D155: '2026-11-02',
    },
  },
  'loading-and-monthly': {
    count: 14,
    dates: {
      D15: '2026-06-15',
      D29: '2026-06-29',
      D57: '2026-07-27',
      D85: '2026-08-24',
      D337: '2027-05-03',
    },
  },
  'two-doses-by-age': { count: 2, dates: { D29: '2026-06-29' } },
  sentinels: { count: 1, dates: { D1: '2026-06-01' } },
  'open-label': {
    count: 6,
    dates: { D15: '2026-06-15', D43: '2026-07-13', D71: '2026-08-10' },
  },
  'masked-interim': {
    count: 6,
    dates: { D29: '2026-06-29', D85: '2026-08-24', D141: '2026-10-19' },
  },
  'dose-by-visit': {
    count: 10,
    dates: { D43: '2026-07-13', D57: '2026-07-27', D141: '2026-10-19' },
  },
  'crossover-with-washout': {
    count: 8,
    dates: { D22: '2026-06-22', D57: '2026-07-27', D78: '2026-08-17' },
  },
  'double-dummy': { count: 3, dates: { D29: '2026-06-29', D57: '2026-07-27' } },
  'no-kits-surgery': {
    count: 5,
    dates: { 'D-7': '2026-05-25', D1: '2026-06-01', D30: '2026-06-30', D90: '2026-08-29' },
  },
  replacements: { count: 4, dates: { D8: '2026-06-08', D15: '2026-06-15', D22: '2026-06-22' } },
};

describe('a design of docs/statistician.md', () => {
  const page = readFileSync(join(FIXTURES, '..', 'docs', 'statistician.md'), 'utf8');

  test.each(readdirSync(DESIGNS))('%s is there as the page has it', (name) => {
    const text = readFileSync(join(DESIGNS, name, 'study.yaml'), 'utf8');
    const begin = name === 'clusters' ? 'subjects:' : 'schedule:\n';
    const schedule = text.slice(text.indexOf(begin), text.indexOf('officers:\n'));
    expect(page).toContain(`\`\`\`yaml\n${schedule.trimEnd()}\n\`\`\``);
  });

  test.each(Object.keys(KNOWN))('%s gives its dates', (name) => {
    const { count, dates } = KNOWN[name]!;
    const study = begun(name);
    const planned = plannedIn(study);
    expect(planned).toHaveLength(count);
    expect(planned.find(({ visit }) => visit === 'D1')).toMatchObject({ date: DAY1 });
    expect(Object.keys(dates).at(-1)).toBe(planned.at(-1)!.visit);
    const found = planned.map(({ visit, date }) => [visit, date] as const);
    expect(Object.fromEntries(found)).toMatchObject(dates);
    const happened = planned[0]!.kind === 'injection' ? give : attend;
    expect(happened(study, 'D1', DAY1).status).toBe(0);
    verified(study);
  });
});

test('surgery: days are counted from the operation as it took place, and nothing is injected', () => {
  const study = begun('no-kits-surgery');
  const datesAll = () =>
    eventsOf(study).map(({ visit, title, date }) => `${visit} ${title} ${date}`);
  expect(give(study, 'D1', DAY1).stderr).toContain('the schedule of this study has no injections');
  const extra = [
    'dose',
    'PAR-001',
    '--additional',
    '--date',
    DAY1,
    '--reason',
    'x',
    '--study',
    study,
  ];
  expect(randose(...extra, ...BY).stderr).toContain('the schedule of this study has no injections');
  // Two days late.
  expect(attend(study, 'D1', '2026-06-03').stdout).toContain(
    '  D30 Complications: 2026-06-30 → 2026-07-02 Thu\n',
  );
  expect(datesAll()).toEqual([
    'D-7 Quality of life 2026-05-27',
    'D1 Operation 2026-06-03',
    'D30 Complications 2026-07-02',
    'D90 Complications 2026-08-31',
    'D90 Quality of life 2026-08-31',
  ]);
  // Taken back, and postponed instead.
  const back = ['--visit', 'D1', '--retract', '--reason', 'other patient'];
  mustRun('attend', 'PAR-001', '--study', study, ...back, ...BY);
  expect(eventsOf(study)[2]).toMatchObject({ visit: 'D30', date: '2026-06-30' });
  expect(move(study, 'D1', '2026-06-04').status).toBe(0);
  expect(eventsOf(study)[2]).toMatchObject({ visit: 'D30', date: '2026-07-03' });
  // The window of Day 30 is around the day that the operation gives it: 3 days before, 7 after.
  expect(attend(study, 'D30', '2026-06-29').stderr).toContain(
    'window: its window is 2026-06-30 Tue to 2026-07-10 Fri',
  );
  expect(mustRun('calendar', '--study', study)).toMatch(/^EX-OP: visits of 1 participant\n/);
  const ics = mustRun('calendar', 'PAR-001', '--format', 'ics', '--study', study);
  expect(ics).toContain('SUMMARY:EX-OP PAR-001 Day 1: Operation\r\n');
  for (const by of ['participant', 'site']) {
    const pdf = join(testFolder(), `${by}.pdf`);
    const words = ['--format', 'pdf', '--by', by, '--output', pdf];
    mustRun(
      'calendar',
      '--study',
      study,
      ...words,
      ...(by === 'site' ? ['--month', '2026-06'] : []),
    );
    expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  }
  mustRun('calendar', 'load', '--study', study, '--from', DAY1);
  mustRun('calendar', 'plan', '--study', study, '--from', DAY1, '--to', '2026-06-05');
  expect(mustRun('status', '--study', study)).toContain('EX-OP: 1 randomized');
  expect(mustRun('check', 'PAR-001', '--study', study)).toContain('number R001 is valid');
  const key = ['--identity', join(FIXTURES, 'keys', 'officer.key'), '--reason', 'end'];
  const [head, row] = mustRun(
    'unblind',
    '--all',
    '--study',
    study,
    ...key,
    '--format',
    'csv',
  ).split('\n');
  const cells = Object.fromEntries(head!.split(',').map((name, at) => [name, row!.split(',')[at]]));
  // Nobody has recorded what was done in the operation.
  expect(cells).toMatchObject({ DAY1DTC: DAY1, INJGIVEN: '', ACTARMCD: '', RFXSTDTC: '' });
  expect(['OPEN', 'LAP']).toContain(cells.ARMCD);
  verified(study);
});

test('five days every 28 days: a course that moves takes its days along, and no other course', () => {
  const study = begun('five-days-every-28');
  const { status, stdout } = move(study, 'Cycle 2 Day 1', '2026-07-01');
  expect(status).toBe(0);
  expect(stdout).toBe(`D29 (Cycle 2 Day 1) of PAR-001: 2026-06-29 → 2026-07-01 Wed.
In the calendar:
  D29 Injection 6 of 95: 2026-06-29 → 2026-07-01 Wed
  D29 Function score: 2026-06-29 → 2026-07-01 Wed
  D30 Injection 7 of 95: 2026-06-30 → 2026-07-02 Thu
  D31 Injection 8 of 95: 2026-07-01 → 2026-07-03 Fri
  D32 Injection 9 of 95: 2026-07-02 → 2026-07-04 Sat
  D33 Injection 10 of 95: 2026-07-03 → 2026-07-05 Sun
`);
  expect(datesOf(study, 'D29', 7)).toEqual([
    ...['07-01', '07-02', '07-03', '07-04', '07-05', '07-27', '07-28'],
  ]);
  // The window is ±3 days around 29 June; beyond it, it is a deviation.
  const late = move(study, 'C2D1', '2026-07-03');
  expect([late.status, late.stderr]).toEqual([
    65,
    expect.stringContaining('window: its window is 2026-06-26 Fri to 2026-07-02 Thu'),
  ]);
  // The days of a course have no window: the phase has none. So each is moved alone.
  expect(move(study, 'c2d4', '2026-07-06').stderr).toContain('it must come before D33');
  for (const [visit, date] of [
    ...[['D1', '2026-06-01'] as const, ['D2', '2026-06-02'] as const],
    ...[['D3', '2026-06-03'] as const, ['D4', '2026-06-04'] as const],
    ...[['D5', '2026-06-05'] as const, ['C2D1', '2026-06-30'] as const],
  ]) {
    expect(give(study, visit, date).status).toBe(0);
  }
  // Given a day late: its other days are a day late too, and the next course is on its day.
  expect(datesOf(study, 'D29', 7)).toEqual([
    ...['06-30', '07-01', '07-02', '07-03', '07-04', '07-27', '07-28'],
  ]);
  expect(mustRun('ledger', '--study', study)).toContain('D29');
  const ics = join(testFolder(), 'ics');
  mustRun('calendar', '--format', 'ics', '--output', ics, '--study', study);
  const text = readFileSync(join(ics, 'PAR-001.ics'), 'utf8').replaceAll('\r\n ', '');
  expect(text).toContain('SUMMARY:EX-28 PAR-001 Day 30 (Cycle 2 Day 2): Injection 7 of 95\r\n');
  // Moved with its course by two days, then given a day late: two changes.
  expect(text).toMatch(
    /SEQUENCE:2\r\nDTSTART;VALUE=DATE:20260701\r\n.*\r\nSUMMARY:EX-28 PAR-001 Day 30 /,
  );
  expect(text).toMatch(
    /SEQUENCE:0\r\nDTSTART;VALUE=DATE:20260727\r\n.*\r\nSUMMARY:EX-28 PAR-001 Day 57 /,
  );
  verified(study);
});

test('six cycles: with anchor "course before" the later cycles follow', () => {
  const study = begun('days-1-8-15-of-six-cycles');
  expect(move(study, 'C2D1', '2026-07-01').status).toBe(0);
  expect(datesOf(study, 'D15', 6)).toEqual(['06-15', '07-01', '07-08', '07-15', '07-29', '08-05']);
  expect(datesOf(study, 'D155', 1)).toEqual(['11-04']);
  const csv = mustRun('calendar', '--format', 'csv', '--study', study).split('\n');
  expect(csv[0]).toMatch(/,amendments,amount,weight_kg,randomized_as,replaces,replaced_by,cycle$/);
  expect(csv.find((row) => row.includes(',D36,'))).toMatch(
    /,2026-07-08,Wed,2026-07-08,planned,.*,Cycle 2 Day 8$/,
  );
  // Day 8 has the phase's own window, around the day on which its course puts it.
  const day8 = injectionsOf(study).find(({ visit }) => visit === 'D36')!;
  expect(day8.window).toEqual({ from: '2026-07-07', to: '2026-07-09' });
  const table = mustRun('calendar', 'PAR-001', '--study', study);
  expect(table).toMatch(/D36 +Injection 5 of 18 +2026-07-08 Wed +planned\n +Cycle 2 Day 8\n/);
  expect(mustRun('calendar', '--study', study)).toContain('C2D8');
  expect(move(study, 'Cycle 7 Day 1', '2026-11-16').stderr).toContain(
    'D148, D155; in cycles also as C1D1 to C6D15',
  );
  verified(study);
});

test('dose by visit: each dose is wherever its visit is', () => {
  const study = begun('dose-by-visit');
  const doses = injectionsOf(study).map(
    ({ visit, cycle, dose }) => `${visit} ${cycle ?? ''} ${dose ?? ''}`,
  );
  expect(doses).toEqual([
    ...['D1 Cycle 1 Day 1 0.5 mg/kg', 'D8 Cycle 1 Day 8 1 mg/kg', 'D15 Cycle 1 Day 15 2 mg/kg'],
    ...['D29 Cycle 2 Day 1 0.5 mg/kg', 'D36 Cycle 2 Day 8 1 mg/kg', 'D43 Cycle 2 Day 15 2 mg/kg'],
    ...['D57 Cycle 3 Day 1 4 mg/kg', 'D85 Cycle 4 Day 1 4 mg/kg', 'D113 Cycle 5 Day 1 4 mg/kg'],
    'D141 Cycle 6 Day 1 4 mg/kg',
  ]);
  expect(mustRun('calendar', 'PAR-001', '--study', study)).toMatch(
    /2026-06-08 +Mon +D8 +Cycle 1 Day 8 +Injection 2 of +escalation +1 mg\/kg\n/,
  );
  expect(mustRun('calendar', '--format', 'csv', '--study', study)).toMatch(
    /,D43,.*,2 mg\/kg,.*Cycle 2 Day 15\n/,
  );
  expect(mustRun('calendar', 'PAR-001', '--format', 'ics', '--study', study)).toContain(
    'DESCRIPTION:Injection 2 of 10 (escalation)\\n1 mg/kg\\n',
  );
  const { kit } = jsonOf('check', 'PAR-001', '--study', study) as { kit: string };
  const first = give(study, 'D1', DAY1, '--kit', kit, '--dry-run');
  expect(first.stdout).toContain(
    'D1 (Cycle 1 Day 1) of PAR-001, 0.5 mg/kg: given on 2026-06-01 Mon.',
  );
  expect(give(study, 'D1', DAY1, '--kit', kit, '--weight', '62,5').status).toBe(0);
  expect(mustRun('calendar', '--format', 'csv', '--study', study)).toMatch(
    /,D1,.*,0\.5 mg\/kg,.*,62\.5,.*Cycle 1 Day 1\n/,
  );
  expect(mustRun('check', kit, '--study', study)).toContain(
    'Given   D1 (0.5 mg/kg) of PAR-001 on 2026-06-01 Mon',
  );
  expect(mustRun('calendar', 'PAR-001', '--study', study)).toMatch(/\n +Cycle 1 Day 8, 1 mg\/kg\n/);
  verified(study);
});

test('open label: the arm of whoever is randomized is revealed, and of nobody else', () => {
  const study = begun('open-label');
  const key = ['--identity', join(FIXTURES, 'keys', 'officer.key')];
  const shown = mustRun('reveal', 'PAR-001', '--study', study, ...key);
  expect(shown).toMatch(
    /^PAR-001 \(R001, kit \w{7}\)\n {2}(NEW {2}New|USUAL {2}Usual) treatment\n$/,
  );
  const next = randose('reveal', 'R002', '--study', study, ...key);
  expect(next).toMatchObject({ status: 65, stdout: '' });
  expect(next.stderr).toContain('no participant has the number R002 yet');
  const who = ['--subject', 'PAR-002', '--site', 'PAR', '--day1', DAY1];
  mustRun('randomize', '--study', study, ...who, ...BY);
  const status = mustRun('status', '--study', study);
  expect(status).toContain('Code-breaks: 0 opened, 0 refused\n');
  expect(status).toContain('Reveals (open label): 1 opened, 0 refused\n');
  expect(give(study, 'D1', DAY1).status).toBe(0);
  verified(study);
});

test('a masked interim: the committee compares two looks, and the trial goes on', () => {
  const study = begun('masked-interim');
  const randomize = (subject: string) =>
    mustRun(
      ...['randomize', '--subject', subject, '--site', 'PAR', '--day1', DAY1],
      ...['--study', study, ...BY],
    );
  for (const subject of ['PAR-002', 'PAR-003', 'PAR-004']) randomize(subject);
  expect(give(study, 'D1', DAY1).status).toBe(0);
  const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
  const look = (name: string, ...words: string[]) => {
    const file = join(testFolder(), `MASKED-${name}.csv`);
    const ran = randose(
      ...['unblind', '--all', '--masked', '--study', study, ...key, '--output', file, ...words],
    );
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    // The ratio is 1:1, and nobody is unblinded: there is nothing to warn of.
    expect(ran.stderr).not.toContain('warning');
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
    return rows.map((row) => /,([AB]),/.exec(row)![1]);
  };
  const first = look('one', '--until', DAY1, '--purpose', 'interim 1');
  expect(first).toHaveLength(4);
  // Nobody has seen an arm: the next participant is not a deviation.
  randomize('PAR-005');
  const second = look(
    ...(['two', '--until', DAY1, '--purpose', 'interim 2', '--letters-of', 'interim 1'] as const),
  );
  expect(second.slice(0, 4)).toEqual(first);
  expect(second).toHaveLength(5);
  verified(study);
});

const ARMS_OF_CROSSOVER: Record<string, string[]> = {
  AB: ['Active', 'Placebo'],
  BA: ['Placebo', 'Active'],
};

test('crossover: periods are on calendars and labels, treatments only in what is opened', () => {
  const study = begun('crossover-with-washout');
  const periods = jsonOf('calendar', 'PAR-001', '--study', study) as {
    calendars: { events: { visit: string; period?: string }[] }[];
  };
  const periodOf = new Map(periods.calendars[0]!.events.map((one) => [one.visit, one.period]));
  const named = [...periodOf].map(([visit, period]) => `${visit} ${period ?? 'none'}`);
  expect(named).toEqual([
    ...['D1 Period 1', 'D8 Period 1', 'D15 Period 1', 'D22 Period 1', 'D28 Period 1'],
    ...['D42 Washout', 'D57 Period 2', 'D64 Period 2', 'D71 Period 2', 'D78 Period 2'],
    ...['D84 Period 2', 'D112 none'],
  ]);
  // A visit that moves stays in its period.
  expect(move(study, 'D22', '2026-06-23').status).toBe(0);
  expect(give(study, 'D1', DAY1).status).toBe(0);
  expect(give(study, 'D8', '2026-06-08').status).toBe(0);
  const seen = [
    mustRun('calendar', 'PAR-001', '--study', study),
    mustRun('calendar', '--format', 'csv', '--study', study),
    mustRun('calendar', 'PAR-001', '--format', 'ics', '--study', study),
  ];
  expect(seen[0]).toMatch(
    /D22 +Injection 4 of 8 +2026-06-22 Mon +2026-06-23 Tue +\+1 +moved\n +Period 1\n/,
  );
  expect(seen[1]!.split('\n')[0]).toMatch(/,randomized_as,replaces,replaced_by,period$/);
  expect(seen[1]).toMatch(/,D42,.*,Washout\n/);
  expect(seen[2]).toContain('DESCRIPTION:Injection 5 of 8 (treatment)\\nPeriod 2\\n');
  const csv = join(testFolder(), 'labels.csv');
  const units = ['--subject', 'PAR-001', '--only', 'units', '--profile', 'us-312.6'];
  const label = [...units, '--format', 'csv', '--output', csv, '--specimen'];
  mustRun('labels', '--study', study, ...label, ...BY);
  seen.push(readFileSync(csv, 'utf8'));
  expect(seen[3]).toMatch(/Visit D57 · Period 2/);
  seen.push(mustRun('status', '--study', study), mustRun('ledger', '--study', study));
  for (const text of seen) expect(text).not.toMatch(/Active|Placebo/i);
  // A committee sees which injections are of one period, and in no group of which treatment.
  const statistician = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
  const masked = (...words: string[]) =>
    mustRun(
      ...['unblind', '--all', '--masked', '--until', '2026-06-08', '--purpose', 'interim 1'],
      ...[...words, '--study', study, ...statistician, '--format', 'csv'],
    );
  const [groups, injections] = [masked(), masked('--doses')];
  expect(groups).not.toMatch(/TRT\d\dP/);
  expect(injections).toMatch(/,SITEVIS,APERIODC,MASKED\n.*,PAR,Period 1,interim 1\n/);
  for (const text of [groups, injections]) expect(text).not.toMatch(/Active|Placebo|,(AB|BA),/i);
  const key = ['--identity', join(FIXTURES, 'keys', 'officer.key'), ...BY, '--yes'];
  const opened = jsonOf('unblind', 'PAR-001', '--study', study, ...key, '--reason', 'SAE');
  const { arm, periods: treatments } = opened as {
    arm: { code: string };
    periods: { period: string; treatment: string }[];
  };
  const [first, second] = ARMS_OF_CROSSOVER[arm.code]!;
  expect(treatments).toEqual([
    { period: 'Period 1', treatment: first },
    { period: 'Period 2', treatment: second },
  ]);
  expect(mustRun('unblind', 'PAR-001', '--study', study, ...key, '--reason', 'again')).toContain(
    `(active)\n  Period 1: ${first!}\n  Period 2: ${second!}\n`,
  );
  const table = (...words: string[]) => {
    const all = ['unblind', '--all', ...words, '--study', study, ...key, '--reason', 'end'];
    return mustRun(...all, '--format', 'csv')
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
  };
  const [head, row] = table();
  expect(head!.slice(-2)).toEqual(['TRT01P', 'TRT02P']);
  expect(row!.slice(-2)).toEqual([first, second]);
  const [names, ...doses] = table('--doses');
  expect(names!.slice(-2)).toEqual(['APERIODC', 'TRTP']);
  expect(doses.map((one) => one.slice(-2))).toEqual([
    ['Period 1', first],
    ['Period 1', first],
  ]);
  verified(study);
});

test.each([
  [
    'periods: [Placebo, Active]',
    'periods: [Placebo]',
    /arm BA has 1 treatment, but the schedule has 2 periods that are not a washout \(Period 1, Period 2\)/,
  ],
  [
    ', periods: [Placebo, Active]',
    '',
    /arm AB has periods, arm BA has none: write the treatments of each arm/,
  ],
  [
    'periods: [Placebo, Active]',
    'periods: [Active, Placebo]',
    /arm BA has the same treatments as arm AB/,
  ],
  ['days: 29-56', 'days: 28-56', /Washout and Period 1 have a day in common/],
  ['days: 29-56', 'days: 29-57', /Day 57 has an injection \(treatment\), but Washout is a washout/],
  ['days: 57-84', 'days: 84-57', /expected the first and the last day of the period, such as 1-28/],
  [
    'days: 57-84',
    'days: "57-60, 70"',
    /expected the first and the last day of the period, such as 1-28/,
  ],
  ['name: Period 2', 'name: Period 1', /period "?Period 1"?/],
  [
    / {2}periods:\n(?: {4}.*\n)+/,
    '',
    /arm AB has 2 treatments, but the schedule has 0 periods that are not a washout/,
  ],
])('a crossover with %s as "%s" is refused', (from, to, message) => {
  const { status, stderr } = allocateEdited('crossover-with-washout', from, to);
  expect([status, stderr]).toEqual([78, expect.stringMatching(message)]);
});

test('clusters are randomized without a date, and nothing is planned', () => {
  const study = allocated('clusters');
  const run = (...words: string[]) => randose(...words, '--study', study);
  const who = ['--subject', 'PAR-WARD-03', '--site', 'PAR', '--factor', 'beds=LT20'];
  const dated = run('randomize', ...who, '--day1', DAY1, ...BY);
  expect([dated.status, dated.stderr]).toEqual([
    64,
    expect.stringContaining('leave out --day1: this study has no schedule'),
  ]);
  const ward = run('randomize', ...who, ...BY);
  expect([ward.status, ward.stdout]).toEqual([
    0,
    'Subject      Site  Stratum    Number\nPAR-WARD-03  PAR   beds=LT20  R001\n',
  ]);
  const file = join(testFolder(), 'wards.csv');
  const rows = (header: string, ...wards: string[]) => {
    writeFileSync(file, [header, ...wards, ''].join('\n'));
    return run('randomize', '--from', file, ...BY);
  };
  expect(rows('subject,site,day1,beds', `LYO-WARD-01,LYO,${DAY1},GE20`).stderr).toContain(
    'expected the columns subject,site,beds and no others',
  );
  expect(rows('subject,site,beds', 'LYO-WARD-01,LYO,GE20', 'LYO-WARD-02,LYO,LT20').status).toBe(0);
  for (const words of [
    ['calendar'],
    ['calendar', 'PAR-WARD-03', '--format', 'csv'],
    ['calendar', 'load'],
    ['calendar', 'plan', '--from', DAY1, '--to', DAY1],
    ['dose', 'PAR-WARD-03', '--visit', 'D1', '--date', DAY1, ...BY],
    ['dose', 'PAR-WARD-03', '--additional', '--date', DAY1, '--reason', 'x', ...BY],
    ['attend', 'PAR-WARD-03', '--visit', 'D1', '--date', DAY1, ...BY],
    ['move', 'PAR-WARD-03', '--visit', 'D1', '--date', DAY1, '--reason', 'x', ...BY],
  ]) {
    const { status, stderr } = run(...words);
    const message = 'this study has no schedule: study.yaml says schedule: none';
    expect([status, stderr], words.join(' ')).toEqual([64, expect.stringContaining(message)]);
  }
  expect(run('ledger', '--kind', 'randomization').stdout).toContain(
    'randomization of PAR-WARD-03: R001, beds=LT20, site PAR\n',
  );
  // What can happen to a ward.
  const why = ['--reason', 'closed', ...BY, '--yes'];
  for (const words of [
    ['withdraw', 'PAR-WARD-03', '--from', 'study', '--date', 'today', ...why],
    ['transfer', 'LYO-WARD-01', '--to', 'PAR', '--date', 'today', ...why],
    ['correct', 'LYO-WARD-02', '--factor', 'beds=GE20', ...why],
    ['correct', 'LYO-WARD-02', '--new-id', 'LYO-WARD-12', ...why],
  ]) {
    expect(run(...words).status, words.join(' ')).toBe(0);
  }
  expect(run('status').stdout).toContain('Withdrawn: 0 from treatment, 1 from the study');
  expect(run('check', 'PAR-WARD-03').stdout).toContain('withdrawn from study');
  expect(run('deviations').stdout).toBe('No deviation is on record.\n');
  const key = ['--identity', join(FIXTURES, 'keys', 'officer.key'), '--reason', 'end'];
  const table = run('unblind', '--all', ...key, '--format', 'csv').stdout.split('\n');
  expect(table[1]).toMatch(
    /^EX-CL,PAR-WARD-03,PAR,beds=LT20,LT20,R001,,[^,]+,,(NEW,New|USUAL,Usual) way of working,active,/,
  );
  expect(mustRun('verify', '--study', study, '--regenerate', ...key.slice(0, 2))).toMatch(
    /^verified/,
  );
});

test('a Day 1 is needed if there is a schedule', () => {
  const study = allocated('weekly');
  const who = ['--subject', 'PAR-001', '--site', 'PAR'];
  const { status, stderr } = randose('randomize', '--study', study, ...who, ...BY);
  expect([status, stderr]).toEqual([
    64,
    expect.stringContaining('randomize needs --day1 DATE: the date of Day 1'),
  ]);
});

test.each([
  [
    'schedule: none',
    'schedule: no',
    'schedule: expected keys with values, or none if nothing is planned',
  ],
  [
    'schedule: none',
    'schedule: {}',
    'expected injections (at least one phase), or assessments, or both',
  ],
  [/schedule: none.*\n/, '', 'schedule is missing'],
  [
    'supplies: none',
    'supplies: none\namendments: [{id: A2, from: 2026-12-01, applies: everyone, schedule: {assessments: [{name: X, days: [1]}]}}]',
    'an amendment changes the schedule, and the study has none (schedule: none)',
  ],
  ['unit: cluster', 'unit: ward', 'subjects.unit: expected participant or cluster'],
])('clusters: %s as %s is refused', (from, to, message) => {
  const folder = testFolder();
  const design = join(DESIGNS, 'clusters');
  const text = readFileSync(join(design, 'study.yaml'), 'utf8').replace(from, to);
  mkdirSync(join(folder, 'study'));
  writeFileSync(join(folder, 'study', 'study.yaml'), text);
  const plan = ['--study', join(folder, 'study'), '--plan', join(design, 'plan.yaml')];
  const { status, stderr } = randose('allocate', ...plan, ...BY);
  expect([status, stderr]).toEqual([78, expect.stringContaining(message)]);
});

test.each([
  ['days: [1] }', 'days: [2] }', /nothing is on Day 1, from which all days are counted/],
  [
    / {2}assessments:\n(?: {4}.*\n)+/,
    '  leastInterval: 5\n',
    /expected injections \(at least one phase\), or assessments/,
  ],
  [
    'supplies: none',
    'supplies: {}',
    /there is no injection that would say how many units a kit has/,
  ],
])('a schedule without injections that says too little is refused: %s', (from, to, message) => {
  const { status, stderr } = allocateEdited('no-kits-surgery', from, to);
  expect([status, stderr]).toEqual([78, expect.stringMatching(message)]);
});

test.each([
  ['no-kits-surgery', ['Injections', 'kits such as', 'Packing list']],
  ['clusters', ['Injections', 'kits such as', 'Packing list', 'participants such as']],
  ['weekly', []],
] as const)('%s: before it is drawn, nothing is said of what the study has not', (name, lacks) => {
  const told = allocateEdited(name, 'randose: 1', 'randose: 1', '--dry-run').stdout;
  for (const text of lacks) expect(told).not.toContain(text);
  if (lacks.length === 0) {
    expect(told).toMatch(/Injections +12 for each participant\n/);
    expect(told).toMatch(/Numbers +participants such as R\w+, kits such as X+\n/);
    expect(told).toContain('Packing list for');
  }
});

test('a contradiction in the schedule is refused before a list is made, with its place', () => {
  const folder = testFolder();
  const name = 'days-1-8-15-of-six-cycles';
  const file = join(folder, 'study', 'study.yaml');
  mkdirSync(join(folder, 'study'));
  const text = readFileSync(join(DESIGNS, name, 'study.yaml'), 'utf8');
  const refusal = (from: string, to: string) => {
    writeFileSync(file, text.replace(from, to));
    const plan = join(DESIGNS, name, 'plan.yaml');
    const { status, stderr } = randose(
      'allocate',
      '--study',
      join(folder, 'study'),
      '--plan',
      plan,
      ...BY,
    );
    expect(status).toBe(78);
    return stderr;
  };
  const line = text.split('\n').findIndex((one) => one.includes('every:')) + 1;
  expect(refusal('days 1, 8, 15 #', 'days 1, 8, 30 #')).toMatch(
    new RegExp(`study.yaml:${line}:14: .*Day 30 does not fit into a cycle of 28 days`),
  );
  expect(refusal('window: -2/+3, anchor: course before', 'window: ±8')).toMatch(
    new RegExp(`study.yaml:${line + 1}:25: the course that begins on Day 29 can reach the course`),
  );
});

test('sentinels: each stratum has its own ratio and sizes, from allocate to a further batch and to verify', () => {
  const study = begun('sentinels');
  const plan = join(study, '..', 'plan.yaml');
  const keys = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
  const assessed = jsonOf('assess', '--study', study, '--plan', plan) as {
    plans: { arms: object[]; always: number; byStratum: object[] }[];
  };
  // 1 + 20 of A, 1 + 4 of C; always right: 1 of 2 sentinels, 20 of 24.
  expect(assessed.plans[0]).toMatchObject({
    arms: [
      { arm: 'A', share: 21 },
      { arm: 'C', share: 5 },
    ],
    byStratum: [
      { ids: ['cohort=sentinel'], ratio: [1, 1], blocks: [{ size: 2, weight: 1 }] },
      { ids: ['cohort=main'], ratio: [5, 1], blocks: [{ size: 6, weight: 1 }] },
    ],
  });
  expect(assessed.plans[0]!.always).toBeCloseTo(21 / 26, 12);
  const table = mustRun('assess', '--study', study, '--plan', plan).replaceAll(/\s+/g, ' ');
  expect(table).toContain('Ratio 1 A : 1 C in cohort=sentinel; 5 A : 1 C in cohort=main');
  expect(table).toContain('block size 2 in cohort=sentinel; 6 in cohort=main');
  expect(table).toContain('The same for the ratio 1:1: in cohort=sentinel');
  expect(table).toContain('after 26 (all)? The ratios, on average: 21 : 5');
  const html = mustRun('assess', '--study', study, '--plan', plan, '--format', 'html');
  expect(html).toContain('The longest stratum is shown, with 24 slots (cohort=main, 5:1).');

  // The second sentinel, and one of the others.
  const randomize = (subject: string, cohort: string) =>
    mustRun(
      ...['randomize', '--study', study, '--subject', subject, '--site', 'LYO'],
      ...['--factor', `cohort=${cohort}`, '--day1', DAY1, ...BY],
    );
  randomize('LYO-001', 'sentinel');
  randomize('LYO-002', 'main');
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  const extend = (...more: string[]) =>
    randose('allocate', '--extend', '--study', study, '--plan', plan, ...keys, ...BY, ...more);

  // The ratio of slots that exist is sealed, also beside more slots.
  writeFileSync(
    file,
    text.replace('slots: 2, ratio: { A: 1, C: 1 }', 'slots: 4, ratio: { A: 2, C: 1 }'),
  );
  const refused = extend('--dry-run');
  expect(refused.status).toBe(65);
  expect(refused.stderr).toContain(
    'stratum cohort=sentinel was sealed with the ratio 1:1, which cannot change; study.yaml has 2:1 now: write it back',
  );
  expect(refused.stderr).toContain('add a level to a factor, such as a further cohort');
  expect(randose('verify', '--study', study).stdout).toContain('strata');
  writeFileSync(file, text.replace(', ratio: { A: 1, C: 1 }', ''));
  const stopped = ['--site', 'PAR', '--factor', 'cohort=main', '--day1', DAY1, ...BY];
  const noRatio = randose('randomize', '--study', study, '--subject', 'PAR-009', ...stopped);
  expect([noRatio.status, noRatio.stderr]).toEqual([65, expect.stringContaining('has 5:1 now')]);

  // A new stratum can have another one.
  const more = text
    .replace('[sentinel, main]', '[sentinel, main, expansion]')
    .replace(
      'slots: 24 }',
      'slots: 24 }\n  - { cohort: expansion, slots: 8, ratio: { A: 3, C: 1 } }',
    );
  writeFileSync(file, more);
  expect(extend('--dry-run').stderr).toContain(
    'block size 6 is not a multiple of 4, as the ratio 3:1 of cohort=expansion requires; 4 or 8 would fit',
  );
  appendFileSync(plan, '  - { cohort: expansion, blocks: { sizes: [4] } }\n');
  const added = extend();
  expect(added.stderr).toContain('one block size');
  expect(added.stdout).toContain('batch 2, 8 slots in 1 stratum, 3:1, drawn and sealed.');
  verified(study);
  expect(mustRun('verify', '--study', study, '--regenerate', ...keys)).toMatch(/^verified/);

  const out = join(study, '..', 'list.csv');
  mustRun('open', '--study', study, ...keys, '--reason', 'example', '--output', out);
  const [header = '', ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n');
  const column = (name: string) => header.split(',').indexOf(name);
  const counts = new Map<string, number>();
  for (const row of rows.map((line) => line.split(','))) {
    const key = `${row[column('stratum')]!} ${row.at(-1)!}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(Object.fromEntries(counts)).toEqual({
    'cohort=sentinel A': 1,
    'cohort=sentinel C': 1,
    'cohort=main A': 20,
    'cohort=main C': 4,
    'cohort=expansion A': 6,
    'cohort=expansion C': 2,
  });
  const unblinded = mustRun('unblind', '--all', '--study', study, ...keys, '--reason', 'example');
  // One of the two sentinels has the control.
  expect(unblinded.match(/,cohort=sentinel,.*,C,Standard treatment,control,/g)).toHaveLength(1);
});

test('replacements: who replaces another one has the same arm, also in a batch that is added', () => {
  const study = begun('replacements');
  const keys = join(FIXTURES, 'keys');
  const key = (name: string) => ['--identity', join(keys, `${name}.key`)];
  const on = (...words: string[]) => mustRun(...words, '--study', study);
  const why = ['--reason', 'example', ...BY];
  const day1 = ['--day1', DAY1];
  on('withdraw', 'PAR-001', '--from', 'study', '--date', '2026-05-28', ...why);
  const replaced = on(
    ...['replace', '--subject', 'PAR-002', '--for', 'PAR-001', '--factor', 'sex=M', ...day1, ...BY],
  );
  expect(replaced).toMatch(/^PAR-002 +site=PAR\/sex=F +R1001 .* PAR-001$/m);
  expect(replaced).toContain('PAR-002 is sex=M: the slot and its stratum stay');
  expect(give(study, 'D1', DAY1).status).toBe(65);
  on('dose', 'PAR-002', '--visit', 'D1', '--date', DAY1, ...BY);
  on('randomized-in-error', 'PAR-002', ...why);
  const more = readFileSync(join(study, 'study.yaml'), 'utf8');
  writeFileSync(
    join(study, 'study.yaml'),
    more.replace('slotsPerStratum: 6', 'slotsPerStratum: 12'),
  );
  const plan = join(study, '..', 'plan.yaml');
  on('allocate', '--extend', '--plan', plan, ...key('statistician'), ...BY);
  const list = readFileSync(join(study, 'allocation', 'batch-2', 'list.csv'), 'utf8');
  expect(list.split('\n').filter((row) => /^R(025|1025),/.test(row))).toEqual([
    expect.stringMatching(/^R025,site=PAR\/sex=F,7,[^,]+,$/),
    expect.stringMatching(/^R1025,site=PAR\/sex=F,7,[^,]+,R025$/),
  ]);
  // The next one gets the next free slot, R002, and no replacement slot.
  const next = ['--subject', 'PAR-003', '--site', 'PAR', '--factor', 'sex=F', ...day1, ...BY];
  expect(on('randomize', ...next)).toMatch(/^PAR-003 +site=PAR\/sex=F +R002 /m);
  const table = on('unblind', '--all', ...key('statistician'), ...why, '--format', 'csv');
  const [first, second] = table.split('\n').slice(1);
  const armOf = (row = '') => /,(A|P),/.exec(row)?.[1];
  expect(armOf(second)).toBe(armOf(first));
  expect(second).toMatch(/^EX-R,PAR-002,PAR,site=PAR\/sex=F,F,R1001,.*,M,.*,PAR-001,$/);
  const packed = on('packing', ...key('packer'), '--output', '-', ...why);
  expect(packed.trim().split('\n')).toHaveLength(1 + 2 * 48);
  expect(on('verify', '--regenerate', ...key('officer'))).toContain('match, 96 of 96 slots');
  verified(study);
});
