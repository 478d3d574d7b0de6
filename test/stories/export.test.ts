import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  contentsOf,
  enrolled,
  FIXTURES,
  jsonOf,
  mustRun,
  RANDOSE,
  randose,
  randoseIn,
  type Ran,
  testFolder,
} from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'an example'];
const ON = ['--date', '2026-06-01'];
const FORMATS = ['csv', 'xlsx', 'json', 'ndjson', 'xpt'] as const;
const WHAT = ['transfer', 'accountability', 'ledger'] as const;

/** Two sites and a factor, and four participants, to whom something has happened. @returns the study folder */
function begun(change: (text: string) => string = (text) => text): string {
  const folder = testFolder();
  const study = join(folder, 'tst-1');
  cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
  const file = join(study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(
    /^strata:\n(?: {2}.*\n)+/m,
    'factors:\n  - { name: sex, levels: [F, M] }\nstrata: { slotsPerStratum: 6 }\n',
  );
  writeFileSync(file, change(text));
  writeFileSync(join(folder, 'plan.yaml'), 'blocks: { sizes: [3] }\n');
  mustRun('allocate', '--plan', join(folder, 'plan.yaml'), '--study', study, ...BY);
  const run = on(study);
  const randomize = (subject: string, sex: string, ...words: string[]) => {
    const who = ['--subject', subject, '--site', 'CRT', '--factor', `sex=${sex}`];
    run(...(words.length > 0 ? words : ['randomize']), ...who, '--day1', '2026-06-01', ...BY);
  };
  randomize('CRT-001', 'F');
  randomize('CRT-002', 'M');
  randomize('CRT-003', 'F');
  run('correct', '--subject', 'CRT-001', '--factor', 'sex=M', ...WHY, ...BY);
  run('correct', '--subject', 'CRT-001', '--new-id', 'CRT-010', ...WHY, ...BY);
  run('transfer', 'CRT-010', '--to', 'LYO', '--date', '2026-05-28', ...WHY, ...BY);
  run('withdraw', 'CRT-002', '--from', 'treatment', '--date', '2026-05-28', ...WHY, ...BY);
  run('randomized-in-error', 'CRT-003', ...WHY, ...BY);
  randomize('CRT-004', 'M', 'replace', '--for', 'CRT-002');
  return study;
}

function on(study: string) {
  return (...words: string[]) => mustRun(...words, '--study', study);
}

function exported(study: string, what: string, ...words: string[]): Ran {
  return randose('export', what, '--study', study, ...words);
}

interface Document {
  readonly columns: readonly { readonly name: string; readonly label: string }[];
}

/** A Dataset-JSON file. */
function documentIn(file: string): Document {
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

/** The rows of a CSV that is exported, by their columns. */
function rowsOf(study: string, what: string): Record<string, string>[] {
  const folder = testFolder();
  mustRun('export', what, '--study', study, '--output', folder);
  return parse(readFileSync(join(folder, `${what}.csv`), 'utf8'), { columns: true });
}

describe('the transfer', () => {
  test('has a row for each participant, as they are now, without a key and without an arm [R-101]', () => {
    const study = begun();
    const rows = rowsOf(study, 'transfer');
    const kits = readFileSync(join(study, 'ledger.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"action":"randomization",'))
      .map((line) => JSON.parse(line) as { kit: string; number: string });
    expect(Object.keys(rows[0]!)).toEqual([
      ...['STUDYID', 'SUBJID', 'SITEID', 'STRATUM', 'sex', 'RANDNO', 'KITNO', 'RANDDTC', 'DAY1DTC'],
      ...['STATUS', 'sex_corrected', 'WITHDDTC', 'WITHDFROM', 'RANDERR', 'RANDSUBJ', 'SITECUR'],
      ...['REPLACES', 'REPLBY'],
    ]);
    expect(rows.map(({ RANDNO, KITNO }) => [RANDNO, KITNO])).toEqual(
      kits.map(({ number, kit }) => [number, kit]),
    );
    expect(rows[0]).toMatchObject({
      STUDYID: 'TST-1',
      SUBJID: 'CRT-010',
      RANDSUBJ: 'CRT-001',
      SITEID: 'CRT',
      SITECUR: 'LYO',
      STRATUM: 'site=CRT/sex=F',
      sex: 'F',
      sex_corrected: 'M',
      DAY1DTC: '2026-06-01',
      STATUS: 'RANDOMIZED',
    });
    // To the second, in UTC, without milliseconds.
    for (const { RANDDTC } of rows) expect(RANDDTC).toMatch(/^2026-05-28T\d\d:\d\d:\d\dZ$/);
    expect(rows.map(({ SUBJID, STATUS }) => [SUBJID, STATUS])).toEqual([
      ['CRT-010', 'RANDOMIZED'],
      ['CRT-002', 'WITHDRAWN FROM TREATMENT'],
      ['CRT-003', 'RANDOMIZED IN ERROR'],
      ['CRT-004', 'RANDOMIZED'],
    ]);
    const [, withdrawn, inError, replacement] = rows;
    expect(withdrawn).toMatchObject({
      WITHDDTC: '2026-05-28',
      WITHDFROM: 'treatment',
      REPLBY: 'CRT-004',
    });
    expect(inError).toMatchObject({ RANDERR: 'Y', WITHDFROM: '' });
    expect(replacement).toMatchObject({ REPLACES: 'CRT-002', RANDERR: '' });
  });

  test('says the same as the unblinded table, in the columns of both [R-101]', () => {
    const study = begun();
    const blinded = rowsOf(study, 'transfer');
    const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key')];
    const table = on(study)('unblind', '--all', ...key, ...WHY, '--output', '-');
    const unblinded: Record<string, string>[] = parse(table, { columns: true });
    const shared = Object.keys(blinded[0]!).filter((name) => name !== 'STATUS');
    expect(Object.keys(unblinded[0]!)).toEqual(expect.arrayContaining(shared));
    const inBoth = unblinded.map((row) => {
      return Object.fromEntries(shared.map((name) => [name, row[name]]));
    });
    const withoutStatus = blinded.map((row) => {
      return Object.fromEntries(shared.map((name) => [name, row[name]]));
    });
    expect(withoutStatus).toEqual(inBoth);
  });

  test('has the kit of each type, under names that SAS takes', () => {
    const folder = testFolder();
    const study = join(folder, 'study');
    mkdirSync(study);
    const design = join(FIXTURES, 'designs', 'double-dummy');
    cpSync(join(design, 'study.yaml'), join(study, 'study.yaml'));
    const run = on(study);
    run('allocate', '--plan', join(design, 'plan.yaml'), ...BY);
    run('randomize', '--subject', 'PAR-001', '--site', 'PAR', '--day1', '2026-06-01', ...BY);
    const list = readFileSync(join(study, 'allocation', 'list.csv'), 'utf8').split('\n');
    const [, , , tablets, , syringe] = list[1]!.split(',');
    expect(rowsOf(study, 'transfer')[0]).toMatchObject({
      KITNO: tablets,
      KITNO_tablets: tablets,
      KITNO_syringe: syringe,
    });
    run('export', 'transfer', '--format', 'json', '--output', folder);
    const { columns } = documentIn(join(folder, 'transfer.json'));
    expect(columns.map(({ name, label }) => `${name} ${label}`)).toEqual(
      expect.arrayContaining(['KITNO1 Kit Number: tablets', 'KITNO2 Kit Number: syringe']),
    );
    for (const { name, label } of columns) {
      expect(name).toMatch(/^[A-Z][A-Z0-9]{0,7}$/);
      expect(label.length).toBeLessThanOrEqual(40);
    }
    expect(rowsOf(study, 'accountability')[0]).toMatchObject({
      KITNO: tablets,
      KITTYPE: 'tablets',
    });
  });

  test('of a study in which nobody is randomized has a header', () => {
    const trial = allocated();
    for (const format of FORMATS) {
      const { status, stderr } = exported(trial.study, 'transfer', '--format', format);
      expect([status, stderr]).toEqual([0, expect.stringContaining(': 0 participants, no arms')]);
    }
    const csv = readFileSync(join(trial.study, 'exports', 'transfer.csv'), 'utf8');
    expect(csv).toMatch(/^STUDYID,SUBJID,.*\n$/);
  });
});

describe('the accountability', () => {
  test('has a row for each kit: dates, persons and units', () => {
    const study = begun();
    const run = on(study);
    const before = rowsOf(study, 'accountability');
    const own = before.filter(({ SUBJID }) => SUBJID === 'CRT-004');
    const [kit, spare] = own.map(({ KITNO }) => KITNO!) as [string, string];
    expect(own.map(({ SPARE, KITSTAT }) => [SPARE, KITSTAT])).toEqual([
      ['', 'listed'],
      ['Y', 'listed'],
    ]);
    const event = (name: string, kits: string, ...words: string[]) =>
      run('kit', name, '--kits', kits, ...ON, ...words, ...BY);
    event('shipped', `${kit},${spare}`, '--to', 'CRT');
    event('received', kit);
    event('dispensed', kit, '--subject', 'CRT-004');
    run('dose', 'CRT-004', '--visit', 'D1', ...ON, ...BY);
    event('returned', kit, '--units', '7');
    event('lost', spare, ...WHY);
    const { status, stderr } = exported(study, 'accountability');
    expect(status).toBe(0);
    // 9 units were dispensed, one was given, 7 came back.
    expect(stderr).toContain(
      `warning: kit ${kit} of CRT-004: 9 units dispensed, 1 given, 7 returned: 1 is not`,
    );
    const rows = rowsOf(study, 'accountability');
    expect(rows.map(({ KITNO }) => KITNO)).toEqual(before.map(({ KITNO }) => KITNO));
    const who = 'E. Example, pharmacist, Example Hospital';
    expect(rows.find(({ KITNO }) => KITNO === kit)).toMatchObject({
      SUBJID: 'CRT-004',
      KITSTAT: 'returned',
      KITSITE: 'CRT',
      SHIPTO: 'CRT',
      LOT: 'L2026-01',
      EXPDTC: '2027-06',
      SHIPDTC: '2026-06-01',
      SHIPBY: who,
      SHIPAMT: '9',
      RECDTC: '2026-06-01',
      RECAMT: '9',
      DISPDTC: '2026-06-01',
      DISPBY: who,
      DISPAMT: '9',
      RETDTC: '2026-06-01',
      RETAMT: '7',
      LOSTDTC: '',
      LOSTBY: '',
      LOSTAMT: '',
      GIVENAMT: '1',
      TAKENAMT: '',
      OPENAMT: '1',
    });
    expect(rows.find(({ KITNO }) => KITNO === spare)).toMatchObject({
      KITSTAT: 'lost',
      LOSTDTC: '2026-06-01',
      LOSTBY: who,
      LOSTAMT: '9',
      OPENAMT: '',
    });
  });

  test('needs kits', () => {
    const study = begun((text) =>
      text
        .replace(/^supplies:\n(?: .*\n)+/m, 'supplies: none\n')
        .replace(/^packers:\n(?: .*\n)+/m, 'packers: []\n'),
    );
    const { status, stderr } = exported(study, 'accountability');
    expect([status, stderr]).toEqual([64, expect.stringContaining('this study has no kits')]);
    expect(existsSync(join(study, 'exports'))).toBe(false);
    expect(rowsOf(study, 'transfer')[0]).toMatchObject({ RANDNO: 'R001', KITNO: '' });
  });
});

describe('the ledger', () => {
  test('has the words of randose ledger, an entry in each row', () => {
    const study = begun();
    const shown = on(study)('ledger')
      .split('\n')
      .flatMap((line) => /^ +\d+ {2}\S+ \S+ UTC (.*)$/.exec(line)?.[1] ?? []);
    const rows = rowsOf(study, 'ledger');
    expect(rows.map(({ WHAT }) => WHAT)).toEqual(shown);
    const corrected = rows.find(({ ACTION }) => ACTION === 'subject correction');
    expect(corrected).toMatchObject({
      // As it was written, under the id that it had then.
      SUBJID: 'CRT-001',
      WHAT: 'CRT-001 corrected: the id is CRT-010',
      REASON: 'an example',
      WHO: 'E. Example',
      WHOROLE: 'pharmacist',
      WHOORG: 'Example Hospital',
      SIGNER: '',
      MEANING: 'corrected the id of this participant',
    });
    // A kit event names nobody, but the kit is a participant's.
    const [kit] = rowsOf(study, 'transfer').map(({ KITNO }) => KITNO!);
    on(study)('kit', 'shipped', '--kits', kit!, '--to', 'LYO', ...ON, ...BY);
    const [spare] = rowsOf(study, 'accountability').filter(({ SPARE }) => SPARE === 'Y');
    on(study)('kit', 'shipped', '--kits', spare!.KITNO!, '--to', spare!.KITSITE!, ...ON, ...BY);
    const kits = rowsOf(study, 'ledger').filter(({ ACTION }) => ACTION === 'kit');
    expect(kits.map(({ SUBJID }) => SUBJID)).toEqual(['CRT-001', '']);
    const entries = jsonOf('ledger', '--study', study).entries as { hash: string; time: string }[];
    expect(rowsOf(study, 'ledger').map(({ HASH }) => HASH)).toEqual(
      entries.map(({ hash }) => hash),
    );
    expect(rowsOf(study, 'ledger').map(({ ENTDTC }) => ENTDTC)).toEqual(
      entries.map(({ time }) => `${time.slice(0, 19)}Z`),
    );
  });

  test('is written for SAS without accents: each text is named with what it becomes', () => {
    const study = begun();
    const why = ['--reason', 'erreur du médecin'];
    const who = ['--by', 'Hélène Exemple, médecin, Hôpital Exemple'];
    on(study)('withdraw', 'CRT-004', '--from', 'study', '--date', '2026-05-28', ...why, ...who);
    const { seq } = jsonOf('ledger', '--study', study).ledger as { seq: number };
    const { status, stderr } = exported(study, 'ledger', '--format', 'xpt');
    expect(status).toBe(0);
    expect(stderr).toContain(
      `warning: XPT has ASCII only: 4 texts are changed
  "Hélène Exemple" is "Helene Exemple" (WHO of SEQ ${seq})
  "médecin" is "medecin" (WHOROLE of SEQ ${seq})
  "Hôpital Exemple" is "Hopital Exemple" (WHOORG of SEQ ${seq})
  and 1 more text
To keep them as they are: --format json, xlsx or csv
`,
    );
    const bytes = readFileSync(join(study, 'exports', 'ledger.xpt'), 'latin1');
    expect(bytes).toContain('erreur du medecin');
    expect(exported(study, 'ledger', '--format', 'json').stderr).not.toContain('ASCII');
    const [kit] = rowsOf(study, 'transfer').map(({ KITNO }) => KITNO!);
    on(study)('kit', 'shipped', '--kits', kit!, '--to', 'LYO', ...ON, ...who);
    const kits = exported(study, 'accountability', '--format', 'xpt');
    expect([kits.status, kits.stderr]).toEqual([0, expect.stringContaining('Helene Exemple')]);
  });
});

describe('files', () => {
  test('go into exports/ or a folder that is made; nothing is replaced without --force', () => {
    const { study } = enrolled();
    const folder = join(testFolder(), 'june');
    const made = jsonOf('export', 'transfer', '--study', study);
    const { ledger } = jsonOf('ledger', '--study', study);
    const inStudy = join(study, 'exports', 'transfer.csv');
    expect(made).toEqual({
      study: 'DEPIL-2',
      what: 'transfer',
      format: 'csv',
      rows: 18,
      files: [inStudy],
      ledger,
    });
    expect(exported(study, 'transfer', '--output', folder)).toMatchObject({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /transfer\.csv: 18 participants, no arms, as of ledger entry 19 of 2026-05-28 \(UTC\)\.\n$/,
      ) as string,
    });
    expect(readFileSync(inStudy)).toEqual(readFileSync(join(folder, 'transfer.csv')));
    writeFileSync(inStudy, 'another');
    const again = exported(study, 'transfer');
    expect([again.status, again.stderr]).toEqual([73, expect.stringContaining('add --force')]);
    expect(readFileSync(inStudy, 'utf8')).toBe('another');
    expect(exported(study, 'transfer', '--force').status).toBe(0);
    expect(readFileSync(inStudy)).toEqual(readFileSync(join(folder, 'transfer.csv')));
    const stray = exported(study, 'transfer', '--output', join(study, 'allocation'));
    expect([stray.status, stray.stderr]).toEqual([
      64,
      expect.stringContaining('exports go into exports/'),
    ]);
    // verify knows the folder.
    expect(on(study)('verify')).not.toContain('exports');
  });

  test('have the name that --output gives them, and the format of that name', () => {
    const { study } = allocated();
    const folder = testFolder();
    for (const format of FORMATS) {
      const file = join(folder, `june.${format}`);
      expect(jsonOf('export', 'ledger', '--study', study, '--output', file)).toMatchObject({
        format,
        files: [file],
      });
      expect(existsSync(file)).toBe(true);
    }
    const typed = ['--format', 'csv', '--output', join(folder, 'other.xpt')];
    const { status, stderr } = exported(study, 'ledger', ...typed);
    expect([status, stderr]).toEqual([
      64,
      expect.stringContaining('the name says xpt, but what is written is csv'),
    ]);
    for (const name of ['week.txt', 'week.sas7bdat']) {
      const file = join(folder, name);
      const refused = exported(study, 'ledger', '--output', file);
      expect(refused.status).toBe(64);
      expect(refused.stderr).toMatch(/the name says (txt|sas7bdat), but what is written is csv\n/);
      expect(existsSync(file)).toBe(false);
    }
    expect(exported(study, 'ledger', '--output', join(folder, 'v1.2')).status).toBe(0);
  });

  test('of a copy that lacks what another one has say so', () => {
    const { study } = enrolled();
    const copy = join(testFolder(), 'copy');
    cpSync(study, copy, { recursive: true });
    const about = ['--from', 'treatment', '--date', '2026-05-28'];
    on(study)('withdraw', 'CRT-001', ...about, ...WHY, ...BY);
    const ran = exported(copy, 'transfer');
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain(`another copy of this study, at ${study}, has more entries`);
    expect(exported(study, 'transfer').stderr).not.toContain('another copy');
  });

  testWithTool(['Rscript', '-e', 'library(haven)'])('for SAS are what the CSV is, in R', () => {
    const study = begun();
    const folder = testFolder();
    for (const format of ['csv', 'xpt']) {
      for (const what of WHAT) {
        mustRun('export', what, '--format', format, '--output', folder, '--study', study);
      }
    }
    const program = `
      for (what in c("transfer", "accountability", "ledger")) {
        csv <- read.csv(paste0(what, ".csv"), colClasses = "character", check.names = FALSE)
        xpt <- haven::read_xpt(paste0(what, ".xpt"))
        stopifnot(nrow(csv) == nrow(xpt), ncol(csv) == ncol(xpt))
        for (column in seq_along(csv)) {
          value <- as.character(as.vector(xpt[[column]]))
          value[is.na(value)] <- ""
          stopifnot(identical(value, csv[[column]]), nchar(attr(xpt[[column]], "label")) > 0)
        }
      }`;
    const { status, stderr } = spawnSync('Rscript', ['--vanilla', '-e', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });

  test('have the same bytes whenever they are written from the same ledger [R-103]', async () => {
    const study = begun();
    const [first, second] = [testFolder(), testFolder()];
    const all = (folder: string) => {
      for (const what of WHAT) {
        for (const format of FORMATS) {
          mustRun('export', what, '--format', format, '--output', folder, '--study', study);
        }
      }
    };
    all(first);
    // A zip file has times in steps of two seconds.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    all(second);
    expect(readdirSync(first)).toHaveLength(WHAT.length * FORMATS.length);
    expect(contentsOf(second)).toEqual(contentsOf(first));
  });

  test('of a rehearsal are marked', () => {
    const { study, plan, folder } = allocated();
    mustRun('allocate', '--rehearsal', '--study', study, '--plan', plan);
    const rehearsal = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) =>
      /DUMMY[^/]*$/.test(name),
    );
    const place = join(folder, rehearsal!);
    const words = ['--study', place, '--rehearsal', '--output', folder];
    mustRun('export', 'transfer', ...words);
    expect(existsSync(join(folder, 'DUMMY-transfer.csv'))).toBe(true);
    expect(randose('export', 'transfer', '--study', place).status).toBe(64);
  });

  test('for Excel are CSV only', () => {
    const { study } = enrolled();
    const french = ['--csv-for', 'excel-fr'];
    const refused = exported(study, 'transfer', '--format', 'json', ...french);
    expect(refused).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('--csv-for') as string,
    });
    const named = ['--output', join(testFolder(), 'y.xlsx')];
    expect(exported(study, 'transfer', ...named, ...french).stderr).toContain(
      'use --csv-for only with --format csv, and this is xlsx',
    );
    expect(exported(study, 'transfer', ...french).status).toBe(0);
    const text = readFileSync(join(study, 'exports', 'transfer.csv'), 'utf8');
    expect(text.startsWith('\u{FEFF}STUDYID;SUBJID;')).toBe(true);
  });

  test('that randose does not know are refused with those that it knows', () => {
    const { study } = allocated();
    const { status, stderr } = exported(study, 'tranfer');
    expect([status, stderr]).toEqual([
      64,
      'error: <what>: expected transfer, sdtm, accountability, ledger or redcap, not "tranfer". Did you mean transfer?\nrandose export --help shows what it takes.\n',
    ]);
    expect(randose('export').stderr).toContain('export needs <what>');
  });
});

