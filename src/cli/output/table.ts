import Table from 'cli-table3';
import type { Palette } from './palette.ts';

/** A plain table: columns with `gap` between them, without borders. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colour: Palette,
  gap = '  ',
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
  table.push(head.map((title) => colour.bold(title)));
  table.push(...rows.map((row) => [...row]));
  return `${table.toString().replace(/[ ]+$/gm, '')}\n`;
}
