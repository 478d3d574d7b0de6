import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allocated,
  depil2,
  editStudy,
  enrolled,
  jsonOf,
  mustRun,
  planFile,
  randose,
  type Trial,
  type WhenOver,
} from '../support/command-line.ts';

/** A trial of two sites, stratified by sex and age too, in weighted blocks, with numbers by site. */
function stratified(whenOver?: WhenOver): Trial {
  const trial = depil2(whenOver);
  editStudy(
    trial,
    [
      '\nstrata:\n  - site: CRT\n    slots: 18\n',
      `
  - code: LYO
    name: Example Hospital Lyon

factors:
  - name: sex
    levels: [F, M]
  - name: age
    levels: [LT65, GE65]

strata:
  slotsPerSite: 48

numbers:
  randomization: { prefix: "", site: true, width: 4, check: true }
  kits: { prefix: K, site: true }
`,
    ],
    [
      '# Each stratum has a list of its own. Slots are numbered in the order of the strata below.',
      '',
    ],
  );
  const plan = planFile(trial, 'blocks: { sizes: [3, 6], weights: [1, 2] }');
  mustRun('allocate', '--study', trial.study, '--plan', plan);
  return { ...trial, plan };
}

const by = ['--by', 'Example Coordinator'];

describe('a trial with factors', () => {
  const trial = stratified(afterAll);
  const one = (subject: string, site: string, ...factors: string[]) => [
    ...['randomize', '--study', trial.study, '--subject', subject, '--site', site],
    ...['--day1', '2026-06-01', ...by, ...(factors.length > 0 ? ['--factor', ...factors] : [])],
  ];

  test('has its strata in the order that is written down', () => {
    const strata = ['CRT', 'LYO'].flatMap((site) =>
      ['F', 'M'].flatMap((sex) =>
        ['LT65', 'GE65'].map((age) => `site=${site}/sex=${sex}/age=${age}`),
      ),
    );
    const manifest = JSON.parse(
      readFileSync(join(trial.study, 'allocation/manifest.json'), 'utf8'),
    ) as { strata: unknown };
    expect(manifest.strata).toEqual(strata.map((stratum) => ({ stratum, slots: 12 })));
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({
      strata: strata.map((stratum) => ({ stratum, slots: 12 })),
    });
    mustRun('verify', '--study', trial.study, '--regenerate', '--identity', trial.statistician);
  });

  test('gives each participant the next number of the stratum', () => {
    expect(jsonOf(...one('C1', 'CRT', 'sex=F', 'age=LT65'))).toMatchObject({
      participants: [{ stratum: 'site=CRT/sex=F/age=LT65', number: 'CRT-0001-2' }],
    });
    expect(jsonOf(...one('L1', 'LYO', 'age=GE65', 'SEX=M'))).toMatchObject({
      participants: [
        {
          stratum: 'site=LYO/sex=M/age=GE65',
          number: expect.stringMatching(/^LYO-0037-.$/) as string,
        },
      ],
    });
    const rows = 'subject,sex,site,day1,age\nC2,F,CRT,2026-06-01,LT65\nC3,M,CRT,2026-06-01,LT65\n';
    const from = ['--from', planFile(trial, rows, 'p.csv'), ...by];
    const { participants } = jsonOf('randomize', '--study', trial.study, ...from) as {
      participants: { number: string; kit: string }[];
    };
    expect(participants.map(({ number }) => number.slice(0, 8))).toEqual(['CRT-0002', 'CRT-0025']);
    for (const { kit } of participants) expect(kit).toMatch(/^KCRT-[34679ACDEFGHJKMNPQRTWXY]{7}$/);
    mustRun('verify', '--study', trial.study);
    expect(mustRun('calendar', '--study', trial.study, '--subject', 'C2')).toContain('CRT-0002');
  });

  test.each<[string, string[], number, string]>([
    [
      'a factor that is missing',
      ['sex=F'],
      65,
      'age is missing: add --factor age=LT65 or --factor age=GE65',
    ],
    ['a level that is none', ['sex=X', 'age=LT65'], 65, 'sex "X" is not a level: expected F or M'],
    [
      'a factor that is none',
      ['sex=F', 'weight=9'],
      64,
      '--factor "weight=9" does not name a factor and its level',
    ],
    [
      'several factors in one word',
      ['sex=F,age=LT65'],
      64,
      'Repeat --factor for each: --factor sex=F --factor age=LT65',
    ],
    ['a factor twice', ['sex=F', 'sex=M'], 64, '--factor gives sex twice: F and M'],
    ['no level', ['sex'], 64, '--factor "sex" does not name a factor and its level'],
    ['none at all', [], 65, 'sex is missing: add --factor sex=F or --factor sex=M'],
  ])('randomizes nobody with %s', (_, factors, status, message) => {
    const ran = randose(...one('X1', 'CRT', ...factors));
    expect(ran.stderr).toContain(message);
    expect(ran.status).toBe(status);
  });

  test('a table of participants without a factor is refused with the columns it needs', () => {
    const from = [
      '--from',
      planFile(trial, 'subject,site,day1\nA,CRT,2026-06-01\n', 'q.csv'),
      ...by,
    ];
    expect(randose('randomize', '--study', trial.study, ...from).stderr).toContain(
      'expected the columns subject,site,day1,sex,age and no others',
    );
  });
});

