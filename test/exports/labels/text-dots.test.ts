import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { textDots } from '../../../src/exports/labels/text-dots.ts';
import { formatPdf } from '../../../src/exports/pdf/document.ts';
import { FONTS } from '../../../src/system/fonts.ts';
import { METRICS } from '../../support/labels.ts';
import { testWithTool } from '../../support/tools.ts';

const dotsOf = (text: string, font: 'regular' | 'bold' | 'mono', size: number, dpi = 300) =>
  textDots({ font, size, text }, dpi, METRICS);

type Dots = ReturnType<typeof textDots>;

/** Dots as a drawing, without empty rows. */
const drawn = (rows: readonly (readonly boolean[])[]) =>
  rows
    .map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))
    .filter((row) => row.includes('#'));

test('letters look as in their font: the holes in them stay light', () => {
  expect(drawn(dotsOf('l', 'bold', 5, 203)).every((row) => /^\.+##+\.+$/.test(row))).toBe(true);
  const middle = drawn(dotsOf('O', 'bold', 10)).at(15)!;
  expect(middle).toMatch(/^\.+#+\.{4,}#+\.+$/);
});

test('the least size of a text has no broken strokes', () => {
  for (const row of drawn(dotsOf('H', 'regular', 5, 203))) expect(row).toContain('#');
  expect(drawn(dotsOf('H', 'regular', 5, 203)).some((row) => row.includes('#####'))).toBe(true);
});

test('a blank has no dots, and takes its width', () => {
  const [one, two] = [dotsOf('a', 'mono', 9), dotsOf('a ', 'mono', 9)];
  expect(drawn(dotsOf(' ', 'mono', 9))).toEqual([]);
  expect(two[0]!.length).toBeGreaterThan(1.9 * one[0]!.length);
});

/** How many dark dots of one drawing have no dark dot of another beside them, or at their place. */
function farFrom(one: Dots, other: Dots): number {
  const near = [-1, 0, 1];
  return one.flatMap((row, y) =>
    row.filter(
      (dark, x) => dark && !near.some((dy) => near.some((dx) => other[y + dy]?.[x + dx] === true)),
    ),
  ).length;
}

testWithTool(['pdftoppm', '-v'])(
  'another program draws the same, to the dot beside it',
  async () => {
    const [text, size, dpi] = ['≤ ΣЖ ů№ ≥ 25 °C', 8, 600];
    for (const font of ['regular', 'bold'] as const) {
      const rows = dotsOf(text, font, size, dpi);
      const [width, height] = [(rows[0]!.length * 72) / dpi, (rows.length * 72) / dpi];
      const pdf = await formatPdf({ title: '', author: '' }, FONTS, (page) => {
        page.addPage({ size: [width, height], margin: 0 });
        const features = { kern: false, liga: false } as never;
        page.font(font).fontSize(size).text(text, 0, 0, { lineBreak: false, features });
      });
      const words = ['-r', `${dpi}`, '-gray', '-singlefile', '-'];
      const picture = execFileSync('pdftoppm', words, { input: pdf });
      const [head, across] = /^P5\s+(\d+) \d+\s+255\s/.exec(picture.toString('latin1', 0, 40))!;
      const theirs = rows.map((row, y) =>
        row.map((_, x) => picture[head.length + y * Number(across) + x]! < 128),
      );
      expect(theirs.flat().filter((dark) => dark).length).toBeGreaterThan(1000);
      expect(farFrom(theirs, rows)).toBeLessThan(5);
      expect(farFrom(rows, theirs)).toBeLessThan(5);
    }
  },
);
