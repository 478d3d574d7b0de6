import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import {
  depil2,
  editStudy,
  extendList,
  FIXTURES,
  jsonOf,
  mustRun,
  randose,
  testFolder,
} from '../support/command-line.ts';

const BY = ['--by', 'E. Example, statistician, Example Hospital'];
const REDCAP = `redcap:
  dag: { CRT: 1330, LYO: 1331 }
  factors:
    sex: { field: sex, codes: { F: 1, M: 2 } }
`;

interface Study {
  readonly study: string;
  readonly plan: string;
}

/** The first participant. */
const FIRST = [
  '--subject',
  'CRT-001',
  '--site',
  'CRT',
  '--factor',
  'sex=F',
  '--day1',
  '2026-06-01',
];

/** Two sites and a factor, with what REDCap calls them. @param change of study.yaml */
function twoSites(change: (text: string) => string = (text) => text, redcap = REDCAP): Study {
  const folder = testFolder();
  const study = join(folder, 'tst-1');
  cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(
    /^strata:\n(?: {2}.*\n)+/m,
    'factors:\n  - { name: sex, levels: [F, M] }\nstrata: { slotsPerStratum: 6 }\n',
  );
  writeFileSync(file, change(text) + redcap);
  const plan = join(folder, 'plan.yaml');
  writeFileSync(plan, 'blocks: { sizes: [3] }\n');
  return { study, plan };
}

function allocate({ study, plan }: Study, ...more: string[]): void {
  mustRun('allocate', '--plan', plan, '--study', study, ...BY, ...more);
}

/** The exported table, and the text of it. */
function table(study: string, ...more: string[]) {
  const folder = testFolder();
  const { stderr } = randose('export', 'redcap', '--study', study, '--output', folder, ...more);
  const [file] = readdirSync(folder);
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
  const rows: string[][] = parse(text, { from: 2 });
  return { stderr, file, text, rows };
}

/** The slots of list.csv. */
function listOf(study: string, batch = ''): Record<string, string>[] {
  return parse(readFileSync(join(study, 'allocation', batch, 'list.csv'), 'utf8'), {
    columns: true,
  });
}

const CODES: Record<string, string> = { CRT: '1330', LYO: '1331', F: '1', M: '2' };

/** What REDCap's table must have for slots of list.csv. */
function expected(slots: readonly Record<string, string>[], what = 'randomization_number') {
  return slots.map((slot) => {
    const [, site, sex] = /^site=(\w+)\/sex=(\w)$/.exec(slot.stratum!)!;
    return [slot[what], CODES[site!], CODES[sex!]];
  });
}

test('the table has the columns of REDCap, in its order, and the rows of the list, without a key or an arm', () => {
  const trial = twoSites();
  allocate(trial);
  const { stderr, file, text, rows } = table(trial.study);
  expect(file).toBe('redcap.csv');
  expect(text.startsWith('redcap_randomization_number,redcap_data_access_group,sex\nR001,')).toBe(
    true,
  );
  expect(text).not.toContain('\r');
  expect(rows).toEqual(expected(listOf(trial.study)));
  expect(rows).toHaveLength(24);
  expect(stderr).toContain('24 slots, no arms, as of ledger entry 1');
  expect(stderr).toContain('It is the production table of REDCap’s blinded model');
  expect(jsonOf('export', 'redcap', '--study', trial.study)).toMatchObject({
    what: 'redcap',
    format: 'csv',
    rows: 24,
  });
});

test('the kit can be what REDCap gives', () => {
  const trial = twoSites((text) => text, `${REDCAP}  number: kit\n`);
  allocate(trial);
  expect(table(trial.study).rows).toEqual(expected(listOf(trial.study), 'kit'));
});

test('what REDCap calls the strata can be said after the list is sealed, and is no change of it', () => {
  const trial = twoSites((text) => text, '');
  allocate(trial);
  const refused = table(trial.study);
  expect([refused.file, refused.stderr]).toEqual([
    undefined,
    expect.stringContaining('study.yaml does not say what REDCap calls the strata') as string,
  ]);
  appendFileSync(join(trial.study, 'study.yaml'), REDCAP);
  expect(table(trial.study).rows).toEqual(expected(listOf(trial.study)));
});

test('a rehearsal gives the development table, which says so and has other numbers', () => {
  const trial = twoSites();
  mustRun('allocate', '--rehearsal', '--study', trial.study, '--plan', trial.plan);
  allocate(trial);
  const above = join(trial.study, '..');
  const name = readdirSync(above).find((one) => one.includes('DUMMY'))!;
  const rehearsal = table(join(above, name), '--rehearsal');
  expect(rehearsal.file).toBe('DUMMY-redcap.csv');
  expect(rehearsal.stderr).toContain('It is the development table of REDCap’s blinded model');
  expect(rehearsal.rows.map(([, ...strata]) => strata)).toEqual(
    table(trial.study).rows.map(([, ...strata]) => strata),
  );
  for (const [number] of rehearsal.rows) expect(number).toMatch(/^DUMMY/);
});

