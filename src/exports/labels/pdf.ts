import { languageOf, LANGUAGES } from '../../languages/languages.ts';
import type { Label } from '../../labels/label.ts';
import { labelsOn, PAPERS, placeOn, type Sheet } from '../../labels/sheets.ts';
import type { Study } from '../../study/study.ts';
import type { Pdf } from '../pdf/fitted-text.ts';
import type { FontMetrics, Fonts } from '../pdf/font-metrics.ts';
import { type Body, type LabelLayout, layLabels } from './layout.ts';
import type { LabelSize, PlacedText } from '../pdf/placed-text.ts';
import { drawModules, formatPdf } from '../pdf/document.ts';

/** The sheet that labels are printed on, and where the first label is. */
export interface SheetPlace {
  readonly sheet: Sheet;
  /** The place of the first label on the first sheet, from 1. The places before it are used already. */
  readonly startAt: number;
  /** How far everything is moved right and down, in millimetres, because the printer is that far off. */
  readonly offset: { readonly x: number; readonly y: number };
  /** By which factor everything is stretched from the upper left corner, because the printer shrinks it by that. */
  readonly scale?: { readonly x: number; readonly y: number };
}

const POINTS = 72 / 25.4;

/** The size of a sheet's label, in points. */
export function labelSize({ label }: Sheet): { width: number; height: number } {
  return { width: label.width * POINTS, height: label.height * POINTS };
}

/**
 * Makes a PDF of labels on sheets, in order. The file has each font once, and bar codes as lines of modules. It
 * does not depend on the day or the machine: the same labels give the same bytes.
 *
 * @param tellProgress called with the number of labels that are laid out
 * @throws RandoseError `invalid-study` if a label's text does not fit
 */
export async function formatLabelPdf(
  study: Pick<Study, 'id' | 'sponsor' | 'supplies'>,
  place: SheetPlace,
  labels: readonly Label[],
  fonts: Fonts,
  metrics: FontMetrics,
  tellProgress: (laid: number) => void = () => undefined,
): Promise<{ pdf: Uint8Array; pages: number; smallest: number }> {
  const { sheet, startAt } = place;
  const layouts = layLabels(labels, labelSize(sheet), metrics, `a label of ${sheet.name}`, {
    isExplained: true,
    tellProgress,
  });
  const [language = 'en'] = study.supplies.labels.languages;
  const perPage = labelsOn(sheet);
  const pages = Math.ceil((layouts.length + startAt - 1) / perPage);
  const pdf = await formatPdf(
    {
      title: `${(languageOf(language) ?? LANGUAGES.en).labelsTitle}, ${study.id}`,
      author: study.sponsor,
      language,
    },
    fonts,
    (document) => {
      const forms = new Map<Body, Form>();
      const size = labelSize(sheet);
      for (let page = 0; page < pages; page += 1) {
        addSheet(document, place);
        useFonts(document);
        const first = page * perPage - (startAt - 1);
        for (
          let index = Math.max(0, first);
          index < Math.min(layouts.length, first + perPage);
          index += 1
        ) {
          const layout = layouts[index]!;
          const { x, y } = placeOn(sheet, index - first);
          const form = forms.get(layout.body) ?? makeForm(document, layout.body, size, forms.size);
          forms.set(layout.body, form);
          document.save();
          document.translate(x * POINTS, y * POINTS);
          useForm(document, form);
          drawCode(document, layout);
          document.restore();
        }
      }
    },
  );
  const smallest = layouts.reduce((least, { body }) => Math.min(least, body.size), Infinity);
  return { pdf, pages, smallest };
}

/** The distances between the outermost edges of a sheet's labels, in millimetres. */
export function spanOf(sheet: Sheet): { readonly across: number; readonly down: number } {
  const last = placeOn(sheet, labelsOn(sheet) - 1);
  return {
    across: last.x + sheet.label.width - sheet.left,
    down: last.y + sheet.label.height - sheet.top,
  };
}

/**
 * Makes a page with the outlines of a sheet's labels, to be laid over a real sheet. The first label says how far
 * the outermost edges should be from each other: from what a ruler finds follows the scale.
 */
