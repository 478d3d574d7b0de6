import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import { mustRun, quicken, randose, RANDOSE } from '../support/command-line.ts';
import {
  custodyTrial,
  custodyTrialWith,
  type CustodyTrial,
  ledgerOf,
  replaceIn,
  sealAndEnrol,
} from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

function officersOf(count: number, needed: number, ...words: string[]): CustodyTrial {
  const custody = `threshold: ${needed} of ${count}`;
  return custodyTrialWith(['all officers', ...words].join(' '), custody, (made) => {
    for (let n = 1; n <= count; n += 1) {
      made.addPerson('officer', `O${n}`, '--study', made.study, ...words);
    }
  });
}

const PACKER = [
  ...['--role', 'packer', '--name', 'P'],
  ...['--recipient', 'age1cmwazmw7dra9hhxwqc67pshpg4tpsz6d3f8unpz3d74r8ne8xanqcmqw7k'],
];

const unblind = ({ study, key }: CustodyTrial, names: readonly string[], ...words: string[]) =>
  randose(
    ...['unblind', '--study', study, '--subject', 'CRT-001', '--reason', 'example'],
    ...['--identity', ...names.map(key), ...words],
  );

describe('a threshold of officers', () => {
  test.each([
    [3, 2],
    [7, 3],
  ])('of %i officers needs the right number of them, whoever they are', (of, needed) => {
    const made = officersOf(of, needed);
    sealAndEnrol(made);
    const all = Array.from({ length: of }, (_, index) => `O${index + 1}`);
    const refused = unblind(made, all.slice(0, needed - 1));
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(refused.stderr).toContain(`${needed} of ${of} officers are needed (O1, O2`);
    expect(ledgerOf(made.study).at(-1)).toMatchObject({ result: 'refused', error: 'wrong-key' });
    const opened = [all.slice(0, needed), all.slice(-needed).reverse()].map((names) =>
      unblind(made, names),
    );
    for (const { status, stdout } of opened) {
      expect(status).toBe(0);
      expect(stdout).toMatch(/^ {2}(ILT101|PLACEBO) /m);
    }
    expect(opened[0]!.stdout).toBe(opened[1]!.stdout);
    expect(ledgerOf(made.study).at(-2)).toMatchObject({
      action: 'code-break intent',
      key: all
        .slice(-needed)
        .map((name) => `${name}, officer`)
        .join('; '),
    });
  });

  testWithTool(['expect', '-v'])('does not count a key of another role, wherever it is', () => {
    const made = officersOf(3, 2);
    made.addPerson('card-maker', 'M', '--study', made.study);
    sealAndEnrol(made);
    const away = join(made.study, '..', 'away');
    mkdirSync(away);
    const moved = join(away, 'stick.txt');
    renameSync(made.key('M'), moved);
    const { status, text } = atTerminal(
      made.study,
      ['unblind', 'CRT-001'],
      [
        ['Which key?', moved],
        ['Which key?', `${made.key('O1')} ${made.key('O2')}`],
        ['Why?', 'SAE'],
        ['Open CRT-001?', 'y'],
      ],
    );
    expect(status, text).toBe(0);
    expect(text.replace(/\s+/g, ' ')).toContain("opens no envelope: use an officer's key");
    expect(text).not.toContain('1 of 2');
  });

  testWithTool(['expect', '-v'])('asks for one key after the other on a terminal', () => {
    const made = officersOf(3, 2);
    sealAndEnrol(made);
    const before = ledgerOf(made.study).length;
    const one = made.key('O1');
    const { status, text } = atTerminal(
      made.study,
      ['unblind', 'CRT-001'],
      [
        ['Which key?', one],
        ['And key 2 of 2?', `${one} ${one}`],
        ['And key 2 of 2?', made.key('O3')],
        ['Why?', 'SAE'],
        ['Open CRT-001?', 'y'],
      ],
    );
    expect(status, text).toBe(0);
    expect(text).toContain('1 of 2: ');
    expect(text.match(/This key is named already/g)).toHaveLength(1);
    expect(ledgerOf(made.study)).toHaveLength(before + 2);
  });

  testWithTool(['expect', '-v'])('says that more are needed before a passphrase', () => {
    const made = custodyTrial('threshold: 2 of 3');
    const file = join(made.trial.folder, 'passphrase');
    writeFileSync(file, 'a long passphrase\n');
    for (const name of ['O1', 'O2']) made.addPerson('officer', name, '--study', made.study);
    const key = made.key('O3');
    const about = ['--role', 'officer', '--name', 'O3', '--output', key, '--study', made.study];
    mustRun('keygen', ...about, '--passphrase-file', file);
    quicken(key, 'a long passphrase');
    sealAndEnrol(made);
    const { status, text } = atTerminal(
      made.study,
      ['unblind', 'CRT-001', '--identity', key, '--reason', 'SAE'],
      [
        ['And key 2 of 2?', made.key('O1')],
        ['Passphrase for', 'a long passphrase'],
      ],
    );
    expect(status, text).toBe(0);
    const said = text.replace(/\s+/g, ' ');
    expect(said).toContain(`2 officers are needed, and one key is named: ${key}.`);

    mustRun('people', 'add', '--study', made.study, ...PACKER);
    const before = ledgerOf(made.study).length;
    const rewrap = atTerminal(
      made.study,
      ['rewrap', '--identity', key, '--reason', 'a packer joins'],
      [['Passphrase for', '^C']],
    );
    expect(rewrap.text.replace(/\s+/g, ' ')).toMatch(
      /2 officers are needed, and one key is named: .*Passphrase for/,
    );
    expect(ledgerOf(made.study)).toHaveLength(before);
  });

  test('works if files of another group are damaged, or the manifest and the ledger are missing', () => {
    const made = officersOf(3, 2);
    sealAndEnrol(made);
    const { study } = made;
    const at = (name: string) => join(study, name);
    const arm = unblind(made, ['O1', 'O3']).stdout;
    rmSync(at('allocation/custody/1-2.age'));
    expect(unblind(made, ['O1', 'O3']).stdout).toBe(arm);
    expect(unblind(made, ['O1', 'O2', 'O3']).stdout).toBe(arm);
    const gone = unblind(made, ['O1', 'O2']);
    expect(gone).toMatchObject({ status: 65, stdout: '' });
    writeFileSync(at('allocation/custody/2-3.age'), 'damaged');
    expect(unblind(made, ['O1', 'O2', 'O3']).stdout).toBe(arm);
    const kit = readFileSync(at('allocation/list.csv'), 'utf8').split('\n')[1]!.split(',')[3]!;
    for (const name of ['study.yaml', 'ledger.jsonl', 'allocation/manifest.json']) rmSync(at(name));
    const words = ['unblind', '--study', study, '--kit', kit, '--reason', 'example'];
    const opened = randose(...words, '--identity', ...['O1', 'O3'].map(made.key));
    expect(opened.stdout).toContain('NOT PROVEN');
    expect(opened.stdout).toContain(arm.split('\n')[2]!);
    expect(randose(...words, '--identity', made.key('O1'))).toMatchObject({
      status: 77,
      stdout: '',
    });
  });

  test('opens the list together too, and it is made again from its seed', () => {
    const made = officersOf(3, 2);
    sealAndEnrol(made);
    const { study, key } = made;
    const open = (...names: string[]) =>
      randose('open', '--reason', 'example', '--study', study, '--identity', ...names.map(key));
    expect(open('O2')).toMatchObject({ status: 77, stdout: '' });
    expect(open('O2', 'O3').stdout.split('\n')).toHaveLength(20);
    const again = ['verify', '--study', study, '--regenerate', '--identity', key('O1'), key('O3')];
    expect(mustRun(...again)).toMatch(/match, 18 of 18 slots\.\nEvery envelope has the arm/);
  });

  testWithTool(['age', '--version'])('is opened by stock age, one key after the other', () => {
    const made = officersOf(3, 2);
    sealAndEnrol(made);
    const { study, key } = made;
    const allocation = join(study, 'allocation');
    expect(readdirSync(join(allocation, 'custody'))).toEqual(['1-2.age', '1-3.age', '2-3.age']);
    const words = `age -d -i ${key('O1')} custody/1-3.age | age -d -i ${key('O3')} | age -d -i - envelopes/R001.age`;
    const opened = execFileSync('sh', ['-c', words], { cwd: allocation, encoding: 'utf8' });
    expect(JSON.parse(opened)).toMatchObject({ randose: 'envelope', number: 'R001' });
  });

  testWithTool(['age', '--version'])('is opened as the page says, also after a rewrap', () => {
    const made = officersOf(3, 2);
    sealAndEnrol(made);
    const { study, key } = made;
    const page = readFileSync(join(import.meta.dirname, '../../docs/officer.md'), 'utf8');
    const printed = /(?: {4}\S.*\n)* {4}custody=.*\n(?: {4}\S.*\n)*/.exec(page)![0];
    const script = printed
      .replaceAll('R007', 'R001')
      .replaceAll('first.key', key('O1'))
      .replaceAll('third.key', key('O3'));
    const open = () => execFileSync('sh', ['-ec', script], { cwd: study, encoding: 'utf8' });
    const before = open();
    expect(JSON.parse(before)).toMatchObject({ randose: 'envelope', number: 'R001' });
    const keys = ['O1', 'O2'].map(key);
    const packer = [
      '--role',
      'packer',
      '--name',
      'P',
      '--recipient',
      made.addPerson('packer', 'P'),
    ];
    mustRun('people', 'add', '--study', study, ...packer);
    mustRun('rewrap', '--study', study, '--identity', ...keys, '--reason', 'example');
    expect(existsSync(join(study, 'allocation/rewrap-1/custody/1-3.age'))).toBe(true);
    expect(open()).toBe(before);
    expect(existsSync(join(study, 'study.key'))).toBe(false);
  });
});

