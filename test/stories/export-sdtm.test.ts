import { Ajv2019 } from 'ajv/dist/2019.js';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { testWithTool } from '../support/tools.ts';
import { FIXTURES, folderWith, mustRun, randose, testFolder } from '../support/command-line.ts';

const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'an example'];
const NAMES = ['ta', 'te', 'tv', 'ts', 'dm', 'suppdm', 'ds', 'ec', 'sv', 'da'];
const CDISC = `
cdisc:
  treatment: STUDY INJECTION
  doseUnit: VIAL
  doseForm: INJECTION, POWDER, FOR SOLUTION
  route: SUBCUTANEOUS
  ts: { OBJPRIM: '${'A long objective, '.repeat(20).trim()}' }
`;
const DESIGNS = join(FIXTURES, 'designs');

type Row = Record<string, string>;

/** A study with its list. @returns its folder */
function madeOf(fixture: string, plan: string, change: (text: string) => string): string {
  const text = change(readFileSync(join(fixture, 'study.yaml'), 'utf8'));
  const make = (folder: string) => {
    const study = join(folder, 'study');
    mkdirSync(study);
    writeFileSync(join(study, 'study.yaml'), text);
    writeFileSync(join(folder, 'plan.yaml'), plan);
    mustRun('allocate', '--plan', join(folder, 'plan.yaml'), '--study', study, ...BY);
  };
  return join(folderWith('study', `list of ${JSON.stringify([text, plan])}`, make), 'study');
}

/** The rows of every dataset, by its name. */
function datasetsOf(study: string): Record<string, Row[]> {
  const folder = testFolder();
  mustRun('export', 'sdtm', '--format', 'csv', '--study', study, '--output', folder);
  return Object.fromEntries(
    NAMES.map((name) => {
      const csv = readFileSync(join(folder, `${name}.csv`), 'utf8');
      return [name, parse<Row>(csv, { columns: true })];
    }),
  );
}

function on(study: string) {
  return (...words: string[]) => mustRun(...words, '--study', study, ...BY);
}

/** Two sites; three participants, of whom one was injected. */
function begun(): string {
  const study = madeOf(join(FIXTURES, 'two-sites'), 'blocks: { sizes: [3] }\n', (text) => {
    const sexes = 'factors:\n  - { name: sex, levels: [F, M] }\nstrata: { slotsPerStratum: 6 }\n';
    return `${text.replace(/^strata:\n(?: {2}.*\n)+/m, sexes)}${CDISC}`;
  });
  const run = on(study);
  const randomize = (subject: string, sex: string, ...words: string[]) => {
    const who = ['--subject', subject, '--site', 'CRT', '--factor', `sex=${sex}`];
    run(...(words.length > 0 ? words : ['randomize']), ...who, '--day1', '2026-06-01');
  };
  randomize('CRT-001', 'F');
  randomize('CRT-002', 'M');
  randomize('CRT-003', 'F');
  return study;
}

/** The kit of a participant. */
function kitOf(study: string, subject: string): string {
  const [entry] = readFileSync(join(study, 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; subject: string; kit: string })
    .filter((one) => one.action === 'randomization' && one.subject === subject);
  return entry!.kit;
}

const of = (rows: readonly Row[], subject: string, where: Row = {}) =>
  rows.filter(
    (row) =>
      row.USUBJID === `TST-1-${subject}` &&
      Object.entries(where).every(([name, value]) => row[name] === value),
  );

