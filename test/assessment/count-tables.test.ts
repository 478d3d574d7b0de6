import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTables } from '../../src/assessment/count-tables.ts';
import {
  CHANCES,
  type CountTable,
  drawByCounts,
  faultOfTable,
  longestTablesText,
  tablesText,
} from '../../src/randomization/count-table.ts';
import { linearSolver } from '../../src/system/linear-solver.ts';

const solve = await linearSolver();

function tablesOf(
  ratio: readonly number[],
  slots: number,
  [numerator, denominator]: readonly [number, number],
  leastProbability = 0,
): readonly CountTable[] {
  const largestImbalance = { numerator, denominator };
  const made = countTables({ largestImbalance, leastProbability }, [{ ratio, slots }], solve);
  if ('none' in made) throw new Error(JSON.stringify(made.none));
  return made.tables;
}

describe('the table of a least predictable list', () => {
  test.each([
    { ratio: [2, 1], slots: 18, largest: [4, 3] as const },
    { ratio: [1, 1], slots: 20, largest: [1, 1] as const },
    { ratio: [2, 0, 1], slots: 24, largest: [4, 3] as const },
    { ratio: [2, 2, 1], slots: 20, largest: [6, 5] as const },
    { ratio: [2, 1], slots: 999, largest: [4, 3] as const },
    { ratio: [3, 1], slots: 1000, largest: [3, 2] as const },
  ])('keeps its ratio, bound and end: $ratio, $slots', ({ ratio, slots, largest }) => {
    const tables = tablesOf(ratio, slots, largest);
    const [numerator, denominator] = largest;
    expect(faultOfTable(tables[0]!, { numerator, denominator })).toBeUndefined();
    expect(tablesText(tables).length).toBeLessThanOrEqual(longestTablesText(ratio.length, [slots]));
  });

  test('gives away what the optimum does', () => {
    const [table] = tablesOf([2, 1], 18, [4, 3]);
    // The best guesser, along every path of the table.
    let reached = new Map([[0, 1]]);
    let best = 0;
    for (const rows of table!.places) {
      const after = new Map<number, number>();
      for (const [count, chance] of reached) {
        const first = rows.find(([one]) => one === count)![1]! / CHANCES;
        best += chance * Math.max(first, 1 - first);
        if (first > 0) after.set(count + 1, (after.get(count + 1) ?? 0) + chance * first);
        if (first < 1) after.set(count, (after.get(count) ?? 0) + chance * (1 - first));
      }
      reached = after;
    }
    expect(best / 18).toBeCloseTo(0.708333333, 7);
  });

  test('treats arms of the same share alike', () => {
    const [table] = tablesOf([2, 2, 1], 10, [6, 5]);
    for (const rows of table!.places) {
      const chances = new Map(rows.map(([one, two, ...own]) => [`${one} ${two}`, own]));
      for (const [one, two, ...own] of rows) {
        const exchanged = chances.get(`${two} ${one}`)!;
        for (const [arm, chance] of own.entries()) {
          expect(Math.abs(chance - exchanged[1 - arm]!)).toBeLessThan(1e-6 * CHANCES);
        }
      }
    }
  });

  test('never makes an arm less likely than asked, if several can be next', () => {
    const [table] = tablesOf([2, 1], 18, [4, 3], 0.1);
    for (const [place, rows] of table!.places.entries()) {
      for (const [count = 0, chance = 0] of rows) {
        const isFree = [count + 1, count].every((next) => {
          return (place === 17 ? 0 : Math.abs(3 * next - 2 * (place + 1))) <= 4 && next <= 12;
        });
        if (!isFree || chance === 0 || chance === CHANCES) continue;
        expect(Math.min(chance, CHANCES - chance) / CHANCES).toBeGreaterThanOrEqual(0.1 - 1e-6);
      }
    }
  });

  test.each([
    [
      { ratio: [2, 1], slots: 18, largest: [1, 3] as const, least: 0 },
      'too narrow',
      { numerator: 2, denominator: 3 },
    ],
    [
      { ratio: [1, 1], slots: 100, largest: [40, 1] as const, least: 0 },
      'too wide',
      { numerator: 7, denominator: 2 },
    ],
    [
      { ratio: [2, 1], slots: 18, largest: [4, 3] as const, least: 0.45 },
      'too likely',
      expect.any(Number),
    ],
    [{ ratio: [2, 1], slots: 9999, largest: [4, 3] as const, least: 0 }, 'too long', 6666],
  ])('says what would fit if there is none: %o', ({ ratio, slots, largest, least }, why, fits) => {
    const [numerator, denominator] = largest;
    const plan = { largestImbalance: { numerator, denominator }, leastProbability: least };
    const made = countTables(plan, [{ ratio, slots }], solve);
    expect(made).toEqual({ none: { ratio, slots, why, fits: fits as unknown } });
  });

  test('is found faulty if a chance, a number or the end is another', () => {
    const [table] = tablesOf([2, 1], 9, [4, 3]);
    const largest = { numerator: 4, denominator: 3 };
    const withRow = (place: number, row: readonly number[]): CountTable => ({
      ...table!,
      places: table!.places.with(place, [row, ...table!.places[place]!.slice(1)]),
    });
    expect(faultOfTable(withRow(0, [0, CHANCES / 2]), largest)).toContain('ratio at each place');
    expect(faultOfTable(withRow(0, [1, CHANCES]), largest)).toContain('lacks numbers');
    expect(faultOfTable(withRow(0, [0]), largest)).toContain('lacks numbers');
    expect(faultOfTable(withRow(0, [0, 1, 1, 1]), largest)).toContain('lacks numbers');
    expect(faultOfTable(withRow(0, [0, 0.5]), largest)).toContain('whole numbers');
    expect(faultOfTable(withRow(0, [0, CHANCES + 1]), largest)).toContain('whole numbers');
    expect(faultOfTable({ ...table!, slots: 12 }, largest)).toContain('number of places');
    expect(faultOfTable(table!, { numerator: 2, denominator: 3 })).toContain('largest imbalance');
  });
});

test('arms are drawn by their chances, with one draw for each', () => {
  const property = fc.property(
    fc.constantFrom(...tablesOf([2, 1], 9, [4, 3]), ...tablesOf([2, 0, 2, 1], 10, [6, 5])),
    fc.array(fc.integer({ min: 0, max: CHANCES - 1 }), { minLength: 10, maxLength: 10 }),
    (table, draws) => {
      let drawn = 0;
      const arms = drawByCounts(table, {
        integerBelow: (bound) => (expect(bound).toBe(CHANCES), draws[drawn++]!),
      });
      expect(drawn).toBe(table.slots);
      const counts = table.ratio.map(() => 0);
      for (const arm of arms) counts[arm]! += 1;
      const unit = table.ratio.reduce((a, b) => a + b, 0);
      expect(counts).toEqual(table.ratio.map((share) => (share * table.slots) / unit));
    },
  );
  fc.assert(property);
});
