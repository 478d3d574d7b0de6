import { RandoseError } from '../../../errors.ts';
import { formatLabelCsv } from '../../../exports/labels/csv.ts';
import { formatCalibration, formatLabelPdf, labelSize } from '../../../exports/labels/pdf.ts';
import { formatZpl } from '../../../exports/labels/zpl.ts';
import { fontMetrics } from '../../../exports/pdf/font-metrics.ts';
import type { Label } from '../../../labels/label.ts';
import type { Study } from '../../../study/study.ts';
import { FONTS } from '../../../system/fonts.ts';
import { counted } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import type { LabelFormat } from './label-format.ts';

/** The file of a run of labels, before it is written. */
export interface LabelFile {
  readonly content: string | Uint8Array;
  /** A few words for the message, such as how many sheets the labels take. */
  readonly about: string;
  /** The smallest text size, in points; undefined if another program sets the text. */
  readonly smallest: number | undefined;
}

type Make = (
  study: Pick<Study, 'id' | 'sponsor' | 'supplies'>,
  format: LabelFormat,
  labels: readonly Label[],
  tellProgress: (laid: number) => void,
) => LabelFile | Promise<LabelFile>;

const MAKERS: Readonly<Record<LabelFormat['format'], Make>> = {
  csv: (_study, { csvFor }, labels) => ({
    content: formatLabelCsv(labels, csvFor),
    about: '',
    smallest: undefined,
  }),
  pdf: async (study, format, labels, tellProgress) => {
    const metrics = fontMetrics(FONTS);
    const { pdf, pages, smallest } = await formatLabelPdf(
      study,
      format,
      labels,
      FONTS,
      metrics,
      tellProgress,
    );
    const about = `, ${counted(pages, 'sheet')} of ${format.sheet.name}`;
    return { content: pdf, about, smallest };
  },
  zpl: (_study, { sheet, resolution }, labels, tellProgress) => ({
    content: formatZpl(labels, labelSize(sheet), resolution, fontMetrics(FONTS), tellProgress),
    about: ` for ${resolution} dpi`,
    smallest: undefined,
  }),
};

/** @throws RandoseError `invalid-study` if a label's text does not fit */
export async function labelFile(
  output: Output,
  study: Parameters<Make>[0],
  format: LabelFormat,
  labels: readonly Label[],
): Promise<LabelFile> {
  const tellProgress = (laid: number) => {
    output.progress(laid, labels.length, 'drawing labels');
  };
  const file = await MAKERS[format.format](study, format, labels, tellProgress);
  tellProgress(labels.length);
  return file;
}

/** The page with the outlines of a sheet's labels. @throws RandoseError `usage` if a PDF is not asked for */
export async function calibrationPage(format: LabelFormat): Promise<Uint8Array> {
  if (format.format === 'pdf') return formatCalibration(format, FONTS);
  throw new RandoseError('usage', 'use --calibrate only with --format pdf');
}