test('a study without factors accepts none', () => {
  const trial = allocated();
  const words = ['--subject', 'A', '--site', 'CRT', '--day1', '2026-06-01', '--factor', 'sex=F'];
  expect(randose('randomize', '--study', trial.study, ...words, ...by).stderr).toContain(
    'This study has no factors besides the site.',
  );
});

describe('a kit that somebody types', () => {
  const trial = enrolled(afterAll);
  const kits = readFileSync(join(trial.study, 'allocation/list.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',')[3]!);
  const kit = kits[6]!;
  const wrong = kit.slice(0, 2) + (kit[2] === 'A' ? 'C' : 'A') + kit.slice(3);
  const officer = ['--identity', trial.officer, '--reason', 'example'];
  const at = ['--study', trial.study];

  test.each<[string, string[]]>([
    ['check', []],
    ['calendar', []],
    ['unblind', officer],
  ])('%s finds its participant, however it is typed', (command, rest) => {
    for (const typed of [kit, kit.toLowerCase(), `${kit.slice(0, 3)}-${kit.slice(3)}`]) {
      const { stdout, status } = randose(command, ...at, ...rest, '--kit', typed);
      expect(status).toBe(0);
      expect(stdout).toContain('CRT-007');
    }
  });

  test.each<[string, string[]]>([
    ['check', []],
    ['calendar', []],
    ['unblind', officer],
  ])('%s distinguishes a mistyped code from a code of another trial', (command, rest) => {
    const mistyped = randose(command, ...at, ...rest, '--kit', wrong);
    expect(mistyped).toMatchObject({ status: 65, stdout: '' });
    expect(mistyped.stderr).toContain('is mistyped: its check character does not fit');
    // The first kit of fixtures/vectors/depil-2-sizes-3-6.json.
    const foreign = 'RA3XPKC';
    const other = randose(command, ...at, ...rest, '--kit', foreign);
    expect(other).toMatchObject({ status: 65, stdout: '' });
    expect(other.stderr).toContain(
      `kit code ${foreign} is correctly formed but is not in this study`,
    );
  });

  test('a kit that is given to nobody has no participant', () => {
    const fresh = allocated();
    const [, row = ''] = readFileSync(join(fresh.study, 'allocation/list.csv'), 'utf8').split('\n');
    const words = ['--study', fresh.study, '--kit', row.split(',')[3]!];
    expect(mustRun('check', ...words)).toContain('not assigned yet');
    expect(randose('calendar', ...words).stderr).toContain('no participant has kit');
  });

  test('either the subject or the kit is named, not both and not neither', () => {
    expect(randose('unblind', ...at, ...officer)).toMatchObject({ status: 64 });
    const both = ['--subject', 'CRT-001', '--kit', kit];
    expect(randose('unblind', ...at, ...officer, ...both)).toMatchObject({ status: 64 });
    expect(randose('calendar', ...at, ...both)).toMatchObject({ status: 64 });
  });
});
