import { describe, expect, test } from 'vitest';
import {
  blocksIn,
  MOST_PLAN_BYTES,
  type PlannedFor,
  readPlan,
  slotsOfPlan,
} from '../../src/randomization/plan.ts';
import { PLAN_TEMPLATE } from '../../src/study/depil-2.ts';
import type { Study } from '../../src/study/study.ts';
import { templateStudy } from '../support/designs.ts';

function withRatio(...ratio: number[]): Study {
  const study = templateStudy();
  return { ...study, arms: study.arms.map((arm, index) => ({ ...arm, ratio: ratio[index] ?? 1 })) };
}

function problems(text: string, study: PlannedFor = templateStudy()): string[] {
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
      'plan.yaml:2:10 stratum site=CRT has 18 slots, which whole blocks of 12 (plan.yaml) cannot fill exactly; slots: 12 or 24 would fit',
    ],
    [
      'blocks: { sizes: [10000] }',
      'plan.yaml:1:19 block size 10000 is not a multiple of 3, as the ratio 2:1 requires; 9999 would fit',
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

  test.each([
    ['study: DEPIL-2', ['plan.yaml:1:1 blocks is missing']],
    ['strata: []', ['plan.yaml:1:1 blocks is missing']],
    [
      'study: 5',
      [
        'plan.yaml:1:1 blocks is missing',
        'plan.yaml:1:8 study: expected text, found 5 (put it in quotes)',
      ],
    ],
    // Another error is no reason to say nothing of the slots.
    [
      'study: 5\nblocks: { sizes: [12] }',
      [
        'plan.yaml:1:8 study: expected text, found 5 (put it in quotes)',
        'plan.yaml:2:18 stratum site=CRT has 18 slots, which whole blocks of 12 (plan.yaml) cannot fill exactly; slots: 12 or 24 would fit',
      ],
    ],
    ['strata: 5', ['plan.yaml:1:9 strata: expected a list, found 5']],
    ['blocks: { weights: [1] }', ['plan.yaml:1:9 blocks.sizes is missing']],
    ['blocks: { sizes: [3] } # \u0007', ['plan.yaml:1:1 the plan has control characters']],
    ['blocks: { sizes: [3] }\r\n#\tthree\r\n', []],
    [
      'blocks: { sizes: [3, 6, 3, 3] }',
      ['plan.yaml:1:25 block size 3 is here twice', 'plan.yaml:1:28 block size 3 is here twice'],
    ],
    [
      'blocks: { sizes: [3], weights: [1, 2] }',
      [
        'plan.yaml:1:32 2 weights for 1 block size: write one weight for each size, in the same order',
      ],
    ],
    // Weights of which one is wrong are not counted.
    [
      'blocks: { sizes: [3], weights: [1, 0] }',
      ['plan.yaml:1:36 blocks.weights[1]: expected a whole number from 1 to 1000'],
    ],
    [
      'study: on\nblocks: { sizes: [3] }',
      [
        'plan.yaml:1:8 this plan is for on, but the study is DEPIL-2',
        'plan.yaml:1:8 write "on" in quotes: many programs read on as true',
      ],
    ],
  ])('%j has these problems alone', (text, expected) => {
    expect(problems(text).toSorted()).toEqual(expected);
  });

  test('a sealed plan stays readable, whatever other programs make of it', () => {
    expect(problems('study: on\nblocks: { sizes: [12] }', { isSealed: true })).toEqual([]);
    expect(problems('blocks: { sizes: [12] }', { ...templateStudy(), isSealed: true })).toEqual([]);
    expect(problems('blocks: { sizes: [4] }', { ...templateStudy(), isSealed: true })).toEqual([
      'plan.yaml:1:19 block size 4 is not a multiple of 3, as the ratio 2:1 requires; 3 or 6 would fit',
    ]);
  });

  test('a rehearsal has the plan of its study', () => {
    const text = 'study: DEPIL-2\nblocks: { sizes: [3] }';
    expect(problems(text, { ...templateStudy(), id: 'DUMMY-DEPIL-2' })).toEqual([]);
    expect(problems(text, { ...templateStudy(), id: 'DUMMY-DEPIL-3' })).toEqual([
      'plan.yaml:1:8 this plan is for DEPIL-2, but the study is DEPIL-3',
    ]);
  });

  test('sizes are compared with the ratio of the arms if the strata have errors', () => {
    expect(problems('blocks: { sizes: [4, 12] }', { arms: templateStudy().arms })).toEqual([
      'plan.yaml:1:19 block size 4 is not a multiple of 3, as the ratio 2:1 requires; 3 or 6 would fit',
    ]);
  });

  test('sizes are not compared with slots, nor with a ratio if there are rows, if the strata have errors', () => {
    const { arms } = templateStudy();
    expect(problems('blocks: { sizes: [3, 12] }', { arms })).toEqual([]);
    const rows = 'strata:\n  - { site: CRT, blocks: { sizes: [3] } }';
    expect(problems(`blocks: { sizes: [4] }\n${rows}`, { arms })).toEqual([]);
  });

  test('a size that is drawn in one of several strata is drawn', () => {
    const strata = [
      { id: 'site=A', slots: 3 },
      { id: 'site=B', slots: 6 },
    ];
    expect(problems('blocks: { sizes: [3, 6] }', { ...templateStudy(), strata })).toEqual([]);
  });

  test('sizes that are never drawn are not told if a stratum must be changed first', () => {
    const strata = [
      { id: 'site=A', slots: 12 },
      { id: 'site=B', slots: 9 },
    ];
    expect(problems('blocks: { sizes: [12, 99] }', { ...templateStudy(), strata })).toEqual([
      expect.stringContaining('stratum site=B has 9 slots, which whole blocks of 12 or 99'),
    ]);
  });

  test('the largest block has 10 000 slots', () => {
    expect(problems('blocks: { sizes: [9999] }', withRatio(1, 1))).toEqual([
      'plan.yaml:1:19 block size 9999 is not a multiple of 2, as the ratio 1:1 requires; 9998 or 10000 would fit',
    ]);
  });

  test('no block is as large as some ratios require', () => {
    expect(problems('blocks: { sizes: [10] }', withRatio(9999, 9998))).toEqual([
      'plan.yaml:1:19 block size 10 is not a multiple of 19997, as the ratio 9999:9998 requires; no size would fit',
    ]);
  });

  test.each(['trial/plan.yaml', 'C:\\trial\\plan.yaml'])(
    'what is said of slots has the name of the plan without its folder: %s',
    (file) => {
      const read = readPlan('blocks: { sizes: [12] }', file, templateStudy());
      expect(read).toMatchObject({
        problems: [
          {
            file,
            message:
              'stratum site=CRT has 18 slots, which whole blocks of 12 (plan.yaml) cannot fill exactly; slots: 12 or 24 would fit',
          },
        ],
      });
    },
  );

  test('slots that do not fit are named at their number in study.yaml', () => {
    const place = { line: 30, column: 12 };
    const slotsSaid = [
      { key: 'slots', number: 18, each: 18, strata: ['site=CRT'], file: 'study.yaml', place },
    ];
    const study = { ...templateStudy(), slotsSaid };
    expect(problems('blocks: { sizes: [12] }', study)).toEqual([
      'study.yaml:30:12 stratum site=CRT has 18 slots, which whole blocks of 12 (plan.yaml) cannot fill exactly; slots: 12 or 24 would fit',
    ]);
    // Sizes that would never be drawn are not told before the slots fit.
    expect(problems('blocks: { sizes: [12, 99] }', study)).toHaveLength(1);
  });

  test('slots are not compared with sizes of which one is wrong', () => {
    expect(problems('blocks: { sizes: [12, 0] }')).toEqual([
      'plan.yaml:1:23 blocks.sizes[1]: expected a whole number from 1 to 10000',
    ]);
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

  test('a plan too large for its sealed space is refused: it has at most 4096 bytes', () => {
    const ofBytes = (bytes: number) => {
      const text = 'blocks: { sizes: [3] }\n# é';
      return text.padEnd(bytes - 1, 'x');
    };
    expect(Buffer.byteLength(ofBytes(MOST_PLAN_BYTES))).toBe(4096);
    expect(problems(ofBytes(4096))).toEqual([]);
    expect(problems(ofBytes(4097))).toEqual([
      'plan.yaml:1:1 the plan is larger than 4096 bytes: shorten its comments',
    ]);
  });
});

describe('block sizes of strata', () => {
  const study = {
    ...withRatio(5, 1),
    strata: [
      { id: 'site=CRT/cohort=sentinel', slots: 4, ratio: { ILT101: 1, PLACEBO: 1 } },
      { id: 'site=CRT/cohort=main', slots: 24 },
      { id: 'site=LYO/cohort=sentinel', slots: 2, ratio: { ILT101: 1, PLACEBO: 1 } },
      { id: 'site=LYO/cohort=main', slots: 12 },
    ],
  };
  const of = (rows: string, blocks = 'blocks: { sizes: [6] }\n', leftOut?: number) => {
    const strata = study.strata.filter((_, index) => index + 1 !== leftOut);
    return problems(`${blocks}strata:\n${rows}`, { ...study, strata });
  };
  const sentinel = '  - { cohort: sentinel, blocks: { sizes: [2] } }\n';

  test('are those of the row that is about the stratum; else those of the plan', () => {
    expect(of(sentinel)).toEqual([]);
    const text = `blocks: { sizes: [6] }\nstrata:\n${sentinel}  - { cohort: main, site: LYO, blocks: { sizes: [6, 12], weights: [2, 4] } }\n`;
    const plan = readPlan(text, 'plan.yaml', study);
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const sizes = (id: string) => blocksIn(plan.value, id);
    expect(sizes('site=CRT/cohort=sentinel')).toEqual([{ size: 2, weight: 1 }]);
    expect(sizes('site=LYO/cohort=sentinel')).toEqual([{ size: 2, weight: 1 }]);
    expect(sizes('site=CRT/cohort=main')).toEqual([{ size: 6, weight: 1 }]);
    expect(sizes('site=LYO/cohort=main')).toEqual([
      { size: 6, weight: 1 },
      { size: 12, weight: 2 },
    ]);
  });

  test('every stratum can be in a row; then the plan has no other sizes', () => {
    const rows = `${sentinel}  - { cohort: main, blocks: { sizes: [6] } }\n`;
    expect(of(rows, '')).toEqual([]);
    expect(of(rows, 'study: DEPIL-2\nblocks: { sizes: [6] }\n')).toEqual([
      'plan.yaml:2:1 every stratum is in a row of strata: remove this',
    ]);
  });

  test.each([
    [
      'sizes of the plan that do not fit every ratio',
      () =>
        of(
          '  - { site: LYO, cohort: main, blocks: { sizes: [6] } }',
          'blocks: { sizes: [2, 4] }\n',
        ),
      [
        'plan.yaml:1:19 block size 2 is not a multiple of 6, as the ratio 5:1 of site=CRT/cohort=main requires; 6 would fit. In plan.yaml these strata can have sizes of their own: add a row to strata',
        'plan.yaml:1:22 block size 4 is not a multiple of 6, as the ratio 5:1 of site=CRT/cohort=main requires; 6 would fit. In plan.yaml these strata can have sizes of their own: add a row to strata',
      ],
    ],
    [
      'sizes of a row that do not fit its ratio',
      () => of('  - { cohort: sentinel, blocks: { sizes: [3, 5] } }'),
      [
        'plan.yaml:3:43 block size 3 is not a multiple of 2, as the ratio 1:1 of site=CRT/cohort=sentinel and site=LYO/cohort=sentinel requires; 2 or 4 would fit',
        'plan.yaml:3:46 block size 5 is not a multiple of 2, as the ratio 1:1 of site=CRT/cohort=sentinel and site=LYO/cohort=sentinel requires; 4 or 6 would fit',
      ],
    ],
    [
      'sizes of a row that do not fill its strata',
      () => of('  - { cohort: sentinel, blocks: { sizes: [4] } }'),
      [
        'plan.yaml:3:42 stratum site=LYO/cohort=sentinel has 2 slots, which whole blocks of 4 (plan.yaml) cannot fill exactly; slots: 4 would fit',
      ],
    ],
    [
      'a size that its strata never have',
      () => of('  - { cohort: sentinel, blocks: { sizes: [2, 8] } }'),
      [
        'plan.yaml:3:46 block size 8 would never be drawn: none of its strata can be filled exactly with such a block; remove the size, or change the slots of a stratum',
      ],
    ],
    [
      'a level that does not exist',
      () => of('  - { cohort: Sentinel, blocks: { sizes: [2] } }'),
      ['plan.yaml:3:15 "Sentinel" is not a level of cohort in study.yaml; there: sentinel, main'],
    ],
    [
      'a name that does not exist',
      () => of('  - { group: sentinel, blocks: { sizes: [2] } }'),
      ['plan.yaml:3:7 group: unknown key; the keys known here are: site, cohort, blocks'],
    ],
    [
      'a ratio, which is public',
      () =>
        of('  - { cohort: sentinel, ratio: { ILT101: 1, PLACEBO: 1 }, blocks: { sizes: [2] } }'),
      [
        'plan.yaml:3:25 ratio: the ratio is public: write it into the row of the strata in study.yaml',
      ],
    ],
    [
      'a row about all strata',
      () => of('  - { blocks: { sizes: [6] } }'),
      [
        'plan.yaml:3:5 this row does not say which strata it is about: add site or cohort, or write its sizes into blocks, above strata',
      ],
    ],
    [
      'a row without sizes, and a mistake elsewhere',
      () => of('  - { cohort: sentinel }', 'blocks: { sizes: [6, 6] }\n'),
      ['plan.yaml:3:5 strata[0].blocks is missing', 'plan.yaml:1:22 block size 6 is here twice'],
    ],
    [
      'a stratum in two rows',
      () => of(`${sentinel}  - { site: CRT, blocks: { sizes: [6] } }`),
      [
        'plan.yaml:4:5 site=CRT/cohort=sentinel is in the row of line 3 too: each stratum can be in one row',
      ],
    ],
    [
      'strata without any sizes',
      () => of(sentinel, ''),
      [
        'plan.yaml:2:3 site=CRT/cohort=main and site=LYO/cohort=main have no block sizes: add a row, or blocks, which is for all strata that are in no row',
      ],
    ],
    [
      'sizes twice in a row, and a weight too many',
      () => of('  - { cohort: sentinel, blocks: { sizes: [2, 2], weights: [1] } }'),
      [
        'plan.yaml:3:46 block size 2 is here twice',
        'plan.yaml:3:59 1 weight for 2 block sizes: write one weight for each size, in the same order',
      ],
    ],
    [
      'a seed in a row',
      () => of('  - { cohort: sentinel, blocks: { sizes: [2], seed: 1 } }'),
      [
        'plan.yaml:3:47 strata[0].blocks.seed: the seed is drawn from the operating system and cannot be given: remove this line',
      ],
    ],
  ])('%s: the error says where it is and what would fit', (_, found, expected) => {
    expect(found()).toEqual(expected);
  });

  test('of a row come with the levels that the row names', () => {
    const rows = `${sentinel}  - { cohort: main, blocks: { sizes: [12, 6], weights: [3, 6] } }\n`;
    expect(readPlan(`strata:\n${rows}`, 'plan.yaml', study)).toEqual({
      ok: true,
      value: {
        blocks: [],
        strata: [
          { levels: { cohort: 'sentinel' }, blocks: [{ size: 2, weight: 1 }] },
          {
            levels: { cohort: 'main' },
            blocks: [
              { size: 6, weight: 2 },
              { size: 12, weight: 1 },
            ],
          },
        ],
      },
    });
  });

  test.each([
    [
      'a row about a stratum that study.yaml does not have',
      () => of(`${sentinel}  - { site: LYO, cohort: main, blocks: { sizes: [6] } }`, undefined, 4),
      ['plan.yaml:4:5 this row is about no stratum of study.yaml: remove it'],
    ],
    [
      'several strata in two rows, of which the first one counts',
      () => of(`${sentinel}  - { cohort: sentinel, blocks: { sizes: [3] } }`),
      [
        'plan.yaml:4:5 site=CRT/cohort=sentinel and site=LYO/cohort=sentinel are in the row of line 3 too: each stratum can be in one row',
      ],
    ],
    [
      'one stratum without sizes',
      () => of(`${sentinel}  - { site: LYO, cohort: main, blocks: { sizes: [6] } }`, ''),
      [
        'plan.yaml:2:3 site=CRT/cohort=main has no block sizes: add a row, or blocks, which is for all strata that are in no row',
      ],
    ],
    [
      'a level that is not a text',
      () => of('  - { cohort: 5, blocks: { sizes: [2] } }'),
      ['plan.yaml:3:15 "5" is not a level of cohort in study.yaml; there: sentinel, main'],
    ],
    [
      'a seed beside the sizes',
      () => of('  - { cohort: sentinel, seed: 5, blocks: { sizes: [2] } }'),
      [
        'plan.yaml:3:25 seed: the seed is drawn from the operating system and cannot be given: remove this line',
      ],
    ],
    [
      'two names that do not exist',
      () => of('  - { group: A, sex: F, blocks: { sizes: [2] } }'),
      [
        'plan.yaml:3:7 group: unknown key; the keys known here are: site, cohort, blocks',
        'plan.yaml:3:17 sex: unknown key; the keys known here are: site, cohort, blocks',
      ],
    ],
    [
      'sizes that do not fit in one row, and slots that do not in another',
      () =>
        of(
          '  - { cohort: sentinel, blocks: { sizes: [3] } }\n  - { cohort: main, blocks: { sizes: [18] } }',
          '',
        ),
      [
        'plan.yaml:2:43 block size 3 is not a multiple of 2, as the ratio 1:1 of site=CRT/cohort=sentinel and site=LYO/cohort=sentinel requires; 2 or 4 would fit',
        'plan.yaml:3:38 stratum site=CRT/cohort=main has 24 slots, which whole blocks of 18 (plan.yaml) cannot fill exactly; slots: 18 or 36 would fit',
        'plan.yaml:3:38 stratum site=LYO/cohort=main has 12 slots, which whole blocks of 18 (plan.yaml) cannot fill exactly; slots: 18 would fit',
      ],
    ],
    // The row's sizes fit its strata, and are compared with no others.
    [
      'sizes of all other strata that are wrong',
      () => of(sentinel, 'blocks: { sizes: [9] }\n'),
      [
        'plan.yaml:1:19 block size 9 is not a multiple of 6, as the ratio 5:1 of site=CRT/cohort=main and site=LYO/cohort=main requires; 6 or 12 would fit',
      ],
    ],
  ])('%s: the error says so', (_, found, expected) => {
    expect(found()).toEqual(expected);
  });

  test('are compared with no strata if study.yaml has none without errors', () => {
    const { arms } = study;
    expect(problems(`strata:\n${sentinel}`, { arms })).toEqual([]);
    expect(problems(`blocks: { sizes: [6] }\nstrata:\n${sentinel}`, { arms })).toEqual([]);
    expect(problems('strata:\n  - { blocks: { sizes: [2] } }', { arms })).toEqual([
      'plan.yaml:2:5 this row does not say which strata it is about: add a factor, or write its sizes into blocks, above strata',
    ]);
    // With strata, and without arms.
    const { strata } = study;
    expect(problems(`blocks: { sizes: [5] }\nstrata:\n${sentinel}`, { strata })).toEqual([]);
    expect(problems(`strata:\n${sentinel}`, { strata })).toHaveLength(1);
  });

  test('in a further batch, rows can be about all strata that get more slots', () => {
    const batch = {
      ...study,
      strata: [
        { id: 'site=CRT/cohort=sentinel', slots: 2, ratio: { ILT101: 1, PLACEBO: 1 } },
        { id: 'site=LYO/cohort=main', slots: 10 },
      ],
      known: study.strata,
      isExtension: true,
    };
    const rows = `${sentinel}  - { site: LYO, cohort: main, blocks: { sizes: [6] } }\n`;
    expect(problems(`blocks: { sizes: [5] }\nstrata:\n${rows}`, batch)).toEqual([
      'plan.yaml:4:49 stratum site=LYO/cohort=main gets 10 more slots, which whole blocks of 6 (plan.yaml) cannot fill exactly; slots: 6 (6 more) or 12 (12 more) would fit',
    ]);
  });

  test('in a further batch, rows can be about strata that get no more slots', () => {
    const batch = {
      ...study,
      strata: [{ id: 'site=LYO/cohort=main', slots: 12 }],
      known: study.strata,
      isExtension: true,
    };
    const text = `blocks: { sizes: [6] }\nstrata:\n${sentinel}`;
    expect(readPlan(text, 'plan.yaml', batch).ok).toBe(true);
    expect(problems(text.replace('sentinel', 'first'), batch)).toHaveLength(1);
  });

  test('an arm that a stratum does not have makes its blocks smaller', () => {
    const three = {
      ...study,
      arms: ['LOW', 'HIGH', 'P'].map((code) => ({ ...study.arms[0]!, code, ratio: 1 })),
      strata: [
        { id: 'age=CHILD', slots: 6, ratio: { LOW: 4, HIGH: 0, P: 2 } },
        { id: 'age=ADULT', slots: 12 },
      ],
    };
    expect(problems('blocks: { sizes: [3, 6] }', three)).toEqual([]);
    expect(problems('blocks: { sizes: [4] }', three)[0]).toContain(
      'block size 4 is not a multiple of 3, as the ratio 4:0:2 of age=CHILD requires',
    );
  });
});

describe('a least predictable plan', () => {
  const plan = (text: string, study: PlannedFor = templateStudy()) =>
    readPlan(`procedure: least predictable\n${text}`, 'plan.yaml', study);

  test.each([
    ['4/3 participants', 4, 3],
    ['2 participants', 2, 1],
    ['1 participant', 1, 1],
    ['1.25 participants', 125, 100],
    ['0.5 participants', 5, 10],
  ])('has a largest imbalance of %s', (text, numerator, denominator) => {
    const leastPredictable = { largestImbalance: { numerator, denominator }, leastProbability: 0 };
    const value = { blocks: [], leastPredictable };
    expect(plan(`largestImbalance: ${text}`)).toEqual({ ok: true, value });
  });

  test('can have a least probability', () => {
    expect(plan('largestImbalance: 2 participants\nleastProbability: 0.1')).toMatchObject({
      value: { leastPredictable: { leastProbability: 0.1 } },
    });
  });

  test.each([
    ['', 'plan.yaml:1:1 largestImbalance is missing'],
    [
      'blocks: { sizes: [3] }\nlargestImbalance: 1 participant',
      'plan.yaml:2:1 blocks: a least predictable list has no blocks: remove this',
    ],
    [
      'strata: []\nlargestImbalance: 1 participant',
      'plan.yaml:2:1 strata: a least predictable list has no blocks: remove this',
    ],
    [
      'largestImbalance: 0 participants',
      'plan.yaml:2:19 the arms cannot always be in the ratio: write more than 0',
    ],
    [
      'largestImbalance: 0.0 participants',
      'plan.yaml:2:19 the arms cannot always be in the ratio: write more than 0',
    ],
    [
      'largestImbalance: 4/0 participants',
      'plan.yaml:2:19 largestImbalance: expected a number of participants, such as 4/3 participants',
    ],
    [
      'largestImbalance: 1.33',
      'plan.yaml:2:19 largestImbalance: expected a number of participants, such as 4/3 participants',
    ],
    [
      'largestImbalance: 2 participants\nleastProbability: 0.6',
      'plan.yaml:3:19 leastProbability: expected a probability from 0 to 0.5',
    ],
    [
      'largestImbalance: 2 participants\nleastProbability: -0.1',
      'plan.yaml:3:19 leastProbability: expected a probability from 0 to 0.5',
    ],
  ])('says what is wrong: %s', (text, message) => {
    expect(problems(`procedure: least predictable\n${text}`)[0]).toContain(message);
  });

  test('has a largest imbalance', () => {
    expect(problems('procedure: least predictable')).toEqual([
      'plan.yaml:1:1 largestImbalance is missing: write how far the arms can be from the ratio, such as largestImbalance: 4/3 participants',
    ]);
  });

  test('has no rows of strata', () => {
    const rows = 'strata:\n  - { site: CRT, blocks: { sizes: [4] } }';
    const text = `procedure: least predictable\nlargestImbalance: 1 participant\n${rows}`;
    expect(problems(text)).toEqual([
      'plan.yaml:3:1 strata: a least predictable list has no blocks: remove this',
    ]);
  });

  test('is compared with slots only before it is sealed, and if the arms are known', () => {
    const text = 'procedure: least predictable\nlargestImbalance: 2 participants';
    const strata = [{ id: 'site=CRT', slots: 20 }];
    expect(problems(text, { strata })).toEqual([]);
    expect(problems(text, { ...templateStudy(), strata, isSealed: true })).toEqual([]);
    expect(problems(text, { arms: templateStudy().arms })).toEqual([]);
  });

  test('needs slots that can end in the ratio of their strata', () => {
    const ratio = { ILT101: 1, PLACEBO: 1 };
    const study = {
      ...templateStudy(),
      strata: [
        { id: 'site=A', slots: 2 },
        { id: 'site=B', slots: 1, ratio },
        { id: 'site=C', slots: 4 },
        { id: 'site=D', slots: 6 },
        { id: 'site=E', slots: 4 },
        { id: 'site=F', slots: 4, ratio },
      ],
    };
    expect(
      problems('procedure: least predictable\nlargestImbalance: 2 participants', study),
    ).toEqual([
      'plan.yaml:1:12 site=A, site=C and site=E: 2 or 4 slots are not a multiple of 3, the sum of the ratio 2:1, so that the list cannot end in the ratio: change the slots in study.yaml; 3 would fit',
      'plan.yaml:1:12 site=B: 1 slot is not a multiple of 2, the sum of the ratio 1:1, so that the list cannot end in the ratio: change the slots in study.yaml; 2 would fit',
    ]);
  });

  test('needs slots that can end in the ratio', () => {
    const study = { ...templateStudy(), strata: [{ id: 'site=CRT', slots: 20 }] };
    expect(
      problems('procedure: least predictable\nlargestImbalance: 2 participants', study),
    ).toEqual([
      'plan.yaml:1:12 site=CRT: 20 slots are not a multiple of 3, the sum of the ratio 2:1, so that the list cannot end in the ratio: change the slots in study.yaml; 18 or 21 would fit',
    ]);
  });

  test('is the only one with its keys', () => {
    expect(
      problems('blocks: { sizes: [3] }\nlargestImbalance: 2 participants\nleastProbability: 0.1'),
    ).toEqual([
      'plan.yaml:2:1 largestImbalance: it needs procedure: least predictable, and no blocks; or remove this',
      'plan.yaml:3:1 leastProbability: it needs procedure: least predictable, and no blocks; or remove this',
    ]);
    expect(problems('procedure: big stick')[0]).toContain('expected least predictable');
  });
});

describe('whether a number of slots fits a plan, for a study.yaml that is still wrong', () => {
  const fit = (text: string) => slotsOfPlan(text)!;

  test('it does if whole blocks fill it, each size among them', () => {
    const fits = fit('blocks: { sizes: [3, 6] }');
    expect([3, 4, 6, 9, 12].map((slots) => fits(slots, 3))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    // Eight are two blocks of 4, but 6 would never be drawn.
    expect([8, 10].map((slots) => fit('blocks: { sizes: [4, 6] }')(slots, 2))).toEqual([
      false,
      true,
    ]);
  });

  test('it does whatever other programs make of the plan', () => {
    expect(fit('study: on\nblocks: { sizes: [3] }')(6, 3)).toBe(true);
  });

  test('it does if the sizes must be changed first', () => {
    const fits = fit('blocks: { sizes: [4, 6] }');
    expect(fits(7, 3)).toBe(true);
    expect(fits(7, 2)).toBe(false);
  });

  test('it does if a least predictable list can end in the ratio', () => {
    const fits = fit('procedure: least predictable\nlargestImbalance: 1 participant');
    expect([fits(9, 3), fits(10, 3), fits(10, 2)]).toEqual([true, false, true]);
  });

  test.each(['blocks: { sizes: [x] }', 'strata: [{ site: CRT, blocks: { sizes: [3] } }]'])(
    'the plan cannot say it: %s',
    (text) => {
      expect(slotsOfPlan(text)).toBeUndefined();
    },
  );
});
