import PDFDocument from 'pdfkit';
import type { Fonts } from './font-metrics.ts';
import type { Pdf } from './fitted-text.ts';

/**
 * A PDF of which the same content gives the same bytes: nothing of the day or the machine is in it.
 *
 * @param draw draws it, page by page; its fonts are `regular`, `bold` and `mono`
 */
export async function formatUndatedPdf(
  title: string,
  author: string,
  fonts: Fonts,
  draw: (pdf: Pdf) => void,
): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    ...{ margin: 0, autoFirstPage: false, displayTitle: true },
    font: '', // else pdfkit looks for Helvetica, in a file beside its own
    info: {
      ...{ Title: title, Author: author, Creator: 'randose', Producer: 'randose' },
      CreationDate: new Date('2000-01-01T00:00:00Z'), // a PDF has one, and no day is to be in it
    },
  });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const isDone = new Promise((resolve) => pdf.on('end', resolve));
  for (const [name, bytes] of Object.entries(fonts) as [string, Uint8Array][]) {
    pdf.registerFont(name, Buffer.from(bytes));
  }
  draw(pdf);
  pdf.end();
  await isDone;
  return Buffer.concat(chunks);
}

/** Draws a matrix of modules as one path. */
export function drawModules(
  pdf: Pdf,
  runs: readonly { readonly x: number; readonly y: number; readonly width: number }[],
  place: { readonly x: number; readonly y: number; readonly module: number },
): void {
  pdf.save();
  pdf.transform(place.module, 0, 0, place.module, place.x, place.y);
  let path = '';
  for (const { x, y, width } of runs) path += `${x} ${y} ${width} 1 re\n`;
  pdf.addContent(`${path}f`);
  pdf.restore();
}
