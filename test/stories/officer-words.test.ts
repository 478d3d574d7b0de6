import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atTerminal } from '../support/at-terminal.ts';
import {
  editStudy,
  enrolled,
  kitsOfTrial,
  mustRun,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';
import { custodyTrial, ledgerOf, replaceIn, sealAndEnrol } from '../support/custody.ts';
import { testWithTool } from '../support/tools.ts';

/** What an officer is told: before and after a code-break, a rewrap, and a new person. */
let trial: Trial;

beforeAll(() => {
  trial = enrolled(afterAll);
});

function copyOf(folder: string): string {
  const study = join(testFolder(), 'depil-2');
  cpSync(folder, study, { recursive: true });
  return study;
}

const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
const withKey = () => ['--identity', trial.officer, '--by', 'E. Example', '--reason', 'SAE'];

describe('why a code-break is not in the ledger', () => {
  test.each<[string, (file: string) => void, RegExp]>([
    ['missing', () => undefined, /IS NOT IN THE LEDGER: ledger\.jsonl is missing/],
    [
      'a folder',
      (file) => {
        mkdirSync(file);
      },
      /IS NOT IN THE LEDGER: ledger\.jsonl/,
    ],
  ])('%s: not that it is an older one', (_, make, said) => {
    const study = copyOf(trial.study);
    rmSync(join(study, 'ledger.jsonl'));
    make(join(study, 'ledger.jsonl'));
    const { status, stderr } = randose(
      'unblind',
      '--number',
      'R007',
      '--study',
      study,
      ...withKey(),
    );
    expect(status, stderr).toBe(0);
    expect(flat(stderr)).toMatch(said);
    expect(stderr).not.toContain('is an older one');
  });
});

describe('a participant and the kit in their hands', () => {
  const kit = (index: number) => kitsOfTrial(trial)[index]!;

  test.each<[string, () => string[]]>([
    ['id', () => ['CRT-007', '--kit', kit(6)]],
    ['--subject', () => ['--subject', 'CRT-007', '--kit', kit(6).toLowerCase()]],
    ['--number', () => ['--number', 'R007', '--kit', kit(6)]],
  ])('that agree, by %s: opened', (_, words) => {
    const study = copyOf(trial.study);
    const opened = randose('unblind', ...words(), '--study', study, ...withKey());
    expect(opened.status, opened.stderr).toBe(0);
    expect(opened.stdout).toContain('Subject CRT-007, randomization number R007');
    expect(ledgerOf(study).at(-2)).toMatchObject({ subject: 'CRT-007', number: 'R007' });
  });

  test('that do not agree: who has the kit, and nothing is entered', () => {
    const words = ['unblind', 'CRT-007', '--kit', kit(7), '--study', trial.study];
    const refused = randose(...words, ...withKey());
    expect(refused).toMatchObject({ status: 64, stdout: '' });
    expect(flat(refused.stderr)).toContain(
      `kit ${kit(7)} is that of CRT-008 (R008), not of CRT-007`,
    );
    expect(ledgerOf(trial.study).at(-1)).toMatchObject({ action: 'randomization' });
  });

  test('the ledger missing: the kit decides, and that is said', () => {
    const study = copyOf(trial.study);
    rmSync(join(study, 'ledger.jsonl'));
    const words = ['unblind', 'CRT-007', '--kit', kit(6), '--study', study];
    const opened = randose(...words, ...withKey());
    expect(opened.status, opened.stderr).toBe(0);
    expect(opened.stdout).toContain('randomization number R007');
    expect(flat(opened.stderr)).toContain('the records cannot say whether CRT-007 has kit');
  });

  test('a mistyped id, or a mistyped kit, is what is wrong', () => {
    const at = ['--study', copyOf(trial.study), ...withKey()];
    expect(randose('unblind', 'CRT-099', '--kit', kit(6), ...at).status).toBe(65);
    expect(randose('unblind', 'CRT-007', '--kit', 'AAAAAAA', ...at).status).toBe(65);
  });
});

test('study --restore says how many code-breaks it entered', () => {
  const study = copyOf(trial.study);
  const ledger = readFileSync(join(study, 'ledger.jsonl'));
  rmSync(join(study, 'ledger.jsonl'));
  mustRun('unblind', '--number', 'R007', '--study', study, ...withKey());
  cpSync(join(trial.study, 'ledger.jsonl'), join(study, 'ledger.jsonl'));
  expect(readFileSync(join(study, 'ledger.jsonl'))).toEqual(ledger);
  editStudy({ ...trial, study }, ['title:', '# edited\n  title:']);
  const words = ['study', '--restore', '--by', 'E. Example', '--reason', 'example'];
  expect(mustRun(...words, '--study', study)).toContain('1 entry from pending/ entered late.');
});

describe('after the rewrap of a study with a threshold', () => {
  const made = () => {
    const one = custodyTrial('threshold: 2 of 3');
    for (const name of ['A', 'B', 'C']) one.addPerson('officer', name, '--study', one.study);
    sealAndEnrol(one);
    replaceIn(join(one.study, 'study.yaml'), 'name: C', 'name: D');
    return one;
  };

  test('printed commands name as many keys as are needed, and one key is told once', () => {
    const { study, key } = made();
    const todo = randose('verify', '--study', study).stdout;
    expect(flat(todo)).toContain('randose rewrap --identity FILE FILE --reason TEXT');
    const keys = ['--identity', key('A'), key('B')];
    const rewrapped = randose('rewrap', '--study', study, ...keys, '--reason', 'C marries');
    expect(rewrapped.status, rewrapped.stderr).toBe(0);
    const printed = '--regenerate --identity FILE FILE --remove-superseded';
    expect(flat(rewrapped.stderr)).toContain(printed);
    expect(flat(mustRun('verify', '--study', study))).toContain(printed);
    const gone = copyOf(study);
    rmSync(join(gone, 'ledger.jsonl'));
    const verified = randose('verify', '--study', gone);
    expect(verified.status).toBe(1);
    expect(verified.stdout).not.toMatch(/allocation\/\S*: is missing|randose rewrap/);
    expect(verified.stdout.split('\n').length).toBeLessThan(20);
    const words = ['unblind', 'CRT-001', '--identity', key('A'), '--reason', 'SAE'];
    const { status, stderr } = randose(...words, '--study', study);
    expect(status).toBe(77);
    expect(stderr.match(/2 of 3 officers are needed/g)).toHaveLength(1);
  });
});

testWithTool(['expect', '-v'])('people add: the secret key is told before the question', () => {
  const study = copyOf(trial.study);
  const key = join(study, '..', 'b.key');
  const about = ['--role', 'officer', '--name', 'B. Example', '--output', key];
  mustRun('keygen', ...about, '--no-passphrase');
  const words = ['people', 'add', '--role', 'officer', '--name', 'B. Example', '--recipient', key];
  const { text } = atTerminal(study, words, [['Add B. Example now?', 'n']]);
  expect(flat(text)).toMatch(/has the SECRET key.*Add B\. Example now\?/);
});

testWithTool(['expect', '-v'])('who are you: an answer that is not a name is asked again', () => {
  const study = copyOf(trial.study);
  const file = join(study, 'study.yaml');
  replaceIn(file, 'title:', '# edited\n  title:');
  const question = 'Who are you?';
  const { status, text } = atTerminal(
    study,
    ['study', '--restore', '--reason', 'example'],
    [
      ['Bring back', 'y'],
      [question, 'y'],
      ['not a name', 'E'],
      ['not a name', 'E. Example'],
      ['Continue here?', 'y'],
    ],
  );
  expect(status, text).toBe(0);
  expect(flat(text)).toContain('only "E. Example": an inspector will not know who this is');
  expect(ledgerOf(study).at(-1)).toMatchObject({ who: { name: 'E. Example' } });
});
