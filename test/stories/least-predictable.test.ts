import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  ageDecrypt,
  contentsOf,
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  planFile,
  randose,
  type Trial,
} from '../support/command-line.ts';

const PLAN = 'procedure: least predictable\nlargestImbalance: 4/3 participants\n';

/** DEPIL-2 with a least predictable plan, which is not drawn yet. */
function planned(text = PLAN): Trial {
  const trial = depil2();
  return { ...trial, plan: planFile(trial, text) };
}

function drawn(text = PLAN): Trial {
  const trial = planned(text);
  mustRun('allocate', '--study', trial.study, '--plan', trial.plan);
  return trial;
}

function masterOf({ study, statistician }: Trial, batch = ''): Record<string, unknown> {
  const file = join(study, 'allocation', batch, 'master.age');
  return JSON.parse(ageDecrypt(statistician, file)) as Record<string, unknown>;
}

/** The arms of the list that stock age opens, in their order. */
function armsOf(trial: Trial, batch = ''): string[] {
  return (masterOf(trial, batch).slots as { arm: string }[]).map(({ arm }) => arm);
}

describe('a least predictable list', () => {
  test('is drawn, sealed, verified and made again, and never goes beyond its bound [R-118]', () => {
    const trial = drawn();
    expect(masterOf(trial)).toMatchObject({ version: 3, algorithm: 2, planFile: PLAN });
    const arms = armsOf(trial);
    expect(arms.filter((arm) => arm === 'ILT101')).toHaveLength(12);
    let active = 0;
    for (const [place, arm] of arms.entries()) {
      if (arm === 'ILT101') active += 1;
      expect(Math.abs(3 * active - 2 * (place + 1))).toBeLessThanOrEqual(4);
    }
    const { study, officer } = trial;
    const again = mustRun('verify', '--study', study, '--regenerate', '--identity', officer);
    expect(again).toContain('match, 18 of 18 slots');
  });

  test('cannot be told from blocks by anything that is public, not even by a length [R-118]', () => {
    const [one, other] = [drawn(), drawn('blocks: { sizes: [3, 6] }\n')];
    const lengths = ({ study }: Trial) =>
      [...contentsOf(join(study, 'allocation'))].map(([file, content]) => [file, content.length]);
    expect(lengths(one)).toEqual(lengths(other));
    const manifest = ({ study }: Trial) => {
      const text = readFileSync(join(study, 'allocation', 'manifest.json'), 'utf8');
      return text.replace(/[0-9a-f]{32,64}|"created": ".*?"/g, '');
    };
    expect(manifest(one)).toBe(manifest(other));
    const kitLengths = ({ study }: Trial) => statSync(join(study, 'allocation', 'list.csv')).size;
    expect(kitLengths(one)).toBe(kitLengths(other));
  });

  test('is extended by blocks, and blocks by such a list', () => {
    for (const [first, second] of [
      [PLAN, 'blocks: { sizes: [3] }\n'],
      ['blocks: { sizes: [3] }\n', PLAN],
    ] as const) {
      const trial = drawn(first);
      const { study, officer } = trial;
      editStudy(trial, ['    slots: 18', '    slots: 27']);
      const next = planFile(trial, second, 'next.yaml');
      mustRun('allocate', '--extend', '--study', study, '--plan', next, '--identity', officer);
      const added = armsOf(trial, 'batch-2');
      expect(added.filter((arm) => arm === 'ILT101')).toHaveLength(6);
      const again = mustRun('verify', '--study', study, '--regenerate', '--identity', officer);
      expect(again).toContain('match, 27 of 27 slots');
    }
  });

  test('has three arms, and is opened one participant at a time', () => {
    const lowDose = '  - code: LOW\n    name: Low dose\n    type: active\n    ratio: 2\n';
    const trial = planned('procedure: least predictable\nlargestImbalance: 8/5 participants\n');
    const { study, plan, officer, statistician } = trial;
    editStudy(trial, ['    ratio: 1\n', `    ratio: 1\n${lowDose}`], ['slots: 18', 'slots: 20']);
    mustRun('allocate', '--study', study, '--plan', plan);
    const arms = armsOf(trial);
    const given = { ILT101: 0, PLACEBO: 0, LOW: 0 };
    for (const [place, arm] of arms.entries()) {
      given[arm as keyof typeof given] += 1;
      for (const [code, share] of [
        ['ILT101', 2],
        ['PLACEBO', 1],
        ['LOW', 2],
      ] as const) {
        expect(Math.abs(5 * given[code] - share * (place + 1))).toBeLessThanOrEqual(8);
      }
    }
    expect(given).toEqual({ ILT101: 8, PLACEBO: 4, LOW: 8 });
    const again = mustRun('verify', '--study', study, '--regenerate', '--identity', statistician);
    expect(again).toContain('match, 20 of 20 slots');
    const on = ['--study', study, '--by', 'E. Example, nurse, Example Hospital'];
    for (const [place, subject] of ['CRT-001', 'CRT-002', 'CRT-003'].entries()) {
      mustRun('randomize', '--subject', subject, '--site', 'CRT', '--day1', '2026-06-01', ...on);
      const key = ['--identity', officer, '--reason', 'an example', '--study', study];
      const opened = jsonOf('unblind', subject, ...key) as { arm: { code: string } };
      expect(opened.arm.code).toBe(arms[place]);
    }
  });

  test('is rehearsed', () => {
    const { study, plan, folder } = planned();
    const rehearsal = join(folder, 'DUMMY-depil-2');
    const where = ['--study', study, '--plan', plan, '--output', rehearsal];
    mustRun('allocate', '--rehearsal', ...where);
    const key = join(rehearsal, 'keys', 'DUMMY-officer.key');
    const again = mustRun(
      ...['verify', '--rehearsal', '--study', rehearsal, '--regenerate', '--identity', key],
    );
    expect(again).toContain('match, 18 of 18 slots');
  });

  test('is measured like any other plan, and is the least possible', () => {
    const { study, plan, folder } = planned();
    const blocks = planFile({ folder } as Trial, 'blocks: { sizes: [6] }\n', 'six.yaml');
    const result = jsonOf('assess', '--study', study, '--plan', plan, '--against', blocks) as {
      plans: {
        guesserKnows: string;
        leastPredictable?: object;
        correctGuess: { best: number; excess: number };
        imbalance: { greatest: number };
        leastPossible: { best: number };
      }[];
    };
    const [least, six] = result.plans;
    expect(least).toMatchObject({
      guesserKnows: 'chances',
      leastPredictable: { largestImbalance: 4 / 3, leastProbability: 0 },
    });
    // The values that two solvers have found.
    expect(least!.correctGuess.best).toBeCloseTo(0.708333, 6);
    expect(least!.leastPossible.best).toBeCloseTo(0.708333, 6);
    expect(least!.imbalance.greatest).toBeCloseTo(4 / 3, 12);
    expect(six!.correctGuess.best).toBeCloseTo(0.7444, 4);
    expect(six!.leastPossible.best).toBeCloseTo(0.708333, 6);
  });

  test.each([
    ['largestImbalance: 1/3 participants', '2:19', 'largestImbalance: 2/3 participants would fit'],
    ['largestImbalance: 300 participants', '2:19', 'participants would fit'],
    [
      'largestImbalance: 4/3 participants\nleastProbability: 0.4',
      '3:19',
      'leastProbability: 0.28 would fit',
    ],
  ])('that cannot be is refused before anything is drawn: %s', (rule, place, said) => {
    const { study, plan } = planned(`procedure: least predictable\n${rule}\n`);
    for (const words of [
      ['allocate', '--study', study, '--plan', plan],
      ['assess', '--study', study, '--plan', plan],
      ['check', join(study, 'study.yaml'), '--plan', plan],
    ]) {
      const { status, stderr } = randose(...words);
      expect(stderr).toContain(said);
      expect(stderr).toContain(`${plan}:${place}: `);
      expect(status).toBe(78);
    }
  });
});

