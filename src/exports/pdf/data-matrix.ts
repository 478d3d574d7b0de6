import bwip from 'bwip-js/generic';

/** A DataMatrix, as modules. */
export interface DataMatrix {
  /** The number of modules on a side. */
  readonly side: number;
  /** The dark modules, joined along the rows: place and width. */
  readonly runs: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

/** The square symbols of ECC 200, with the number of their data codewords (ISO/IEC 16022, table 7). */
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
 * The side of a symbol that can hold any ASCII text of a length, with one codeword per character. So codes of one
 * length have the same size, although some would fit into a smaller symbol.
 *
 * @param length up to 44
 */
export function sideFor(length: number): number {
  const found = SIDES.find(([, codewords]) => codewords >= length);
  if (found !== undefined) return found[0];
  throw new RangeError(`expected a text of at most 44 characters, found ${length}`);
}

/**
 * Makes a DataMatrix (ISO/IEC 16022, ECC 200): square, without its quiet zone of one module.
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

/** A matrix of bwip-js: its modules row by row, 1 if dark. */
interface RawSymbol {
  readonly pixs: readonly number[];
  readonly pixx: number;
  readonly pixy: number;
}
