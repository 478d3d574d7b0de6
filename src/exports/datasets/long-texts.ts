import { madeWhenRead } from '../made-when-read.ts';
import { type Cell, type Column, measured, type MeasuredDataset } from './dataset.ts';

/** The most bytes of a text in a SAS transport file, version 5. */
const LONGEST = 200;

/**
 * A dataset without texts of more than 200 characters: a longer text goes on in further columns, whose names end with
 * 1, 2 and so on, as SDTM does it with TSVAL. It is cut between words. Its texts are ASCII.
 */
export function withoutLongTexts(dataset: MeasuredDataset): MeasuredDataset {
  const { name, label, columns, rows, extents } = dataset;
  if (extents.every(({ longest }) => longest <= LONGEST)) return dataset;
  const parts = columns.map(() => 1);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      parts[index] = Math.max(parts[index]!, partsOf(cell).length);
    }
  }
  return measured({
    name,
    label,
    columns: columns.flatMap((column, index) =>
      Array.from({ length: parts[index]! }, (_, part) => continued(column, part)),
    ),
    rows: madeWhenRead(function* () {
      for (const row of rows) {
        yield row.flatMap((cell, index): Cell[] => {
          if (parts[index] === 1) return [cell];
          const own = partsOf(cell);
          return Array.from({ length: parts[index]! }, (_, part) => own[part] ?? '');
        });
      }
    }),
  });
}

/** The parts of a text, of at most 200 characters each. */
function partsOf(cell: Cell): string[] {
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
