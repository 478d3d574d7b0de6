import { describe, expect, test } from 'vitest';
import {
  haveKits,
  kitNames,
  kitsOf,
  listedKits,
  numberText,
  ownKits,
  type SlotKits,
  sparesOfType,
  typeOfKit,
} from '../../src/randomization/list.ts';

function kitsFrom(kits: unknown): SlotKits {
  return kits as SlotKits;
}

const NONE = kitsFrom({});
const ALONE = kitsFrom({ kit: 'AAAAAA4' });
const ALIKE = kitsFrom({ kit: 'AAAAAA4', spares: ['CCCCCC6', 'DDDDDD7'] });
const TYPED = kitsFrom({
  kit: 'AAAAAA4',
  spares: ['CCCCCC6'],
  kitType: 'tablets',
  further: [
    { type: 'syringe', kit: 'EEEEEE9', spares: ['FFFFFFA', 'GGGGGGC'] },
    { type: 'IV', kit: 'HHHHHHD' },
  ],
});

describe('the kits of a slot', () => {
  test('are its own, then the spare ones, type after type', () => {
    expect(kitsOf(NONE)).toEqual([]);
    expect(kitsOf(ALONE)).toEqual(['AAAAAA4']);
    expect(kitsOf(ALIKE)).toEqual(['AAAAAA4', 'CCCCCC6', 'DDDDDD7']);
    expect(kitsOf(TYPED)).toEqual([
      ...['AAAAAA4', 'CCCCCC6'],
      ...['EEEEEE9', 'FFFFFFA', 'GGGGGGC'],
      'HHHHHHD',
    ]);
  });

  test('have their types, and say which of them are spare', () => {
    expect(listedKits(NONE)).toEqual([]);
    expect(listedKits(ALIKE)).toEqual([
      { kit: 'AAAAAA4', type: undefined, isSpare: false },
      { kit: 'CCCCCC6', type: undefined, isSpare: true },
      { kit: 'DDDDDD7', type: undefined, isSpare: true },
    ]);
    expect(listedKits(TYPED)).toEqual([
      { kit: 'AAAAAA4', type: 'tablets', isSpare: false },
      { kit: 'CCCCCC6', type: 'tablets', isSpare: true },
      { kit: 'EEEEEE9', type: 'syringe', isSpare: false },
      { kit: 'FFFFFFA', type: 'syringe', isSpare: true },
      { kit: 'GGGGGGC', type: 'syringe', isSpare: true },
      { kit: 'HHHHHHD', type: 'IV', isSpare: false },
    ]);
  });

  test.each([
    [TYPED, 'AAAAAA4', 'tablets'],
    [TYPED, 'GGGGGGC', 'syringe'],
    [TYPED, 'HHHHHHD', 'IV'],
    [TYPED, 'JJJJJJE', undefined],
    [ALIKE, 'AAAAAA4', undefined],
  ])('of which one has this type: %#', (slot, kit, type) => {
    expect(typeOfKit(slot, kit)).toBe(type);
  });

  test.each([
    [TYPED, 'tablets', 1],
    [TYPED, 'syringe', 2],
    [TYPED, 'IV', 0],
    [TYPED, 'cream', 0],
    [ALIKE, undefined, 2],
    [ALONE, undefined, 0],
    [NONE, undefined, 0],
  ])('of which so many are spare kits of a type: %#', (slot, type, count) => {
    expect(sparesOfType(slot, type)).toBe(count);
  });

  test('of which one of each type is not spare', () => {
    expect(ownKits(TYPED)).toEqual([
      { type: 'tablets', kit: 'AAAAAA4' },
      { type: 'syringe', kit: 'EEEEEE9' },
      { type: 'IV', kit: 'HHHHHHD' },
    ]);
    expect(ownKits(ALIKE)).toEqual([]);
  });
});

describe('for people', () => {
  test('kits have their types if there are several', () => {
    expect(kitNames({ kit: '474WW4E' })).toEqual(['474WW4E']);
    expect(kitNames({ kit: '474WW4E', kits: [] })).toEqual(['474WW4E']);
    expect(kitNames({})).toEqual([undefined]);
    expect(kitNames({ kit: 'AAAAAA4', kits: ownKits(TYPED) })).toEqual([
      'AAAAAA4 (tablets)',
      'EEEEEE9 (syringe)',
      'HHHHHHD (IV)',
    ]);
  });

  test('a randomization number has its kits beside it, if it has any', () => {
    expect(numberText('R001', [])).toBe('R001');
    expect(numberText('R001', [undefined])).toBe('R001');
    expect(numberText('R001', ['474WW4E'])).toBe('R001, kit 474WW4E');
    expect(numberText('R001', ['AAAAAA4 (tablets)', 'EEEEEE9 (syringe)'])).toBe(
      'R001, kit AAAAAA4 (tablets), EEEEEE9 (syringe)',
    );
  });

  test('slots have kits, or not', () => {
    expect(haveKits([])).toBe(false);
    expect(haveKits([NONE, { kit: undefined }])).toBe(false);
    expect(haveKits([NONE, ALONE])).toBe(true);
  });
});
