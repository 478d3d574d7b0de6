import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allocated,
  depil2,
  enrolled,
  randose,
  testFolder,
  type Trial,
} from '../support/command-line.ts';

let finished: string;

beforeAll(() => {
  const trial = enrolled(afterAll);
  const officer = ['--identity', trial.officer, '--reason', 'example'];
  randose('unblind', '--study', trial.study, '--subject', 'CRT-004', ...officer);
  finished = trial.study;
});

/** A copy of the finished study, changed. */
function changed(change: (at: (file: string) => string) => void): ReturnType<typeof randose> {
  const study = join(testFolder(), 'study');
  cpSync(finished, study, { recursive: true });
  change((file) => join(study, file));
  return randose('verify', '--study', study);
}

test('a finished study agrees with itself, and no key is needed [R-104]', () => {
  const verified = changed(() => undefined);
  expect(verified.stdout).toMatch(
    /^verified: 27 files, 18 slots, 21 ledger entries\. Nothing disagrees\.\nNo ledger entry is signed with an ssh key\.\nCompare with the receipts on file:\n {2}Ledger 1:[0-9a-f]{64}\n {2}Ledger 21:[0-9a-f]{64}\n$/,
  );
  expect(verified.status).toBe(0);
});

test('the ledger of another study is one problem with its cause, not one for each entry', () => {
  const other = enrolled();
  const { status, stdout } = changed((at) => {
    cpSync(join(other.study, 'ledger.jsonl'), at('ledger.jsonl'));
  });
  expect(status).toBe(1);
  const [, first, ...others] = stdout.split(/\n {2}(?=\S)/);
  expect(first?.replace(/\s+/g, ' ')).toMatch(
    /^ledger\.jsonl: is the ledger of another list: its batch 1 is [0-9a-f]{32}, that in allocation\/ is [0-9a-f]{32}\. Put back the ledger of this list, or the list of this ledger\. Entries were not compared with the slots/,
  );
  expect(others.length).toBeLessThan(6);
  expect(stdout).not.toContain('next free slot');
});

test('a ledger with one entry has one receipt to compare', () => {
  const { study } = allocated();
  const verified = randose('verify', '--study', study);
  expect(verified.stdout).toMatch(
    /\nCompare with the receipt on file:\n {2}Ledger 1:[0-9a-f]{64}\n$/,
  );
});

