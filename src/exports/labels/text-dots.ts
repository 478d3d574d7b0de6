import type { FontMetrics, Outline } from '../pdf/font-metrics.ts';
import type { PlacedText } from '../pdf/placed-text.ts';

/** From the top of a line to the baseline, as a multiple of the text size: DejaVu's ascent. */
const ASCENT = 0.928;
/** From the top of a line to the lowest point of its letters, as a multiple of the text size. */
const HEIGHT = 1.2;

/**
 * Draws a text in the dots of a printer.
 *
 * @param resolution dots per inch
 * @returns the dots row by row, true if dark
 */
export function textDots(
  { font, size, text }: Pick<PlacedText, 'font' | 'size' | 'text'>,
  resolution: number,
  metrics: FontMetrics,
): readonly (readonly boolean[])[] {
  const dots = (size * resolution) / 72;
  const width = Math.ceil(metrics.widthOf(font, text) * dots);
  const rows = Array.from({ length: Math.ceil(HEIGHT * dots) }, () =>
    new Array<boolean>(width).fill(false),
  );
  let pen = 0;
  for (const character of text) {
    const outlines = metrics.outlinesOf(font, character);
    for (const [index, row] of rows.entries()) {
      const height = ASCENT - (index + 0.5) / dots;
      for (const { from, to } of darkAt(height, outlines)) {
        // A dot is dark if its centre is.
        row.fill(true, firstDot((pen + from) * dots), firstDot((pen + to) * dots));
      }
    }
    pen += metrics.widthOf(font, character);
  }
  return rows;
}

/** The first dot whose centre is at this place or behind it. */
function firstDot(place: number): number {
  return Math.max(0, Math.ceil(place - 0.5));
}

/** What is dark at one height above the baseline, by the nonzero rule of TrueType; at text size 1. */
function darkAt(
  height: number,
  outlines: readonly Outline[],
): { readonly from: number; readonly to: number }[] {
  const crossings = outlines.flatMap((points) =>
    points.flatMap(([x, y], index) => {
      const [beforeX, beforeY] = points.at(index - 1)!;
      if (beforeY <= height === y <= height) return [];
      const at = beforeX + ((height - beforeY) / (y - beforeY)) * (x - beforeX);
      return [{ at, turn: y > beforeY ? 1 : -1 }];
    }),
  );
  crossings.sort((a, b) => a.at - b.at);
  let winding = 0;
  return crossings.flatMap(({ at, turn }, index) => {
    winding += turn;
    return winding === 0 ? [] : [{ from: at, to: crossings[index + 1]!.at }];
  });
}
