import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, test } from 'vitest';
import {
  editStudy,
  extendList,
  jsonOf,
  kitsOfTrial,
  mustRun,
  planFile,
  randose,
  testFolder,
  type Trial,
  type WhenOver,
} from '../support/command-line.ts';

const BY = ['--by', 'A. Example, pharmacist, Example Hospital'];
const PARTICULARS: readonly [from: string, to: string][] = [
  ['    spares: 0', '    spares: 0\n  packaged: [{lot: L2026-01, expiry: 2027-06}]\n   '],
  [
    'languages: [fr]',
    'languages: [en]\n    contact: {name: Example Pharmacy, address: Example Street, phone: +33 1 00 00 00 00}\n    directions: as told\n    storage: at 5 °C',
  ],
  ['substance: ILT101 1 MUI ou placebo', 'substance: ILT101'],
];
const TWO_DOSES = `arms:
  - {code: LOW, name: ILT101 1 million IU, type: active, ratio: 1}
  - {code: HIGH, name: ILT101 2 million IU, type: active, ratio: 1}
`;
const SITES = `sites:
  - {code: CRT, name: Hospital Créteil, investigator: Dr Un, country: FR, timeZone: Europe/Paris}
  - {code: LYO, name: Hospital Lyon, investigator: Dr Deux, country: FR, timeZone: Europe/Paris}
  - {code: BER, name: Hospital Berlin, investigator: Dr Drei, country: DE, timeZone: Europe/Berlin}
`;

/** A trial of two doses at three sites, from `init` to a sealed list. */
function twoDoses(strata: string, whenOver?: WhenOver): Trial {
  const folder = testFolder(whenOver);
  const trial: Trial = {
    folder,
    study: join(folder, 'doses'),
    plan: join(folder, 'plan.yaml'),
    participants: '',
    officer: join(folder, 'officer.key'),
    statistician: join(folder, 'statistician.key'),
    packer: join(folder, 'packer.key'),
  };
  mustRun('init', trial.study, '--plan', trial.plan);
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/^arms:\n(?: .*\n)+/m, TWO_DOSES)
    .replace(/^sites:\n(?: .*\n)+/m, SITES)
    .replace(/^strata:\n(?: .*\n)+/m, strata);
  writeFileSync(file, text);
  editStudy(trial, ...PARTICULARS);
  planFile(trial, 'blocks: { sizes: [2, 4] }\n');
  for (const role of ['officer', 'statistician', 'packer'] as const) {
    mustRun(
      ...['keygen', '--role', role, '--name', `Example ${role}`, '--no-passphrase'],
      ...['--output', trial[role], '--study', trial.study],
    );
  }
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan, ...BY);
  return trial;
}

