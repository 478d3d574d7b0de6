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
import { excessOf, tooSmall } from './fit-problem.ts';
import { requireGlyphs } from './glyphs.ts';
import { SHEETS } from '../../labels/sheets.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';
import { frameOf, largestSize, type Mode, MODES, paragraphsOf, placed } from './lines.ts';

/** A label with the place of everything on it, for every format. */
export interface LabelLayout {
  readonly matrix: DataMatrix;
  /** The upper left corner of the matrix, and the width of a module. */
  readonly matrixAt: Column['matrixAt'];
  /** The kit code below the matrix, in one line or broken at its hyphens. */
  readonly code: readonly PlacedText[];
  /** Contact, lines, caption and marks. Most labels of a run share them. */
  readonly body: Body;
}

/** The texts of a label, except its kit code. */
export interface Body {
  readonly texts: readonly PlacedText[];
  /** The size of the lines, in points. */
  readonly size: number;
}

/** Down to this size every text has its own line; below it, texts may follow each other in a line. */
const COMFORTABLE = 6.5;
/** Sizes of code and matrix to try, as shares of their best size. */
const SHARES = [1, 0.9, 0.8, 0.7] as const;

/**
 * Lays out the labels of a run: on the left the matrix with the code below it, on the right the contact and
 * then the lines. Labels of one kind look alike. Their text has one size: the largest at which all of them fit
 * with whole words. If a label needs a smaller text than the least size, it is refused. Nothing is cut off, and
 * nothing overlaps.
 *
 * @param size of the label
 * @param where what the label is printed on, for the error
 * @param isExplained whether the error says by how much a text is too long and which sheets would do, which takes
 *   a second
 * @param tellProgress called with the number of labels that are laid out
 * @throws RandoseError `invalid-study`, with the label's name
 */
export function layLabels(
  labels: readonly Label[],
  size: LabelSize,
  metrics: FontMetrics,
  where: string,
  { isExplained = false, tellProgress = () => undefined }: LayoutOptions = {},
): LabelLayout[] {
  requireGlyphs(labels, metrics);
  const layers = new Map<LabelKind, (label: Label) => LabelLayout>();
  for (const [kind, own] of byKind(labels)) {
    const side = sideOf(own);
    const setting = bestSetting(own, side, size, metrics);
    if ('what' in setting) {
      throw isExplained
        ? tooSmall(setting, where, sheetsThatFit(labels, metrics))
        : tooSmall({ label: setting.label, what: setting.what }, where, []);
    }
    layers.set(kind, layerFor(setting, side, size, metrics));
  }
  return labels.map((label, index) => {
    tellProgress(index);
    return layers.get(label.kind)!(label);
  });
}

interface LayoutOptions {
  readonly isExplained?: boolean;
  readonly tellProgress?: (laid: number) => void;
}

/** How labels of one kind are laid out. */
interface Setting {
  readonly column: Column;
  readonly size: number;
  readonly mode: Mode;
  /** The height at the foot for the marks, if the column has no room for them. */
  readonly band: number;
}

/** The labels of each kind. */
function byKind(labels: readonly Label[]): Map<LabelKind, Label[]> {
  const kinds = new Set(labels.map(({ kind }) => kind));
  return new Map([...kinds].map((kind) => [kind, labels.filter((label) => label.kind === kind)]));
}

/** The side of the matrices of some labels, in modules. */
function sideOf(labels: readonly Label[]): number {
  return sideFor(Math.max(...labels.map(({ kit }) => kit.length)));
}

/** The names of the sheets on which all labels fit. */
function sheetsThatFit(labels: readonly Label[], metrics: FontMetrics): string[] {
  const kinds = [...byKind(labels).values()];
  return SHEETS.filter((sheet) => {
    const size = { width: sheet.label.width * POINTS, height: sheet.label.height * POINTS };
    return kinds.every((own) => !('what' in bestSetting(own, sideOf(own), size, metrics)));
  }).map(({ name }) => name);
}

const POINTS = 72 / 25.4;

function layerFor(
  setting: Setting,
  side: number,
  size: LabelSize,
  metrics: FontMetrics,
): (label: Label) => LabelLayout {
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
 * Chooses the largest code with which the text has a comfortable size. If none has, it chooses what allows the
 * largest text; else what does not fit. Marks are in the column, or in a band along the foot if the column has no room for them.
 */
function bestSetting(
  labels: readonly Label[],
  side: number,
  size: LabelSize,
  metrics: FontMetrics,
): Setting | Unplaced {
  const distinct = [
    ...new Map(labels.toReversed().map((label) => [bodyKey(label), label])).values(),
  ].reverse();
  const isLong = labels.some(({ kit }) => kit.includes('-'));
  const styles = [false, ...(isLong ? [true] : [])].flatMap((isSplit) =>
    SHARES.map((share) => ({ isSplit, share })),
  );
  const fitAll = (change: (label: Label) => Label) =>
    !('what' in bestSetting(distinct.map(change), side, size, metrics));
  let refused: Unplaced | undefined;
  for (const band of [0, bandHeight(size)]) {
    let best: Setting | undefined;
    for (const style of styles) {
      const column = columnOf(size, labels, { ...style, side, band }, metrics);
      const found =
        'what' in column ? column : settle(distinct, column, band, size, metrics, fitAll);
      if ('what' in found) {
        refused ??= found;
        continue;
      }
      if (best === undefined || found.size > best.size) best = found;
      if (best.size >= COMFORTABLE) break;
    }
    if (best !== undefined) return best;
  }
  return refused!;
}

function bandHeight({ height }: LabelSize): number {
  return Math.min(11, Math.max(6, height * 0.1));
}

/** Chooses size and mode of the text beside a column. @param fitAll whether all labels fit after a change */
function settle(
  labels: readonly Label[],
  column: Column,
  band: number,
  size: LabelSize,
  metrics: FontMetrics,
  fitAll: (change: (label: Label) => Label) => boolean,
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
    // Texts that follow each other in a line are harder to read: only if necessary.
    if (best !== undefined && (best.size >= COMFORTABLE || mode === 'tight')) break;
    const found = sizeIn(mode);
    refused = found.label;
    if (found.label === undefined && found.size > (best?.size ?? 0))
      best = { mode, size: found.size };
  }
  if (best === undefined) {
    return {
      label: refused!,
      what: 'its text',
      by: () => excessOf(refused!, column, size, metrics, fitAll),
    };
  }
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

/** The marks of a label if there is no room for them; else undefined. */
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

/** Places marks in a black band along the foot of the label. */
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
