import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandoseError } from '../../src/errors.ts';
import { findSlot, type SlotSources } from '../../src/ledger/sought-slot.ts';
import { makeAllocationList } from '../../src/randomization/list.ts';
import { looksLike } from '../../src/randomization/look-alikes.ts';
import { stratumId } from '../../src/study/sections/strata.ts';
import { anyNumbers, design, EXAMPLE_SEED, planOf } from '../support/designs.ts';

/** Records of a study whose sites look alike: C01 and CO1. */
function sources(numbers: Parameters<typeof makeAllocationList>[0]['numbers']): SlotSources {
  const strata = ['C01', 'CO1'].map((site) => ({ id: stratumId([['site', site]]), slots: 12 }));
  const of = { ...design([2, 1], []), numbers, strata };
  const slots = makeAllocationList(of, planOf([3]), EXAMPLE_SEED);
  return { entries: [], isLedgerSound: true, slots, isListSound: true, numbers: [] };
}

const WITH_SITE = {
  randomization: { prefix: 'R', site: true, width: 3, check: false },
  kits: { prefix: '', site: false, width: 6 },
};

function failureOf(number: string, of: SlotSources): RandoseError {
  try {
    findSlot({ number }, of);
  } catch (error) {
    if (error instanceof RandoseError) return error;
    throw error;
  }
  throw new Error(`${number} was found`);
}

test('a number that looks like one other is refused, and the hint names that one', () => {
  const of = sources({ ...WITH_SITE, randomization: { ...WITH_SITE.randomization, site: false } });
  const { message, hint } = failureOf('ROO7', of);
  expect(message).toBe('"ROO7" is not a randomization number of this study');
  expect(hint).toContain('R007 looks the same');
  expect(hint).toContain('run: randose unblind --number R007');
});

test('a number that looks like two others is refused, and the hint names both', () => {
  const { hint } = failureOf('RC0I-007', sources(WITH_SITE));
  expect(hint).toContain('RC01-007, RCO1-007');
  expect(hint).not.toContain('--number');
});

test('a number that exists is found, with a doubt if another one looks the same', () => {
  expect(findSlot({ number: 'rco1-007' }, sources(WITH_SITE))).toMatchObject({
    number: 'RCO1-007',
    doubts: ['whether RCO1-007 is meant, or RC01-007, which looks the same'],
  });
});

test('a number in damaged records is named, and not taken', () => {
  const of = { ...sources(WITH_SITE), slots: [], isListSound: false, numbers: ['RC01-007'] };
  expect(failureOf('RCO1-007', of).hint).toContain('RC01-007 looks the same');
});

test('a number whose hyphens are in other places is not meant if the typed one exists', () => {
  const of = { ...sources(WITH_SITE), slots: [], numbers: ['R1-11', 'R11-1'] };
  expect(findSlot({ number: 'R1-11' }, of)?.doubts).not.toContainEqual(
    expect.stringContaining('looks the same'),
  );
  expect(failureOf('R111', of).hint).toContain('R1-11, R11-1');
});

test('nobody gets another slot than the one whose number they type, whatever looks the same [R-046]', () => {
  const choices = fc.array(fc.nat({ max: 2 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(anyNumbers, fc.nat({ max: 23 }), choices, (numbers, place, chosen) => {
      const of = sources(numbers);
      const { number } = of.slots[place]!;
      const typed = Array.from(number.toUpperCase(), (character, at) => {
        const others = [character, ...looksLike(character)];
        return others[chosen[at]! % others.length]!;
      }).join('');
      const isNumber = of.slots.some((slot) => slot.number.toUpperCase() === typed);
      if (isNumber) {
        expect(findSlot({ number: typed }, of)?.number.toUpperCase()).toBe(typed);
      } else {
        expect(failureOf(typed, of).hint).toContain(number);
      }
    }),
  );
});
