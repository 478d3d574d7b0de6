import { join } from 'node:path';
import { RandoseError } from '../../../errors.ts';
import { fontMetrics } from '../../../exports/pdf/font-metrics.ts';
import { formatLabelCsv } from '../../../exports/labels/csv.ts';
import { layLabels } from '../../../exports/labels/layout.ts';
import {
  formatCalibration,
  formatLabelPdf,
  labelSize,
  type SheetPlace,
} from '../../../exports/labels/pdf.ts';
import { labelSvg, textSvg } from '../../../exports/labels/svg.ts';
import { formatZpl, type Resolution } from '../../../exports/labels/zpl.ts';
import { isFolder } from '../../../system/files.ts';
import { LABEL_FONTS } from '../../../system/label-fonts.ts';
import { DUMMY_MARK, type Study } from '../../../study/study.ts';
import type { Label } from '../../../labels/label.ts';
import { labelsOn, PAPERS, placeOn, type Sheet, SHEETS } from '../../../labels/sheets.ts';
import type { NewFile } from '../../output/exported-files.ts';
import type { LabelsFlags } from './command.ts';

/** How labels are made, checked. */
export interface LabelFormat extends SheetPlace {
  readonly format: LabelsFlags['format'];
  readonly resolution: Resolution;
  readonly output: string;
}

const DEFAULT_SHEET = 'L7163';
const MOST_OFFSET = 20;

/** @throws RandoseError `usage` where an option has no meaning here, or is out of its range */
export function readLabelFormat(options: LabelsFlags): LabelFormat {
  const { format, startAt, offset, dpi, output } = options;
  const refuse = (option: string, formats: string) => {
    throw new RandoseError('usage', `${option} is for --format ${formats}`);
  };
  if ((startAt !== undefined || offset !== undefined) && format !== 'pdf') {
    refuse('--start-at and --offset', 'pdf');
  }
  if (dpi !== undefined && format !== 'zpl' && format !== 'png') refuse('--dpi', 'zpl and png');
  if (options.sheet !== undefined && format === 'csv') refuse('--sheet', 'pdf, zpl and png');
  const sheet = requireSheet(options.sheet ?? DEFAULT_SHEET);
  const most = labelsOn(sheet);
  if (startAt !== undefined && (startAt < 1 || startAt > most)) {
    throw new RandoseError(
      'usage',
      `--start-at expects a place from 1 to ${most} on ${sheet.name}`,
      {
        hint: 'Labels are counted along the rows; --calibrate prints the numbers.',
      },
    );
  }
  const moved = readOffset(offset);
  requireOnPaper(sheet, moved);
  return {
    ...{ sheet, format, output, startAt: startAt ?? 1, offset: moved },
    resolution: Number(dpi ?? 300) as Resolution,
  };
}

function requireSheet(name: string): Sheet {
  const wanted = name
    .trim()
    .toUpperCase()
    .replace(/^AVERY[ -]?/, '');
  const sheet = SHEETS.find((one) => one.name === wanted);
  if (sheet !== undefined) return sheet;
  const known = SHEETS.map(
    ({ name: one, paper, label: { width, height } }) =>
      `${one} (${paper}, ${width.toFixed(1)} × ${height.toFixed(1)} mm)`,
  );
  throw new RandoseError('usage', `sheet "${name}" is unknown`, {
    hint: `These are known: ${known.join(', ')}`,
  });
}

function readOffset(text: string | undefined): SheetPlace['offset'] {
  if (text === undefined) return { x: 0, y: 0 };
  const parts = /^([+-]?\d{1,2}(?:\.\d{1,2})?),([+-]?\d{1,2}(?:\.\d{1,2})?)$/.exec(text.trim());
  const [x, y] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts !== null && Math.abs(x) <= MOST_OFFSET && Math.abs(y) <= MOST_OFFSET) return { x, y };
  throw new RandoseError(
    'usage',
    `--offset expects millimetres to the right and down, found "${text}"`,
    {
      hint: `For example: --offset 1.5,-0.5; at most ${MOST_OFFSET} either way.`,
    },
  );
}

