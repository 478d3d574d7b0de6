import { describe, expect, test } from 'vitest';
import {
  CHANCES,
  type CountTable,
  drawByCounts,
  faultOfTable,
  longestTablesText,
  mostRowsPerPlace,
  rowChances,
  tableFor,
  tablesText,
} from '../../src/randomization/count-table.ts';

const HALF = CHANCES / 2;
const NO_MORE_THAN_HALF = { numerator: 1, denominator: 2 };

/** At 1:1, two slots: the first is either arm, and the second one the other. */
const TWO: CountTable = {
  ratio: [1, 1],
  slots: 2,
  places: [
    [[0, HALF]],
    [
      [0, CHANCES],
      [1, 0],
    ],
  ],
};

describe('the text of tables', () => {
  test('is JSON without blanks, in an order that never changes', () => {
    const { places, slots, ratio } = TWO;
    const text = '[{"ratio":[1,1],"slots":2,"places":[[[0,2147483648]],[[0,4294967296],[1,0]]]}]';
    expect(tablesText([{ places, slots, ratio }])).toBe(text);
    expect(tablesText([])).toBe('[]');
  });

  // It decides how large a sealed file is, so that a file tells nothing of its table. For two arms and 18 slots: 17
  // for a row such as [18,4294967296], with what separates it; 8 rows and 3 more at each of 18 places; 76 beside; and 2.
  test.each([
    [2, [18], 2580],
    [2, [18, 6], 3442],
    [3, [18], 6836],
    [2, [], 2],
  ])('of %i arms and %j slots has at most %i characters', (arms, slots, most) => {
    expect(longestTablesText(arms, slots)).toBe(most);
  });

  test('is shorter than that if the table has the most rows and the largest chances', () => {
    expect([mostRowsPerPlace(2), mostRowsPerPlace(3)]).toEqual([8, 12]);
    const row = [999, 999, CHANCES, CHANCES];
    const rows = Array.from({ length: mostRowsPerPlace(3) }, () => row);
    const places = Array.from({ length: 999 }, () => rows);
    const table = { ratio: [100, 100, 100], slots: 999, places };
    const { length } = tablesText([table]);
    expect(length).toBeLessThanOrEqual(longestTablesText(3, [999]));
    expect(length).toBeGreaterThan(0.95 * longestTablesText(3, [999]));
  });
});

test('a table is that of a ratio and a number of slots', () => {
  const other = { ...TWO, ratio: [2, 1], slots: 3 };
  expect(tableFor([other, TWO], [1, 1], 2)).toBe(TWO);
  expect(tableFor([other, TWO], [2, 1], 3)).toBe(other);
  expect(tableFor([other, TWO], [2, 1], 2)).toBeUndefined();
  expect(tableFor([other, TWO], [1, 1], 3)).toBeUndefined();
});

describe('the chances of the next arm', () => {
  test('are in the row of the numbers so far; the last arm has the rest', () => {
    const rows = [
      [0, 1, 5, 7],
      [1, 0, 1, 2],
    ];
    expect(rowChances(rows, [1, 0, 4])).toEqual([1, 2, CHANCES - 3]);
    expect(rowChances(rows, [0, 1, 0])).toEqual([5, 7, CHANCES - 12]);
  });

  test.each([
    ['there is no row', [[0, 1, 5, 7]], [0, 0, 1]],
    ['it has a number too few', [[0, 1, 5]], [0, 1, 1]],
    ['it has a number too many', [[0, 1, 5, 7, 9]], [0, 1, 1]],
  ])('are unknown if %s', (_, rows, counts) => {
    expect(rowChances(rows, counts)).toBeUndefined();
  });
});

describe('arms that are drawn by their numbers', () => {
  const drawn = (table: CountTable, ...draws: number[]) => {
    let next = 0;
    const bounds: number[] = [];
    const arms = drawByCounts(table, {
      integerBelow: (bound) => (bounds.push(bound), draws[next++]!),
    });
    expect(bounds).toEqual(arms.map(() => 2 ** 32));
    return arms;
  };

  test('need a draw for each place, also if only one can be next', () => {
    expect(drawn(TWO, 0, 0)).toEqual([0, 1]);
    expect(drawn(TWO, HALF - 1, CHANCES - 1)).toEqual([0, 1]);
    expect(drawn(TWO, HALF, CHANCES - 1)).toEqual([1, 0]);
  });

  test('are never one without a share', () => {
    const third = Math.floor(CHANCES / 3);
    const table = { ratio: [1, 0, 1, 1], slots: 1, places: [[[0, 0, third, third]]] };
    expect(drawn(table, 0)).toEqual([0]);
    expect(drawn(table, third - 1)).toEqual([0]);
    expect(drawn(table, third)).toEqual([2]);
    expect(drawn(table, 2 * third - 1)).toEqual([2]);
    expect(drawn(table, 2 * third)).toEqual([3]);
    expect(drawn(table, CHANCES - 1)).toEqual([3]);
  });

  test('need a row for the numbers so far', () => {
    const table = { ...TWO, places: [[[0, HALF]], [[0, CHANCES]]] };
    expect(drawn(table, HALF, 0)).toEqual([1, 0]);
    expect(() => drawn(table, 0, 0)).toThrow(/^the table lacks numbers that are reached$/);
  });
});

