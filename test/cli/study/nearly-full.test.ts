import { expect, test } from 'vitest';
import { nearlyFullTexts } from '../../../src/cli/study/nearly-full.ts';

const HINT =
  'The statistician can add some: raise the numbers under strata in study.yaml, then: randose allocate --extend --plan FILE --identity KEY';

/** Strata A, B, … of 18 slots, with what each has left. */
function strataWith(...left: number[]) {
  return left.map((rest, at) => {
    const stratum = `site=${String.fromCharCode(65 + at)}`;
    return { stratum, slots: 18, used: 18 - rest, left: rest };
  });
}

test('each of a few strata has a warning of its own', () => {
  expect(nearlyFullTexts([])).toEqual([]);
  expect(nearlyFullTexts(strataWith(0, 2, 1))).toEqual([
    `stratum site=A is full: 0 of 18 slots left. ${HINT}`,
    `stratum site=B is nearly full: 2 of 18 slots left. ${HINT}`,
    `stratum site=C is nearly full: 1 of 18 slots left. ${HINT}`,
  ]);
});

test.each([
  [[0, 2, 1, 0], ', 2 of them none: site=A 0 of 18, site=B 2 of 18, site=C 1 of 18 and 1 more'],
  [[0, 0, 0, 0], ', all of them none: site=A 0 of 18, site=B 0 of 18, site=C 0 of 18 and 1 more'],
  [[1, 1, 1, 2], ': site=A 1 of 18, site=B 1 of 18, site=C 1 of 18 and 1 more'],
])('more of them have one together: %j left', (left, text) => {
  expect(nearlyFullTexts(strataWith(...left))).toEqual([
    `4 strata have few slots left${text} (all of them: randose status). ${HINT}`,
  ]);
  const [listed] = nearlyFullTexts(strataWith(...left), true);
  expect(listed).toBe(`4 strata have few slots left${text}. ${HINT}`);
});
