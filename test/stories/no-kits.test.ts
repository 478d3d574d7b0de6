import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'csv-parse/sync';
import {
  depil2,
  editStudy,
  extendList,
  FIXTURES,
  jsonOf,
  mustRun,
  randose,
  testFolder,
  type Trial,
  type WhenOver,
} from '../support/command-line.ts';

const BY = ['--by', 'A. Example, investigator, Example Hospital'];
const NO_KITS = 'this study has no kits: study.yaml says supplies: none';

/** DEPIL-2 with the hospital's own drug: nothing in study.yaml is about kits. */
function withoutKits(whenOver?: WhenOver): Trial {
  const trial = depil2(whenOver);
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/^supplies:\n(?:(?: .*)?\n)+/m, 'supplies: none\n\n')
    .replace(/^numbers:\n(?: .*\n)+/m, '')
    .replace(/^packers:\n(?: .*\n)+/m, 'packers: []\n');
  writeFileSync(file, text);
  return trial;
}

function allocate({ study, plan }: Trial) {
  return randose('allocate', '--study', study, '--plan', plan, ...BY);
}

describe('a study without kits', () => {
  let trial: Trial;
  const run = (...words: string[]) => randose(...words, '--study', trial.study);
  beforeAll(() => {
    trial = withoutKits(() => undefined);
    const { status, stdout, stderr } = allocate(trial);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('packer')]);
    expect(stdout).not.toMatch(/packing|kits/);
    for (const subject of ['CRT-001', 'CRT-002']) {
      const who = ['--subject', subject, '--site', 'CRT', '--day1', 'today'];
      mustRun('randomize', '--study', trial.study, ...who, ...BY);
    }
  });

  test('has a list without kit codes, and no packing list', () => {
    const files = readdirSync(join(trial.study, 'allocation'));
    expect(files).toContain('master.age');
    expect(files).not.toContain('packing.age');
    const list = readFileSync(join(trial.study, 'allocation', 'list.csv'), 'utf8');
    expect(list).toMatch(
      /^randomization_number,stratum,sequence_in_stratum\nR001,site=CRT,1\nR002,site=CRT,2\n/,
    );
  });

  test.each([
    ['kit'],
    ['check', '--kit', '474WW4E'],
    ['kit', 'received', '--kits', '474WW4E', '--date', 'today', ...BY],
    ['labels', '--output', 'labels.pdf', ...BY],
    ['packing', '--identity', 'packer.key'],
    ['dose', 'CRT-001', '--visit', 'D1', '--date', 'today', '--kit', '474WW4E', ...BY],
    ['dose', 'CRT-001', '--visit', 'D1', '--date', 'today', '--other-kit', 'B 12', ...BY],
    ['unblind', '--kit', '474WW4E', '--reason', 'emergency', ...BY, '--identity', 'officer.key'],
  ])('%s says so', (...words) => {
    const { status, stderr } = run(
      ...words.map((word) => word.replace(/^(officer|packer)/, `${FIXTURES}/keys/$1`)),
    );
    expect([status, stderr]).toEqual([64, expect.stringContaining(NO_KITS)]);
  });

  test('checks a number and a participant, and takes no text for a kit code', () => {
    expect(run('check', 'CRT-001').stdout).toBe(
      'DEPIL-2: number R001 is valid.\n  Slot    of CRT-001\n  Stratum site=CRT\n',
    );
    expect(jsonOf('check', 'R003', '--study', trial.study)).toMatchObject({
      valid: true,
      kit: null,
      number: 'R003',
      subject: null,
    });
    expect(run('check', '474WW4E').stderr).toContain(
      '"474WW4E" is not a participant or a randomization number of this study',
    );
  });

  test('records injections, and shows no kit anywhere', () => {
    const dose = run('dose', 'CRT-001', '--visit', 'D1', '--date', 'today', ...BY);
    expect([dose.status, dose.stdout]).toEqual([
      0,
      expect.stringContaining('D1 of CRT-001: given'),
    ]);
    for (const words of [
      ['calendar'],
      ['calendar', 'CRT-001'],
      ['calendar', '--format', 'ics', '--output', join(testFolder(), 'ics')],
      ['calendar', 'load'],
      ['status'],
      ['deviations'],
      ['ledger'],
    ]) {
      const { status, stdout } = run(...words);
      expect([status, stdout]).toEqual([0, expect.not.stringMatching(/kit|undefined/i)]);
    }
    const [row] = parse<{ kit: string }>(run('calendar', '--format', 'csv').stdout, {
      columns: true,
    });
    expect(row?.kit).toBe('');
  });

  test('is opened and verified as any other', () => {
    const key = trial.officer;
    const opened = run('unblind', 'CRT-001', '--reason', 'emergency', '--identity', key, ...BY);
    expect(opened.stdout).toMatch(
      /^Subject CRT-001, randomization number R001\n\n {2}(ILT101|PLACEBO)/,
    );
    expect(opened.stderr).toContain('Check passed');
    const all = run(
      'unblind',
      '--all',
      '--reason',
      'end',
      '--identity',
      key,
      '--format',
      'csv',
      ...BY,
    );
    const rows = parse<Record<string, string>>(all.stdout, { columns: true });
    expect(rows.map(({ SUBJID, RANDNO, KITNO }) => [SUBJID, RANDNO, KITNO])).toEqual([
      ['CRT-001', 'R001', ''],
      ['CRT-002', 'R002', ''],
    ]);
    expect(rows[0]).toMatchObject({ ACTARMCD: rows[0]!.ARMCD, INJGIVEN: '1' });
    const table = run('open', '--reason', 'check', '--identity', key, '--format', 'csv', ...BY);
    expect(table.stdout).toMatch(
      /^randomization_number,.*,sequence_in_block,arm\nR001,1,site=CRT,/,
    );
    const cards = join(trial.folder, 'cards.pdf');
    expect(run('cards', '--identity', key, '--output', cards, ...BY).status).toBe(0);
    editStudy(trial, ['name: Example Statistician', 'name: New Statistician']);
    mustRun('rewrap', '--study', trial.study, '--identity', key, '--reason', 'new', ...BY);
    editStudy(trial, ['slots: 18', 'slots: 24']);
    extendList(trial);
    mustRun('verify', '--study', trial.study, '--regenerate', '--identity', key);
  });

  test('cannot get kits later, and a study with kits cannot lose them', () => {
    const file = join(trial.study, 'study.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('supplies: none', 'supplies: {}'));
    const { status, stderr } = run(
      'randomize',
      '--subject',
      'CRT-009',
      '--site',
      'CRT',
      '--day1',
      'today',
      ...BY,
    );
    writeFileSync(file, text);
    expect([status, stderr]).toEqual([
      65,
      expect.stringContaining(
        'was changed after the list was sealed: supplies (whether there are kits)',
      ),
    ]);
    expect(stderr).toContain('Whether a study has kits is sealed and cannot be amended.');
  });
});

