import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  begun,
  editStudy,
  jsonOf,
  kitsOfTrial,
  mustRun,
  randose,
  type Ran,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'Example Nurse'];
const why = (reason: string) => ['--reason', reason, ...BY];
const MOVED = ['CRT-001', '--to', 'RUN', '--date', '2026-06-05'];

/** Two sites in two time zones; the second is closed on Day 29. One participant at each has had four injections. */
function started(): Trial {
  return begun('participants at CRT and RUN', start);
}

function start(trial: Trial): void {
  editStudy(trial, [
    '\nstrata:\n  - site: CRT\n    slots: 18\n',
    `
  - code: RUN
    name: Example Hospital Réunion
    timeZone: Indian/Reunion
    closed: [{ on: 2026-06-29, reason: works }]
strata:
  slotsPerSite: 9
`,
  ]);
  const { study, plan } = trial;
  mustRun('allocate', '--study', study, '--plan', plan);
  for (const [subject, site] of [
    ['CRT-001', 'CRT'],
    ['RUN-001', 'RUN'],
  ] as const) {
    const who = ['--subject', subject, '--site', site, '--day1', '2026-06-01'];
    mustRun('randomize', '--study', study, ...who, ...BY);
  }
  for (let day = 1; day <= 4; day += 1) {
    const date = `2026-06-0${day}`;
    mustRun('dose', 'CRT-001', '--visit', `D${day}`, '--date', date, '--study', study, ...BY);
  }
  const kits = ['--kits', kitsOfTrial(trial)[0]!, '--date', '2026-06-05'];
  mustRun('kit', 'received', '--study', study, ...kits, ...BY);
}

function run({ study }: Trial, command: string, ...words: string[]): Ran {
  return randose(command, ...words, '--study', study);
}

/** The site of each injection of CRT-001, by visit. */
function sitesOf(trial: Trial): string[] {
  const rows = parse<Record<string, string>>(
    run(trial, 'calendar', 'CRT-001', '--format', 'csv').stdout,
    { columns: true },
  );
  return rows.flatMap(({ kind, visit, site }) =>
    kind === 'injection' ? `${visit!} ${site!}` : [],
  );
}

/** What a site's iCalendar file says of the injections of CRT-001: visit, zone, and whether it is cancelled. */
function eventsAt({ study }: Trial, site: string): string[] {
  const text = readFileSync(join(study, 'calendars', `${site}.ics`), 'utf8');
  return text.split('BEGIN:VEVENT').flatMap((event) => {
    const day = /SUMMARY:.* CRT-001 Day (\d+): Injection/.exec(event)?.[1];
    const zone = /TZID=([^:]*)/.exec(event)?.[1] ?? '';
    const off = event.includes('STATUS:CANCELLED') ? ' cancelled' : '';
    return day === undefined ? [] : `D${day} ${zone}${off}`;
  });
}

const AT_CRT = ['D1 CRT', 'D2 CRT', 'D3 CRT', 'D4 CRT'];
const AFTER = [5, 15, 22, 29, 36];

