import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStream } from '../../src/randomization/generator.ts';
import {
  checkCharacter,
  drawKitNumber,
  randomizationNumber,
} from '../../src/randomization/numbers.ts';
import { EXAMPLE_SEED } from '../support/designs.ts';

describe('the ISO 7064 Mod 37,36 check character', () => {
  test.each([
    // GRid, the Global Release Identifier standard: A1-2425G-ABC1234002-M.
    ['A12425GABC1234002', 'M'],
    // ISAN 0000-0000-D07A-0090-Q (ISO 15706).
    ['00000000D07A0090', 'Q'],
    ['', '1'],
  ])('%s: %s', (text, check) => {
    expect(checkCharacter(text)).toBe(check);
  });

  const kitText = fc.string({
    unit: fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')),
    minLength: 6,
    maxLength: 6,
  });

  test('finds every single wrong character', () => {
    fc.assert(
      fc.property(kitText, fc.nat({ max: 5 }), fc.nat({ max: 34 }), (text, place, step) => {
        const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
        const wrong = alphabet[(alphabet.indexOf(text[place]!) + 1 + step) % 36]!;
        const mistyped = text.slice(0, place) + wrong + text.slice(place + 1);
        expect(checkCharacter(mistyped)).not.toBe(checkCharacter(text));
      }),
    );
  });

  test('small letters are none of its characters', () => {
    expect(() => checkCharacter('a')).toThrow();
  });
});

test('kit codes are unique, free of look-alikes, and right by their check character', () => {
  const stream = openStream(EXAMPLE_SEED, {
    study: 'T',
    batch: 1,
    purpose: 'kit codes',
    stratum: 'site=A',
  });
  const taken = new Set<string>();
  for (let slot = 0; slot < 5000; slot += 1) {
    const kit = drawKitNumber(stream, taken);
    expect(kit).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{7}$/);
    expect(checkCharacter(kit.slice(0, 6))).toBe(kit[6]);
  }
  expect(taken.size).toBe(5000);
});

test('randomization numbers are as wide as the list needs, three digits at least', () => {
  expect([randomizationNumber(0, 18), randomizationNumber(17, 18)]).toEqual(['R001', 'R018']);
  expect([randomizationNumber(0, 12_000), randomizationNumber(11_999, 12_000)]).toEqual([
    'R00001',
    'R12000',
  ]);
});
