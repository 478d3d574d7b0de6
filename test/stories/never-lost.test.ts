import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentsOf, mustRun, randose, testFolder } from '../support/command-line.ts';
import { custodyTrial, type CustodyTrial, replaceIn, sealAndEnrol } from '../support/custody.ts';
import { openable } from '../support/envelopes.ts';

const SLOTS = 18;

/** A trial that is rewrapped once, with a copy of its folder from each time. */
interface Rewrapped extends CustodyTrial {
  readonly before: string;
  readonly after: string;
}

function rewrapped(): Rewrapped {
  const made = custodyTrial();
  for (const name of ['A', 'B']) made.addPerson('officer', name, '--study', made.study);
  sealAndEnrol(made);
  const [before, after] = ['before', 'after'].map((name) => join(made.trial.folder, name));
  cpSync(made.study, before!, { recursive: true });
  replaceIn(join(made.study, 'study.yaml'), 'name: B', 'name: C');
  mustRun('rewrap', '--study', made.study, '--identity', made.key('A'), '--reason', 'B marries');
  cpSync(made.study, after!, { recursive: true });
  return { ...made, before: before!, after: after! };
}

const from = (folder: string, study: string, ...files: string[]) => {
  for (const file of files) cpSync(join(folder, file), join(study, file));
};

describe('a study with an older ledger loses no envelope', () => {
  const words = (key: string) => ['--identity', key, '--reason', 'example'];

  test('to a plain rewrap, which touches nothing', async () => {
    const { study, before, key } = rewrapped();
    from(before, study, 'ledger.jsonl', 'study.yaml');
    const files = contentsOf(study);
    const refused = randose('rewrap', '--study', study);
    expect(refused).toMatchObject({ status: 64, stdout: '' });
    expect(contentsOf(study)).toEqual(files);
    expect(await openable(study, key('A'))).toBe(SLOTS);
  });

  test.each<[string, (made: Rewrapped) => void]>([
    [
      'the ledger alone is old',
      ({ study, before }) => {
        from(before, study, 'ledger.jsonl');
      },
    ],
    [
      'ledger and study.yaml are old',
      ({ study, before }) => {
        from(before, study, 'ledger.jsonl', 'study.yaml');
      },
    ],
    [
      'the outcome was torn, and repaired',
      ({ study }) => {
        const file = join(study, 'ledger.jsonl');
        writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9));
        mustRun('ledger', '--study', study, '--repair', '--by', 'E', '--reason', 'power cut');
      },
    ],
  ])('to a rewrap with a key: %s', async (_, damage) => {
    const made = rewrapped();
    damage(made);
    for (let run = 0; run < 2; run += 1) {
      randose('rewrap', '--study', made.study, ...words(made.key('A')));
      expect(await openable(made.study, made.key('A'))).toBe(SLOTS);
    }
    expect(randose('verify', '--study', made.study).stdout).not.toMatch(
      /takes it away|take it away/,
    );
  });

  test('and is in order again once the newest ledger is restored', () => {
    const { study, before, after, key } = rewrapped();
    from(before, study, 'ledger.jsonl', 'study.yaml');
    randose('rewrap', '--study', study, ...words(key('A')));
    from(after, study, 'ledger.jsonl', 'study.yaml');
    mustRun('verify', '--study', study, '--regenerate', '--identity', key('A'));
  });
});

describe('what a rewrap moves aside', () => {
  test('stays until everything in force is opened and proven, and somebody asks to delete it [R-038]', () => {
    const { study, key } = rewrapped();
    const [place] = readdirSync(join(study, 'superseded'));
    const envelopes = join(study, 'superseded', place!, 'allocation', 'envelopes');
    expect(readdirSync(envelopes)).toHaveLength(SLOTS);
    expect(mustRun('verify', '--study', study)).toMatch(/^superseded\/ has \d+ files from before/m);
    const remove = ['verify', '--study', study, '--remove-superseded'];
    expect(randose(...remove)).toMatchObject({ status: 64 });
    const again = ['--regenerate', '--identity', key('A')];
    const master = join(study, 'allocation', 'rewrap-1', 'master.age');
    const content = readFileSync(master);
    rmSync(master);
    expect(randose(...remove, ...again).status).toBe(1);
    expect(existsSync(envelopes)).toBe(true);
    writeFileSync(master, content);
    expect(mustRun(...remove, ...again)).toContain('Deleted superseded/');
    expect(existsSync(join(study, 'superseded'))).toBe(false);
    mustRun('verify', '--study', study);
  });

  test('includes what an interrupted run left, if the next run has a key that proves the rest', async () => {
    const { study, before, key } = rewrapped();
    rmSync(join(study, 'superseded'), { recursive: true });
    cpSync(join(before, 'allocation', 'envelopes'), join(study, 'allocation', 'envelopes'), {
      recursive: true,
    });
    const verified = randose('verify', '--study', study);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toContain('is still sealed to the people before the rewrap');
    const plain = randose('rewrap', '--study', study);
    expect(plain.status).toBe(64);
    expect(plain.stderr).toContain('rewrap needs --identity');
    const damaged = join(study, 'allocation/rewrap-1/envelopes/R003.age');
    const content = readFileSync(damaged);
    rmSync(damaged);
    const words = ['--identity', key('A'), '--reason', 'tidy'];
    expect(randose('rewrap', '--study', study, ...words).status).toBe(66);
    expect(await openable(study, key('A'))).toBe(SLOTS);
    writeFileSync(damaged, content);
    expect(mustRun('rewrap', '--study', study, ...words)).toContain('18 of 18 envelopes');
    expect(existsSync(join(study, 'allocation', 'envelopes'))).toBe(false);
    mustRun('verify', '--study', study);
    expect(await openable(study, key('A'))).toBe(SLOTS);
  });
});

test('an unfinished list is moved aside, not deleted, when another one is started', () => {
  const { study, trial } = custodyTrial();
  const folder = testFolder();
  mustRun(
    ...['keygen', '--role', 'officer', '--name', 'A', '--output', join(folder, 'a.key')],
    ...['--no-passphrase', '--study', study],
  );
  const plan = join(trial.folder, 'made-plan.yaml');
  mustRun('allocate', '--study', study, '--plan', plan);
  cpSync(join(study, 'allocation'), join(study, 'allocation.partial'), { recursive: true });
  rmSync(join(study, 'allocation'), { recursive: true });
  rmSync(join(study, 'ledger.jsonl'));
  mustRun('allocate', '--study', study, '--plan', plan);
  const [place] = readdirSync(join(study, 'superseded'));
  const kept = join(study, 'superseded', place!, 'allocation.partial', 'envelopes');
  expect(readdirSync(kept)).toHaveLength(SLOTS);
});
