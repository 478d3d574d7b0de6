import { cpSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allocated,
  contentsOf,
  depil2,
  editStudy,
  FIXTURES,
  mustRun,
  planFile,
  randose,
  type Trial,
} from '../support/command-line.ts';

interface PlanFigures {
  readonly plan: string;
  readonly guesserKnows: string;
  readonly correctGuess: Record<'best' | 'excess' | 'convergence' | 'certain', number>;
  readonly imbalance: {
    readonly greatest: number;
    readonly stages: readonly {
      readonly participants: number;
      readonly arms: readonly { arm: string; distribution: [number, number][] }[];
    }[];
    readonly recruited?: { readonly arms: readonly { distribution: [number, number][] }[] };
  };
  readonly lists: number | string;
  readonly bits: number;
}

function plans({ study }: Trial, ...words: string[]): PlanFigures[] {
  const text = mustRun('assess', '--study', study, '--format', 'json', ...words);
  return (JSON.parse(text) as { plans: PlanFigures[] }).plans;
}

/** Six sites with eighteen slots each. */
function sixSites(): Trial {
  const trial = depil2();
  const more = [2, 3, 4, 5, 6].map((n) => `  - code: S${n}\n    name: Example Hospital ${n}\n`);
  editStudy(
    trial,
    ['\n\n# Each stratum', `\n${more.join('')}\n# Each stratum`],
    ['strata:\n  - site: CRT\n    slots: 18\n', 'strata:\n  slotsPerStratum: 18\n'],
  );
  return trial;
}

test('one block size alone draws a hint, where the list is made and where plans are compared', () => {
  const trial = depil2();
  const three = planFile(trial, 'blocks: { sizes: [3] }', 'three.yaml');
  const hint = `warning: ${three} has one block size: whoever works it out knows where each block ends`;
  const both = planFile(trial, 'blocks: { sizes: [3, 6] }', 'both.yaml');
  const assessed = randose('assess', '--study', trial.study, '--plan', both, '--against', three);
  expect(assessed.stderr.split('one block size: ')).toHaveLength(2);
  expect(assessed.stderr).toContain(hint);
  const made = randose('allocate', '--study', trial.study, '--plan', three);
  expect(made.status).toBe(0);
  expect(made.stderr).toContain(hint);
});

describe('a plan is measured before it is chosen', () => {
  test('with the reference values, to twelve digits [R-014]', () => {
    const trial = depil2();
    const three = planFile(trial, 'blocks: { sizes: [3] }', 'three.yaml');
    const six = planFile(trial, 'blocks: { sizes: [6] }', 'six.yaml');
    const [first, second] = plans(trial, '--plan', three, '--against', six);
    expect(first).toMatchObject({ plan: three, guesserKnows: 'boundaries', lists: 729 });
    expect(first!.correctGuess.best).toBeCloseTo(7 / 9, 12);
    expect(first!.correctGuess.excess).toBeCloseTo(1 / 9, 12);
    expect(first!.correctGuess.convergence).toBeCloseTo(13 / 18, 12);
    expect(first!.correctGuess.certain).toBeCloseTo(4 / 9, 12);
    expect(first!.bits).toBeCloseTo(6 * Math.log2(3), 12);
    expect(second).toMatchObject({ plan: six, guesserKnows: 'boundaries', lists: 3375 });
    expect(second!.correctGuess.best).toBeCloseTo(67 / 90, 12);
    expect(second!.correctGuess.excess).toBeCloseTo(7 / 90, 12);
    expect(second!.correctGuess.convergence).toBeCloseTo(61 / 90, 12);
    expect(second!.correctGuess.certain).toBeCloseTo(26 / 90, 12);
  });

  test('several sizes are harder to guess than known boundaries, and cost no balance at the end', () => {
    const trial = depil2();
    const [mixed] = plans(trial, '--plan', trial.plan);
    expect(mixed).toMatchObject({ guesserKnows: 'sizes' });
    expect(mixed!.correctGuess.certain).toBeLessThan(4 / 9);
    const end = mixed!.imbalance.stages.at(-1)!;
    expect(end.participants).toBe(18);
    expect(end.arms.map(({ distribution }) => distribution)).toEqual([[[12, 1]], [[6, 1]]]);
  });

  test("a sponsor's question: 18 participants over six sites", () => {
    const trial = sixSites();
    const [plan] = plans(trial, '--plan', trial.plan, '--recruited', '5,4,3,3,2,1');
    expect(plan!.imbalance.stages).toHaveLength(108);
    const stage = plan!.imbalance.stages[17]!;
    expect(stage.participants).toBe(18);
    const total = stage.arms[0]!.distribution.reduce((sum, [, chance]) => sum + chance, 0);
    expect(total).toBeCloseTo(1, 12);
    expect(plan!.imbalance.recruited!.arms[0]!.distribution.length).toBeGreaterThan(3);
    // Blocks of 3, and 3 at each site: whole blocks, so 12 and 6 and nothing else.
    const three = planFile(trial, 'blocks: { sizes: [3] }', 'three.yaml');
    const [even] = plans(trial, '--plan', three, '--recruited', '3,3,3,3,3,3');
    expect(even!.imbalance.recruited!.arms.map((arm) => arm.distribution)).toEqual([
      [[12, 1]],
      [[6, 1]],
    ]);
    const table = mustRun(
      'assess',
      '--study',
      trial.study,
      '--plan',
      three,
      '--participants',
      '18',
    );
    expect(table).toContain('after 18 (as asked)');
  });

  test('as a table in 80 columns, and as a page that loads nothing', () => {
    const trial = depil2();
    const three = planFile(trial, 'blocks: { sizes: [3] }', 'three.yaml');
    const words = ['--study', trial.study, '--plan', trial.plan, '--against', three];
    const table = mustRun('assess', ...words);
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(table).toContain('CONFIDENTIAL');
    const page = join(trial.folder, 'assessment.html');
    mustRun('assess', ...words, '--format', 'html', '--output', page);
    expect(statSync(page).mode & 0o777).toBe(0o600);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.match(/<svg/g)!.length).toBeGreaterThan(4);
    expect(html).not.toMatch(/<script|src=|href=|url\(|@import/);
    const again = ['assess', ...words, '--format', 'html', '--output', page];
    expect(randose(...again)).toMatchObject({ status: 73 });
    expect(randose(...again, '--force')).toMatchObject({ status: 0 });
    expect(readFileSync(page, 'utf8')).toBe(html);
  });

  test('and leaves no trace: neither in the folder nor in the ledger', () => {
    const trial = allocated();
    const before = contentsOf(trial.study);
    mustRun('assess', '--study', trial.study, '--plan', trial.plan);
    expect(contentsOf(trial.study)).toEqual(before);
  });
});