describe('a transfer', () => {
  test('gives later visits, kits and days to the new site, and is taken back [R-093]', () => {
    const trial = started();
    const { study, statistician, folder } = trial;
    const bySite = ['--format', 'ics', '--by', 'site', '--at', '09:00', '--force'];
    run(trial, 'calendar', ...bySite);
    const dry = run(trial, 'transfer', ...MOVED, ...why('moved house'), '--dry-run');
    expect(dry.stdout).toContain('Dry run: nothing was recorded');
    const { status, stdout, stderr } = run(trial, 'transfer', ...MOVED, ...why('moved house'));
    expect(status).toBe(0);
    expect(stdout).toBe(
      'CRT-001: transferred from CRT to RUN (Example Hospital Réunion) on 2026-06-05 Fri. R001, its kits and its stratum stay.\n',
    );
    expect(stderr).toContain('D29 is on 2026-06-29 Mon: the site is closed: works.');
    expect(stderr).toMatch(/kit \w+ of R001 is recorded as received: see that RUN gets it\./);

    expect(sitesOf(trial)).toEqual([...AT_CRT, ...AFTER.map((day) => `D${day} RUN`)]);
    const { calendars } = jsonOf('calendar', 'CRT-001', '--study', study) as {
      calendars: { site: string; sites: unknown; facts: string[] }[];
    };
    expect(calendars[0]).toMatchObject({
      site: 'RUN',
      sites: [
        { site: 'CRT', from: null },
        { site: 'RUN', from: '2026-06-05' },
      ],
      facts: ['transferred from CRT to RUN on 2026-06-05: "moved house" (ledger 9)'],
    });
    expect(run(trial, 'calendar', 'CRT-001').stdout).toContain(
      'D29 on 2026-06-29 Mon: the site is closed: works',
    );
    const left = run(trial, 'calendar', '--site', 'CRT');
    expect(left.stdout).not.toContain('CRT-001 R001');
    expect(left.stderr).toContain('CRT-001 was transferred: now at RUN.');
    expect(run(trial, 'calendar', '--site', 'RUN').stdout).toContain('CRT-001 R001');
    const load = run(trial, 'calendar', 'load', '--from', '2026-06-01', '--weeks', '6').stdout;
    expect(load).toContain('CRT: 4 injections in 6 weeks');
    expect(load).toContain('RUN: 14 injections in 6 weeks');

    // Each site's calendar program: the old one cancels what the new one has.
    expect(run(trial, 'verify').stdout).toContain('calendars/CRT.ics is from before entry 9');
    run(trial, 'calendar', ...bySite);
    expect(eventsAt(trial, 'CRT')).toEqual([
      ...[1, 2, 3, 4].map((day) => `D${day} Europe/Paris`),
      ...AFTER.map((day) => `D${day} Europe/Paris cancelled`),
    ]);
    expect(eventsAt(trial, 'RUN')).toEqual(AFTER.map((day) => `D${day} Indian/Reunion`));
    const month = ['--format', 'pdf', '--by', 'site', '--site', 'RUN', '--month', '2026-06'];
    const pdf = ['--output', join(testFolder(), 'month.pdf')];
    expect(run(trial, 'calendar', ...month, ...pdf).status).toBe(0);
    const verified = run(trial, 'verify').stdout;
    expect(verified).toMatch(/^verified/);
    expect(verified).not.toContain('calendars/');

    expect(run(trial, 'status').stdout).toContain('Transferred: 1 to RUN\n');
    expect(run(trial, 'status').stdout).toMatch(/\nCRT +8 .*\nRUN +10 /);
    expect(run(trial, 'check', 'CRT-001').stdout).toContain('  Place   RUN\n');
    expect(run(trial, 'kit', '--site', 'RUN').stdout).toContain('CRT-001');
    expect(run(trial, 'ledger', '--kind', 'transfer').stdout).not.toContain('encrypted');
    const table = join(folder, 'table.csv');
    const all = ['--all', '--identity', statistician, '--reason', 'lock', '--output', table];
    expect(run(trial, 'unblind', ...all).status).toBe(0);
    expect(parse<Record<string, string>>(readFileSync(table), { columns: true })).toMatchObject([
      { SUBJID: 'CRT-001', SITEID: 'CRT', STRATUM: 'site=CRT', SITECUR: 'RUN' },
      { SUBJID: 'RUN-001', SITEID: 'RUN', SITECUR: 'RUN' },
    ]);

    const back = run(trial, 'transfer', 'CRT-001', '--retract', ...why('another participant'));
    expect(back.stdout).toBe(
      'CRT-001: the transfer to RUN on 2026-06-05 (ledger 9) is taken back; now at CRT.\n',
    );
    // The kit had come to the other site.
    const [kit = ''] = kitsOfTrial(trial);
    expect(back.stderr).toContain(`kit shipped --kits ${kit} --to CRT`);
    expect(sitesOf(trial)).toEqual([...AT_CRT, ...AFTER.map((day) => `D${day} CRT`)]);
    run(trial, 'calendar', ...bySite);
    expect(eventsAt(trial, 'RUN')).toEqual(AFTER.map((day) => `D${day} Indian/Reunion cancelled`));
    const last = run(trial, 'verify').stdout;
    expect(last).toMatch(/^verified/);
    expect(last).not.toContain('calendars/');
    expect(run(trial, 'status').stdout).not.toContain('Transferred');
  });

  test('goes with a corrected id, assessments, an additional dose and their deviations', () => {
    const trial = started();
    const { study, officer, statistician, folder } = trial;
    run(trial, 'unblind', 'CRT-001', '--identity', officer, ...why('adverse event'));
    run(trial, 'correct', 'CRT-001', '--new-id', 'CRT-010', ...why('typing error'));
    run(trial, 'transfer', 'CRT-010', ...MOVED.slice(1), ...why('moved house'));
    const attended = ['--visit', 'D5', '--date', '2026-06-05'];
    expect(run(trial, 'attend', 'CRT-001', ...attended, ...BY).stdout).toContain('D5 of CRT-010');
    const more = ['--additional', '--date', '2026-06-06', '--deviation'];
    const dose = run(trial, 'dose', 'CRT-010', ...more, ...why('second vial'));
    expect(dose.stdout).toContain('Additional dose of CRT-010');

    const { entries } = jsonOf('ledger', '--study', study) as {
      entries: { action: string; subject: string }[];
    };
    expect(entries.slice(-2).map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'attendance CRT-001',
      'additional dose CRT-001',
    ]);
    const rows = parse<Record<string, string>>(
      run(trial, 'calendar', '--site', 'RUN', '--format', 'csv').stdout,
      { columns: true },
    ).filter(({ randomized_as: first }) => first === 'CRT-001');
    const found = (kind: string, status: string) =>
      rows.filter((row) => row.kind === kind && row.status === status);
    expect(found('additional injection', 'given')).toMatchObject([
      { subject: 'CRT-010', site: 'RUN', date: '2026-06-06' },
    ]);
    expect(found('assessment', 'done')).toMatchObject([
      { subject: 'CRT-010', site: 'RUN', visit: 'D5' },
    ]);
    const { deviations } = jsonOf('deviations', '--site', 'RUN', '--study', study) as {
      deviations: object[];
    };
    expect(deviations).toContainEqual(
      expect.objectContaining({ subject: 'CRT-010', site: 'RUN', rule: 'additional' }),
    );
    expect(run(trial, 'deviations', '--site', 'CRT').stderr).toContain(
      'CRT-010 was transferred: now at RUN.',
    );

    const table = join(folder, 'table.csv');
    const all = ['--all', '--identity', statistician, '--reason', 'lock', '--output', table];
    expect(run(trial, 'unblind', ...all).status).toBe(0);
    const [first] = parse<Record<string, string>>(readFileSync(table), { columns: true });
    expect(first).toMatchObject({ SUBJID: 'CRT-010', RANDSUBJ: 'CRT-001' });
    expect(first).toMatchObject({ SITEID: 'CRT', SITECUR: 'RUN', INJGIVEN: '5' });
    expect(first!.UNBLDTC).toMatch(/^2026-/);
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  });

  test('is refused if it cannot have taken place', () => {
    const trial = started();
    const refused = (...words: string[]) => run(trial, 'transfer', ...words, ...why('x')).stderr;
    const to = (site: string, date: string) => ['CRT-001', '--to', site, '--date', date];
    expect(refused(...to('CRT', '2026-06-05'))).toContain('CRT-001 is at CRT already');
    expect(refused(...to('XXX', '2026-06-05'))).toContain('study.yaml has: CRT, RUN');
    expect(refused(...to('RUN', '2026-05-27'))).toContain('is before the randomization');
    expect(refused(...to('RUN', '2026-06-20'))).toContain('Record the transfer on that day.');
    expect(refused('CRT-001', '--to', 'RUN')).toContain('transfer needs --date <date>');
    expect(refused('CRT-001', '--retract')).toContain('CRT-001 was not transferred');
    expect(refused(...MOVED, '--retract')).toContain('leave out --to and --date');
    expect(run(trial, 'transfer', ...MOVED, ...BY).stderr).toContain('needs --reason');
    run(trial, 'transfer', ...MOVED, ...why('moved house'));
    expect(refused(...to('CRT', '2026-06-04'))).toContain('before the transfer to RUN');
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
    run(trial, 'lock', ...why('all queries are closed'), '--yes');
    expect(refused('CRT-001', '--retract')).toContain('the database was locked on');
  });

  testWithTool(['expect', '-v'])('is looked at first on a terminal', () => {
    const trial = started();
    const words = ['transfer', ...MOVED, ...why('x')];
    const { text } = atTerminal(trial.study, words, [['[y/N]', 'n\r']]);
    expect(text).toContain('Record that RUN takes over CRT-001?');
    expect(text).toContain('Nothing was recorded');
    expect(sitesOf(trial)).toContain('D15 CRT');
    // What others have to do is told once it is recorded.
    expect(text).not.toContain('see that RUN gets it');
    const yes = atTerminal(trial.study, words, [['[y/N]', 'y\r']]).text;
    expect(yes.indexOf('see that RUN gets it')).toBeGreaterThan(yes.indexOf('[y/N]'));
  });
});
