import type { Label, LabelMark } from '../../labels/label.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import { inMillimetres, type LabelSize, type PlacedText } from '../pdf/placed-text.ts';
import { linesOf } from '../pdf/line-breaks.ts';
import { counted } from '../../words.ts';

/** The left part of a label: the DataMatrix, and below it the kit code, its caption and marks. In points. */
export interface Column {
  readonly pad: number;
  readonly width: number;
  /** The upper left corner of the matrix, and the width of a module. */
  readonly matrixAt: { readonly x: number; readonly y: number; readonly module: number };
  readonly codeSize: number;
  /** The top and the bottom of the lines of the code. */
  readonly top: number;
  readonly bottom: number;
  /** The lower end of the room for caption and marks. */
  readonly end: number;
  /** The lines of a kit code. */
  readonly linesOf: (kit: string) => readonly string[];
}

/** The distance from one line to the next, as a multiple of the text size: the height of DejaVu. */
export const LEADING = 1.17;
/** The least size of a kit code, in points. */
const LEAST_CODE = 6;
/** A module of 0.33 mm: four dots of a printer of 300 dpi. */
const LEAST_MODULE = 0.95;
/** The greatest share of the label's width that the column takes. */
const MOST = 0.48;

/** A part of a label that does not fit. */
export interface Unplaced {
  readonly label: Label;
  readonly what: string;
  /** By how much it is too long: the end of a sentence. Only computed for the error. */
  readonly by?: () => string;
}

/** How a column is made. */
interface ColumnStyle {
  /** The side of the matrices, in modules. */
  readonly side: number;
  /** The size of code and matrix, as a share of their best size. */
  readonly share: number;
  /** Whether codes are broken at their hyphens, which needs less width. */
  readonly isSplit: boolean;
  /** The height that is kept free at the foot of the label. */
  readonly band: number;
}

/** Makes the column for the labels of one kind. It is the same for all of them. */
export function columnOf(
  size: LabelSize,
  labels: readonly Label[],
  { side, share, isSplit, band }: ColumnStyle,
  metrics: FontMetrics,
): Column | Unplaced {
  const pad = Math.min(8, Math.max(3.2, size.height * 0.055));
  const height = size.height - 2 * pad - band;
  const most = (size.width - 2 * pad) * MOST;
  const wanted = Math.max(LEAST_CODE, share * Math.min(15, size.height * 0.13, size.width * 0.07));
  const widthOf = (text: string) => metrics.widthOf('mono', text);
  const split = (kit: string) => (isSplit ? (kit.match(/[^-]+-?|-/g) ?? [kit]) : [kit]);
  const widest = longestBy(labels, ({ kit }) => Math.max(...split(kit).map(widthOf)));
  const codeWidth = Math.max(...split(widest.kit).map(widthOf));
  const codeSize = Math.min(wanted, most / codeWidth);
  if (codeSize < LEAST_CODE) {
    const over = codeWidth * LEAST_CODE - most;
    const characters = Math.ceil(over / (widthOf('0') * LEAST_CODE));
    const by = () => `it is ${inMillimetres(over)} (${counted(characters, 'character')}) too wide`;
    return { label: widest, what: `the kit code ${widest.kit}`, by };
  }
  const lines = Math.max(...labels.map(({ kit }) => split(kit).length));
  const codeHeight = lines * LEADING * codeSize;
  const marks = Math.max(...labels.map((label) => label.marks.length));
  const under = band > 0 ? 0 : (1 + marks) * Math.max(5.5, size.height * 0.06);
  const quiet = side + 2;
  const module = Math.min(2.4 * share, (height - codeHeight - under) / quiet, most / quiet);
  if (module < LEAST_MODULE) {
    const by = () => `it is ${inMillimetres((LEAST_MODULE - module) * quiet)} too large`;
    return { label: widest, what: `the DataMatrix of ${widest.kit}`, by };
  }
  const width = Math.max(codeWidth * codeSize, quiet * module);
  const top = pad + quiet * module;
  return {
    pad,
    width,
    codeSize,
    top,
    linesOf: split,
    matrixAt: { x: pad + (width - side * module) / 2, y: pad + module, module },
    bottom: top + codeHeight,
    end: pad + height,
  };
}

/** Places the kit code below its matrix. */
export function codeOf(
  { pad, width, codeSize, top, linesOf: split }: Column,
  kit: string,
  metrics: FontMetrics,
): PlacedText[] {
  return split(kit).map((text, index) => ({
    font: 'mono',
    size: codeSize,
    text,
    x: pad + (width - metrics.widthOf('mono', text) * codeSize) / 2,
    y: top + index * LEADING * codeSize,
  }));
}

/** The least size of a caption. */
const LEAST_CAPTION = 4.5;
/** The least size of marks, whose capitals are then 1 mm high. */
export const LEAST_MARK = 4;
const STEP = 0.25;

/**
 * Places caption and marks below the code. If there is no room for the caption, it is left out, since the place
 * of the code says what it is.
 *
 * @param largest size of the caption
 * @returns undefined if there is no room for the marks
 */
export function captionAndMarks(
  column: Column,
  caption: string,
  marks: readonly LabelMark[],
  largest: number,
  metrics: FontMetrics,
): PlacedText[] | undefined {
  const placed = marksOf(column, marks, metrics);
  if (placed === undefined) return undefined;
  const shown = placed.flatMap(({ isShown, ...text }) => (isShown ? text : []));
  const { pad, width, bottom } = column;
  const end = Math.min(column.end, ...placed.map(({ y }) => y - 1));
  const widthOf = (text: string) => metrics.widthOf('regular', text);
  for (let size = Math.min(6.5, largest); size >= LEAST_CAPTION; size -= STEP) {
    const lines = linesOf(caption, width / size, widthOf);
    if (lines === undefined || bottom + lines.length * LEADING * size > end) continue;
    const texts = lines.map((text, index) => ({
      font: 'regular' as const,
      size,
      text,
      x: pad + (width - widthOf(text) * size) / 2,
      y: bottom + index * LEADING * size,
    }));
    return [...texts, ...shown];
  }
  return shown;
}

/** Places marks in black boxes, at the foot of the column. */
function marksOf(
  { pad, width, bottom, end }: Column,
  marks: readonly LabelMark[],
  metrics: FontMetrics,
): (PlacedText & { isShown: boolean })[] | undefined {
  const widthOf = (text: string) => metrics.widthOf('bold', text);
  for (let size = 8; size >= LEAST_MARK; size -= STEP) {
    const lines = marks.map(({ text }) => linesOf(text, (width - 1) / size, widthOf));
    if (lines.includes(undefined)) continue;
    const all = marks.flatMap(({ isShown }, index) =>
      lines[index]!.map((text) => ({ text, isShown })),
    );
    const height = LEADING * size;
    if (bottom + all.length * height > end + 0.01) continue;
    return all.map(({ text, isShown }, index) => {
      const y = end - (all.length - index) * height;
      const x = pad + (width - widthOf(text) * size) / 2;
      return { font: 'bold', size, x, y, text, isShown, box: { x: pad, y, width, height } };
    });
  }
  return undefined;
}

function longestBy<T>(items: readonly T[], measure: (item: T) => number): T {
  return items.reduce((best, item) => (measure(item) > measure(best) ? item : best));
}
