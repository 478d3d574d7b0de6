import bwip from 'bwip-js/generic';

/** A DataMatrix in its modules. */
export interface DataMatrix {
  /** The number of modules on a side. */
  readonly side: number;
  /** What is dark, merged along the rows: place, and how many modules it is wide. */
  readonly runs: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

/**
 * A DataMatrix (ISO/IEC 16022, ECC 200), square, without its quiet zone of one module.
 *
 * @param text ASCII
 */
export function dataMatrix(text: string): DataMatrix {
  const [symbol] = bwip.raw({ bcid: 'datamatrix', text }) as unknown as readonly [RawSymbol];
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
