/** A sheet of labels. Lengths are in millimetres, from the upper left corner of the paper. */
export interface Sheet {
  readonly name: string;
  readonly paper: 'A4' | 'Letter';
  readonly label: { readonly width: number; readonly height: number };
  readonly columns: number;
  readonly rows: number;
  /** The upper left corner of the first label. */
  readonly left: number;
  readonly top: number;
  /** The distance from one label to the next. */
  readonly across: number;
  readonly down: number;
  /** Whether it is for labels of units, unless the user chooses. */
  readonly isForUnits: boolean;
}

export const PAPERS = {
  A4: { width: 210, height: 297 },
  Letter: { width: 215.9, height: 279.4 },
} as const;

const INCH = 25.4;

type Numbers = readonly [
  width: number,
  height: number,
  columns: number,
  rows: number,
  left: number,
  top: number,
  across: number,
  down: number,
];

function sheet(name: string, paper: Sheet['paper'], numbers: Numbers, unit = 1): Sheet {
  const [width, height, columns, rows, left, top, across, down] = numbers;
  const label = { width: width * unit, height: height * unit };
  const place = { left: left * unit, top: top * unit, across: across * unit, down: down * unit };
  return { name, paper, label, columns, rows, ...place, isForUnits: label.height < 26 };
}

/** The sheets that randose knows, as their maker Avery publishes them: A4 in millimetres, Letter in inches. */
export const SHEETS: readonly Sheet[] = [
  sheet('L7160', 'A4', [63.99, 38.1, 3, 7, 7.48, 15.49, 66.04, 38.1]),
  sheet('L7161', 'A4', [63.57, 46.78, 3, 6, 7.41, 8.11, 65.93, 46.74]),
  sheet('L7163', 'A4', [99.1, 38.1, 2, 7, 3.35, 15.17, 103.01, 38.1]),
  sheet('L7165', 'A4', [99.06, 67.73, 2, 4, 4.67, 13.04, 101.64, 67.73]),
  sheet('L7651', 'A4', [38.1, 21.2, 5, 13, 4.7, 10.9, 40.6, 21.2]),
  sheet('5160', 'Letter', [2.625, 1, 3, 10, 0.1875, 0.5, 2.75, 1], INCH),
  sheet('5163', 'Letter', [4, 2, 2, 5, 0.15625, 0.5, 4.1875, 2], INCH),
  sheet('5164', 'Letter', [4, 10 / 3, 2, 3, 0.15625, 0.5, 4.1875, 10 / 3], INCH),
];

/** The number of labels on a sheet. */
export function labelsOn({ columns, rows }: Sheet): number {
  return columns * rows;
}

/**
 * The place of a label on a sheet. Labels are counted from 0, along the rows.
 *
 * @returns its upper left corner, in millimetres
 */
export function placeOn(
  { columns, left, top, across, down }: Sheet,
  index: number,
): { readonly x: number; readonly y: number } {
  return { x: left + (index % columns) * across, y: top + Math.floor(index / columns) * down };
}
