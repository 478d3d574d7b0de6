import { expect, test } from 'vitest';
import { expandRanges } from '../../src/study/days.ts';

test.each<[unknown, number[] | undefined]>([
  ['1-5', [1, 2, 3, 4, 5]],
  ['3 - 6', [3, 4, 5, 6]],
  [7, [7]],
  [-1, [-1]],
  [
    [1, '3-4', 9],
    [1, 3, 4, 9],
  ],
  ['5-1', undefined],
  ['1-', undefined],
  ['0-5', undefined],
  ['1-99999', undefined],
  ['1..5', undefined],
  [1.5, undefined],
  [null, undefined],
  [{}, undefined],
  [[1, 'x'], undefined],
])('%j', (spec, expected) => {
  expect(expandRanges(spec)).toEqual(expected);
});
