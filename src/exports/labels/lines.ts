import type { Label } from '../../labels/label.ts';
import type { FontMetrics } from '../pdf/font-metrics.ts';
import { type Column, LEADING } from './column.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';
import { linesOf } from '../pdf/line-breaks.ts';

/**
 * The least size of a text, in points. DejaVu's small letters have 0.547 of this height: 0.96 mm at 5 points. EU
 * law asks for at least 0.9 mm on small food packs (Regulation (EU) 1169/2011, Article 13(3)).
 */
export const LEAST_SIZE = 5;
const STEP = 0.25;
/** A part of a label. */
export interface Frame extends LabelSize {
  readonly x: number;
  readonly y: number;
}

/** The place of the text, to the right of the column. */
export function frameOf({ pad, width, end }: Column, size: LabelSize): Frame {
  const x = pad + width + Math.max(3.5, pad * 0.8);
  return { x, y: pad, width: size.width - pad - x, height: end - pad };
}

/**
 * How texts follow each other. `apart`: each begins a line. `run on`: those that are not strong follow each other
 * in a line. `tight`, for the smallest labels: all do, except the first.
 */
export type Mode = (typeof MODES)[number];
export const MODES = ['apart', 'run on', 'tight'] as const;

export interface Paragraph {
  readonly text: string;
  readonly font: 'regular' | 'bold';
  /** Its size, as a multiple of the size of the lines. */
  readonly scale: number;
  /** The room below it, as a multiple of the size of the lines. */
  readonly gap: number;
  /** It is in one line, if the text is then large enough to read. */
  readonly isWhole?: boolean;
}

/** The phone number is the largest text: people look for it when something goes wrong. */
const PHONE = { outer: 1.35, unit: 1.2 } as const;
/** The room below the contact. */
const CONTACT_GAP = 0.25;

/** The texts beside the column, in order. */
export function paragraphsOf({ kind, contact, lines }: Label, mode: Mode): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  if (contact !== undefined) {
    const { caption, phone, text } = contact;
    if (caption !== undefined) {
      paragraphs.push({ text: caption, font: 'bold', scale: 1, gap: 0 });
    }
    if (phone !== undefined) {
      paragraphs.push({ text: phone, font: 'bold', scale: PHONE[kind], gap: 0, isWhole: true });
    }
    const isFirst = phone === undefined;
    const [font, scale] = isFirst ? (['bold', 1.2] as const) : (['regular', 1] as const);
    paragraphs.push({ text, font, scale, gap: CONTACT_GAP });
  }
  let isOpen = false;
  for (const [index, { text, isStrong }] of lines.entries()) {
    const isPlain = !isStrong || (mode === 'tight' && index > 0);
    const last = paragraphs.at(-1);
    if (mode !== 'apart' && isPlain && isOpen && last !== undefined) {
      paragraphs[paragraphs.length - 1] = { ...last, text: `${last.text} · ${text}` };
      continue;
    }
    paragraphs.push({ text, font: isPlain ? 'regular' : 'bold', scale: 1, gap: 0 });
    isOpen = isPlain;
  }
  return paragraphs;
}

/** @returns the largest size at which everything fits into the frame; undefined if none does */
export function largestSize(
  paragraphs: readonly Paragraph[],
  frame: Frame,
  largest: number,
  metrics: FontMetrics,
): number | undefined {
  for (const keepsWhole of [true, false]) {
    for (let size = largest; size >= LEAST_SIZE - 1e-9; size -= STEP) {
      if (attempt(paragraphs, frame, size, metrics, keepsWhole) !== undefined) return size;
    }
  }
  return undefined;
}

/** @returns undefined if the texts do not fit into the frame */
export function placed(
  paragraphs: readonly Paragraph[],
  frame: Frame,
  size: number,
  metrics: FontMetrics,
): PlacedText[] | undefined {
  return (
    attempt(paragraphs, frame, size, metrics, true) ??
    attempt(paragraphs, frame, size, metrics, false)
  );
}

function attempt(
  paragraphs: readonly Paragraph[],
  frame: Frame,
  size: number,
  metrics: FontMetrics,
  keepsWhole: boolean,
): PlacedText[] | undefined {
  const texts: PlacedText[] = [];
  let y = frame.y;
  for (const { text, font, scale, gap, isWhole } of paragraphs) {
    const of = size * scale;
    const widthOf = (words: string) => metrics.widthOf(font, words);
    const lines = linesOf(text, frame.width / of, widthOf, keepsWhole);
    if (lines === undefined || (keepsWhole && isWhole === true && lines.length > 1)) {
      return undefined;
    }
    for (const line of lines) {
      texts.push({ font, size: of, x: frame.x, y, text: line });
      y += LEADING * of;
    }
    y += gap * size;
  }
  return y <= frame.y + frame.height + 0.01 ? texts : undefined;
}

/**
 * By how much texts are higher than their frame, in points; negative if they fit.
 *
 * @returns undefined if a word is wider than the frame
 */
export function excessHeight(
  paragraphs: readonly Paragraph[],
  frame: Frame,
  size: number,
  metrics: FontMetrics,
): number | undefined {
  const endless = { ...frame, height: Infinity };
  const texts = attempt(paragraphs, endless, size, metrics, false);
  if (texts === undefined) return undefined;
  const gaps = paragraphs.reduce((sum, { gap }) => sum + gap * size, 0);
  const height = texts.reduce((sum, text) => sum + LEADING * text.size, gaps);
  return height - frame.height - 0.01;
}

/** A word that is wider than the frame, with its width in points; undefined if there is none. */
export function tooWideWord(
  paragraphs: readonly Paragraph[],
  frame: Frame,
  size: number,
  metrics: FontMetrics,
): { readonly word: string; readonly width: number } | undefined {
  for (const { text, font, scale } of paragraphs) {
    for (const word of text.split(/\s+/)) {
      const width = metrics.widthOf(font, word) * size * scale;
      if (width > frame.width) return { word, width };
    }
  }
  return undefined;
}