test('two batches come in the order of the list in each stratum; --batch gives the rows to append', () => {
  const trial = depil2();
  appendFileSync(join(trial.study, 'study.yaml'), '\nredcap: { dag: { CRT: 1330 } }\n');
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  editStudy(trial, ['    slots: 18', '    slots: 24']);
  extendList(trial);
  const [first, second] = [listOf(trial.study), listOf(trial.study, 'batch-2')];
  const numbers = (slots: Record<string, string>[]) => slots.map((one) => one.randomization_number);
  const all = table(trial.study);
  expect(all.rows.map(([number]) => number)).toEqual([...numbers(first), ...numbers(second)]);
  const sequences = [...first, ...second].map((one) => Number(one.sequence_in_stratum));
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  expect(all.stderr).toContain('append only the last: --batch 2');
  const last = table(trial.study, '--batch', '2');
  expect(last.rows.map(([number]) => number)).toEqual(numbers(second));
  expect(table(trial.study, '--batch', '3').stderr).toContain(
    'there is no batch 3\nThe list has 2 batches.',
  );
});

test('a site that is added without its group is named with its line, and stops nothing else', () => {
  const trial = twoSites();
  allocate(trial);
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(', LYO: 1331', '');
  writeFileSync(file, text);
  const line = text.split('\n').findIndex((one) => one.startsWith('  dag:')) + 1;
  expect(table(trial.study).stderr).toContain(
    `study.yaml:${line}:3: site LYO has no data access group: add LYO: …`,
  );
  mustRun('randomize', ...FIRST, '--study', trial.study, ...BY);
});

test('who is randomized here already is counted: REDCap would give their numbers again', () => {
  const trial = twoSites();
  allocate(trial);
  mustRun('randomize', ...FIRST, '--study', trial.study, ...BY);
  const { stderr, rows } = table(trial.study);
  expect(stderr).toContain(
    '1 participant is randomized here already. REDCap would give their numbers again',
  );
  expect(rows).toHaveLength(24);
});

test('replacement slots are left out, because REDCap gives rows in turn', () => {
  const trial = twoSites((text) => `${text}replacements: { offset: 1000 }\n`);
  allocate(trial);
  const { stderr, rows } = table(trial.study);
  const ordinary = listOf(trial.study).filter((one) => one.replacement_for === '');
  expect(rows).toEqual(expected(ordinary));
  expect(stderr).toContain('24 replacement slots are left out');
});

test('strata by country have the fields that study.yaml says, in the order of stratifyBy', () => {
  const folder = testFolder();
  const study = join(folder, 'study');
  mkdirSync(study);
  const design = join(FIXTURES, 'designs', 'five-days-every-28');
  cpSync(join(design, 'study.yaml'), join(study, 'study.yaml'));
  mustRun('allocate', '--plan', join(design, 'plan.yaml'), '--study', study, ...BY);
  const { text, rows } = table(study);
  expect(text).toMatch(/^redcap_randomization_number,site_country,onset\n/);
  const codes: Record<string, string> = { FR: '1', BE: '2', BULBAR: '0', LIMB: '1' };
  expect(rows).toEqual(
    listOf(study).map(({ randomization_number: number, stratum = '' }) => {
      const [, country = '', onset = ''] = /^country=(\w+)\/onset=(\w+)$/.exec(stratum)!;
      return [number, codes[country], codes[onset]];
    }),
  );
});

test('another format, CSV for Excel, and --batch of another export are refused with the reason', () => {
  const trial = twoSites();
  allocate(trial);
  const refused = (...words: string[]) => {
    const { status, stderr } = randose('export', ...words, '--study', trial.study);
    expect(status).toBe(64);
    return stderr;
  };
  for (const format of ['xlsx', 'json', 'ndjson', 'xpt']) {
    expect(refused('redcap', '--format', format)).toContain(
      `export redcap cannot be written as ${format}: REDCap takes CSV with commas only\nFormats of redcap: csv. Nothing was written.`,
    );
  }
  expect(refused('redcap', '--csv-for', 'excel-fr')).toContain('export redcap is not for Excel');
  expect(refused('transfer', '--batch', '1')).toContain('use --batch only with export redcap');
  expect(refused('redcap', '--batch', 'two')).toContain('--batch');
  expect(readdirSync(trial.study)).not.toContain('exports');
});