describe('two doses at three sites, stratified by age alone', () => {
  const trial = twoDoses(
    `factors:
  - {name: age, levels: [LT65, GE65]}
stratifyBy: [age]
strata: {slotsPerStratum: 12}
`,
    afterAll,
  );
  const at = ['--study', trial.study];
  const randomized = (subject: string, site: string, age: string) =>
    jsonOf(
      ...['randomize', ...at, '--subject', subject, '--site', site, '--factor', `age=${age}`],
      ...['--day1', '2026-06-01', ...BY],
    ) as { participants: { kit: string }[] };
  const labelled = (name: string, ...words: string[]) => {
    const file = join(trial.folder, name);
    const ran = randose('labels', ...at, ...BY, '--format', 'csv', '--output', file, ...words);
    expect(ran.status, ran.stderr).toBe(0);
    const rows = parse<{ kit: string; trial: string; investigator: string }>(readFileSync(file), {
      columns: true,
      bom: true,
    });
    return { rows, stderr: ran.stderr };
  };

  test('has a list for each age, whatever the site', () => {
    expect(jsonOf('status', ...at)).toMatchObject({
      strata: [
        { stratum: 'age=LT65', slots: 12 },
        { stratum: 'age=GE65', slots: 12 },
      ],
      kits: [{ site: null, kits: 24 }],
    });
    expect(jsonOf('assess', ...at, '--plan', trial.plan)).toMatchObject({
      plans: [{ strata: 2, slots: 24 }],
    });
  });

  test('labels of kits at the depot have blanks for the site and the investigator', () => {
    const { rows, stderr } = labelled('depot.csv');
    const [outer, unit] = rows;
    expect(outer).toMatchObject({
      trial: expect.stringMatching(/Site: _+$/) as string,
      investigator: expect.stringMatching(/: _+$/) as string,
    });
    expect(unit!.trial).not.toContain('Site');
    expect(stderr).toContain('24 kits belong to no site yet');
    expect(mustRun('check', ...at, rows[0]!.kit)).toContain('Site    none yet: at the depot');
    const early = randose('kit', 'received', ...at, '--kits', rows[0]!.kit, ...BY);
    expect(early.stderr).toContain('belongs to no site until a participant has it (R001)');
    expect(early.status).toBe(65);
  });

  test('gives participants of all sites the next slot of their age', () => {
    expect(randomized('CRT-001', 'CRT', 'LT65')).toMatchObject({
      participants: [{ site: 'CRT', stratum: 'age=LT65', number: 'R001' }],
    });
    expect(randomized('BER-001', 'BER', 'GE65')).toMatchObject({
      participants: [{ site: 'BER', stratum: 'age=GE65', number: 'R013' }],
    });
    expect(randomized('LYO-001', 'lyo', 'LT65')).toMatchObject({
      participants: [{ site: 'LYO', stratum: 'age=LT65', number: 'R002' }],
    });
    const unknown = randose(
      ...['randomize', ...at, '--subject', 'X', '--site', 'XXX', '--factor', 'age=LT65'],
      ...['--day1', '2026-06-01', ...BY],
    );
    expect(unknown.stderr).toContain('site "XXX" is unknown: study.yaml has CRT, LYO, BER');
    expect(mustRun('ledger', ...at)).toContain('age=GE65, site BER, Day 1 2026-06-01');
  });

  test('each participant has the labels, the calendar and the kits of their site', () => {
    const kits = kitsOfTrial(trial);
    const { rows } = labelled('ber.csv', '--subject', 'BER-001');
    expect(rows[0]).toMatchObject({
      kit: kits[12],
      trial: expect.stringMatching(/Site: BER$/) as string,
      investigator: expect.stringMatching(/: Dr Drei$/) as string,
    });
    // Without --subject too: the site of a kit is known once a participant has it.
    expect(labelled('lyo.csv', '--site', 'LYO').rows[0]).toMatchObject({
      kit: kits[1],
      investigator: expect.stringMatching(/: Dr Deux$/) as string,
    });
    const calendars = jsonOf('calendar', ...at, '--site', 'BER') as { calendars: object[] };
    expect(calendars.calendars).toMatchObject([{ subject: 'BER-001', site: 'BER' }]);
    const words = ['--kits', kits[12]!, '--date', '2026-06-01', ...BY];
    mustRun('kit', 'received', ...at, ...words);
    mustRun('kit', 'dispensed', ...at, ...words, '--subject', 'BER-001');
    expect(jsonOf('kit', ...at, '--site', 'BER')).toMatchObject({
      kits: [{ kit: kits[12], site: 'BER', state: 'dispensed' }],
    });
    expect(jsonOf('status', ...at)).toMatchObject({
      kits: [
        { site: null, kits: 21, received: 0 },
        { site: 'CRT', kits: 1 },
        { site: 'LYO', kits: 1 },
        { site: 'BER', kits: 1, dispensed: 1 },
      ],
    });
    expect(mustRun('status', ...at)).toMatch(/^depot {2}21 /m);
  });

  test('is verified, extended without the sites, and unblinded with the recorded ones', () => {
    const before = mustRun('verify', ...at);
    expect(before).toContain('Nothing disagrees');
    // A new site needs no new slots.
    editStudy(trial, ['  - {code: BER', '  - {code: NAN, name: Hospital Nantes}\n  - {code: BER']);
    expect(randomized('NAN-001', 'NAN', 'GE65')).toMatchObject({
      participants: [{ stratum: 'age=GE65', number: 'R014' }],
    });
    editStudy(trial, ['stratifyBy: [age]\n', '']);
    const other = randose(
      ...['allocate', '--extend', ...at, '--plan', trial.plan, '--identity', trial.officer, ...BY],
    );
    expect(other.stderr).toContain(
      'the list is stratified by age, and that cannot change after allocation: write stratifyBy: [age]',
    );
    editStudy(trial, [
      'strata: {slotsPerStratum: 12}',
      'stratifyBy: [age]\nstrata: {slotsPerStratum: 16}',
    ]);
    extendList(trial);
    expect(jsonOf('status', ...at)).toMatchObject({ strata: [{ slots: 16 }, { slots: 16 }] });
    mustRun('verify', ...at, '--regenerate', '--identity', trial.statistician);
    const one = ['--identity', trial.officer, '--reason', 'example', ...BY];
    expect(mustRun('unblind', ...at, '--subject', 'BER-001', ...one)).toMatch(/LOW|HIGH/);
    const file = join(trial.folder, 'all.csv');
    mustRun('unblind', '--all', ...at, ...one, '--output', file);
    const rows = parse<object>(readFileSync(file), { columns: true, bom: true });
    expect(rows).toMatchObject([
      { SUBJID: 'CRT-001', SITEID: 'CRT', STRATUM: 'age=LT65', age: 'LT65' },
      { SUBJID: 'BER-001', SITEID: 'BER', STRATUM: 'age=GE65', age: 'GE65' },
      { SUBJID: 'LYO-001', SITEID: 'LYO', STRATUM: 'age=LT65', age: 'LT65' },
      { SUBJID: 'NAN-001', SITEID: 'NAN', STRATUM: 'age=GE65', age: 'GE65' },
    ]);
  });
});