describe('impossible custody is reported before anything is sealed', () => {
  const RULE = 'custody:\n  threshold: 2 of 3';
  const cases: [string, (made: CustodyTrial) => void, string][] = [
    ['too few officers', () => undefined, 'the threshold is 2 of 3 officers, but 2 are listed'],
    [
      'one of many',
      (made) => {
        edit(made, RULE, RULE.replace('2 of', '1 of'));
      },
      'such as 2 of 3',
    ],
    [
      'more than there are',
      (made) => {
        edit(made, RULE, RULE.replace('2 of', '4 of'));
      },
      'such as 2 of 3',
    ],
    [
      'nonsense',
      (made) => {
        edit(made, RULE, RULE.replace('2 of 3', 'most'));
      },
      'such as 2 of 3',
    ],
    [
      'both rules',
      (made) => {
        edit(made, RULE, `${RULE}\n  officers: any`);
      },
      'expected officers: any, or a threshold, but not both',
    ],
    [
      'one recipient in two roles',
      (made) => {
        const recipient = made.addPerson('packer', 'P');
        edit(made, 'packers: []', `packers:\n  - { name: P, recipient: ${recipient} }`);
        edit(made, 'cardMakers: []', `cardMakers:\n  - { name: Q, recipient: ${recipient} }`);
      },
      'this is the key of "P", under packers: one key has one person and one role',
    ],
    [
      'classic and post-quantum mixed',
      (made) => {
        const recipient = made.addPerson('packer', 'P', '--post-quantum');
        edit(made, 'packers: []', `packers:\n  - { name: P, recipient: ${recipient} }`);
      },
      'are mixed',
    ],
    [
      'a recipient with a wrong character',
      (made) => {
        edit(made, 'packers: []', 'packers:\n  - { name: P, recipient: age1qqqq }');
      },
      'not an age recipient',
    ],
  ];
  const edit = ({ study }: CustodyTrial, from: string, to: string) => {
    replaceIn(join(study, 'study.yaml'), from, to);
  };

  test.each(cases)('%s', (_, change, message) => {
    const made = custodyTrial('threshold: 2 of 3');
    for (const name of ['O1', 'O2']) made.addPerson('officer', name, '--study', made.study);
    change(made);
    const plan = join(made.trial.folder, 'made-plan.yaml');
    const refused = randose('allocate', '--study', made.study, '--plan', plan);
    expect(refused.status).toBe(78);
    expect(refused.stderr).toContain(message);
    expect(existsSync(join(made.study, 'allocation'))).toBe(false);
  });

  test('a statistician beside a threshold', () => {
    const made = officersOf(2, 2);
    const refused = randose(
      ...['keygen', '--role', 'statistician', '--name', 'S', '--output', made.key('S')],
      ...['--study', made.study, '--no-passphrase'],
    );
    expect(refused.status).toBe(64);
    expect(refused.stderr).toContain('with a threshold nobody can open the list alone');
    expect(existsSync(made.key('S'))).toBe(false);
  });
});