/** @throws RandoseError `usage` where labels would be moved off the paper, and so be cut off */
function requireOnPaper(sheet: Sheet, { x, y }: SheetPlace['offset']): void {
  const { width, height } = PAPERS[sheet.paper];
  const last = placeOn(sheet, labelsOn(sheet) - 1);
  const right = width - last.x - sheet.label.width;
  const below = height - last.y - sheet.label.height;
  if (sheet.left + x >= 0 && sheet.top + y >= 0 && x <= right && y <= below) return;
  const range = (before: number, after: number) =>
    `from ${(-Math.floor(before * 10) / 10).toFixed(1)} to ${(Math.floor(after * 10) / 10).toFixed(1)}`;
  throw new RandoseError(
    'usage',
    `--offset ${x},${y} would move labels of ${sheet.name} off the paper`,
    {
      hint: `To the right ${range(sheet.left, right)} mm, down ${range(sheet.top, below)} mm.`,
    },
  );
}

/** A page of outlines. */
export async function calibrationFile(format: LabelFormat): Promise<NewFile> {
  if (format.format !== 'pdf') {
    throw new RandoseError('usage', '--calibrate is for --format pdf');
  }
  return { file: format.output, content: await formatCalibration(format, LABEL_FONTS) };
}

/** The files of labels, not written yet, and what there is to say of them. */
export interface LabelFiles {
  readonly files: readonly NewFile[];
  /** For example how many sheets they take. */
  readonly about: string;
  /** The smallest size of a text, in points; undefined where the sizes are not ours. */
  readonly smallest: number | undefined;
}

/** @throws RandoseError `invalid-study` where a label's text does not fit */
export async function labelFiles(
  study: Pick<Study, 'id' | 'sponsor' | 'domain'>,
  format: LabelFormat,
  labels: readonly Label[],
): Promise<LabelFiles> {
  const { sheet, output, resolution } = format;
  const size = labelSize(sheet);
  switch (format.format) {
    case 'csv':
      return {
        ...{ files: [{ file: output, content: formatLabelCsv(labels) }], about: '' },
        smallest: undefined,
      };
    case 'pdf': {
      const metrics = fontMetrics(LABEL_FONTS);
      const { pdf, pages, smallest } = await formatLabelPdf(
        study,
        format,
        labels,
        LABEL_FONTS,
        metrics,
      );
      const sheets = pages === 1 ? '1 sheet' : `${pages} sheets`;
      return {
        files: [{ file: output, content: pdf }],
        about: `, ${sheets} of ${sheet.name}`,
        smallest,
      };
    }
    case 'zpl': {
      const pictures = await loadPictures();
      const drawText: Parameters<typeof formatZpl>[4] = (text, of) =>
        pictures.dots(textSvg(text, of), resolution / 72);
      const text = formatZpl(labels, size, resolution, fontMetrics(LABEL_FONTS), drawText);
      return {
        ...{ files: [{ file: output, content: text }], about: ` for ${resolution} dpi` },
        smallest: undefined,
      };
    }
    case 'png': {
      const pictures = await loadPictures();
      const laid = layLabels(labels, size, fontMetrics(LABEL_FONTS), `a label of ${sheet.name}`);
      const mark = study.domain === 'dummy' ? DUMMY_MARK : '';
      const isOne = labels.length === 1 && !isFolder(output) && !output.endsWith('/');
      const layouts = labels.map((label, index) => ({ label, layout: laid[index]! }));
      const files = layouts.map(({ label, layout }) => {
        const unit = label.unit === null ? 'outer' : `unit-${label.unit}`;
        const kit = label.kit.startsWith(mark) ? label.kit : `${mark}${label.kit}`;
        return {
          file: isOne ? output : join(output, `${kit}-${unit}.png`),
          content: pictures.png(labelSvg(size, layout), resolution / 72),
        };
      });
      const smallest = layouts.reduce(
        (least, { layout }) => Math.min(least, layout.body.size),
        Infinity,
      );
      return { files, about: ` of ${resolution} dpi`, smallest };
    }
  }
}

async function loadPictures() {
  const { pictureMaker } = await import('../../../system/picture.ts');
  return pictureMaker();
}