describe('two doses, stratified by country and onset', () => {
  const trial = twoDoses(
    `factors:
  - {name: onset, levels: [bulbar, spinal]}
stratifyBy: [country, onset]
strata:
  - {country: FR, slotsPerStratum: 12}
  - {country: DE, onset: bulbar, slots: 6}
  - {country: DE, onset: spinal, slots: 8}
`,
    afterAll,
  );
  const at = ['--study', trial.study];
  const one = (subject: string, site: string, onset: string) => [
    ...['randomize', ...at, '--subject', subject, '--site', site, '--factor', `onset=${onset}`],
    ...['--day1', '2026-06-01', ...BY],
  ];

  test('a participant is in the stratum of the country of the site', () => {
    expect(jsonOf(...one('CRT-001', 'CRT', 'spinal'))).toMatchObject({
      participants: [{ site: 'CRT', stratum: 'country=FR/onset=spinal', number: 'R013' }],
    });
    expect(jsonOf(...one('LYO-001', 'LYO', 'spinal'))).toMatchObject({
      participants: [{ site: 'LYO', stratum: 'country=FR/onset=spinal', number: 'R014' }],
    });
    expect(jsonOf(...one('BER-001', 'BER', 'bulbar'))).toMatchObject({
      participants: [{ site: 'BER', stratum: 'country=DE/onset=bulbar', number: 'R025' }],
    });
    const correction = ['--factor', 'onset=spinal', '--reason', 'mistyped', ...BY];
    expect(mustRun('correct', ...at, '--subject', 'BER-001', ...correction)).toContain(
      'onset is spinal, not bulbar',
    );
    mustRun('verify', ...at, '--regenerate', '--identity', trial.statistician);
  });

  test('the country of a site with participants is fixed', () => {
    editStudy(trial, ['Dr Deux, country: FR', 'Dr Deux, country: DE']);
    const said =
      'study.yaml says country DE of site LYO, but LYO-001 was randomized there in country=FR/onset=spinal: set it back to FR';
    const verified = randose('verify', ...at);
    expect(verified.status).toBe(1);
    expect(verified.stdout + verified.stderr).toContain(said);
    expect(randose(...one('LYO-002', 'LYO', 'spinal')).stderr).toContain(said);
    // Other sites go on.
    mustRun(...one('CRT-002', 'CRT', 'bulbar'));
    editStudy(trial, ['Dr Deux, country: DE', 'Dr Deux, country: FR']);
    mustRun('verify', ...at);
  });

  test('another stratification cannot follow', () => {
    editStudy(trial, ['stratifyBy: [country, onset]', 'stratifyBy: [onset, country]']);
    const extended = randose(
      ...['allocate', '--extend', ...at, '--plan', trial.plan, '--identity', trial.officer, ...BY],
    );
    expect(extended.stderr).toContain(
      'the list is stratified by country, onset, in this order, and that cannot change after allocation: write stratifyBy: [country, onset]',
    );
    expect(extended.status).toBe(78);
  });
});
