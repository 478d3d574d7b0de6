/** Whole numbers that are taken, to ask for again. */
export interface TakenCodes {
  /** @returns whether the number was free; it is taken now */
  take(code: number): boolean;
}

/** In a table of bits there are no more codes than that: 32 MiB. */
const MOST_BITS = 2 ** 28;
/** For fewer codes to take, a table is not worth making. */
const LEAST_TAKEN = 300_000;

/**
 * No codes taken yet. For many, each code that there is has a bit: in a list of a million, asking a
 * `Set` takes longer than drawing the code.
 *
 * @param codes how many codes there are
 * @param expected how many of them will be taken, about
 */
export function takenCodes(codes: number, expected: number): TakenCodes {
  if (codes > MOST_BITS || expected < LEAST_TAKEN) {
    const taken = new Set<number>();
    return { take: (code) => taken.size < taken.add(code).size };
  }
  const bits = new Uint32Array(Math.ceil(codes / 32));
  return {
    take(code) {
      const word = code >>> 5;
      const bit = 1 << (code & 31);
      const before = bits[word]!;
      bits[word] = before | bit;
      return (before & bit) === 0;
    },
  };
}