test.each([
  ['numbers: {kits: {width: 7}}\n', 'this says how kit codes look'],
  [
    'packers:\n  - {name: Example Packer, recipient: RECIPIENT}\n',
    'packers put the treatments into the kits',
  ],
])('a study without kits with %s is refused, with the line', (more, why) => {
  const trial = withoutKits();
  const packer = /age1\w+/.exec(readFileSync(trial.packer, 'utf8'))?.[0] ?? '';
  const key = more.split(':')[0]!;
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8').replace(new RegExp(`^${key}: .*\n`, 'm'), '');
  writeFileSync(file, `${text.trimEnd()}\n${more.replace('RECIPIENT', packer)}`);
  const { status, stderr } = allocate(trial);
  expect([status, stderr]).toEqual([
    78,
    expect.stringMatching(
      new RegExp(`study.yaml:\\d+:\\d+: ${why}, but the study has no kits \\(supplies: none\\)`),
    ),
  ]);
});

test('another word for none is told what is expected', () => {
  const trial = withoutKits();
  const file = join(trial.study, 'study.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('supplies: none', 'supplies: no'));
  const { status, stderr } = allocate(trial);
  expect([status, stderr]).toEqual([
    78,
    expect.stringContaining(
      'supplies: expected keys with values, or none if the study has no kits',
    ),
  ]);
});
