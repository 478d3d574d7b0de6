import bwip from 'bwip-js/generic';

/** A DataMatrix in its modules. */
export interface DataMatrix {
  /** The number of modules on a side. */
  readonly side: number;
  /** What is dark, merged along the rows: place, and how many modules it is wide. */
  readonly runs: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

/** Square symbols of ECC 200 by the number of codewords that they hold (ISO/IEC 16022, table 7). */
const SIDES: readonly (readonly [side: number, codewords: number])[] = [
  ...([
    [12, 5],
    [14, 8],
    [16, 12],
    [18, 18],
    [20, 22],
    [22, 30],
    [24, 36],
    [26, 44],
  ] as const),
];

/**
 * The side of a symbol that holds any ASCII text of a length: a codeword a character. Codes of one length are
 * so all the same size, though some would fit into less.
 *
 * @param length up to 44
 */
export function sideFor(length: number): number {
  const found = SIDES.find(([, codewords]) => codewords >= length);
  if (found !== undefined) return found[0];
  throw new RangeError(`a text of 44 characters at most is expected, found ${length}`);
}

/**
 * A DataMatrix (ISO/IEC 16022, ECC 200), square, without its quiet zone of one module.
 *
 * @param text ASCII
 * @param of its side, in modules
 */
export function dataMatrix(text: string, of: number = sideFor(text.length)): DataMatrix {
  const options = { bcid: 'datamatrix', text, version: `${of}x${of}` };
  const [symbol] = bwip.raw(options) as unknown as readonly [RawSymbol];
  const { pixs, pixx: side } = symbol;
  const runs: { x: number; y: number; width: number }[] = [];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      let width = 0;
      while (x + width < side && pixs[y * side + x + width] === 1) width += 1;
      if (width > 0) runs.push({ x, y, width });
      x += width;
    }
  }
  return { side, runs };
}

/** What bwip-js gives of a matrix: its modules row by row, 1 where they are dark. */
interface RawSymbol {
  readonly pixs: readonly number[];
  readonly pixx: number;
  readonly pixy: number;
}