describe('what happened to participants', () => {
  test('is in the datasets as SDTM wants it', () => {
    const study = begun();
    const run = on(study);
    const kit = kitOf(study, 'CRT-001');
    run('kit', 'shipped', '--kits', kit, '--to', 'CRT', '--date', '2026-06-01');
    run('kit', 'received', '--kits', kit, '--date', '2026-06-01');
    run('kit', 'dispensed', '--kits', kit, '--subject', 'CRT-001', '--date', '2026-06-01');
    run('move', 'CRT-001', '--visit', 'D1', '--date', '2026-06-02', ...WHY);
    run('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-02', '--amount', '0.5 million IU');
    run(
      'dose',
      'CRT-001',
      '--visit',
      'D2',
      '--date',
      '2026-06-03',
      '--not-done',
      '--reason',
      'fever',
    );
    run('dose', 'CRT-001', '--visit', 'D3', '--date', '2026-06-04', '--amount', '0.8 mL');
    const extra = ['--additional', '--date', '2026-06-04', '--deviation', ...WHY];
    run('dose', 'CRT-001', ...extra);
    run('kit', 'returned', '--kits', kit, '--date', '2026-06-05', '--units', '6');
    run(
      'dose',
      'CRT-002',
      '--visit',
      'D1',
      '--date',
      '2026-06-05',
      '--not-done',
      ...WHY,
      '--deviation',
    );
    run('correct', '--subject', 'CRT-001', '--factor', 'sex=M', ...WHY);
    run('correct', '--subject', 'CRT-001', '--new-id', 'CRT-010', ...WHY);
    run('transfer', 'CRT-010', '--to', 'LYO', '--date', '2026-06-05', ...WHY);
    run('withdraw', 'CRT-003', '--from', 'treatment', '--date', '2026-06-05', ...WHY);
    const { dm = [], suppdm = [], ds = [], ec = [], sv = [], da = [], tv = [] } = datasetsOf(study);

    // The reference date is that of the first injection that was given; there is none before it.
    expect(of(dm, 'CRT-010')).toEqual([
      {
        STUDYID: 'TST-1',
        DOMAIN: 'DM',
        USUBJID: 'TST-1-CRT-010',
        SUBJID: 'CRT-010',
        RFSTDTC: '2026-06-02',
        RFXSTDTC: '2026-06-02',
        RFXENDTC: '2026-06-04',
        SITEID: 'CRT',
        SEX: 'M',
        ARMCD: '',
        ARM: '',
        ACTARMCD: '',
        ACTARM: '',
        ARMNRS: '',
        ACTARMUD: '',
        COUNTRY: 'FRA',
      },
    ]);
    expect(of(dm, 'CRT-002')[0]).toMatchObject({ RFSTDTC: '', ARMNRS: '' });
    const values = of(suppdm, 'CRT-010').map(({ QNAM, QVAL }) => [QNAM, QVAL]);
    expect(values.filter(([name]) => name !== 'RANDNO')).toEqual([
      ['KITNO', kit],
      ['RANDSUBJ', 'CRT-001'],
      ['SITECUR', 'LYO'],
      ['STRAT1', 'F'],
      ['STRAT1C', 'M'],
      ['STRATUM', 'site=CRT/sex=F'],
    ]);
    for (const { QVAL, QLABEL } of suppdm) {
      expect(QVAL).not.toBe('');
      expect(QLABEL!.length).toBeLessThanOrEqual(40);
    }
    const number = of(suppdm, 'CRT-010', { QNAM: 'RANDNO' })[0]!.QVAL;
    expect(of(ds, 'CRT-010')[0]).toMatchObject({
      DSREFID: number,
      DSDECOD: 'RANDOMIZED',
      DSSTDTC: '2026-05-28',
      DSSTDY: '-5',
    });
    expect(of(ds, 'CRT-002')).toMatchObject([{ DSSTDY: '', EPOCH: 'SCREENING' }]);
    // The reason is as it was written; a code that nobody gave is not made up.
    expect(of(ds, 'CRT-003').map((row) => [row.DSSEQ, row.DSDECOD, row.DSCAT])).toEqual([
      ['1', 'RANDOMIZED', 'PROTOCOL MILESTONE'],
      ['2', '', 'DISPOSITION EVENT'],
    ]);
    expect(of(ds, 'CRT-003')[1]).toMatchObject({
      DSREFID: '',
      DSTERM: 'an example',
      DSSCAT: 'STUDY TREATMENT',
      DSSTDTC: '2026-06-05',
      EPOCH: 'SCREENING',
    });

    // A unit of the product, if no amount is on record; there is no day 0.
    const performed = of(ec, 'CRT-010', { ECMOOD: 'PERFORMED' });
    expect(
      performed.map((row) => [
        row.ECSTDTC,
        row.ECSTDY,
        row.ECOCCUR,
        row.ECDOSE,
        row.ECDOSU,
        row.ECDOSTXT,
      ]),
    ).toEqual([
      // 0.5 million IU are not one vial, and cannot be said: a placebo has none.
      ['2026-06-02', '1', 'Y', '', '', ''],
      ['2026-06-03', '2', 'N', '', '', ''],
      // A number has its unit beside it: SDTMIG has --DOSTXT for other amounts.
      ['2026-06-04', '3', 'Y', '0.8', 'mL', ''],
      ['2026-06-04', '3', '', '1', 'VIAL', ''],
    ]);
    expect(performed[0]).toMatchObject({
      ECREFID: kit,
      ECLOT: 'L2026-01',
      ECTRT: 'STUDY INJECTION',
      ECPRESP: 'Y',
      ECLNKID: 'D1',
      EPOCH: 'INDUCTION TREATMENT',
      ECENDTC: '2026-06-02',
      ECENDY: '1',
    });
    expect(performed[0]!.ECSPID).toMatch(/^LEDGER \d+$/);
    expect(performed[1]).toMatchObject({ ECREASOC: 'fever', ECREFID: '' });
    expect(performed[3]).toMatchObject({ ECPRESP: '', VISITNUM: '3.01', VISITDY: '' });
    // The plan has the date of the last move, and nothing of what happened.
    const scheduled = of(ec, 'CRT-010', { ECMOOD: 'SCHEDULED' });
    expect(scheduled).toHaveLength(9);
    expect(scheduled[0]).toMatchObject({ ECSTDTC: '2026-06-02', ECLNKID: 'D1' });
    for (const row of scheduled) {
      expect(row).toMatchObject({
        ECOCCUR: '',
        ECPRESP: '',
        ECREFID: '',
        ECDOSE: '1',
        ECDOSU: 'VIAL',
      });
    }
    expect(ec.map(({ ECMOOD }) => ECMOOD)).not.toContain('');
    // Whoever was never injected has no study days; what is no longer planned has no record.
    expect(
      of(ec, 'CRT-002').map(({ ECSTDY, ECLNKID, ECMOOD }) => [ECSTDY, ECLNKID, ECMOOD]),
    ).toEqual([
      ['', 'D1', 'SCHEDULED'],
      ['', 'D1', 'PERFORMED'],
    ]);
    // The treatment ended on 5 June, and nothing of it was recorded: its first five days were planned until then.
    expect(of(ec, 'CRT-003').map(({ ECLNKID }) => ECLNKID)).toEqual(['D1', 'D2', 'D3', 'D4', 'D5']);
    expect(JSON.stringify(ec)).not.toMatch(/IU/);

    const numbers = new Map(tv.map(({ VISIT, VISITNUM }) => [VISIT, VISITNUM]));
    for (const row of [...ec, ...sv, ...da]) {
      if (row.VISITDY === '') continue;
      expect(numbers.get(row.VISIT)).toBe(row.VISITNUM);
    }
    expect(
      of(sv, 'CRT-010').map((row) => [
        row.VISITNUM,
        row.SVPRESP,
        row.SVOCCUR,
        row.SVREASOC,
        row.SVSTDTC,
        row.SVSTDY,
      ]),
    ).toEqual([
      ['1', 'Y', 'Y', '', '2026-06-02', '1'],
      ['2', 'Y', 'N', 'fever', '', ''],
      ['3', 'Y', 'Y', '', '2026-06-04', '3'],
      ['3.01', '', '', '', '2026-06-04', '3'],
    ]);
    expect(
      da.map((row) => [row.DATESTCD, row.DAORRES, row.DAORRESU, row.DAREFID, row.DADTC, row.DADY]),
    ).toEqual([
      ['DISPAMT', '9', 'VIAL', kit, '2026-06-01', '-1'],
      ['RETAMT', '6', 'VIAL', kit, '2026-06-05', '4'],
    ]);
    // What is taken back is in no dataset.
    run('kit', 'retracted', '--kits', kit, ...WHY);
    expect(datasetsOf(study).da!.map(({ DATESTCD }) => DATESTCD)).toEqual(['DISPAMT']);
  });
});

