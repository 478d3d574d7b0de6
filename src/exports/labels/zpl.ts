import type { Label } from '../../labels/label.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import { layLabels } from './layout.ts';
import { textDots } from './text-dots.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';

/** Dots per inch of a thermal printer. */
export type Resolution = 203 | 300 | 600;

/**
 * Writes labels in ZPL II for thermal printers, one format per label. The printer draws the DataMatrix, and
 * the text in its own font (CG Triumvirate Bold Condensed, `^A0`). Every line is laid out for a wider font, so
 * that none is cut off. A line with characters outside Windows-1252 is sent as dots.
 *
 * @param tellProgress called with the number of labels that are laid out
 * @throws RandoseError `invalid-study` if a label's text does not fit
 */
export function formatZpl(
  labels: readonly Label[],
  size: LabelSize,
  resolution: Resolution,
  metrics: FontMetrics,
  tellProgress: (laid: number) => void = () => undefined,
): string {
  const dots = (points: number) => toDots(points, resolution);
  const wide: FontMetrics = { ...metrics, widthOf: (_, text) => printedWidth(metrics, text) };
  const where = `a label of ${mm(size.width)} × ${mm(size.height)} mm`;
  return layLabels(labels, size, wide, where, {
    isExplained: true,
    tellProgress,
  })
    .map(({ matrixAt, code, body, matrix }, index) => {
      const { kit } = labels[index]!;
      const module = Math.max(1, Math.floor((matrixAt.module * resolution) / 72));
      // The printer's modules are whole dots. What rounding loses is left free around the matrix.
      const spare = (matrix.side * matrixAt.module - (matrix.side * module * 72) / resolution) / 2;
      return [
        '^XA',
        '^CI28',
        `^PW${dots(size.width)}`,
        `^LL${dots(size.height)}`,
        '^LH0,0',
        `^FO${dots(matrixAt.x + spare)},${dots(matrixAt.y + spare)}^BXN,${module},200,${matrix.side},${matrix.side}^FD${kit}^FS`,
        ...[...code, ...body.texts].map((text) => field(text, resolution, metrics)),
        '^XZ',
      ].join('\n');
    })
    .join('\n')
    .concat('\n');
}

/** The least width of characters that the printer's font has wider than DejaVu Condensed Bold, at size 1. */
const WIDER: ReadonlyMap<string, number> = new Map([
  ...([
    ['-', 0.8],
    ['–', 0.5],
    ['—', 1],
    ['*', 0.5],
    ['J', 0.45],
  ] as const),
]);

/**
 * The greatest width at which a printer sets a text, at size 1. Its letters are narrower than those of DejaVu
 * Condensed Bold, except for the characters in `WIDER`.
 */
function printedWidth(metrics: FontMetrics, text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const own = metrics.widthOf('bold', character);
    return sum + Math.max(own, WIDER.get(character) ?? 0);
  }, 0);
}

function toDots(points: number, resolution: Resolution): number {
  return Math.round((points * resolution) / 72);
}

/** One text: in the printer's font, or as dots if that may not have a character of it. */
function field(text: PlacedText, resolution: Resolution, metrics: FontMetrics): string {
  const { x, y, size, box } = text;
  const dots = (points: number) => toDots(points, resolution);
  const frame =
    box === undefined
      ? ''
      : `^FO${dots(box.x)},${dots(box.y)}^GB${dots(box.width)},${dots(box.height)},${dots(box.height)}^FS\n`;
  const start = `${frame}^FO${dots(x)},${dots(y)}${box === undefined ? '' : '^FR'}`;
  return inWindows1252(text.text)
    ? `${start}^A0N,${dots(size)},${dots(size)}^FH_^FD${escaped(text.text)}^FS`
    : `${start}${graphic(textDots(text, resolution, metrics))}^FS`;
}

/** `^GFA`: dots as hexadecimal digits, in whole bytes per row. */
function graphic(rows: readonly (readonly boolean[])[]): string {
  const bytes = Math.ceil((rows[0]?.length ?? 0) / 8);
  const hex = rows.map((row) =>
    Array.from({ length: bytes }, (_, byte) => {
      let value = 0;
      for (let bit = 0; bit < 8; bit += 1)
        value = value * 2 + (row[byte * 8 + bit] === true ? 1 : 0);
      return value.toString(16).toUpperCase().padStart(2, '0');
    }).join(''),
  );
  const total = bytes * rows.length;
  return `^GFA,${total},${total},${bytes},${hex.join('')}`;
}

/** Writes in hexadecimal what would begin a command, and the sign of `^FH` itself. */
function escaped(text: string): string {
  return text.replace(/[\^~_\\]/g, (one) => `_${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

const BEYOND_LATIN_1 = 'ŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™';

function inWindows1252(text: string): boolean {
  return Array.from(text).every(
    (one) => /[\u0020-\u007e\u00a0-\u00ff]/.test(one) || BEYOND_LATIN_1.includes(one),
  );
}

function mm(points: number): string {
  return ((points * 25.4) / 72).toFixed(1);
}
