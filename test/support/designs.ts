import fc from 'fast-check';
import { blockUnit, fillableSlots } from '../../src/randomization/blocks.ts';
import type { Design } from '../../src/randomization/list.ts';
import type { Plan } from '../../src/randomization/plan.ts';
import { type Study, stratumId } from '../../src/study/study.ts';
import { readStudy } from '../../src/study/study-file.ts';
import { STUDY_TEMPLATE } from '../../src/study/depil-2.ts';

/** The seed of the examples: the bytes 0, 1, 2, … 31. */
export const EXAMPLE_SEED = Uint8Array.from({ length: 32 }, (_, index) => index);

/** The template as a study. */
export function templateStudy(): Study {
  const checked = readStudy(STUDY_TEMPLATE, 'study.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** A design of the given ratio, one stratum for each number of slots. */
export function design(ratio: readonly number[], slots: readonly number[], id = 'TRIAL'): Design {
  return {
    id,
    arms: ratio.map((share, index) => ({ code: String.fromCharCode(65 + index), ratio: share })),
    strata: slots.map((count, index) => {
      const site = `S${index + 1}`;
      return { id: stratumId(site), site, slots: count };
    }),
  };
}

/** Any design with a plan that fits it, and a seed. */
export const anyList = fc
  .record({
    ratio: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
    multiples: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    wishes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
    seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  })
  .map(({ ratio, multiples, wishes, seed }) => {
    const unit = blockUnit(ratio);
    const blockSizes = multiples.map((multiple) => multiple * unit).sort((a, b) => a - b);
    const largest = blockSizes.at(-1)!;
    const fillable = fillableSlots(blockSizes, 60 + 2 * largest);
    const slots = wishes.map((wish) => fillable.indexOf(1, Math.max(wish, largest)));
    const plan: Plan = { blockSizes };
    return { design: design(ratio, slots), plan, seed };
  })
  .filter((list) => list.design.strata.every((stratum) => stratum.slots > 0));
