import { type Arm, sharesIn, type Stratum } from '../study/study.ts';
import { lowestTerms } from './blocks.ts';
import { openStream, type Purpose, SEED_BYTES } from './generator.ts';
import { drawStratum, FIRST_BATCH, type PlanToDraw } from './list.ts';

/** The arms of a stratum in a reference list, in the order of its slots. */
export interface ReferenceStratum {
  /** The number of the reference list, from 1. */
  readonly draw: number;
  readonly stratum: string;
  /** Codes. */
  readonly arms: readonly string[];
}

/**
 * Lists of the same procedure as a trial's, for a randomization test: what the arms could have been. They come from a seed
 * that everybody knows and from a domain of their own (docs/ALGORITHM.md, 15), and tell nothing about the list of a trial. The
 * same design and plan always give the same lists.
 *
 * @param batch whose slots the strata have: each batch has draws of its own
 * @param draws how many lists
 * @returns stratum after stratum, list after list
 */
export function* referenceLists(
  design: {
    readonly id: string;
    readonly arms: readonly Pick<Arm, 'code' | 'ratio'>[];
    readonly strata: readonly Pick<Stratum, 'id' | 'slots' | 'ratio'>[];
  },
  plan: PlanToDraw,
  batch: number,
  draws: number,
): Generator<ReferenceStratum> {
  const seed = Buffer.alloc(SEED_BYTES);
  seed.writeUInt32BE(batch - FIRST_BATCH, SEED_BYTES - 4);
  const codes = design.arms.map(({ code }) => code);
  for (let draw = 1; draw <= draws; draw += 1) {
    for (const stratum of design.strata) {
      const { id, slots } = stratum;
      const name = { domain: 'reference', study: design.id, batch: draw, stratum: id } as const;
      const ratio = lowestTerms(sharesIn(design.arms, stratum));
      const stream = (purpose: Purpose) => openStream(seed, { ...name, purpose });
      const arms = [...drawStratum(plan, { id, ratio, slots }, stream)].flat();
      yield { draw, stratum: id, arms: arms.map((arm) => codes[arm]!) };
    }
  }
}
