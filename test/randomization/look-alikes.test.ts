import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookAlikes, looksLike } from '../../src/randomization/look-alikes.ts';
import { type Numbering, numberWriter } from '../../src/randomization/numbers.ts';
import { KIT_ALPHABET } from '../../src/study/identifiers.ts';
import { anyNumbers } from '../support/designs.ts';

describe('what looks like a typed number', () => {
  const numbers = ['RNTE-002-0', 'RNTE-008-O', 'RCRT-001-1', 'CO1-001', 'C01-001', 'R007-X'];

  test.each([
    ['RNTE-002-O', ['RNTE-002-0']],
    ['RNTE-008-0', ['RNTE-008-O']],
    ['rcrt-oo1-l', ['RCRT-001-1']],
    ['RCRT-001-I', ['RCRT-001-1']],
    // Two readings: both are named, and neither is chosen.
    ['COI-001', ['CO1-001', 'C01-001']],
    // The exact number is there; another one looks the same.
    ['CO1-001', ['C01-001']],
    // The exact number, and nothing looks the same.
    ['r007-x', []],
    [' r007-x ', []],
    ['R007X', ['R007-X']],
    [' r oo7 x ', ['R007-X']],
    ['R008-X', []],
    ['', []],
  ])('%s: %j', (typed, expected) => {
    expect(lookAlikes(typed, numbers)).toEqual(expected);
  });

  test.each([
    ['0', ['O']],
    ['I', ['1', 'L']],
    ['Z', ['2']],
    ['5', ['S']],
    ['B', ['8']],
    ['U', ['V']],
    ['A', []],
  ])('%s looks like %j', (character, expected) => {
    expect(looksLike(character)).toEqual(expected);
  });

  test.each([
    ['S0LUB', '5O1V8'],
    ['ZIP', '2LP'],
  ])('%s can be read as %s', (typed, number) => {
    expect(lookAlikes(typed, [number, 'R001'])).toEqual([number]);
    expect(lookAlikes(number.toLowerCase(), ['R001', typed])).toEqual([typed]);
  });

  test('names each number once', () => {
    expect(lookAlikes('R00I', ['R001', 'R001'])).toEqual(['R001']);
  });

  test('is not in the kit alphabet', () => {
    for (const character of KIT_ALPHABET) expect(looksLike(character)).toEqual([]);
    for (const character of '0O1IL2Z5S8BUV') {
      expect(KIT_ALPHABET).not.toContain(character);
      for (const other of looksLike(character)) expect(looksLike(other)).toContain(character);
    }
  });

  test('is always the number that was misread, among those that exist', () => {
    const anySite = fc.constantFrom('CRT', 'C0L1', 'LYO', 'S8');
    const choices = fc.array(fc.nat({ max: 2 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(anyNumbers, anySite, fc.integer({ min: 1, max: 40 }), choices, (...drawn) => {
        const [patterns, site, count, chosen] = drawn;
        const of: Numbering = { domain: 'production', numbers: patterns };
        const write = numberWriter(of, 40)(site);
        const all = Array.from({ length: 40 }, (_, index) => write(index + 1));
        const number = all[count - 1]!;
        const typed = Array.from(number.toUpperCase(), (character, place) => {
          const others = [character, ...looksLike(character)];
          return others[chosen[place]! % others.length]!;
        }).join('');
        const isExact = typed === number.toUpperCase();
        expect(lookAlikes(typed, all)).toEqual(isExact ? [] : [number]);
      }),
    );
  });
});
