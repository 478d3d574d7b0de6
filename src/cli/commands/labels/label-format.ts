import { RandoseError } from '../../../errors.ts';
import type { SheetPlace } from '../../../exports/labels/pdf.ts';
import type { Resolution } from '../../../exports/labels/zpl.ts';
import type { LabelsFlags } from './command.ts';
import { labelsOn, PAPERS, placeOn, type Sheet, SHEETS } from '../../../labels/sheets.ts';

/** The flags that say how labels are made. */
type FormatFlags = Pick<LabelsFlags, 'sheet' | 'startAt' | 'offset' | 'format' | 'dpi'>;

/** How labels are made: the options after their checks, with defaults. */
export interface LabelFormat extends SheetPlace {
  readonly format: FormatFlags['format'];
  readonly resolution: Resolution;
}

const DEFAULT_SHEET = 'L7163';
/** In millimetres, in each direction. */
const MOST_OFFSET = 20;

/** @throws RandoseError `usage` if an option does not apply to the format, or is out of its range */
export function readLabelFormat(options: FormatFlags): LabelFormat {
  requireApplicable(options);
  const { format, startAt = 1, dpi = '300' } = options;
  const sheet = requireSheet(options.sheet ?? DEFAULT_SHEET);
  requirePlace(sheet, startAt);
  const offset = readOffset(options.offset);
  requireOnPaper(sheet, offset);
  return { sheet, format, startAt, offset, resolution: Number(dpi) as Resolution };
}

function requireApplicable({ format, sheet, startAt, offset, dpi }: FormatFlags): void {
  const require = (options: string, formats: readonly (typeof format)[]) => {
    if (formats.includes(format)) return;
    throw new RandoseError('usage', `use ${options} only with --format ${formats.join(' or ')}`);
  };
  if (startAt !== undefined || offset !== undefined) require('--start-at and --offset', ['pdf']);
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
      `${one} (${paper}, ${width.toFixed(1)} × ${height.toFixed(1)} mm)`,
  );
  throw new RandoseError('usage', `unknown sheet "${name}"`, {
    hint: `randose knows these sheets: ${known.join(', ')}`,
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

/** @throws RandoseError `usage` if an offset moves labels off the paper, so that they would be cut off */
function requireOnPaper(sheet: Sheet, { x, y }: SheetPlace['offset']): void {
  const { width, height } = PAPERS[sheet.paper];
  const last = placeOn(sheet, labelsOn(sheet) - 1);
  const right = width - last.x - sheet.label.width;
  const below = height - last.y - sheet.label.height;
  if (sheet.left + x >= 0 && sheet.top + y >= 0 && x <= right && y <= below) return;
  const range = (before: number, after: number) =>
    `from ${(-Math.floor(before * 10) / 10).toFixed(1)} to ${(Math.floor(after * 10) / 10).toFixed(1)}`;
  const message = `--offset ${x},${y} moves labels of ${sheet.name} off the paper`;
  throw new RandoseError('usage', message, {
    hint: `Right: ${range(sheet.left, right)} mm. Down: ${range(sheet.top, below)} mm.`,
  });
}