describe('disposition', () => {
  test('has every withdrawal in force, with the term of CDISC if somebody wrote it', () => {
    const study = begun();
    const run = on(study);
    const withdraw = (subject: string, from: string, date: string, reason: string) =>
      run('withdraw', subject, '--from', from, '--date', date, '--reason', reason);
    run('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01');
    const missed = ['--visit', 'D1', '--date', '2026-06-04', '--not-done', ...WHY, '--deviation'];
    run('dose', 'CRT-003', ...missed);
    withdraw('CRT-001', 'treatment', '2026-06-02', 'Adverse event.');
    withdraw('CRT-001', 'study', '2026-06-04', 'lost to follow-up');
    withdraw('CRT-002', 'study', '2026-06-03', 'moved to another country');
    withdraw('CRT-003', 'treatment', '2026-06-04', 'a slip');
    run('withdraw', 'CRT-003', '--retract', ...WHY);
    const folder = testFolder();
    const made = randose('export', 'sdtm', '--format', 'csv', '--study', study, '--output', folder);
    expect(made.stderr).toContain(
      "warning: the reason of the withdrawal of CRT-002 is not a term of CDISC's: DSDECOD of DS is empty there.",
    );
    const csv = readFileSync(join(folder, 'ds.csv'), 'utf8');
    const ds = parse<Row>(csv, { columns: true }).filter(
      ({ DSCAT }) => DSCAT !== 'PROTOCOL MILESTONE',
    );
    expect(
      ds.map((row) => [
        ...[row.USUBJID, row.DSSEQ, row.DSTERM, row.DSDECOD],
        ...[row.DSSCAT, row.EPOCH, row.DSSTDTC, row.DSSTDY],
      ]),
    ).toEqual([
      [
        ...['TST-1-CRT-001', '2', 'Adverse event.', 'ADVERSE EVENT'],
        ...['STUDY TREATMENT', 'INDUCTION TREATMENT', '2026-06-02', '2'],
      ],
      [
        ...['TST-1-CRT-001', '3', 'lost to follow-up', 'LOST TO FOLLOW-UP'],
        ...['STUDY PARTICIPATION', 'INDUCTION TREATMENT', '2026-06-04', '4'],
      ],
      [
        ...['TST-1-CRT-002', '2', 'moved to another country', ''],
        ...['STUDY PARTICIPATION', 'SCREENING', '2026-06-03', ''],
      ],
    ]);
    mustRun('export', 'sdtm', '--study', study);
    const define = readFileSync(join(study, 'exports', 'sdtm', 'define.xml'), 'utf8');
    expect(define).toContain('CodedValue="LOST TO FOLLOW-UP"');
    // DSDECOD joins two lists of CDISC: it has the code of neither.
    expect(define).toMatch(/<CodeList OID="CL\.DSDECOD"[^]*?<\/EnumeratedItem>\s*<\/CodeList>/);
  });
});

describe('accountability', () => {
  test('has what participants lost, and not what the stock lost', () => {
    const study = begun();
    const run = on(study);
    const kits = ['CRT-001', 'CRT-002', 'CRT-003'].map((subject) => kitOf(study, subject));
    for (const kit of kits) run('kit', 'received', '--kits', kit, '--date', '2026-06-01');
    // Used without a record of its dispensing: 9 vials, of which one was given.
    run('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01', '--kit', kits[0]!);
    run('kit', 'lost', '--kits', kits[0]!, '--date', '2026-06-02', ...WHY);
    // Lost in the cupboard before anybody had it.
    run('kit', 'lost', '--kits', kits[1]!, '--date', '2026-06-02', ...WHY);
    // Lost after it came back: 4 units returned, and none of them is its participant's loss.
    run('kit', 'dispensed', '--kits', kits[2]!, '--subject', 'CRT-003', '--date', '2026-06-01');
    run('kit', 'returned', '--kits', kits[2]!, '--date', '2026-06-02', '--units', '4');
    run('kit', 'lost', '--kits', kits[2]!, '--date', '2026-06-03', ...WHY);
    const { da = [] } = datasetsOf(study);
    expect(da.map((row) => [row.USUBJID, row.DAREFID, row.DATESTCD, row.DAORRES])).toEqual([
      ['TST-1-CRT-001', kits[0], 'LOSTAMT', '8'],
      ['TST-1-CRT-003', kits[2], 'DISPAMT', '9'],
      ['TST-1-CRT-003', kits[2], 'RETAMT', '4'],
    ]);
  });
});

