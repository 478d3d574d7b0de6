import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codesLikeLetters, maskedLetters } from '../../src/blinding/masked-letters.ts';
import type { MasterContent } from '../../src/blinding/sealed-list.ts';
import { type AllocatedSlot, makeAllocationList } from '../../src/randomization/list.ts';
import { design, EXAMPLE_SEED, planOf, salted } from '../support/designs.ts';

function master(slots: readonly AllocatedSlot[], seed: Uint8Array = EXAMPLE_SEED): MasterContent {
  return {
    study: 'DEPIL-2',
    domain: 'production',
    batch: 1,
    list: '',
    salt: '',
    studyFile: '',
    planFile: '',
    seed: Buffer.from(seed).toString('hex'),
    slots: salted(slots),
  };
}

const slots = makeAllocationList(design([2, 1], [18]), planOf([3, 6]), EXAMPLE_SEED);
/** The same slots, with the codes of arms in the order of their first slots. */
function withArms(...codes: readonly string[]): AllocatedSlot[] {
  return codes.map((arm, index) => ({ ...slots[index]!, arm }));
}
const lettersOf = (name: string, ...codes: string[]) =>
  Object.fromEntries(maskedLetters(master(withArms(...codes)), name, codes));

describe('the letters of masked tables', () => {
  // By test/randomization/algorithm.py, which has its own generator, from docs/ALGORITHM.md, 11.
  test('are those that a program from the page alone gives', () => {
    expect(lettersOf('interim 1', 'B', 'A')).toEqual({ B: 'B', A: 'A' });
    expect(lettersOf('Interim 1', 'B', 'A')).toEqual({ B: 'A', A: 'B' });
    expect(lettersOf('interim 1', 'X', 'Y', 'Z')).toEqual({ X: 'C', Y: 'B', Z: 'A' });
    expect(lettersOf('interim 2', 'X', 'Y', 'Z')).toEqual({ X: 'B', Y: 'A', Z: 'C' });
    expect(lettersOf('interim 3', 'X', 'Y', 'Z')).toEqual({ X: 'A', Y: 'B', Z: 'C' });
  });

  test('depend on the order of the first slots, not on how often an arm is there', () => {
    const more = ['X', 'X', 'Y', 'X', 'Z', 'Z'];
    expect(lettersOf('interim 1', ...more)).toEqual(lettersOf('interim 1', 'X', 'Y', 'Z'));
  });

  test('are there for an arm that has no slot in the first batch', () => {
    const list = master(withArms('X', 'Y'));
    const letters = maskedLetters(list, 'interim 1', ['Z', 'Y', 'X']);
    expect(Object.fromEntries(letters)).toEqual(lettersOf('interim 1', 'X', 'Y', 'Z'));
  });

  test('of slots are the same if the arms are exchanged', () => {
    const [one, other] = [...new Set(slots.map(({ arm }) => arm))] as [string, string];
    const exchanged = slots.map((slot) => ({ ...slot, arm: slot.arm === one ? other : one }));
    const shown = (list: readonly AllocatedSlot[]) => {
      const letters = maskedLetters(master(list), 'interim 1', []);
      return list.map(({ arm }) => letters.get(arm));
    };
    expect(shown(exchanged)).toEqual(shown(slots));
    expect(new Set(shown(slots))).toEqual(new Set(['A', 'B']));
  });

  test('are a permutation, each about equally often over the seeds', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 600; index += 1) {
      const seed = new Uint8Array(32).fill(index % 251);
      seed[1] = index % 239;
      const list = master(withArms('X', 'Y', 'Z'), seed);
      const text = [...maskedLetters(list, 'interim 1', []).values()].join('');
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual(['ABC', 'ACB', 'BAC', 'BCA', 'CAB', 'CBA']);
    // 100 expected; 4 standard deviations are 37.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(37);
  });

  test('are enough for any number of arms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), (arms) => {
        const codes = Array.from({ length: arms }, (_, index) => `ARM${index}`);
        const list = codes.map((arm) => ({ ...slots[0]!, arm }));
        const letters = [...maskedLetters(master(list), 'x', []).values()];
        expect(new Set(letters).size).toBe(arms);
        expect(letters).toContain(arms > 26 ? 'A2' : 'A');
      }),
      { numRuns: 30 },
    );
  });

  test('begin again at A2 after Z, then at A3', () => {
    const codes = Array.from({ length: 53 }, (_, arm) => `ARM${arm}`);
    const letters = [...maskedLetters(master([]), 'x', codes).values()];
    const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    expect(new Set(letters)).toEqual(
      new Set([...alphabet, ...alphabet.map((letter) => `${letter}2`), 'A3']),
    );
  });

  test('are the codes of some studies too, and these are told', () => {
    expect(codesLikeLetters(['A', 'PLACEBO'])).toEqual(['A']);
    expect(codesLikeLetters(['b', 'A'])).toEqual(['b', 'A']);
    // Two arms have the letters A and B only.
    expect(codesLikeLetters(['C', 'A2'])).toEqual([]);
    expect(codesLikeLetters(['ILT101', 'PLACEBO'])).toEqual([]);
    const many = Array.from({ length: 26 }, (_, arm) => `ARM${arm}`);
    expect(codesLikeLetters([...many, 'a2'])).toEqual(['a2']);
  });
});