test('post-quantum keys seal and open all of a study', () => {
  const made = custodyTrial();
  for (const role of ['officer', 'packer', 'card-maker'] as const) {
    made.addPerson(role, role, '--study', made.study, '--post-quantum');
  }
  sealAndEnrol(made);
  expect(unblind(made, ['officer']).status).toBe(0);
  const sheet = join(made.trial.folder, 'cards.pdf');
  mustRun('cards', '--study', made.study, '--identity', made.key('card-maker'), '--output', sheet);
  mustRun('verify', '--study', made.study, '--regenerate', '--identity', made.key('officer'));
});

describe('passphrases', () => {
  const made = () =>
    custodyTrialWith('passphrases, two participants', 'threshold: 2 of 2', (of) => {
      for (const name of ['O1', 'O2']) {
        writeFileSync(join(of.trial.folder, 'new'), `the words of ${name}\n`);
        mustRun(
          ...['keygen', '--role', 'officer', '--name', name, '--output', of.key(name)],
          ...['--study', of.study, '--passphrase-file', join(of.trial.folder, 'new')],
        );
        quicken(of.key(name), `the words of ${name}`);
      }
      sealAndEnrol(of);
    });

  test('come from a file or a descriptor, one line for each key', () => {
    const of = made();
    const file = join(of.trial.folder, 'passphrases');
    writeFileSync(file, 'the words of O1\nthe words of O2\n');
    expect(unblind(of, ['O1', 'O2'], '--passphrase-file', file).status).toBe(0);
    expect(unblind(of, ['O2', 'O1'], '--passphrase-file', file)).toMatchObject({ status: 77 });
    const words = ['unblind', '--study', of.study, '--subject', 'CRT-001', '--reason', 'example'];
    const keys = ['--identity', of.key('O1'), of.key('O2'), '--passphrase-fd', '3'];
    const line = [process.execPath, RANDOSE, ...words, ...keys]
      .map((word) => `'${word}'`)
      .join(' ');
    const { status, stdout } = spawnSync('sh', ['-c', `${line} 3< '${file}'`], {
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/ILT101|PLACEBO/);
  });

  test('that are missing are reported, and so is a key that is named twice', () => {
    const of = made();
    const file = join(of.trial.folder, 'passphrases');
    writeFileSync(file, 'the words of O1\n');
    const short = unblind(of, ['O1', 'O2'], '--passphrase-file', file);
    expect(short).toMatchObject({ status: 64, stdout: '' });
    expect(short.stderr).toContain('line 2 of');
    writeFileSync(file, 'the words of O1\nthe words of O1\n');
    const twice = unblind(of, ['O1', 'O1'], '--passphrase-file', file);
    expect(twice).toMatchObject({ status: 64, stdout: '' });
    expect(twice.stderr).toContain('have the same key');
    const closed = unblind(of, ['O1', 'O2'], '--passphrase-fd', '9');
    expect(closed).toMatchObject({ status: 64, stdout: '' });
    expect(closed.stderr).toContain('cannot read from file descriptor 9');
  });
});
