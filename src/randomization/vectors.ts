import type { Study } from '../study/study.ts';
import { partsOfStratum } from '../study/sections/strata.ts';
import { weighted } from './blocks.ts';
import type { CountTable } from './count-table.ts';
import {
  type AllocatedSlot,
  type Design,
  makeAllocationList,
  nextBatch,
  type Slot,
} from './list.ts';

interface Sizes {
  readonly sizes: readonly number[];
  readonly weights?: readonly number[];
}

/** The input of a published vector (docs/ALGORITHM.md, 10). */
export interface VectorInput extends Partial<Sizes> {
  readonly seed: string;
  readonly study: string;
  readonly domain?: Design['domain'];
  readonly arms: Design['arms'];
  readonly strata: readonly (Design['strata'][number] & Partial<Sizes>)[];
  /** In the place of sizes, if arms are drawn by their numbers. */
  readonly tables?: readonly CountTable[];
  readonly numbers?: Design['numbers'];
  readonly hasKits?: boolean;
  readonly spareKits?: number;
  /** In the place of `spareKits`. */
  readonly kitTypes?: Design['kitTypes'];
  readonly replacementOffset?: number;
  /** The slots of earlier batches. */
  readonly earlier?: readonly Slot[];
}

/** A published vector: what a seed gives, which never changes. */
export interface Vector {
  readonly input: VectorInput;
  /** Its slots do not say their batch, which follows from the input. */
  readonly list: readonly Omit<AllocatedSlot, 'batch'>[];
}

/** The numbers of a study whose study.yaml says nothing of them: R001, and codes of six. */
export const PLAIN_NUMBERS: Study['numbers'] = {
  randomization: { prefix: 'R', site: false, width: undefined, check: false },
  kits: { prefix: '', site: false, width: 6 },
};

/** The list that an input gives. */
export function listOfVector(input: VectorInput): AllocatedSlot[] {
  const { seed, study, domain = 'production', arms, strata, numbers = PLAIN_NUMBERS } = input;
  const { sizes: sizesOfAll = [], tables } = input;
  const { hasKits = true, kitTypes = [], replacementOffset: offset } = input;
  const spareKits = kitTypes[0]?.spares ?? input.spareKits ?? 0;
  const replacements = offset === undefined ? undefined : { offset };
  return makeAllocationList(
    { id: study, domain, numbers, arms, strata, hasKits, spareKits, kitTypes, replacements },
    {
      blocks: weighted(sizesOfAll, input.weights),
      ...(tables && { tables }),
      strata: strata.flatMap(({ id, sizes, weights }) =>
        sizes === undefined
          ? []
          : [{ levels: partsOfStratum(id), blocks: weighted(sizes, weights) }],
      ),
    },
    Buffer.from(seed, 'hex'),
    input.earlier,
  );
}

/** The list that a vector says, with its batch. */
export function publishedList({ input, list }: Vector): AllocatedSlot[] {
  const batch = nextBatch(input.earlier ?? []);
  return list.map((slot) => ({ ...slot, batch }));
}
