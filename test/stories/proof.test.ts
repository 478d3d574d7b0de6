import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ageDecrypt,
  enrolled,
  FIXTURES,
  jsonOf,
  mustRun,
  planFile,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { ledgerOf } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

let trial: Trial;
let commitment: string;
/** Number → arm, by stock age or by the sealed list. */
let arms: Map<string, string>;

beforeAll(() => {
  trial = enrolled(afterAll);
  commitment = join(trial.folder, 'commitment.txt');
  mustRun('commitment', '--study', trial.study, '--output', commitment);
  const list = mustRun(
    'open',
    '--reason',
    'example',
    '--study',
    trial.study,
    '--identity',
    trial.statistician,
  );
  const rows = list.trimEnd().split('\n').slice(1);
  arms = new Map(rows.map((row) => [row.split(',')[0]!, row.split(',').at(-1)!]));
});

const officer = () => ['--identity', trial.officer, '--reason', 'example'];
const unblind = (subject: string, ...words: string[]) =>
  randose('unblind', '--study', trial.study, '--subject', subject, ...officer(), ...words);
const verify = (...words: string[]) => randose('verify', '--study', trial.study, ...words);

describe('a proof', () => {
  test('can be checked as its own text says, with bash and sha256sum, against what was published [R-032]', () => {
    const file = join(testFolder(), 'proof.txt');
    expect(unblind('CRT-007', '--proof', file).status).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    const script = text
      .split('\n')
      .filter((line) => line.startsWith('#   '))
      .map((line) => line.slice(4).replaceAll('FILE', `'${file}'`))
      .join('\n');
    const root = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim();
    expect(readFileSync(commitment, 'utf8')).toMatch(new RegExp(`^root +${root}$`, 'm'));
  });

  test('shows the arm of one participant, and nothing about the others [R-032]', () => {
    const file = join(testFolder(), 'proof.txt');
    unblind('CRT-007', '--proof', file);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(` ${arms.get('R007')} `);
    const list = readFileSync(join(trial.study, 'allocation/list.csv'), 'utf8');
    for (const row of list.trimEnd().split('\n').slice(1)) {
      const [number, , , kit] = row.split(',');
      if (number === 'R007') continue;
      expect(text).not.toContain(number);
      expect(text).not.toContain(kit);
    }
    const other = arms.get('R007') === 'ILT101' ? 'PLACEBO' : 'ILT101';
    expect(text).not.toContain(other);
  });

  test('is compared with the study, and refused if it was altered or belongs to another study', () => {
    const folder = testFolder();
    const file = join(folder, 'proof.txt');
    unblind('CRT-007', '--proof', file);
    expect(verify('--proof', file).stdout).toContain('proves the allocation of CRT-007, R007');
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '' || line.startsWith('#')) continue;
      const altered = line.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
      writeFileSync(file, lines.with(index, altered).join('\n'));
      expect(verify('--proof', file).status, line).toBe(1);
    }
    writeFileSync(file, text);
    const other = enrolled();
    expect(randose('verify', '--study', other.study, '--proof', file).stdout).toContain(
      'does not match a commitment of this study',
    );
    writeFileSync(file, text.replaceAll('DEPIL-2', 'DEPIL-3'));
    expect(verify('--proof', file).status).toBe(1); // its leaf was changed
  });

  test('of another study is the wrong file, and no verdict', () => {
    const file = join(trial.folder, 'CRT-002.proof');
    unblind('CRT-002', '--proof', file);
    const study = join(testFolder(), 'tst-1');
    cpSync(join(FIXTURES, 'two-sites'), study, { recursive: true });
    const plan = planFile(trial, 'blocks: { sizes: [3] }\n', 'threes.yaml');
    mustRun('allocate', '--study', study, '--plan', plan);
    expect(randose('verify', '--study', study, '--proof', file)).toMatchObject({
      status: 65,
      stdout: '',
      stderr: expect.stringContaining('is of DEPIL-2, and this study is TST-1') as string,
    });
  });
});

