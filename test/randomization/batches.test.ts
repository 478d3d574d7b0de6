import { describe, expect, test } from 'vitest';
import { CHANCES } from '../../src/randomization/count-table.ts';
import {
  isReplacementSlot,
  makeAllocationList,
  missingSlots,
  nextBatch,
  onlyAddsSlots,
  ordinarySlots,
  type Slot,
  slotsPerStratum,
} from '../../src/randomization/list.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import { design, EXAMPLE_SEED, planOf } from '../support/designs.ts';

/** Slots of strata, one for each name; a replacement slot after a name with a plus. */
function slotsIn(names: string, batch = 1): Slot[] {
  return names.split(' ').flatMap((name, index) => {
    const slot = {
      number: `R${index}`,
      batch,
      stratum: name.replace('+', ''),
      sequence: 1,
    } as Slot;
    const twin = { ...slot, number: `R10${index}`, replacementFor: slot.number } as Slot;
    return name.endsWith('+') ? [slot, twin] : [slot];
  });
}

describe('slots of a list', () => {
  const slots = slotsIn('B A+ B+');

  test('are for everybody, but for the replacement slots', () => {
    expect(slots.map(isReplacementSlot)).toEqual([false, false, true, false, true]);
    expect(ordinarySlots(slots).map(({ number }) => number)).toEqual(['R0', 'R1', 'R2']);
    // A long list is not copied.
    const plain = slotsIn('A B');
    expect(ordinarySlots(plain)).toBe(plain);
  });

  test('are counted in each stratum, without replacement slots', () => {
    expect([...slotsPerStratum(slots)]).toEqual([
      ['B', 2],
      ['A', 1],
    ]);
  });

  test('are followed by the next batch', () => {
    expect(nextBatch([])).toBe(1);
    expect(nextBatch(slots)).toBe(2);
    expect(nextBatch([...slots, ...slotsIn('A', 4)])).toBe(5);
  });
});

describe('a study.yaml after the list', () => {
  const earlier = slotsIn('A A A+ B');

  test('asks for the slots that its strata do not have', () => {
    const ratio = { X: 1, Y: 1 };
    const strata = [
      { id: 'C', slots: 2 },
      { id: 'B', slots: 1 },
      { id: 'A', slots: 7, ratio },
    ];
    expect(missingSlots(strata, earlier)).toStrictEqual([
      { id: 'C', slots: 2, before: 0 },
      { id: 'A', slots: 4, before: 3, ratio },
    ]);
  });

  test.each([
    ['more slots', { A: 4, B: 1 }, true],
    ['another stratum', { A: 3, B: 1, C: 1 }, true],
    ['the same', { A: 3, B: 1 }, false],
    ['more in one stratum, fewer in another', { A: 2, B: 2 }, false],
    ['more in one stratum, and not the other', { A: 4 }, false],
    ['fewer', { A: 3 }, false],
  ])('that has %s: whether it only adds slots', (_, asked, expected) => {
    const strata = Object.entries(asked).map(([id, slots]) => ({ id, slots }));
    expect(onlyAddsSlots(strata, earlier)).toBe(expected);
  });
});

