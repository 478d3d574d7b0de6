import { create, type Font } from 'fontkit';

/** The fonts of a printed page, as TrueType files. */
export interface Fonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
  readonly mono: Uint8Array;
}

/** How wide texts are, in the fonts of a page. */
export interface FontMetrics {
  /** The width of a text at size 1: the sum of its characters', as a label printer sets them too. */
  readonly widthOf: (font: keyof Fonts, text: string) => number;
  /** The first character that the font has not; undefined where it has all. */
  readonly missingIn: (font: keyof Fonts, text: string) => string | undefined;
}

/** The metrics of TrueType fonts. Widths of characters are kept, so that a long run asks for each once. */
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
  };
}

function open(bytes: Uint8Array): Font {
  const font = create(Buffer.from(bytes));
  if ('fonts' in font) throw new Error('a font file with one font is expected');
  return font;
}
