import { createHmac } from 'node:crypto';
import seedrandom from 'seedrandom';
import type { Domain } from '../study/study.ts';

/**
 * The version of docs/ALGORITHM.md for everything but arms that are drawn by their numbers. The lists of a version never
 * change.
 */
export const ALGORITHM = 1;

/** The version for arms that are drawn by their numbers so far. Only what is sealed says that a list has it. */
export const ALGORITHM_BY_COUNTS = 2;

/** A seed is 256 bits, drawn by the operating system. */
export const SEED_BYTES = 32;

/** The kit codes that a stream draws. */
type KitPurpose =
  'kit codes' | 'spare kit codes' | 'replacement kit codes' | 'replacement spare kit codes';

/**
 * The purpose of a stream's draws. Each purpose has its own stream in each stratum. The kits of the first kit type have
 * the streams of kits without a type.
 */
export type Purpose =
  | 'block sizes'
  | 'permutations'
  | 'assignments'
  | KitPurpose
  | `${KitPurpose} of ${string}`
  | 'masked letters';

/** The name of a stream. All of it goes into the key, so two streams have nothing in common. */
export interface StreamName {
  /** `reference` is for lists that are no trial's (reference-lists.ts). */
  readonly domain: Domain | 'reference';
  readonly study: string;
  readonly batch: number;
  readonly purpose: Purpose;
  /** For masked letters: their name. */
  readonly stratum: string;
}

/** A stream of unbiased random integers. */
export interface Stream {
  /**
   * @param bound from 1 to 2^32
   * @returns a whole number from 0 to bound - 1, each equally likely; for bound 1 it is 0, without a draw
   */
  integerBelow(bound: number): number;
}

/**
 * A stream of the generator: ARC4 with seedrandom's key setup. The key comes from the seed, by HMAC-SHA-256
 * over the stream's name (docs/ALGORITHM.md, 2 and 3).
 *
 * @param seed 32 bytes
 * @throws Error if the seed has another length
 */
export function openStream(seed: Uint8Array, name: StreamName): Stream {
  if (seed.length !== SEED_BYTES) throw new Error(`a seed has ${SEED_BYTES} bytes`);
  const label = [
    `randose algorithm ${name.purpose === 'assignments' ? ALGORITHM_BY_COUNTS : ALGORITHM}`,
    name.domain,
    name.study,
    `batch ${name.batch}`,
    name.purpose,
    name.stratum,
  ].join('\n');
  const arc4 = seedrandom(createHmac('sha256', seed).update(label, 'utf8').digest('hex'));
  return {
    integerBelow(bound) {
      if (bound === 1) return 0;
      // The remainder alone would favour small numbers. So a draw that is not below the last whole
      // multiple of the bound is made again.
      const limit = limitOf(bound);
      let draw = arc4.int32() >>> 0;
      while (draw >= limit) draw = arc4.int32() >>> 0;
      return draw % bound;
    },
  };
}

/** The limits of small bounds, which lists need often. The division takes as long as a draw. */
const limits = new Float64Array(1 << 14);

/** The largest multiple of a bound up to 2^32. */
function limitOf(bound: number): number {
  if (bound >= limits.length) return 2 ** 32 - (2 ** 32 % bound);
  return (limits[bound] ||= 2 ** 32 - (2 ** 32 % bound));
}
