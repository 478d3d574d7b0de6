import { RandoseError } from '../errors.ts';
import type { Label } from '../supplies/labels.ts';
import type { Fonts } from './card-sheet.ts';
import { dataMatrix, type DataMatrix } from './data-matrix.ts';
import type { FontMetrics } from './font-metrics.ts';

/** Lengths are in points of 1/72 inch, from the upper left corner of the label. */
export interface LabelSize {
  readonly width: number;
  readonly height: number;
}

/** A line of text where it stands: `y` is the top of its line. */
export interface PlacedText {
  readonly font: keyof Fonts;
  readonly size: number;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** White in a black box. */
  readonly box?: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
}

/** A label as it is drawn, whatever draws it. */
export interface LabelLayout {
  readonly matrix: DataMatrix;
  /** Where the matrix begins, and how wide one of its modules is. */
  readonly matrixAt: { readonly x: number; readonly y: number; readonly module: number };
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

/** From one line to the next, in sizes: what DejaVu is high. */
const LEADING = 1.17;
/**
 * The least size of a text. DejaVu's small letters are 0.547 of it high: at 5 points that is 0.96 mm, and
 * 0.9 mm is the least that EU law asks of small food packs (Regulation (EU) 1169/2011, Article 13(3)).
 */
export const LEAST_SIZE = 5;
/** The least size of a kit code. */
const LEAST_CODE = 6;
/** Of how much of the label's width the code's column may take. */
const MOST_FOR_CODE = 0.48;
const STEP = 0.25;
/** How large the code is, beside what it would like to be. */
const CODE_SHARES = [1, 0.8, 0.65] as const;
/**
 * Lays out the labels of a run. The matrix with the code beneath it stands on the left; on the right the
 * contact, and then the lines, as large as all fits with whole words. What would need less than the least
 * size is refused: nothing is cut off, and nothing overlaps.
 *
 * @param size of the label
 * @param where what the label is printed on, for the error
 */
export function labelLayouter(
  size: LabelSize,
  metrics: FontMetrics,
  where: string,
): (label: Label) => LabelLayout {
  const bodies = new Map<string, Body>();
  const matrices = new Map<string, DataMatrix>();
  /** The label with a code of some size; the smaller it is, the more room is left for the texts. */
  const layWith = (label: Label, matrix: DataMatrix, share: number): LabelLayout => {
    const column = columnOf(size, label, matrix, share, metrics, where);
    const key = JSON.stringify([
      column.width,
      column.bottom,
      label.caption,
      label.contact,
      label.lines,
      label.marks,
    ]);
    const body = bodies.get(key) ?? layBody(size, label, column, metrics, where);
    bodies.set(key, body);
    return { matrix, matrixAt: column.matrixAt, code: column.code, body };
  };
  return (label) => {
    const { kit } = label;
    const matrix = matrices.get(kit) ?? dataMatrix(kit);
    matrices.set(kit, matrix);
    const [first, ...smaller] = CODE_SHARES;
    try {
      return layWith(label, matrix, first);
    } catch (error) {
      if (!(error instanceof RandoseError)) throw error;
      for (const share of smaller) {
        try {
          return layWith(label, matrix, share);
        } catch {
          // The first reason is the one to tell.
        }
      }
      throw error;
    }
  };
}

/** What stands on the left of a label. */
interface Column {
  readonly pad: number;
  readonly width: number;
  readonly matrixAt: LabelLayout['matrixAt'];
  readonly code: readonly PlacedText[];
  /** Where the code ends. */
  readonly bottom: number;
}

function columnOf(
  size: LabelSize,
  { kit, name, marks }: Label,
  matrix: DataMatrix,
  share: number,
  metrics: FontMetrics,
  where: string,
): Column {
  const pad = Math.min(8, Math.max(3.4, size.height * 0.055));
  const room = size.height - 2 * pad;
  const most = (size.width - 2 * pad) * MOST_FOR_CODE;
  const wanted = Math.max(LEAST_CODE, share * Math.min(15, size.height * 0.13, size.width * 0.07));
  const { lines, size: codeSize } = codeLines(kit, wanted, most, metrics);
  if (codeSize < LEAST_CODE) throw tooSmall(name, where, `the kit code ${kit}`);
  const codeHeight = lines.length * LEADING * codeSize;
  // Caption and marks stand beneath the code, where there is room for them.
  const under = (1 + marks.length) * Math.max(5.5, size.height * 0.06);
  const side = matrix.side + 2;
  const module = Math.min(2.4 * share, (room - codeHeight - under) / side, most / side);
  if (module < LEAST_MODULE) throw tooSmall(name, where, `the DataMatrix of ${kit}`);
  const codeWidth = Math.max(...lines.map((line) => metrics.widthOf('mono', line))) * codeSize;
  const width = Math.max(codeWidth, side * module);
  const y = pad + side * module;
  return {
    pad,
    width,
    matrixAt: { x: pad + (width - matrix.side * module) / 2, y: pad + module, module },
    code: lines.map((text, index) => ({
      ...{ font: 'mono', size: codeSize, text },
      x: pad + (width - metrics.widthOf('mono', text) * codeSize) / 2,
      y: y + index * LEADING * codeSize,
    })),
    bottom: y + codeHeight,
  };
}

/** A module of 0.33 mm: four dots of a printer of 300 dpi. */
const LEAST_MODULE = 0.95;

/** The code in one line; else, where that would be too small, broken behind its hyphens. */
function codeLines(
  kit: string,
  wanted: number,
  most: number,
  metrics: FontMetrics,
): { lines: readonly string[]; size: number } {
  const sizeOf = (lines: readonly string[]) =>
    Math.min(wanted, ...lines.map((line) => most / metrics.widthOf('mono', line)));
  const whole = [kit];
  if (sizeOf(whole) >= LEAST_CODE) return { lines: whole, size: sizeOf(whole) };
  const parts = kit.match(/[^-]*-?/g)?.filter((part) => part !== '') ?? whole;
  return { lines: parts, size: sizeOf(parts) };
}

function layBody(
  size: LabelSize,
  label: Label,
  column: Column,
  metrics: FontMetrics,
  where: string,
): Body {
  requireGlyphs(label, metrics);
  const { pad } = column;
  const gap = Math.max(3.5, pad * 0.8);
  const x = pad + column.width + gap;
  const frame = { x, y: pad, width: size.width - pad - x, height: size.height - 2 * pad };
  const largest = Math.min(10, Math.max(6, size.height * 0.1));
  const apart = label.lines.map(({ text, isStrong }) => ({ text, isStrong }));
  const fitted =
    fit(frame, label.contact, apart, largest, COMFORTABLE, metrics) ??
    fit(frame, label.contact, runOn(label), largest, LEAST_SIZE, metrics) ??
    fit(frame, label.contact, apart, largest, LEAST_SIZE, metrics);
  if (fitted === undefined) throw tooSmall(label.name, where, 'its text');
  return {
    size: fitted.size,
    texts: [...fitted.texts, ...below(size, label, column, metrics, where)],
  };
}

/** Down to this size every line is kept apart; below it, the last ones run on behind each other. */
const COMFORTABLE = 6.5;

interface Paragraph {
  readonly text: string;
  readonly isStrong: boolean;
}

/** The lines with those that are not strong run on, which takes less room. */
function runOn({ lines }: Label): Paragraph[] {
  const joined: Paragraph[] = [];
  for (const { text, isStrong } of lines) {
    const last = joined.at(-1);
    if (last === undefined || isStrong || last.isStrong) joined.push({ text, isStrong });
    else joined[joined.length - 1] = { text: `${last.text} · ${text}`, isStrong: false };
  }
  return joined;
}

interface Frame extends LabelSize {
  readonly x: number;
  readonly y: number;
}

function fit(
  frame: Frame,
  contact: string | undefined,
  paragraphs: readonly Paragraph[],
  largest: number,
  least: number,
  metrics: FontMetrics,
): Body | undefined {
  for (let size = largest; size >= least - 1e-9; size -= STEP) {
    const texts: PlacedText[] = [];
    let y = frame.y;
    const add = (text: string, font: 'regular' | 'bold', of: number): boolean => {
      const lines = wrap(text, frame.width / of, (words) => metrics.widthOf(font, words));
      if (lines === undefined) return false;
      for (const line of lines) {
        texts.push({ font, size: of, x: frame.x, y, text: line });
        y += LEADING * of;
      }
      return true;
    };
    const isPlaced =
      (contact === undefined || add(contact, 'bold', size * CONTACT)) &&
      paragraphs.every(({ text, isStrong }) => add(text, isStrong ? 'bold' : 'regular', size));
    if (isPlaced && y <= frame.y + frame.height + 0.01) return { size, texts };
  }
  return undefined;
}

/** The contact is larger than the lines: it is what is looked for when something goes wrong. */
const CONTACT = 1.2;

/** @returns the lines; undefined where a word is wider than a line */
function wrap(
  text: string,
  width: number,
  widthOf: (text: string) => number,
): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  for (const word of unbroken(text)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    if (widthOf(word) > width) return undefined;
    line = word;
  }
  return [...lines, line];
}

