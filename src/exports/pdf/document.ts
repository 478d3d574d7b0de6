import PDFDocument from 'pdfkit';
import type { Fonts } from './font-metrics.ts';
import { makeArchival } from './archival.ts';
import type { Pdf } from './fitted-text.ts';
import { asDecoration, beginTags } from './tags.ts';

/** What a PDF says about itself. */
export interface PdfAbout {
  readonly title: string;
  readonly author: string;
  /** YYYY-MM-DD. If undefined, the file has a fixed day, because every PDF has one. */
  readonly made?: string;
  /** The language of its words, such as `fr`; English if undefined. */
  readonly language?: string;
  /** The orientation of A4 pages. Other papers are given page by page. */
  readonly layout?: 'portrait' | 'landscape';
  /** Whether its texts have tags, so that a screen reader can read them in order (tags.ts). */
  readonly isTagged?: boolean;
}

/**
 * Makes a PDF that can be archived (PDF/A-2b). The same content gives the same bytes, on every day and machine.
 *
 * @param draw draws it, page by page; its fonts are `regular`, `bold` and `mono`
 */
export async function formatPdf(
  { title, author, made = '2000-01-01', language = 'en', layout, isTagged = false }: PdfAbout,
  fonts: Fonts,
  draw: (pdf: Pdf) => void,
): Promise<Uint8Array> {
  const pdf = new PDFDocument({
    margin: 0,
    autoFirstPage: false,
    displayTitle: true,
    font: '', // otherwise pdfkit looks for Helvetica in a file beside its own
    pdfVersion: '1.7',
    tagged: isTagged,
    lang: language,
    ...(layout !== undefined && { size: 'A4', layout }),
    info: {
      Title: title,
      Author: author,
      Creator: 'randose',
      Producer: 'randose',
      CreationDate: new Date(`${made}T00:00:00Z`),
    },
  });
  makeArchival(pdf, { title, author, made, language });
  if (isTagged) beginTags(pdf);
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

/** Draws a matrix of modules as one path. Its text is written beside it. */
export function drawModules(
  pdf: Pdf,
  runs: readonly { readonly x: number; readonly y: number; readonly width: number }[],
  place: { readonly x: number; readonly y: number; readonly module: number },
): void {
  asDecoration(pdf, () => {
    pdf.save();
    pdf.transform(place.module, 0, 0, place.module, place.x, place.y);
    let path = '';
    for (const { x, y, width } of runs) path += `${x} ${y} ${width} 1 re\n`;
    pdf.addContent(`${path}f`);
    pdf.restore();
  });
}
