import { describe, expect, test } from 'vitest';
import { readPlan } from '../../src/randomization/plan.ts';
import { PLAN_TEMPLATE } from '../../src/study/depil-2.ts';
import type { Study } from '../../src/study/study.ts';
import { templateStudy } from '../support/designs.ts';

function withRatio(...ratio: number[]): Study {
  const study = templateStudy();
  return { ...study, arms: study.arms.map((arm, index) => ({ ...arm, ratio: ratio[index] ?? 1 })) };
}

function problems(text: string, study: Partial<Study> = templateStudy()): string[] {
  const checked = readPlan(text, 'plan.yaml', study);
  return checked.ok
    ? []
    : checked.problems.map(({ file, line, column, message }) => {
        return `${file}:${line}:${column} ${message}`;
      });
}

test('the template is a plan for the template', () => {
  expect(readPlan(PLAN_TEMPLATE, 'plan.yaml', templateStudy())).toEqual({
    ok: true,
    value: {
      blocks: [
        { size: 3, weight: 1 },
        { size: 6, weight: 1 },
      ],
    },
  });
});

test('block sizes alone are a plan, in any order', () => {
  expect(readPlan('blocks: { sizes: [9, 3] }', 'plan.yaml', templateStudy())).toEqual({
    ok: true,
    value: {
      blocks: [
        { size: 3, weight: 1 },
        { size: 9, weight: 1 },
      ],
    },
  });
});

describe('a problem in plan.yaml says where it is and what would fit', () => {
  test.each([
    [
      'blocks: { sizes: [4] }',
      'plan.yaml:1:19 block size 4 is not a multiple of 3, as the ratio 2:1 requires; 3 or 6 would fit',
    ],
    [
      'blocks: { sizes: [3, 2] }',
      'plan.yaml:1:22 block size 2 is not a multiple of 3, as the ratio 2:1 requires; 3 would fit',
    ],
    [
      'blocks:\n  sizes: [12]\n',
      'plan.yaml:2:10 stratum site=CRT has 18 slots in study.yaml, which whole blocks of 12 cannot fill exactly; 12 or 24 slots would fit',
    ],
    ['blocks: { sizes: [3, 3] }', 'plan.yaml:1:22 block size 3 is here twice'],
    [
      'blocks: { sizes: [3, 21] }',
      'plan.yaml:1:22 block size 21 would never be drawn: no stratum can be filled exactly with such a block; remove the size, or change the slots of a stratum',
    ],
    [
      'blocks: { sizes: [9, 12] }',
      'plan.yaml:1:22 block size 12 would never be drawn: no stratum can be filled exactly with such a block; remove the size, or change the slots of a stratum',
    ],
    ['blocks: { sizes: [] }', 'plan.yaml:1:18 blocks.sizes: expected at least one block size'],
    ['blocks: { sizes: 6 }', 'plan.yaml:1:18 blocks.sizes: expected a list, found 6'],
    ['blocks: {}', 'plan.yaml:1:9 blocks.sizes is missing'],
    [
      'study: DEPIL-3\nblocks: { sizes: [3] }',
      'plan.yaml:1:8 this plan is for DEPIL-3, but the study is DEPIL-2',
    ],
    ['', 'plan.yaml:1:1 the file is empty'],
  ])('%j', (text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  test('the ratio counts in lowest terms', () => {
    expect(problems('blocks: { sizes: [3] }', withRatio(4, 2))).toEqual([]);
    expect(problems('blocks: { sizes: [4] }', withRatio(3, 2))).toEqual([
      'plan.yaml:1:19 block size 4 is not a multiple of 5, as the ratio 3:2 requires; 5 would fit',
    ]);
  });

  test('without a sound study the plan itself is still checked', () => {
    expect(problems('blocks: { sizes: [3, x] }', {})).toHaveLength(1);
    expect(readPlan('blocks: { sizes: [4] }', 'plan.yaml', {}).ok).toBe(true);
  });

  test('a plan too large for its sealed space is refused', () => {
    expect(problems(`# ${'x'.repeat(9000)}\nblocks: { sizes: [3] }`)).toHaveLength(1);
  });
});
