import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { allocated, enrolled, jsonOf, mustRun, RANDOSE, randose } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

/** Debian's module is for Debian's Python, whichever comes first on the path. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

describe('the table of eighteen participants', () => {
  const text = () => mustRun('calendar', '--study', enrolled().study);

  test('fits 80 columns, with the nine dates, weekday and week of each', () => {
    const lines = text().split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const last = lines.findIndex((line) => line.startsWith('CRT-018'));
    expect(lines[2]).toMatch(/^Subject No\. +Week 1 +Week 3 Week 4 Week 5 Week 6$/);
    expect(lines[3]).toMatch(/^year +kit +Day 1 +Day 2 +.* Day 36$/);
    expect(lines[last]).toMatch(
      /^CRT-018 R018 +24 Aug 25 Aug 26 Aug 27 Aug 28 Aug 07 Sep 14 Sep 21 Sep 28 Sep$/,
    );
    expect(lines[last + 1]).toMatch(
      /^2026 +[0-9A-Z]{7} Mon +Tue +Wed +Thu +Fri +Mon +Mon +Mon +Mon$/,
    );
    expect(text()).not.toContain('\u001b');
  });

  test('weekends are counted', () => {
    expect(text()).toContain('0 of 162 injections fall on a weekend.');
    const trial = allocated();
    const one = ['--subject', 'A', '--site', 'CRT', '--day1', '2026-06-18'];
    mustRun('randomize', '--study', trial.study, ...one, '--by', 'Example');
    expect(mustRun('calendar', '--study', trial.study)).toContain('2 of 9 injections');
    expect(mustRun('calendar', 'A', '--study', trial.study)).toContain(
      '\nWeekends, holidays and closed days\n',
    );
  });

  test('says both years if the injections go on after New Year', () => {
    const trial = allocated();
    const who = ['--subject', 'A1', '--site', 'CRT', '--day1', '2026-11-30', '--deviation'];
    const why = ['--reason', 'example', '--by', 'Example'];
    mustRun('randomize', '--study', trial.study, ...who, ...why);
    expect(mustRun('calendar', '--study', trial.study)).toMatch(
      /^A1 +R001 +30 Nov .* 04 Jan\n2026\/27 /m,
    );
  });
});

test("one participant's calendar has injections and assessments", () => {
  const text = mustRun('calendar', '--study', enrolled().study, '--subject', 'crt-001');
  expect(text).toMatch(/^DEPIL-2, subject CRT-001 \(R001, kit [0-9A-Z]{7}, site CRT\)$/m);
  expect(text).toMatch(/^2026-07-06 +Mon +36 +6 +D36 +Injection 9 of 9 +maintenance$/m);
  expect(text).toMatch(/^2026-07-30 +Thu +60 +9 +D60 +Safety$/m);
});

describe('iCalendar files', () => {
  test('are one per participant in a folder, and nothing is overwritten without --force', () => {
    const trial = enrolled();
    const folder = join(trial.folder, 'calendars');
    const words = ['calendar', '--study', trial.study, '--format', 'ics', '--output', folder];
    mustRun(...words);
    const files = readdirSync(folder).sort();
    expect(files).toHaveLength(18);
    expect(files[0]).toBe('CRT-001.ics');
    const text = readFileSync(join(folder, 'CRT-018.ics'), 'utf8');
    const events = new ICAL.Component(ICAL.parse(text) as unknown[]).getAllSubcomponents('vevent');
    expect(events).toHaveLength(9 + 7);
    writeFileSync(join(folder, 'CRT-001.ics'), 'mine');
    expect(randose(...words).status).toBe(73);
    expect(readFileSync(join(folder, 'CRT-001.ics'), 'utf8')).toBe('mine');
    mustRun(...words, '--force');
    expect(readFileSync(join(folder, 'CRT-001.ics'), 'utf8')).toContain('BEGIN:VCALENDAR');
  });

  test('of one participant go to stdout or to a file; those of many go to calendars/ in the study', () => {
    const trial = enrolled();
    const words = ['calendar', '--study', trial.study, '--format', 'ics'];
    const text = mustRun(...words, '--subject', 'CRT-001');
    const file = join(trial.folder, 'one.ics');
    mustRun(...words, '--subject', 'CRT-001', '--output', file);
    expect(readFileSync(file, 'utf8')).toBe(text);
    mustRun(...words);
    expect(readdirSync(join(trial.study, 'calendars'))).toHaveLength(18);
  });
});

testWithTool(['khal', '--version'])('khal, a calendar program, reads the dates [R-078]', () => {
  const trial = enrolled();
  const file = join(trial.folder, 'one.ics');
  const words = ['--subject', 'CRT-018', '--output', file];
  mustRun('calendar', '--study', trial.study, '--format', 'ics', ...words);
  const config = join(trial.folder, 'khal.conf');
  writeFileSync(
    config,
    `[calendars]\n[[trial]]\npath = ${join(trial.folder, 'khal')}\n[locale]\nlocal_timezone = Pacific/Apia\ndefault_timezone = Pacific/Apia\nlongdateformat = %Y-%m-%d\ndateformat = %Y-%m-%d\n[sqlite]\npath = ${join(trial.folder, 'khal.db')}\n`,
  );
  const { stdout, status } = spawnSync(
    'khal',
    ['-c', config, 'printics', '--format', '{start-date} {title}', file],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
  );
  expect(status).toBe(0);
  const dates = stdout.split('\n').filter((line) => line.includes('Injection'));
  expect(dates.map((line) => line.slice(0, 10))).toEqual([
    ...['2026-08-24', '2026-08-25', '2026-08-26', '2026-08-27', '2026-08-28'],
    ...['2026-09-07', '2026-09-14', '2026-09-21', '2026-09-28'],
  ]);
});

testWithTool([PYTHON, '-c', 'import icalendar'])(
  'python-icalendar reads a site: events, zone, dates',
  () => {
    const trial = enrolled();
    const folder = join(trial.folder, 'sites');
    const words = ['--format', 'ics', '--by', 'site', '--at', '08:30', '--alarm', '2h'];
    mustRun('calendar', '--study', trial.study, ...words, '--output', folder);
    expect(readdirSync(folder)).toEqual(['CRT.ics']);
    const program = `
import icalendar, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
for event in calendar.walk('VEVENT'):
    print(event['UID'], event['DTSTART'].dt.isoformat(), event['SEQUENCE'], len(event.walk('VALARM')))
print(len(calendar.walk('VTIMEZONE')))
`;
    const file = join(folder, 'CRT.ics');
    const { stdout, status } = spawnSync(PYTHON, ['-c', program, file], { encoding: 'utf8' });
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(18 * 16 + 1);
    expect(lines.at(-1)).toBe('1');
    expect(new Set(lines.map((line) => line.split('@')[0])).size).toBe(18 * 16 + 1);
    expect(lines.every((line) => /^([0-9a-f]{32}@randose .*|1)$/.test(line))).toBe(true);
    const dates = lines.map((line) => line.replace(/^\S+ /, ''));
    expect(dates).toContain('2026-06-01T08:30:00+02:00 0 1');
    expect(dates).toContain('2026-09-28T08:30:00+02:00 0 1');
    expect(dates).toContain('2026-07-30 0 0');
  },
);

test("the study's folder for calendars is made if a file goes into it", () => {
  const trial = enrolled();
  const at = (name: string) => join(trial.study, 'calendars', name);
  const words = ['calendar', '--study', trial.study];
  mustRun(...words, '--format', 'pdf', '--language', 'fr', '--output', at('all.pdf'));
  expect(readFileSync(at('all.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
  const load = ['load', '--study', trial.study, '--from', '2026-06-01', '--format', 'html'];
  mustRun('calendar', ...load, '--output', at('load.html'));
  expect(randose('calendar', ...load, '--output', at('load.html')).status).toBe(73);
  const outside = randose('calendar', ...load, '--output', join(trial.study, 'load.html'));
  expect(outside.status).toBe(64);
  expect(randose('verify', '--study', trial.study).status).toBe(0);
});

testWithTool(['pdfinfo', '-v'])(
  'calendars are in the language that is asked for, with the names that study.yaml has in it',
  () => {
    const trial = enrolled();
    const words = ['calendar', '--study', trial.study, '--subject', 'CRT-001'];
    const csv = mustRun(...words, '--format', 'csv');
    expect(mustRun(...words, '--format', 'csv', '--language', 'it')).toContain(
      ',Iniezione 1 di 9,',
    );
    const file = join(trial.study, 'study.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('- name: Safety\n', '- name: Safety\n      names: {fr: Tolérance}\n'),
    );
    expect(readFileSync(file, 'utf8')).not.toBe(text);
    expect(mustRun(...words, '--format', 'csv')).toBe(csv);
    expect(mustRun(...words, '--format', 'csv', '--language', 'fr')).toContain(',Tolérance,');
    const ics = mustRun(...words, '--format', 'ics', '--language', 'fr');
    expect(ics).toContain('Jour 60 : Tolérance');
    // verify knows a file in another language, and how to write it again.
    mustRun(
      ...words,
      '--format',
      'ics',
      '--language',
      'fr',
      '--output',
      join(trial.study, 'calendars/'),
    );
    expect(randose('verify', '--study', trial.study).stdout).not.toContain('CRT-001.ics');
    const move = ['--subject', 'CRT-001', '--visit', 'D60', '--date', '2026-07-31', '--yes'];
    mustRun(
      'move',
      '--study',
      trial.study,
      ...move,
      '--reason',
      'x',
      '--by',
      'A. Example, nurse, X',
    );
    expect(randose('verify', '--study', trial.study).stdout).toMatch(
      /CRT-001\.ics is from before entry[\s\S]*--language fr/,
    );
    // A page is in the language of its site, without a flag.
    const page = join(trial.study, 'calendars', 'page.pdf');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/- code: CRT\n/, '- code: CRT\n    languages: [fr, en]\n'),
    );
    mustRun(...words, '--format', 'pdf', '--output', page);
    const { stdout } = spawnSync('pdfinfo', [page], { encoding: 'utf8' });
    expect(stdout).toContain('Calendrier des injections');
    // The names are not part of what was sealed: the change is one that does not affect the list.
    expect(randose('verify', '--study', trial.study).stdout).not.toContain('schedule');
  },
);

test('an option that has no meaning for the format is refused', () => {
  const trial = allocated();
  for (const words of [
    ['--at', '09:00'],
    ['--language', 'fr'],
    ['--by', 'site'],
    ['--format', 'pdf', '--month', '2026-06', '--output', 'x.pdf'],
    ['--format', 'pdf'],
    ['--format', 'pdf', '--by', 'site', '--month', '2026-13', '--output', 'x.pdf'],
    ['--site', 'XYZ'],
    ['--site', 'CRT', '--subject', 'A'],
  ]) {
    expect(randose('calendar', '--study', trial.study, ...words).status, words.join(' ')).toBe(64);
  }
});

test('as JSON: --format json is the calendars, --json the document with them', () => {
  const trial = enrolled();
  const words = ['calendar', '--study', trial.study];
  const plain = JSON.parse(mustRun(...words, '--format', 'json')) as { calendars: unknown[] };
  expect(plain.calendars).toHaveLength(18);
  expect(jsonOf(...words)).toEqual(plain);
});

test('every format is the same in every time zone and language [R-079]', () => {
  const trial = enrolled();
  const outputs = (environment: NodeJS.ProcessEnv) =>
    ['table', 'csv', 'json'].map((format) => {
      const words = ['calendar', '--study', trial.study, '--format', format];
      const env = { ...process.env, ...environment };
      return spawnSync(process.execPath, [RANDOSE, ...words], { encoding: 'utf8', env }).stdout;
    });
  const paris = outputs({ TZ: 'Europe/Paris', LC_ALL: 'fr_FR.UTF-8' });
  expect(paris[0]!.length).toBeGreaterThan(1000);
  expect(outputs({ TZ: 'Pacific/Kiritimati', LC_ALL: 'ar_SA.UTF-8' })).toEqual(paris);
  expect(outputs({ TZ: 'America/Los_Angeles', LC_ALL: 'tr_TR.UTF-8' })).toEqual(paris);
});

test('a schedule that was changed after allocation makes no calendars', () => {
  const trial = enrolled();
  const file = join(trial.study, 'study.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('weeks: 3-6', 'weeks: 3-7'));
  const { status, stderr } = randose('calendar', '--study', trial.study);
  expect(status).toBe(65);
  expect(stderr).toContain('study.yaml was changed after the list was sealed: schedule');
});

test('an unknown participant is an error; no participant at all gives an empty calendar', () => {
  const trial = allocated();
  const unknown = randose('calendar', '--study', trial.study, '--subject', 'X');
  expect(unknown.status).toBe(65);
  expect(unknown.stderr).toContain('subject "X" is not randomized');
  const none = randose('calendar', '--study', trial.study);
  expect(none).toMatchObject({ status: 0, stdout: '' });
  expect(none.stderr).toContain('No participant is randomized yet.');
});

test('no file of the study is ever overwritten, even with --force', () => {
  const trial = enrolled();
  const places = ['ledger.jsonl', 'study.yaml', 'allocation/list.csv', 'allocation', 'new.csv'];
  for (const place of places) {
    for (const format of ['csv', 'ics']) {
      const words = ['--format', format, '--output', join(trial.study, place), '--force'];
      const refused = randose('calendar', '--study', trial.study, ...words);
      expect(refused.status, `${format} to ${place}`).toBe(64);
    }
  }
  expect(randose('verify', '--study', trial.study).status).toBe(0);
});

test('a month of a site in which nothing is planned is written with a warning', () => {
  const trial = enrolled();
  const words = ['calendar', '--study', trial.study, '--format', 'pdf', '--by', 'site', '--month'];
  const made = (month: string) =>
    randose(...words, month, '--output', join(trial.folder, `${month}.pdf`));
  expect(made('2027-06')).toMatchObject({ status: 0 });
  expect(made('2027-05').stderr).toContain(
    'nothing is planned in 2027-05: the page has no visits. Visits are from 2026-06 to 2026-10.',
  );
  expect(made('2026-06').stderr).not.toContain('nothing is planned');
});
