import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  jsonOf,
  labelled,
  mustRun,
  randose,
  type Ran,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'Example Nurse'];
const why = (reason: string) => ['--reason', reason, ...BY];
const NAME = 'CRT-010 (randomized as CRT-001)';

/** Two participants; the first has had the first injection. */
function started(): Trial {
  const trial = labelled();
  const { study } = trial;
  for (const subject of ['CRT-001', 'CRT-002']) {
    const who = ['--subject', subject, '--site', 'CRT', '--day1', '2026-06-01'];
    mustRun('randomize', '--study', study, ...who, ...BY);
  }
  mustRun('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01', '--study', study, ...BY);
  return trial;
}

function run({ study }: Trial, command: string, ...words: string[]): Ran {
  return randose(command, ...words, '--study', study);
}

/** UID → SEQUENCE and SUMMARY of each event of a participant's calendar. */
function eventsIn(trial: Trial, subject: string): Map<string, [number, string]> {
  const { stdout } = run(trial, 'calendar', subject, '--format', 'ics');
  const found = new Map<string, [number, string]>();
  for (const text of stdout.replaceAll('\r\n ', '').split('BEGIN:VEVENT').slice(1)) {
    const value = (name: string) => new RegExp(`^${name}:(.*)\r`, 'm').exec(text)![1]!;
    found.set(value('UID'), [Number(value('SEQUENCE')), value('SUMMARY')]);
  }
  return found;
}

