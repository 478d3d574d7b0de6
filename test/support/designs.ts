import fc from 'fast-check';
import { blockUnit, fillableSlots } from '../../src/randomization/blocks.ts';
import type { SaltedSlot, Salts } from '../../src/blinding/commitment.ts';
import type { AllocatedSlot, Design } from '../../src/randomization/list.ts';
import { weighted } from '../../src/randomization/blocks.ts';
import { PLAIN_NUMBERS } from '../../src/randomization/vectors.ts';
import type { Plan } from '../../src/randomization/plan.ts';
import { stratumId } from '../../src/study/sections/strata.ts';
import type { Study } from '../../src/study/study.ts';
import { readStudy } from '../../src/study/study-file.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';

/** The seed of the examples: the bytes 0, 1, 2, … 31. */
export const EXAMPLE_SEED = Uint8Array.from({ length: 32 }, (_, index) => index);

/** Salts that are not drawn, a different one for each. */
export function exampleSalts(slots: number): Salts {
  const salt = (index: number) => index.toString(16).padStart(64, '0');
  return { slots: Array.from({ length: slots }, (_, index) => salt(index + 1)), list: salt(0) };
}

/** Slots with those salts. */
export function salted(slots: readonly AllocatedSlot[]): SaltedSlot[] {
  const salts = exampleSalts(slots.length);
  return slots.map((slot, index) => ({ ...slot, salt: salts.slots[index]! }));
}

/** The template as a study. */
export function templateStudy(): Study {
  const checked = readStudy(STUDY_TEMPLATE, 'study.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** Any patterns that study.yaml allows. */
export const anyNumbers: fc.Arbitrary<Study['numbers']> = fc.record({
  randomization: fc.record({
    prefix: fc.constantFrom('R', '', 'Rand9'),
    site: fc.boolean(),
    width: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    check: fc.boolean(),
  }),
  kits: fc.record({
    prefix: fc.constantFrom('', 'K', '34679A'),
    site: fc.boolean(),
    width: fc.integer({ min: 4, max: 10 }),
  }),
});

/** A plan of block sizes, all alike or weighted. */
export function planOf(sizes: readonly number[], weights?: readonly number[]): Plan {
  return { blocks: weighted(sizes, weights) };
}

/** A design of the given ratio, one stratum for each number of slots. */
export function design(ratio: readonly number[], slots: readonly number[], id = 'TRIAL'): Design {
  return {
    id,
    domain: 'production',
    numbers: PLAIN_NUMBERS,
    arms: ratio.map((share, index) => ({ code: String.fromCharCode(65 + index), ratio: share })),
    strata: slots.map((count, index) => {
      const site = `S${index + 1}`;
      return { id: stratumId([['site', site]]), slots: count };
    }),
  };
}

/** Slots as a batch's own files have them: which batch it is stands above them. */
export function withoutBatch<Slot extends { batch: number }>(
  slots: readonly Slot[],
): Omit<Slot, 'batch'>[] {
  return slots.map((slot) => {
    const copy: Partial<Slot> = { ...slot };
    delete copy.batch;
    return copy as Omit<Slot, 'batch'>;
  });
}

/** Any design with a plan that fits it, and a seed. */
export const anyList = fc
  .record({
    ratio: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
    multiples: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    weights: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
    wishes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
    seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  .map(({ ratio, multiples, weights, wishes, seed }) => {
    const unit = blockUnit(ratio);
    const sizes = multiples.map((multiple) => multiple * unit);
    const largest = Math.max(...sizes);
    const fillable = fillableSlots(sizes, 60 + 2 * largest);
    const slots = wishes.map((wish) => fillable.indexOf(1, Math.max(wish, largest)));
    const plan = planOf(sizes, weights.slice(0, sizes.length));
    return { design: design(ratio, slots), plan, seed };
  })
  .filter((list) => list.design.strata.every((stratum) => stratum.slots > 0));
