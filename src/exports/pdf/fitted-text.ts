import type PDFDocument from 'pdfkit';
import { asContent } from './tags.ts';

export type Pdf = InstanceType<typeof PDFDocument>;

/** A part of a page, in points from its upper left corner. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextStyle {
  readonly font: 'regular' | 'bold' | 'mono';
  /** The largest and the least size, in points. */
  readonly size: number;
  readonly least: number;
  readonly colour?: string;
  readonly align?: 'left' | 'right';
}

/** The distance from one line to the next, as a multiple of the text size. DejaVu is 1.17 high. */
const LEADING = 1.18;

/**
 * Writes a text into a frame, in the largest size at which it fits with whole words. If even the least size is
 * too large, the text is cut off, with an ellipsis.
 *
 * @returns where the text ends, in points from the top of the page
 */
export function writeFitted(pdf: Pdf, text: string, frame: Frame, style: TextStyle): number {
  pdf.font(style.font).fillColor(style.colour ?? 'black');
  const { size, lines } = fit(pdf, printable(pdf, text), frame, style);
  pdf.fontSize(size);
  if (lines.some((line) => line !== '')) {
    asContent(pdf, () => {
      for (const [index, line] of lines.entries()) {
        const shift = style.align === 'right' ? frame.width - pdf.widthOfString(line) : 0;
        // With the blank that the break took, so that whoever copies or hears the text has whole words.
        const text = index < lines.length - 1 ? `${line} ` : line;
        pdf.text(text, frame.x + shift, frame.y + index * LEADING * size, { lineBreak: false });
      }
    });
  }
  return frame.y + lines.length * LEADING * size;
}

function fit(
  pdf: Pdf,
  text: string,
  { width, height }: Frame,
  { size: largest, least }: TextStyle,
): { size: number; lines: readonly string[] } {
  pdf.fontSize(1);
  const widthOf = (words: string) => pdf.widthOfString(words);
  const words = text.split(' ').map((word) => ({ word, width: widthOf(word) }));
  const space = widthOf(' ');
  for (let size = largest; size > least; size = Math.max(least, size * 0.97)) {
    if (words.some((one) => one.width * size > width)) continue;
    const lines = wrap(words, width / size, space);
    if (lines.length * LEADING * size <= height + 0.01) return { size, lines };
  }
  const pieces = words.flatMap(({ word }) => breakWord(word, width / least, widthOf));
  const lines = wrap(pieces, width / least, space);
  const most = Math.max(1, Math.floor((height + 0.01) / (LEADING * least)));
  if (lines.length <= most) return { size: least, lines };
  const kept = lines.slice(0, most);
  kept[most - 1] = cutOff(kept[most - 1] ?? '', width / least, widthOf);
  return { size: least, lines: kept };
}

interface Word {
  readonly word: string;
  readonly width: number;
}

function wrap(words: readonly Word[], width: number, space: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let taken = 0;
  for (const { word, width: own } of words) {
    if (line.length > 0 && taken + space + own > width) {
      lines.push(line.join(' '));
      line = [];
    }
    taken = line.length === 0 ? own : taken + space + own;
    line.push(word);
  }
  return [...lines, line.join(' ')];
}

/** Breaks a word that is wider than a line into pieces that are not. */
function breakWord(word: string, width: number, widthOf: (text: string) => number): Word[] {
  const pieces: Word[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character) > width) {
      pieces.push({ word: piece, width: widthOf(piece) });
      piece = '';
    }
    piece += character;
  }
  return [...pieces, { word: piece, width: widthOf(piece) }];
}

function cutOff(line: string, width: number, widthOf: (text: string) => number): string {
  const characters = Array.from(line);
  while (characters.length > 0 && widthOf(`${characters.join('')}…`) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/**
 * A text as one line, with a box for each character that the font does not have. For such a character, pdfkit
 * would write a glyph with a wrong width, which nobody could copy.
 */
function printable(pdf: Pdf, text: string): string {
  const { font } = (pdf as unknown as OpenFont)._font;
  const shown = Array.from(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
  return shown
    .map((character) => (font.hasGlyphForCodePoint(character.codePointAt(0)!) ? character : '□'))
    .join('');
}

/** The font in use. pdfkit's types leave it out. */
interface OpenFont {
  readonly _font: { readonly font: { hasGlyphForCodePoint(code: number): boolean } };
}
