import type { Pdf } from '../pdf/fitted-text.ts';

/** The pattern that fills the flap: the same on each card of each study. */
export type FlapPattern = ReturnType<Pdf['pattern']>;

/** Points: about a module of the QR code, and a stroke or two of the key. */
const CELL = 2.7;
/** Cells on a side of the square that is repeated. */
const CELLS = 72;

/** The share of dark cells. More dark cells hide more of the key's letters, and take more toner. */
const DARK = 0.7;

/**
 * Makes a pattern of blots without order, as large as the modules of the QR code. Against the light, people could
 * distinguish a regular pattern from the key below it. This one makes the key hard to read; only an opaque
 * envelope hides it.
 */
export function flapPattern(pdf: Pdf): FlapPattern {
  const side = CELL * CELLS;
  const next = noise();
  const blots: string[] = [];
  for (let row = 0; row < CELLS; row++) {
    const dark = Array.from({ length: CELLS }, () => next() < DARK);
    let from = 0;
    while (from < CELLS) {
      const end = dark.indexOf(!dark[from], from);
      const to = end < 0 ? CELLS : end;
      if (dark[from] === true) blots.push(blot(from, row, to - from));
      from = to;
    }
  }
  const pattern = pdf.pattern([0, 0, side, side], side, side, `${blots.join(' ')} f`);
  const own = pattern as unknown as ColourSpaces;
  own.embedPatternColorSpaces = () => {
    const { page } = pdf as unknown as { page: { colorSpaces: Record<string, unknown> } };
    page.colorSpaces.CsPDeviceRGB ??= rgbOf(pdf);
  };
  return pattern;
}

/** pdfkit would also name colours for presses (CMYK), which a file for displays must not have. Its types leave this out. */
interface ColourSpaces {
  embedPatternColorSpaces: () => void;
}

function rgbOf(pdf: Pdf): unknown {
  const space = pdf.ref(['Pattern', 'DeviceRGB']) as unknown as { end(): void };
  space.end();
  return space;
}

/** A run of cells, drawn slightly too large, so that no light comes between it and the next. */
function blot(column: number, row: number, cells: number): string {
  const sizes = [column * CELL, row * CELL, cells * CELL, CELL + 0.05];
  return `${sizes.map((size) => size.toFixed(2)).join(' ')} re`;
}

/** Numbers from 0 to 1, always the same: nothing here is secret (Park and Miller 1988). */
function noise(): () => number {
  let state = 1988;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