describe('a commitment', () => {
  test('is compared with the study, and stays the same whatever happens [R-031]', () => {
    const before = readFileSync(commitment, 'utf8');
    unblind('CRT-001');
    expect(mustRun('commitment', '--study', trial.study)).toBe(before);
    expect(before).not.toMatch(/ILT101|PLACEBO|3, 6/);
    expect(verify('--commitment', commitment).stdout).toContain('The study matches the commitment');
  });

  test('with a changed word in any line does not match this study [R-031]', () => {
    const altered = join(testFolder(), 'altered.txt');
    const lines = readFileSync(commitment, 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      writeFileSync(altered, lines.with(index, `${line}0`).join('\n'));
      // A file without its title or its study is not one of this study: that says nothing about the study.
      const isOurs = !/^(randose commitment|study)/.test(line);
      expect(verify('--commitment', altered).status, line).toBe(isOurs ? 1 : 65);
    }
  });

  test('of another study, or no commitment at all, is no verdict on this study', () => {
    const of = (text: string) => {
      const file = join(testFolder(), 'filed.txt');
      writeFileSync(file, text);
      return verify('--commitment', file);
    };
    const text = readFileSync(commitment, 'utf8');
    const elsewhere = of(text.replace(/DEPIL-2/g, 'MY-TRIAL'));
    expect([elsewhere.status, elsewhere.stdout]).toEqual([65, '']);
    expect(elsewhere.stderr).toContain('filed.txt is of MY-TRIAL, and this study is DEPIL-2');
    expect(elsewhere.stderr).toContain('Is it the wrong file');
    const none = of('Dear all,\n');
    expect([none.status, none.stdout]).toEqual([65, '']);
    expect(none.stderr).toContain('filed.txt is not a commitment');
    expect(none.stderr).toContain('from where it was filed');
    expect(none.stderr).not.toContain('randose commitment --');
    // Another list under the same id may have been put in the place of this one.
    const other = mustRun('commitment', '--study', enrolled().study);
    const { status, stdout } = of(other);
    expect(status).toBe(1);
    expect(stdout.match(/batch 1:/g)).toHaveLength(1);
    expect(stdout).toContain('batch 1: is of another list');
  });

  testWithTool(['openssl', 'version'])(
    'goes to a time-stamping authority as openssl reads it',
    () => {
      const folder = testFolder();
      const [text, request] = [join(folder, 'c.txt'), join(folder, 'c.tsq')];
      mustRun('commitment', '--study', trial.study, '--output', text, '--request', request);
      const read = execFileSync('openssl', ['ts', '-query', '-in', request, '-text'], {
        encoding: 'utf8',
      });
      expect(read).toMatch(/Hash Algorithm: sha256/);
      const digest = execFileSync('sha256sum', [text], { encoding: 'utf8' }).slice(0, 64);
      const shown = [...read.matchAll(/- ((?:[0-9a-f]{2}[ -]){16})/g)].map(([, hex]) => hex!);
      expect(shown.join('').replace(/[ -]/g, '')).toBe(digest);
      expect(randose('commitment', '--study', trial.study, '--output', text).status).toBe(73);
    },
  );
});

test('another file is neither a commitment nor a proof', () => {
  const pdf = join(testFolder(), 'cards.pdf');
  writeFileSync(pdf, Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0xfe]));
  expect(verify('--commitment', pdf).stderr).toContain(
    'is not a commitment: it begins with "randose commitment 1"',
  );
  expect(verify('--proof', pdf).stderr).toContain(
    'is not a proof: a proof has a line "randose proof 1"',
  );
  expect(verify('--proof', commitment).stdout).toContain(
    'is not a proof: it has no line "randose proof 1"',
  );
});

