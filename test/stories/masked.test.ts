import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/digest.ts';
import {
  ageDecrypt,
  editStudy,
  enrolled,
  FIXTURES,
  jsonOf,
  mustRun,
  planFile,
  randose,
  type Ran,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

type Row = Record<string, string>;
const BY = ['--by', 'E. Example, nurse, Example Hospital'];
const WHY = ['--reason', 'example'];
const ARM_TEXTS = /ILT101|PLACEBO|interleukin|sterile powder/i;

let trial: Trial;

function masked(...words: string[]): Ran {
  const key = ['--identity', trial.statistician];
  return randose('unblind', '--all', '--masked', '--study', trial.study, ...key, ...words);
}

const at = (name: string) => join(trial.folder, name);
const rowsOf = (name: string): Row[] => parse(readFileSync(at(name)), { columns: true });
const COUNT = () => ledgerOf(trial.study).length;

/** 18 participants who are randomized on 28 May 2026; two doses, one of them late. */
beforeAll(() => {
  trial = enrolled(afterAll);
  const dose = (subject: string, visit: string, date: string, ...more: string[]) =>
    mustRun(
      ...['dose', subject, '--visit', visit, '--date', date, '--study', trial.study],
      ...[...BY, ...more],
    );
  dose('CRT-001', 'D1', '2026-06-01');
  dose('CRT-001', 'D2', '2026-06-02');
  mustRun(
    ...['withdraw', 'CRT-001', '--from', 'treatment', '--date', '2026-06-02'],
    ...['--study', trial.study, ...BY, ...WHY],
  );
});

describe('a masked table', () => {
  const columns = [
    ...['STUDYID', 'SUBJID', 'SITEID', 'STRATUM', 'RANDDTC', 'DAY1DTC', 'MASKEDGRP'],
    ...['WITHDDTC', 'WITHDFROM', 'RANDERR', 'RFXSTDTC', 'RFXENDTC', 'INJGIVEN', 'MASKEDACT'],
    ...['RANDSUBJ', 'SITECUR', 'MASKED'],
  ];

  test('has groups instead of arms, and nothing that links to a kit [R-100]', () => {
    const file = at('MASKED-1.csv');
    const ran = masked('--until', '2026-06-01', '--purpose', ' interim  1 ', '--output', file);
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toContain('warning: the ratio is 2:1, so the sizes of the groups tell');
    expect(ran.stderr).toContain('Proven: 18 of 18 slots match the commitment. No arm is in');
    expect(ran.stderr).toContain('18 participants with groups A, B instead of arms, until 2026-06');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n')[0]).toBe(columns.join());
    expect(`${text}${ran.stderr}`).not.toMatch(ARM_TEXTS);
    expect(text).not.toMatch(/R0\d\d/);
    const rows = rowsOf('MASKED-1.csv');
    expect(rows).toHaveLength(18);
    expect(rows.every(({ MASKED }) => MASKED === 'interim 1')).toBe(true);
    // What happened later is not in it: the second dose, and the withdrawal.
    expect(rows[0]).toMatchObject({
      SUBJID: 'CRT-001',
      RFXENDTC: '2026-06-01',
      INJGIVEN: '1',
      WITHDDTC: '',
    });
    expect(rows[0]!.MASKEDACT).toBe(rows[0]!.MASKEDGRP);
    expect(rows[1]!.MASKEDACT).toBe('NOTTRT');
    const [intent, outcome] = ledgerOf(trial.study).slice(-2);
    expect(intent).toMatchObject({
      action: 'masked table intent',
      purpose: 'interim 1',
      letters: 'interim 1',
      until: '2026-06-01',
      rows: 'participants',
      reason: null,
    });
    expect(outcome).toMatchObject({ action: 'masked table outcome', table: sha256(text) });
  });

  test('groups the participants as their arms do; and the letters are opened on record', () => {
    const key = ['--identity', trial.statistician, ...WHY];
    const list = jsonOf('unblind', '--letters', 'INTERIM 1', '--study', trial.study, ...key);
    const arms = list.arms as { letter: string; arm: { code: string } }[];
    expect(arms.map(({ letter }) => letter)).toEqual(['A', 'B']);
    const codeOf = new Map(arms.map(({ letter, arm }) => [letter, arm.code]));
    const bySubject = new Map(rowsOf('MASKED-1.csv').map((row) => [row.SUBJID, row.MASKEDGRP]));
    const officer = ['--identity', trial.officer, ...WHY];
    for (const subject of ['CRT-002', 'CRT-003', 'CRT-004']) {
      const { arm } = jsonOf('unblind', subject, '--study', trial.study, ...officer) as {
        arm: { code: string };
      };
      expect(codeOf.get(bySubject.get(subject)!)).toBe(arm.code);
    }
    const shown = mustRun('unblind', '--letters', 'interim 1', '--study', trial.study, ...key);
    expect(shown).toMatch(/^DEPIL-2: the letters of "interim 1"\n {2}A {2}\w+: .*\n {2}B {2}\w+:/);
    expect(ledgerOf(trial.study).at(-2)).toMatchObject({
      action: 'letter opening intent',
      letters: 'interim 1',
      to: null,
      reason: 'example',
    });
  });

  test('of another purpose can have the same letters; and warns of what is known', () => {
    const again = masked(
      ...['--until', '2026-06-02', '--purpose', 'interim 2', '--letters-of', 'interim 1'],
      ...['--output', at('MASKED-2.csv')],
    );
    expect(again.status).toBe(0);
    expect(again.stderr).toContain(
      'warning: the arm of 3 participants in this table was opened or rev',
    );
    expect(again.stderr).toContain('warning: the letters of "interim 1" were opened (ledger ');
    const groups = (name: string) => rowsOf(name).map(({ MASKEDGRP }) => MASKEDGRP);
    expect(groups('MASKED-2.csv')).toEqual(groups('MASKED-1.csv'));
    expect(rowsOf('MASKED-2.csv')[0]).toMatchObject({ INJGIVEN: '2', WITHDDTC: '2026-06-02' });
    const other = masked(
      ...['--until', '2026-06-01', '--purpose', 'interim 2', '--letters-of', 'interim 2'],
      ...['--format', 'json'],
    );
    const { masked: about } = JSON.parse(other.stdout) as { masked: object };
    expect(about).toEqual({
      purpose: 'interim 2',
      until: '2026-06-01',
      rows: 'participants',
      letters: 'interim 1',
    });
  });

  test('of injections has those until the date, with the letters of its purpose', () => {
    const file = at('masked-doses.csv');
    const words = ['--until', '2026-06-01', '--purpose', 'interim 1', '--doses'];
    const ran = masked(...words, '--output', file);
    expect(ran.stderr).toContain('1 recorded injection with groups A, B instead of arms');
    const [row] = rowsOf('masked-doses.csv');
    expect(Object.keys(row!)).toEqual([
      ...['STUDYID', 'SUBJID', 'SITEID', 'MASKEDGRP', 'VISIT', 'VISITDY', 'PLANDTC', 'ECOCCUR'],
      ...['ECSTDTC', 'ECSTDY', 'MASKEDTRT', 'TRTASSUM', 'DVDECOD', 'ECDOSTXT', 'SITEVIS', 'MASKED'],
    ]);
    const own = rowsOf('MASKED-1.csv')[0]!.MASKEDGRP;
    expect(row).toMatchObject({ VISIT: 'D1', MASKEDGRP: own, MASKEDTRT: own, TRTASSUM: 'Y' });
  });

  test('is told from an opening of the list: randomize, status, ledger and verify', () => {
    const status = mustRun('status', '--study', trial.study);
    expect(status).toContain('Masked tables: 4 made, 0 refused\n  "interim 1": participants until');
    expect(status).toContain('Letters of masked tables: 2 opened, 0 refused\n');
    expect(status).not.toContain('List openings');
    const said = mustRun('ledger', '--study', trial.study, '--kind', 'masked-table');
    expect(said).toContain('masked table for "interim 1": participants until 2026-06-01: intent');
    expect(said).toContain('masked table: made, no arms shown, intent ');
    expect(said).toContain('with the letters of "interim 1": intent');
    expect(mustRun('verify', '--study', trial.study)).toMatch(/^verified/);
  });

  testWithTool(['age', '--version'])('gives its letters to a recipient alone', () => {
    const recipient = /age1\w+/.exec(readFileSync(trial.packer, 'utf8'))![0];
    const file = at('letters.age');
    const ran = randose(
      ...['unblind', '--letters', 'interim 2', '--study', trial.study, ...WHY],
      ...['--identity', trial.statistician, '--to', recipient, '--output', file],
    );
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toContain('Nobody here has seen which letter is which arm.');
    expect(ran.stderr).not.toMatch(ARM_TEXTS);
    const text = ageDecrypt(trial.packer, file);
    expect(text).toMatch(/^DEPIL-2: the letters of "interim 1", "interim 2"\n {2}A {2}/);
    expect(text).toMatch(/ILT101: [^]*PLACEBO: |PLACEBO: [^]*ILT101: /);
  });
});

describe('nothing is opened', () => {
  const fine = ['--until', '2026-06-01', '--purpose', 'interim 9'];
  test.each<[string, string[], number, string]>([
    ['without a date and a purpose', [], 64, 'error: --masked needs 2 more options\n  --until'],
    ['without a purpose', ['--until', '2026-06-01'], 64, 'error: --masked needs --purpose <text>'],
    ['with a blank one', ['--until', '2026-06-01', '--purpose', ' '], 64, 'needs --purpose'],
    ['with the word of a page', ['--until', '2026-06-01', '--purpose', 'TEXT'], 64, 'needs --pur'],
    ['with a long one', ['--until', 'today', '--purpose', 'x'.repeat(61)], 64, 'at most 60'],
    ['without a date', ['--purpose', 'interim 9'], 64, 'error: --masked needs --until <date>'],
    ['in the future', ['--until', '2030-01-01', '--purpose', 'x'], 64, '2030-01-01 is in the futu'],
    [
      'before anybody',
      ['--until', '2026-05-01', '--purpose', 'x'],
      64,
      'nobody was randomized unt',
    ],
    [
      'before a dose',
      ['--until', '2026-05-31', '--purpose', 'x', '--doses'],
      64,
      'no injection is recorded until 2026-05-31',
    ],
    [
      'with letters of nothing',
      [...fine, '--letters-of', 'interim 3'],
      64,
      'no masked table was made for "interim 3"\nThere is one for: "interim 1", "interim 2".',
    ],
    [
      'with other letters than its purpose has',
      ['--until', '2026-06-01', '--purpose', 'Own', '--letters-of', 'interim 1'],
      64,
      'error: the tables for "own" have letters of their own (ledger ',
    ],
    ['with a participant', [...fine, '--subject', 'CRT-001'], 64, 'either --masked or --subject'],
    ['with a recipient', [...fine, '--to', 'age1x'], 64, 'use either --masked or --to, not both'],
  ])('%s', (_, words, status, text) => {
    if (words.includes('Own')) masked('--until', '2026-06-01', '--purpose', 'own');
    const before = COUNT();
    const ran = masked(...words);
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).toContain(text);
    expect(ran.stderr).toContain('Nothing was opened.');
    expect(COUNT()).toBe(before);
  });

  test('into a file that does not say so, into the study, or over another', () => {
    const before = COUNT();
    const named = masked(...fine, '--output', at('table.csv'));
    expect(named.status).toBe(64);
    expect(named.stderr).toContain(`For example: --output ${at('MASKED-interim-9.csv')}\n`);
    const inside = masked(...fine, '--output', join(trial.study, 'MASKED.csv'));
    expect(inside.stderr).toContain('is inside a study folder');
    expect(masked(...fine, '--output', at('MASKED-1.csv')).status).toBe(73);
    expect(masked(...fine, '--dry-run').stdout).toContain('no arm is shown.\nDry run: nothing');
    expect(COUNT()).toBe(before);
    expect(existsSync(at('table.csv'))).toBe(false);
  });

  test('by flags without --all --masked, or with --letters', () => {
    const run = (...words: string[]) => randose('unblind', '--study', trial.study, ...words).stderr;
    expect(run('--all', '--until', 'today')).toContain('error: --until needs --all --masked');
    expect(run('CRT-001', '--purpose', 'x')).toContain('error: --purpose needs --all --masked');
    expect(masked('--until', '1/6/2026', '--purpose', 'x').stderr).toContain(
      'error: --until: "1/6/2026" is not a date: expected YYYY-MM-DD. Did you mean 2026-06-01 or',
    );
    expect(run('--masked', ...fine)).toContain('error: --masked needs --all\n');
    expect(run('--letters', 'x', '--all')).toContain('use either --letters or --all, not both');
    expect(run('--letters', 'x', 'CRT-001')).toContain('use either --letters or CRT-001, not both');
    expect(run('--letters', 'x')).toContain('--letters: no masked table was made for "x"');
    expect(run('--letters', 'own')).toContain('error: unblind needs 2 more options');
    expect(run('--letters', 'own', '--output', 'x')).toContain('error: --output needs --to');
    expect(run('--letters', 'own', '--to', 'age1x')).toContain('is not an age recipient');
    const secret = /AGE-SECRET-KEY-\S+/.exec(readFileSync(trial.packer, 'utf8'))?.[0] ?? '';
    expect(secret).not.toBe('');
    expect(run('--letters', 'own', '--to', secret)).toContain('--to: this is a SECRET key');
    expect(run('--letters', 'own', '--to', secret)).not.toContain(secret.slice(0, 40));
  });

  test('with a key that does not open the list: the attempt is on record', () => {
    const words = [...fine, '--study', trial.study, '--identity', trial.packer];
    const ran = randose('unblind', '--all', '--masked', ...words);
    expect(ran.status).toBe(77);
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({
      action: 'masked table outcome',
      result: 'refused',
      error: 'wrong-key',
      table: null,
    });
  });
});

test('arms with the codes of letters: a warning that letters are not arm codes', () => {
  const folder = testFolder();
  const study = join(folder, 'study');
  cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
  const two = { folder, study } as Trial;
  const file = readFileSync(join(study, 'study.yaml'), 'utf8');
  const codes = [...file.matchAll(/code: (\w+), name: [^}]*, type:/g)].map(([, code = '']) => code);
  editStudy(two, [`code: ${codes[0]!},`, 'code: a,'], [`code: ${codes[1]!},`, 'code: B,']);
  const plan = planFile(two, 'blocks: { sizes: [3] }\n');
  mustRun('allocate', '--study', study, '--plan', plan);
  const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-05-28'];
  mustRun('randomize', '--study', study, ...who, ...BY);
  const words = ['unblind', '--all', '--masked', '--study', study, '--until', '2026-05-28'];
  const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key'), '--dry-run'];
  const { stderr } = randose(...words, '--purpose', 'x', ...key);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'letters are not arm codes: letter A of the table does not mean arm a.',
  );
  const usual = masked('--until', '2026-06-01', '--purpose', 'y', '--dry-run');
  expect(usual.stderr).not.toContain('letters are not arm codes');
});
