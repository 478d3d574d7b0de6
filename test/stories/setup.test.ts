import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';
import { readStudy } from '../../src/study/study-file.ts';
import {
  FIXTURES,
  allocated,
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  planFile,
  randose,
  randoseIn,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { enrolOne } from '../support/custody.ts';
import { sealFor } from '../../src/blinding/seal.ts';
import { testWithTool } from '../support/tools.ts';
import { execFileSync } from 'node:child_process';

/** The first line of a file. */
function firstLine(file: string): string {
  return readFileSync(file, 'utf8').split('\n', 1)[0]!;
}

describe('init', () => {
  test('says whose the template is, and allocate warns of another study with its id', () => {
    const folder = testFolder();
    const at = (name: string) => join(folder, name);
    const made = randose('init', at('first'), '--plan', at('first.yaml'));
    expect(made.stderr).toContain('change study.id first, and the same name in the plan');
    expect(randose('init', at('alone')).stderr).toContain('change study.id first; then title');
    const key = (name: string) => ['--output', at(`${name}.key`), '--study', at(name)];
    const draw = (name: string) =>
      randose('allocate', '--study', at(name), '--plan', at(`${name}.yaml`), '--by', 'A. Example');
    mustRun('init', at('my-trial'), '--plan', at('my-trial.yaml'));
    for (const name of ['first', 'my-trial']) {
      mustRun('keygen', '--role', 'officer', '--name', 'A', '--no-passphrase', ...key(name));
    }
    expect(draw('first').stderr).not.toContain('another study with the id');
    const warned = draw('my-trial');
    expect([warned.status, warned.stderr]).toEqual([
      0,
      expect.stringContaining('another study with the id DEPIL-2 was used on this machine, in '),
    ]);
    expect(warned.stderr).toContain('change study.id in study.yaml first');
  });

  test('warns if the labels of another study would name the product of the template', () => {
    const folder = testFolder();
    const at = (name: string) => join(folder, name);
    mustRun('init', at('rheuma'), '--plan', at('plan.yaml'));
    const words = ['--name', 'A', '--no-passphrase', '--output', at('o.key')];
    mustRun('keygen', '--role', 'officer', ...words, '--study', at('rheuma'));
    const replaceId = (file: string) => {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('DEPIL-2\n', 'RHEUMA-1\n'));
    };
    replaceId(join(at('rheuma'), 'study.yaml'));
    replaceId(at('plan.yaml'));
    const { status, stderr } = randose(
      ...['allocate', '--study', at('rheuma'), '--plan', at('plan.yaml'), '--by', 'A. Example'],
    );
    expect(status, stderr).toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'the labels of RHEUMA-1 would name "ILT101 1 MUI ou placebo", the product of the template',
    );
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'Next: file the commitment before the first participant',
    );
  });

  test('is refused at once if --output or --plan is the name of a folder', () => {
    const folder = testFolder();
    mustRun('init', join(folder, 'x'), '--plan', join(folder, 'plan.yaml'));
    mkdirSync(join(folder, 'there'));
    for (const words of [
      ['init', 'y', '--plan', 'there'],
      ['keygen', '--name', 'Example', '--no-passphrase', '--output', 'there'],
      ['assess', '--study', 'x', '--plan', 'plan.yaml', '--output', 'there'],
      ['labels', '--calibrate', '--sheet', 'L7163', '--output', 'there'],
    ]) {
      expect(randoseIn(folder, ...words).stderr).toBe(
        'error: there is a folder, not a file\nName a file, in that folder or elsewhere. Nothing was written.\n',
      );
    }
  });

  test('says that allocate needs a plan, and what to do if something is there already', () => {
    const folder = testFolder();
    const line = 'blocks: { sizes: [3, 6] }';
    const said = (...words: string[]) => randoseIn(folder, 'init', ...words).stderr;
    const alone = said('alone');
    expect(alone).toContain('allocate also needs a plan with the block sizes');
    expect(alone).toContain(`write it into a file outside alone, with this line: ${line}`);
    expect(said('both', '--plan', 'plan.yaml')).not.toContain('also needs a plan');
    expect(said('alone')).toBe(
      'error: alone/study.yaml exists already\nNothing was written. Choose another folder.\n',
    );
    expect(said('alone', '--plan', 'late.yaml')).toBe(
      `error: alone/study.yaml exists already\nNothing was written. Choose another folder. If only the plan is missing, write it into a file outside alone, with this line: ${line}\n`,
    );
    expect(said('third', '--plan', 'plan.yaml')).toBe(
      'error: plan.yaml exists already\nNothing was written. Choose another name for the plan; or keep this one, without --plan.\n',
    );
  });

  test('writes the schemas for editors, which a rehearsal gets too', () => {
    const folder = testFolder();
    const at = (...names: string[]) => join(folder, ...names);
    const made = jsonOf('init', at('one'), '--plan', at('plans', 'one.yaml'));
    const schema = mustRun('schema', 'study');
    expect(made.schemas).toEqual([at('one', 'study.schema.json'), at('plans', 'plan.schema.json')]);
    expect(readFileSync(at('one', 'study.schema.json'), 'utf8')).toBe(schema);
    expect(readFileSync(at('plans', 'plan.schema.json'), 'utf8')).toBe(mustRun('schema', 'plan'));
    expect(firstLine(at('one', 'study.yaml'))).toBe(
      '# yaml-language-server: $schema=./study.schema.json',
    );
    expect(firstLine(at('plans', 'one.yaml'))).toBe(
      '# yaml-language-server: $schema=./plan.schema.json',
    );
    expect(randose('schema', 'study', '--output', at('one', 'study.schema.json'))).toMatchObject({
      status: 73,
      stderr: expect.stringContaining('To replace it, add --force.') as string,
    });
    mustRun('schema', 'study', '--output', at('one', 'study.schema.json'), '--force');
    expect(readFileSync(at('one', 'study.schema.json'), 'utf8')).toBe(schema);
    // Both plans have the same schema.
    writeFileSync(at('plans', 'plan.schema.json'), 'kept');
    mustRun('init', at('two'), '--plan', at('plans', 'two.yaml'));
    expect(readFileSync(at('plans', 'plan.schema.json'), 'utf8')).toBe('kept');
    mustRun('allocate', '--rehearsal', '--study', at('one'), '--plan', at('plans', 'one.yaml'));
    expect(readFileSync(at('DUMMY-one', 'study.schema.json'), 'utf8')).toBe(schema);
    const rehearsal = ['--study', at('DUMMY-one'), '--rehearsal'];
    expect(mustRun('verify', ...rehearsal)).not.toContain('is not a file of the study');
  });

  test('a schema that is edited or missing changes nothing after sealing', () => {
    const trial = allocated();
    const file = join(trial.study, 'study.yaml');
    const line = '# yaml-language-server: $schema=https://example.org/other.json';
    writeFileSync(file, `${line}\n${readFileSync(file, 'utf8')}`);
    writeFileSync(join(trial.study, 'study.schema.json'), 'not a schema');
    enrolOne(trial.study, 'CRT-001');
    expect(randose('verify', '--study', trial.study).status).toBe(0);
    rmSync(join(trial.study, 'study.schema.json'));
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });

  test('overwrites nothing', () => {
    const folder = testFolder();
    const study = join(folder, 'study');
    mustRun('init', study);
    writeFileSync(join(folder, 'plan.yaml'), 'mine');
    expect(randose('init', study)).toMatchObject({ status: 73 });
    expect(
      randose('init', join(folder, 'other'), '--plan', join(folder, 'plan.yaml')),
    ).toMatchObject({
      status: 73,
    });
    expect(readFileSync(join(folder, 'plan.yaml'), 'utf8')).toBe('mine');
  });

  test('makes the folder for the plan, and refuses a folder that already has a trial', () => {
    const folder = testFolder();
    mustRun('init', join(folder, 'study'), '--plan', join(folder, 'confidential', 'plan.yaml'));
    expect(statSync(join(folder, 'confidential', 'plan.yaml')).mode & 0o777).toBe(0o600);
    const trial = allocated();
    rmSync(join(trial.study, 'study.yaml'));
    expect(randose('init', trial.study)).toMatchObject({ status: 73 });
    const lost = randose('status', '--study', trial.study);
    expect(lost.status).toBe(66);
    expect(lost.stderr).toContain('randose study --restore');
    expect(randose('init', '')).toMatchObject({ status: 64 });
  });

  test('refuses a plan inside the study folder', () => {
    const folder = testFolder();
    const plan = join(folder, 'study', 'plan.yaml');
    const { status, stderr } = randose('init', join(folder, 'study'), '--plan', plan);
    expect(status).toBe(64);
    expect(stderr).toContain('is inside the study folder');
  });
});

