import { RandoseError } from '../../errors.ts';
import type { Label, LabelKind, LabelMark } from '../../labels/label.ts';
import { type DataMatrix, dataMatrix, sideFor } from '../pdf/data-matrix.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import {
  captionAndMarks,
  codeOf,
  type Column,
  columnOf,
  LEADING,
  LEAST_MARK,
  type Unplaced,
} from './column.ts';
import { requireGlyphs } from './glyphs.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';
import { frameOf, largestSize, type Mode, MODES, paragraphsOf, placed } from './lines.ts';

/** A label as it is drawn, whatever draws it. */
export interface LabelLayout {
  readonly matrix: DataMatrix;
  /** Where the matrix begins, and how wide one of its modules is. */
  readonly matrixAt: Column['matrixAt'];
  /** The kit code beneath the matrix, in one line or broken at its hyphens. */
  readonly code: readonly PlacedText[];
  /** What labels of a run share, or mostly do: contact, lines, caption and marks. */
  readonly body: Body;
}

/** The texts of a label but its kit code. */
export interface Body {
  readonly texts: readonly PlacedText[];
  /** The size of the lines, in points. */
  readonly size: number;
}

/** Down to this size every line is kept apart; below it, the last ones run on behind each other. */
const COMFORTABLE = 6.5;
/** How large code and matrix are, beside what they would like to be. */
const SHARES = [1, 0.9, 0.8, 0.7] as const;

/**
 * Lays out the labels of a run. The matrix with the code beneath it stands on the left; on the right the
 * contact, and then the lines. Labels of one kind are set alike: in one size, as large as it fits on all of
 * them with whole words. What would need less than the least size is refused: nothing is cut off, and nothing
 * overlaps.
 *
 * @param size of the label
 * @param where what the label is printed on, for the error
 * @throws RandoseError `invalid-study`, with the label's name
 */
export function layLabels(
  labels: readonly Label[],
  size: LabelSize,
  metrics: FontMetrics,
  where: string,
): LabelLayout[] {
  requireGlyphs(labels, metrics);
  const layers = new Map<LabelKind, (label: Label) => LabelLayout>();
  for (const kind of new Set(labels.map((label) => label.kind))) {
    const own = labels.filter((label) => label.kind === kind);
    layers.set(kind, layerFor(own, size, metrics, where));
  }
  return labels.map((label) => layers.get(label.kind)!(label));
}

/** How labels of one kind are set. */
interface Setting {
  readonly column: Column;
  readonly size: number;
  readonly mode: Mode;
  /** What is kept free below for the marks, where the column has no room for them. */
  readonly band: number;
}

function layerFor(
  labels: readonly Label[],
  size: LabelSize,
  metrics: FontMetrics,
  where: string,
): (label: Label) => LabelLayout {
  const side = sideFor(Math.max(...labels.map(({ kit }) => kit.length)));
  const setting = bestSetting(labels, side, size, metrics, where);
  const bodies = new Map<string, Body>();
  const matrices = new Map<string, DataMatrix>();
  return (label) => {
    const { kit } = label;
    const key = bodyKey(label);
    const body = bodies.get(key) ?? bodyOf(label, setting, size, metrics);
    bodies.set(key, body);
    const matrix = matrices.get(kit) ?? dataMatrix(kit, side);
    matrices.set(kit, matrix);
    const { column } = setting;
    return { matrix, matrixAt: column.matrixAt, code: codeOf(column, kit, metrics), body };
  };
}

function bodyKey({ caption, contact, lines, marks }: Label): string {
  return JSON.stringify([caption, contact, lines, marks]);
}

/**
 * The largest code with which the text is comfortable; where it never is, what lets the text be largest.
 * Marks stand in the column, or below all of it where that has no room for them.
 */
function bestSetting(
  labels: readonly Label[],
  side: number,
  size: LabelSize,
  metrics: FontMetrics,
  where: string,
): Setting {
  const distinct = [
    ...new Map(labels.toReversed().map((label) => [bodyKey(label), label])).values(),
  ].reverse();
  const isLong = labels.some(({ kit }) => kit.includes('-'));
  const styles = [false, ...(isLong ? [true] : [])].flatMap((isSplit) =>
    SHARES.map((share) => ({ isSplit, share })),
  );
  let refused: Unplaced | undefined;
  for (const band of [0, bandHeight(size)]) {
    let best: Setting | undefined;
    for (const style of styles) {
      const column = columnOf(size, labels, { ...style, side, band }, metrics);
      const found = 'what' in column ? column : settle(distinct, column, band, size, metrics);
      if ('what' in found) {
        refused ??= found;
        continue;
      }
      if (best === undefined || found.size > best.size) best = found;
      if (best.size >= COMFORTABLE) break;
    }
    if (best !== undefined) return best;
  }
  throw tooSmall(refused!, where);
}

