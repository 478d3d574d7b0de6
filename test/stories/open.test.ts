import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ageDecrypt,
  allocated,
  contentsOf,
  editStudy,
  enrolled,
  jsonOf,
  extendList,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

function open({ study }: Trial, key: string, ...words: string[]) {
  const why = words.includes('--reason') ? [] : ['--reason', 'example'];
  return randose('open', '--study', study, '--identity', key, ...why, ...words);
}

function randomize({ study }: Trial): void {
  const about = ['--subject', 'CRT-001', '--site', 'CRT', '--day1', '2026-06-01', '--by', 'E'];
  mustRun('randomize', '--study', study, ...about);
}

/** The public half of a key that nobody kept. */
const SENT = 'age1x84x7t0svuk03re6yhvr6lkl4qdpdudvsuusdf66k9qunqh8u4eschrqkp';

function lastEntries({ study }: Trial, count: number): Record<string, unknown>[] {
  const lines = readFileSync(join(study, 'ledger.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.slice(-count).map((line) => JSON.parse(line) as Record<string, unknown>);
}

const HEADER =
  'randomization_number,batch,stratum,sequence_in_stratum,block,block_size,sequence_in_block,kit,arm';

describe('the whole list, opened before its time', () => {
  const early =
    /it is early to open the whole list: .* 17 of 18 slots are not used yet\. .*The database is not locked\./;

  test('is warned of without a terminal, under --json, --yes and --dry-run', () => {
    const trial = allocated();
    randomize(trial);
    const table = join(trial.folder, 'table.csv');
    expect(open(trial, trial.statistician, '--dry-run', '--output', table).stderr).toMatch(early);
    expect(open(trial, trial.statistician, '--output', table).stderr).toMatch(early);
    const key = ['--identity', trial.officer, '--study', trial.study, '--reason', 'example'];
    for (const more of [['--dry-run'], ['--yes']]) {
      const ran = randose('unblind', '--all', ...key, ...more, '--json');
      expect(ran.stderr).toMatch(early);
      const { warnings } = JSON.parse(ran.stdout) as { warnings: string[] };
      expect(warnings).toContainEqual(expect.stringMatching(early));
    }
  });

  test('is not, of one participant: an emergency is never held up', () => {
    const trial = allocated();
    randomize(trial);
    const words = ['CRT-001', '--identity', trial.officer, '--reason', 'adverse event'];
    const ran = randose('unblind', ...words, '--study', trial.study);
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stderr).not.toContain('it is early');
  });
});

describe('the allocation table', () => {
  test('has the columns of the field, whole blocks, and the slots of the public list', () => {
    const trial = allocated();
    const { stdout, status } = open(trial, trial.statistician);
    expect(status).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe(HEADER);
    const cells = rows.map((row) => row.split(','));
    const list = readFileSync(join(trial.study, 'allocation/list.csv'), 'utf8').trimEnd();
    expect(cells.map((row) => [row[0], row[2], row[3], row[7]].join())).toEqual(
      list.split('\n').slice(1),
    );
    for (const number of new Set(cells.map((row) => row[4]))) {
      const block = cells.filter((row) => row[4] === number);
      const size = Number(block[0]![5]);
      expect(block.map((row) => Number(row[6]))).toEqual(block.map((_, index) => index + 1));
      expect(block).toHaveLength(size);
      expect(block.filter((row) => row[8] === 'ILT101')).toHaveLength((2 * size) / 3);
    }
  });

  test('is the same as JSON', () => {
    const trial = allocated();
    const csv = open(trial, trial.statistician).stdout.trimEnd().split('\n').slice(1);
    const { slots } = JSON.parse(open(trial, trial.officer, '--format', 'json').stdout) as {
      slots: Record<string, unknown>[];
    };
    expect(slots.map((slot) => Object.values(slot).join())).toEqual(csv);
    expect(Object.keys(slots[0]!).join()).toBe(HEADER);
    expect(
      jsonOf('open', '--reason', 'example', '--study', trial.study, '--identity', trial.officer),
    ).toMatchObject({
      study: 'DEPIL-2',
      slots,
    });
  });

  test('goes to a file that its owner alone can read, never into the study folder [R-098]', () => {
    const trial = allocated();
    const file = join(trial.folder, 'list.csv');
    const ran = open(trial, trial.statistician, '--output', file);
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('PLACEBO');
    const before = contentsOf(trial.study);
    expect(open(trial, trial.statistician, '--output', file)).toMatchObject({ status: 73 });
    const inside = join(trial.study, 'calendars', 'list.csv');
    expect(open(trial, trial.statistician, '--output', inside)).toMatchObject({ status: 64 });
    expect(existsSync(inside)).toBe(false);
    expect(contentsOf(trial.study)).toEqual(before);
  });

  test('has the slots of every batch', () => {
    const trial = enrolled();
    editStudy(trial, ['    slots: 18', '    slots: 24']);
    extendList(trial);
    const rows = open(trial, trial.statistician).stdout.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(24);
    expect(rows.filter((row) => row.split(',')[8] === 'PLACEBO')).toHaveLength(8);
    expect(rows.slice(18).every((row) => row.split(',')[1] === '2')).toBe(true);
  });

  testWithTool(['age', '--version'])('is what stock age says is in the master', () => {
    const trial = allocated();
    const master = ageDecrypt(trial.statistician, join(trial.study, 'allocation/master.age'));
    const { slots } = JSON.parse(master) as { slots: { number: string; arm: string }[] };
    const rows = open(trial, trial.statistician).stdout.trimEnd().split('\n').slice(1);
    expect(rows.map((row) => [row.split(',')[0], row.split(',')[8]])).toEqual(
      slots.map(({ number, arm }) => [number, arm]),
    );
  });
});

describe('the ledger says who looked', () => {
  test('before anything is opened, and the result', () => {
    const trial = allocated();
    const by = [
      '--by',
      'E. Example, biostatistician, Example CRO',
      '--reason',
      'database is locked',
    ];
    expect(open(trial, trial.statistician, ...by).status).toBe(0);
    expect(lastEntries(trial, 2)).toMatchObject([
      {
        action: 'list opening intent',
        who: { name: 'E. Example', role: 'biostatistician', organisation: 'Example CRO' },
        key: 'Example Statistician, statistician',
        reason: 'database is locked',
      },
      { action: 'list opening outcome', intent: 2, result: 'opened', error: null },
    ]);
    expect(JSON.stringify(lastEntries(trial, 2))).not.toMatch(/ILT101|PLACEBO|block/i);
    expect(jsonOf('status', '--study', trial.study)).toMatchObject({
      listOpenings: { opened: 1, refused: 0, withoutOutcome: 0 },
    });
    mustRun('verify', '--study', trial.study);
  });

  test('also if it was a packer: nothing is shown, and the error names who can open it', () => {
    const trial = allocated();
    const ran = open(trial, trial.packer);
    expect(ran).toMatchObject({ status: 77, stdout: '' });
    expect(ran.stderr).toContain('this key does not open allocation/master.age');
    expect(ran.stderr).toContain('It can be opened by: Example Officer, Example Statistician.');
    expect(ran.stderr).not.toContain('rewrap');
    expect(lastEntries(trial, 1)).toMatchObject([
      { action: 'list opening outcome', result: 'refused', error: 'wrong-key' },
    ]);
  });

  test('and a person who was added later reads that a rewrap is missing', () => {
    const trial = allocated();
    const added = ['--role', 'statistician', '--name', 'New', '--recipient', SENT];
    mustRun('people', 'add', '--study', trial.study, ...added);
    const { stderr } = open(trial, trial.packer);
    expect(stderr).toContain('study.yaml names other people: until an officer runs randose rewrap');
  });
});

describe('a mistyped key file is not an attempt', () => {
  const onList = (trial: Trial, name: string, key: string): string[] => {
    const about = ['--study', trial.study, '--identity', key, '--reason', 'example'];
    const pdf = ['--output', join(trial.folder, 'cards.pdf')];
    return {
      open: ['open', ...about],
      'unblind --all': ['unblind', '--all', ...about],
      packing: ['packing', ...about],
      cards: ['cards', ...about, ...pdf],
      rewrap: ['rewrap', ...about],
    }[name]!;
  };

  test.each(['open', 'unblind --all', 'packing', 'cards', 'rewrap'])(
    '%s says so, and the ledger stays as it was',
    (name) => {
      const trial = allocated();
      randomize(trial);
      const added = ['--role', 'statistician', '--name', 'New', '--recipient', SENT];
      if (name === 'rewrap') mustRun('people', 'add', '--study', trial.study, ...added);
      const before = lastEntries(trial, 3);
      const file = (made: string, text: string) => {
        writeFileSync(join(trial.folder, made), text);
        return join(trial.folder, made);
      };
      const half = file('my.key.pub', `# Me\n${SENT}\n`);
      for (const [key, message] of [
        [join(trial.folder, 'none.key'), `there is no key at ${join(trial.folder, 'none.key')}`],
        [half, `${half} is the public key: it opens nothing`],
        [file('letter.txt', 'Dear all'), 'is not a key file'],
      ] as const) {
        const ran = randose(...onList(trial, name, key));
        expect(ran).toMatchObject({ status: 77, stdout: '' });
        expect(ran.stderr).toContain(message);
        expect(ran.stderr).not.toContain('The attempt is in the ledger');
      }
      expect(lastEntries(trial, 3)).toEqual(before);
    },
  );
});

describe('a reason', () => {
  test('is needed to open the list, and to do again what was done [R-097]', () => {
    const trial = allocated();
    const about = ['--study', trial.study, '--identity'];
    for (const why of [[], ['--reason', ' ']]) {
      const ran = randose('open', ...about, trial.statistician, ...why);
      expect(ran).toMatchObject({ status: 64, stdout: '' });
      expect(ran.stderr).toContain('opening the whole list needs a reason');
    }
    expect(lastEntries(trial, 9)).toHaveLength(1);
    mustRun('packing', ...about, trial.packer);
    const again = randose('packing', ...about, trial.packer);
    expect(again).toMatchObject({ status: 64, stdout: '' });
    expect(again.stderr).toContain('opening the packing list again needs a reason');
    mustRun('packing', ...about, trial.packer, '--reason', 'the first file was lost');
  });
});

test('nobody is unblinded if nobody is randomized', () => {
  const trial = allocated();
  const about = ['--study', trial.study, '--identity', trial.statistician, '--reason', 'example'];
  const ran = randose('unblind', '--all', ...about);
  expect(ran).toMatchObject({ status: 64, stdout: '' });
  expect(ran.stderr).toContain('there is no participant to unblind\nNothing was opened.');
  expect(lastEntries(trial, 9)).toHaveLength(1);
});

test('a master list that was exchanged or damaged is not trusted', () => {
  const [one, other] = [allocated(), allocated()];
  const master = (trial: Trial) => join(trial.study, 'allocation', 'master.age');
  writeFileSync(master(one), readFileSync(master(other)));
  const ran = open(one, one.statistician);
  expect(ran).toMatchObject({ status: 65, stdout: '' });
  expect(ran.stderr).toContain('NOT TRUSTED');
});

describe('verify --regenerate', () => {
  const regenerate = ({ study }: Trial, key: string) =>
    randose('verify', '--study', study, '--regenerate', '--identity', key);

  test('says match, shows no arm, and leaves the folder as it was [R-033]', () => {
    const trial = enrolled();
    const before = contentsOf(trial.study);
    const { status, stdout, stderr } = regenerate(trial, trial.statistician);
    expect(status).toBe(0);
    expect(stdout).toContain('made again from the sealed seed and plan: match, 18 of 18 slots');
    expect(stdout + stderr).not.toMatch(/ILT101|PLACEBO/);
    expect(contentsOf(trial.study)).toEqual(before);
  });

  test('with an officer’s key also compares every envelope with the list', () => {
    const trial = allocated();
    const { status, stdout } = regenerate(trial, trial.officer);
    expect(status).toBe(0);
    expect(stdout).toContain('Every envelope has the arm of the list.');
    expect(regenerate(trial, trial.statistician).stdout).not.toContain('envelope');
  });

  test('needs a key that opens the master', () => {
    const trial = allocated();
    expect(regenerate(trial, trial.packer)).toMatchObject({ status: 77 });
    expect(randose('verify', '--study', trial.study, '--regenerate')).toMatchObject({ status: 64 });
    const alone = ['verify', '--study', trial.study, '--identity', trial.officer];
    expect(randose(...alone)).toMatchObject({ status: 64 });
  });

  test('does not start if the folder does not agree with itself', () => {
    const trial = allocated();
    writeFileSync(join(trial.study, 'allocation', 'packing.age'), 'changed');
    const ran = regenerate(trial, trial.statistician);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('The list was not made again');
  });
});
