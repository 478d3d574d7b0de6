import type { Label } from '../../labels/label.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import { layLabels } from './layout.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';

/** Dots per inch of a thermal printer. */
export type Resolution = 203 | 300 | 600;

/** A text as dots, where a printer's own font may not have its characters. */
export type DrawText = (text: PlacedText, size: LabelSize) => readonly (readonly boolean[])[];

/**
 * Labels in ZPL II, a format each, for thermal printers: the DataMatrix is the printer's own, and so is the
 * font of the text (CG Triumvirate Bold Condensed, `^A0`). Every line is laid out for a wider font than
 * that, so that none is cut off; one with characters that are not in Windows-1252 is sent as dots.
 *
 * @throws RandoseError `invalid-study` where a label's text does not fit
 */
export function formatZpl(
  labels: readonly Label[],
  size: LabelSize,
  resolution: Resolution,
  metrics: FontMetrics,
  drawText: DrawText,
): string {
  const dots = (points: number) => Math.round((points * resolution) / 72);
  const wide: FontMetrics = { ...metrics, widthOf: (_, text) => printedWidth(metrics, text) };
  const where = `a label of ${mm(size.width)} × ${mm(size.height)} mm`;
  return layLabels(labels, size, wide, where)
    .map(({ matrixAt, code, body, matrix }, index) => {
      const { kit } = labels[index]!;
      const module = Math.max(1, Math.floor((matrixAt.module * resolution) / 72));
      // The printer's modules are whole dots: what is lost by that is left free around it.
      const spare = (matrix.side * matrixAt.module - (matrix.side * module * 72) / resolution) / 2;
      return [
        '^XA',
        '^CI28',
        `^PW${dots(size.width)}`,
        `^LL${dots(size.height)}`,
        '^LH0,0',
        `^FO${dots(matrixAt.x + spare)},${dots(matrixAt.y + spare)}^BXN,${module},200,${matrix.side},${matrix.side}^FD${kit}^FS`,
        ...[...code, ...body.texts].map((text) => field(text, dots, drawText, wide)),
        '^XZ',
      ].join('\n');
    })
    .join('\n')
    .concat('\n');
}

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
 * How wide a printer sets a text at most, at size 1. Its letters are narrower than those of DejaVu's narrow bold,
 * which stand in for them, but for these, which its makers set wider.
 */
function printedWidth(metrics: FontMetrics, text: string): number {
  return Array.from(text).reduce((sum, character) => {
    const own = metrics.widthOf('bold', character);
    return sum + Math.max(own, WIDER.get(character) ?? 0);
  }, 0);
}

function field(
  text: PlacedText,
  dots: (points: number) => number,
  drawText: DrawText,
  metrics: FontMetrics,
): string {
  const { x, y, size, box } = text;
  const [left, top, height] = [dots(x), dots(y), dots(size)];
  const frame =
    box === undefined
      ? ''
      : `^FO${dots(box.x)},${dots(box.y)}^GB${dots(box.width)},${dots(box.height)},${dots(box.height)}^FS\n`;
  const reversed = box === undefined ? '' : '^FR';
  if (!inWindows1252(text.text)) {
    const width = metrics.widthOf(text.font, text.text) * size;
    return `${frame}^FO${left},${top}${reversed}${graphic(drawText(text, { width, height: size * 1.2 }))}^FS`;
  }
  return `${frame}^FO${left},${top}${reversed}^A0N,${height},${height}^FH_^FD${escaped(text.text)}^FS`;
}

/** `^GFA`: dots as hexadecimal digits, whole bytes a row. */
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

/** What begins a command, and the sign of `^FH` itself, are written in hexadecimal. */
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