function bandHeight({ height }: LabelSize): number {
  return Math.min(11, Math.max(6, height * 0.1));
}

/** The size and mode of the text beside a column. */
function settle(
  labels: readonly Label[],
  column: Column,
  band: number,
  size: LabelSize,
  metrics: FontMetrics,
): Setting | Unplaced {
  for (const label of labels) {
    const unplaced = unplacedMark(label, column, band, size, metrics);
    if (unplaced !== undefined) return { label, what: `the mark ${unplaced}` };
  }
  const frame = frameOf(column, size);
  const largest = Math.min(10, Math.max(6, Math.round(size.height * 0.1)));
  const sizeIn = (mode: Mode) => {
    let least = largest;
    for (const label of labels) {
      const own = largestSize(paragraphsOf(label, mode), frame, least, metrics);
      if (own === undefined) return { size: 0, label };
      least = own;
    }
    return { size: least, label: undefined };
  };
  let best: { mode: Mode; size: number } | undefined;
  let refused: Label | undefined;
  for (const mode of MODES) {
    // Lines that are run together are harder to read: only where they must be.
    if (best !== undefined && (best.size >= COMFORTABLE || mode === 'tight')) break;
    const found = sizeIn(mode);
    refused = found.label;
    if (found.label === undefined && found.size > (best?.size ?? 0))
      best = { mode, size: found.size };
  }
  if (best === undefined) return { label: refused!, what: 'its text' };
  return { column, band, ...best };
}

function bodyOf(label: Label, setting: Setting, size: LabelSize, metrics: FontMetrics): Body {
  const { column, band, mode } = setting;
  const { caption, marks } = label;
  const lines = placed(paragraphsOf(label, mode), frameOf(column, size), setting.size, metrics)!;
  const under =
    band === 0
      ? captionAndMarks(column, caption, marks, setting.size, metrics)!
      : [
          ...captionAndMarks(column, caption, [], setting.size, metrics)!,
          ...bandOf(marks, column, band, size, metrics)!,
        ];
  return { size: setting.size, texts: [...lines, ...under] };
}

/** The marks of a label for which there is no room; undefined where there is. */
function unplacedMark(
  { caption, marks }: Label,
  column: Column,
  band: number,
  size: LabelSize,
  metrics: FontMetrics,
): string | undefined {
  const texts =
    band === 0
      ? captionAndMarks(column, caption, marks, 0, metrics)
      : bandOf(marks, column, band, size, metrics);
  return texts === undefined ? marks.map(({ text }) => text).join(', ') : undefined;
}

/** Marks in a black band along the foot of the label. */
function bandOf(
  marks: readonly LabelMark[],
  { pad }: Column,
  band: number,
  size: LabelSize,
  metrics: FontMetrics,
): PlacedText[] | undefined {
  const inFull = marks.map(({ text }) => text).join(' · ');
  const text = marks.flatMap(({ text: one, isShown }) => (isShown ? one : [])).join(' · ');
  const width = size.width - 2 * pad;
  const y = size.height - pad - band + 1;
  const height = band - 1;
  const of = Math.min(height / LEADING, (width - 2) / metrics.widthOf('bold', inFull));
  if (of < LEAST_MARK) return undefined;
  if (text === '') return [];
  const x = pad + (width - metrics.widthOf('bold', text) * of) / 2;
  const top = y + (height - LEADING * of) / 2;
  return [{ font: 'bold', size: of, x, y: top, text, box: { x: pad, y, width, height } }];
}

function tooSmall({ label, what }: Unplaced, where: string): RandoseError {
  const message = `${label.name}: ${what} does not fit on ${where}`;
  return new RandoseError('invalid-study', message, {
    hint: 'It would have to be too small to be read: nothing was printed. Take a larger label, or shorten the texts in study.yaml.',
  });
}