describe('making a batch', () => {
  const two = design([2, 1], [6, 3]);

  test('tells how many slots it has after each stratum', () => {
    const told: number[] = [];
    makeAllocationList(two, planOf([3]), EXAMPLE_SEED, [], (made) => told.push(made));
    expect(told).toEqual([6, 9]);
  });

  test('without kits it has no spare kits and no kit types', () => {
    const kitTypes = [
      { type: 'tablets', spares: 1 },
      { type: 'IV', spares: 0 },
    ];
    const none = makeAllocationList(
      { ...two, hasKits: false, spareKits: 1, kitTypes, replacements: { offset: 100 } },
      planOf([3]),
      EXAMPLE_SEED,
    );
    expect(Object.keys(none[0]!).sort()).toEqual([
      'arm',
      'batch',
      'block',
      'blockSize',
      'number',
      'sequence',
      'sequenceInBlock',
      'stratum',
    ]);
    expect(none).toHaveLength(18);
  });

  test('slots without spare kits say nothing of them', () => {
    const kitTypes = [
      { type: 'tablets', spares: 0 },
      { type: 'IV', spares: 0 },
    ];
    const replacements = { offset: 100 };
    for (const slot of makeAllocationList(
      { ...two, kitTypes, replacements },
      planOf([3]),
      EXAMPLE_SEED,
    )) {
      expect(slot).not.toHaveProperty('spares');
      expect(slot.kitType).toBe('tablets');
      expect(slot.further!.map((one) => Object.keys(one))).toEqual([['type', 'kit']]);
    }
  });

  test('numbers are as wide as the first batch needs, in each later one too', () => {
    const wide = (slots: number, earlier: Slot[] = []) =>
      makeAllocationList(design([2, 1], [slots]), planOf([3]), EXAMPLE_SEED, earlier);
    const first = wide(1002);
    expect(first[0]!.number).toBe('R0001');
    expect(wide(1005, first).map(({ number }) => number)).toEqual(['R1003', 'R1004', 'R1005']);
    const small = wide(3);
    const second = wide(9, small);
    expect(second.at(-1)!.number).toBe('R009');
    expect(wide(1200, [...small, ...second]).at(0)!.number).toBe('R010');
  });

  test.each([
    [999, 'RNEW-001'],
    [1002, 'RNEW-0001'],
  ])(
    'numbers of a new site are as wide as those of the first batch, of %i slots',
    (slots, first) => {
      const randomization = { ...PLAIN_NUMBERS.randomization, site: true };
      const numbers = { ...PLAIN_NUMBERS, randomization };
      const make = (strata: Record<string, number>, earlier: Slot[]) => {
        const all = Object.entries(strata).map(([site, count]) => {
          return { id: `site=${site}`, slots: count };
        });
        const made = { ...two, numbers, strata: all };
        return [...earlier, ...makeAllocationList(made, planOf([3]), EXAMPLE_SEED, earlier)];
      };
      const one = make({ A: slots }, []);
      const later = make({ A: slots + 3 }, one);
      expect(make({ A: slots + 3, NEW: 3 }, later).at(-3)!.number).toBe(first);
    },
  );

  test('an offset of replacement slots is larger than every count', () => {
    const withOffset = (offset: number) => () =>
      makeAllocationList({ ...two, replacements: { offset } }, planOf([3]), EXAMPLE_SEED);
    expect(withOffset(9)).toThrow(/^the offset 9 is not larger than 9$/);
    expect(withOffset(10)().at(-1)!.number).toBe('R019');
  });

  test('replacement slots are counted in each site if the numbers have the site', () => {
    const numbers = {
      ...PLAIN_NUMBERS,
      randomization: { ...PLAIN_NUMBERS.randomization, site: true },
    };
    const list = makeAllocationList(
      { ...two, numbers, replacements: { offset: 100 } },
      planOf([3]),
      EXAMPLE_SEED,
    );
    expect(list.slice(9).map(({ number }) => number)).toEqual([
      ...['RS1-101', 'RS1-102', 'RS1-103', 'RS1-104', 'RS1-105', 'RS1-106'],
      ...['RS2-101', 'RS2-102', 'RS2-103'],
    ]);
  });
});

describe('arms that are drawn by their numbers', () => {
  // The first is A for certain; then B.
  const table = { ratio: [1, 1], slots: 2, places: [[[0, CHANCES]], [[1, 0]]] };
  const one = design([1, 1], [2]);

  test('are one block, as their table says', () => {
    const list = makeAllocationList(one, { blocks: [], tables: [table] }, EXAMPLE_SEED);
    expect(
      list.map(({ arm, block, blockSize, sequenceInBlock: place }) => {
        return `${arm} ${block} ${blockSize} ${place}`;
      }),
    ).toEqual(['A 1 2 1', 'B 1 2 2']);
  });

  test('need a table for their ratio and slots', () => {
    const wrong = [
      { ...table, slots: 4 },
      { ...table, ratio: [2, 1] },
    ];
    for (const tables of [[], wrong]) {
      expect(() => makeAllocationList(one, { blocks: [], tables }, EXAMPLE_SEED)).toThrow(
        /^there is no table for site=S1$/,
      );
    }
  });
});