describe('keygen', () => {
  const words = (trial: { folder: string }, name = 'new') => [
    ...['keygen', '--role', 'officer', '--name', 'New Officer'],
    ...['--output', join(trial.folder, `${name}.key`)],
  ];

  test('prints the recipient alone, and writes a key that only its owner may read [R-035]', () => {
    const trial = depil2();
    const { status, stdout, stderr } = randose(...words(trial), '--no-passphrase');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^age1[02-9ac-hj-np-z]{58}\n$/);
    expect(statSync(join(trial.folder, 'new.key')).mode & 0o777).toBe(0o600);
    const key = readFileSync(join(trial.folder, 'new.key'), 'utf8');
    expect(key).toContain(`# public key: ${stdout}`);
    expect(key).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/m);
    expect(stderr).not.toContain('AGE-SECRET-KEY');
  });

  test('with --study adds the person to study.yaml and keeps all else', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    const before = readFileSync(file, 'utf8');
    const recipient = mustRun(...words(trial), '--no-passphrase', '--study', trial.study).trim();
    const added = `  - name: New Officer\n    recipient: ${recipient}\n`;
    expect(readFileSync(file, 'utf8')).toBe(
      before.replace('statisticians:\n', `${added}statisticians:\n`),
    );
  });

  test('after allocate refuses, and makes no key', () => {
    const trial = allocated();
    const { status, stderr } = randose(...words(trial), '--no-passphrase', '--study', trial.study);
    expect(status).toBe(73);
    expect(stderr).toContain('the list is already sealed, for the people who were listed then');
    expect(() => statSync(join(trial.folder, 'new.key'))).toThrow();
  });

  test('never overwrites a key, and never writes one into a study folder [R-035]', () => {
    const trial = depil2();
    mustRun(...words(trial), '--no-passphrase');
    expect(randose(...words(trial), '--no-passphrase').status).toBe(73);
    const inside = [...words(trial).slice(0, -1), join(trial.study, 'officer.key')];
    const { status, stderr } = randose(...inside, '--no-passphrase');
    expect(status).toBe(64);
    expect(stderr).toContain('is inside the study folder');
  });

  test('refuses somebody who is an officer already, and makes no key', () => {
    const trial = depil2();
    const same = words(trial).map((word) => (word === 'New Officer' ? 'example officer' : word));
    const { status, stderr } = randose(...same, '--no-passphrase', '--study', trial.study);
    expect(status).toBe(64);
    expect(stderr).toContain('study.yaml already has "example officer" under officers');
    expect(() => statSync(join(trial.folder, 'new.key'))).toThrow();
  });

  test('asks for a passphrase unless a flag says otherwise, and says so if it cannot ask', () => {
    const trial = depil2();
    const { status, stderr } = randose(...words(trial));
    expect(status).toBe(64);
    expect(stderr).toContain('a passphrase is needed, but there is no terminal to ask on');
  });

  test('takes a passphrase from a file; the key then opens with it alone', () => {
    const trial = depil2();
    const passphrase = join(trial.folder, 'passphrase');
    writeFileSync(passphrase, 'four random words here\n');
    mustRun(...words(trial), '--passphrase-file', passphrase, '--study', trial.study);
    const key = join(trial.folder, 'new.key');
    expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    const { study } = trial;
    mustRun('randomize', '--study', study, '--from', trial.participants, '--by', 'Example');
    const open = [
      'unblind',
      '--study',
      study,
      '--subject',
      'CRT-001',
      '--identity',
      key,
      '--reason',
      'x',
    ];
    expect(mustRun(...open, '--passphrase-file', passphrase)).toMatch(/ILT101|PLACEBO/);
    writeFileSync(passphrase, 'another one\n');
    const wrong = randose(...open, '--passphrase-file', passphrase);
    expect(wrong).toMatchObject({ status: 77, stdout: '' });
    expect(wrong.stderr).toContain('the passphrase does not open');
    expect(randose(...open)).toMatchObject({ status: 64, stdout: '' });
  });

  test('refuses --no-passphrase together with --passphrase-file', () => {
    const trial = depil2();
    const both = ['--no-passphrase', '--passphrase-file', join(trial.folder, 'passphrase')];
    expect(randose(...words(trial), ...both).status).toBe(64);
  });

  test('refuses a passphrase that is too short', () => {
    const trial = depil2();
    const passphrase = join(trial.folder, 'passphrase');
    writeFileSync(passphrase, 'short\n');
    expect(randose(...words(trial), '--passphrase-file', passphrase).status).toBe(64);
  });
});

