import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES, mustRun, randose, testFolder } from '../support/command-line.ts';
import { custodyTrial, enrolOne, ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/*
 * What happens in real trials, in the datasets of SDTM. Expected values follow from the rules of SDTMIG 3.4, which each
 * test names, and from what was recorded.
 */

const BY = ['--by', 'E. Example, pharmacist, Example Hospital'];
const WHY = ['--reason', 'an example'];
const ANYWAY = ['--deviation', ...WHY];
const STATISTICIAN = join(FIXTURES, 'keys', 'statistician.key');
const BLINDED = ['ta', 'te', 'tv', 'ts', 'dm', 'suppdm', 'ds', 'ec', 'sv', 'da'];
const OF_PARTICIPANTS = ['dm', 'suppdm', 'ds', 'ec', 'sv', 'da'];

type Row = Record<string, string>;
type Datasets = Record<string, Row[]>;
/** A slot of the list, and the participant who has it. */
type Held = Row & { readonly usubjid: string };

/** A study with its list. */
interface Made {
  readonly study: string;
  readonly run: (...words: string[]) => string;
}

function made(fixture: string, blockSize: number, change: (yaml: string) => string): Made {
  const folder = testFolder(afterAll);
  const study = join(folder, 'study');
  mkdirSync(study);
  const yaml = readFileSync(join(FIXTURES, fixture, 'study.yaml'), 'utf8');
  writeFileSync(join(study, 'study.yaml'), change(yaml));
  writeFileSync(join(folder, 'plan.yaml'), `blocks: { sizes: [${blockSize}] }\n`);
  mustRun('allocate', '--plan', join(folder, 'plan.yaml'), '--study', study, ...BY);
  return { study, run: (...words) => mustRun(...words, '--study', study, ...BY) };
}

/** Randomizes several participants of a site at once. */
function randomize({ study, run }: Made, day1: string, ...subjects: string[]): void {
  const file = join(study, '..', `${subjects[0]}.csv`);
  const lines = subjects.map((subject) => `${subject},${subject.slice(0, 3)},${day1}\n`);
  writeFileSync(file, `subject,site,day1\n${lines.join('')}`);
  run('randomize', '--from', file);
}

/** The rows of each dataset, by its name. */
function datasetsIn(folder: string, names: readonly string[], mark = ''): Datasets {
  return Object.fromEntries(
    names.map((name) => {
      const csv = readFileSync(join(folder, `${mark}${name}.csv`), 'utf8');
      return [name, parse<Row>(csv, { columns: true })];
    }),
  );
}

function blinded({ study }: Pick<Made, 'study'>): Datasets {
  const folder = testFolder(afterAll);
  mustRun('export', 'sdtm', '--format', 'csv', '--study', study, '--output', folder);
  return datasetsIn(folder, BLINDED);
}

function unblinded({ study }: Pick<Made, 'study'>, keys = [STATISTICIAN]): Datasets {
  const folder = join(testFolder(afterAll), 'unblinded');
  const words = ['--study', study, '--output', folder, '--identity', ...keys, ...WHY];
  mustRun('export', 'sdtm', '--format', 'csv', ...words);
  return datasetsIn(folder, [...BLINDED, 'ex', 'se', 'adsl'], 'UNBLINDED-');
}

/** The slots of a study with their arms and kits, as key holders see the list. */
function slotsOf({ study }: Pick<Made, 'study'>, keys = [STATISTICIAN]): Row[] {
  const csv = mustRun('open', '--study', study, '--identity', ...keys, ...WHY);
  return parse<Row>(csv, { columns: true });
}

/** Some columns of the rows of one participant. */
function of(rows: readonly Row[] | undefined, usubjid: string, ...columns: string[]): string[][] {
  return rows!
    .filter(({ USUBJID }) => USUBJID === usubjid)
    .map((row) => columns.map((column) => row[column]!));
}

describe('a kit that is not of the slot', () => {
  const LOT = 'L2026-01';
  let trial: Made;
  let blind: Datasets;
  let open: Datasets;
  /** The slots of CRT in their order, by arm, with the participant who has each. */
  let active: Held[];
  let placebo: Held[];

  beforeAll(() => {
    trial = made('two-sites', 3, (yaml) => {
      return `${yaml}cdisc: { treatment: STUDY INJECTION, doseUnit: VIAL }\n`;
    });
    const subjects = [1, 2, 3, 4, 5, 6].map((number) => `CRT-00${number}`);
    randomize(trial, '2026-06-01', ...subjects);
    const slots = slotsOf(trial).slice(0, 6);
    const held = slots.map((slot, index): Held => {
      return { ...slot, usubjid: `TST-1-${subjects[index]}` };
    });
    active = held.filter(({ arm }) => arm === 'A');
    placebo = held.filter(({ arm }) => arm === 'P');
    // 2:1 in blocks of 3.
    expect([active.length, placebo.length]).toEqual([4, 2]);
    const dose = (slot: Held, day: number, ...kit: string[]) => {
      const when = ['--visit', `D${day}`, '--date', `2026-06-0${day}`];
      trial.run('dose', slot.usubjid.slice('TST-1-'.length), ...when, ...kit, ...ANYWAY);
    };
    const theirs = ['--kit', placebo[1]!.kit!];
    dose(active[0]!, 1, ...theirs);
    dose(active[0]!, 2, ...theirs);
    dose(active[1]!, 1, '--kit', active[1]!.kit!);
    dose(active[1]!, 2, ...theirs);
    dose(active[2]!, 1, '--kit', active[3]!.kit!);
    dose(active[3]!, 1, '--kit', active[3]!.spare_kits!);
    dose(placebo[0]!, 1, '--other-kit', 'LOT 77/A');
    blind = blinded(trial);
    open = unblinded(trial);
  });

  test('the actual arm is that of the kits; if it is none, DM says what was given', () => {
    const columns = ['ARMCD', 'ARM', 'ACTARMCD', 'ACTARM', 'ARMNRS', 'ACTARMUD'];
    const arms = (slot: Held) => of(open.dm, slot.usubjid, ...columns)[0];
    // Assumption 4 of DM: different arms explain themselves (a.iii).
    expect(arms(active[0]!)).toEqual(['A', 'Active', 'P', 'Placebo', '', '']);
    // Treatment of no arm has a reason, and a description of it (a.iv).
    expect(arms(active[1]!)).toEqual([
      ...['A', 'Active', '', '', 'UNPLANNED TREATMENT'],
      'Injections from kits of Active: 1, of Placebo: 1',
    ]);
    expect(arms(placebo[0]!)).toEqual([
      ...['P', 'Placebo', '', '', 'UNPLANNED TREATMENT'],
      'Injections from kits of another study: 1',
    ]);
    // The kit of another slot, and a spare kit, have the same arm.
    for (const slot of active.slice(2)) {
      expect(arms(slot)).toEqual(['A', 'Active', 'A', 'Active', '', '']);
    }
    expect(arms(placebo[1]!)).toEqual(['P', 'Placebo', '', '', 'ASSIGNED, NOT TREATED', '']);
    const [first] = open.dm!;
    const after = Object.keys(first!).slice(-3);
    expect(after).toEqual(['ARMNRS', 'ACTARMUD', 'COUNTRY']);
    const treatments = ['TRT01P', 'TRT01PN', 'TRT01A', 'TRT01AN'];
    expect(of(open.adsl, active[0]!.usubjid, ...treatments)).toEqual([
      ['Active', '1', 'Placebo', '2'],
    ]);
    expect(of(open.adsl, active[1]!.usubjid, ...treatments)).toEqual([['Active', '1', '', '']]);
  });

  test('EX has the treatment of the kit, and EC the kit', () => {
    const given = ['EXREFID', 'EXTRT', 'EXDOSE', 'EXDOSU', 'EXLOT', 'EXSTDTC', 'EXSTDY'];
    const ex = (slot: Held) => of(open.ex, slot.usubjid, ...given);
    const theirs = placebo[1]!.kit!;
    expect(ex(active[0]!)).toEqual([
      [theirs, 'PLACEBO', '0', 'VIAL', LOT, '2026-06-01', '1'],
      [theirs, 'PLACEBO', '0', 'VIAL', LOT, '2026-06-02', '2'],
    ]);
    expect(ex(active[1]!)).toEqual([
      [active[1]!.kit, 'Active', '1', 'VIAL', LOT, '2026-06-01', '1'],
      [theirs, 'PLACEBO', '0', 'VIAL', LOT, '2026-06-02', '2'],
    ]);
    expect(ex(active[2]!)).toEqual([
      [active[3]!.kit, 'Active', '1', 'VIAL', LOT, '2026-06-01', '1'],
    ]);
    expect(ex(active[3]!)).toEqual([
      [active[3]!.spare_kits, 'Active', '1', 'VIAL', LOT, '2026-06-01', '1'],
    ]);
    const [[reference, treatment, , , lot] = []] = ex(placebo[0]!);
    expect([reference, lot]).toEqual(['LOT 77/A', '']);
    expect(['', 'Active', 'Placebo', 'PLACEBO']).not.toContain(treatment);
    expect(ex(placebo[1]!)).toEqual([]);
    const performed = blind.ec!.filter(({ ECMOOD }) => ECMOOD === 'PERFORMED');
    const kits = performed.map((row) => [row.USUBJID, row.ECREFID, row.ECLOT, row.ECTRT]);
    const both = [...open.ex!]
      .toSorted((a, b) => (`${a.USUBJID}${a.EXSTDTC}` < `${b.USUBJID}${b.EXSTDTC}` ? -1 : 1))
      .map((row) => [row.USUBJID, row.EXREFID, row.EXLOT, 'STUDY INJECTION']);
    expect(kits).toEqual(both);
  });

  test('SE has the element of the arm that was given, out of its place', () => {
    const columns = ['ETCD', 'ELEMENT', 'TAETORD', 'EPOCH', 'SESTDTC', 'SEUPDES'];
    const se = (slot: Held) => of(open.se, slot.usubjid, ...columns);
    const phase = ['INDUCTION TREATMENT', '2026-06-01'];
    // Assumption 6 of SE: of drug A who received B, TAETORD is blank for the element of B.
    expect(se(active[0]!)).toEqual([['P1', 'P, induction', '', ...phase, '']]);
    // Assumption 4: what is no planned element is described.
    expect(se(active[1]!)).toEqual([
      ['UNPLAN', '', '', ...phase, 'Injections from kits of Active: 1, of Placebo: 1'],
    ]);
    expect(se(placebo[0]!)).toEqual([
      ['UNPLAN', '', '', ...phase, 'Injections from kits of another study: 1'],
    ]);
    for (const slot of active.slice(2)) {
      expect(se(slot)).toEqual([['A1', 'A, induction', '2', ...phase, '']]);
    }
    expect(se(placebo[1]!)).toEqual([]);
    const elements = open.te!.map(({ ETCD }) => ETCD);
    expect(elements).toContain('P1');
  });

  test('the blinded datasets say nothing of it', () => {
    const arms = ['ARMCD', 'ARM', 'ACTARMCD', 'ACTARM', 'ARMNRS', 'ACTARMUD'];
    for (const row of blind.dm!) expect(arms.map((name) => row[name])).toEqual(arms.map(() => ''));
    for (const name of OF_PARTICIPANTS) {
      expect(JSON.stringify(blind[name])).not.toMatch(/active|placebo|unplan/i);
      // The same rows, but for the arms of DM.
      if (name !== 'dm') expect(blind[name]).toEqual(open[name]);
    }
  });

  testWithTool(['Rscript', '-e', 'library(haven)'])('R reads the same from XPT', () => {
    const folder = join(testFolder(), 'xpt');
    const words = ['--study', trial.study, '--output', folder, '--identity', STATISTICIAN, ...WHY];
    mustRun('export', 'sdtm', '--format', 'xpt', ...words);
    const program = `
      for (what in c("dm", "ex", "se")) {
        rows <- haven::read_xpt(paste0("UNBLINDED-", what, ".xpt"))
        write.csv(rows, paste0(what, ".csv"), row.names = FALSE, na = "", quote = TRUE)
      }`;
    const { status, stderr } = spawnSync('Rscript', ['--vanilla', '-e', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const read = datasetsIn(folder, ['dm', 'ex', 'se']);
    for (const name of ['dm', 'ex', 'se']) expect(read[name]).toEqual(open[name]);
  });
});

test("in a crossover, the other arm's kits are its elements, in the order in which they came", () => {
  const trial = made('designs/crossover-with-washout', 2, (yaml) => {
    return yaml.replace('[1, 8, 15, 22, 57, 64, 71, 78]', '[1, 57]');
  });
  randomize(trial, '2026-06-01', 'PAR-001', 'PAR-002');
  const slots = slotsOf(trial).slice(0, 2);
  const index = slots.findIndex(({ arm }) => arm === 'AB');
  const other = slots.find(({ arm }) => arm === 'BA')!;
  const [subject, kit] = [`PAR-00${index + 1}`, ['--kit', other.kit!, ...ANYWAY]];
  trial.run('dose', subject, '--visit', 'D1', '--date', '2026-06-01', ...kit);
  trial.run('dose', subject, '--visit', 'D57', '--date', '2026-07-27', ...kit);
  const { dm, se, ex, adsl } = unblinded(trial);
  // As subject 790 in example 1 of SE: assigned to one order, treated in the other.
  const who = `EX-AB-${subject}`;
  const arms = ['ARMCD', 'ACTARMCD', 'ACTARM', 'ARMNRS', 'ACTARMUD'];
  expect(of(dm, who, ...arms)).toEqual([['AB', 'BA', 'Placebo then active', '', '']]);
  expect(of(se, who, 'SESEQ', 'ETCD', 'TAETORD', 'SESTDTC', 'SEENDTC', 'SEUPDES')).toEqual([
    ['1', 'PLACEBO', '', '2026-06-01', '2026-07-27', ''],
    ['2', 'ACTIVE', '', '2026-07-27', '2026-07-27', ''],
  ]);
  expect(of(ex, who, 'EXTRT', 'EXSTDTC')).toEqual([
    ['Active', '2026-07-27'],
    ['PLACEBO', '2026-06-01'],
  ]);
  const periods = ['TRT01P', 'TRT02P', 'TRT01A', 'TRT02A', 'TRTSEQP', 'TRTSEQA'];
  expect(of(adsl, who, ...periods)).toEqual([
    ['Active', 'Placebo', 'Placebo', 'Active', 'Active then placebo', 'Placebo then active'],
  ]);
});

test('doses by weight are numbers with their units, in EX for the arm that has the substance', () => {
  const trial = made('designs/dose-by-visit', 2, (yaml) => `${yaml}cdisc: { doseUnit: VIAL }\n`);
  randomize(trial, '2026-06-01', 'PAR-001', 'PAR-002');
  const slots = slotsOf(trial).slice(0, 2);
  const subjectOf = (arm: string) => `PAR-00${slots.findIndex((slot) => slot.arm === arm) + 1}`;
  const [active, placebo] = [subjectOf('A'), subjectOf('P')];
  const dose = (subject: string, day: number, date: string, ...words: string[]) =>
    trial.run('dose', subject, '--visit', `D${day}`, '--date', date, '--weight', '62,5', ...words);
  for (const subject of [active, placebo]) {
    dose(subject, 1, '2026-06-01', '--amount', '0.5 mg/kg');
    // As planned: 1 mg/kg.
    dose(subject, 8, '2026-06-08');
  }
  // Less than the planned 2 mg/kg, and what nobody can count.
  dose(active, 15, '2026-06-15', '--amount', '120,5 mg', ...ANYWAY);
  dose(active, 29, '2026-06-29', '--amount', 'half a vial', ...ANYWAY);
  const blind = blinded(trial);
  const open = unblinded(trial);
  // SDTMIG 3.4: --DOSE is the amount when numeric, --DOSTXT when not, and --DOSU the units of both. Never both.
  const ec = (subject: string) =>
    of(
      blind.ec!.filter(({ ECMOOD }) => ECMOOD === 'PERFORMED'),
      `EX-D-${subject}`,
      ...['ECLNKID', 'ECOCCUR', 'ECDOSE', 'ECDOSU', 'ECDOSTXT'],
    );
  expect(ec(active)).toEqual([
    ['D1', 'Y', '0.5', 'mg/kg', ''],
    ['D8', 'Y', '1', 'VIAL', ''],
    ['D15', 'Y', '120.5', 'mg', ''],
    ['D29', 'Y', '', '', 'half a vial'],
  ]);
  // The same in every arm.
  expect(ec(placebo)).toEqual(ec(active).slice(0, 2));
  const ex = (subject: string) =>
    of(open.ex, `EX-D-${subject}`, 'EXLNKID', 'EXTRT', 'EXDOSE', 'EXDOSU', 'EXDOSTXT');
  // EX is in the units of the protocol (assumption 1b of EX).
  expect(ex(active)).toEqual([
    ['D1', 'Active', '0.5', 'mg/kg', ''],
    ['D8', 'Active', '1', 'mg/kg', ''],
    ['D15', 'Active', '120.5', 'mg', ''],
    ['D29', 'Active', '', '', 'half a vial'],
  ]);
  // 0 of the substance (assumption 2b).
  expect(ex(placebo)).toEqual([
    ['D1', 'PLACEBO', '0', 'mg/kg', ''],
    ['D8', 'PLACEBO', '0', 'mg/kg', ''],
  ]);
});

test('under a threshold, as many keys as are needed open the datasets, and fewer open nothing', () => {
  const { study, trial, key, addPerson } = custodyTrial('threshold: 2 of 3');
  for (const name of ['O1', 'O2', 'O3']) addPerson('officer', name, '--study', study);
  mustRun('allocate', '--study', study, '--plan', join(trial.folder, 'made-plan.yaml'));
  enrolOne(study, 'CRT-001');
  const folder = join(trial.folder, 'one-key');
  const one = ['--study', study, '--output', folder, '--identity', key('O2'), ...WHY];
  const refused = randose('export', 'sdtm', ...one);
  expect([refused.status, refused.stdout]).toEqual([77, '']);
  expect(refused.stderr).toContain('2 of 3 officers are needed');
  expect(existsSync(folder)).toBe(false);
  const attempt = { action: 'list opening outcome', result: 'refused', error: 'wrong-key' };
  expect(ledgerOf(study).at(-1)).toMatchObject(attempt);
  const keys = [key('O3'), key('O1')];
  const { dm, adsl } = unblinded({ study }, keys);
  expect(ledgerOf(study).at(-1)).toMatchObject({
    action: 'list opening outcome',
    result: 'opened',
  });
  const [slot] = slotsOf({ study }, [key('O1'), key('O2')]);
  expect(dm!.map((row) => [row.ARMCD, row.ACTARMCD, row.ARMNRS])).toEqual([
    [slot!.arm, '', 'ASSIGNED, NOT TREATED'],
  ]);
  expect(adsl!.map(({ RANDNO }) => RANDNO)).toEqual([slot!.randomization_number]);
});

test('a replaced participant and the one who replaces them are two, of the same arm', () => {
  const trial = made('designs/replacements', 3, (yaml) => yaml);
  const { run } = trial;
  const at = (subject: string, sex: string) => [
    '--subject',
    subject,
    '--site',
    'PAR',
    '--factor',
    `sex=${sex}`,
    '--day1',
    '2026-06-01',
  ];
  run('randomize', ...at('PAR-001', 'F'));
  run('dose', 'PAR-001', '--visit', 'D1', '--date', '2026-06-01');
  const reason = ['--reason', 'Withdrawal by subject'];
  run('withdraw', 'PAR-001', '--from', 'study', '--date', '2026-06-01', ...reason);
  // The slot is that of a woman; he is a man.
  run('replace', '--for', 'PAR-001', ...at('PAR-002', 'M'));
  run('dose', 'PAR-002', '--visit', 'D1', '--date', '2026-06-01');
  run('correct', 'PAR-001', '--new-id', 'PAR-011', ...WHY);
  const [slot] = slotsOf(trial);
  const { dm, ds, suppdm, ts, se } = unblinded(trial);
  const [old, next] = ['EX-R-PAR-011', 'EX-R-PAR-002'];
  const person = ['SUBJID', 'SEX', 'RFSTDTC', 'ARMCD', 'ACTARMCD', 'ARMNRS'];
  const arm = slot!.arm!;
  expect(of(dm, old, ...person)).toEqual([['PAR-011', 'F', '2026-06-01', arm, arm, '']]);
  expect(of(dm, next, ...person)).toEqual([['PAR-002', 'M', '2026-06-01', arm, arm, '']]);
  const event = ['DSSEQ', 'DSREFID', 'DSTERM', 'DSDECOD', 'DSSCAT', 'EPOCH'];
  const randomized = ['RANDOMIZED', 'RANDOMIZED', '', 'SCREENING'];
  const left = ['WITHDRAWAL BY SUBJECT', 'STUDY PARTICIPATION', 'TREATMENT'];
  expect(of(ds, old, ...event)).toEqual([
    ['1', 'R001', ...randomized],
    ['2', '', 'Withdrawal by subject', ...left],
  ]);
  expect(of(ds, next, ...event)).toEqual([['1', 'R1001', ...randomized]]);
  const said = (who: string) => of(suppdm, who, 'QNAM', 'QVAL').filter(([n]) => n !== 'KITNO');
  expect(said(old)).toEqual([
    ['RANDNO', 'R001'],
    ['RANDSUBJ', 'PAR-001'],
    ['REPLBY', 'PAR-002'],
    ['STRAT1', 'F'],
    ['STRATUM', 'site=PAR/sex=F'],
  ]);
  // The stratum is as it was used; whom they replace is named as DM names them.
  expect(said(next)).toEqual([
    ['RANDNO', 'R1001'],
    ['REPLACES', 'PAR-011'],
    ['STRAT1', 'F'],
    ['STRAT1C', 'M'],
    ['STRATUM', 'site=PAR/sex=F'],
  ]);
  // The element of whoever left has ended; the other one is still in it.
  expect(of(se, old, 'ETCD', 'SEENDTC')).toEqual([[arm, '2026-06-01']]);
  expect(of(se, next, 'ETCD', 'SEENDTC')).toEqual([[arm, '']]);
  // 6 slots in each of 2 × 2 strata: replacement slots are not planned participants.
  expect(ts!.find(({ TSPARMCD }) => TSPARMCD === 'PLANSUB')!.TSVAL).toBe('24');
});

describe('an amended schedule', () => {
  const AMENDMENT = `
amendments:
  - id: A2
    from: 2026-06-08
    applies: everyone
    schedule:
      leastInterval: 1 day
      countedFrom: visit before
      injections:
        - { phase: induction, days: 1-2 }
        - { phase: maintenance, days: [3, 16, 22], window: 0/+2 }
        - { phase: extension, days: 44, window: 0/+2 }
      assessments:
        - { name: Safety, days: [1, 60], window: ±3 }
`;
  let open: Datasets;

  beforeAll(() => {
    const trial = made('two-sites', 3, (yaml) =>
      yaml
        .replace('leastInterval: 1 day', '$&\n  countedFrom: visit before')
        .replace('days: 1-5', 'days: 1-3'),
    );
    const dose = (subject: string, day: number, date: string) =>
      trial.run('dose', subject, '--visit', `D${day}`, '--date', date);
    randomize(trial, '2026-06-01', 'CRT-001');
    for (const day of [1, 2, 3]) dose('CRT-001', day, `2026-06-0${day}`);
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}${AMENDMENT}`);
    trial.run('amend', '--id', 'A2', ...WHY);
    dose('CRT-001', 16, '2026-06-16');
    randomize(trial, '2026-06-16', 'CRT-002');
    for (const day of [1, 2, 3]) dose('CRT-002', day, `2026-06-${15 + day}`);
    const why = ['--reason', 'Adverse event'];
    trial.run('withdraw', 'CRT-002', '--from', 'treatment', '--date', '2026-06-18', ...why);
    dose('CRT-001', 22, '2026-06-22');
    dose('CRT-001', 44, '2026-07-14');
    open = unblinded(trial);
  });

  test('TV has every visit once, and each rule as its own schedule has it', () => {
    const tv = open.tv!.map((row) => [row.VISITNUM, row.VISIT, row.VISITDY, row.TVSTRL]);
    // A visit that is counted from the one before it is counted from the one before it in its schedule.
    expect(tv).toEqual([
      ['1', 'DAY 1', '1', 'Study day 1, the day of the first injection'],
      ['2', 'DAY 2', '2', '1 day after visit DAY 1'],
      [
        ...['3', 'DAY 3', '3'],
        '1 day after visit DAY 2; since amendment A2: 1 day after visit DAY 2 (0 to +2 days)',
      ],
      [...['4', 'DAY 15', '15'], '12 days after visit DAY 3 (-1 to +2 days); until amendment A2'],
      ['5', 'DAY 16', '16', '13 days after visit DAY 3 (0 to +2 days); since amendment A2'],
      [
        ...['6', 'DAY 22', '22'],
        '7 days after visit DAY 15 (-1 to +2 days); since amendment A2: 6 days after visit DAY 16 (0 to +2 days)',
      ],
      ['7', 'DAY 29', '29', '7 days after visit DAY 22 (-1 to +2 days); until amendment A2'],
      ['8', 'DAY 36', '36', '7 days after visit DAY 29 (-1 to +2 days); until amendment A2'],
      ['9', 'DAY 44', '44', '22 days after visit DAY 22 (0 to +2 days); since amendment A2'],
      ['10', 'DAY 60', '60', 'Study day 60 (-3 to +3 days)'],
    ]);
  });

  test('TA, TE and TS have the protocol as it was amended', () => {
    const arm = open.ta!.filter(({ ARMCD }) => ARMCD === 'P');
    expect(arm.map((row) => [row.TAETORD, row.ETCD, row.EPOCH])).toEqual([
      ['1', 'SCREEN', 'SCREENING'],
      ['2', 'P1', 'INDUCTION TREATMENT'],
      ['3', 'P2', 'CONTINUATION TREATMENT'],
      ['4', 'P3', 'TREATMENT'],
      ['5', 'FU', 'FOLLOW-UP'],
    ]);
    // Days 1 to 2, 3 to 43, 44, and 45 to 60.
    const te = open.te!.filter(({ ETCD }) => /^P|FU/.test(ETCD!));
    expect(te.map((row) => [row.ETCD, row.ELEMENT, row.TEDUR])).toEqual([
      ['FU', 'Follow-up', 'P16D'],
      ['P1', 'P, induction', 'P2D'],
      ['P2', 'P, maintenance', 'P41D'],
      ['P3', 'P, extension', 'P1D'],
    ]);
    const said = (code: string) => open.ts!.find(({ TSPARMCD }) => TSPARMCD === code)!.TSVAL;
    expect([said('LENGTH'), said('PTRTDUR')]).toEqual(['P60D', 'P44D']);
  });

  test('who was randomized before has the visits that were recorded, then those of the amendment', () => {
    const columns = ['ECLNKID', 'VISITNUM', 'ECMOOD', 'ECSTDTC', 'EPOCH'];
    const [first, later] = ['INDUCTION TREATMENT', 'CONTINUATION TREATMENT'];
    const both = (visit: string, number: string, date: string, epoch: string) =>
      ['PERFORMED', 'SCHEDULED'].map((mood) => [visit, number, mood, date, epoch]);
    expect(of(open.ec, 'TST-1-CRT-001', ...columns)).toEqual([
      ...both('D1', '1', '2026-06-01', first),
      ...both('D2', '2', '2026-06-02', first),
      // Day 3 was still in induction.
      ...both('D3', '3', '2026-06-03', first),
      ...both('D16', '5', '2026-06-16', later),
      ...both('D22', '6', '2026-06-22', later),
      ...both('D44', '9', '2026-07-14', 'TREATMENT'),
    ]);
    const sv = of(open.sv, 'TST-1-CRT-001', 'VISITNUM', 'VISIT', 'VISITDY', 'SVSTDY');
    expect(sv).toEqual([
      ['1', 'DAY 1', '1', '1'],
      ['2', 'DAY 2', '2', '2'],
      ['3', 'DAY 3', '3', '3'],
      ['5', 'DAY 16', '16', '16'],
      ['6', 'DAY 22', '22', '22'],
      ['9', 'DAY 44', '44', '44'],
    ]);
    const se = of(open.se, 'TST-1-CRT-001', 'TAETORD', 'EPOCH', 'SESTDTC', 'SEENDTC');
    expect(se).toEqual([
      ['2', first, '2026-06-01', '2026-06-16'],
      ['3', later, '2026-06-16', '2026-07-14'],
      // The phase came with the amendment.
      ['4', 'TREATMENT', '2026-07-14', '2026-07-14'],
    ]);
  });

  test('a visit that the amendment has in another phase is in its epoch in every dataset', () => {
    const [first, later] = ['INDUCTION TREATMENT', 'CONTINUATION TREATMENT'];
    const who = 'TST-1-CRT-002';
    const performed = open.ec!.filter(({ ECMOOD }) => ECMOOD === 'PERFORMED');
    expect(of(performed, who, 'ECLNKID', 'EPOCH')).toEqual([
      ['D1', first],
      ['D2', first],
      ['D3', later],
    ]);
    expect(of(open.ex, who, 'EXLNKID', 'EPOCH')).toEqual(of(performed, who, 'ECLNKID', 'EPOCH'));
    expect(of(open.ds, who, 'DSTERM', 'EPOCH')).toEqual([
      ['RANDOMIZED', 'SCREENING'],
      ['Adverse event', later],
    ]);
    expect(of(open.se, who, 'TAETORD', 'EPOCH', 'SESTDTC', 'SEENDTC')).toEqual([
      ['2', first, '2026-06-16', '2026-06-18'],
      ['3', later, '2026-06-18', '2026-06-18'],
    ]);
    // What was still planned when the treatment ended is not SCHEDULED.
    const scheduled = open.ec!.filter(({ ECMOOD }) => ECMOOD === 'SCHEDULED');
    expect(of(scheduled, who, 'ECLNKID')).toEqual([['D1'], ['D2'], ['D3']]);
  });
});

describe('who leaves, moves, or had a wrong id', () => {
  let blind: Datasets;

  beforeAll(() => {
    const trial = made('two-sites', 3, (yaml) => {
      const abroad = yaml.replace('Other Hospital, country: FR', 'Other Hospital, country: BE');
      return `${abroad}cdisc: { subject: '{study}-{site}-{subject}' }\n`;
    });
    const { run } = trial;
    randomize(trial, '2026-06-01', 'CRT-001', 'CRT-002');
    const dose = (subject: string, day: number, ...words: string[]) =>
      run('dose', subject, '--visit', `D${day}`, '--date', `2026-06-0${day}`, ...words);
    dose('CRT-001', 1);
    dose('CRT-002', 1);
    dose('CRT-001', 2, '--not-done', '--rest', '--reason', 'hospitalized');
    const left = ['--from', 'study', '--date', '2026-06-03'];
    run('transfer', 'CRT-002', '--to', 'LYO', '--date', '2026-06-02', ...WHY);
    dose('CRT-002', 2);
    const additional = ['--additional', '--date', '2026-06-03', '--amount', 'half a vial'];
    run('dose', 'CRT-002', ...additional, ...ANYWAY);
    run('withdraw', 'CRT-001', ...left, '--reason', 'Lost to follow-up');
    const stopped = ['--from', 'treatment', '--date', '2026-06-03', '--reason', 'adverse event'];
    run('withdraw', 'CRT-002', ...stopped);
    run('correct', 'CRT-002', '--new-id', 'CRT-020', ...WHY);
    blind = blinded(trial);
  });

  const LEFT = 'TST-1-CRT-CRT-001';
  const MOVED = 'TST-1-CRT-CRT-020';

  test('nobody has a visit that was planned for after they left the study', () => {
    // Assumptions 3 and 16 of SV. Days 2 and 3 were due.
    const columns = ['VISIT', 'SVPRESP', 'SVOCCUR', 'SVREASOC', 'SVSTDTC'];
    expect(of(blind.sv, LEFT, ...columns)).toEqual([
      ['DAY 1', 'Y', 'Y', '', '2026-06-01'],
      ['DAY 2', 'Y', 'N', 'hospitalized', ''],
      ['DAY 3', 'Y', 'N', 'hospitalized', ''],
    ]);
    // What the site gave up is as it was collected.
    const missed = blind.ec!.filter(({ ECOCCUR }) => ECOCCUR === 'N');
    expect(of(missed, LEFT, 'ECLNKID', 'ECDOSE', 'ECREASOC')).toEqual(
      ['D2', 'D3', 'D4', 'D5', 'D15', 'D22', 'D29', 'D36'].map((visit) => {
        return [visit, '', 'hospitalized'];
      }),
    );
    expect(of(blind.ds, LEFT, 'DSDECOD', 'DSSCAT', 'DSSTDTC', 'DSSTDY').slice(1)).toEqual([
      ['LOST TO FOLLOW-UP', 'STUDY PARTICIPATION', '2026-06-03', '3'],
    ]);
  });

  test('a transfer changes neither USUBJID nor SITEID, and a corrected id both USUBJID and SUBJID', () => {
    // Assumption 2 of DM: one record for each subject; the rest is in SUPPDM.
    const columns = ['USUBJID', 'SUBJID', 'SITEID', 'COUNTRY', 'RFSTDTC', 'RFXENDTC'];
    expect(blind.dm!.map((row) => columns.map((name) => row[name]))).toEqual([
      [LEFT, 'CRT-001', 'CRT', 'FRA', '2026-06-01', '2026-06-01'],
      [MOVED, 'CRT-020', 'CRT', 'FRA', '2026-06-01', '2026-06-03'],
    ]);
    const said = of(blind.suppdm, MOVED, 'QNAM', 'QVAL');
    expect(said).toEqual(
      expect.arrayContaining([
        ['SITECUR', 'LYO'],
        ['RANDSUBJ', 'CRT-002'],
      ]),
    );
    expect(said.filter(([name]) => name === 'STRATUM')).toEqual([['STRATUM', 'site=CRT']]);
    for (const name of OF_PARTICIPANTS) {
      for (const { USUBJID } of blind[name]!) expect([LEFT, MOVED]).toContain(USUBJID);
    }
    expect(of(blind.sv, MOVED, 'VISITNUM', 'SVSTDTC')).toEqual([
      ['1', '2026-06-01'],
      ['2', '2026-06-02'],
      ['2.01', '2026-06-03'],
    ]);
  });

  test('what follows an additional injection is in the epoch of the planned one before it', () => {
    const additional = blind.ec!.filter(({ ECLNKID }) => ECLNKID!.startsWith('ADDITIONAL'));
    const columns = ['EPOCH', 'ECDOSE', 'ECDOSTXT', 'ECPRESP', 'ECOCCUR'];
    expect(of(additional, MOVED, ...columns)).toEqual([
      ['INDUCTION TREATMENT', '', 'half a vial', '', ''],
    ]);
    expect(of(blind.ds, MOVED, 'DSDECOD', 'DSSCAT', 'EPOCH').slice(1)).toEqual([
      ['ADVERSE EVENT', 'STUDY TREATMENT', 'INDUCTION TREATMENT'],
    ]);
  });
});