describe('the trial', () => {
  test('is described by study.yaml alone', () => {
    const { ta = [], te = [], tv = [], ts = [] } = datasetsOf(begun());
    expect(ta.map((row) => [row.ARMCD, row.TAETORD, row.ETCD, row.TABRANCH, row.EPOCH])).toEqual([
      ['A', '1', 'SCREEN', 'Randomized to Active', 'SCREENING'],
      ['A', '2', 'A1', '', 'INDUCTION TREATMENT'],
      ['A', '3', 'A2', '', 'CONTINUATION TREATMENT'],
      ['A', '4', 'FU', '', 'FOLLOW-UP'],
      ['P', '1', 'SCREEN', 'Randomized to Placebo', 'SCREENING'],
      ['P', '2', 'P1', '', 'INDUCTION TREATMENT'],
      ['P', '3', 'P2', '', 'CONTINUATION TREATMENT'],
      ['P', '4', 'FU', '', 'FOLLOW-UP'],
    ]);
    expect(te.map(({ ETCD, TEDUR }) => [ETCD, TEDUR])).toEqual([
      ['A1', 'P14D'],
      ['A2', 'P22D'],
      ['FU', 'P24D'],
      ['P1', 'P14D'],
      ['P2', 'P22D'],
      ['SCREEN', ''],
    ]);
    expect(tv.map(({ VISIT, TVSTRL, ARMCD }) => [VISIT, TVSTRL, ARMCD])).toEqual([
      ['DAY 1', 'Study day 1, the day of the first injection', ''],
      ...[2, 3, 4, 5].map((day) => [`DAY ${day}`, `Study day ${day}`, '']),
      ...[15, 22, 29, 36].map((day) => [`DAY ${day}`, `Study day ${day} (-1 to +2 days)`, '']),
      ['DAY 60', 'Study day 60 (-3 to +3 days)', ''],
    ]);
    const value: unknown = Object.fromEntries(ts.map((row) => [row.TSPARMCD, row.TSVAL]));
    expect(value).toMatchObject({
      FCNTRY: 'FRA',
      INTMODEL: 'PARALLEL',
      LENGTH: 'P60D',
      NARMS: '2',
      PLANSUB: '24',
      PTRTDUR: 'P36D',
      RANDOM: 'Y',
      RANDQT: '0.67',
      ROUTE: 'SUBCUTANEOUS',
      TBLIND: 'DOUBLE BLIND',
      TCNTRL: 'PLACEBO',
    });
    const factors = ts.filter(({ TSPARMCD }) => TSPARMCD === 'STRATFCT');
    expect(factors.map(({ TSSEQ, TSVAL }) => [TSSEQ, TSVAL])).toEqual([
      ['1', 'SITE'],
      ['2', 'SEX'],
    ]);
    // A text of more than 200 characters goes on, from a word on.
    const long = ts.find(({ TSPARMCD }) => TSPARMCD === 'OBJPRIM')!;
    expect(`${long.TSVAL} ${long.TSVAL1}`).toBe('A long objective, '.repeat(20).trim());
    expect(long.TSVAL!.length).toBeLessThanOrEqual(200);
  });

  test('says where each value of the trial summary is defined', () => {
    const study = madeOf(join(FIXTURES, 'two-sites'), 'blocks: { sizes: [3] }\n', (text) => {
      const registrations =
        'registrations: { clinicaltrials.gov: NCT04133233, CTIS: 2024-512345-12-00 }';
      const ts = [
        ...['AGEMIN: P18Y', 'AGEMAX: { nullFlavor: PINF }', "SSTDTC: '2026-01-15'", 'DOSE: 1'],
        ...['TRGFUDUR: P6M', 'TPHASE: PHASE II TRIAL', 'TTYPE: [EFFICACY, BIO-AVAILABILITY]'],
        ...['FCNTRY: [FRA, BEL]', 'INDIC: Bipolar disorder'],
      ];
      const titled = text.replace('sponsor: Example', `$&, ${registrations}`);
      return `${titled}\ncdisc:\n  ts:\n${ts.map((one) => `    ${one}\n`).join('')}`;
    });
    const { ts = [] } = datasetsOf(study);
    // As the examples of TS in SDTMIG 3.4 have them.
    const rows = (code: string) =>
      ts
        .filter(({ TSPARMCD }) => TSPARMCD === code)
        .map((row) => [row.TSVAL, row.TSVALNF, row.TSVALCD, row.TSVCDREF, row.TSVCDVER]);
    expect(rows('AGEMIN')).toEqual([['P18Y', '', '', 'ISO 8601', '']]);
    expect(rows('AGEMAX')).toEqual([['', 'PINF', '', '', '']]);
    expect(rows('SSTDTC')).toEqual([['2026-01-15', '', '', 'ISO 8601', '']]);
    expect(rows('TRGFUDUR')).toEqual([['P6M', '', '', 'ISO 8601', '']]);
    expect(rows('DOSE')).toEqual([['1', '', '', '', '']]);
    expect(rows('INDIC')).toEqual([['Bipolar disorder', '', '', '', '']]);
    expect(rows('TPHASE')).toEqual([['PHASE II TRIAL', '', 'C15601', 'CDISC CT', '2025-09-26']]);
    expect(rows('TTYPE')).toEqual([
      ['EFFICACY', '', 'C49666', 'CDISC CT', '2025-09-26'],
      ['BIO-AVAILABILITY', '', '', '', ''],
    ]);
    expect(rows('FCNTRY')).toEqual([
      ['FRA', '', 'FRA', 'ISO 3166-1 Alpha-3', ''],
      ['BEL', '', 'BEL', 'ISO 3166-1 Alpha-3', ''],
    ]);
    expect(rows('REGID')).toEqual([
      ['NCT04133233', '', 'NCT04133233', 'ClinicalTrials.gov', ''],
      ['2024-512345-12-00', '', '2024-512345-12-00', 'CTIS', ''],
    ]);
  });

  const FIRST = ['--subject', 'PAR-001', '--site', 'PAR'];
  const LEVELS: Record<string, string> = {
    clusters: 'beds=LT20',
    'five-days-every-28': 'onset=BULBAR',
    replacements: 'sex=F',
    sentinels: 'cohort=sentinel',
    'two-doses-by-age': 'age=18-64',
  };
  const WITHOUT_INJECTIONS = ['clusters', 'no-kits-surgery'];

  test.each(readdirSync(DESIGNS))('of the design %s has sound datasets', (name) => {
    const plan = readFileSync(join(DESIGNS, name, 'plan.yaml'), 'utf8');
    const study = madeOf(join(DESIGNS, name), plan, (text) => text);
    const run = on(study);
    const isCluster = name === 'clusters';
    const level = LEVELS[name] === undefined ? [] : ['--factor', LEVELS[name]];
    const who = isCluster ? ['--subject', 'PAR-WARD-01', '--site', 'PAR'] : FIRST;
    run('randomize', ...who, ...level, ...(isCluster ? [] : ['--day1', '2026-06-01']));
    const hasInjections = !WITHOUT_INJECTIONS.includes(name);
    if (hasInjections) run('dose', 'PAR-001', '--visit', 'D1', '--date', '2026-06-01');
    const all = datasetsOf(study);
    const { ta = [], te = [], ec = [], sv = [], dm = [] } = all;
    expect(dm).toHaveLength(1);
    expect(ec.length > 0).toBe(hasInjections);
    expect(sv).toHaveLength(hasInjections ? 1 : 0);
    // Every element of an arm is described once, with a rule for its end or a length.
    const codes = te.map(({ ETCD }) => ETCD!);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(ta.map(({ ETCD }) => ETCD))).toEqual(new Set(codes));
    for (const { ETCD, TESTRL, TEENRL } of te) {
      expect(ETCD).toMatch(/^[A-Z0-9_]{1,8}$/);
      expect([TESTRL, TEENRL]).not.toContain('');
    }
    if (name === 'crossover-with-washout') {
      const elements = (arm: string) =>
        ta.filter(({ ARMCD }) => ARMCD === arm).map((row) => row.ETCD);
      expect(elements('AB')).toEqual(['SCREEN', 'ACTIVE', 'WASHOUT', 'PLACEBO', 'FU']);
      expect(elements('BA')).toEqual(['SCREEN', 'PLACEBO', 'WASHOUT', 'ACTIVE', 'FU']);
      expect(all.ts!.find((row) => row.TSPARMCD === 'INTMODEL')!.TSVAL).toBe('CROSSOVER');
    }
    for (const rows of Object.values(all)) {
      const keys = rows.map(({ USUBJID = '' }) => USUBJID);
      expect(keys).toEqual(keys.toSorted());
    }
  });
});

