import { create, type Font } from 'fontkit';

/** The fonts of a printed page, as TrueType files. */
export interface Fonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly mono: Uint8Array;
}

/** A closed line around a part of a letter at text size 1: to the right, and up from the baseline. */
export type Outline = readonly (readonly [x: number, y: number])[];

/** How wide texts are, and what their letters look like, in the fonts of a page. */
export interface FontMetrics {
  /** The width of a text at size 1: the sum of its characters', as a label printer sets them too. */
  readonly widthOf: (font: keyof Fonts, text: string) => number;
  /** The first character that the font does not have; undefined if it has all. */
  readonly missingIn: (font: keyof Fonts, text: string) => string | undefined;
  /** The outlines of a character, filled by the nonzero rule. */
  readonly outlinesOf: (font: keyof Fonts, character: string) => readonly Outline[];
}

/** Reads the metrics of TrueType fonts. Each character is measured once, however long a run is. */
export function fontMetrics(fonts: Fonts): FontMetrics {
  const opened: Record<keyof Fonts, Font> = {
    regular: open(fonts.regular),
    bold: open(fonts.bold),
    mono: open(fonts.mono),
  };
  const widths = { regular: new Map(), bold: new Map(), mono: new Map() } as Record<
    keyof Fonts,
    Map<string, number>
  >;
  const widthOf = (font: keyof Fonts, character: string): number => {
    const known = widths[font].get(character);
    if (known !== undefined) return known;
    const { unitsPerEm } = opened[font];
    const glyph = opened[font].glyphForCodePoint(character.codePointAt(0)!);
    const width = glyph.advanceWidth / unitsPerEm;
    widths[font].set(character, width);
    return width;
  };
  return {
    widthOf: (font, text) => {
      let sum = 0;
      for (const character of text) sum += widthOf(font, character);
      return sum;
    },
    missingIn: (font, text) =>
      Array.from(text).find(
        (character) => !opened[font].hasGlyphForCodePoint(character.codePointAt(0)!),
      ),
    outlinesOf: (font, character) => outlinesOf(opened[font], character),
  };
}

/** Straight lines in place of each curve: enough for letters of a few millimetres. */
const PIECES = 8;

/** The outlines of a TrueType glyph: lines and quadratic curves. */
function outlinesOf(font: Font, character: string): Outline[] {
  const outlines: [number, number][][] = [];
  const { path } = font.glyphForCodePoint(character.codePointAt(0)!);
  for (const { command, args } of path.commands) {
    const [x = 0, y = 0, endX = 0, endY = 0] = args.map((one) => one / font.unitsPerEm);
    if (command === 'moveTo') outlines.push([[x, y]]);
    if (command === 'lineTo') outlines.at(-1)!.push([x, y]);
    if (command !== 'quadraticCurveTo') continue;
    const [fromX, fromY] = outlines.at(-1)!.at(-1)!;
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const [before, after] = [1 - piece / PIECES, piece / PIECES];
      const along = (from: number, control: number, to: number) =>
        before * before * from + 2 * before * after * control + after * after * to;
      outlines.at(-1)!.push([along(fromX, x, endX), along(fromY, y, endY)]);
    }
  }
  return outlines;
}

function open(bytes: Uint8Array): Font {
  const font = create(Buffer.from(bytes));
  if ('fonts' in font) throw new Error('the font file has several fonts');
  return font;
}