testWithTool(['expect', '-v'])(
  'a passphrase is asked on the terminal, twice, without echo [R-036]',
  () => {
    const folder = testFolder();
    const key = join(folder, 'officer.key');
    const cli = join(FIXTURES, '..', 'dist', 'randose.cjs');
    const script = `
    set timeout 30
    spawn {${process.execPath}} {${cli}} keygen --role officer --name Example --output {${key}}
    expect "New passphrase"
    send "four random words here\\r"
    expect "Repeat the passphrase"
    send "four random words here\\r"
    expect eof
    catch wait result
    exit [lindex $result 3]`;
    const seen = execFileSync('expect', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(seen).toMatch(/age1[0-9a-z]{58}/);
    expect(seen).not.toContain('four random');
    expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  },
);

testWithTool(['expect', '-v'])(
  'stock age takes a key under a passphrase, and asks for it',
  async () => {
    const folder = testFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('passphrase'), 'four random words here\n');
    const words = ['--role', 'officer', '--name', 'Example', '--output', at('officer.key')];
    const recipient = mustRun('keygen', ...words, '--passphrase-file', at('passphrase')).trim();
    writeFileSync(at('sealed.age'), await sealFor([recipient])('what was sealed'));
    const script = `
    set timeout 30
    spawn age -d -i {${at('officer.key')}} {${at('sealed.age')}}
    expect "passphrase"
    send "four random words here\\r"
    expect eof`;
    const seen = execFileSync('expect', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      timeout: 45_000,
    });
    expect(seen).toContain('what was sealed');
  },
);