test('with replacement slots, a code-break shows the arm of two slots, which is said', () => {
  const design = (name: string) => join(FIXTURES, 'designs', name);
  const talkOf = (name: string) => {
    const words = ['--study', design(name), '--plan', join(design(name), 'plan.yaml')];
    return randose('assess', ...words).stderr.replace(/\s+/g, ' ');
  };
  const said = 'a code-break of one shows the arm of both';
  expect(talkOf('replacements')).toContain(said);
  expect(talkOf('weekly')).not.toContain(said);
});

test('the slots that a batch would add are assessed as a list of their own', () => {
  const trial = allocated();
  const extension = ['--extend', '--plan', trial.plan];
  expect(randose('assess', '--study', trial.study, ...extension)).toMatchObject({ status: 64 });
  editStudy(trial, ['    slots: 18', '    slots: 24']);
  const [added] = plans(trial, ...extension);
  // Six slots in blocks of 3 and 6: 3 × 3 lists of two blocks, and of the 15 blocks of six those
  // that do not fall into halves in ratio, 6.
  expect(added).toMatchObject({ slots: 6, lists: 15 });
  const plan = planFile(trial, 'blocks: { sizes: [6] }', 'six.yaml');
  const { stderr } = randose('assess', '--study', trial.study, '--extend', '--plan', plan);
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    'site=CRT: all slots are one block, so the number of slots shows the block size.',
  );
  expect(stderr.replace(/\s+/g, ' ')).toContain('six.yaml has one block size');
});

describe('what cannot be assessed', () => {
  test.each<[string, (trial: Trial) => string[], number, string]>([
    [
      'plans that do not fit, each told',
      (trial) => [
        ...['--plan', planFile(trial, 'blocks: { sizes: [4] }', 'a.yaml')],
        ...['--against', planFile(trial, 'blocks: { sizes: [3, 12], weights: [1] }', 'b.yaml')],
      ],
      78,
      '1 weight for 2 block sizes',
    ],
    [
      'the same plan twice',
      ({ plan }) => ['--plan', plan, '--against', plan],
      64,
      'is named twice',
    ],
    [
      'more numbers than strata',
      ({ plan }) => ['--plan', plan, '--recruited', '9,9'],
      64,
      '--recruited has 2 numbers, but the study has 1 stratum',
    ],
    [
      'more participants than slots in a stratum',
      ({ plan }) => ['--plan', plan, '--recruited', '19'],
      64,
      'stratum site=CRT has 18 slots',
    ],
    [
      'more participants than slots',
      ({ plan }) => ['--plan', plan, '--participants', '19'],
      64,
      'expects a number from 1 to 18',
    ],
    ['no number', ({ plan }) => ['--plan', plan, '--recruited', '3,x'], 64, 'whole number'],
    [
      'a plan that would be overwritten',
      ({ plan, folder }) => {
        const copy = join(folder, 'copy.yaml');
        cpSync(plan, copy);
        return ['--plan', copy, '--output', copy, '--force'];
      },
      64,
      '--output would replace a plan',
    ],
    ['no plan', () => ['--plan', 'none.yaml'], 66, 'none.yaml does not exist'],
    [
      'a file in the study folder, which blinded people read',
      ({ plan, study }) => ['--plan', plan, '--output', join(study, 'figures.txt')],
      64,
      'is inside the study folder',
    ],
  ])('%s', (_, words, status, message) => {
    const trial = depil2();
    const ran = randose('assess', '--study', trial.study, ...words(trial));
    expect(ran.stderr).toContain(message);
    expect(ran.status).toBe(status);
    expect(existsSync(join(trial.study, 'figures.txt'))).toBe(false);
  });
});
