import type { Palette } from './palette.ts';
import { characters, joinedWords } from '../../system/text-lines.ts';

/** How a table is laid out. */
interface TableLayout {
  /** What is between columns. */
  readonly gap?: string;
  /** The width that there is: texts in wider tables go on in further lines, broken between words. */
  readonly columns?: number | undefined;
  /** The titles of columns that a terminal may lack if the table is too wide, the least important first. */
  readonly optional?: readonly string[];
}

/**
 * A plain table: columns with a gap between them, without borders. If it is too wide, texts go on in further lines,
 * then columns stand closer together. If that is not enough, each row becomes a list.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: Palette,
  { gap = '  ', columns, optional = [] }: TableLayout = {},
): string {
  const all = [head, ...rows];
  const layout: Layout | undefined = columns === undefined ? { gap } : layoutFor(all, gap, columns);
  if (layout === undefined) {
    const [name] = optional;
    const index = head.findIndex((title) => title === name);
    if (index === -1) return listOf(head, rows, colour, columns ?? 80);
    const [fewer = [], ...others] = all.map((row) => row.filter((_, column) => column !== index));
    return formatTable(fewer, others, colour, { gap, columns, optional: optional.slice(1) });
  }
  const { widths, breaks } = layout;
  const shown = [head.map((title) => colour.bold(title)), ...rows].map((row) =>
    row.map((cell, index) => (widths === undefined ? cell : inLines(cell, widths[index]!, breaks))),
  );
  return `${drawn(shown, layout.gap).replace(TRAILING_BLANKS, (end) => end.replaceAll(' ', ''))}\n`;
}

/** Rows as lines, each column as wide as its widest text (docs/decisions/0087). */
function drawn(rows: readonly (readonly string[])[], gap: string): string {
  const widths = widestOf(rows, /\n/);
  const lines = rows.flatMap((row) => {
    const cells = row.map((cell) => cell.split('\n'));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) =>
      cells.map((texts, column) => filled(texts[line] ?? '', widths[column]!)).join(gap),
    );
  });
  return lines.join('\n');
}

function filled(text: string, width: number): string {
  return text + ' '.repeat(width - characters(text));
}

/** Where a text in a table may be broken: not between a date and its weekday, if that can be avoided. */
const BETWEEN_WORDS = /(?<!\d{4}-\d\d-\d\d)\s|\n/;
const ANYWHERE = /\s/;

/** How a table fits: the widths of its columns, and where their texts are broken. */
interface Layout {
  readonly gap: string;
  readonly widths?: readonly number[];
  readonly breaks?: RegExp;
}

/** The gap and the widths with which a table fits. @returns undefined if there are none */
function layoutFor(
  rows: readonly (readonly string[])[],
  gap: string,
  columns: number,
): Layout | undefined {
  for (const [between, breaks] of [
    [gap, BETWEEN_WORDS],
    [gap, ANYWHERE],
    [' ', BETWEEN_WORDS],
    [' ', ANYWHERE],
  ] as const) {
    const widths = fittingWidths(rows, columns - between.length * (rows[0]!.length - 1), breaks);
    if (widths !== undefined) return { gap: between, widths, breaks };
  }
  return undefined;
}

/**
 * The width of each column: the widest ones give way until the table fits, but none is narrower than its longest word.
 *
 * @param room the columns that there are for texts
 * @returns undefined if the table does not fit
 */
function fittingWidths(
  rows: readonly (readonly string[])[],
  room: number,
  breaks: RegExp,
): number[] | undefined {
  const widths = widestOf(rows, /\n/);
  const least = widestOf(rows, breaks);
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  for (; excess > 0; excess -= 1) {
    const spare = widths.map((width, index) => (width > least[index]! ? width : 0));
    const most = Math.max(...spare);
    if (most === 0) return undefined;
    widths[spare.indexOf(most)]! -= 1;
  }
  return widths;
}

/** How wide the widest part of each column is. @param split what is between the parts of a text */
function widestOf(rows: readonly (readonly string[])[], split: RegExp): number[] {
  const [first = []] = rows;
  return first.map((_, index) => {
    let most = 0;
    for (const row of rows) {
      for (const part of (row[index] ?? '').split(split)) most = Math.max(most, characters(part));
    }
    return most;
  });
}

/** Each row as a list: its first cell, and below it the others with their titles. Empty cells are left out. */
function listOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: Palette,
  columns: number,
): string {
  const titles = head.map((title) => title.replaceAll('\n', ' ').trim());
  const width = Math.max(...titles.slice(1).map(characters));
  const lines = rows.flatMap((row) => {
    const [title = '', ...cells] = row.map((cell) => cell.replaceAll('\n', ' '));
    const named = cells.map((cell, index): [string, string] => [titles[index + 1] ?? '', cell]);
    const room = Math.max(20, columns - width - 4);
    return [
      `${colour.bold(titles[0] ?? '')} ${title}`,
      ...named
        .filter(([, cell]) => cell !== '')
        .flatMap(([name, cell]) =>
          inLines(cell, room)
            .split('\n')
            .map((line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`),
        ),
    ];
  });
  return `${lines.join('\n')}\n`;
}

// eslint-disable-next-line no-control-regex -- colours begin with an escape
const COLOURED = /^((?:\u001b\[[\d;]*m)*)(.*?)((?:\u001b\[[\d;]*m)*)$/s;

// eslint-disable-next-line no-control-regex -- among blanks there may be colours
const TRAILING_BLANKS = /(?:\u001b\[[\d;]*m| )+$/gm;

/** A cell in lines of at most `width` characters, each in the cell's colour. */
function inLines(cell: string, width: number, breaks: RegExp = ANYWHERE): string {
  return cell
    .split('\n')
    .flatMap((line) => {
      const [, start = '', text = '', end = ''] = COLOURED.exec(line) ?? [];
      return joinedWords(text.split(breaks), width).map((part) => start + part + end);
    })
    .join('\n');
}
