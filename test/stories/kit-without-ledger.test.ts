import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  enrolled,
  kitsOfTrial,
  mustRun,
  randose,
  testFolder,
  type Trial,
  twoSitesBegun,
} from '../support/command-line.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { testWithTool } from '../support/tools.ts';
import { cardKeyOf, ledgerOf } from '../support/custody.ts';

/** What a code-break by kit code, or by a card alone, leaves on record if the ledger cannot say whose kit it is. */
let trial: Trial;
let kit: string;
let card: string;

beforeAll(async () => {
  trial = enrolled(afterAll);
  kit = kitsOfTrial(trial)[6]!;
  card = await cardKeyOf(trial, 'R007');
});

function copyOf(folder: string): string {
  const study = join(testFolder(), 'depil-2');
  cpSync(folder, study, { recursive: true });
  return study;
}

function waiting(study: string): Record<string, unknown>[] {
  return readdirSync(join(study, 'pending')).map((name) => {
    const text = readFileSync(join(study, 'pending', name), 'utf8');
    return (JSON.parse(text) as { act: Record<string, unknown> }).act;
  });
}

const withKey = (key: string) => ['--identity', key, '--by', 'E. Example', '--reason', 'SAE'];
const remove =
  (...names: string[]) =>
  (study: string) => {
    for (const name of names) rmSync(join(study, name), { recursive: true });
  };
const GONE: [name: string, damage: (study: string) => void][] = [
  ['missing', remove('ledger.jsonl')],
  [
    'empty',
    (study) => {
      writeFileSync(join(study, 'ledger.jsonl'), '');
    },
  ],
  [
    'a folder',
    (study) => {
      rmSync(join(study, 'ledger.jsonl'));
      mkdirSync(join(study, 'ledger.jsonl'));
    },
  ],
  ['missing, and the list too', remove('ledger.jsonl', 'allocation/list.csv')],
];
const WAYS: [name: string, words: () => string[]][] = [
  ['a kit code', () => [kit]],
  ['--kit', () => ['--kit', kit]],
];