describe('a corrected id', () => {
  test('is shown everywhere beside the old one, and both find the participant [R-094]', () => {
    const trial = started();
    const { study, officer } = trial;
    run(trial, 'calendar', '--format', 'ics');
    const before = eventsIn(trial, 'CRT-001');
    const words = ['CRT-001', '--new-id', 'CRT-010', ...why('typing error')];
    expect(run(trial, 'correct', ...words, '--dry-run').stdout).toContain('Dry run: nothing was');
    const { status, stdout } = run(trial, 'correct', ...words);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^CRT-001: the id is CRT-010 from now on\. R001 and kit \w+ stay\. Both ids find the participant\.\n$/,
    );

    // Every command that takes a participant takes either id, and the ledger keeps the first.
    for (const [index, id] of ['CRT-001', 'CRT-010'].entries()) {
      expect(run(trial, 'calendar', id).stdout).toContain(`subject ${NAME} (R001,`);
      expect(run(trial, 'check', id).stdout).toContain(`R001, of ${NAME}\n`);
      const dose = ['--visit', `D${index + 2}`, '--date', `2026-06-0${index + 2}`, ...BY];
      expect(run(trial, 'dose', id, ...dose).stdout).toMatch(/^D\d of CRT-010: given on /);
      const moved = ['--visit', 'D15', '--date', `2026-06-1${index + 6}`, ...why('holiday')];
      expect(run(trial, 'move', id, ...moved).status).toBe(0);
      const labels = join(testFolder(), 'labels.csv');
      const sheet = ['--format', 'csv', '--output', labels, '--specimen'];
      expect(run(trial, 'labels', '--subject', id, ...sheet).status).toBe(0);
      expect(readFileSync(labels, 'utf8')).toMatch(/\bCRT-010\b/);
      expect(readFileSync(labels, 'utf8')).not.toMatch(/\bCRT-001\b/);
      const opened = run(trial, 'unblind', id, '--identity', officer, ...why('emergency'));
      expect(opened.stdout).toContain(`Subject ${NAME}, randomization number R001`);
      expect(opened.stderr).not.toContain('NOT CHECKED');
    }
    const entries = jsonOf('ledger', '--subject', 'CRT-010', '--study', study).entries as {
      action: string;
      subject: string;
    }[];
    expect(new Set(entries.map(({ subject }) => subject))).toEqual(new Set(['CRT-001']));
    expect(entries.map(({ action }) => action)).toContain('code-break outcome');
    expect(jsonOf('ledger', '--subject', 'CRT-001', '--study', study).entries).toEqual(entries);

    expect(run(trial, 'status').stdout).toContain(`Id corrected: 1, ${NAME}\n`);
    expect(run(trial, 'status').stdout).toContain(`  ${NAME}  2026-`);
    expect(run(trial, 'calendar', 'CRT-010').stdout.replace(/\s+/g, ' ')).toMatch(
      /CRT-010: randomized as CRT-001; the id was corrected to CRT-010 on 20[\d-]+ \(UTC\): "typing error" \(ledger 5\)\./,
    );
    const rows = parse<Record<string, string>>(run(trial, 'calendar', '--format', 'csv').stdout, {
      columns: true,
    });
    expect(new Set(rows.map((row) => `${row.subject!} ${row.randomized_as!}`))).toEqual(
      new Set(['CRT-010 CRT-001', 'CRT-002 CRT-002']),
    );
    const pdf = join(testFolder(), 'calendar.pdf');
    expect(run(trial, 'calendar', '--format', 'pdf', '--output', pdf).status).toBe(0);

    // The same events, with another name.
    const after = eventsIn(trial, 'CRT-010');
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [uid, [sequence, summary]] of after) {
      expect(sequence).toBeGreaterThan(before.get(uid)![0]);
      expect(summary).toContain(`DEPIL-2 ${NAME} Day`);
    }
    const verified = run(trial, 'verify').stdout;
    expect(verified).toMatch(/^verified/);
    expect(verified).toContain('calendars/CRT-001.ics is from before entry');
    expect(verified).toContain('It has a former id of CRT-010, and can be deleted.');
    expect(verified).toMatch(/--output \S*CRT-010\.ics --force/);
    const file = join(study, 'calendars', 'CRT-010.ics');
    const written = run(
      trial,
      'calendar',
      'CRT-010',
      '--format',
      'ics',
      '--output',
      file,
      '--force',
    );
    expect(written.stderr.replace(/\s+/g, ' ')).toContain(
      'CRT-001.ics has the calendar of CRT-010 under a former id, and can be deleted. If it was imported, the new file replaces its events.',
    );
    expect(verified).not.toMatch(/--output \S*CRT-001\.ics/);
  });

  test('goes with the answer, the proof and the unblinded table', () => {
    const trial = started();
    const { study, officer, statistician, folder } = trial;
    run(trial, 'correct', 'CRT-001', '--new-id', 'CRT-010', ...why('typing error'));
    const [answer, proof, table] = ['answer.age', 'proof.txt', 'table.csv'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    const key = ['--identity', officer, ...why('x')];
    expect(run(trial, 'unblind', 'CRT-001', ...key, '--proof', proof).status).toBe(0);
    expect(readFileSync(proof, 'utf8')).toContain('\nsubject CRT-010\n');
    expect(run(trial, 'verify', '--proof', proof).stdout).toContain('allocation of CRT-010, R001');
    const to = /age1\w+/.exec(readFileSync(trial.packer, 'utf8'))![0];
    expect(run(trial, 'unblind', 'CRT-010', ...key, '--to', to, '--output', answer).status).toBe(0);
    const data = jsonOf('unblind', 'CRT-001', ...key, '--study', study);
    expect(data).toMatchObject({ subject: 'CRT-010', randomizedAs: 'CRT-001', notChecked: [] });
    const all = ['--all', '--identity', statistician, '--reason', 'lock', '--output', table];
    expect(run(trial, 'unblind', ...all).status).toBe(0);
    const rows = parse<Record<string, string>>(readFileSync(table), { columns: true });
    expect(rows.map(({ SUBJID, RANDSUBJ }) => [SUBJID, RANDSUBJ])).toEqual([
      ['CRT-010', 'CRT-001'],
      ['CRT-002', 'CRT-002'],
    ]);
    expect(Object.keys(rows[0]!).slice(-5, -3)).toEqual(['RANDSUBJ', 'SITECUR']);
  });

  test('is refused if it is somebody, was somebody, looks like somebody, or is no id', () => {
    const trial = started();
    run(trial, 'correct', 'CRT-001', '--new-id', 'CRT-010', ...why('typing error'));
    for (const [newId, text] of [
      ['CRT-010', `CRT-010 is another participant: ${NAME}, R001`],
      ['crt-001', `crt-001 was the id of another participant: ${NAME}, R001`],
      ['CRT-OO1', 'CRT-OO1 may be the same person as CRT-001 (randomized: R001)'],
      ['CRT-002', 'the id is CRT-002 already'],
      ['Mr Example', '--new-id "Mr Example" is not a subject id'],
      ['CRT\u2011021', 'It has a non-breaking hyphen (U+2011) in the place of "-": type CRT-021.'],
    ] as const) {
      const { stderr } = run(trial, 'correct', 'CRT-002', '--new-id', newId, ...why('x'));
      expect(stderr).toContain(text);
      expect(stderr).toContain('Nothing was recorded.');
    }
    const hyphen = 'It has an en dash (U+2013) in the place of "-": type CRT-002.';
    for (const words of [['CRT\u2013002'], ['--subject', 'CRT\u2013002']]) {
      expect(run(trial, 'calendar', ...words).stderr).toContain(hyphen);
      expect(
        run(trial, 'unblind', ...words, '--identity', trial.officer, ...why('x')).stderr,
      ).toContain(hyphen);
    }
    const like = ['CRT-002', '--new-id', 'CRT-OO1', '--id-is-right', ...why('x')];
    expect(run(trial, 'correct', ...like).status).toBe(0);
    expect(run(trial, 'correct', 'CRT-001', '--new-id', 'X', ...BY).stderr).toContain('--reason');
    const both = ['CRT-001', '--new-id', 'CRT-020', '--factor', 'sex=F', ...why('x')];
    expect(run(trial, 'correct', ...both).stderr).toContain('use either --new-id or --factor');
    const alone = ['CRT-001', '--factor', 'sex=F', '--id-is-right', ...why('x')];
    expect(run(trial, 'correct', ...alone).stderr).toContain('use --id-is-right only with');
    for (const id of ['CRT-001', 'CRT-010']) {
      const who = ['--subject', id, '--site', 'CRT', '--day1', '2026-06-01', ...BY];
      const { status, stderr } = run(trial, 'randomize', ...who);
      expect(status).toBe(65);
      expect(stderr).toContain(
        id === 'CRT-010' ? 'was randomized on' : 'was the id of CRT-010 (R001), and is never free',
      );
    }
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  });

  test('is corrected again, also back, and labels with the old id are named', () => {
    const trial = started();
    const file = join(testFolder(), 'labels.csv');
    const labels = ['--subject', 'CRT-001', '--format', 'csv', '--output', file, ...BY, '--yes'];
    expect(run(trial, 'labels', ...labels).status).toBe(0);
    const correct = (newId: string) =>
      run(trial, 'correct', 'CRT-001', '--new-id', newId, ...why('typing error'));
    const told = correct('CRT-010').stderr;
    expect(told).toContain('printed labels have the id CRT-001. Print new ones');
    // The printed command works more than once.
    const [, again = ''] = /Print new ones: randose labels (.*) WHO\n/.exec(told) ?? [];
    const printed = () => run(trial, 'labels', ...again.split(' '), 'Example').status;
    expect([printed(), printed()]).toEqual([0, 0]);
    expect(correct('CRT-011').stdout).toMatch(/^CRT-010: the id is CRT-011/);
    expect(run(trial, 'check', 'CRT-010').stdout).toMatch(
      /randomized as CRT-001; the id was corrected to CRT-010 on 20[\d-]+ \(UTC\): "typing error" \(ledger \d+\), then to CRT-011 on 20[\d-]+ \(UTC\): "typing error" \(ledger \d+\)/,
    );
    expect(correct('CRT-001').stdout).toMatch(/^CRT-011: the id is CRT-001/);
    expect(run(trial, 'calendar', 'CRT-010').stdout).toContain('subject CRT-001 (R001,');
    expect(run(trial, 'status').stdout).not.toContain('Id corrected');
    expect(run(trial, 'verify').stdout).toMatch(/^verified/);
  });

  testWithTool(['expect', '-v'])('is looked at first on a terminal', () => {
    const trial = started();
    const words = ['correct', 'CRT-001', '--new-id', 'CRT-010', ...why('x')];
    const { text } = atTerminal(trial.study, words, [['[y/N]', 'n\r']]);
    expect(text).toContain('Neither CRT-001 nor CRT-010 is ever free for another participant.');
    expect(text).toContain('Nothing was recorded');
    expect(run(trial, 'calendar', 'CRT-010').status).toBe(65);
  });
});