testWithTool(['age-keygen', '--version'])('a key that age-keygen made is as good', () => {
  const trial = depil2();
  const key = join(trial.folder, 'age.key');
  execFileSync('age-keygen', ['-o', key], { stdio: 'ignore' });
  const recipient = /public key: (\S+)/.exec(readFileSync(key, 'utf8'))![1]!;
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  const added = `officers:\n  - name: Own Key\n    recipient: ${recipient}\n`;
  writeFileSync(file, text.replace('officers:\n', added));
  const { study } = trial;
  mustRun('allocate', '--study', study, '--plan', trial.plan);
  mustRun('randomize', '--study', study, '--from', trial.participants, '--by', 'Example');
  const open = ['unblind', '--study', study, '--subject', 'CRT-001', '--identity', key];
  expect(mustRun(...open, '--reason', 'x')).toMatch(/ILT101|PLACEBO/);
});

describe('what is wrong in study.yaml and in the plan', () => {
  test('is reported all at once, each error with its file, line and column [R-013]', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('ratio: 2', 'ratio: 0'));
    const plan = join(trial.folder, 'plan.yaml');
    writeFileSync(plan, 'blocks:\n  sizes: [3, x]\n  size: 4\n');
    const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', plan);
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /study\.yaml:\d+:12: arms\[0\]\.ratio: expected a whole number from 1 to 100/,
    );
    expect(stderr).toContain(`${plan}:2:14: blocks.sizes[1]: expected a whole number`);
    expect(stderr).toContain(`${plan}:3:3: blocks.size: unknown key`);
    expect(stderr).toContain('Nothing was changed.');
  });

  test('includes errors of the plan, even if study.yaml has other errors', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/ {2}sponsor: .*\n/, ''));
    const plan = join(trial.folder, 'plan.yaml');
    writeFileSync(plan, 'blocks: { sizes: [4] }\n');
    const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', plan);
    expect(status).toBe(78);
    expect(stderr).toMatch(/study\.yaml:\d+:3: study\.sponsor is missing/);
    expect(stderr).toContain(`${plan}:1:19: block size 4 is not a multiple of 3`);
  });

  test('never repeats a secret key that was named by mistake', () => {
    const trial = depil2();
    for (const more of [[], ['--json']]) {
      const key = /AGE-SECRET-KEY-1\w+/.exec(readFileSync(trial.officer, 'utf8'))![0];
      const plan = planFile(trial, `blocks: ${key}\n`);
      const words = ['--study', trial.study, '--plan', plan, ...more];
      const { status, stdout, stderr } = randose('allocate', ...words);
      expect(status).toBe(78);
      expect(stdout + stderr).toContain('AGE-SECRET-KEY-(hidden)');
      expect(stdout + stderr).not.toMatch(/AGE-SECRET-KEY-1/);
    }
  });

  test('a block size that does not fit says which would', () => {
    const trial = depil2();
    const plan = join(trial.folder, 'plan.yaml');
    writeFileSync(plan, 'blocks: { sizes: [4] }\n');
    const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', plan);
    expect(status).toBe(78);
    expect(stderr).toContain(
      `${plan}:1:19: block size 4 is not a multiple of 3, as the ratio 2:1 requires; 3 or 6 would fit`,
    );
  });

  test('a code that other programs would read differently needs quotes before it is sealed, not after', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    const edit = (from: RegExp, to: string) => {
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
    };
    edit(/\bCRT$/gm, 'NO');
    const words = ['--study', trial.study, '--plan', trial.plan];
    for (const command of [['allocate'], ['assess'], ['allocate', '--dummy']]) {
      const { status, stderr } = randose(...command, ...words);
      expect(status).toBe(78);
      expect(stderr).toMatch(
        /study\.yaml:\d+:11: write "NO" in quotes: many programs read NO as false/,
      );
    }
    edit(/: NO$/gm, ': "NO"');
    mustRun('allocate', ...words);
    edit(/: "NO"$/gm, ': NO');
    const subject = ['--subject', 'NO-001'];
    const by = ['--by', 'Example Coordinator'];
    mustRun(
      'randomize',
      '--study',
      trial.study,
      ...subject,
      '--site',
      'NO',
      '--day1',
      '2026-06-01',
      ...by,
    );
    const officer = ['--identity', trial.officer, '--reason', 'example'];
    mustRun('unblind', '--study', trial.study, ...subject, ...officer);
    mustRun('verify', '--study', trial.study, '--regenerate', '--identity', trial.officer);
  });

  test('an id that marks a rehearsal is refused for a trial', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('id: DEPIL-2', 'id: DUMMY'));
    const plan = join(trial.folder, 'plan.yaml');
    writeFileSync(plan, 'blocks: { sizes: [3, 6] }\n');
    for (const more of [[], ['--dummy']]) {
      const words = ['--study', trial.study, '--plan', plan, ...more];
      const { status, stderr } = randose('allocate', ...words);
      expect(status).toBe(78);
      expect(stderr).toContain('DUMMY marks a rehearsal: choose another id than "DUMMY"');
    }
  });

  test('a study that names no officer, or a plan in its folder, is refused', () => {
    const folder = testFolder();
    const study = join(folder, 'study');
    mustRun('init', study, '--plan', join(folder, 'plan.yaml'));
    const nobody = randose('allocate', '--study', study, '--plan', join(folder, 'plan.yaml'));
    expect(nobody.status).toBe(78);
    expect(nobody.stderr).toMatch(
      /study\.yaml:\d+:11: officers: nobody is listed, so nobody could open an envelope/,
    );
    writeFileSync(join(study, 'plan.yaml'), 'blocks: { sizes: [3] }');
    const inside = randose('allocate', '--study', study, '--plan', join(study, 'plan.yaml'));
    expect(inside.status).toBe(64);
  });
});

