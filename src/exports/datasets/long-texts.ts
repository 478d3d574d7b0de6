import type { Cell, Column, Dataset } from './dataset.ts';

/** The most bytes of a text in a SAS transport file, version 5. */
const LONGEST = 200;

/**
 * A dataset without texts of more than 200 characters: a longer text goes on in further columns, whose names end with
 * 1, 2 and so on, as SDTM does it with TSVAL. It is cut between words. Its texts are ASCII.
 */
export function withoutLongTexts(dataset: Dataset): Dataset {
  const { columns, rows } = dataset;
  const parts = columns.map((column, index) => {
    if (column.type === 'number' || column.type === 'day') return 1;
    return rows.reduce((most, row) => Math.max(most, partsOf(row[index]).length), 1);
  });
  if (parts.every((count) => count === 1)) return dataset;
  return {
    ...dataset,
    columns: columns.flatMap((column, index) =>
      Array.from({ length: parts[index]! }, (_, part) => continued(column, part)),
    ),
    rows: rows.map((row) =>
      row.flatMap((cell, index): Cell[] => {
        if (parts[index] === 1) return [cell];
        const own = partsOf(cell);
        return Array.from({ length: parts[index]! }, (_, part) => own[part] ?? '');
      }),
    ),
  };
}

/** The parts of a text, of at most 200 characters each. */
function partsOf(cell: Cell | undefined): string[] {
  if (typeof cell !== 'string') return [''];
  const parts: string[] = [];
  let rest = cell;
  while (rest.length > LONGEST) {
    // A blank at the end of a part would be lost: it begins the next one, or nothing.
    const blank = rest.lastIndexOf(' ', LONGEST);
    const end = blank > 0 ? blank : LONGEST;
    parts.push(rest.slice(0, end));
    rest = rest.slice(blank > 0 ? end + 1 : end);
  }
  return [...parts, rest];
}

function continued(column: Column, part: number): Column {
  if (part === 0) return column;
  const number = String(part);
  return {
    name: `${column.name.slice(0, 8 - number.length)}${number}`,
    label: `${column.label.slice(0, 36)}, ${part + 1}`.slice(0, 40),
    type: column.type,
  };
}
