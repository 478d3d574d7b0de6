import { RandoseError } from '../../../errors.ts';
import type { CsvFlavour } from '../../../exports/csv.ts';
import type { SheetPlace } from '../../../exports/labels/pdf.ts';
import type { Resolution } from '../../../exports/labels/zpl.ts';
import type { LabelsFlags } from './command.ts';
import { labelsOn, PAPERS, placeOn, type Sheet, SHEETS } from '../../../labels/sheets.ts';

/** The flags that say how labels are made. */
type FormatFlags = Pick<
  LabelsFlags,
  'sheet' | 'startAt' | 'offset' | 'scale' | 'format' | 'csvFor' | 'dpi' | 'useBy'
>;

/** How labels are made: the options after their checks, with defaults. */
export interface LabelFormat extends SheetPlace {
  readonly format: FormatFlags['format'];
  readonly resolution: Resolution;
  /** The program that a CSV is for; undefined for label software. */
  readonly csvFor?: CsvFlavour;
}

const DEFAULT_SHEET = 'L7163';
/** Use-by labels are stuck beside what is on a kit already: they are small. */
const USE_BY_SHEET = 'L7651';
/** In millimetres, in each direction. */
const MOST_OFFSET = 20;
/** The least and the greatest scale: printers are off by a few per cent at most. */
const LEAST_SCALE = 0.9;
const MOST_SCALE = 1.1;

/** @throws RandoseError `usage` if an option does not apply to the format, or is out of its range */
export function readLabelFormat(options: FormatFlags): LabelFormat {
  requireApplicable(options);
  const { format, csvFor, startAt = 1, dpi = '300' } = options;
  const sheet = requireSheet(
    options.sheet ?? (options.useBy === true ? USE_BY_SHEET : DEFAULT_SHEET),
  );
  requirePlace(sheet, startAt);
  const offset = readOffset(options.offset);
  const scale = readScale(options.scale);
  requireOnPaper(sheet, offset, scale);
  const resolution = Number(dpi) as Resolution;
  const flavour = csvFor === undefined ? {} : { csvFor };
  return { sheet, format, startAt, offset, scale, resolution, ...flavour };
}

function requireApplicable({ format, sheet, startAt, offset, scale, dpi }: FormatFlags): void {
  const require = (options: string, formats: readonly (typeof format)[]) => {
    if (formats.includes(format)) return;
    throw new RandoseError('usage', `use ${options} only with --format ${formats.join(' or ')}`);
  };
  if (startAt !== undefined || offset !== undefined) require('--start-at and --offset', ['pdf']);
  if (scale !== undefined) require('--scale', ['pdf']);
  if (dpi !== undefined) require('--dpi', ['zpl']);
  if (sheet !== undefined) require('--sheet', ['pdf', 'zpl']);
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
      `  ${one.padEnd(5)}  ${paper}, ${width.toFixed(1)} × ${height.toFixed(1)} mm`,
  );
  throw new RandoseError('usage', `unknown sheet "${name}"`, {
    hint: `randose knows these sheets:\n${known.join('\n')}`,
  });
}

function requirePlace(sheet: Sheet, startAt: number): void {
  const most = labelsOn(sheet);
  if (startAt >= 1 && startAt <= most) return;
  const message = `--start-at ${startAt}: expected a number from 1 to ${most} on ${sheet.name}`;
  throw new RandoseError('usage', message, {
    hint: 'Count the labels along the rows. --calibrate prints their numbers.',
  });
}

function readOffset(text: string | undefined): SheetPlace['offset'] {
  if (text === undefined) return { x: 0, y: 0 };
  const parts = /^([+-]?\d{1,2}(?:\.\d{1,2})?),([+-]?\d{1,2}(?:\.\d{1,2})?)$/.exec(text.trim());
  const [x, y] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts !== null && Math.abs(x) <= MOST_OFFSET && Math.abs(y) <= MOST_OFFSET) return { x, y };
  throw new RandoseError('usage', `--offset "${text}": expected millimetres right and down`, {
    hint: `For example: --offset 1.5,-0.5; at most ${MOST_OFFSET} in each direction.`,
  });
}

function readScale(text: string | undefined): NonNullable<SheetPlace['scale']> {
  if (text === undefined) return { x: 1, y: 1 };
  const [x, y, ...others] = text.split(',').map(readFactor);
  const isInRange = (factor: number | undefined) =>
    factor !== undefined && factor >= LEAST_SCALE && factor <= MOST_SCALE;
  if (isInRange(x) && isInRange(y) && others.length === 0) return { x: x!, y: y! };
  throw new RandoseError('usage', `--scale "${text}": expected factors across and down`, {
    hint: `For example: --scale 1.005,0.998 or --scale 202.1/201,266.7/267; from ${LEAST_SCALE} to ${MOST_SCALE}. --calibrate prints the distances to measure.`,
  });
}

/** A factor as a number, or as the division of two distances; undefined if the text is neither. */
function readFactor(text: string): number | undefined {
  const parts = /^(\d{1,3}(?:\.\d{1,5})?)(?:\/(\d{1,3}(?:\.\d{1,5})?))?$/.exec(text.trim());
  if (parts === null) return undefined;
  const factor = Number(parts[1]) / Number(parts[2] ?? 1);
  return Math.round(factor * 1e5) / 1e5;
}

/** @throws RandoseError `usage` if offset or scale moves labels off the paper, so that they would be cut off */
function requireOnPaper(
  sheet: Sheet,
  { x, y }: SheetPlace['offset'],
  scale: NonNullable<SheetPlace['scale']>,
): void {
  const { width, height } = PAPERS[sheet.paper];
  const last = placeOn(sheet, labelsOn(sheet) - 1);
  const [left, top] = [sheet.left * scale.x, sheet.top * scale.y];
  const right = width - (last.x + sheet.label.width) * scale.x;
  const below = height - (last.y + sheet.label.height) * scale.y;
  if (left + x >= 0 && top + y >= 0 && x <= right && y <= below) return;
  const range = (before: number, after: number) =>
    `from ${(-Math.floor(before * 10) / 10).toFixed(1)} to ${(Math.floor(after * 10) / 10).toFixed(1)}`;
  const isScaled = scale.x !== 1 || scale.y !== 1;
  const what = `${isScaled ? `--scale ${scale.x},${scale.y} with ` : ''}--offset ${x},${y}`;
  const message = `${what} moves labels of ${sheet.name} off the paper`;
  const possible = right >= -left && below >= -top;
  throw new RandoseError('usage', message, {
    hint: possible
      ? `Right: ${range(left, right)} mm. Down: ${range(top, below)} mm.`
      : 'The scaled labels do not fit on the paper with any offset. Use a smaller scale.',
  });
}
