import { Command } from '@commander-js/extra-typings';
import { parse } from 'csv-parse/sync';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommandEntry } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { withoutMarks } from '../../src/ledger/spreadsheet-csv.ts';
import { kitsOfTrial, labelled, mustRun, randose, type Trial } from '../support/command-line.ts';

const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'an example'];

/** Two participants, with an injection and a deviation. */
function begun(): Trial {
  const trial = labelled();
  const run = on(trial);
  for (const subject of ['CRT-001', 'CRT-002']) {
    run('randomize', '--subject', subject, '--site', 'CRT', '--day1', '2026-06-01', ...BY);
  }
  run('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01', ...BY);
  run('dose', 'CRT-001', '--visit', 'D2', '--not-done', '--date', '2026-06-02', ...WHY, ...BY);
  return trial;
}

function on({ study }: Trial) {
  return (...words: string[]) => mustRun(...words, '--study', study);
}

/** Every command that writes CSV, with what it needs. */
const TABLES: readonly (readonly [string, ...((trial: Trial) => string)[]])[] = [
  ['assess --draw 2 --plan', ({ plan }) => plan],
  ['calendar --format csv'],
  ['deviations --format csv'],
  ['labels --format csv --specimen'],
  ['packing --reason again --identity', ({ packer }) => packer],
  ['open --reason locked --identity', ({ statistician }) => statistician],
  ['unblind --all --reason locked --identity', ({ statistician }) => statistician],
  ['unblind --all --doses --reason locked --identity', ({ statistician }) => statistician],
  [
    'unblind --all --masked --until 2026-06-02 --purpose interim --identity',
    ({ statistician }) => statistician,
  ],
  ['export transfer --format csv'],
];

/** The text of a table. */
function written(trial: Trial, [words, ...files]: (typeof TABLES)[number], ...more: string[]) {
  const file = join(trial.folder, `MASKED-${written.count++}.csv`);
  const typed = [...words.split(' '), ...files.map((of) => of(trial))];
  mustRun(...typed, ...more, '--output', file, '--study', trial.study);
  return readFileSync(file, 'utf8');
}
written.count = 0;

describe('a CSV for Excel', () => {
  test('is there of every table, and says the same as the one for programs', () => {
    const trial = begun();
    for (const table of TABLES) {
      const plain = parse(written(trial, table));
      const french = written(trial, table, '--csv-for', 'excel-fr');
      expect(french.startsWith('\u{FEFF}'), table[0]).toBe(true);
      expect(french, table[0]).toMatch(/^.[^,\r\n]+\r\n/);
      const rows: string[][] = parse(french, { bom: true, delimiter: ';' });
      expect(rows.length, table[0]).toBeGreaterThan(1);
      expect(
        rows.map((row) => row.map(withoutMarks)),
        table[0],
      ).toEqual(plain);
    }
  });

  test('is offered by every command that writes CSV', () => {
    const names: string[] = [];
    const look = (entry: CommandEntry) => {
      const command = new Command(entry.name);
      entry.define(command);
      const choices = command.options.find(({ long }) => long === '--format')?.argChoices ?? [];
      const hasFlavour = command.options.some(({ long }) => long === '--csv-for');
      expect(hasFlavour, entry.name).toBe(choices.includes('csv'));
      if (hasFlavour) names.push(entry.name);
      entry.parts.forEach(look);
    };
    COMMANDS.forEach(look);
    const tested = new Set(TABLES.map(([words]) => words.split(' ')[0]));
    expect(new Set(names)).toEqual(tested);
  });

  test('is what --csv-for alone means; with another format it is refused', () => {
    const trial = begun();
    const { stdout } = randose('calendar', '--study', trial.study, '--csv-for', 'excel');
    expect(stdout.startsWith('\u{FEFF}subject,site,')).toBe(true);
    for (const words of [
      ['calendar', '--format', 'ics'],
      ['deviations', '--format', 'table'],
      ['labels', '--specimen', '--format', 'zpl', '--output', join(trial.folder, 'x.zpl')],
      ['labels', '--specimen', '--output', join(trial.folder, 'x.pdf')],
      ['open', '--format', 'json', '--identity', trial.statistician, ...WHY],
    ]) {
      const ran = randose(...words, '--csv-for', 'excel', '--study', trial.study);
      expect([ran.status, ran.stdout, ran.stderr], words.join(' ')).toEqual([
        64,
        '',
        expect.stringMatching(/^error: use --csv-for only with --format csv, and this is \w+\n/),
      ]);
    }
    const alone = randose(
      'assess',
      '--plan',
      trial.plan,
      '--csv-for',
      'excel',
      '--study',
      trial.study,
    );
    expect(alone).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('--csv-for is for the lists of --draw') as string,
    });
    const one = ['unblind', 'CRT-001', '--identity', trial.officer, ...WHY, '--csv-for', 'excel'];
    expect(randose(...one, '--study', trial.study)).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('--csv-for needs --all') as string,
    });
  });

  test('of labels warns of software that prints what it reads', () => {
    const trial = begun();
    const words = ['labels', '--specimen', '--study', trial.study, '--csv-for', 'excel-fr'];
    const { stderr } = randose(...words, '--output', join(trial.folder, 'labels.csv'));
    expect(stderr).toContain('For label software, leave --csv-for out.');
  });
});

describe('what randose reads', () => {
  test('can have the marks of a CSV for Excel', () => {
    const trial = begun();
    const file = join(trial.folder, 'participants.csv');
    const text = '\u{FEFF}subject;site;day1\r\n"=""CRT-003""";"=""CRT""";"=""2026-06-08"""\r\n';
    writeFileSync(file, text);
    on(trial)('randomize', '--from', file, ...BY);
    expect(on(trial)('status')).toContain('3 randomized');
    const [kit, other] = kitsOfTrial(trial);
    const codes = join(trial.folder, 'kits.csv');
    writeFileSync(codes, `\u{FEFF}"=""${kit!}"""\r\n="${other!}"\r\n`);
    expect(on(trial)('kit', 'received', '--from', codes, ...BY)).toContain('2 kits: received');
  });
});
