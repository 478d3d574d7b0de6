import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { startAt } from '../support/clock.ts';
import {
  allocated,
  contentsOf,
  editStudy,
  jsonOf,
  kitsOfTrial,
  labelled,
  labelledAndEnrolled,
  extendList,
  mustRun,
  planFile,
  RANDOSE,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const withPdftotext = testWithTool(['pdftotext', '-v']);
const textOf = (file: string) =>
  execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });

const pages = (file: string) => readFileSync(file, 'latin1').match(/\/Type \/Page\b/g)!.length;

/** The person who makes labels. */
const BY = ['--by', 'Example Pharmacist'];

/** Makes labels. @returns where they are */
function labels(trial: Trial, name: string, ...words: string[]): string {
  const file = join(trial.folder, name);
  mustRun('labels', '--study', trial.study, '--output', file, ...BY, ...words);
  return file;
}

function ledgerOf({ study }: Trial): Record<string, unknown>[] {
  const lines = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

interface Row extends Record<string, string> {
  kit: string;
  label: string;
  visit: string;
  date: string;
  marks: string;
}
const rowsOf = (file: string) => parse(readFileSync(file), { columns: true }) as unknown as Row[];

describe('labels', () => {
  withPdftotext('are there for every kit of the list, on as many sheets as that takes', () => {
    const trial = labelled();
    const file = labels(trial, 'outer.pdf', '--sheet', 'L7163');
    expect(pages(file)).toBe(2);
    const text = textOf(file);
    for (const kit of kitsOfTrial(trial)) expect(text.split(kit)).toHaveLength(2);
    expect(text.match(/Uniquement pour essais cliniques/g)).toHaveLength(18);
    const vials = labels(trial, 'vials.pdf', '--sheet', 'L7651');
    expect(pages(vials)).toBe(3);
    for (const kit of kitsOfTrial(trial)) expect(textOf(vials).split(kit)).toHaveLength(10);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('that lack a particular are not made, and nothing is on record', () => {
    const trial = allocated();
    const file = join(trial.folder, 'labels.pdf');
    const before = contentsOf(trial.study);
    const { status, stderr } = randose('labels', ...BY, '--study', trial.study, '--output', file);
    expect(status).toBe(78);
    expect(stderr).toContain('supplies.labels.contact is missing: Annex 13, 26(a) asks for it');
    expect(stderr).toContain('supplies.packaged[].lot is missing: Annex 13, 26(c)');
    expect(stderr).toContain('sites[CRT].investigator is missing: Annex 13, 26(f)');
    expect(existsSync(file)).toBe(false);
    expect(contentsOf(trial.study)).toEqual(before);
    const other = randose(
      'labels',
      ...BY,
      '--study',
      trial.study,
      '--output',
      file,
      '--profile',
      'eu-ctr',
    );
    expect(other.stderr).toContain('Annex VI, A.1(1)(d)');
  });

  test('of arms that were packaged differently are not made: the difference is reported [R-028]', () => {
    const trial = labelled();
    editStudy(trial, [
      '[{lot: L2026-01, expiry: 2027-06}]',
      '[{lot: L1, expiry: 2027-06}, {arm: PLACEBO, lot: P1}]',
    ]);
    const words = [
      'labels',
      ...BY,
      '--study',
      trial.study,
      '--output',
      join(trial.folder, 'a.pdf'),
    ];
    const { status, stderr } = randose(...words);
    expect(status).toBe(78);
    expect(stderr).toContain('lot differs, ILT101: L1; PLACEBO: P1');
    expect(existsSync(join(trial.folder, 'a.pdf'))).toBe(false);
  });

  test('that do not fit are not made, and nothing is on record', () => {
    const trial = labelled();
    const words = ['--sheet', 'L7651', '--only', 'outer', '--output', join(trial.folder, 'a.pdf')];
    const { status, stderr } = randose('labels', ...BY, '--study', trial.study, ...words);
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /the outer label of kit \w{7}: its text does not fit on a label of L7651: it is \d+\.\d mm too high: about \d+ of its \d+ characters are too many/,
    );
    expect(stderr).toContain('Sheets on which it fits: L7160, L7161, L7163, L7165');
    expect(ledgerOf(trial)).toHaveLength(1);
  });

  test('made again are marked, kit by kit and kind by kind, and the ledger says so [R-084]', () => {
    const trial = labelled();
    const [first = '', second = '', third = ''] = kitsOfTrial(trial);
    labels(trial, 'one.csv', '--format', 'csv', '--only', 'outer', '--kits', first);
    const rows = rowsOf(
      labels(trial, 'two.csv', '--format', 'csv', '--kits', `${first},${second}`),
    );
    const marked = rows.filter(({ marks }) => marks !== '');
    expect(marked.map(({ kit, label, marks }) => [kit, label, marks])).toEqual([
      [first, 'outer', 'RÉIMPRESSION'],
    ]);
    const made = ledgerOf(trial).slice(1);
    expect(made).toMatchObject([
      { action: 'labels', labels: 'outer', kits: [first], reprints: [], count: 1, subject: null },
      { action: 'labels', kits: [first, second], reprints: [first], count: 20 },
    ]);
    expect(mustRun('ledger', '--study', trial.study, '--kind', 'labels')).toMatch(
      /20 labels .* 2 kits, 1 of\s+them again/,
    );
    expect(mustRun('check', '--study', trial.study, '--kit', second)).toContain('labelled');
    expect(mustRun('check', '--study', trial.study, '--kit', third)).toContain('no label made yet');
  });

  test('that are only to look at are marked as specimens, and are not on record', () => {
    const trial = labelled();
    const file = labels(trial, 'a.csv', '--format', 'csv', '--specimen');
    expect(rowsOf(file).every(({ marks }) => marks === 'SPÉCIMEN')).toBe(true);
    expect(ledgerOf(trial)).toHaveLength(1);
    const later = rowsOf(labels(trial, 'b.csv', '--format', 'csv'));
    expect(later.every(({ marks }) => marks === '')).toBe(true);
  });

  test('in two languages with one text for both give a warning', () => {
    const trial = labelled();
    editStudy(trial, ['languages: [fr]', 'languages: [fr, en]']);
    const words = [
      'labels',
      ...BY,
      '--study',
      trial.study,
      '--output',
      join(trial.folder, 'a.pdf'),
    ];
    expect(randose(...words).stderr).toContain(
      'labels are in fr, en, but these texts are the same in all languages: form, route',
    );
  });

  test('with the old dates give a warning when a visit moves [R-085]', () => {
    const trial = labelledAndEnrolled();
    const move = (subject: string, date: string) =>
      randose(
        'move',
        '--study',
        trial.study,
        '--subject',
        subject,
        '--visit',
        'D15',
        '--date',
        date,
        '--reason',
        'strike',
        '--by',
        'Example',
      ).stderr;
    labels(trial, 'a.pdf', '--subject', 'CRT-001');
    const told = move('CRT-001', '2026-06-16');
    expect(told).toContain('printed labels show the old dates');
    const [, command = ''] = /Print new ones: randose (.*)/.exec(told) ?? [];
    // The file is in the study folder, from wherever the command is run.
    const file = relative('', join(trial.study, 'labels', 'CRT-001.pdf'));
    expect(command).toBe(`labels --subject CRT-001 --output ${file} --force --by WHO`);
    const words = command.replace('WHO', 'Example').split(' ');
    expect(randose(...words, '--study', trial.study).status).toBe(0);
    expect(existsSync(file)).toBe(true);
    expect(move('CRT-002', '2026-06-23')).not.toContain('labels');
    // Nobody needs a label for an injection that was given, on whatever day.
    labels(trial, 'b.pdf', '--subject', 'CRT-001');
    const given = (visit: string, date: string) =>
      randose(
        ...['dose', 'CRT-001', '--visit', visit, '--date', date, '--study', trial.study],
        ...['--deviation', '--reason', 'one day off', ...BY],
      );
    const days = [1, 2, 3, 4].map((day) => given(`D${day}`, `2026-06-0${day}`).status);
    expect(days).toEqual([0, 0, 0, 0]);
    const late = given('D5', '2026-06-06');
    expect(late.status, late.stderr).toBe(0);
    expect(late.stderr).not.toContain('old dates');
  });

  test('of one unit can be made again, without the others', () => {
    const trial = labelled();
    const [kit = ''] = kitsOfTrial(trial);
    labels(trial, 'a.csv', '--format', 'csv', '--kits', kit);
    const rows = rowsOf(labels(trial, 'b.csv', '--format', 'csv', '--kits', kit, '--unit', '3,5'));
    expect(rows.map(({ label, unit, marks }) => [label, unit, marks])).toEqual([
      ['unit', '3', 'RÉIMPRESSION'],
      ['unit', '5', 'RÉIMPRESSION'],
    ]);
    const none = ['--unit', '10', '--output', join(trial.folder, 'c.pdf')];
    expect(randose('labels', ...BY, '--study', trial.study, ...none).status).toBe(65);
  });

  test('of one batch, of one site, of named kits alone', () => {
    const trial = labelled();
    editStudy(trial, ['    slots: 18', '    slots: 24']);
    extendList(trial);
    const count = (...words: string[]) =>
      jsonOf(
        'labels',
        ...BY,
        '--study',
        trial.study,
        '--force',
        '--format',
        'csv',
        '--only',
        'outer',
        '--output',
        join(trial.folder, 'x.csv'),
        ...words,
      ).labels;
    expect(count('--batch', '1')).toBe(18);
    expect(count('--batch', '2')).toBe(6);
    expect(count('--site', 'crt')).toBe(24);
    expect(count()).toBe(24);
    const [one = '', other = ''] = kitsOfTrial(trial);
    expect(count('--kits', `${other}, ${one.toLowerCase()}`)).toBe(2);
    const refused = (...words: string[]) =>
      randose(
        'labels',
        ...BY,
        '--study',
        trial.study,
        '--output',
        join(trial.folder, 'y.pdf'),
        ...words,
      );
    expect(refused('--batch', '3')).toMatchObject({ status: 64 });
    expect(refused('--site', 'X').stderr).toContain('CRT');
    expect(refused('--kits', `${one},${one}`).stderr).toContain('named twice');
    expect(refused('--kits', 'ABC').status).toBe(65);
    expect(refused('--kits', one, '--site', 'CRT').status).toBe(64);
  });

  test('for a participant say the date of each injection, as the calendar has it now', () => {
    const trial = labelledAndEnrolled();
    const by = ['--by', 'Example Nurse, nurse, Example Hospital'];
    const at = (visit: string, date: string) => [
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--visit',
      visit,
      '--date',
      date,
      ...by,
    ];
    const dated = (name: string) =>
      rowsOf(labels(trial, name, '--format', 'csv', '--subject', 'crt-001'))
        .filter(({ label }) => label === 'unit')
        .map(({ visit, date }) => `${visit} ${date}`);
    // Day 1 is 2026-06-01 in the example's participants.
    expect(dated('planned.csv')).toEqual([
      ...['D1 2026-06-01', 'D2 2026-06-02', 'D3 2026-06-03', 'D4 2026-06-04', 'D5 2026-06-05'],
      ...['D15 2026-06-15', 'D22 2026-06-22', 'D29 2026-06-29', 'D36 2026-07-06'],
    ]);
    mustRun('dose', ...at('D1', '2026-06-02'));
    mustRun('dose', ...at('D2', '2026-06-03'), '--not-done', '--reason', 'fever');
    mustRun('move', ...at('D15', '2026-06-18'), '--reason', 'strike');
    expect(dated('later.csv')).toEqual([
      ...['D1 2026-06-02', 'D3 2026-06-04', 'D4 2026-06-05', 'D5 2026-06-06'],
      ...['D15 2026-06-18', 'D22 2026-06-23', 'D29 2026-06-30', 'D36 2026-07-07'],
    ]);
    const all = rowsOf(join(trial.folder, 'later.csv'));
    expect(new Set(all.map(({ kit }) => kit))).toEqual(new Set([kitsOfTrial(trial)[0]]));
    expect(all.every((row) => row.subject_id === 'CRT-001')).toBe(true);
    expect(all.every(({ marks }) => marks === 'RÉIMPRESSION')).toBe(true);
    expect(ledgerOf(trial).filter(({ action }) => action === 'labels')).toMatchObject([
      { subject: 'CRT-001', reprints: [] },
      { subject: 'CRT-001', reprints: [kitsOfTrial(trial)[0]] },
    ]);
  });

  test('name the visits of the amendment that counts for who has the kit, or will have it', () => {
    const trial = labelled();
    const { study } = trial;
    for (const id of ['CRT-001', 'CRT-002']) {
      const words = ['--subject', id, '--site', 'CRT', '--day1', '2026-06-01', ...BY];
      mustRun('randomize', '--study', study, ...words);
    }
    const kits = kitsOfTrial(trial);
    // One later injection less; the maintenance begins a day later.
    const schedule = `    schedule:
      leastInterval: 1 day
      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, days: [16, 23, 30], window: ±1 }
      assessments:
        - { name: Safety, days: [1, 60] }
`;
    const amended = `\namendments:\n  - id: A2\n    from: 2026-06-10\n    applies: later participants\n${schedule}`;
    appendFileSync(join(study, 'study.yaml'), amended);
    const by = [...BY, '--reason', 'substantial amendment 2', '--study', study];
    mustRun('amend', '--id', 'A2', ...by);
    mustRun('amend', '--id', 'A2', '--subject', 'CRT-001', '--date', '2026-06-12', ...by, '--yes');
    const visits = (file: string, kit: string) =>
      rowsOf(file)
        .filter((row) => row.label === 'unit' && row.kit === kit && row.visit !== '')
        .map(({ visit, date }) => `${visit} ${date}`.trim());
    const induction = ['D1', 'D2', 'D3', 'D4', 'D5'];
    const after = [...induction, 'D16', 'D23', 'D30'];
    startAt('2026-06-12T09:30:00Z');
    const moved = labels(trial, 'moved.csv', '--subject', 'CRT-001');
    expect(visits(moved, kits[0]!)).toEqual([
      ...['D1 2026-06-01', 'D2 2026-06-02', 'D3 2026-06-03', 'D4 2026-06-04', 'D5 2026-06-05'],
      ...['D16 2026-06-16', 'D23 2026-06-23', 'D30 2026-06-30'],
    ]);
    expect(rowsOf(moved).map(({ injection = '' }) => injection)).toContainEqual(
      expect.stringContaining('8/8'),
    );
    const stock = labels(trial, 'stock.csv');
    expect(visits(stock, kits[0]!)).toEqual(after);
    expect(visits(stock, kits[1]!)).toEqual([...induction, 'D15', 'D22', 'D29', 'D36']);
    expect(visits(stock, kits.at(-1)!)).toEqual(after);
  });

  test('of a participant with more injections than units have no visit, and say why', () => {
    const trial = labelledAndEnrolled();
    const amended = `
amendments:
  - id: A2
    from: 2026-06-10
    applies: everyone
    schedule:
      injections:
        - { phase: induction, days: 1-5 }
        - { phase: maintenance, days: [15, 22, 29, 36, 43] }
`;
    appendFileSync(join(trial.study, 'study.yaml'), amended);
    const by = [...BY, '--reason', 'substantial amendment 2', '--study', trial.study];
    mustRun('amend', '--id', 'A2', ...by, '--yes');
    const file = join(trial.folder, 'more.csv');
    const words = ['--study', trial.study, '--subject', 'CRT-001', '--output', file, ...BY];
    expect(randose('labels', ...words).stderr.replaceAll(/\s+/g, ' ')).toContain(
      'a kit has 9 units for 10 injections, so labels of units have no date.',
    );
    expect(rowsOf(file).every(({ visit }) => visit === '')).toBe(true);
  });

  test('for a participant are never put on another one’s kit', () => {
    const trial = labelledAndEnrolled();
    const [, second = ''] = kitsOfTrial(trial);
    const words = [
      '--subject',
      'CRT-001',
      '--kits',
      second,
      '--output',
      join(trial.folder, 'a.pdf'),
    ];
    const { status, stderr } = randose('labels', ...BY, '--study', trial.study, ...words);
    expect(status).toBe(65);
    expect(stderr).toContain(`kit ${second} belongs to CRT-002, not to CRT-001: DO NOT GIVE IT`);
  });

  test('of a rehearsal have its mark, and are only made with --dummy', () => {
    const trial = labelled();
    const plan = planFile(trial, 'blocks: {sizes: [3]}\n');
    mustRun('allocate', '--dummy', '--study', trial.study, '--plan', plan);
    const study = join(trial.folder, 'DUMMY-depil-2');
    const file = join(trial.folder, 'a.csv');
    const words = ['labels', ...BY, '--study', study, '--format', 'csv', '--output', file];
    expect(randose(...words).status).toBe(64);
    mustRun(...words, '--dummy');
    expect(
      rowsOf(file).every(
        ({ marks, kit }) => marks === 'DUMMY : RÉPÉTITION' && kit.startsWith('DUMMY-'),
      ),
    ).toBe(true);
  });
});

describe('the files of labels', () => {
  test('replace nothing without --force, and are in the study only in labels/', () => {
    const trial = labelled();
    const file = labels(trial, 'a.pdf');
    const entries = ledgerOf(trial).length;
    const again = (output: string, ...words: string[]) =>
      randose('labels', ...BY, '--study', trial.study, '--output', output, ...words);
    expect(again(file).status).toBe(73);
    expect(again(join(trial.study, 'a.pdf')).status).toBe(64);
    expect(again(join(trial.study, 'allocation', 'list.csv'), '--force').status).toBe(64);
    expect(ledgerOf(trial)).toHaveLength(entries);
    expect(again(join(trial.study, 'labels', 'a.pdf')).status).toBe(0);
    expect(again(file, '--force').status).toBe(0);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  test('as ZPL have the resolution that was asked for', () => {
    const trial = labelled();
    const [kit = ''] = kitsOfTrial(trial);
    const zpl = (dpi: string) =>
      readFileSync(
        labels(trial, `${dpi}.zpl`, '--format', 'zpl', '--dpi', dpi, '--kits', kit),
        'utf8',
      );
    const [coarse, fine] = [zpl('203'), zpl('300')];
    expect(coarse).toContain('^PW792');
    expect(fine).toContain('^PW1170');
    expect(fine).toContain(`^FD${kit}^FS`);
  });

  test('cannot be written into a file that is no folder, and nothing is on record', () => {
    const trial = labelled();
    writeFileSync(join(trial.folder, 'plain.txt'), '');
    for (const format of ['pdf', 'csv']) {
      const words = ['--output', join(trial.folder, 'plain.txt', `a.${format}`)];
      const all = ['--study', trial.study, '--format', format, ...words];
      const { status, stderr } = randose('labels', ...BY, ...all);
      expect(status).toBe(66);
      expect(stderr).toContain('plain.txt');
    }
    expect(ledgerOf(trial)).toHaveLength(1);
  });

  test('are written into a folder that is not there, which is made', () => {
    const trial = labelled();
    const file = join(trial.folder, 'new', 'folder', 'a.csv');
    const words = ['--output', file, '--format', 'csv', '--study', trial.study];
    expect(randose('labels', ...BY, ...words).status).toBe(0);
    expect(readFileSync(file, 'utf8').split('\n').length).toBeGreaterThan(2);
  });

  test('replace no file of a study, of this one or of another', () => {
    const [trial, other] = [labelled(), labelled()];
    const before = [contentsOf(trial.study), contentsOf(other.study)];
    for (const file of ['study.yaml', 'ledger.jsonl', 'allocation/list.csv']) {
      for (const { study } of [trial, other]) {
        for (const words of [[], ['--calibrate']]) {
          const ran = randose(
            'labels',
            ...BY,
            '--study',
            trial.study,
            ...words,
            '--output',
            join(study, file),
            '--force',
          );
          expect(ran.status).toBe(64);
        }
      }
    }
    const packing = ['packing', '--study', trial.study, '--identity', trial.packer];
    expect(randose(...packing, '--output', join(other.study, 'labels', 'a.csv')).status).toBe(64);
    expect([contentsOf(trial.study), contentsOf(other.study)]).toEqual(before);
  });

  test('are not made if no injection is left to be given', () => {
    const trial = labelledAndEnrolled();
    const by = ['--by', 'Example Nurse', '--reason', 'not well'];
    const visit = ['--subject', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01'];
    mustRun('dose', '--study', trial.study, ...visit, '--not-done', '--rest', ...by);
    const file = join(trial.folder, 'a.pdf');
    const ran = randose(
      'labels',
      ...BY,
      '--study',
      trial.study,
      '--subject',
      'CRT-001',
      '--only',
      'units',
      '--output',
      file,
    );
    expect(ran.status).toBe(65);
    expect(ran.stderr).toContain('nothing is left to label');
    expect(existsSync(file)).toBe(false);
  });

  test('of kits that are gone, or that will have expired, come with a warning', () => {
    const trial = labelledAndEnrolled();
    const [first = ''] = kitsOfTrial(trial);
    mustRun(
      'kit',
      'destroyed',
      '--study',
      trial.study,
      '--kits',
      first,
      '--by',
      'Example',
      '--reason',
      'broken',
    );
    const warned = (name: string, ...words: string[]) =>
      randose(
        'labels',
        ...BY,
        '--study',
        trial.study,
        '--output',
        join(trial.folder, name),
        ...words,
      ).stderr;
    expect(warned('a.pdf', '--kits', first)).toContain(`kit ${first} was destroyed`);
    editStudy(trial, ['expiry: 2027-06', 'expiry: 2020-06']);
    expect(warned('b.pdf', '--kits', first)).toContain(
      'the period of use is over: it ended on 2020-06-30.',
    );
    editStudy(trial, ['expiry: 2020-06', 'expiry: 2099-12']);
    expect(warned('c.pdf', '--subject', 'CRT-002')).not.toContain('period of use');
    expect(warned('d.pdf', '--subject', 'CRT-001')).toContain('labels for the stock too');
  });

  test('a page of outlines needs no study, and is not on record', () => {
    const trial = labelled();
    const file = join(trial.folder, 'outlines.pdf');
    mustRun('labels', '--calibrate', '--sheet', '5160', '--offset', '1,-1', '--output', file);
    expect(pages(file)).toBe(1);
    expect(ledgerOf(trial)).toHaveLength(1);
  });
});

describe('a use-by month that changes', () => {
  test('is told by status and verify, with the kits; use-by labels are printed and on record', () => {
    const trial = labelled();
    const study = ['--study', trial.study];
    const [first = '', second = ''] = kitsOfTrial(trial);
    labels(trial, 'a.pdf', '--only', 'outer', '--kits', `${first},${second}`);
    expect(ledgerOf(trial).at(-1)).toMatchObject({
      printed: [{ batch: 1, lot: 'L2026-01', expiry: '2027-06' }],
    });
    mustRun('kit', 'lost', ...study, '--kits', second, '--by', 'Example');
    editStudy(trial, ['expiry: 2027-06', 'expiry: 2027-10']);
    const text = `he label of 1 kit shows use by 2027-06-30, study.yaml says 2027-10-31: ${first}.`;
    expect(randose('status', ...study).stderr).toContain(text);
    expect(jsonOf('status', ...study).labelsToChange).toEqual([
      { kit: first, shown: '2027-06', now: '2027-10' },
    ]);
    expect(randose('verify', ...study).stdout).toContain(text);
    const [row, ...others] = rowsOf(labels(trial, 'u.csv', '--use-by', '--format', 'csv'));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ kit: first, marks: '', contact: '', storage: '' });
    expect(row?.lot).toContain('L2026-01');
    expect(row?.lot).toContain('10/2027');
    expect(ledgerOf(trial).at(-1)).toMatchObject({
      labels: 'use-by',
      kits: [first],
      reprints: [],
      printed: [{ batch: 1, lot: 'L2026-01', expiry: '2027-10' }],
    });
    expect(randose('status', ...study).stderr).not.toContain('shows use by');
    expect(mustRun('verify', ...study)).toMatch(/^verified/);
    const none = ['labels', ...BY, ...study, '--use-by', '--output', join(trial.folder, 'n.pdf')];
    expect(randose(...none)).toMatchObject({ status: 65 });
    expect(randose(...none, '--kits', first).stdout).toContain('1 kit had labels before');
    expect(mustRun('verify', ...study)).toMatch(/^verified/);
    expect(randose(...none, '--only', 'outer').status).toBe(64);
  });

  test('does not matter to labels of units inside a box, which do not show it', () => {
    const trial = labelled();
    labels(trial, 'a.pdf', '--only', 'units', '--kits', kitsOfTrial(trial)[0]!);
    expect(ledgerOf(trial).at(-1)).toMatchObject({
      printed: [{ batch: 1, lot: 'L2026-01', expiry: null }],
    });
    editStudy(trial, ['expiry: 2027-06', 'expiry: 2027-10']);
    expect(randose('status', '--study', trial.study).stderr).not.toContain('shows use by');
  });
});

testWithTool(['expect', '-v'])(
  'on a terminal a run is entered when the labels were printed, and the file is removed if not',
  () => {
    const trial = labelled();
    const [kit = ''] = kitsOfTrial(trial);
    const file = join(trial.folder, 'a.pdf');
    const ask = (answer: string, ...words: string[]) =>
      execFileSync(
        'expect',
        [
          '-c',
          `set timeout 30
          spawn {*}{${[process.execPath, RANDOSE, 'labels', '--by', 'Example', '--study', trial.study, '--kits', kit, '--output', file, '--force', ...words].join(' ')}}
          expect {
            "y/N" { send "${answer}\\r"; exp_continue }
            eof
          }
          exit [lindex [wait] 3]`,
        ],
        { encoding: 'utf8', timeout: 45_000 },
      );
    const before = ledgerOf(trial).length;
    expect(ask('n')).toMatch(/Were they printed\?[\s\S]*Nothing was recorded/);
    expect(existsSync(file)).toBe(false);
    expect(ledgerOf(trial)).toHaveLength(before);
    expect(ask('y')).toContain('Recorded:');
    expect(existsSync(file)).toBe(true);
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(ledgerOf(trial).at(-1)).toMatchObject({ kits: [kit], reprints: [], output: digest });
    // The labels on record stay until others are printed: they replace them only then.
    const printed = readFileSync(file);
    const refused = ask('n');
    expect(refused).toMatch(
      /a\.new\.pdf: 10? labels? [\s\S]*1 label says RÉIMPRESSION: 1 kit[\s\S]*Were they printed\?/,
    );
    expect(refused.replace(/\s+/g, ' ')).toContain(`${file} is as it was before.`);
    expect(readFileSync(file)).toEqual(printed);
    expect(readdirSync(trial.folder).filter((name) => name.includes('.new'))).toEqual([]);
    expect(ledgerOf(trial)).toHaveLength(before + 1);
    ask('y');
    const replaced = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(replaced).not.toBe(digest);
    expect(ledgerOf(trial).at(-1)).toMatchObject({ reprints: [kit], output: replaced });
    expect(readdirSync(trial.folder).filter((name) => name.includes('.new'))).toEqual([]);
    expect(ask('y', '--yes')).not.toContain('Were they printed?');
    expect(ask('y', '--specimen')).not.toContain('Were they printed?');
    expect(ledgerOf(trial)).toHaveLength(before + 3);
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  },
);

test('a sheet that drifts is printed with a scale; the page of outlines says what to measure', () => {
  const trial = labelled();
  const words = ['--sheet', 'L7163', '--specimen', '--scale', '1.01,1.01'];
  expect(pages(labels(trial, 'a.pdf', ...words))).toBe(2);
  expect(ledgerOf(trial)).toHaveLength(1);
  const file = join(trial.folder, 'outlines.pdf');
  expect(mustRun('labels', '--calibrate', '--sheet', 'L7163', '--output', file)).toContain(
    '202.1 mm across and 266.7 mm down. Add --scale 202.1/ACROSS,266.7/DOWN',
  );
});

test('a scale is taken as it is printed on the page of outlines: what it should be, divided by what was measured', () => {
  const trial = labelled();
  const scaled = (name: string, scale: string) =>
    readFileSync(labels(trial, name, '--specimen', '--scale', scale));
  expect(scaled('a.pdf', '202.1/201,266.7/266')).toEqual(scaled('b.pdf', '1.00547,1.00263'));
});

test('labels that are recorded say who made them, as every record of kits does', () => {
  const trial = labelled();
  const words = ['labels', '--study', trial.study, '--output', join(trial.folder, 'a.pdf')];
  const { status, stderr } = randose(...words);
  expect(status).toBe(64);
  expect(stderr).toContain('labels needs --by <who>: who makes them: "NAME, ROLE, ORGANISATION"');
  expect(ledgerOf(trial)).toHaveLength(1);
  mustRun(...words, '--dry-run');
  mustRun(...words, '--specimen');
  expect(ledgerOf(trial)).toHaveLength(1);
});

test('--dry-run counts labels, sheets and reprints, and has the warnings', () => {
  const trial = labelled();
  const [first = '', second = ''] = kitsOfTrial(trial);
  labels(trial, 'a.pdf', '--only', 'outer', '--kits', first);
  editStudy(trial, ['expiry: 2027-06', 'expiry: 2020-06']);
  const words = ['labels', '--study', trial.study, '--output', join(trial.folder, 'b.pdf')];
  const { stdout, stderr } = randose(...words, '--kits', `${first},${second}`, '--dry-run');
  expect(stdout).toContain(
    'b.pdf: 2 labels (outer) of 2 kits, 1 sheet of L7163. 1 label says RÉIMPRESSION: 1 kit had labels before. They show lot L2026-01, use by 2020-06-30.',
  );
  expect(stderr).toContain('the period of use is over: it ended on 2020-06-30');
  expect(existsSync(join(trial.folder, 'b.pdf'))).toBe(false);
});

describe('an option that is not valid', () => {
  const trial = allocated(afterAll);
  const refusedOptions: [string[], RegExp][] = [
    [['--sheet', 'L9999'], /unknown sheet "L9999"[\s\S]*L7160/],
    [['--start-at', '0'], /--start-at 0: expected a number from 1 to 14/],
    [['--start-at', '15'], /from 1 to 14 on L7163/],
    [['--offset', '1'], /--offset "1": expected millimetres right and down/],
    [['--offset', '99,0'], /20 in each direction/],
    [['--offset=-5,0'], /moves labels of L7163 off the paper[\s\S]*from -3\.[34] to/],
    [['--format', 'zpl', '--start-at', '2'], /use --start-at and --offset only with --format pdf/],
    [['--dpi', '203'], /use --dpi only with --format zpl/],
    [['--format', 'csv', '--sheet', 'L7160'], /use --sheet only with --format pdf or zpl/],
    [['--format', 'zpl', '--calibrate'], /use --calibrate only with --format pdf/],
    [['--scale', '1'], /--scale "1": expected factors across and down/],
    [['--scale', '1.5,1'], /from 0\.9 to 1\.1/],
    [['--scale', '202.1/0,1'], /expected factors across and down/],
    [['--scale', '1,1,1'], /expected factors across and down/],
    [['--scale', '1.1,1.1'], /--scale 1\.1,1\.1 with --offset 0,0 moves labels of L7163 off/],
    [['--format', 'zpl', '--scale', '1,1'], /use --scale only with --format pdf/],
  ];
  test.each(refusedOptions)('%j', (words, message) => {
    const { status, stderr } = randose(
      'labels',
      ...BY,
      '--study',
      trial.study,
      '--output',
      join(trial.folder, 'a'),
      ...words,
    );
    expect(status).toBe(64);
    expect(stderr).toMatch(message);
  });
});

test('a lot that is written into study.yaml after the list was sealed is on record once labels are made', () => {
  const trial = labelled();
  editStudy(trial, ['lot: L2026-01', 'lot: L2026-02']);
  const before = randose('verify', '--study', trial.study);
  expect(before.status).toBe(1);
  expect(before.stdout).toContain('the next ledger entry records them');
  labels(trial, 'a.pdf');
  const { status, stdout } = randose('verify', '--study', trial.study);
  expect(status).toBe(0);
  expect(stdout).toContain(
    "study.yaml was edited after sealing (ledger entry 2). The edits don't affect the list.",
  );
  // Changed once more, by nobody who acted under it.
  writeFileSync(
    join(trial.study, 'study.yaml'),
    `${readFileSync(join(trial.study, 'study.yaml'), 'utf8')}# later\n`,
  );
  expect(randose('verify', '--study', trial.study).status).toBe(1);
});

test('another number of spare kits counts for later slots: labels are made, and status and verify say it', () => {
  const trial = labelled();
  editStudy(trial, ['    spares: 0', '    spares: 1']);
  const on = ['--study', trial.study];
  mustRun('labels', ...BY, ...on, '--output', join(trial.folder, 'a.pdf'));
  for (const command of ['status', 'verify']) {
    expect(mustRun(command, ...on).replace(/\s+/g, ' ')).toContain(
      'In study.yaml supplies.kit.spares is 1: it counts for slots that are added later. Each slot of the latest batch has 0 spare kits, and keeps that.',
    );
  }
  expect(jsonOf('status', ...on).spareKits).toEqual({ latestBatch: 0, later: 1 });
});

test('another number of units than labels were made for is told, and the kits keep theirs', () => {
  const trial = labelled();
  const on = ['--study', trial.study];
  const [first = '', second = '', third = ''] = kitsOfTrial(trial);
  labels(trial, 'a.pdf', '--kits', `${first},${second}`);
  expect(ledgerOf(trial).at(-1)).toMatchObject({ units: [{ units: 9 }] });
  editStudy(trial, ['units: each injection', 'units: 8']);
  const text = `abels of 2 kits were made for 9 units each, and study.yaml says 8 now: ${first}, ${second}. randose counts 9 in them.`;
  expect(randose('status', ...on).stderr.replace(/\s+/g, ' ')).toContain(text);
  mustRun('kit', 'received', ...on, '--kits', `${first},${third}`, ...BY);
  expect(mustRun('verify', ...on).replace(/\s+/g, ' ')).toContain(text);
  expect(ledgerOf(trial).slice(-2)).toMatchObject([{ units: 9 }, { units: 8 }]);
  const words = ['labels', ...BY, ...on, '--output', join(trial.folder, 'b.pdf')];
  const again = randose(...words, '--kits', `${first},${second},${third}`);
  expect(again.stderr.replace(/\s+/g, ' ')).toContain(
    'earlier labels of 2 kits were made for 9 units each, and study.yaml says 8 now. Count the units, and remove the earlier labels.',
  );
  expect(randose('status', ...on).stderr).not.toContain('were made for');
});