describe('a table', () => {
  test('is right if it keeps bound, ratio and end', () => {
    expect(faultOfTable(TWO, NO_MORE_THAN_HALF)).toBeUndefined();
    const withoutArm = {
      ...TWO,
      ratio: [1, 0, 1],
    };
    expect(faultOfTable(withoutArm, NO_MORE_THAN_HALF)).toBeUndefined();
    expect(faultOfTable({ ratio: [1, 1], slots: 0, places: [] }, NO_MORE_THAN_HALF)).toBe(
      undefined,
    );
  });

  const last = TWO.places[1]!;
  test.each<[string, CountTable['places'], string]>([
    ['a place too few', [[[0, HALF]]], 'has another number of places than its stratum'],
    ['a place too many', [...TWO.places, last], 'has another number of places than its stratum'],
    [
      'no row that is reached',
      [[[0, HALF]], [[0, CHANCES]]],
      'lacks numbers of the arms that are reached',
    ],
    [
      'half a chance',
      [[[0, HALF + 0.5]], last],
      'has chances that are not whole numbers out of 2^32',
    ],
    [
      'half a chance in one of two rows',
      [[[0, HALF]], [last[0]!, [1, 0.5]]],
      'has chances that are not whole numbers out of 2^32',
    ],
    [
      'a chance above all',
      [[[0, CHANCES + 1]], last],
      'has chances that are not whole numbers out of 2^32',
    ],
    ['a chance below 0', [[[0, -1]], last], 'has chances that are not whole numbers out of 2^32'],
    [
      'the same arm twice',
      [
        [[0, HALF]],
        [
          [0, HALF],
          [1, HALF],
        ],
      ],
      'goes beyond the largest imbalance',
    ],
    ['the first arm first', [[[0, CHANCES]], last], 'does not keep the ratio at each place'],
  ])('with %s is wrong', (_, places, fault) => {
    expect(faultOfTable({ ...TWO, places }, NO_MORE_THAN_HALF)).toBe(fault);
  });

  test('can end out of the ratio within a wide bound, and is wrong then', () => {
    const free = [
      [0, HALF],
      [1, HALF],
    ];
    const table = { ...TWO, places: [[[0, HALF]], free] };
    expect(faultOfTable(table, { numerator: 1, denominator: 1 })).toBe('does not end in the ratio');
  });

  // 42 of 2^32 are 0.98 × 10^-8, and 43 are 1.001 × 10^-8.
  test.each([
    [42, undefined],
    [-42, undefined],
    [43, 'does not keep the ratio at each place'],
    [-43, 'does not keep the ratio at each place'],
  ])('is at most 10^-8 from the ratio: %i chances', (more, fault) => {
    const table = { ...TWO, places: [[[0, HALF + more]], last] };
    expect(faultOfTable(table, NO_MORE_THAN_HALF)).toBe(fault);
  });

  test('keeps the ratio of each arm, not only of one', () => {
    const third = Math.round(CHANCES / 3);
    const places = [[[0, 0, third + 100, third - 100]]];
    const largest = { numerator: 1, denominator: 1 };
    expect(faultOfTable({ ratio: [1, 1, 1], slots: 1, places }, largest)).toBe(
      'does not keep the ratio at each place',
    );
  });

  test('keeps the ratio of all arms at each place, whatever the numbers so far', () => {
    // At 2:1, three slots: B is first, second or third, each with a third.
    const third = Math.round(CHANCES / 3);
    const table = {
      ratio: [2, 1],
      slots: 3,
      places: [
        [[0, 2 * third]],
        [
          [0, CHANCES],
          [1, HALF],
        ],
        [
          [1, CHANCES],
          [2, 0],
        ],
      ],
    };
    const largest = { numerator: 2, denominator: 3 };
    expect(faultOfTable(table, largest)).toBeUndefined();
    expect(faultOfTable(table, NO_MORE_THAN_HALF)).toBe('goes beyond the largest imbalance');
    const second = [
      [0, CHANCES],
      [1, 0],
    ];
    expect(faultOfTable({ ...table, places: table.places.with(1, second) }, largest)).toBe(
      'does not keep the ratio at each place',
    );
  });
});