describe('without the ledger, the record of a code-break has the number that is shown', () => {
  test.each(
    GONE.flatMap(([state, damage]) => WAYS.map(([way, words]) => ({ state, damage, way, words }))),
  )('by $way, the ledger $state', ({ damage, words }) => {
    const study = copyOf(trial.study);
    damage(study);
    const opened = randose('unblind', ...words(), '--study', study, ...withKey(trial.officer));
    expect(opened.status, opened.stderr).toBe(0);
    expect(opened.stdout).toContain(`randomization number R007, kit ${kit}`);
    expect(waiting(study)).toMatchObject([
      { number: 'R007', kit: null, outcome: { result: 'opened' } },
    ]);
    rmSync(join(study, 'ledger.jsonl'), { recursive: true, force: true });
    cpSync(join(trial.study, 'ledger.jsonl'), join(study, 'ledger.jsonl'));
    cpSync(join(trial.study, 'allocation'), join(study, 'allocation'), { recursive: true });
    const at = ['--study', study];
    mustRun('ledger', ...at, '--enter-pending', '--yes');
    expect(ledgerOf(study).at(-1)).toMatchObject({ action: 'late code-break', number: 'R007' });
    expect(mustRun('ledger', 'CRT-007', ...at)).toMatch(/code-break of CRT-007 \(R007\)/);
    expect(mustRun('status', ...at)).toMatch(/^ {2}CRT-007 {2}.*by E\. Example/m);
    const again = randose('unblind', 'CRT-007', ...at, ...withKey(trial.officer));
    expect(again.stderr).toContain('CRT-007 was opened before');
    mustRun('verify', ...at);
  });

  const ofCard = ([state, damage]: (typeof GONE)[number]) => {
    testWithTool(['expect', '-v'])(`by the card alone, the ledger ${state}`, () => {
      const study = copyOf(trial.study);
      damage(study);
      const words = ['unblind', '--card', '--by', 'E. Example, physician', '--reason', 'SAE'];
      const answers = [['Key of the code-break card', card]] as const;
      const { status, text } = atTerminal(study, words, answers);
      expect(status, text).toBe(0);
      expect(waiting(study)).toMatchObject([{ number: 'R007', outcome: { result: 'opened' } }]);
    });
  };
  GONE.forEach(ofCard);

  test('given to somebody: the record has the kit too', () => {
    const study = copyOf(trial.study);
    remove('ledger.jsonl')(study);
    const words = ['--kit', kit, '--given-to', 'CRT-003', '--study', study];
    expect(randose('unblind', ...words, ...withKey(trial.officer)).status).toBe(0);
    expect(waiting(study)).toMatchObject([{ subject: 'CRT-003', number: 'R007', kit }]);
  });

  test('a refused attempt has the number that list.csv says', () => {
    const study = copyOf(trial.study);
    remove('ledger.jsonl')(study);
    const refused = randose('unblind', kit, '--study', study, ...withKey(trial.packer));
    expect(refused).toMatchObject({ status: 77, stdout: '' });
    expect(waiting(study)).toMatchObject([{ number: 'R007', outcome: { result: 'refused' } }]);
  });

  test('an altered list.csv does not put another number on record', () => {
    const study = copyOf(trial.study);
    remove('ledger.jsonl')(study);
    const list = join(study, 'allocation/list.csv');
    const other = kitsOfTrial(trial)[7]!;
    const text = readFileSync(list, 'utf8');
    writeFileSync(list, text.replace(kit, '?').replace(other, kit).replace('?', other));
    const opened = randose('unblind', kit, '--study', study, ...withKey(trial.officer));
    expect(opened.stdout).toContain(`randomization number R007, kit ${kit}`);
    expect(waiting(study)).toMatchObject([{ number: 'R007', outcome: { result: 'opened' } }]);
  });

  test('nothing can be written: the lines for the paper and the command have the number', () => {
    const study = copyOf(trial.study);
    remove('ledger.jsonl')(study);
    writeFileSync(join(study, 'pending'), 'not a folder');
    const opened = randose('unblind', kit, '--study', study, ...withKey(trial.officer));
    expect(opened.status).toBe(0);
    expect(opened.stderr).toContain('Write this down now and sign it');
    expect(opened.stderr).toMatch(/Code-break {2}DEPIL-2, .*R007\n/);
    expect(opened.stderr).toContain('--enter-paper R007 ');
    renameSync(join(study, 'pending'), join(study, '..', 'pending'));
  });
});

test('a spare kit while list.csv is missing: the outcome in the ledger names the participant', () => {
  const study = twoSitesBegun();
  const list = join(study, 'allocation/list.csv');
  const [header, first] = readFileSync(list, 'utf8').split('\n');
  const spare = first!.split(',')[header!.split(',').indexOf('spare_kits')]!.split(' ')[0]!;
  const text = readFileSync(list);
  rmSync(list);
  const opened = randose('unblind', '--kit', spare, '--study', study, ...withKey(trial.officer));
  expect(opened.stdout).toMatch(/^Subject CRT-001/m);
  expect(ledgerOf(study).slice(-2)).toMatchObject([
    { action: 'code-break intent', number: null },
    { action: 'code-break outcome', subject: 'CRT-001' },
  ]);
  writeFileSync(list, text);
  expect(mustRun('status', '--study', study)).toMatch(/^ {2}CRT-001 {2}.*by E\. Example/m);
  expect(mustRun('ledger', 'CRT-001', '--study', study)).toContain('code-break of CRT-001');
  mustRun('verify', '--study', study);
});

test('what an older version entered for nobody: verify and status say it, and it is not wrong', () => {
  const study = copyOf(trial.study);
  remove('ledger.jsonl')(study);
  randose('unblind', kit, '--study', study, ...withKey(trial.officer));
  const [file] = readdirSync(join(study, 'pending'));
  const path = join(study, 'pending', file!);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"number": "R007"', '"number": null'));
  cpSync(join(trial.study, 'ledger.jsonl'), join(study, 'ledger.jsonl'));
  mustRun('ledger', '--study', study, '--enter-pending', '--yes');
  const verified = mustRun('verify', '--study', study).replaceAll(/\s+/g, ' ');
  expect(verified).toContain('ledger entry 20 is a code-break on');
  expect(verified).toContain('names no participant and no number. Ask who was opened.');
  expect(mustRun('status', '--study', study)).toContain('1 code-break names no participant.');
});