/** The words of a text; numbers of several groups, a number with its unit, and a colon stay together. */
function unbroken(text: string): string[] {
  const words: string[] = [];
  for (const word of text.split(/ +/)) {
    const last = words.at(-1);
    const isGlued =
      last !== undefined &&
      (/^[:;!?·]$/.test(word) || (/\d$/.test(last) && /^(°|%|µ|m[lg]|\d+[,.]?$)/.test(word)));
    if (isGlued) words[words.length - 1] = `${last} ${word}`;
    else words.push(word);
  }
  return words;
}

/** The caption of the code and the marks, beneath it. */
function below(
  size: LabelSize,
  { caption, marks, name }: Label,
  { pad, width, bottom }: Column,
  metrics: FontMetrics,
  where: string,
): PlacedText[] {
  const rows = [
    { text: caption, font: 'regular', isMark: false },
    ...marks.map((text) => ({ text, font: 'bold', isMark: true }) as const),
  ] as const;
  const each = (size.height - pad - bottom) / rows.length;
  return rows.flatMap(({ text, font, isMark }, index) => {
    const y = bottom + index * each;
    for (let of = Math.min(isMark ? 8 : 6, each / LEADING); of >= LEAST_SMALL - 1e-9; of -= STEP) {
      const lines = wrap(text, (width - (isMark ? 3 : 0)) / of, (words) =>
        metrics.widthOf(font, words),
      );
      if (lines === undefined || lines.length * LEADING * of > each + 0.01) continue;
      const box = { x: pad, y, width, height: lines.length * LEADING * of };
      return lines.map((line, row) => ({
        ...{ font, size: of, text: line },
        x: pad + (width - metrics.widthOf(font, line) * of) / 2,
        y: y + row * LEADING * of,
        ...(isMark && { box: { ...box, y: y + row * LEADING * of, height: LEADING * of } }),
      }));
    }
    // A caption says what the code is, which its place says too; a mark must be there.
    if (!isMark) return [];
    throw tooSmall(name, where, `the mark ${text}`);
  });
}

/** The least size of caption and marks, which are short and in capitals. */
const LEAST_SMALL = 4;

function requireGlyphs(
  { name, contact = '', lines, caption, marks }: Label,
  metrics: FontMetrics,
): void {
  for (const text of [contact, caption, ...marks, ...lines.map((line) => line.text)]) {
    const missing = metrics.missingIn('regular', text) ?? metrics.missingIn('bold', text);
    if (missing === undefined) continue;
    const point = missing.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    throw new RandoseError('invalid-study', `${name}: no font has "${missing}" (U+${point})`, {
      hint: `It stands in "${text}". Write it otherwise; nothing was printed.`,
    });
  }
}

function tooSmall(name: string, where: string, what: string): RandoseError {
  return new RandoseError('invalid-study', `${name}: ${what} does not fit on ${where}`, {
    hint: 'It would have to be too small to be read: nothing was printed. Take a larger label, or shorten the texts in study.yaml.',
  });
}