export async function formatCalibration(place: SheetPlace, fonts: Fonts): Promise<Uint8Array> {
  const { sheet } = place;
  const about = { title: `Calibration of ${sheet.name}`, author: 'randose' };
  return formatPdf(about, fonts, (pdf) => {
    addSheet(pdf, place);
    const { width, height } = labelSize(sheet);
    for (let index = 0; index < labelsOn(sheet); index += 1) {
      const { x, y } = placeOn(sheet, index);
      const [left, top] = [x * POINTS, y * POINTS];
      pdf.rect(left, top, width, height).lineWidth(0.3).stroke('black');
      pdf.font('regular').fontSize(6);
      const { label } = sheet;
      const text = `${index + 1}  ${sheet.name}  ${label.width.toFixed(1)} × ${label.height.toFixed(1)} mm`;
      pdf.fillColor('black').text(text, left + 4, top + height / 2 - 4, { lineBreak: false });
      if (index > 0) continue;
      const { across, down } = spanOf(sheet);
      pdf.fontSize(5);
      for (const [line, [way, distance]] of [
        ['All labels across', across] as const,
        ['All labels down', down] as const,
      ].entries()) {
        const measure = `${way}: ${distance.toFixed(1)} mm`;
        pdf.text(measure, left + 4, top + height / 2 + 4 + line * 6, { lineBreak: false });
      }
    }
  });
}

function addSheet(pdf: Pdf, { sheet, offset, scale = { x: 1, y: 1 } }: SheetPlace): void {
  const { width, height } = PAPERS[sheet.paper];
  pdf.addPage({ size: [width * POINTS, height * POINTS], margin: 0 });
  pdf.translate(offset.x * POINTS, offset.y * POINTS);
  if (scale.x !== 1 || scale.y !== 1) pdf.scale(scale.x, scale.y);
}

/** Names the fonts of a page. What is drawn from a form does not name them. */
function useFonts(pdf: Pdf): void {
  for (const name of ['regular', 'bold'] as const) {
    pdf.font(name);
    const { _font: font, page } = pdf as unknown as FontInUse;
    page.fonts[font.id] ??= font.ref();
  }
}

interface FontInUse {
  readonly _font: { readonly id: string; readonly ref: () => unknown };
  readonly page: {
    readonly fonts: Record<string, unknown>;
    readonly xobjects: Record<string, unknown>;
  };
}

/** A drawing that many labels share and the file has once (a form XObject: ISO 32000-1, 8.10). */
interface Form {
  readonly name: string;
  readonly ref: unknown;
}

function makeForm(pdf: Pdf, body: Body, { width, height }: LabelSize, index: number): Form {
  const content = recorded(pdf, () => {
    drawTexts(pdf, body.texts);
  });
  const { page } = pdf as unknown as FontInUse;
  const ref = pdf.ref({
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, 0, width, height],
    Resources: { Font: { ...page.fonts } },
  });
  ref.end(content);
  return { name: `L${index + 1}`, ref };
}

function useForm(pdf: Pdf, { name, ref }: Form): void {
  const { page } = pdf as unknown as FontInUse;
  page.xobjects[name] = ref;
  pdf.addContent(`/${name} Do`);
}

/** Returns what `draw` would write into the page. */
function recorded(pdf: Pdf, draw: () => void): string {
  const parts: string[] = [];
  const own = Object.getOwnPropertyDescriptor(pdf, 'addContent');
  pdf.addContent = (data: string) => {
    parts.push(data);
    return pdf;
  };
  try {
    draw();
  } finally {
    if (own === undefined) delete (pdf as Partial<Pdf>).addContent;
    else Object.defineProperty(pdf, 'addContent', own);
  }
  return parts.join('\n');
}

const PLAIN = { kern: false, liga: false, clig: false, calt: false };

function drawTexts(pdf: Pdf, texts: readonly PlacedText[]): void {
  for (const { font, size, x, y, text, box } of texts) {
    if (box !== undefined) {
      pdf.save();
      pdf.rect(box.x, box.y, box.width, box.height).fill('black');
      pdf.fillColor('white');
    }
    // As the metrics measured it: letter by letter, without ligatures or kerning.
    const features = font === 'mono' ? {} : ({ features: PLAIN } as never);
    pdf
      .font(font)
      .fontSize(size)
      .text(text, x, y, { lineBreak: false, ...features });
    if (box !== undefined) {
      pdf.restore();
      // pdfkit believes that the colour is still white.
      pdf.fillColor('black');
    }
  }
}

function drawCode(pdf: Pdf, { matrix, matrixAt, code }: LabelLayout): void {
  drawModules(pdf, matrix.runs, matrixAt);
  drawTexts(pdf, code);
}