describe('reference lists', () => {
  const rows = (file: string) =>
    parse<Record<'list' | 'stratum' | 'sequence_in_stratum' | 'arm', string>>(readFileSync(file), {
      columns: true,
    });

  test('come from the same procedure, say what they are, and are the same each time', () => {
    const { study, plan, folder } = planned();
    const file = join(folder, 'reference.csv');
    const words = ['assess', '--study', study, '--plan', plan, '--draw', '200', '--output', file];
    mustRun(...words);
    const lists = rows(file);
    expect(lists).toHaveLength(200 * 18);
    expect(new Set(lists.map(({ list }) => list)).size).toBe(200);
    expect(lists[0]).toMatchObject({ list: 'REFERENCE-001', stratum: 'site=CRT' });
    expect(statSync(file).mode & 0o077).toBe(0);
    for (let list = 0; list < 200; list += 1) {
      let active = 0;
      for (const [place, { arm }] of lists.slice(list * 18, list * 18 + 18).entries()) {
        if (arm === 'ILT101') active += 1;
        expect(Math.abs(3 * active - 2 * (place + 1))).toBeLessThanOrEqual(4);
      }
      expect(active).toBe(12);
    }
    const before = readFileSync(file);
    mustRun(...words, '--force');
    expect(readFileSync(file)).toEqual(before);
  });

  test('of blocks are blocks, and options that do not go with them are refused', () => {
    const { study, folder } = planned();
    const blocks = planFile({ folder } as Trial, 'blocks: { sizes: [3] }\n', 'three.yaml');
    const file = join(folder, 'reference.csv');
    const draw = ['assess', '--study', study, '--plan', blocks, '--draw', '20'];
    mustRun(...draw, '--output', file);
    const lists = rows(file);
    for (let block = 0; block < lists.length; block += 3) {
      const arms = lists.slice(block, block + 3).map(({ arm }) => arm);
      expect(arms.sort()).toEqual(['ILT101', 'ILT101', 'PLACEBO']);
    }
    expect(randose(...draw)).toMatchObject({ status: 64 });
    expect(randose(...draw, '--output', file)).toMatchObject({ status: 73 });
    const against = [...draw, '--output', join(folder, 'x.csv'), '--against', blocks];
    expect(randose(...against).stderr).toContain('leave --against out');
    writeFileSync(file, 'mine');
    expect(randose(...draw.slice(0, -1), '0', '--output', file, '--force')).toMatchObject({
      status: 64,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('of a list with further batches are those of one batch, with draws of their own', () => {
    const trial = drawn();
    const { study, officer, folder } = trial;
    editStudy(trial, ['    slots: 18', '    slots: 27']);
    const next = planFile(trial, PLAN, 'next.yaml');
    mustRun('allocate', '--extend', '--study', study, '--plan', next, '--identity', officer);
    const file = (name: string) => join(folder, name);
    const draw = ['assess', '--study', study, '--plan', next, '--draw', '50', '--output'];
    const refused = randose(...draw, file('all.csv'));
    expect(refused.stderr).toContain('the list has 2 batches: name one with --batch');
    expect(refused.status).toBe(64);
    mustRun(...draw, file('one.csv'), '--batch', '1');
    mustRun(...draw, file('two.csv'), '--batch', '2');
    const [one, two] = [rows(file('one.csv')), rows(file('two.csv'))];
    expect(one).toHaveLength(50 * 18);
    expect(two).toHaveLength(50 * 9);
    expect(two.slice(0, 9).map((row) => row.sequence_in_stratum)).toEqual(
      Array.from({ length: 9 }, (_, index) => String(19 + index)),
    );
    // Under the same draws, a list of nine slots would often begin as one of eighteen.
    const beginnings = (some: typeof one, length: number) =>
      Array.from({ length: 50 }, (_, list) =>
        some
          .slice(list * length, list * length + 7)
          .map(({ arm }) => arm[0])
          .join(''),
      );
    const same = beginnings(one, 18).filter((text, list) => text === beginnings(two, 9)[list]);
    expect(same.length).toBeLessThan(15);
    expect(randose(...draw, file('x.csv'), '--batch', '3')).toMatchObject({ status: 64 });
  });
});

describe('what a bound means', () => {
  test('is said if it is between two that make a difference', () => {
    const { study, plan } = planned(
      'procedure: least predictable\nlargestImbalance: 1.33 participants\n',
    );
    const { stdout, stderr, status } = randose('assess', '--study', study, '--plan', plan);
    expect(status).toBe(0);
    expect(stderr).toContain(
      'at 2:1, largestImbalance: 1.33 participants is the same as 1 participant; the next one that makes a difference is 4/3 participants.',
    );
    expect(stdout).toContain('0.7315');
  });

  test('a plan with it is found in the study folder, where blinded people would read it', () => {
    const trial = drawn();
    writeFileSync(join(trial.study, 'mine.txt'), PLAN);
    const { stdout, stderr, status } = randose('verify', '--study', trial.study);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('is a randomization plan');
  });
});
