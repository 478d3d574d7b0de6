import { describe, expect, test } from 'vitest';
import { countStates, isWithin, valueOf } from '../../src/randomization/count-states.ts';
import { walkOverCounts } from '../../src/randomization/walk-over-counts.ts';

const HALF = { numerator: 1, denominator: 2 };
const ONE = { numerator: 1, denominator: 1 };

test('a fraction has a value', () => {
  expect(valueOf({ numerator: 5, denominator: 4 })).toBe(1.25);
});

describe('numbers of the arms are within a bound', () => {
  // At 2:1 the shares of 4 participants are 8/3 and 4/3.
  test.each([
    [[2, 1], [3, 1], 4, { numerator: 1, denominator: 3 }, true],
    [[2, 1], [2, 2], 4, { numerator: 2, denominator: 3 }, true],
    [[2, 1], [2, 2], 4, HALF, false],
    [[2, 1], [4, 0], 4, { numerator: 4, denominator: 3 }, true],
    [[2, 1], [4, 0], 4, ONE, false],
    [[2, 1], [4, 2], 6, { numerator: 0, denominator: 1 }, true],
    // One arm has its share, and the two others do not.
    [[1, 1, 1], [1, 0, 2], 3, HALF, false],
    [[1, 1, 1], [1, 0, 2], 3, ONE, true],
  ])(
    'at %j: %j after %i participants, %o: %s',
    (ratio, counts, participants, largest, expected) => {
      expect(isWithin(ratio, counts, participants, largest)).toBe(expected);
    },
  );
});

describe('the states of a stratum', () => {
  const none = undefined;
  /** At 1:1, four slots, at most one participant from the share. */
  const FOUR = [
    [{ counts: [0, 0], next: [1, 0] }],
    [
      { counts: [0, 1], next: [1, 0] },
      { counts: [1, 0], next: [2, 1] },
    ],
    [
      { counts: [0, 2], next: [0, none] },
      { counts: [1, 1], next: [1, 0] },
      { counts: [2, 0], next: [none, 1] },
    ],
    [
      { counts: [1, 2], next: [0, none] },
      { counts: [2, 1], next: [none, 0] },
    ],
    [{ counts: [2, 2], next: [none, none] }],
  ];

  test('are all numbers within the bound, each with what can follow', () => {
    expect(countStates([1, 1], 4, ONE)).toEqual(FOUR);
  });

  test('are only those from which the end is reached', () => {
    // 0 and 3 are within 3/2 of their shares, and never become 2 and 2.
    expect(countStates([1, 1], 4, { numerator: 3, denominator: 2 })).toEqual(FOUR);
  });

  test('are none if the bound is too small for any list', () => {
    expect(countStates([1, 1], 2, { numerator: 1, denominator: 4 })).toEqual([[], [], []]);
    expect(countStates([1, 1], 2, HALF)!.map((place) => place.length)).toEqual([1, 2, 1]);
  });

  test('are not counted to the end if there are too many', () => {
    expect(countStates([1, 1], 4, ONE, 9)).toEqual(FOUR);
    expect(countStates([1, 1], 4, ONE, 8)).toBeUndefined();
  });

  test('are in the ratio at the end, and ascend from the first arm on', () => {
    const counts = (ratio: number[], slots: number) =>
      countStates(ratio, slots, ONE)!.map((place) => place.map((one) => one.counts.join('')));
    expect(counts([2, 1], 3)).toEqual([['00'], ['01', '10'], ['11', '20'], ['21']]);
    expect(counts([1, 1, 1], 3)).toEqual([
      ['000'],
      ['001', '010', '100'],
      ['011', '101', '110'],
      ['111'],
    ]);
    // At 2:1:1 the shares of two participants are 1, 1/2 and 1/2.
    expect(counts([2, 1, 1], 4)[2]).toEqual(['011', '101', '110', '200']);
  });
});

test('a walk over the numbers of the arms has the probability of each', () => {
  const chances = new Map([
    ['0,0', [0.5, 0.5]],
    ['1,0', [0, 1]],
    ['0,1', [0.25, 0.75]],
  ]);
  const asked: number[] = [];
  const walk = walkOverCounts(2, 2, (counts, place) => {
    asked.push(place);
    return chances.get(counts.join())!;
  });
  expect([...walk]).toEqual([
    {
      before: [{ counts: [0, 0], probability: 1, chances: [0.5, 0.5] }],
      taken: 1,
      after: [
        { counts: [1, 0], probability: 0.5 },
        { counts: [0, 1], probability: 0.5 },
      ],
    },
    {
      before: [
        { counts: [1, 0], probability: 0.5, chances: [0, 1] },
        { counts: [0, 1], probability: 0.5, chances: [0.25, 0.75] },
      ],
      taken: 2,
      after: [
        // By both ways: 1/2 and 1/2 × 1/4.
        { counts: [1, 1], probability: 0.625 },
        { counts: [0, 2], probability: 0.375 },
      ],
    },
  ]);
  expect(asked).toEqual([0, 1, 1]);
});
