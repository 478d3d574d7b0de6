import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allocated,
  contentsOf,
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  testFolder,
  type Trial,
  type WhenOver,
} from '../support/command-line.ts';
import { readIdentityFile } from '../../src/blinding/identity.ts';
import { unseal } from '../../src/blinding/seal.ts';

/** A rehearsal of a trial that has no list yet. */
function rehearsal(
  whenOver?: WhenOver,
): Trial & { dummy: string; dummyKey: (role: string) => string } {
  const trial = depil2(whenOver);
  mustRun('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
  const dummy = join(trial.folder, 'DUMMY-depil-2');
  return { ...trial, dummy, dummyKey: (role) => join(dummy, 'keys', `DUMMY-${role}.key`) };
}

/** All that a person does in a trial, in a rehearsal. */
function rehearse({ dummy, participants, dummyKey }: ReturnType<typeof rehearsal>): string {
  const at = ['--dummy', '--study', dummy];
  const officer = ['--identity', dummyKey('officer'), '--reason', 'practice'];
  return [
    mustRun('randomize', ...at, '--from', participants, '--by', 'Example'),
    mustRun('calendar', ...at),
    mustRun('calendar', ...at, '--subject', 'CRT-001'),
    mustRun('calendar', ...at, '--format', 'ics', '--subject', 'CRT-001'),
    mustRun('unblind', ...at, '--subject', 'CRT-002', ...officer),
    mustRun('status', ...at),
    mustRun('open', '--reason', 'example', ...at, '--identity', dummyKey('statistician')),
  ].join('');
}

describe('a rehearsal', () => {
  test('is a whole study in a folder of its own, and leaves the trial as it was', () => {
    const trial = depil2();
    const before = contentsOf(trial.study);
    const { stderr } = randose('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
    expect(stderr).toContain('Never use it to treat a participant');
    expect(stderr).toContain('use another plan than the trial');
    expect(contentsOf(trial.study)).toEqual(before);
    const again = randose('allocate', '--dummy', '--study', trial.study, '--plan', trial.plan);
    expect(again).toMatchObject({ status: 73 });
    const elsewhere = join(testFolder(), 'practice-DUMMY');
    const words = ['--study', trial.study, '--plan', trial.plan, '--output', elsewhere];
    mustRun('allocate', '--dummy', ...words);
    mustRun('verify', '--dummy', '--study', elsewhere);
    const unmarked = [
      '--study',
      trial.study,
      '--plan',
      trial.plan,
      '--output',
      join(elsewhere, '..', 'x'),
    ];
    expect(randose('allocate', '--dummy', ...unmarked)).toMatchObject({ status: 64 });
    expect(randose('allocate', '--dummy', ...unmarked.slice(0, -1), '')).toMatchObject({
      status: 64,
    });
    // And the trial can still get its list.
    mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
    mustRun('verify', '--study', trial.study);
  });

  test('has every part of a trial, each marked [R-017]', async () => {
    const made = rehearsal();
    const printed = rehearse(made);
    expect(printed).toContain('DUMMY-R001');
    expect(printed.match(/SUMMARY:DUMMY-DEPIL-2/g)?.length).toBeGreaterThan(8);
    mustRun('calendar', '--dummy', '--study', made.dummy, '--format', 'ics');
    expect(existsSync(join(made.dummy, 'calendars', 'DUMMY-CRT-001.ics'))).toBe(true);
    mustRun(
      'verify',
      '--dummy',
      '--study',
      made.dummy,
      '--regenerate',
      '--identity',
      made.dummyKey('officer'),
    );
    const keys = await Promise.all(
      ['officer', 'statistician', 'packer', 'card-maker'].map(async (role) => {
        const file = made.dummyKey(role);
        return readIdentityFile(readFileSync(file), file, () => Promise.reject(new Error('none')));
      }),
    );
    const identities = keys.flat().map(({ identity }) => identity);
    for (const [file, content] of contentsOf(made.dummy)) {
      const text = file.endsWith('.age')
        ? await unseal(content, identities, file)
        : String(content);
      expect(text, file).toContain('DUMMY');
    }
  });

  test('has nothing in common with the trial: seed, numbers, kits, order [R-017]', () => {
    const made = rehearsal();
    mustRun('allocate', '--study', made.study, '--plan', made.plan);
    const rows = (folder: string) =>
      readFileSync(join(folder, 'allocation', 'list.csv'), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1);
    for (const column of [0, 3]) {
      const real = new Set(rows(made.study).map((row) => row.split(',')[column]));
      expect(rows(made.dummy).filter((row) => real.has(row.split(',')[column]))).toEqual([]);
    }
  });

  test('can be extended, as a rehearsal', () => {
    const made = rehearsal();
    editStudy({ ...made, study: made.dummy }, ['    slots: 18', '    slots: 24']);
    const key = ['--identity', made.dummyKey('statistician')];
    const words = ['--extend', '--study', made.dummy, '--plan', made.plan, ...key];
    expect(randose('allocate', ...words)).toMatchObject({ status: 64 });
    mustRun('allocate', '--dummy', ...words);
    expect(contentsOf(made.dummy).has('allocation/batch-2/envelopes/DUMMY-R024.age')).toBe(true);
    mustRun('verify', '--dummy', '--study', made.dummy);
  });
});

describe('nobody mistakes a rehearsal for a trial, or a trial for a rehearsal', () => {
  const made = rehearsal(afterAll);
  const trial = allocated(afterAll);
  const words = (at: string, key: string): [string, string[]][] => [
    ['randomize', ['--subject', 'A', '--site', 'CRT', '--day1', '2026-06-01', '--by', 'E']],
    ['calendar', []],
    ['calendar', ['--format', 'ics', '--output', join(made.folder, 'x')]],
    ['unblind', ['--subject', 'CRT-001', '--identity', key, '--reason', 'e']],
    ['open', ['--identity', key, '--reason', 'example']],
    ['status', []],
    ['verify', []],
    ['verify', ['--regenerate', '--identity', key]],
    ['allocate', ['--extend', '--plan', at, '--identity', key]],
  ];

  test.each(words(made.plan, made.dummyKey('officer')))(
    '%s refuses a rehearsal if nobody asked for one: %j',
    (command, rest) => {
      const before = contentsOf(made.dummy);
      const ran = randose(command, ...rest, '--study', made.dummy);
      expect(ran.status).toBe(64);
      expect(ran.stdout).toBe('');
      expect(ran.stderr).toContain('DUMMY-DEPIL-2 is a rehearsal (DUMMY), not a trial');
      expect(contentsOf(made.dummy)).toEqual(before);
    },
  );

  test.each(words(made.plan, made.officer))('%s --dummy refuses a trial: %j', (command, rest) => {
    const before = contentsOf(trial.study);
    const ran = randose(command, '--dummy', ...rest, '--study', trial.study);
    expect(ran.status).toBe(64);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain('DEPIL-2 is a trial, not a rehearsal');
    expect(contentsOf(trial.study)).toEqual(before);
  });

  test('allocate makes no list and no rehearsal from the study file of a rehearsal', () => {
    const folder = join(testFolder(), 'copy');
    cpSync(made.dummy, folder, { recursive: true });
    rmSync(join(folder, 'allocation'), { recursive: true });
    rmSync(join(folder, 'ledger.jsonl'));
    const at = ['--study', folder, '--plan', made.plan];
    expect(randose('allocate', ...at).stderr).toContain('is a rehearsal (DUMMY), not a trial');
    expect(randose('allocate', '--dummy', ...at)).toMatchObject({ status: 64 });
  });

  test("a rehearsal's list and ledger in a trial's folder are not trusted", () => {
    const copy = depil2();
    for (const part of ['allocation', 'ledger.jsonl']) {
      cpSync(join(made.dummy, part), join(copy.study, part), { recursive: true });
    }
    const by = ['--by', 'Example', '--subject', 'A', '--site', 'CRT', '--day1', '2026-06-01'];
    const ran = randose('randomize', '--study', copy.study, ...by);
    expect(ran.status).toBe(65);
    expect(ran.stderr).toContain('belongs to a rehearsal (DUMMY)');
    expect(randose('verify', '--study', copy.study)).toMatchObject({ status: 1 });
  });

  test('a kit of a rehearsal is distinguished from a kit of the trial', () => {
    const [, row = ''] = readFileSync(join(made.dummy, 'allocation/list.csv'), 'utf8').split('\n');
    const kit = row.split(',')[3]!;
    const ran = randose('check', '--study', trial.study, '--kit', kit);
    expect(ran.stderr).toContain('is a kit of a rehearsal (DUMMY)');
    expect(jsonOf('check', '--dummy', '--study', made.dummy, '--kit', kit)).toMatchObject({ kit });
  });

  test('a study may not call itself DUMMY', () => {
    const copy = depil2();
    editStudy(copy, ['  id: DEPIL-2', '  id: dummy-2']);
    expect(randose('allocate', '--study', copy.study, '--plan', copy.plan)).toMatchObject({
      status: 78,
    });
  });
});