describe('an answer for somebody else', () => {
  const recipientOf = (file: string) => /age1\w+/.exec(readFileSync(file, 'utf8'))![0];

  testWithTool(['age', '--version'])(
    'is seen by nobody here, and opens with stock age [R-050]',
    () => {
      const lengths = new Set<number>();
      for (const subject of ['CRT-001', 'CRT-002', 'CRT-003', 'CRT-004', 'CRT-005', 'CRT-006']) {
        const ran = unblind(subject, '--to', recipientOf(trial.packer));
        expect(ran.status).toBe(0);
        expect(ran.stdout + ran.stderr).not.toMatch(/ILT101|PLACEBO|active/i);
        const file = join(testFolder(), 'answer.age');
        writeFileSync(file, ran.stdout);
        const text = ageDecrypt(trial.packer, file);
        // The way up the tree is of the place, which is public; all else is as long for every arm.
        lengths.add(text.replace(/^path .*\n/gm, '').length);
        const number = subject.replace('CRT-', 'R');
        expect(text).toContain(`\n#   ${arms.get(number)}  `);
        expect(text).toContain('Reason: example');
        // What is opened is a proof as it stands.
        const proof = join(testFolder(), 'proof.txt');
        writeFileSync(proof, text);
        expect(verify('--proof', proof).stdout).toContain(
          `proves the allocation of ${subject}, ${number}`,
        );
      }
      expect(lengths.size).toBe(1);
      expect(ledgerOf(trial.study).at(-2)).toMatchObject({ to: recipientOf(trial.packer) });
    },
  );

  testWithTool(['age', '--version'])('is not verified if its words are not what it proves', () => {
    const ran = unblind('CRT-003', '--to', recipientOf(trial.packer));
    const folder = testFolder();
    const [sealed, file] = [join(folder, 'answer.age'), join(folder, 'answer.txt')];
    writeFileSync(sealed, ran.stdout);
    const text = ageDecrypt(trial.packer, sealed);
    const arm = arms.get('R003')!;
    const other = arm === 'ILT101' ? 'PLACEBO' : 'ILT101';
    writeFileSync(file, text);
    const sound = verify('--proof', file);
    expect(sound.status).toBe(0);
    expect(sound.stdout).toContain(`It proves: ${arm}  `);
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith(`#   ${arm}  `));
    const verdictOn = (changed: readonly string[]) => {
      writeFileSync(file, changed.join('\n'));
      return verify('--proof', file);
    };
    const forged = verdictOn(lines.with(at, `#   ${other}  another name (active)`));
    expect(forged.status).toBe(1);
    expect(forged.stdout).toContain('NOT VERIFIED');
    expect(forged.stdout).toMatch(
      new RegExp(`:${at + 1}: says "${other}  another.*but what it proves is "${arm}  `),
    );
    const added = verdictOn([...lines.slice(0, -1), `# Correction: ${other}`, '']);
    expect(added.status).toBe(1);
    expect(added.stdout).toContain(`:${lines.length}: says "Correction: ${other}"`);
    expect(verdictOn(lines.map((line) => `${line.trimEnd()}\r`)).status).toBe(0);
  });

  test('goes to a file too, and to nobody whose recipient is wrong', () => {
    const file = join(testFolder(), 'answer.age');
    const to = recipientOf(trial.packer);
    const words = ['unblind', '--study', trial.study, '--subject', 'CRT-002', ...officer()];
    const data = jsonOf(...words, '--to', to, '--output', file);
    expect(JSON.stringify(data)).not.toMatch(/ILT101|PLACEBO|arm/);
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    const entries = ledgerOf(trial.study).length;
    const wrong = unblind('CRT-002', '--to', `${to.slice(0, -1)}q`);
    expect(wrong).toMatchObject({ status: 64, stdout: '' });
    expect(unblind('CRT-002', '--to', to, '--proof', join(testFolder(), 'p')).status).toBe(64);
    expect(ledgerOf(trial.study)).toHaveLength(entries);
  });
});

describe('all, after database lock', () => {
  const all = (...words: string[]) =>
    randose('unblind', '--all', '--study', trial.study, '--identity', trial.statistician, ...words);

  test('are given as the table that statisticians load, proven and made again from the seed [R-097]', () => {
    const file = join(testFolder(), 'unblinded.csv');
    const ran = all('--reason', 'database is locked', '--output', file);
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(ran.stderr).toContain('Proven: 18 of 18 slots');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'STUDYID,SUBJID,SITEID,STRATUM,RANDNO,KITNO,RANDDTC,DAY1DTC,ARMCD,ARM,ARMTYPE,WITHDDTC,WITHDFROM,RANDERR,RFXSTDTC,RFXENDTC,INJGIVEN,UNBLDTC,ACTARMCD,ACTARM,RANDSUBJ,SITECUR,REVLDTC,REPLACES,REPLBY',
    );
    const told = rows.map((row) => [row.split(',')[4]!, row.split(',')[8]!] as const);
    expect(new Map(told)).toEqual(arms);
    expect(ledgerOf(trial.study).slice(-2)).toMatchObject([
      { action: 'list opening intent', reason: 'database is locked' },
      { action: 'list opening outcome', result: 'opened' },
    ]);
  });

  test('need a reason, and no subject may be named', () => {
    expect(all('--reason', ' ')).toMatchObject({ status: 64, stdout: '' });
    expect(all('--reason', 'x', '--subject', 'CRT-001')).toMatchObject({ status: 64, stdout: '' });
    expect(all('--reason', 'x', '--output', join(trial.study, 'x.csv')).status).toBe(64);
    expect(existsSync(join(trial.study, 'x.csv'))).toBe(false);
  });
});
