import Table from 'cli-table3';
import type { Palette } from './palette.ts';
import { characters, wrapped } from './wrapped.ts';

/** How a table is laid out. */
interface TableLayout {
  /** What is between columns. */
  readonly gap?: string;
  /** The width that there is: texts in wider tables go on in further lines, broken between words. */
  readonly columns?: number;
}

/** A plain table: columns with a gap between them, without borders. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: Palette,
  { gap = '  ', columns }: TableLayout = {},
): string {
  const none = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
  ]);
  const table = new Table({
    chars: { ...Object.fromEntries(none), middle: gap } as never,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  const all = [head.map((title) => colour.bold(title)), ...rows];
  const widths = columns === undefined ? undefined : fittingWidths(all, gap.length, columns);
  table.push(
    ...all.map((row) =>
      row.map((cell, index) => (widths === undefined ? cell : inLines(cell, widths[index]!))),
    ),
  );
  return `${table.toString().replace(TRAILING_BLANKS, (end) => end.replaceAll(' ', ''))}\n`;
}

/**
 * The width of each column: the widest ones give way until the table fits, but none is narrower than its longest word.
 *
 * @returns undefined if the table fits as it is
 */
function fittingWidths(
  rows: readonly (readonly string[])[],
  gap: number,
  columns: number,
): number[] | undefined {
  const [first = []] = rows;
  const widest = (split: RegExp) =>
    first.map((_, index) =>
      Math.max(...rows.flatMap((row) => (row[index] ?? '').split(split).map(characters))),
    );
  const widths = widest(/\n/);
  const least = widest(/\s/);
  const room = columns - gap * (widths.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  if (excess <= 0) return undefined;
  for (; excess > 0; excess -= 1) {
    const spare = widths.map((width, index) => (width > least[index]! ? width : 0));
    const most = Math.max(...spare);
    if (most === 0) break;
    widths[spare.indexOf(most)]! -= 1;
  }
  return widths;
}

// eslint-disable-next-line no-control-regex -- colours begin with an escape
const COLOURED = /^((?:\u001b\[[\d;]*m)*)(.*?)((?:\u001b\[[\d;]*m)*)$/s;

// eslint-disable-next-line no-control-regex -- among blanks there may be colours
const TRAILING_BLANKS = /(?:\u001b\[[\d;]*m| )+$/gm;

/** A cell in lines of at most `width` characters, each in the cell's colour. */
function inLines(cell: string, width: number): string {
  return cell
    .split('\n')
    .flatMap((line) => {
      const [, start = '', text = '', end = ''] = COLOURED.exec(line) ?? [];
      return wrapped(text, width).map((part) => start + part + end);
    })
    .join('\n');
}
