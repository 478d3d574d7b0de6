import type { Fonts } from '../pdf/font-metrics.ts';
import type { LabelLayout } from './layout.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';

/** The families by which the fonts of labels are known, and how far their letters rise above the line. */
const FACES: Record<keyof Fonts, string> = {
  regular: 'font-family="DejaVu Sans" font-stretch="condensed"',
  bold: 'font-family="DejaVu Sans" font-stretch="condensed" font-weight="bold"',
  mono: 'font-family="DejaVu Sans Mono" font-weight="bold"',
};
/** From the top of a line down to where its letters stand, in sizes: DejaVu's ascent. */
const ASCENT = 0.928;

/** A label as an SVG picture, black on white. */
export function labelSvg({ width, height }: LabelSize, layout: LabelLayout): string {
  const { matrix, matrixAt, code, body } = layout;
  const runs = matrix.runs.map(({ x, y, width: run }) => `M${x} ${y}h${run}v1h-${run}z`).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<path transform="translate(${matrixAt.x} ${matrixAt.y}) scale(${matrixAt.module})" d="${runs}" shape-rendering="crispEdges"/>`,
    ...[...code, ...body.texts].map(svgText),
    '</svg>',
  ].join('');
}

/** One text as an SVG picture that is as large as it. */
export function textSvg(text: PlacedText, { width, height }: LabelSize): string {
  const alone = svgText({ font: text.font, size: text.size, text: text.text, x: 0, y: 0 });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>${alone}</svg>`;
}

function svgText({ font, size, x, y, text, box }: PlacedText): string {
  const frame =
    box === undefined
      ? ''
      : `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"/>`;
  const fill = box === undefined ? '' : ' fill="#fff"';
  return `${frame}<text x="${x}" y="${y + ASCENT * size}" font-size="${size}" ${FACES[font]} xml:space="preserve"${fill}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
