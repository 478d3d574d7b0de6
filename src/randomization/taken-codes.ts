/** A set of whole numbers that are taken. */
export interface TakenCodes {
  /** Takes a number. @returns whether it was free */
  take(code: number): boolean;
}

/** The most codes for which a table of bits is made: 32 MiB. */
const MOST_BITS = 2 ** 28;
/** A table is made only if at least this number of codes will be taken. */
const LEAST_TAKEN = 300_000;

/**
 * A set without any codes. For many codes it is a table with a bit for each possible code: in a list of a
 * million, a `Set` takes longer than the drawing of the codes.
 *
 * @param codes how many codes are possible
 * @param expected about how many of them will be taken
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
