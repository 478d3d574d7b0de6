import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../../src/exports/pdf/line-breaks.ts';

const width = (text: string) => Array.from(text).length;

test.each([
  ['À conserver entre 2 °C et 8 °C', 12, ['À conserver', 'entre 2 °C', 'et 8 °C']],
  [
    'N° de lot : L2026-01 · À utiliser avant : 06/2027',
    26,
    ['N° de lot : L2026-01 · À', 'utiliser avant : 06/2027'],
  ],
  ['poudre stérile, voie sous-cutanée', 20, ['poudre stérile, voie', 'sous-cutanée']],
  ['voie sous-cutanée', 10, ['voie sous-', 'cutanée']],
  ['Use by: 06/2027', 12, ['Use', 'by: 06/2027']],
  ['contient 9 flacons', 12, ['contient', '9 flacons']],
  ['DEPIL-2 · D15', 8, ['DEPIL-2', 'D15']],
  ['Lot: L2026-01 · Essai: DEPIL-2', 15, ['Lot: L2026-01', 'Essai: DEPIL-2']],
  ['Lot: L2026-01 · Essai: DEPIL-2', 14, ['Lot: L2026-01', 'Essai: DEPIL-2']],
  ['≤ 25 °C', 7, ['≤ 25 °C']],
])('%s, in lines of %i', (text, room, lines) => {
  expect(linesOf(text, room, width)).toEqual(lines);
});

test('what belongs together is separated only if no line is wide enough for it', () => {
  expect(linesOf('+33 1 00 00 00 00', 17, width)).toEqual(['+33 1 00 00 00 00']);
  expect(linesOf('+33 1 00 00 00 00', 9, width)).toEqual(['+33 1 00', '00 00 00']);
});

test('a word that is wider than a line is never cut', () => {
  expect(linesOf('a Wirkstoffbezeichnung', 10, width)).toBeUndefined();
});

test('every word is there, in its order, and no line is too wide', () => {
  const texts = fc.array(fc.stringMatching(/^[a-zé0-9°:,.«»/-]{1,12}$/), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 12, max: 60 }), (words, room) => {
      const text = words.join(' ');
      const lines = linesOf(text, room, width)!;
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      for (const line of lines) expect(width(line)).toBeLessThanOrEqual(room);
    }),
    { seed: 6, numRuns: 500 },
  );
});

test('a dot between two texts is never at the end or at the beginning of a line', () => {
  const texts = fc.array(fc.stringMatching(/^[a-z]{1,6}( [a-z0-9]{1,6}){0,2}$/), { minLength: 2 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 6, max: 40 }), fc.boolean(), (all, room, together) => {
      for (const line of linesOf(all.join(' · '), room, width, together) ?? []) {
        expect(line).not.toMatch(/^·|·$/);
        expect(width(line)).toBeLessThanOrEqual(room);
      }
    }),
  );
});