describe('slips', () => {
  const refused = (study: string, ...words: string[]): string => {
    const { status, stdout, stderr } = randose(...words, '--study', study);
    expect([status, stdout], words.join(' ')).toEqual([64, '']);
    return stderr;
  };

  test('a word for another thing is understood', () => {
    const { study } = allocated();
    for (const [typed, meant] of [
      ['participants', 'transfer'],
      ['kits', 'accountability'],
      ['audit', 'ledger'],
    ] as const) {
      expect(refused(study, 'export', typed)).toContain(`Did you mean ${meant}?`);
    }
    const format = (typed: string) => refused(study, 'export', 'transfer', '--format', typed);
    expect(format('excel')).toContain('Did you mean xlsx?');
    expect(format('sas')).toContain('Did you mean xpt?');
    expect(refused(study, 'export', 'transfer', '--csv-for', 'fr')).toContain(
      'Did you mean excel-fr?',
    );
    expect(randose('docs', 'export').stderr).toContain('Did you mean data-manager?');
    expect(mustRun('docs', 'formats', 'exports')).toContain('KITSTAT');
  });

  test('several tables at once are told one by one', () => {
    const { study } = allocated();
    const each = 'rite one at a time: randose export transfer, then randose export ledger\n';
    expect(refused(study, 'export', 'transfer', 'ledger')).toContain(each);
    expect(refused(study, 'export', 'transfer,ledger')).toContain(each);
    expect(refused(study, 'export', 'transfer', '--format', 'csv', 'ledger')).toContain(each);
  });

  test('what is not the name of a file or a folder is refused', () => {
    const { study } = allocated();
    const place = (output: string) => exported(study, 'transfer', '--output', output).stderr;
    expect(place('')).toBe(
      'error: --output is empty\nName a file or a folder, or leave --output out. Nothing was written.\n',
    );
    expect(place('-')).toContain('error: --output -: this command writes files here\n');
    expect(place('/dev/null')).toContain('error: /dev/null is not a folder\n');
    expect(place('/dev/null/x.csv')).toContain('error: /dev/null is not a folder\n');
    const file = join(testFolder(), 'notes');
    writeFileSync(file, '');
    expect(place(join(file, 'deep'))).toContain(`error: ${file} is not a folder\n`);
    const calendar = ['calendar', '--format', 'csv', '--output', '-', '--study', study];
    expect(randose(...calendar).stderr).toContain('error: --output -: this command writes files');
    expect(existsSync('-')).toBe(false);
  });

  test('all folders of --output are made, and shown from the current one', () => {
    const { study } = allocated();
    const folder = testFolder();
    const words = ['export', 'transfer', '--study', study];
    const deep = randoseIn(folder, ...words, '--output', join('a', 'b', 'c'));
    expect(deep.stderr).toContain(`Wrote ${join('a', 'b', 'c', 'transfer.csv')}: `);
    expect(existsSync(join(folder, 'a', 'b', 'c', 'transfer.csv'))).toBe(true);
    expect(randoseIn(study, 'export', 'ledger').stderr).toContain('Wrote exports/ledger.csv: ');
  });

  test('so are those of a file, whatever makes it', () => {
    const { study, plan, officer, statistician, packer } = allocated();
    enrolOne(study, 'CRT-001');
    const folder = testFolder();
    const why = ['--reason', 'example'];
    const deep = (...parts: string[]) => join('a', 'b', ...parts);
    for (const [path, ...words] of [
      [deep('1', 't.csv'), 'open', '--identity', statistician, ...why],
      [deep('2', 't.csv'), 'unblind', '--all', '--identity', statistician, ...why],
      [deep('3', 'p.pdf'), 'packing', '--identity', packer, '--format', 'pdf'],
      [deep('4', 'm.txt'), 'commitment'],
      [deep('5', 's.json'), 'schema', 'study'],
      [deep('6', 'x.json'), 'assess', '--plan', plan, '--format', 'json'],
      [deep('7', 'l.ics'), 'calendar', 'CRT-001', '--format', 'ics'],
      [deep('8', 'd.csv'), 'deviations', '--format', 'csv'],
    ] as [string, ...string[]][]) {
      const on = words[0] === 'schema' ? [] : ['--study', study];
      const ran = randoseIn(folder, ...words, '--output', path, ...on);
      expect([words[0], ran.status]).toEqual([words[0], 0]);
      expect(existsSync(join(folder, path)), words[0]).toBe(true);
    }
    expect(statSync(join(folder, 'a', 'b', '2')).mode & 0o077).toBe(0);
    const proof = join(folder, 'c', 'd', 'proof.json');
    const emergency = ['unblind', 'CRT-001', '--identity', officer, ...why, '--study', study];
    expect(randose(...emergency, '--proof', proof).status).toBe(0);
    expect(existsSync(proof)).toBe(true);
  });

  test('--force replaces a file, and never what a link leads to', () => {
    const trial = enrolled();
    const { study, folder } = trial;
    const target = join(folder, 'target.csv');
    writeFileSync(target, 'kept');
    const link = join(folder, 'link.csv');
    symlinkSync('target.csv', link);
    symlinkSync('nowhere.csv', join(folder, 'dangling.csv'));
    for (const words of [
      ['export', 'transfer', '--output', link],
      ['export', 'transfer', '--output', join(folder, 'dangling.csv')],
      ['calendar', '--format', 'csv', '--output', link],
      ['deviations', '--format', 'csv', '--output', link],
    ]) {
      const { status, stderr } = randose(...words, '--force', '--study', study);
      expect([status, stderr]).toEqual([73, expect.stringMatching(/^error: \S+ is a link to /)]);
    }
    const { plan } = trial;
    const page = join(folder, 'page.json');
    symlinkSync('target.csv', page);
    const assess = ['assess', '--plan', plan, '--format', 'json', '--output', page, '--force'];
    expect(randose(...assess, '--study', study).status).toBe(73);
    expect(readFileSync(target, 'utf8')).toBe('kept');
    expect(existsSync(join(folder, 'nowhere.csv'))).toBe(false);
  });

  test('if the result cannot be written, --json says all the same what was done', () => {
    const { study } = allocated();
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(
      process.execPath,
      [RANDOSE, 'export', 'ledger', '--json', '--study', study],
      { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
    );
    closeSync(full);
    expect(status).toBe(75);
    expect(stderr).toMatch(
      /^Wrote \S+ledger\.csv: 1 entry, no arms.*\nerror: cannot write the result/,
    );
  });
});