describe('the files', () => {
  test('are described by define.xml, which names those that are there', () => {
    const study = begun();
    for (const format of ['xpt', 'json']) {
      const folder = join(study, 'exports', format);
      mustRun('export', 'sdtm', '--format', format, '--study', study, '--output', folder);
      const define = readFileSync(join(folder, 'define.xml'), 'utf8');
      const leafs = [...define.matchAll(/xlink:href="([^"]+)"/g)].map(([, file]) => file);
      expect(leafs).toEqual(NAMES.map((name) => `${name}.${format}`));
      for (const leaf of leafs) expect(existsSync(join(folder, leaf!))).toBe(true);
      expect(define).toContain('Null while the trial is blinded');
      expect(define).toContain('CodedValue="SCHEDULED"');
      // Every reference has what it refers to, and the parts are in the order of the standard.
      const ids = new Set([...define.matchAll(/ (?:OID|ID)="([^"]+)"/g)].map(([, id]) => id));
      const refs =
        /(?:ItemOID|CodeListOID|WhereClauseOID|ValueListOID|CommentOID|StandardOID|LocationID)="([^"]+)"/g;
      for (const [, ref] of define.matchAll(refs)) expect(ids).toContain(ref);
      const parts = [
        ...['<def:Standards>', '<def:ValueListDef ', '<def:WhereClauseDef ', '<ItemGroupDef '],
        ...['<ItemDef ', '<CodeList ', '<def:CommentDef '],
      ].map((part) => [define.indexOf(part), define.lastIndexOf(part)] as const);
      for (const [index, [first]] of parts.entries()) {
        expect(first).toBeGreaterThan(parts[index - 1]?.[1] ?? 0);
      }
    }
    const json = JSON.parse(
      readFileSync(join(study, 'exports', 'json', 'ec.json'), 'utf8'),
    ) as object;
    expect(json).toMatchObject({ metaDataRef: 'define.xml', itemGroupOID: 'IG.EC' });
  });

  testWithTool(['xmllint', '--version'])('define.xml is well-formed', () => {
    const study = begun();
    mustRun('export', 'sdtm', '--study', study);
    const file = join(study, 'exports', 'sdtm', 'define.xml');
    const { status, stderr } = spawnSync('xmllint', ['--noout', file], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });

  testWithTool(['Rscript', '-e', 'library(haven)'])('are read by R', () => {
    const study = begun();
    const folder = testFolder();
    const words = ['--study', study, '--output', folder, '--force'];
    mustRun('export', 'sdtm', ...words);
    mustRun('export', 'sdtm', '--format', 'csv', ...words);
    const program = `
      for (what in c(${NAMES.map((name) => `"${name}"`).join(', ')})) {
        csv <- read.csv(paste0(what, ".csv"), colClasses = "character", na.strings = NULL)
        xpt <- haven::read_xpt(paste0(what, ".xpt"))
        stopifnot(identical(names(csv), names(xpt)), nrow(csv) == nrow(xpt))
        for (column in names(csv)) {
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

  test('go into a folder of their own, in the format that is usual for them', () => {
    const study = begun();
    const made = randose('export', 'sdtm', '--study', study);
    expect(made.status).toBe(0);
    expect(made.stderr).toMatch(
      /exports\/sdtm: 11 files: \d+ records, no arms, as of ledger entry 4 /,
    );
    const folder = join(study, 'exports', 'sdtm');
    for (const name of NAMES) expect(existsSync(join(folder, `${name}.xpt`))).toBe(true);
    expect(randose('export', 'sdtm', '--study', study).status).toBe(73);
    expect(randose('export', 'sdtm', '--study', study, '--force').status).toBe(0);
    const one = randose(
      'export',
      'sdtm',
      '--study',
      study,
      '--output',
      join(testFolder(), 'x.xpt'),
    );
    expect([one.status, one.stderr]).toEqual([
      64,
      expect.stringContaining('sdtm is several files'),
    ]);
  });

  test('of another format are not mixed with those that define.xml describes', () => {
    const study = begun();
    const sdtm = (...words: string[]) => randose('export', 'sdtm', '--study', study, ...words);
    expect(sdtm().status).toBe(0);
    const folder = join(study, 'exports', 'sdtm');
    const define = readFileSync(join(folder, 'define.xml'));
    for (const words of [[], ['--force']]) {
      const refused = sdtm('--format', 'json', ...words);
      expect(refused.status).toBe(73);
      expect(refused.stderr).toContain(
        'has 10 datasets in another format: ta.xpt, te.xpt, tv.xpt, ts.xpt, dm.xpt, ',
      );
      expect(refused.stderr).toContain(
        'Name another folder: --output DIR. Or remove these files first.',
      );
    }
    expect(readFileSync(join(folder, 'define.xml'))).toEqual(define);
    expect(readdirSync(folder).filter((file) => file.endsWith('.json'))).toEqual([]);
    expect(sdtm('--format', 'json', '--output', join(study, 'exports', 'json')).status).toBe(0);
    // Tables that define.xml never describes may be beside it.
    expect(sdtm('--format', 'csv').status).toBe(0);
    expect(sdtm('--force').status).toBe(0);
  });

  test('have each text that XPT changes in one warning, after they are written', () => {
    const study = madeOf(join(FIXTURES, 'two-sites'), 'blocks: { sizes: [3] }\n', (text) => {
      return text
        .replace('sponsor: Example', 'sponsor: Hôpital Exemple')
        .replace('Placebo', 'Placébo');
    });
    const { status, stderr } = randose('export', 'sdtm', '--study', study);
    expect(status, stderr).toBe(0);
    expect(stderr.match(/XPT has ASCII only/g)).toHaveLength(1);
    // TA names the arm three times: as ARM, in its element and in the branch.
    expect(stderr.match(/"Placébo" is "Placebo"/g)).toHaveLength(1);
    expect(stderr.match(/"Hôpital Exemple"/g)).toHaveLength(1);
    expect(stderr.indexOf('Wrote ')).toBeLessThan(stderr.indexOf('XPT has ASCII only'));
    // What fails changes nothing.
    const again = randose('export', 'sdtm', '--study', study);
    expect([again.status, again.stderr]).toEqual([73, expect.not.stringContaining('ASCII')]);
    const who = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01'];
    on(study)('randomize', ...who);
    const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key'), ...WHY];
    const opened = randose('export', 'sdtm', '--study', study, ...key, '--output', testFolder());
    expect([opened.status, opened.stderr]).toEqual([73, expect.not.stringContaining('ASCII')]);
  });

  test('say what study.yaml does not say', () => {
    const study = join(testFolder(), 'study');
    cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
    writeFileSync(join(study, '..', 'plan.yaml'), 'blocks: { sizes: [3] }\n');
    mustRun('allocate', '--plan', join(study, '..', 'plan.yaml'), '--study', study, ...BY);
    expect(randose('export', 'sdtm', '--study', study).stderr).toContain(
      'warning: study.yaml does not say cdisc.doseUnit, cdisc.doseForm and cdisc.route',
    );
  });
});

interface Described {
  readonly label: string;
  readonly columns: readonly {
    readonly name: string;
    readonly label: string;
    readonly dataType: string;
  }[];
}

// CDISC's files are not in the repository: without them there is nothing to compare with.
const SCHEMA = process.env.RANDOSE_DATASET_JSON_SCHEMA ?? '';

if (existsSync(SCHEMA)) {
  test('every dataset is valid by the schema of CDISC', () => {
    const study = begun();
    on(study)('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01');
    const folder = join(testFolder(), 'unblinded');
    const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key'), ...WHY];
    mustRun('export', 'sdtm', '--study', study, '--format', 'json', '--output', folder, ...key);
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    const isValid = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
    for (const name of [...NAMES, 'ex', 'se', 'adsl']) {
      const document: unknown = JSON.parse(
        readFileSync(join(folder, `UNBLINDED-${name}.json`), 'utf8'),
      );
      expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true);
    }
  });
}

const SAMPLES = process.env.RANDOSE_CDISC_SAMPLES ?? '';

if (existsSync(SAMPLES)) {
  test('the datasets are like the samples of CDISC', () => {
    const study = begun();
    const folder = join(testFolder(), 'unblinded');
    const key = ['--identity', join(FIXTURES, 'keys', 'statistician.key'), ...WHY];
    mustRun('export', 'sdtm', '--study', study, '--format', 'json', '--output', folder, ...key);
    const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Described;
    const different: string[] = [];
    for (const name of ['ta', 'te', 'tv', 'ts', 'dm', 'suppdm', 'ds', 'se', 'sv']) {
      const own = read(join(folder, `UNBLINDED-${name}.json`));
      const sample = read(join(SAMPLES, `${name}.json`));
      const order = own.columns.flatMap((column) => {
        const index = sample.columns.findIndex((one) => one.name === column.name);
        if (index === -1) return [];
        const { label, dataType } = sample.columns[index]!;
        if (label !== column.label) different.push(`${column.name}: ${column.label}, not ${label}`);
        // Its VISITNUM can have hundredths, also if these have none.
        const isSame = dataType === column.dataType || column.name === 'VISITNUM';
        if (!isSame) different.push(`${column.name}: ${column.dataType}, not ${dataType}`);
        return [index];
      });
      expect(order.length).toBeGreaterThan(5);
      expect(order, name).toEqual(order.toSorted((a, b) => a - b));
    }
    // SDTMIG 3.4 renamed these; the samples are of 3.3.
    expect(different).toEqual([
      'TSVALNF: Parameter Value Null Flavor, not Parameter Null Flavor',
      'SVSTDTC: Start Date/Time of Observation, not Start Date/Time of Visit',
      'SVENDTC: End Date/Time of Observation, not End Date/Time of Visit',
      'SVSTDY: Study Day of Start of Observation, not Study Day of Start of Visit',
      'SVENDY: Study Day of End of Observation, not Study Day of End of Visit',
    ]);
  });
}

describe('with a key', () => {
  const STATISTICIAN = join(FIXTURES, 'keys', 'statistician.key');

  function opened(study: string, folder: string, ...words: string[]) {
    const key = ['--identity', STATISTICIAN, '--output', folder, ...WHY];
    return randose('export', 'sdtm', '--study', study, ...key, ...words);
  }

  /** The arm and the kits of each slot, as the statistician opens them. */
  function armsOf(study: string): Map<string, string> {
    const csv = mustRun('open', '--study', study, '--identity', STATISTICIAN, ...WHY);
    const rows = parse<Row>(csv, { columns: true });
    return new Map(rows.map((row) => [row.randomization_number!, row.arm!]));
  }

  test('the arms are there, marked, on record, and for their owner alone', () => {
    const study = begun();
    const run = on(study);
    run('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01');
    run('dose', 'CRT-001', '--visit', 'D2', '--date', '2026-06-02', '--not-done', ...WHY);
    const arms = armsOf(study);
    const folder = join(testFolder(), 'unblinded');
    const { status, stderr } = opened(study, folder, '--format', 'csv');
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('13 files');
    expect(stderr).toContain('It unblinds participants');
    const ledger = readFileSync(join(study, 'ledger.jsonl'), 'utf8');
    expect(ledger.match(/"action":"list opening (?:intent|outcome)"/g)).toHaveLength(4);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const files = readdirSync(folder);
    expect(files.toSorted()).toEqual(
      [...NAMES, 'ex', 'se', 'adsl'].map((name) => `UNBLINDED-${name}.csv`).toSorted(),
    );
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const read = (name: string) =>
      parse<Row>(readFileSync(join(folder, `UNBLINDED-${name}.csv`), 'utf8'), { columns: true });
    const numberOf = new Map(read('adsl').map(({ USUBJID, RANDNO }) => [USUBJID!, RANDNO!]));
    const names: Record<string, string> = { A: 'Active', P: 'Placebo' };
    for (const row of read('dm')) {
      const arm = arms.get(numberOf.get(row.USUBJID!)!)!;
      const isTreated = row.USUBJID === 'TST-1-CRT-001';
      expect(row).toMatchObject({
        ARMCD: arm,
        ARM: names[arm],
        ACTARMCD: isTreated ? arm : '',
        ACTARM: isTreated ? names[arm] : '',
        ARMNRS: isTreated ? '' : 'ASSIGNED, NOT TREATED',
      });
    }
    const arm = arms.get(numberOf.get('TST-1-CRT-001')!)!;
    const treatment = arm === 'P' ? 'PLACEBO' : 'Active';
    expect(read('ex')).toEqual([
      expect.objectContaining({
        EXTRT: treatment,
        EXDOSE: arm === 'P' ? '0' : '1',
        EXDOSU: 'VIAL',
        EXSTDTC: '2026-06-01',
        EXSTDY: '1',
      }),
    ]);
    expect(read('se')).toEqual([
      expect.objectContaining({
        ETCD: `${arm}1`,
        EPOCH: 'INDUCTION TREATMENT',
        SESTDTC: '2026-06-01',
        SEENDTC: '',
      }),
    ]);
    expect(of(read('adsl'), 'CRT-001')[0]).toMatchObject({
      TRT01P: names[arm],
      TRT01PN: arm === 'A' ? '1' : '2',
      TRT01A: names[arm],
      RANDFL: 'Y',
      RANDDT: '2026-05-28',
      TRTSDT: '2026-06-01',
      STRATAR: 'CRT, F',
      STRAT1D: 'site',
      STRAT1R: 'CRT',
      STRAT2D: 'sex',
      STRAT2R: 'F',
    });
  });

  test('every format and define.xml say that it is unblinded', () => {
    const study = begun();
    for (const format of ['xpt', 'json', 'xlsx']) {
      const folder = join(testFolder(), format);
      const { status, stderr } = opened(study, folder, '--format', format);
      expect(status, stderr).toBe(0);
      for (const file of readdirSync(folder)) expect(file).toMatch(/^UNBLINDED-/);
    }
    const folder = join(testFolder(), 'json');
    opened(study, folder, '--format', 'json');
    for (const name of [...NAMES, 'ex', 'se', 'adsl']) {
      const text = readFileSync(join(folder, `UNBLINDED-${name}.json`), 'utf8');
      const { label } = JSON.parse(text) as { label: string };
      expect(label).toMatch(/^UNBLINDED /);
      expect(label.length).toBeLessThanOrEqual(40);
    }
    const define = readFileSync(join(folder, 'UNBLINDED-define.xml'), 'utf8');
    const adam = readFileSync(join(folder, 'UNBLINDED-define-adam.xml'), 'utf8');
    for (const text of [define, adam])
      expect(text).toContain('UNBLINDED: these datasets have the arms');
    // ADaM has a define.xml of its own, without domains and roles, which are SDTM's.
    expect(define).not.toMatch(/ADSL|ADaM/);
    const groups = (text: string) => [...text.matchAll(/<ItemGroupDef [^>]*>/g)].map(String);
    expect(groups(adam)).toEqual([expect.stringContaining('Name="ADSL"')]);
    expect(groups(adam)[0]).toContain('Purpose="Analysis"');
    expect(adam).toContain('Name="ADaMIG"');
    expect(adam).not.toMatch(/ Domain=| Role=|SDTM/);
    const described = (name: string) => {
      const text = readFileSync(join(folder, `UNBLINDED-${name}.json`), 'utf8');
      return (JSON.parse(text) as { metaDataRef: string }).metaDataRef;
    };
    expect([described('adsl'), described('dm')]).toEqual([
      'UNBLINDED-define-adam.xml',
      'UNBLINDED-define.xml',
    ]);
    expect(define).toContain('xlink:href="UNBLINDED-ex.json"');
    expect(define).not.toContain('Null while the trial is blinded');
  });

  test('the datasets that name arms are never written without one', () => {
    const study = begun();
    on(study)('dose', 'CRT-001', '--visit', 'D1', '--date', '2026-06-01');
    const files = ['csv', 'xpt', 'json', 'ndjson', 'xlsx'].flatMap((format) => {
      const into = join(testFolder(), format);
      mustRun('export', 'sdtm', '--study', study, '--format', format, '--output', into);
      return readdirSync(into);
    });
    expect(files.filter((file) => /(?:^|-)(?:ex|se|adsl)\./.test(file))).toEqual([]);
    const { dm = [] } = datasetsOf(study);
    for (const row of dm)
      expect([row.ARMCD, row.ARM, row.ACTARMCD, row.ACTARM]).toEqual(['', '', '', '']);
  });

  test('nothing is opened if it cannot be written, or is not sdtm', () => {
    const study = begun();
    const before = readFileSync(join(study, 'ledger.jsonl'));
    const refused = (status: number, text: string, ...words: string[]) => {
      const ran = randose('export', ...words, '--study', study, ...WHY);
      expect([ran.status, ran.stderr]).toEqual([status, expect.stringContaining(text)]);
    };
    const key = ['--identity', STATISTICIAN];
    refused(
      64,
      'is inside a study folder',
      'sdtm',
      ...key,
      '--output',
      join(study, 'exports', 'x'),
    );
    refused(73, 'exists already', 'sdtm', ...key, '--output', testFolder());
    refused(64, 'need a folder of their own', 'sdtm', ...key);
    for (const what of ['transfer', 'accountability', 'ledger']) {
      refused(64, 'randose unblind --all', what, ...key, '--output', join(testFolder(), 'x'));
    }
    refused(64, 'use --reason only with --identity', 'sdtm');
    const packer = join(FIXTURES, 'keys', 'packer.key');
    expect(readFileSync(join(study, 'ledger.jsonl'))).toEqual(before);
    const wrong = join(testFolder(), 'x');
    refused(77, 'error', 'sdtm', '--identity', packer, '--output', wrong);
    expect(existsSync(wrong)).toBe(false);
    // An attempt is on record.
    expect(readFileSync(join(study, 'ledger.jsonl'), 'utf8')).toContain('list opening intent');
  });

  test('a crossover has the treatment of each period', () => {
    const plan = readFileSync(join(DESIGNS, 'crossover-with-washout', 'plan.yaml'), 'utf8');
    const study = madeOf(join(DESIGNS, 'crossover-with-washout'), plan, (text) => text);
    const run = on(study);
    run('randomize', '--subject', 'PAR-001', '--site', 'PAR', '--day1', '2026-06-01');
    for (const [visit, date] of [
      ['D1', '2026-06-01'],
      ['D8', '2026-06-08'],
    ] as const) {
      run('dose', 'PAR-001', '--visit', visit, '--date', date);
    }
    const folder = join(testFolder(), 'x');
    const { status, stderr } = opened(study, folder, '--format', 'csv');
    expect(status, stderr).toBe(0);
    const read = (name: string) =>
      parse<Row>(readFileSync(join(folder, `UNBLINDED-${name}.csv`), 'utf8'), { columns: true });
    const [adsl] = read('adsl');
    const isActiveFirst = read('dm')[0]!.ARMCD === 'AB';
    const periods = isActiveFirst ? ['Active', 'Placebo'] : ['Placebo', 'Active'];
    expect([adsl!.TRT01P, adsl!.TRT02P]).toEqual(periods);
    expect([adsl!.TRT01A, adsl!.TRT02A]).toEqual(periods);
    expect(adsl!.TRTSEQA).toBe(adsl!.TRTSEQP);
    expect(new Set(read('ex').map(({ EXTRT }) => EXTRT))).toEqual(
      new Set([isActiveFirst ? 'Active' : 'PLACEBO']),
    );
    expect(read('se').map(({ ETCD }) => ETCD)).toEqual([isActiveFirst ? 'ACTIVE' : 'PLACEBO']);
  });
});