describe('a discrepancy is found, and reported with its place', () => {
  const rewrite = (path: string, edit: (text: string) => string) => {
    const text = readFileSync(path, 'utf8');
    const edited = edit(text);
    if (edited === text) throw new Error('nothing was changed');
    writeFileSync(path, edited);
  };
  test.each<[string, (at: (file: string) => string) => void, string]>([
    [
      'an envelope exchanged with another',
      (at) => {
        cpSync(at('allocation/envelopes/R002.age'), at('allocation/envelopes/R001.age'));
      },
      'allocation/envelopes/R001.age: is not the file that was sealed',
    ],
    [
      'an envelope lost',
      (at) => {
        rmSync(at('allocation/envelopes/R001.age'));
      },
      'allocation/envelopes/R001.age: is missing',
    ],
    [
      'an envelope added',
      (at) => {
        cpSync(at('allocation/envelopes/R001.age'), at('allocation/envelopes/R019.age'));
      },
      'allocation/envelopes/R019.age: is not in the manifest',
    ],
    [
      'the master changed',
      (at) => {
        appendFileSync(at('allocation/master.age'), '\0');
      },
      'allocation/master.age: is not the file that was sealed',
    ],
    [
      'two slots exchanged on the list',
      (at) => {
        rewrite(at('allocation/list.csv'), (text) => {
          const lines = text.split('\n');
          [lines[1], lines[2]] = [lines[2]!, lines[1]!];
          return lines.join('\n');
        });
      },
      'allocation/list.csv: is not the file that was sealed',
    ],
    [
      'the list gone',
      (at) => {
        rmSync(at('allocation/list.csv'));
      },
      'allocation/list.csv: is missing',
    ],
    [
      'a digest in the manifest',
      (at) => {
        rewrite(at('allocation/manifest.json'), (text) =>
          text.replace(/[0-9a-f]{64}/, '0'.repeat(64)),
        );
      },
      'allocation/manifest.json: is not the manifest that the ledger names',
    ],
    [
      'the manifest gone',
      (at) => {
        rmSync(at('allocation/manifest.json'));
      },
      'manifest.json does not exist',
    ],
    [
      'a slot of the study less',
      (at) => {
        rewrite(at('study.yaml'), (text) => text.replace('slots: 18', 'slots: 15'));
      },
      'study.yaml: was changed after the list was sealed: strata',
    ],
    [
      'a comment in the study',
      (at) => {
        appendFileSync(at('study.yaml'), '# later\n');
      },
      "study.yaml: was edited after sealing. The edits don't affect the list",
    ],
    [
      'the study no longer a study',
      (at) => {
        rewrite(at('study.yaml'), (text) => text.replace('ratio: 2', 'ratio: two'));
      },
      'arms[0].ratio: expected a whole number',
    ],
    [
      'an entry of the ledger changed',
      (at) => {
        rewrite(at('ledger.jsonl'), (text) => text.replace('"CRT-009"', '"CRT-909"'));
      },
      'ledger.jsonl:10: was altered',
    ],
    [
      'an entry of the ledger lost',
      (at) => {
        rewrite(at('ledger.jsonl'), (text) => text.split('\n').toSpliced(4, 1).join('\n'));
      },
      'ledger.jsonl:5: does not follow the entry before it',
    ],
    [
      'the outcome of a code-break cut off',
      (at) => {
        rewrite(
          at('ledger.jsonl'),
          (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`,
        );
      },
      'ledger.jsonl:20: the code-break of CRT-004 has no outcome',
    ],
    [
      'the ledger torn',
      (at) => {
        rewrite(at('ledger.jsonl'), (text) => text.slice(0, -30));
      },
      'ledger.jsonl:21: is incomplete',
    ],
    [
      'the whole allocation gone',
      (at) => {
        rmSync(at('allocation'), { recursive: true });
      },
      'list.csv does not exist',
    ],
    [
      'another id of the study',
      (at) => {
        rewrite(at('study.yaml'), (text) => text.replace('id: DEPIL-2', 'id: DEPIL-3'));
      },
      'study.yaml: was changed after the list was sealed: identity',
    ],
    [
      'the ledger gone',
      (at) => {
        rmSync(at('ledger.jsonl'));
      },
      'ledger.jsonl: is missing. To do: restore the newest',
    ],
    [
      'the ledger empty',
      (at) => {
        writeFileSync(at('ledger.jsonl'), '');
      },
      'ledger.jsonl: is empty. To do: restore the newest',
    ],
  ])('%s', (_, change, message) => {
    const { status, stdout } = changed(change);
    expect(stdout).toContain('NOT VERIFIED');
    expect(stdout).toContain(message);
    expect(status).toBe(1);
  });

  test('what to do about an altered line of the ledger is said', () => {
    const { stdout } = changed((at) => {
      rewrite(at('ledger.jsonl'), (text) => text.replace('"CRT-009"', '"CRT-909"'));
    });
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toContain('Line 10 cannot be repaired here: --repair removes only an incomplete');
    expect(said).toMatch(/To see where two copies differ: randose ledger .*--compare/);
    expect(said).toMatch(/fits the receipts on file.*--expect SEQUENCE:HASH/);
  });

  test('as JSON', () => {
    const study = join(testFolder(), 'study');
    cpSync(finished, study, { recursive: true });
    rmSync(join(study, 'allocation', 'packing.age'));
    const { status, stdout } = randose('verify', '--study', study, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      data: {
        verified: false,
        problems: [{ file: 'allocation/packing.age', message: 'is missing' }],
      },
    });
  });
});

test('whole allocation folders of two studies cannot be exchanged', () => {
  const other: Trial = enrolled();
  const { status, stdout } = changed((at) => {
    rmSync(at('allocation'), { recursive: true });
    cpSync(join(other.study, 'allocation'), at('allocation'), { recursive: true });
  });
  expect(status).toBe(1);
  expect(stdout).toContain('allocation/manifest.json: is not the manifest that the ledger names');
});

test('before allocation there is nothing to verify', () => {
  const { status, stderr } = randose('verify', '--study', depil2().study);
  expect(status).toBe(66);
  expect(stderr).toContain('nothing to verify');
});

describe('a ledger without its allocation', () => {
  test('is finished if the allocation was interrupted before its folder was in place [R-012]', () => {
    const trial = allocated();
    renameSync(join(trial.study, 'allocation'), join(trial.study, 'allocation.partial'));
    expect(randose('allocate', '--study', trial.study, '--plan', trial.plan)).toMatchObject({
      status: 0,
    });
    expect(readdirSync(trial.study).sort()).toEqual([
      '.randose.home',
      '.randose.study.yaml',
      'allocation',
      'ledger.jsonl',
      'study.yaml',
    ]);
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });

  test('never gets a second list', () => {
    const trial = allocated();
    rmSync(join(trial.study, 'allocation'), { recursive: true });
    const again = randose('allocate', '--study', trial.study, '--plan', trial.plan);
    expect(again).toMatchObject({ status: 65, stdout: '' });
    expect(again.stderr).toContain(
      'randose does not make a second list: somebody could then choose between the two',
    );
    expect(randose('status', '--study', trial.study)).toMatchObject({ status: 65 });
    expect(randose('verify', '--study', trial.study)).toMatchObject({ status: 1 });
  });

  test('an unfinished folder without a ledger is started again', () => {
    const trial = depil2();
    cpSync(join(finished, 'allocation'), join(trial.study, 'allocation.partial'), {
      recursive: true,
    });
    expect(randose('allocate', '--study', trial.study, '--plan', trial.plan).status).toBe(0);
    expect(existsSync(join(trial.study, 'allocation.partial'))).toBe(false);
    expect(randose('verify', '--study', trial.study).status).toBe(0);
  });
});

describe('line ends that an editor changed', () => {
  test.each(['ledger.jsonl', 'allocation/list.csv', 'allocation/manifest.json'])(
    'in %s are the only problem that is reported',
    (name) => {
      const trial = enrolled();
      const file = join(trial.study, name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
      const { status, stdout } = randose('verify', '--study', trial.study);
      expect(status).toBe(1);
      const problems = stdout
        .split('\n')
        .filter((line) => line.startsWith('  ') && !line.includes('Ledger'));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`${name}: has other line ends (CRLF)`);
    },
  );
});