describe('a plan', () => {
  const refusal = (trial: Trial, plan: string) => {
    const { status, stderr } = randose('allocate', '--study', trial.study, '--plan', plan);
    return `${status} ${stderr}`;
  };

  test('that is not there: the file of a similar name, and what a plan is', () => {
    const trial = depil2();
    planFile(trial, 'blocks: { sizes: [3, 6] }\n', 'plan.yaml');
    const said = refusal(trial, join(trial.folder, 'plan.yml'));
    expect(said).toMatch(/^66 /);
    expect(said).toContain(`Did you mean ${join(trial.folder, 'plan.yaml')}?`);
    expect(said).toContain('blocks: { sizes: [3, 6] }');
  });

  test('that is the study says so, inside the study folder and outside it', () => {
    const trial = depil2();
    const file = join(trial.study, 'study.yaml');
    expect(refusal(trial, file)).toContain(`${file} is a study, not a plan`);
    expect(refusal(trial, trial.officer)).toContain(`${trial.officer} is not a plan`);
    const copy = planFile(trial, readFileSync(file, 'utf8'), 'copy.yaml');
    expect(refusal(trial, copy)).toContain(`${copy} is a study, not a plan`);
  });

  test.each(['blocks: { sizes: [3], seed: 1 }\n', 'seed: 1\nblocks: { sizes: [3] }\n'])(
    'with a seed is refused: %j',
    (text) => {
      const trial = depil2();
      expect(refusal(trial, planFile(trial, text))).toContain(
        'seed: the seed is drawn from the operating system and cannot be given',
      );
    },
  );

  test('is no study: randose does not offer to make one there', () => {
    const { stderr } = randose('status', '--study', depil2().plan);
    expect(stderr).toContain('Name the study folder: the one with study.yaml in it.');
    expect(stderr).not.toContain('randose init');
  });
});

test('allocate names who is missing, and after a list how to begin again', () => {
  const trial = depil2();
  const file = join(trial.study, 'study.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/statisticians:\n(?: .*\n)+/, 'statisticians: []\n'));
  const words = ['allocate', '--study', trial.study, '--plan', trial.plan];
  const { stderr } = randose(...words);
  expect(stderr).toContain('study.yaml names no statistician: only officers can open the list.');
  expect(stderr).toContain('names no card maker: the code-break cards are sealed to the officers');
  const example =
    'example keys, which are published with randose, for Example Officer and Example Packer';
  for (const said of [stderr, randose('status', '--study', trial.study).stderr]) {
    expect(said.replace(/\s+/g, ' ')).toContain(example);
  }
  expect(randose(...words).stderr).toContain('make the study again in another folder');
});

test('a key of another kind than those of the study is refused before it is made', () => {
  const trial = depil2();
  const file = join(trial.folder, 'pq.key');
  const words = ['--role', 'officer', '--name', 'New', '--output', file, '--no-passphrase'];
  const before = readFileSync(join(trial.study, 'study.yaml'), 'utf8');
  const refused = randose('keygen', ...words, '--post-quantum', '--study', trial.study);
  expect(refused).toMatchObject({ status: 64, stdout: '' });
  const said = refused.stderr.replaceAll(/\s+/g, ' ');
  expect(said).toContain('the keys of study.yaml are classic, and this one would be post-quantum');
  expect(said).toContain('No key was made. All keys of a study must be of one kind');
  expect(said).toMatch(/Leave --post-quantum out .* delete all \d people from study\.yaml/);
  expect(existsSync(file)).toBe(false);

  const { recipient } = jsonOf('keygen', ...words, '--post-quantum') as { recipient: string };
  const add = ['people', 'add', '--role', 'officer', '--name', 'New', '--recipient', recipient];
  const sent = randose(...add, '--study', trial.study);
  expect(sent.status).toBe(64);
  expect(sent.stderr).toContain(
    'Ask New for a classic key: randose keygen without --post-quantum.',
  );
  expect(readFileSync(join(trial.study, 'study.yaml'), 'utf8')).toBe(before);
});

test('keys of two kinds in study.yaml are one problem', () => {
  const trial = depil2();
  const file = join(trial.folder, 'pq.key');
  const words = ['--role', 'officer', '--name', 'New', '--output', file, '--no-passphrase'];
  const { recipient } = jsonOf('keygen', ...words, '--post-quantum') as { recipient: string };
  const was = /recipient: (age1\w+)/.exec(readFileSync(join(trial.study, 'study.yaml'), 'utf8'));
  editStudy(trial, [was![1]!, recipient]);
  const { status, stderr } = randose('status', '--study', trial.study);
  expect(status).toBe(78);
  expect(stderr.match(/are mixed/g)).toHaveLength(1);
});

test('every example of the statistician’s page that is YAML can be read', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/statistician.md'), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const template = parse(STUDY_TEMPLATE) as Record<string, unknown>;
  let read = 0;
  for (const block of blocks) {
    const example = parse(block) as Record<string, unknown>;
    if (!('schedule' in example)) continue;
    const text = stringify({ ...template, ...example });
    expect(readStudy(text, 'study.yaml'), block).toMatchObject({ ok: true });
    read += 1;
  }
  expect(blocks.length).toBeGreaterThan(8);
  expect(read).toBe(18);
});
